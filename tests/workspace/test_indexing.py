"""Indexing: checkpoints, unchanged files, workers that die, and files that should not be there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from isg_analysis import IndexReport, Progress, Workspace, WorkspaceError, queries
from isg_analysis.workspace import extracting
from isg_analysis.workspace.pool import BatchRun, WorkerPool
from workspace.small import FILES, dumped, write


def many(root: Path, count: int) -> None:
    """A workspace large enough that processes are used."""
    body = "".join(f"    def method_{n}(self) -> int:\n        return {n}\n" for n in range(60))
    write(root, {f"pkg/module_{n}.py": f"class Class{n}:\n{body}" for n in range(count)})


def test_progress_goes_through_the_stages_and_never_back(root: Path, tmp_path: Path) -> None:
    seen: list[Progress] = []
    with Workspace.open(root, cache=tmp_path / "cache") as workspace:
        workspace.index(jobs=1, progress=seen.append)
    stages = ["discover", "extract", "link"]
    steps = [(stages.index(step.stage), step.done) for step in seen]
    assert steps == sorted(steps)
    assert {step.stage for step in seen} == set(stages)
    assert all(step.done <= step.total for step in seen)


def test_processes_and_a_single_one_make_the_same_index(tmp_path: Path) -> None:
    many(tmp_path / "project", 150)
    dumps = []
    for jobs in (1, 2):
        with Workspace.open(tmp_path / "project", cache=tmp_path / f"cache-{jobs}") as workspace:
            workspace.index(jobs=jobs)
            dumps.append(dumped(workspace))
    assert dumps[0] == dumps[1]


def test_any_executor_can_do_the_work(root: Path, tmp_path: Path, workspace: Workspace) -> None:
    with ThreadPoolExecutor(1) as executor, Workspace.open(root, cache=tmp_path / "other") as other:
        other.index(executor=executor)
        assert dumped(other) == dumped(workspace)


def test_a_text_that_comes_back_is_not_parsed_again(
    root: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (root / "zoo/base.py").read_text()
    write(root, {"zoo/base.py": "class Animal: ...\n"})
    workspace.index(jobs=1)
    write(root, {"zoo/base.py": before})
    parsed: list[bytes] = []
    monkeypatch.setattr(extracting, "extract", lambda language, text, errors: parsed.append(text))
    workspace.index(jobs=1)
    assert parsed == []


def test_a_cancelled_run_keeps_what_it_stored(tmp_path: Path) -> None:
    many(tmp_path / "project", 150)
    with Workspace.open(tmp_path / "project", cache=tmp_path / "cache") as workspace:
        seen: list[Progress] = []

        def enough() -> bool:
            return any(step.stage == "extract" and step.done >= 60 for step in seen)

        report = workspace.index(jobs=1, progress=seen.append, cancelled=enough)
        assert report.cancelled
        assert 0 < report.extracted < 150
        second = workspace.index(jobs=1)
        assert second.extracted == 150 - report.extracted


KILLED = """
import sys
from pathlib import Path
from isg_analysis import Workspace
if __name__ == "__main__":
    with Workspace.open(Path(sys.argv[1]), cache=Path(sys.argv[2])) as workspace:
        print("open", flush=True)
        workspace.index(jobs=2)
