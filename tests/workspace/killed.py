"""What the test of kills runs in a process of its own: a session is killed, again and again, each time at another
moment; each time what it left is looked at, and completed.

A session goes through everything that writes: a first index, saved edits, an interface on which all depend, a branch
switch, another manifest, clean-up. It says which of them it has begun; the moment of the kill is chosen within one.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from isg_analysis import Workspace
from isg_analysis.workspace import retiring
from workspace.small import FILES, dumped

COUNT = 14
BASE = FILES | {f"zoo/m{n}.py": f"from zoo.base import Animal\n\n\nclass M{n}(Animal): ...\n" for n in range(COUNT)}
INTERFACE = FILES["zoo/base.py"].replace("speak", "say")

Say = Callable[[str], None]
Files = Mapping[str, str | None]


def put(root: Path, files: Files) -> None:
    """Write or remove files, each at once: no kill leaves a part of one."""
    for path, text in files.items():
        place = root / path
        if text is None:
            place.unlink(missing_ok=True)
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        new = place.with_name(f".new-{place.name}")
        new.write_text(text, encoding="utf-8")
        new.replace(place)


def steps(turn: int) -> Iterator[tuple[str, Files, bool]]:
    """(name, what happens to the files, whether the workspace is told which) for each part of a session.

    Other texts at each turn, and back to what they were now and then: facts come, go and come back.
    """
    yield "first", BASE, False
    for n in range(3):
        path = f"zoo/m{(turn + n) % COUNT}.py"
        yield "save", {path: f"{BASE[path]}\n\ndef f{turn % 5}() -> M{n}: ...\n"}, True
    yield "interface", {"zoo/base.py": INTERFACE if turn % 2 else FILES["zoo/base.py"]}, True
    here = {f"zoo/m{n}.py": None if n % 3 == turn % 3 else f"class M{n}: ...\n" for n in range(COUNT)}
    yield "branch", here | {"zoo/new.py": "from zoo.dogs import Dog\n\nDog().speak()\n"}, bool(turn % 2)
    version = f'version = "0.{turn % 3 + 1}.0"'
    yield "manifest", {"Cargo.toml": FILES["Cargo.toml"].replace('version = "0.1.0"', version)}, True
    yield "clean-up", {"zoo/new.py": None}, False


def session(place: Path, turn: int, say: Say) -> None:
    """One session on what the last one left."""
    retiring.KEPT_BYTES = 4_000  # the default would keep everything
    root = place / "project"
    with Workspace.open(root, cache=place / "cache") as workspace:
        for name, files, told in steps(turn):
            say(name)
            put(root, files)
            if told:
                workspace.refresh(list(files))
            else:
                workspace.index(jobs=1)
    say("end")


def durations(place: Path, turn: int) -> dict[str, float]:
    """How long each part of a session takes here and now."""
    marks: list[tuple[str, float]] = []
    session(place, turn, lambda name: marks.append((name, time.monotonic())))
    out: dict[str, float] = {}
    for (name, begun), (_, ended) in pairwise(marks):
        out[name] = max(out.get(name, 0.0), ended - begun)
    return out


def kill_at(place: Path, turn: int, name: str, delay: float) -> None:
    """Run a session in a child and kill it so long after a part of it has begun."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        session(place, turn, lambda name: os.write(writing, f"{name}\n".encode()) and None)
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as said:
        for line in said:
            if line.strip() == name.encode():
                time.sleep(delay)
                break
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def fresh(root: Path, cache: Path, known: dict[int, str]) -> str:
    """What a new index of the files says; once for each state of them."""
    state = hash(tuple(sorted((path, path.read_bytes()) for path in root.rglob("*") if path.is_file())))
    if state not in known:
        with Workspace.open(root, cache=cache) as workspace:
            workspace.index(jobs=1)
            known[state] = dumped(workspace)
        shutil.rmtree(cache)
    return known[state]


def main(place: Path, kills: int, seed: int) -> None:
    """Kill so many sessions; fails when what one left does not hold together, or is not completed."""
    choices = random.Random(seed)
    root, cache = place / "project", place / "cache"
    root.mkdir(parents=True)
    known: dict[int, str] = {}
    parts = durations(place, 0)
    for turn in range(1, kills + 1):
        name = list(parts)[turn % len(parts)]
        if name == "first":
            shutil.rmtree(cache)
        kill_at(place, turn, name, choices.random() * parts[name])
        with Workspace.open(root, cache=cache) as workspace:
            assert list(workspace.messages) == [], (turn, name)
            dumped(workspace)  # which checks what is stored, complete or not
            workspace.index(jobs=1)
            assert dumped(workspace) == fresh(root, place / "fresh", known), (turn, name)
    sys.stdout.write(f"{kills} {' '.join(sorted(parts))}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
