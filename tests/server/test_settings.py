"""Settings: where they come from and how a wrong one is told."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from isg_server.settings import Settings, merge, offered, project_settings


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


def test_companion_mode_leaves_what_others_lack() -> None:
    companion, _ = merge({"mode": "companion", "capabilities": {"hover": True, "moniker": False}})
    shown = {name for name in msgspec.structs.asdict(companion.capabilities) if offered(companion, name)}
    assert shown == {"hover", "type_hierarchy", "diagnostic"}


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
