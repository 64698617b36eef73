"""The protobuf wire format, writing only: just what an export needs, with no schema and no generated code.

Every function returns one encoded field. As proto3 asks, a field that holds its default (0, "", no
numbers) is left out. Numbers are unsigned: nothing that is exported is negative.
"""

from __future__ import annotations

from collections.abc import Iterable

_LENGTH_DELIMITED = 2


def varint(value: int) -> bytes:
    """A non-negative integer, seven bits to a byte, lowest first."""
    if value < 0x80:
        return _ONE_BYTE[value]
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


_ONE_BYTE = tuple(bytes((value,)) for value in range(0x80))


def integer(field: int, value: int) -> bytes:
    """An int32, enum or bool field."""
    return varint(field << 3) + varint(value) if value else b""


def text(field: int, value: str) -> bytes:
    """A string field. What is not valid Unicode (undecodable file names) is replaced."""
    return message(field, value.encode("utf-8", "replace")) if value else b""


def message(field: int, body: bytes) -> bytes:
    """A sub-message or bytes field; written even when empty."""
    return varint(field << 3 | _LENGTH_DELIMITED) + varint(len(body)) + body


def packed(field: int, values: Iterable[int]) -> bytes:
    """A `repeated int32` field in packed form."""
    body = b"".join(map(varint, values))
    return message(field, body) if body else b""
