"""Keys and fixed-size values: integers as big-endian bytes, and back.

`u32(7)` is a key; `u32s([7, 9])` packs many values for `Writer.add_values`; `numbers(packed)` is the
inverse, for what `Reader.values` returns.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable
from hashlib import blake2b
from struct import Struct

from isg_storage.tables import MAX_KEY_SIZE

_U32 = Struct(">I")
_U64 = Struct(">Q")
_LITTLE = sys.byteorder == "little"
_DIGEST_MARK = b"\xff"  # no UTF-8 text begins so

u32 = _U32.pack
"""4 bytes. Raises struct.error outside 0 .. 2**32 - 1."""
u64 = _U64.pack
"""8 bytes. Raises struct.error outside 0 .. 2**64 - 1."""


def number(packed: bytes) -> int:
    """The integer that `u32` or `u64` made `packed` of."""
    return int.from_bytes(packed, "big")


def u32s(values: Iterable[int]) -> bytes:
    """Many 4-byte values, one after the other."""
    packed = array("I", values)
    if _LITTLE:
        packed.byteswap()
    return packed.tobytes()


def numbers(packed: bytes) -> array[int]:
    """The integers in 4-byte values that stand one after the other."""
    values = array("I", packed)
    if _LITTLE:
        values.byteswap()
    return values


def number_at(packed: bytes | memoryview, index: int) -> int:
    """One of the integers in 4-byte values that stand one after the other."""
    found: int = _U32.unpack_from(packed, 4 * index)[0]
    return found


def path_key(path: str) -> bytes:
    """The key of a path: its UTF-8 bytes, or, where those are too many for a key, a digest that no path is equal to."""
    key = path.encode("utf-8", "surrogateescape")
    return key if len(key) <= MAX_KEY_SIZE else _DIGEST_MARK + blake2b(key, digest_size=32).digest()
