"""The C allocator's heap: that memory which was freed goes back to the system while nothing else is going on.

Facts are packed into large buffers that live as long as a text stays as it is. What they leave behind lies between
what lives on, so that glibc keeps it: after some thousand edits, three times as much as is in use. Where the allocator
is another one, nothing happens.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable

TICK = 1.0
"""Seconds between two looks at whether the process works."""
QUIET_TICKS = 5
"""After so many looks at a process that does nothing, it is seldom looked at until it is told something."""
SELDOM = 30.0
"""Seconds between two looks then: work may go on that gets hardly any of the machine, or begin by itself."""
QUIET = 0.1
"""The share of a tick's seconds that a process which does nothing may compute."""
WORTH = 0.05
"""Seconds of computing that leave enough behind for it to be given back."""
LONGEST = 15.0
"""Seconds of computing after which it is given back even though more is to be done."""
STILL_TICKS = 2
"""After so many looks at a process that does nothing and was told nothing, garbage is looked for."""

_HEAPS = -8
"""M_ARENA_MAX, a parameter of mallopt."""


def _nothing() -> None:
    """There is no garbage."""


class Tidying:
    """Gives freed memory back when the process rests, and finds garbage when it goes on resting. All methods belong to
    the event loop.
    """

    def __init__(
        self,
        give_back: Callable[[], object],
        computed: Callable[[], float] = time.process_time,
        collect: Callable[[], object] = _nothing,
    ) -> None:
        """`give_back` and `collect` are called in another thread; the latter keeps this process from all else for some
        20 ms. `computed`: the seconds that it has computed so far.
        """
        self._give_back, self._computed, self._collect = give_back, computed, collect
        self._last = self._tidied = self._collected = computed()
        self._quiet = 0
        self._timer: asyncio.TimerHandle | None = None

    def told(self) -> None:
        """Something came in: there will be work."""
        if self._timer is None or self._quiet >= QUIET_TICKS:
            self._look_after(TICK)
        self._quiet = 0

    def close(self) -> None:
        """No more of it."""
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        loop, now = asyncio.get_running_loop(), self._computed()
        rests = now - self._last < QUIET * TICK
        self._last = now
        if now - self._collected > (WORTH if rests and self._quiet >= STILL_TICKS else LONGEST):
            self._collected = now
            loop.run_in_executor(None, self._collect)
        if now - self._tidied > (WORTH if rests else LONGEST):
            self._tidied = now
            loop.run_in_executor(None, self._give_back)
        self._quiet = self._quiet + 1 if rests else 0
        self._look_after(TICK if self._quiet < QUIET_TICKS else SELDOM)

    def _look_after(self, seconds: float) -> None:
        self.close()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._look)


def share_one() -> None:
    """From now on threads that are started use the heap of those there are: what one of them frees, any can use, while
    heaps of their own would each keep what is left of their busiest moment. One thread at a time computes anyway.
    """
    _ask("mallopt", _HEAPS, 1)


def give_back() -> None:
    """Give freed memory back to the system. Takes some milliseconds, in which whoever wants memory may wait."""
    _ask("malloc_trim", 0)


def private_bytes() -> int | None:
    """The memory that this process has to itself, without pages of files; None where the system does not tell it."""
    try:
        with open("/proc/self/statm", "rb") as statm:
            _, resident, shared = map(int, statm.read().split()[:3])
    except OSError:
        return None
    return (resident - shared) * os.sysconf("SC_PAGE_SIZE")


def _ask(function: str, *arguments: int) -> None:
    """Call a function of glibc, where there is one."""
    if sys.platform.startswith("linux"):
        import ctypes

        found = getattr(ctypes.CDLL(None), function, None)
        if found is not None:
            found(*arguments)
