"""The C allocator's heap: that memory which was freed goes back to the system while nothing else is going on.

Facts are packed into large buffers that live as long as a text stays as it is. What they leave behind lies between
what lives on, so that glibc keeps it: after some thousand edits, three times as much as is in use. Where the allocator
is another one, nothing happens.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from typing import Any

TICK = 1.0
"""Seconds between two looks at whether the process works."""
QUIET_TICKS = 5
"""After so many looks at a process that does nothing, it is not looked at until it is told something."""
QUIET = 0.1
"""The share of a tick's seconds that a process which does nothing may compute."""
WORTH = 0.2
"""Seconds of computing that leave enough behind for it to be given back."""
LONGEST = 15.0
"""Seconds of computing after which it is given back even though more is to be done."""

_ARENAS = -8
"""mallopt's name for how many heaps there are."""


class Tidying:
    """Gives freed memory back when the process rests. All methods belong to the event loop."""

    def __init__(self, give_back: Callable[[], object], computed: Callable[[], float] = time.process_time) -> None:
        """`give_back` is called in another thread; `computed`: the seconds that this process has computed so far."""
        self._give_back, self._computed = give_back, computed
        self._last = self._tidied = computed()
        self._quiet = 0
        self._timer: asyncio.TimerHandle | None = None

    def told(self) -> None:
        """Something came in: there will be work."""
        self._quiet = 0
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(TICK, self._look)

    def close(self) -> None:
        """No more of it."""
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        loop, now = asyncio.get_running_loop(), self._computed()
        rests = now - self._last < QUIET * TICK
        self._last = now
        if now - self._tidied > (WORTH if rests else LONGEST):
            self._tidied = now
            loop.run_in_executor(None, self._give_back)
        self._quiet = self._quiet + 1 if rests else 0
        self._timer = loop.call_later(TICK, self._look) if self._quiet < QUIET_TICKS else None


def share_one() -> None:
    """Have all threads use one heap: only one of them runs at a time, and what one frees another can use."""
    library = _glibc()
    if library is not None:
        library.mallopt(_ARENAS, 1)


def give_back() -> None:
    """Give freed memory back to the system. Takes some milliseconds, in which whoever wants memory may wait."""
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


def _glibc() -> Any:
    """The C library, where it is glibc."""
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None
