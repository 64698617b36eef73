"""Lines and columns: from byte offsets to positions and back, without the text.

Holds the offset of each line and of each character that is not one byte wide. That is enough to
express a position in UTF-8, UTF-16 or UTF-32 units. Nothing here chooses an encoding: the caller does.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

_MANY = 500
"""For so many places, the starts of all lines had better be numbers already."""


class PositionEncoding(StrEnum):
    """The units of a column; values as in LSP's PositionEncodingKind."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """0-based line and column; the column's unit is the encoding it was asked in."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class LineIndex:
    """`starts`: byte offset of each line's first byte. `wide`: byte offset of each non-ASCII character,
    shifted left by 2, with (UTF-8 length - 1) in the low bits.
    """

    starts: Sequence[int]
    wide: Sequence[int]

    def position(self, offset: int, encoding: PositionEncoding) -> Position:
        """The position of a byte offset. Offsets past the end fall on the last line."""
        line = max(bisect_right(self.starts, offset) - 1, 0)
        start = self.starts[line]
        return Position(line, offset - start - self._shrink(start, offset, encoding))

    def span(self, start: int, end: int, encoding: PositionEncoding) -> tuple[int, int, int, int]:
        """Line and column of two byte offsets, the second not before the first: `position` of both at once."""
        starts = self.starts
        line = max(bisect_right(starts, start) - 1, 0)
        first = starts[line]
        column = start - first - self._shrink(first, start, encoding)
        if line + 1 < len(starts) and end >= starts[line + 1]:
            last = self.position(end, encoding)
            return line, column, last.line, last.column
        return line, column, line, end - first - self._shrink(first, end, encoding)

    def spans(self, places: Sequence[tuple[int, int]], encoding: PositionEncoding) -> list[tuple[int, int, int, int]]:
        """`span` of many places; fastest where few lines have wide characters."""
        starts, wide = list(self.starts) if len(places) > _MANY else self.starts, self.wide
        uneven: set[int] = set()
        if wide and encoding is not PositionEncoding.UTF8:
            if len(wide) > len(places):
                return [self.span(start, end, encoding) for start, end in places]
            uneven.update(bisect_right(starts, mark >> 2) - 1 for mark in wide)
        found = []
        for start, end in places:
            line = bisect_right(starts, start) - 1
            last = line
            if line + 1 < len(starts) and end >= starts[line + 1]:
                last = bisect_right(starts, end, line) - 1
            if line < 0 or line in uneven or last in uneven:
                found.append(self.span(start, end, encoding))
            else:
                found.append((line, start - starts[line], last, end - starts[last]))
        return found

    def offset(self, position: Position, encoding: PositionEncoding, size: int) -> int:
        """The byte offset of a position in a text of `size` bytes; columns past a line's end are clamped to it."""
        if position.line >= len(self.starts):
            return size
        start = self.starts[position.line]
        end = self.starts[position.line + 1] - 1 if position.line + 1 < len(self.starts) else size
        offset = start + position.column
        if encoding is not PositionEncoding.UTF8 and self.wide:
            for index in range(bisect_left(self.wide, start << 2), bisect_left(self.wide, end << 2)):
                if self.wide[index] >> 2 >= offset:
                    break
                offset += _saved(self.wide[index], encoding)
        return min(offset, end)

    def _shrink(self, start: int, offset: int, encoding: PositionEncoding) -> int:
        if encoding is PositionEncoding.UTF8 or not self.wide:
            return 0
        wide, end = self.wide, offset << 2
        at = bisect_left(wide, start << 2)
        saved = 0
        while at < len(wide) and wide[at] < end:
            saved += _saved(wide[at], encoding)
            at += 1
        return saved


def _saved(wide: int, encoding: PositionEncoding) -> int:
    """How many units fewer than bytes the character takes."""
    extra = wide & 3  # UTF-8 length - 1
    if encoding is PositionEncoding.UTF32:
        return extra
    return extra - 1 if extra == 3 else extra


def line_starts(text: bytes) -> list[int]:
    """Byte offset of every line's start. Lines end at LF, CRLF or a lone CR, as in LSP."""
    starts = [0]
    if b"\r" not in text:
        find, at = text.find, 0
        while (at := find(b"\n", at) + 1) > 0:
            starts.append(at)
        return starts
    at = 0
    for line in text.splitlines(keepends=True):
        at += len(line)
        if line.endswith((b"\n", b"\r")):
            starts.append(at)
    return starts


def wide_characters(text: bytes) -> list[int]:
    """The `wide` column of a LineIndex for a valid UTF-8 text."""
    if text.isascii():
        return []
    return [found.start() << 2 | (found.end() - found.start() - 1) for found in _WIDE.finditer(text)]


_WIDE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
