"""Columns as clients count them, and kinds as people call them, without LSP's types.

Columns outside this package are byte offsets. Sibling: `convert` builds lsprotocol's objects.
"""

from __future__ import annotations

from collections.abc import Sequence

from isg_analysis.model.symbol import SymbolKind
from isg_analysis.model.text import PositionEncoding

SUPPORTED = (PositionEncoding.UTF8, PositionEncoding.UTF16, PositionEncoding.UTF32)


def choose(offered: Sequence[str] | None) -> PositionEncoding:
    """The encoding to use with a client that offers these.

    UTF-16 unless it is not among them, whatever their order: servers on one buffer must agree, and most know
    no other. Without an offer, or with none that is known, UTF-16 too: it is what LSP prescribes then.
    """
    if not offered or PositionEncoding.UTF16 in offered:
        return PositionEncoding.UTF16
    return next((PositionEncoding(name) for name in offered if name in SUPPORTED), PositionEncoding.UTF16)


def kind_name(kind: int | None) -> str:
    """A symbol kind in words: "type alias"; "local" for what is no symbol."""
    return "local" if kind is None else SymbolKind(kind).name.lower().replace("_", " ")


def offset_in_line(line: bytes, column: int, encoding: PositionEncoding) -> int:
    """The byte offset of a column within one line of valid UTF-8, without its line break.

    Columns past the end mean the end; a column inside a character means the start of that character.
    """
    if line.isascii():
        return min(column, len(line))
    units = at = 0
    for character in line.decode("utf-8", "replace"):
        size = len(character.encode())
        units += _units(character, size, encoding)
        if units > column:
            break
        at += size
    return at


def _units(character: str, size: int, encoding: PositionEncoding) -> int:
    if encoding is PositionEncoding.UTF8:
        return size
    return 2 if encoding is PositionEncoding.UTF16 and character > "\uffff" else 1
