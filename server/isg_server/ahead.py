"""Working ahead: what questions about unsaved texts will need is found out while nothing else is going on.

Done in slices that stand in the line like questions, so that none waits longer than for one of them. Each edit puts it
off: while someone types, most of it would be in vain.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Future

from isg_server.roots import Root
from isg_server.tasks import Line

log = logging.getLogger("isg.ahead")

STILL = 0.3
"""Seconds without an edit after which it begins."""
SLICE = 0.005
REST = 0.002
"""Seconds between two slices: whoever wants to ask something comes first."""


class Ahead:
    """All public methods belong to the event loop."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._next: dict[Root, asyncio.TimerHandle] = {}

    def edited(self, root: Root) -> None:
        """The text of a document in a root is another one."""
        self._later(root, STILL)

    def forget(self, root: Root) -> None:
        """The root is going to be closed."""
        waiting = self._next.pop(root, None)
        if waiting is not None:
            waiting.cancel()

    def close(self) -> None:
        """No more of it."""
        for root in list(self._next):
            self.forget(root)

    def _later(self, root: Root, seconds: float) -> None:
        self.forget(root)
        self._next[root] = asyncio.get_running_loop().call_later(seconds, self._slice, root)

    def _slice(self, root: Root) -> None:
        loop, timer = asyncio.get_running_loop(), self._next[root]
        done = self._line.submit(lambda: root.workspace.work_ahead(SLICE))
        done.add_done_callback(lambda found: loop.call_soon_threadsafe(self._sliced, root, timer, found))

    def _sliced(self, root: Root, timer: asyncio.TimerHandle, found: Future[bool]) -> None:
        if self._next.get(root) is not timer:
            return  # edited or forgotten meanwhile
        del self._next[root]
        problem = found.exception()
        if problem is not None:
            log.debug("working ahead in %s failed: %s", root.path, problem)
        elif found.result():
            self._later(root, REST)
