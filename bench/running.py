"""Runs isg as a user does, in processes of its own, and reads their time and memory."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

TIMEOUT = 900.0
"""Seconds after which a command is given up."""


class BenchError(Exception):
    """A measurement can't be made; the text says why."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A finished command. `seconds`: wall clock, from spawn to exit."""

    seconds: float
    stdout: str
    stderr: str


def isg(*arguments: str, cache: Path) -> list[str]:
    """The command line of an isg command with its indexes under `cache`."""
    return [sys.executable, "-m", "isg_server.cli", *arguments, "--cache-dir", str(cache)]


def run(command: Sequence[str]) -> Ran:
    """Run a command to its end. Raises BenchError when it fails."""
    began = time.perf_counter()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as problem:
        raise BenchError(f"{' '.join(command)}: no end after {TIMEOUT:.0f} s") from problem
    seconds = time.perf_counter() - began
    if done.returncode != 0:
        raise BenchError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr.strip()}")
    return Ran(seconds, done.stdout, done.stderr)


def median_of(runs: int, once: Callable[[], float]) -> float:
    """The median of several calls."""
    return statistics.median(once() for _ in range(runs))


def percentile(values: Sequence[float], rank: float) -> float:
    """The value that `rank` (0..1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(rank * len(ordered)), len(ordered) - 1)]


def private_bytes(pid: int) -> int:
    """Memory that only this process and its descendants have; file pages of the index are shared, hence not in it.

    Raises BenchError where the system has no /proc.
    """
    total = 0
    for process in _family(pid):
        try:
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        except FileNotFoundError as problem:
            if process == pid:
                raise BenchError("private memory is read from /proc/PID/smaps_rollup, which is not there") from problem
            continue  # a worker that has just ended
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Private_")) * 1024
    return total


def resident_bytes(pid: int) -> int:
    """The resident memory of a process, without its children. Raises BenchError where the system has no /proc."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except FileNotFoundError as problem:
        raise BenchError("resident memory is read from /proc/PID/smaps_rollup, which is not there") from problem
    return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Rss:")) * 1024


def _family(pid: int) -> list[int]:
    out = [pid]
    for process in out:
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            out += map(int, task.read_text().split())
    return out
