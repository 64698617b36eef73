"""Worker processes: what they load, and when they start."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from isg_analysis import Workspace
from isg_analysis.workspace import spawning
from isg_analysis.workspace.pool import WorkerPool
from workspace.small import write


class Counting:
    """Takes the place of an executor: which work was submitted, by name. Does it at once."""

    def __init__(self) -> None:
        self.submitted: list[str] = []

    def submit(self, work: Any, *arguments: Any) -> Future[Any]:
        self.submitted.append(getattr(work, "func", work).__name__)
        done: Future[Any] = Future()
        done.set_result(work(*arguments))
        return done

    def shutdown(self, **_: Any) -> None: ...


@pytest.fixture
def executor(monkeypatch: pytest.MonkeyPatch) -> Counting:
    made = Counting()
    monkeypatch.setattr(spawning, "new_processes", lambda jobs: made)
    return made


def test_what_extracts_loads_no_questions() -> None:
    """Each process of each run would pay for it."""
    code = (
        "import sys, isg_analysis.workspace.extracting;"
        "unwanted = ('isg_analysis.queries', 'isg_analysis.workspace.workspace', 'isg_analysis.workspace.snapshot');"
        "print([name for name in unwanted if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.strip() == "[]"


def test_processes_start_while_files_are_looked_for(tmp_path: Path, executor: Counting) -> None:
    write(tmp_path / "project", {f"m{number}.py": "x = 1\n" * 20_000 for number in range(5)})
    with Workspace.open(tmp_path / "project", cache=tmp_path / "cache") as workspace:
        workspace.index(jobs=2)
        assert executor.submitted[:3] == ["prepare", "prepare", "extract_files"]
        executor.submitted.clear()
        (tmp_path / "project/m1.py").write_text("y = 1\n" * 60_000)
        workspace.index(jobs=2)
        assert "prepare" not in executor.submitted  # little is known to be new before all has been looked at


def test_a_small_workspace_starts_none(tmp_path: Path, executor: Counting) -> None:
    write(tmp_path / "project", {"m.py": "x = 1\n"})
    with Workspace.open(tmp_path / "project", cache=tmp_path / "cache") as workspace:
        workspace.index(jobs=2)
    assert executor.submitted == []


def test_what_is_to_be_done_in_this_process_is_not_prepared_for() -> None:
    single = WorkerPool(1)
    single.warm(pytest.fail)
    assert single._own is None
