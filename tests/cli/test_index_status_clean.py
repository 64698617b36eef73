"""`isg index`, `isg status`, `isg clean`: what they say, and what they refuse."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest


def test_index_reports_what_it_did(workspace: Path, isg) -> None:
    first = isg("index")
    assert first.returncode == 0
    assert first.stdout.startswith(f"{workspace}: 4 documents (4 read anew, 4 linked, 0 removed) in ")
    assert first.stderr == ""
    second = isg("index", workspace)
    assert "(0 read anew, 0 linked, 0 removed)" in second.stdout


def test_index_as_json(workspace: Path, isg_here) -> None:
    (workspace / "broken.py").write_bytes(b"\0\1\2\xff" * 500)
    done = isg_here("index", "--json", "--jobs", "1")
    report = json.loads(done.out)
    assert done.code == 0
    assert report["version"] == 1
    assert report["root"] == str(workspace)
    assert report["documents"] == 5
    assert [error["path"] for error in report["errors"]] == ["broken.py"]
    assert set(report["errors"][0]) == {"stage", "path", "message"}


def test_problems_are_listed_by_stage(workspace: Path, isg_here) -> None:
    (workspace / "broken.py").write_bytes(b"\0\1\2\xff" * 500)
    lines = isg_here("index").out.splitlines()
    (stage,) = [line for line in lines if line.endswith(": 1 problem")]
    assert lines[lines.index(stage) + 1].startswith("  broken.py: ")


def test_an_empty_workspace_is_said_to_be_empty(tmp_path: Path, isg_here) -> None:
    (tmp_path / "empty").mkdir()
    done = isg_here("index", tmp_path / "empty")
    assert done.code == 0
    assert "0 documents" in done.out
    assert "nothing to index" in done.out


@pytest.mark.parametrize("command", ["index", "status", "clean"])
def test_a_missing_path_is_refused(tmp_path: Path, isg_here, command: str) -> None:
    done = isg_here(command, tmp_path / "nowhere")
    assert (done.code, done.out) == (2, "")
    assert done.err == f"isg: {tmp_path / 'nowhere'}: there is no such directory\n"


def test_a_file_that_is_no_dump_is_no_workspace(workspace: Path, isg_here) -> None:
    done = isg_here("index", "app/shapes.py")
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith("is neither a directory nor a code dump: no header of a file is in it\n")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser reads everything")
def test_an_unreadable_directory_is_refused(tmp_path: Path, isg_here) -> None:
    (tmp_path / "locked").mkdir(mode=0)
    done = isg_here("index", tmp_path / "locked")
    assert done.code == 2
    assert done.err.endswith("the directory can't be read\n")


def test_a_refusal_in_json_stands_on_both_streams(tmp_path: Path, isg_here) -> None:
    done = isg_here("index", tmp_path / "nowhere", "--json")
    error = json.loads(done.out)["error"]
    assert done.code == 2
    assert error["message"] in done.err
    assert (error["near"], error["candidates"]) == ([], [])


def test_status_before_and_after(workspace: Path, isg_here) -> None:
    before = isg_here("status")
    assert (before.code, before.out) == (0, f"{workspace}: not indexed yet; `isg index` does it\n")
    assert json.loads(isg_here("status", "--json").out) == {"version": 1, "root": str(workspace), "indexed": False}
    isg_here("index")
    after = json.loads(isg_here("status", "--json").out)
    assert after["indexed"] is True
    assert after["documents"] == {"python": 3, "rust": 1}
    text = isg_here("status").out
    assert "documents: 4\n" in text
    assert "  python\n" in text


def test_status_makes_no_index(workspace: Path, isg_here, cache: Path) -> None:
    isg_here("status")
    assert not cache.exists() or not any(path.is_file() for path in cache.rglob("*"))


def test_clean_deletes_and_says_so(workspace: Path, isg_here) -> None:
    isg_here("index")
    done = isg_here("clean")
    assert (done.code, done.out) == (0, f"{workspace}: index deleted\n")
    assert isg_here("status").out == f"{workspace}: not indexed yet; `isg index` does it\n"
    assert isg_here("clean").out == f"{workspace}: there is no index\n"


def test_the_cache_can_be_elsewhere(workspace: Path, tmp_path: Path, isg_here, cache: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    assert isg_here("index", "--cache-dir", elsewhere).code == 0
    assert any(elsewhere.iterdir())
    assert not cache.exists()


def test_a_cache_that_is_a_file_is_no_crash(workspace: Path, tmp_path: Path, isg_here) -> None:
    (tmp_path / "taken").write_text("")
    done = isg_here("index", "--cache-dir", tmp_path / "taken")
    assert done.code in (0, 2)
    assert done.err.startswith("isg: ")
    assert "internal error" not in done.err
