"""`isg doctor`: what is in the report, what never is, and when there is a problem."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from isg_server import __version__
from isg_server.cli import doctor


def report(isg_here: Any, *arguments: str) -> dict[str, Any]:
    done = isg_here("doctor", "--json", *arguments)
    told: dict[str, Any] = json.loads(done.out)
    assert done.code == (1 if told["problems"] else 0), done.err
    return told


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, workspace: Path) -> Path:
    """A path with nothing but an editor of ours on it, and no setting in the environment."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "nvim").write_text("#!/bin/sh\necho NVIM v9.9\necho more\n")
    (programs / "ty").write_text("#!/bin/sh\nexit 1\n")
    for program in programs.iterdir():
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs) + os.pathsep + "/bin")
    monkeypatch.setattr(doctor, "EDITORS", ("nvim", "hx"))
    for name in [name for name in os.environ if name.startswith("ISG_")]:
        monkeypatch.delenv(name)
    return programs


def test_a_workspace_without_an_index_gets_none(isg_here: Any) -> None:
    told = report(isg_here)
    assert told["isg"] == __version__
    assert told["index"] == {"indexed": False}
    assert told["cache"]["indexes"] == 0
    assert told["problems"] == []
    assert set(told["languages"]) == {"python", "rust"}
    assert all(language["works"] for language in told["languages"].values())
    assert told["editors"]["nvim"] == "NVIM v9.9"
    assert "hx" not in told["editors"]
    assert "ty" in told["servers"]


def test_an_index_is_told_in_numbers(workspace: Path, isg_here: Any) -> None:
    (workspace / "broken.py").write_bytes(b"\0\1\2\xff" * 500)
    isg_here("index")
    told = report(isg_here)
    assert told["index"]["complete"]
    assert sum(told["index"]["documents"].values()) == 5
    assert sum(told["index"]["errors"].values()) == 1
    assert told["index"]["seconds"]["extract"] > 0
    assert told["cache"]["indexes"] == 1
    assert told["index"]["bytes"] > 0
    assert told["cache"]["bytes"] > 0


def test_nothing_private_is_told(workspace: Path, isg_here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(workspace.parent))
    monkeypatch.setenv("ISG_CACHE_DIRECTORY", str(workspace.parent / "indexes"))
    monkeypatch.setenv("ISG_LOG_FILE", f"/var/log/{workspace.parent.name}/isg.log")
    (workspace / "isg.toml").write_text('exclude = ["gen"]\nunheard = 1\n')
    isg_here("index")
    for arguments in ([], ["--json"]):
        done = isg_here("doctor", *arguments)
        assert done.code == 1, "a setting that is none"
        for private in (str(workspace), str(workspace.parent), workspace.parent.name, "Square", "shapes"):
            assert private not in done.out
        assert "/var/log/USER/isg.log" in done.out
        assert "unheard" in done.out


def test_settings_in_force_say_where_they_come_from(workspace: Path, isg_here: Any, monkeypatch: Any) -> None:
    (workspace / "isg.toml").write_text('exclude = ["gen"]\nmaxFileSize = 10\n')
    monkeypatch.setenv("ISG_MAX_FILE_SIZE", "20")
    monkeypatch.setenv("ISG_CODE_LENS_CYCLES", "true")
    assert report(isg_here)["settings"] == {
        "isg.exclude": {"value": ["gen"], "from": "project file"},
        "isg.maxFileSize": {"value": 20, "from": "environment"},
        "isg.codeLens.cycles": {"value": True, "from": "environment"},
    }


def test_a_variable_that_does_not_fit_is_a_problem(isg_here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISG_JOBS", "many")
    monkeypatch.setenv("ISG_MODE", "ful")
    assert report(isg_here)["problems"] == [
        'ISG_JOBS: "many" is not allowed, it must be a whole number of at least 0 and at most 256; it is left out',
        'isg.mode: "ful" is not allowed, it must be "full" or "companion"; "full" is used',
    ]


def test_a_grammar_that_does_not_load_is_a_problem(isg_here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from isg_analysis.languages import registry

    def pack(name: str) -> None:
        raise ImportError(f"no {name}")

    monkeypatch.setattr(registry, "pack", pack)
    told = report(isg_here)
    assert told["problems"] == [
        f"the language {name} does not work (ImportError: no {name})" for name in registry.NAMES
    ]


def test_a_cache_on_a_disk_that_is_far_away_is_a_problem(isg_here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_file_system", lambda _: "nfs4")
    monkeypatch.setattr(doctor, "LEAST_FREE", 1 << 62)
    free, far = report(isg_here)["problems"]
    assert "free where indexes are kept" in free
    assert "nfs4: set isg.cacheDirectory" in far


def test_people_get_lines(isg_here: Any) -> None:
    isg_here("index")
    lines = isg_here("doctor").out.splitlines()
    assert lines[0].startswith(f"isg {__version__}, ")
    assert "settings: all are the default" in lines
    assert lines[-1] == "no problem found"
    assert any(line.startswith("index: complete, 4 documents (4 linked)") for line in lines)
