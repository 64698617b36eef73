"""`isg dump`: what is stored, as text and as JSON, and whether it holds together."""

from __future__ import annotations

import json
import os
from pathlib import Path

from isg_analysis import Workspace
from isg_storage import Table


def test_the_same_files_give_the_same_text(workspace: Path, isg_here) -> None:
    isg_here("index")
    first = isg_here("dump")
    assert (first.code, first.err) == (0, "")
    assert first.out.splitlines()[0] == "document app/__init__.py python 0"
    isg_here("clean")
    isg_here("index")
    assert isg_here("dump").out == first.out


def test_json_is_an_object_a_line(workspace: Path, tmp_path: Path, isg_here) -> None:
    isg_here("index")
    assert isg_here("dump", "--format", "json", "--output", tmp_path / "dump").out == ""
    documents = {one["path"]: one for one in map(json.loads, (tmp_path / "dump").read_text("utf-8").splitlines())}
    assert sorted(documents) == ["app/__init__.py", "app/other.py", "app/shapes.py", "rust/src/lib.rs"]
    shapes = documents["app/shapes.py"]
    assert shapes["language"] == "python"
    assert [symbol["kind"] for symbol in shapes["symbols"]][:2] == ["module", "class"]
    assert {edge["kind"] for edge in shapes["relations"]} >= {"extends", "uses"}


def test_a_sound_index_is_said_to_be_one(workspace: Path, isg_here) -> None:
    isg_here("index")
    done = isg_here("dump", "--check")
    assert (done.code, done.out, done.err) == (0, f"{workspace}: all that is stored fits together\n", "")


def test_what_is_broken_is_told_and_left_as_it_is(workspace: Path, isg_here) -> None:
    isg_here("index")
    with Workspace.open(workspace) as opened, opened._environment.write() as writer:
        writer.delete(Table.NAMES, b"\0\0\0\1")
    for _ in range(2):
        done = isg_here("dump", "--check")
        assert (done.code, done.err) == (1, "")
        assert done.out.splitlines()[0].startswith("NAMES 1: expected the kinds and names of its symbols of ")
        assert done.out.splitlines()[1] == f"{workspace}: 1 findings"
    report = json.loads(isg_here("dump", "--check", "--format", "json").out)
    assert [(one["table"], one["key"]) for one in report["broken"]] == [("NAMES", "1")]


def test_files_that_are_no_index_are_told(workspace: Path, cache: Path, isg_here) -> None:
    isg_here("index")
    (data,) = cache.rglob("data.mdb")
    os.truncate(data, data.stat().st_size // 2)
    done = isg_here("dump", "--check")
    assert done.code == 1
    assert "cut short" in done.out
    assert "index is made anew" in isg_here("index").err
    assert isg_here("dump", "--check").code == 0


def test_without_an_index_there_is_nothing_to_show(workspace: Path, isg_here) -> None:
    done = isg_here("dump")
    assert (done.code, done.out) == (2, "")
    assert done.err == f"isg: {workspace}: not indexed yet; `isg index` does it\n"
