"""Working ahead: what edits and questions about unsaved texts will need is made while nothing else is going on.

Two ways. What the first edit of a document needs is made by a thread of its own, which makes room for questions. What
questions need, and may be wrong with the next edit, is found out in slices that stand in the line like questions, so
that none waits longer than for one of them; each edit puts it off: while someone types, most of it would be in vain.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from isg_server.courtesy import Courtesy
from isg_server.roots import Root
from isg_server.tasks import Line

log = logging.getLogger("isg.ahead")

OPENED = 0.05
"""Seconds after which an opened document is prepared for edits."""
MOST_OPENED = 4
"""Of more documents that are opened at a time, the last ones are."""
STILL = 0.3
"""Seconds without an edit after which slices begin."""
SLICE = 0.005
REST = 0.002
"""Seconds between two slices: whoever wants to ask something comes first."""


class Ahead:
    """All public methods belong to the event loop."""

    def __init__(self, line: Line) -> None:
        """`line`: that of the questions."""
        self._line = line
        self._beside = Line("isg-prepare")
        self._next: dict[Root, asyncio.TimerHandle] = {}
        self._opened: dict[tuple[Root, str], None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._prepares = False

    def edited(self, root: Root, path: str) -> None:
        """The text of a document in a root is another one, or the first one."""
        self._later(root, STILL)
        self._opened.pop((root, path), None)
        self._opened[root, path] = None
        while len(self._opened) > MOST_OPENED:
            del self._opened[next(iter(self._opened))]
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(OPENED, self._prepare)

    def forget(self, root: Root) -> None:
        """The root is going to be closed."""
        self._opened = {known: None for known in self._opened if known[0] is not root}
        waiting = self._next.pop(root, None)
        if waiting is not None:
            waiting.cancel()

    def close(self) -> None:
        """No more of it."""
        self._opened.clear()
        if self._timer is not None:
            self._timer.cancel()
        for root in list(self._next):
            self.forget(root)
        self._beside.close()

    def _prepare(self) -> None:
        """The last one that was opened, then those before it."""
        if self._prepares or not self._opened:
            return
        root, path = next(reversed(self._opened))
        del self._opened[root, path]
        self._prepares = True
        loop = asyncio.get_running_loop()
        made = self._beside.submit(lambda: root.workspace.prepare(path, partial(_courtesy, self._line)))
        made.add_done_callback(lambda found: loop.call_soon_threadsafe(self._prepared, root, found))

    def _prepared(self, root: Root, found: Future[None]) -> None:
        self._prepares = False
        problem = found.exception()
        if problem is not None:
            log.debug("preparing for edits in %s failed: %s", root.path, problem)
        self._prepare()

    def _later(self, root: Root, seconds: float) -> None:
        waiting = self._next.pop(root, None)
        if waiting is not None:
            waiting.cancel()
        self._next[root] = asyncio.get_running_loop().call_later(seconds, self._slice, root)

    def _slice(self, root: Root) -> None:
        loop, timer = asyncio.get_running_loop(), self._next[root]
        done = self._line.submit(lambda: root.workspace.work_ahead(SLICE), quiet=True)
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


def _courtesy(line: Line, hurried: Callable[[], bool]) -> Courtesy:
    return Courtesy(line, hurried=hurried)
