"""`isg export scip`: the file is whole or absent, and bad destinations are refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from export.scip_reader import read_index


def test_a_file_is_written(workspace: Path, tmp_path: Path, isg) -> None:
    done = isg("export", "scip", workspace, "-o", tmp_path / "out.scip")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "isg: 4 documents exported\n")
    index = read_index((tmp_path / "out.scip").read_bytes())
    assert index.project_root == workspace.as_uri()
    assert len(index.documents) == 4


def test_standard_output(workspace: Path, cache: Path) -> None:
    command = [sys.executable, "-m", "isg_server.cli", "export", "scip", "-o", "-"]
    done = subprocess.run(command, capture_output=True, timeout=60)
    assert len(read_index(done.stdout).documents) == 4


def test_the_same_workspace_gives_the_same_bytes(workspace: Path, tmp_path: Path, isg_here) -> None:
    for name in ("a", "b"):
        assert isg_here("export", "scip", "-o", tmp_path / name).code == 0
        isg_here("clean")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_bad_destinations(workspace: Path, tmp_path: Path, isg_here) -> None:
    assert "is a directory" in isg_here("export", "scip", "-o", tmp_path).err
    done = isg_here("export", "scip", "-o", tmp_path / "no" / "where")
    assert (done.code, done.err) == (2, f"isg: {tmp_path / 'no'}: there is no such directory\n")


def test_a_failed_export_leaves_the_old_file(
    workspace: Path, tmp_path: Path, isg_here, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out" / "index.scip"
    target.parent.mkdir()
    target.write_bytes(b"old")

    def fail(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("isg_analysis.export.scip.write_index", fail)
    done = isg_here("export", "scip", "-o", target)
    assert (done.code, done.err) == (2, "isg: No space left on device\n")
    assert target.read_bytes() == b"old"
    assert os.listdir(target.parent) == ["index.scip"]


def test_an_empty_workspace_gives_a_valid_index(tmp_path: Path, isg_here) -> None:
    (tmp_path / "empty").mkdir()
    assert isg_here("export", "scip", tmp_path / "empty", "-o", tmp_path / "out").code == 0
    assert read_index((tmp_path / "out").read_bytes()).documents == []
