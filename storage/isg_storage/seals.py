"""Seals: a checksum behind each value, so that a flipped bit is noticed before it means something.

The CRC-32 of key and value, 4 bytes at the end of the stored value: a value under a wrong key is noticed too. They are
looked at while an index is not trusted (see `sessions`): at those of small values whenever they are read, at those of
large ones once. The rows of tables of duplicates have none: they are read by the thousand.
"""

from __future__ import annotations

from zlib import crc32

from isg_storage.errors import DamagedError
from isg_storage.tables import FORMS, Table

SIZE = 4
SEALED = tuple(not FORMS[table].duplicates for table in Table)
"""Whether the values of a table have a seal, by table."""
_RESIDUE = 0x2144DF1C
"""What the CRC-32 of anything with its own CRC-32 behind it comes to."""
_SMALL = 2048
_MOST_SEEN = 20_000

Seen = tuple[set[bytes], ...]
"""The keys of the large values that have been looked at, by table."""


def nothing_seen() -> Seen:
    """For an index that has just been opened."""
    return tuple(set() for _ in Table)


def sealed(key: bytes, value: bytes) -> bytes:
    """The value as it is stored."""
    return value + crc32(value, crc32(key)).to_bytes(SIZE, "little")


def unsealed(table: Table, key: bytes, stored: memoryview, seen: Seen) -> memoryview:
    """The value that was stored. Raises DamagedError when it is not what was written."""
    if len(stored) <= _SMALL:
        if crc32(stored, crc32(key)) != _RESIDUE:
            raise _damaged(table, key)
    elif key not in seen[table]:
        if crc32(stored, crc32(key)) != _RESIDUE:
            raise _damaged(table, key)
        if len(seen[table]) >= _MOST_SEEN:
            seen[table].clear()
        seen[table].add(key)
    return stored[:-SIZE]


def _damaged(table: Table, key: bytes) -> DamagedError:
    return DamagedError(f"a value in {table.name} is not what was written (key {key.hex()})")
