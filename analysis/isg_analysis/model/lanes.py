"""Lanes: arithmetic on a whole column at once.

An edit moves most numbers of a document's columns by the same amount. In a loop each of them costs as much as looking
up a name; as the lanes of one long integer, 32 bits each, they are moved by a few additions that run in C.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import Self

_ORDER = sys.byteorder
_LOW = 0 if _ORDER == "little" else 3
"""The place of a lane's lowest byte."""


class Lanes:
    """A column of signed 32-bit numbers, as an array has them in memory. A selection is an integer with 1 in the lanes
    that are selected.
    """

    def __init__(self, raw: bytes) -> None:
        self.all = _ones(len(raw) // 4)
        """The selection of all lanes."""
        self._size = len(raw)
        self._before = self._values = int.from_bytes(raw, _ORDER)

    def reaching(self, bound: int) -> int:
        """Selects the numbers that were at least so large; `bound` is not negative."""
        if bound >> 31:
            return 0
        signs = self.all << 31
        negative = self._before & signs
        # What is added carries into the highest bit exactly where a number is large enough; no lane overflows.
        carried = (self._before ^ negative) + self.all * ((1 << 31) - bound)
        return (carried & (negative ^ signs)) >> 31

    def odd(self) -> int:
        """Selects the numbers that were odd."""
        return self._before & self.all

    def move(self, selected: int, delta: int) -> Self:
        """Add to the selected numbers, none of which is negative before or after."""
        self._values += selected * delta
        return self

    def pack(self) -> bytes:
        """As an array has them in memory."""
        return self._values.to_bytes(self._size, _ORDER)


def moved(raw: bytes, bound: int, delta: int) -> bytes:
    """The numbers of a column, those that are at least `bound` moved by `delta`; negative ones stay."""
    if not delta or not raw:
        return raw
    lanes = Lanes(raw)
    return lanes.move(lanes.reaching(bound), delta).pack()


def rows_with(raw: bytes, number: int) -> list[int]:
    """The rows of a column that hold a number, which is not negative."""
    sought, out = number.to_bytes(4, _ORDER), []
    at = raw.find(sought)
    while at >= 0:
        if at & 3:  # parts of two rows look like it
            at = raw.find(sought, at + 1)
        else:
            out.append(at >> 2)
            at = raw.find(sought, at + 4)
    return out


def selection(flags: bytes) -> int:
    """Selects the lanes whose byte is 1; all others are 0."""
    spread = bytearray(len(flags) * 4)
    spread[_LOW::4] = flags
    return int.from_bytes(spread, _ORDER)


@lru_cache(maxsize=8)
def _ones(count: int) -> int:
    one = bytearray(4)
    one[_LOW] = 1
    return int.from_bytes(one * count, _ORDER)
