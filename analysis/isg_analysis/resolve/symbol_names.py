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
    """The symbols of one document: `kinds[i]` is the kind of row i, line i of `names` its name."""

    document: int
    kinds: bytes
    names: str


@dataclass(frozen=True, slots=True)
class Named:
    """One symbol that a scan found: `at` is where in its name. `order` grows with path and row."""

    order: int
    document: int
    row: int
    kind: int
    name: str
    at: int = 0


class SymbolNames:
    """Immutable."""

    def __init__(self, documents: Iterable[NamedSymbols]) -> None:
        """`documents`: ordered by path."""
        self._documents: list[tuple[int, bytes]] = []
        self._starts: list[int] = []
        size = 1
        parts = ["\n"]
        for symbols in documents:
            self._documents.append((symbols.document, symbols.kinds))
            self._starts.append(size)
            parts += (symbols.names, "\n")
            size += len(symbols.names) + 1
        self._text = "".join(parts)
        self._lower = _lowered(self._text)

    def called(self, text: str, *, ignore_case: bool) -> Iterator[Named]:
        """Every symbol of this name, in order. With `ignore_case`, `text` is in lower case."""
        return self.beginning(text + "\n", ignore_case=ignore_case)

    def beginning(self, text: str, *, ignore_case: bool) -> Iterator[Named]:
        """Every symbol whose name begins with `text`, in order. With `ignore_case`, `text` is in lower case."""
        haystack = self._lower if ignore_case else self._text
        at = haystack.find("\n" + text)
        while at >= 0:
            yield from self._named(at + 1)
            at = haystack.find("\n" + text, at + 1)

    def containing(self, text: str, *, ignore_case: bool) -> Iterator[Named]:
        """Every symbol whose name holds `text`, in order, with the first place where it does."""
        haystack = self._lower if ignore_case else self._text
        at = haystack.find(text)
        while at >= 0:
            yield from self._named(at)
            at = haystack.find(text, haystack.find("\n", at))

    def scattered(self, letters: str, *, ignore_case: bool) -> Iterator[Named]:
        """Every symbol whose name holds the letters in this order, in order."""
        haystack = self._lower if ignore_case else self._text
        pattern = re.compile("[^\\n]*?".join(re.escape(letter) for letter in letters) + "[^\\n]*")
        for found in pattern.finditer(haystack):
            yield from self._named(found.start())

    def all(self) -> Iterator[Named]:
        """Every symbol, in order."""
        at = 1
        while at < len(self._text):
            yield from self._named(at)
            at = self._text.find("\n", at) + 1

    def distinct(self) -> set[str]:
        """Every name there is."""
        return set(self._text.split("\n")) - {""}

    def _named(self, at: int) -> Iterator[Named]:
        """The symbol whose line holds a place of the text; nothing for the line of an unnamed one."""
        start = self._text.rfind("\n", 0, at) + 1
        name = self._text[start : self._text.find("\n", at)]
        if name:
            here = bisect_right(self._starts, start) - 1
            document, kinds = self._documents[here]
            row = self._text.count("\n", self._starts[here], start)
            yield Named(start, document, row, kinds[row], name, at - start)


def named_symbols(document: int, facts: Facts) -> NamedSymbols:
    """The symbols of a document, from its facts."""
    strings = facts.strings
    names = "\n".join(strings[at].replace("\n", " ") for at in facts.symbols.name)
    return NamedSymbols(document, bytes(facts.symbols.kind), names)


def _lowered(text: str) -> str:
    """The text in lower case, letter by letter where a letter would become two: places must stay the same."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
