"""The text of what the client has open: LSP's edits applied to UTF-8 bytes.

Lines end at LF, CRLF or a lone CR and nowhere else, as LSP says (Python's own idea of a line also breaks at form
feeds and U+2028, which old sources contain). Not thread-safe: lives on the event loop. Knows neither roots nor
the graph.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from isg_analysis.model.lanes import moved
from isg_analysis.model.text import Position, PositionEncoding, line_starts
from isg_server.positions import offset_in_line
from isg_server.uris import to_path

_LONGEST = 200
"""No name is longer, in bytes, to either side."""
_WORD_START = re.compile(rb"[\w\x80-\xff]*")
_WORD_END = re.compile(rb"[\w\x80-\xff]*\Z")


@dataclass(frozen=True, slots=True)
class Edit:
    """One content change. `start` and `end` are None where the whole text is replaced."""

    text: str
    start: Position | None = None
    end: Position | None = None


@dataclass(slots=True)
class OpenDocument:
    """One open document; `uri` is spelled as the client spells it."""

    uri: str
    path: Path
    language: str
    version: int
    text: bytes
    _starts: array[int] | None = None
    """Where the lines of `text` start; None: not known."""

    def apply(self, edits: Sequence[Edit], version: int, encoding: PositionEncoding) -> None:
        """Applies edits in order: each one's positions count in the text that the one before it left."""
        for edit in edits:
            if edit.start is None or edit.end is None:
                self.text, self._starts = encode(edit.text), None
                continue
            starts = self._lines()
            first = _offset(self.text, starts, edit.start, encoding)
            last = max(first, _offset(self.text, starts, edit.end, encoding))
            self._replace(first, last, encode(edit.text))
        self.version = version

    def word(self, position: Position, encoding: PositionEncoding) -> str:
        """The name that stands at a position or ends there; "" where none does."""
        at = _offset(self.text, self._lines(), position, encoding)
        before = _WORD_END.search(self.text[max(0, at - _LONGEST) : at])
        after = _WORD_START.match(self.text[at : at + _LONGEST])
        return ((before[0] if before else b"") + (after[0] if after else b"")).decode("utf-8", "replace")

    def _lines(self) -> array[int]:
        if self._starts is None:
            self._starts = array("i", line_starts(self.text))
        return self._starts

    def _replace(self, first: int, last: int, new: bytes) -> None:
        """Replaces bytes; moves the lines behind them rather than to look for all anew."""
        starts, shift = self._lines(), len(new) - (last - first)
        self.text = b"".join((self.text[:first], new, self.text[last:]))
        if b"\r" in self.text:
            self._starts = None  # whether that ends a line depends on what stands beside it
            return
        kept = starts[: bisect_right(starts, first)]
        kept.extend([first + start for start in line_starts(new)[1:]])
        kept.frombytes(moved(starts[bisect_right(starts, last) :].tobytes(), 0, shift))
        self._starts = kept


class OpenDocuments:
    """Every open `file:` document, by path. Documents of other schemes are not kept."""

    def __init__(self) -> None:
        self._by_path: dict[Path, OpenDocument] = {}

    def open(self, uri: str, language: str, version: int, text: str) -> OpenDocument | None:
        """Starts to keep a document; opening it again replaces it. None if it is no local file."""
        path = to_path(uri)
        if path is None:
            return None
        document = OpenDocument(uri, path, language, version, encode(text))
        self._by_path[path] = document
        return document

    def close(self, uri: str) -> OpenDocument | None:
        """Forgets a document; None if it was not open."""
        path = to_path(uri)
        return self._by_path.pop(path, None) if path is not None else None

    def get(self, path: Path | None) -> OpenDocument | None:
        """The open document at a path."""
        return self._by_path.get(path) if path is not None else None

    def __iter__(self) -> Iterator[OpenDocument]:
        return iter(list(self._by_path.values()))


def encode(text: str) -> bytes:
    """UTF-8. A lone surrogate, which JSON can carry, becomes "?": one UTF-16 unit as before."""
    return text.encode("utf-8", "replace")


def _offset(text: bytes, starts: Sequence[int], position: Position, encoding: PositionEncoding) -> int:
    if position.line >= len(starts):
        return len(text)
    start = starts[position.line]
    end = starts[position.line + 1] if position.line + 1 < len(starts) else len(text)
    line = text[start:end].rstrip(b"\r\n") if position.line + 1 < len(starts) else text[start:end]
    return start + offset_in_line(line, position.column, encoding)
