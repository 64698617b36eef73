"""What the test of damage runs in a process of its own: a byte of a sound index's file is changed, again and again, and
each time a process of its own opens the index, asks, indexes and asks again.

The file changes while it belongs to a process that has died, for otherwise the change itself is noticed. A session may
fail to answer, in one sentence. It must not end in any other way, and once it has indexed, answers are right and the
user was told at most once.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from isg_analysis import Workspace, WorkspaceError, queries
from isg_analysis.workspace import checking, opening
from workspace.small import FILES, write

Answers = list[object]
PAGE = 4096


def in_a_fork(work: Callable[[], str], seconds: int = 60) -> str:
    """What it says, from a forked process; how that ended where it did not end well."""
    import signal

    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(seconds)
        try:
            said = work()
        except BaseException as problem:
            said = f"{type(problem).__name__}: {problem}"
        os.write(writing, said.encode("utf-8", "replace")[:4000])
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as pipe:
        said = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    return said if not status else f"ended by signal {os.WTERMSIG(status)}"


def first_finding(findings: Iterable[checking.Finding]) -> str:
    return next((f"{found.table} {found.key}" for found in findings), "")


def answers(workspace: Workspace) -> Answers:
    """Some of everything that is stored, from one snapshot."""
    out: Answers = []
    with workspace.snapshot() as snapshot:
        for name in sorted(snapshot.symbol_names().distinct()):
            refs = queries.lookup(snapshot, name).refs
            for answer in (
                queries.references(snapshot, refs, include_declaration=True),
                queries.implementations(snapshot, refs),
            ):
                out.append((name, [(hit.path, hit.start) for hit in answer.hits]))
    return out


def session(root: Path, cache: Path, right: Answers) -> str:
    """One process on a damaged index; "" is the only good answer."""
    with Workspace.open(root, cache=cache) as workspace:
        try:
            answers(workspace)
        except WorkspaceError as problem:
            if "\n" in str(problem):
                return f"more than a sentence: {problem}"
        workspace.index(jobs=1)
        if answers(workspace) != right:
            return "a wrong answer"
        if len(workspace.messages) > 1:
            return f"more than one message: {workspace.messages}"
        return "rebuilt" if workspace.messages else ""


def damaged(content: bytes, choices: random.Random) -> bytes:
    """Another content: one bit, one byte, or a page of nothing or of noise."""
    changed, at = bytearray(content), choices.randrange(len(content))
    page = at // PAGE * PAGE
    match choices.randrange(4):
        case 0:
            changed[at] ^= 1 << choices.randrange(8)
        case 1:
            changed[at] = choices.randrange(256)
        case 2:
            changed[page : page + PAGE] = bytes(PAGE)
        case 3:
            changed[page : page + PAGE] = choices.randbytes(PAGE)
    return bytes(changed)


def main(place: Path, times: int, seed: int) -> None:
    """Damage so many times; fails where a session ends in another way than it may."""
    root, sound, cache = place / "project", place / "sound", place / "cache"
    write(root, FILES)
    with Workspace.open(root, cache=sound) as workspace:
        workspace.index(jobs=1)
        right = answers(workspace)
    (data,) = opening.location(root, sound).glob("*/data.mdb")
    content, choices, said = data.read_bytes(), random.Random(seed), Counter[str]()
    for _ in range(times):
        shutil.rmtree(cache, ignore_errors=True)
        shutil.copytree(sound, cache)
        (copy,) = cache.rglob("data.mdb")
        copy.write_bytes(damaged(content, choices))
        for died in range(1, 3):
            copy.with_name(f"session-{died}").write_text("before the machine was started")
        # As the session's own process of that kind would, but without starting Python each time.
        found = in_a_fork(lambda: first_finding(checking._checked(opening.location(root, cache))))
        checking.examine = lambda _, found=found: found
        said[in_a_fork(lambda: session(root, cache, right))] += 1
    sys.stdout.write(f"{dict(said)}\n")
    sys.exit(0 if said.keys() <= {"", "rebuilt"} else 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
