"""Courtesy: work in other threads makes room while questions and edits are worked on.

One thread at a time runs Python. Whatever computes beside a question takes half of its time, and more where it reads
the index: each read lets go of the interpreter, and gets it back a turn later. So what runs beside asks, between two
small steps of its own, whether it is time to wait. Not for ever: while there is always something to answer, it gets a
small share.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from isg_server.tasks import Line

SHARE = 20
"""It waits at most so many times as long as it has worked since it waited last ..."""
LONGEST = 0.25
"""... and not longer than so many seconds."""
_STEP = 0.002


def _never() -> bool:
    return False


class Courtesy:
    """Of one piece of work beside a line. Called by the thread that does it."""

    def __init__(self, line: Line, stopped: Callable[[], bool] = _never, hurried: Callable[[], bool] = _never) -> None:
        """`stopped`: whether the work is to end. `hurried`: whether what the line does waits for it."""
        self._line, self._stopped, self._hurried = line, stopped, hurried
        self._since = time.monotonic()

    def __call__(self) -> bool:
        """Waits while it must; whether to end the work."""
        if not self._line.rests:
            now = time.monotonic()
            until = now + min(SHARE * (now - self._since), LONGEST)
            while not (self._line.rests or self._hurried()) and now < until:
                self._line.wait_for_rest(min(until, now + _STEP))
                now = time.monotonic()
            self._since = now
        return self._stopped()
