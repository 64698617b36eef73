"""SymbolNames: every symbol's name in one text, for scanning in C.

Ordered by path and row, one name a line, so that a place in the text tells the symbol. Built once per
version of what is stored.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from isg_analysis.model.facts import Facts


@dataclass(frozen=True, slots=True)
class NamedSymbols:
    """The symbols of one document: `kinds[i]` and `names[i]` are those of row i. Names hold no line breaks."""

    document: int
    kinds: bytes
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """One symbol that a scan found. `order` grows with path and row."""

    order: int
    document: int
    row: int
    kind: int
    name: str


class SymbolNames:
    """Immutable."""

    def __init__(self, documents: Iterable[NamedSymbols]) -> None:
        """`documents`: ordered by path."""
        self._documents = list(documents)
        self._starts: list[int] = []
        size = 0
        parts: list[str] = []
        for symbols in self._documents:
            self._starts.append(size)
            part = "\n".join(symbols.names) + "\n"
            parts.append(part)
            size += len(part)
        self.text = "".join(parts)
        self.lower = self.text.lower()
        if len(self.lower) != len(self.text):  # a letter whose lower case is longer: keep places aligned
            self.lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in self.text)

    def scan(self, pattern: str, *, ignore_case: bool) -> Iterator[Named]:
        """Every symbol whose whole name matches the regular expression `pattern`, in order.

        With `ignore_case` the pattern must be in lower case itself.
        """
        text = self.lower if ignore_case else self.text
        at, document = 0, -1
        row = 0
        for found in re.finditer(f"^{pattern}$", text, re.MULTILINE):
            start = found.start()
            here = bisect_right(self._starts, start) - 1
            if here >= len(self._documents) or start == len(text):
                return
            if here != document:
                document, at, row = here, self._starts[here], 0
            row += text.count("\n", at, start)
            at = start
            symbols = self._documents[document]
            if row < len(symbols.names):
                yield Named(start, symbols.document, row, symbols.kinds[row], symbols.names[row])

    def all(self) -> Iterator[Named]:
        """Every symbol, in order."""
        order = 0
        for symbols in self._documents:
            for row, name in enumerate(symbols.names):
                yield Named(order, symbols.document, row, symbols.kinds[row], name)
                order += 1

    def distinct(self) -> set[str]:
        """Every name there is."""
        return set(self.text.split("\n")) - {""}


def named_symbols(document: int, facts: Facts) -> NamedSymbols:
    """The symbols of a document, from its facts."""
    strings = facts.strings
    names = tuple(strings[at].replace("\n", " ") for at in facts.symbols.name)
    return NamedSymbols(document, bytes(facts.symbols.kind), names)
