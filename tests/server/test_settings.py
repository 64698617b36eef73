"""Settings: where they come from and how a wrong one is told."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import msgspec
import pytest

from isg_analysis.languages.registry import NAMES
from isg_server.peers import LANGUAGES, OURS, PEERS, PeerName
from isg_server.settings import (
    Capabilities,
    Settings,
    environment_settings,
    merge,
    offered,
    project_settings,
    rows,
    variable_of,
)


def test_nothing_set_gives_the_defaults() -> None:
    assert merge(None, {}) == (Settings(), [])


def test_a_later_source_overrides_an_earlier_one_key_by_key() -> None:
    got, messages = merge({"jobs": 2, "index": {"onStart": False}}, {"jobs": 3, "mode": None}, {"exclude": ["x"]})
    assert (got.jobs, got.index.on_start, got.mode, got.exclude) == (3, False, "full", ("x",))
    assert messages == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"maxFileSize": "big"},
            'isg.maxFileSize: "big" is not allowed, it must be a whole number of at least 1; 2000000 is used',
        ),
        ({"mode": "ful"}, 'isg.mode: "ful" is not allowed, it must be "full" or "companion"; "full" is used'),
        ({"exclude": "x"}, 'isg.exclude: "x" is not allowed, it must be a list of strings; [] is used'),
        (
            {"capabilities": {"hover": 1}},
            "isg.capabilities.hover: 1 is not allowed, it must be true or false or null; null is used",
        ),
        ({"index": True}, "isg.index: true is not an object; it is left out"),
        ({"requestTimeout": 0}, "isg.requestTimeout: 0 is not allowed, it must be a number above 0; 10.0 is used"),
        ({"maxFilesize": 1}, "isg.maxFilesize: there is no such setting; it is left out"),
    ],
)
def test_a_wrong_value_is_told_once_and_the_default_used(given: dict[str, object], message: str) -> None:
    assert merge(given) == (Settings(), [message])


def test_settings_of_the_editor_extensions_are_none_of_ours() -> None:
    assert merge({"trace": {"server": "off"}, "path": []}) == (Settings(), [])


def test_an_object_with_nothing_in_it_may_come_as_a_list() -> None:
    assert merge([], {"capabilities": [], "exclude": ["x"]}, {"exclude": []}) == (Settings(), [])


def test_settings_that_are_no_object_are_told() -> None:
    got, messages = merge([1])
    assert got == Settings()
    assert len(messages) == 1


def test_every_default_is_allowed_by_its_own_schema() -> None:
    told = msgspec.to_builtins(Settings())
    assert merge(told) == (Settings(), [])


EVERYTHING = set(msgspec.structs.asdict(Settings().capabilities))


def companion(language: str | None = None, **given: object) -> set[str]:
    """What is offered in companion mode."""
    settings, messages = merge({"mode": "companion", **given})
    assert messages == []
    return {name for name in EVERYTHING if offered(settings, name, language)}


def test_companion_mode_leaves_what_others_lack() -> None:
    assert companion("rust") == OURS | {"type_hierarchy"}
    assert companion("python") == OURS
    assert companion() == OURS | {"type_hierarchy"}


def test_a_switch_overrides_the_mode_for_every_language() -> None:
    switches = {"hover": True, "moniker": False}
    assert companion("python", capabilities=switches) == (OURS | {"hover"}) - {"moniker"}


@pytest.mark.parametrize(
    ("peers", "rust", "python"),
    [
        (["rust-analyzer"], OURS | {"type_hierarchy"}, EVERYTHING),
        (["pyright"], EVERYTHING, OURS | {"implementation", "type_hierarchy"}),
        (["pyright", "ty"], EVERYTHING, OURS),
        (["rust-analyzer", "basedpyright"], OURS | {"type_hierarchy"}, OURS | {"type_hierarchy"}),
        (["pylance"], EVERYTHING, OURS),
    ],
)
def test_only_what_the_active_peers_have_is_left_to_them(peers: list[str], rust: set[str], python: set[str]) -> None:
    assert companion("rust", peers=peers) == rust
    assert companion("python", peers=peers) == python
    assert companion(peers=peers) == rust | python


def test_the_table_of_peers_speaks_of_capabilities_there_are() -> None:
    assert set(PEERS) == set(get_args(PeerName))
    assert all(peer.lacks | OURS <= EVERYTHING and not peer.lacks & OURS for peer in PEERS.values())
    assert set(NAMES) == LANGUAGES, "a language without peers would be offered in full: is that so?"


def test_the_page_about_companion_mode_has_the_table(pytestconfig: pytest.Config) -> None:
    """`pytest --update-specs` puts it there."""
    page = Path(__file__).parents[2] / "docs" / "companion.md"
    head, begin, rest = page.read_text("utf-8").partition("<!-- peers -->\n")
    _, end, tail = rest.partition("<!-- end of peers -->")
    lines = ["| name | for | seen in | leaves to isg |", "|---|---|---|---|"]
    for name, peer in PEERS.items():
        lacks = [one.encode_name for one in msgspec.structs.fields(Capabilities) if one.name in peer.lacks]
        left = ", ".join(f"`{one}`" for one in lacks) or "-"
        lines.append(f"| `{name}` | {', '.join(sorted(peer.languages))} | {peer.seen or '-'} | {left} |")
    wanted = f"{head}{begin}{chr(10).join(lines)}\n{end}{tail}"
    if pytestconfig.getoption("update_specs"):
        page.write_text(wanted, "utf-8")
    else:
        assert wanted == page.read_text("utf-8")


def test_the_environment_sets_what_a_schema_knows() -> None:
    given = {
        "ISG_LOG_LEVEL": "debug",
        "ISG_JOBS": "3",
        "ISG_CODE_LENS_CYCLES": "true",
        "ISG_EXCLUDE": '["gen/**"]',
        "ISG_CACHE_DIRECTORY": "/c",
        "ISG_MODE": "",
        "ISG_NVIM": "/bin/nvim",
    }
    values, messages = environment_settings(given)
    settings, unfit = merge(values)
    assert (settings.log_level, settings.jobs, settings.exclude) == ("debug", 3, ("gen/**",))
    assert (settings.code_lens.cycles, settings.cache_directory, settings.mode) == (True, "/c", "full")
    assert messages == unfit == []


def test_a_variable_that_cannot_be_read_is_told() -> None:
    assert environment_settings({"ISG_EXCLUDE": "gen/**"}) == (
        {},
        ['ISG_EXCLUDE: "gen/**" is not allowed, it must be a list of strings; it is left out'],
    )


def test_every_setting_has_a_variable_of_its_own() -> None:
    names = [variable_of(key) for key, *_ in rows()]
    assert "ISG_DIAGNOSTICS_DEFERRED_IMPORT_CYCLE" in names
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("isg.toml", 'exclude = ["gen"]'),
        (".isg.toml", 'exclude = ["gen"]'),
        ("pyproject.toml", '[tool.isg]\nexclude = ["gen"]'),
    ],
)
def test_a_project_file_says_what_belongs_to_the_project(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert project_settings(tmp_path) == ({"exclude": ["gen"]}, [])


def test_a_project_file_may_not_name_places_outside_of_it(tmp_path: Path) -> None:
    (tmp_path / "isg.toml").write_text('cacheDirectory = "/etc"\nmaxFileSize = 10')
    got, messages = project_settings(tmp_path)
    assert got == {"maxFileSize": 10}
    assert len(messages) == 1
    assert "cacheDirectory" in messages[0]


@pytest.mark.parametrize("text", ["= 1", "\xff"])
def test_a_broken_project_file_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "isg.toml").write_bytes(text.encode("latin-1"))
    got, messages = project_settings(tmp_path)
    assert got == {}
    assert len(messages) == 1
    assert messages[0].startswith("isg.toml: can't be read")
