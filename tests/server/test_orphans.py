"""A server that is killed leaves no process behind, at whatever moment."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from server.conftest import SERVE
from server.test_indexing import many
from server.wire import SECONDS, started

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")


def below(process: int) -> set[int]:
    """The processes that a process started, and those they started."""
    found: set[int] = set()
    pending = [process]
    for one in pending:
        try:
            tasks = list(Path(f"/proc/{one}/task").iterdir())
            children = {int(child) for task in tasks for child in (task / "children").read_text().split()}
        except (OSError, ValueError):
            continue  # it has just ended
        pending += children - found
        found |= children
    return found


def is_alive(process: int) -> bool:
    """Whether it runs; one that has ended and waits for its parent does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.1, 0.3, 0.6])
def test_workers_end_with_a_killed_server(workspace: Path, environment: dict[str, str], delay: float) -> None:
    many(workspace, 3000)
    with started(SERVE, environment) as wire:
        wire.initialize(workspace, initializationOptions={"jobs": 2})
        end = time.monotonic() + SECONDS
        while not below(wire.process.pid):
            assert time.monotonic() < end, "no worker was started"
        time.sleep(delay)
        workers = below(wire.process.pid)
        os.kill(wire.process.pid, signal.SIGKILL)
        wire.process.wait(SECONDS)
        while any(map(is_alive, workers)):
            assert time.monotonic() < end, "workers outlive the server"
            time.sleep(0.01)