"""


@pytest.mark.parametrize("delay", [0.05, 0.3, 0.6, 1.0])
def test_a_killed_run_is_completed_by_the_next(tmp_path: Path, delay: float) -> None:
    root, cache = tmp_path / "project", tmp_path / "cache"
    many(root, 300)
    command = [sys.executable, "-c", KILLED, str(root), str(cache)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGKILL)
    with Workspace.open(root, cache=cache) as workspace:
        assert workspace.messages == []
        workspace.index(jobs=2)
        completed = dumped(workspace)
    with Workspace.open(root, cache=tmp_path / "anew") as workspace:
        workspace.index(jobs=2)
        assert completed == dumped(workspace)


def fatal_for_three(parts: list[int]) -> list[int]:
    """Stands for a parser that crashes on one input."""
    if 3 in parts:
        os.kill(os.getpid(), signal.SIGKILL)
    return parts


def test_a_part_that_kills_its_worker_is_found_and_reported() -> None:
    done: list[int] = []
    lost: list[tuple[int, str]] = []
    with WorkerPool(2) as pool:
        run = BatchRun(pool, fatal_for_three, done.extend, lambda part, why: lost.append((part, why)), lambda: False)
        run.run([[0, 1], [2, 3], [4, 5], [6, 7]])
    assert sorted(done) == [0, 1, 2, 4, 5, 6, 7]
    assert lost == [(3, "a worker process died")]


def test_a_failing_language_pack_costs_one_document(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from isg_analysis.languages.registry import pack

    genuine = type(pack("python")).extract

    def failing(self: object, text: bytes) -> bytes:
        if b"class Animal" in text:
            raise RuntimeError("a defect")
        return genuine(self, text)  # type: ignore[arg-type]

    monkeypatch.setattr(type(pack("python")), "extract", failing)
    with Workspace.open(root, cache=tmp_path / "cache") as workspace:
        report = workspace.index(jobs=1)
    errors = [(error.stage, error.path, error.message) for error in report.errors]
    assert errors == [("extract", "zoo/base.py", "RuntimeError: a defect")]


def test_two_symbols_with_one_sighash_stay_apart(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = dumped_fresh(root, tmp_path / "honest")
    monkeypatch.setattr(extracting, "sig_hash", lambda _: b"the very same 16")
    assert dumped_fresh(root, tmp_path / "colliding") == honest


def dumped_fresh(root: Path, cache: Path) -> str:
    """The dump of an index made in this process, twice over, so that rows are replaced too."""
    with Workspace.open(root, cache=cache) as workspace:
        workspace.index(jobs=1)
        write(root, {"zoo/base.py": FILES["zoo/base.py"] + "\n# changed\n"})
        workspace.index(jobs=1)
        write(root, {"zoo/base.py": FILES["zoo/base.py"]})
        workspace.index(jobs=1)
        return dumped(workspace)


def index(root: Path, tmp_path: Path) -> tuple[IndexReport, str]:
    """Index a directory that may hold anything; the report and the dump."""
    with Workspace.open(root, cache=tmp_path / "cache") as workspace:
        report = workspace.index(jobs=1)
        with workspace.snapshot() as snapshot:
            assert queries.search(snapshot, "", 10).hits is not None
        return report, dumped(workspace)


HOSTILE = {
    "random bytes": (bytes(range(256)) * 50, "read"),
    "invalid UTF-8": (b"x = '\xff\xfe'\nclass Good: ...\n", "read"),
    "nested brackets": (b"x = " + b"(" * 5000 + b")" * 5000 + b"\nclass Good: ...\n", "parse"),
    "one very long line": (b"x = [" + b"1," * 400_000 + b"]\nclass Good: ...\n", ""),
    "generated and far too large": (b"x = 1\n" * 8_500_000, "discover"),
}


@pytest.mark.parametrize("content", HOSTILE, ids=[name.replace(" ", "-") for name in HOSTILE])
def test_hostile_content_is_reported_and_costs_nobody_else(content: str, root: Path, tmp_path: Path) -> None:
    raw, stage = HOSTILE[content]
    (root / "zoo/hostile.py").write_bytes(raw)
    report, text = index(root, tmp_path)
    stages = {error.stage for error in report.errors if error.path == "zoo/hostile.py"}
    assert stages == ({stage} if stage else set())
    assert "zoo/dogs/Dog#speak()." in text
    if b"Good" in raw:
        assert "Good#" in text


def test_links_are_not_followed_out_of_the_root_nor_in_circles(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    write(outside, {"secret.py": "class Secret: ...\n"})
    (root / "out").symlink_to(outside)
    (root / "secret.py").symlink_to(outside / "secret.py")
    (root / "loop").symlink_to(root)
    (root / "dangling.py").symlink_to(root / "nowhere.py")
    report, text = index(root, tmp_path)
    assert "Secret" not in text
    assert report.documents == 5


def test_an_unreadable_file_is_reported(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    genuine = os.open

    def refusing(path: str, *args: int, **more: int) -> int:
        if str(path).endswith("base.py"):
            raise PermissionError(13, "Permission denied")
        return genuine(path, *args, **more)

    monkeypatch.setattr(os, "open", refusing)
    report, _ = index(root, tmp_path)
    assert [(e.stage, e.path, e.message) for e in report.errors] == [
        ("read", "zoo/base.py", "cannot be read: Permission denied")
    ]


def test_an_empty_workspace_is_fine(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    report, text = index(tmp_path / "empty", tmp_path)
    assert (report.documents, report.errors, text) == (0, [], "")


def test_a_missing_path_and_a_file_are_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="No such file or directory"):
        Workspace.open(tmp_path / "nowhere", cache=tmp_path / "cache")
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="neither a directory nor a code dump"):
        Workspace.open(tmp_path / "file", cache=tmp_path / "cache")


def test_status_counts_what_is_there(workspace: Workspace) -> None:
    status = workspace.status()
    assert status.documents == {"python": 3, "rust": 2}
    assert status.linked == 5
    assert status.symbols["interface"] == 1
    assert status.relations["implements"] == 1
    assert status.errors == []
    assert status.size_bytes > 0


def test_the_modules_that_run_in_workers_do_not_import_the_protocol() -> None:
    code = (
        "import sys, isg_analysis.workspace.extracting, isg_analysis.workspace.linking;"
        "print(sorted(set(sys.modules) & {'pygls', 'lsprotocol', 'networkx', 'rich', 'click'}))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
