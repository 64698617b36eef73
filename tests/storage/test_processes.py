"""Several processes on one index, processes that die, and disks that are full. See `child` for what they do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from isg_storage import Environment, Table, keys

CHILD = Path(__file__).with_name("child.py")
SECONDS = 60

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs fork, SIGKILL and resource limits")


def start(action: str, *arguments: object, path: Path | None = None) -> subprocess.Popen[str]:
    """`path`: where modules are found, besides."""
    command = [sys.executable, str(CHILD), action, *map(str, arguments)]
    environment = os.environ | ({"PYTHONPATH": str(path)} if path else {})
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def finish(process: subprocess.Popen[str]) -> str:
    """What it printed. Fails if it failed."""
    out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, err
    return out.strip()


def test_a_killed_writer_leaves_a_committed_state(directory: Path) -> None:
    runs = [start("kill", directory.with_name(f"index{seed}"), 50, seed) for seed in (1, 2)]
    assert all(int(finish(run)) >= 25 for run in runs)


def test_two_writers_and_two_readers(directory: Path) -> None:
    finish(start("write", directory, 1))
    others = [start("write", directory, 100) for _ in range(2)] + [start("look", directory, 201) for _ in range(2)]
    states = [finish(process) for process in others][2:]
    assert all(int(count) > 1 for count in states)
    assert finish(start("count", directory)) == "201"


def test_a_map_that_another_process_has_grown(directory: Path) -> None:
    with Environment.open(directory, b"", map_size=1 << 20) as environment:
        for round_ in range(2):
            finish(start("grow", directory, 1 << (20 + round_)))
            with environment.read() as reader:
                assert len(keys.numbers(reader.values(Table.DEFINITIONS, keys.u64(7)))) == round_ + 1
            with environment.write() as writer:
                writer.put(Table.LAYOUTS, b"rust", bytes(9000))
        assert environment.map_size() > 4 << 20


def test_several_processes_make_one_index(directory: Path) -> None:
    moment = time.time() + 0.7
    for process in [start("open_together", directory, moment) for _ in range(6)]:
        finish(process)
    assert finish(start("count", directory)) == "6"
    assert [path.name for path in directory.iterdir()] == ["generation-00000001"]


def test_a_file_that_may_not_grow(directory: Path) -> None:
    out = finish(start("fill", directory, 4 << 20)).splitlines()
    assert [line.split()[0] for line in out[:2]] == ["FullError", "FullError"]
    assert int(out[2]) > 10
    with Environment.open(directory, b"") as environment, environment.read() as reader:
        assert not environment.rebuilt
        assert reader.count(Table.FACTS) == int(out[2])


def test_a_full_disk(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no right to mount a small disk")
    try:
        out = finish(start("fill", disk / "index", 0)).splitlines()
        assert out[0].startswith("FullError")
        assert int(out[-1]) > 10
        assert finish(start("count", disk / "index")) == "1"
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_deaths_are_counted_until_the_index_was_looked_at(directory: Path) -> None:
    for _ in range(2):
        assert start("die", directory).wait(SECONDS) != 0
    for _ in range(2):
        with Environment.open(directory, b"") as environment:
            assert (environment.unclean_ends, environment.trusted) == (2, False)
            finish(start("write", directory, 1))
    with Environment.open(directory, b"") as environment:
        environment.trust()
        assert (environment.unclean_ends, environment.trusted) == (0, True)
    with Environment.open(directory, b"") as environment:
        assert (environment.unclean_ends, environment.trusted) == (0, True)


ENDLESS = """
import os, time
from isg_storage.inspection import examine

def forever(directory):
    (directory / "begun").write_text(str(os.getpid()))
    (directory / "begun").rename(directory / "process")
    while True:
        {step}

examine(forever)
"""


def test_an_examination_ends_with_the_process_that_waits_for_it(directory: Path, tmp_path: Path) -> None:
    directory.mkdir(parents=True)
    (tmp_path / "sleeping.py").write_text(ENDLESS.format(step="time.sleep(0.1)"))
    waiting = start("examine", directory, "sleeping", path=tmp_path)
    until((directory / "process").exists)
    examining = int((directory / "process").read_text())
    assert is_alive(examining)
    waiting.kill()
    waiting.communicate()
    until(lambda: not is_alive(examining))


def test_an_examination_that_computes_without_end_is_given_up(directory: Path, tmp_path: Path) -> None:
    directory.mkdir(parents=True)
    (tmp_path / "spinning.py").write_text(ENDLESS.format(step="pass"))
    out, _ = start("examine", directory, "spinning", path=tmp_path).communicate(timeout=10 * SECONDS)
    assert "ended the process" in out


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that must happen."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def is_alive(process: int) -> bool:
    """Whether it runs; one that has ended and waits for its parent does not."""
    said = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False).stdout
    return said.strip()[:1] not in ("", "Z", "X")
