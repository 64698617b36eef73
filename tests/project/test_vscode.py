"""The VS Code extension's manifest says what the server's schema of settings says. No node is needed for this."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
import pytest
from msgspec import Meta
from packaging.requirements import Requirement

from isg_server import __version__, settings
from project.tree import ROOT

EXTENSION = ROOT / "editors" / "vscode"
MANIFEST = EXTENSION / "package.json"
_PER_FOLDER = (*sorted(settings.PROJECT_KEYS), "index")
_OF_THE_MACHINE = ("cacheDirectory", "jobs", "logFile")


def test_manifest_has_the_settings_of_the_server(pytestconfig: pytest.Config) -> None:
    """`pytest --update-specs` puts them there, as the second category."""
    manifest = json.loads(MANIFEST.read_text("utf-8"))
    _, category = manifest["contributes"]["configuration"]
    category["properties"] = _properties()
    wanted = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    if pytestconfig.getoption("update_specs"):
        MANIFEST.write_text(wanted, "utf-8")
    else:
        assert wanted == MANIFEST.read_text("utf-8")


def test_the_editors_own_settings_are_known_to_the_server() -> None:
    own, _ = json.loads(MANIFEST.read_text("utf-8"))["contributes"]["configuration"]
    assert {key.split(".")[1] for key in own["properties"]} <= settings.EDITOR_KEYS


def test_no_workspace_says_where_files_are_written() -> None:
    """Its settings come with the code."""
    _, category = json.loads(MANIFEST.read_text("utf-8"))["contributes"]["configuration"]
    for key in ("isg.cacheDirectory", "isg.logFile"):
        assert category["properties"][key]["scope"] == "machine"


def test_what_starts_a_program_is_restricted_where_the_workspace_is_not_trusted() -> None:
    trust = json.loads(MANIFEST.read_text("utf-8"))["capabilities"]["untrustedWorkspaces"]
    assert trust["supported"] == "limited"
    assert trust["restrictedConfigurations"] == ["isg.path", "isg.importStrategy", "isg.interpreter", "isg.args"]


def test_the_copy_in_the_extension_has_what_the_server_asks_for() -> None:
    """At versions that pyproject.toml allows, and without what only a terminal needs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [Requirement(text) for text in project["dependencies"]]
    lines = (EXTENSION / "bundled" / "requirements.txt").read_text("utf-8")
    pinned = dict(re.findall(r"(?m)^([\w-]+)==([\w.]+)", lines))
    left_out = {one.name for one in asked} - set(pinned)
    assert left_out == {"networkx", "rich"}
    assert [str(one) for one in asked if one.name not in left_out and pinned[one.name] not in one.specifier] == []


def test_the_extension_and_the_server_agree_on_versions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert json.loads(MANIFEST.read_text("utf-8"))["version"] == __version__
    least = re.search(
        r"LEAST_PYTHON: Version = \[(\d+), (\d+)\]", (EXTENSION / "src" / "versions.ts").read_text("utf-8")
    )
    assert least is not None
    assert project["requires-python"] == ">=" + ".".join(least.groups())


def test_every_command_is_registered_and_described() -> None:
    source = (EXTENSION / "src" / "extension.ts").read_text("utf-8")
    readme = (EXTENSION / "README.md").read_text("utf-8")
    commands = json.loads(MANIFEST.read_text("utf-8"))["contributes"]["commands"]
    registered = set(re.findall(r'command\("([\w.]+)"', source))
    assert {one["command"] for one in commands} <= registered
    assert [one["title"] for one in commands if one["title"] not in readme] == []


def _properties() -> dict[str, Any]:
    return {
        key: {**_schema(annotation), "default": default, "scope": _scope(key), "order": order, "description": meaning}
        for order, (key, annotation, default, meaning) in enumerate(settings.rows())
    }


def _scope(key: str) -> str:
    first = key.split(".")[1]
    if first in _OF_THE_MACHINE:
        return "machine"
    return "resource" if first in _PER_FOLDER else "window"


def _schema(annotation: Any) -> dict[str, Any]:
    """The JSON schema of a setting's type."""
    if get_origin(annotation) is Annotated:
        kind, *extras = get_args(annotation)
        bounds = (bound for extra in extras if isinstance(extra, Meta) for bound in _bounds(extra))
        return {**_schema(kind), **dict(bounds)}
    made: dict[str, Any] = msgspec.json.schema(annotation)
    if "anyOf" in made:
        return {"type": [one["type"] for one in made["anyOf"]]}
    if get_origin(annotation) is Literal:
        return {"type": "string", "enum": list(get_args(annotation))}
    return made


def _bounds(meta: Meta) -> list[tuple[str, Any]]:
    found = (("minimum", meta.ge), ("exclusiveMinimum", meta.gt), ("maximum", meta.le))
    return [(name, bound) for name, bound in found if bound is not None]
