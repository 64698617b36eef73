"""`isg ingest`: a code dump is a workspace like any other, and nothing of it is put on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from cli.conftest import FILES, write_files

RULE = "=" * 48


def dumped(files: Mapping[str, str]) -> str:
    """The files as gitingest writes them."""
    return "\n".join(f"{RULE}\nFILE: {path}\n{RULE}\n{text}\n\n" for path, text in files.items())


@pytest.fixture
def dump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dump of the workspace, alone in the current directory."""
    directory = write_files(tmp_path / "dumps", {"shop.txt": dumped(FILES)})
    monkeypatch.chdir(directory)
    return directory / "shop.txt"


def files_below(directory: Path) -> set[str]:
    return {path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()}


def test_the_answers_are_those_of_the_directory(workspace: Path, dump: Path, tmp_path: Path, isg_here) -> None:
    assert isg_here("ingest", dump, "--json").code == 0
    for question in (
        ["query", "implementations", "Shape.area", "--json"],
        ["query", "references", "Shape", "--declaration"],
        ["query", "definition", "app/other.py:5:15"],
        ["query", "dependents", "app/shapes.py"],
        ["query", "blast-radius", "Draw"],
        ["query", "unreferenced"],
        ["context", "Square", "--level", "2"],
        ["context", "app/shapes.py", "--format", "json"],
        ["export", "json"],
        ["export", "mermaid", "Shape"],
    ):
        of_dump, of_directory = isg_here(*question, "--path", dump), isg_here(*question, "--path", workspace)
        assert of_dump.code == 0, of_dump.err
        assert of_dump.out
        assert of_dump.out == of_directory.out
    assert isg_here("check", dump).out == isg_here("check", workspace).out


def test_nothing_is_written_beside_the_index(dump: Path, tmp_path: Path, cache: Path, isg_here) -> None:
    assert isg_here("ingest", "shop.txt").code == 0
    assert files_below(dump.parent) == {"shop.txt"}
    assert all(name in ("data.mdb", "lock.mdb") or "." not in name for name in _names(cache))
    isg_here("clean", "shop.txt")
    assert "data.mdb" not in _names(cache)


def _names(directory: Path) -> set[str]:
    return {Path(path).name for path in files_below(directory)}


def test_a_project_file_in_the_dump_counts(dump: Path, isg_here) -> None:
    dump.write_text(dumped(FILES | {"isg.toml": 'exclude = ["app/"]\nlogLevel = "debug"\n'}), "utf-8")
    done = isg_here("ingest", "shop.txt", "--json")
    assert json.loads(done.out)["documents"] == sum(
        path.endswith((".py", ".rs")) and not path.startswith("app/") for path in FILES
    )
    assert "isg.toml: logLevel can't be set by a project file" in done.err


def test_another_directory_for_the_index(dump: Path, tmp_path: Path, cache: Path, isg_here) -> None:
    done = isg_here("ingest", "shop.txt", "--output", "index")
    assert (done.code, done.err.splitlines()[-1]) == (0, "isg: ask it with --path index")
    assert "data.mdb" in _names(dump.parent / "index")
    assert "data.mdb" not in _names(cache)
    assert "Square" in isg_here("query", "subtypes", "Shape", "--path", "index").out
    assert json.loads(isg_here("status", "index", "--json").out)["documents"] == {"python": 3, "rust": 1}
    assert isg_here("ingest", "shop.txt", "--output", "index").code == 0


def test_a_directory_with_anything_in_it_is_not_taken_for_an_index(dump: Path, tmp_path: Path, isg_here) -> None:
    write_files(tmp_path / "taken", {"mine.txt": ""})
    done = isg_here("ingest", "shop.txt", "--output", tmp_path / "taken")
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith("is not empty: name a new directory for the index\n")


def test_a_directory_cannot_claim_to_be_the_index_of_a_dump(dump: Path, tmp_path: Path, isg_here) -> None:
    assert isg_here("ingest", "shop.txt", "--output", "index").code == 0
    moved = (dump.parent / "index").rename(tmp_path / "brought")
    assert isg_here("query", "symbols", "Shape", "--path", moved).code == 2


def test_what_is_malformed_is_reported_by_line_and_the_rest_is_indexed(dump: Path, isg_here) -> None:
    dump.write_text(dumped({"a.py": "class A: ...", "../out.py": "class Out: ...", "b.py": "class B(A): ..."}))
    done = isg_here("ingest", "shop.txt")
    assert done.code == 0
    assert "2 documents" in done.out
    assert "  shop.txt:8: '../out.py' leads out of the dump: it is left out\n" in done.out
    assert isg_here("query", "symbols", "Out", "--path", "shop.txt").code == 2
    assert not (dump.parent.parent / "out.py").exists()


def test_a_dump_that_is_made_again_is_read_again_where_it_differs(dump: Path, isg_here) -> None:
    isg_here("ingest", "shop.txt")
    dump.write_text("a new head\n\n" + dumped(FILES | {"app/other.py": "class Other: ..."}))
    summary = json.loads(isg_here("ingest", "shop.txt", "--json").out)
    assert (summary["documents"], summary["extracted"], summary["path"]) == (4, 1, "shop.txt")
    assert "app/other.py:1:7" in isg_here("query", "definition", "Other", "--path", "shop.txt").out


def test_what_is_excluded_or_too_large_is_left_out(dump: Path, isg_here, monkeypatch: pytest.MonkeyPatch) -> None:
    dump.write_text(dumped({"a.py": "x = 1", "b.py": "x = 1\n" * 400_000}))
    done = isg_here("ingest", "shop.txt")
    assert "  b.py: larger than 2000000 bytes\n" in done.out
    assert "1 document " in done.out


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("notes.txt", "no code in here\n", "is neither a directory nor a code dump: no header of a file is in it"),
        ("gone.txt", None, "gone.txt: there is no such file"),
        ("", None, "not a file"),
    ],
)
def test_what_is_no_dump_is_refused(dump: Path, name: str, text: str | None, said: str, isg_here) -> None:
    if text is not None:
        (dump.parent / name).write_text(text)
    done = isg_here("ingest", dump.parent / name)
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith(f"{said}\n")


def test_a_difference_to_a_revision_is_refused_for_a_dump(dump: Path, isg_here) -> None:
    done = isg_here("context", "--diff", "HEAD", "--path", "shop.txt")
    assert done.code == 2
    assert done.err.endswith("shop.txt is a code dump: it has no revisions\n")
