"""Where a document's symbols stand and what holds them, for lists of symbols from many documents.

Packed, sixteen bytes a symbol by row, and behind them the names of what holds them: one is read without the others, and
without the document's facts. Sibling: `symbol_names`, which has what they are called.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from struct import Struct

from isg_analysis.model.facts import Facts
from isg_analysis.model.symbol import SymbolPlace
from isg_analysis.resolve.names import shown_name

_COUNT = Struct(">I")
_ROW = Struct(">IIHHI")  # start, line, column, length, holder
_MOST = 0xFFFF
"""A column or length that is more, or differs from one encoding to another, is not told."""


def pack_places(facts: Facts) -> bytes:
    """The places of all symbols of a document."""
    symbols, lines, wide = facts.symbols, facts.line_starts, facts.wide
    holders: dict[int, int] = {0: 0}
    rows = []
    for start, end, parent in zip(symbols.name_start, symbols.name_end, symbols.parent, strict=True):
        line = bisect_right(lines, start) - 1
        first = lines[line]
        plain = line + 1 == len(lines) or end < lines[line + 1]
        if wide and bisect_left(wide, first << 2) != bisect_left(wide, end << 2):
            plain = False
        if not plain or parent < 0 or max(start - first, end - start) >= _MOST:
            rows.append(_ROW.pack(start, line, _MOST, _MOST, 0))
        else:
            rows.append(_ROW.pack(start, line, start - first, end - start, holders.setdefault(parent, len(holders))))
    names = [shown_name(facts, parent).replace("\0", " ") for parent in holders if parent]
    return _COUNT.pack(len(rows)) + b"".join(rows) + "\0".join(names).encode("utf-8", "replace")


def place_of(packed: memoryview, row: int) -> SymbolPlace | None:
    """The place of one symbol; None where it is not told."""
    start, line, column, length, holder = _ROW.unpack_from(packed, _COUNT.size + row * _ROW.size)
    if length == _MOST:
        return None
    name = None
    if holder:
        behind = _COUNT.size + _COUNT.unpack_from(packed)[0] * _ROW.size
        name = bytes(packed[behind:]).split(b"\0", holder)[holder - 1].decode()
    return SymbolPlace(start, start + length, line, column, column + length, name)
