"""Pacing: when is what waits to be stored due?

LMDB copies every page that a transaction touches, and keys that are hashes touch pages everywhere: storing each batch
as it comes writes most of the index again and again, the more often the larger it is. So batches wait for each other,
as long as what would be lost with the process is little, and until storing takes a tenth of the time at most.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_LEAST_SECONDS = 0.25
_SHARE = 10
_MOST_BYTES = 8_000_000


class Pace:
    """Of one stage of a run. Say what waits with `wait`, ask whether it is `due`, and store it inside `storing`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._interval = _LEAST_SECONDS
        self._stored_at = clock()
        self._bytes = 0

    def wait(self, size: int) -> None:
        """So many bytes more are kept in memory."""
        self._bytes += size

    @property
    def due(self) -> bool:
        """Whether to store what waits now."""
        return self._bytes >= _MOST_BYTES or self._clock() - self._stored_at >= self._interval

    @contextmanager
    def storing(self) -> Iterator[None]:
        """All that waits is stored inside of this."""
        began = self._clock()
        yield
        self._stored_at, self._bytes = self._clock(), 0
        self._interval = max(_LEAST_SECONDS, _SHARE * (self._stored_at - began))
