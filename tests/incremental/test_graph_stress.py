"""Many writers and readers at once: every answer is that of one version, and nobody waits for a reader."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from isg_analysis import Workspace, queries
from isg_analysis.resolve.program import Ref, document_of
from isg_analysis.workspace.snapshot import Snapshot
from workspace.small import dumped, write

WRITERS, READERS, SECONDS = 10, 20, 3.0
HUB = "def target() -> None: ...\n"


def text(writer: int, count: int) -> str:
    """A document that tells by a name how often it calls: the right answer can be read off it."""
    return f"from hub import target\n\n\ndef calls_{writer}_{count}() -> None:\n    ...\n" + "    target()\n" * count


def counted(snapshot: Snapshot, target: Ref) -> dict[str, int]:
    """How often each document mentions the target, as `references` says."""
    out: dict[str, int] = {}
    for hit in queries.references(snapshot, (target,), include_declaration=False).hits:
        out[hit.path] = out.get(hit.path, 0) + 1
    return out


def expected(snapshot: Snapshot) -> dict[str, int]:
    """The same, by what the documents of the snapshot say of themselves: the import and the calls."""
    out = {}
    for document in snapshot.documents("python"):
        for name in snapshot.facts(document).strings:
            if name.startswith("calls_"):
                out[snapshot.path(document)] = 1 + int(name.rsplit("_", 1)[1])
    return out


def test_readers_and_writers_at_once_each_see_one_version(tmp_path: Path) -> None:
    write(tmp_path / "project", {"hub.py": HUB} | {f"w{n}.py": text(n, 0) for n in range(WRITERS)})
    answers: list[int] = []
    problems: list[object] = []
    stop = threading.Event()

    def guarded(work: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                while not stop.is_set() and not problems:
                    work()
            except BaseException as problem:
                problems.append(problem)

        return run

    with Workspace.open(tmp_path / "project", cache=tmp_path / "cache") as workspace:
        workspace.index(jobs=1)
        counts = [0] * WRITERS

        def edit(writer: int) -> None:
            counts[writer] += 1
            path, new = f"w{writer}.py", text(writer, counts[writer] % 9)
            if writer % 2:
                workspace.open_document(path, new.encode())
                if counts[writer] % 5 == 0:
                    workspace.close_document(path)
            else:
                write(workspace.root, {path: new})
                workspace.refresh([path])
            time.sleep(0.01)

        def ask() -> None:
            with workspace.snapshot() as snapshot:
                (target,) = queries.lookup(snapshot, "target").refs
                right, found = expected(snapshot), counted(snapshot, target)
                if found != right or document_of(target) != snapshot.document("hub.py"):
                    problems.append((right, found))
                answers.append(len(found))

        work = [lambda n=n: edit(n) for n in range(WRITERS)] + [ask] * READERS  # type: ignore[misc]
        threads = [threading.Thread(target=guarded(one)) for one in work]
        for thread in threads:
            thread.start()
        stop.wait(SECONDS)
        stop.set()
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive()
        assert problems == []
        assert len(answers) >= READERS
        assert min(counts) > 0
        with workspace.snapshot() as snapshot:
            (target,) = queries.lookup(snapshot, "target").refs
            assert counted(snapshot, target) == expected(snapshot)
        dumped(workspace)  # which checks what is stored


def test_an_open_snapshot_blocks_no_edit_and_sees_none(tmp_path: Path) -> None:
    write(tmp_path / "project", {"hub.py": HUB, "w1.py": text(1, 2)})
    with Workspace.open(tmp_path / "project", cache=tmp_path / "cache") as workspace:
        workspace.index(jobs=1)
        with workspace.snapshot() as old:
            (target,) = queries.lookup(old, "target").refs
            workspace.open_document("w1.py", text(1, 5).encode())
            write(workspace.root, {"w1.py": text(1, 7), "hub.py": HUB.replace("target", "goal")})
            workspace.refresh(["w1.py", "hub.py"])
            assert counted(old, target) == {"w1.py": 3}
            with workspace.snapshot() as new:
                assert queries.lookup(new, "target").refs == ()
            workspace.close_document("w1.py")
            assert counted(old, target) == {"w1.py": 3}
