"""Which directory is meant when none is named; what progress looks like; where the server listens."""

from __future__ import annotations

from pathlib import Path

import pytest

from isg_server.cli.progress import SECONDS_BETWEEN_LINES, LineDisplay
from isg_server.cli.roots import root_around
from isg_server.cli.serve import address_of
from isg_server.cli.terminal import Refusal


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """home/.git, home/project/.git, home/project/src/deep, home/notes"""
    home = tmp_path / "home"
    for directory in (".git", "project/.git", "project/src/deep", "notes"):
        (home / directory).mkdir(parents=True)
    monkeypatch.setattr(Path, "home", lambda: home)
    return home


def never(_: Path) -> bool:
    return False


def test_the_nearest_repository(tree: Path) -> None:
    assert root_around(tree / "project/src/deep", never) == tree / "project"


def test_the_nearest_index_goes_first(tree: Path) -> None:
    indexed = tree / "project/src"
    assert root_around(tree / "project/src/deep", indexed.__eq__) == indexed


def test_an_index_above_a_repository_is_not_taken(tree: Path) -> None:
    assert root_around(tree / "project/src", tree.__eq__) == tree / "project"


def test_the_home_directory_is_no_workspace_for_having_a_repository(tree: Path) -> None:
    assert root_around(tree / "notes", never) == tree / "notes"
    assert root_around(tree, never) == tree


def test_progress_lines_come_seldom(capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    display = LineDisplay(lambda: now)
    for step in range(101):
        now = step * SECONDS_BETWEEN_LINES / 50
        display.show("extract", step, 100)
    display.close()
    assert capsys.readouterr().err.splitlines() == [
        "isg: reading files: 50 of 100 (50 %)",
        "isg: reading files: 100 of 100 (100 %)",
    ]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8123", ("127.0.0.1", 8123)),
        (":8123", ("127.0.0.1", 8123)),
        ("8123", ("127.0.0.1", 8123)),
        ("[::1]:0", ("::1", 0)),
    ],
)
def test_addresses(text: str, address: tuple[str, int]) -> None:
    assert address_of(text) == address


@pytest.mark.parametrize("text", ["", "localhost", "localhost:", "localhost:http", "localhost:65536", "h:-1", "h:²"])
def test_wrong_addresses(text: str) -> None:
    with pytest.raises(Refusal):
        address_of(text)


def test_editors_may_say_stdio_twice_and_name_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    from isg_server.cli import entry

    served = []
    monkeypatch.setattr(entry.serve, "run", lambda arguments: served.append(arguments) or 0)
    for arguments in (["--stdio", "--stdio"], ["--stdio", "--clientProcessId=7"], ["--clientProcessId", "7"], []):
        assert entry.main(["serve", *arguments]) == 0
    assert [arguments.client_process_id for arguments in served] == [None, 7, 7, None]


def test_the_projects_settings_hold_on_the_command_line_too(workspace: Path, isg_here) -> None:
    (workspace / "isg.toml").write_text('exclude = ["rust/"]\n', "utf-8")
    assert "rust" not in isg_here("index").out
    assert isg_here("query", "symbols", "Canvas").code == 2


def test_a_setting_that_does_not_fit_is_told_and_left_out(workspace: Path, isg_here) -> None:
    (workspace / "isg.toml").write_text('exclude = "rust/"\n', "utf-8")
    done = isg_here("query", "definition", "Canvas")
    assert done.code == 0
    assert "isg.exclude" in done.err
