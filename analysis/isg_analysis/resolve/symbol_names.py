"""SymbolNames: every symbol's name in one text, for scanning in C.

One line for each symbol of each document, by path and row: its name, a tab, and a character that tells its kind. So
a place in the text tells the symbol, and what a symbol is called and is like is known without opening its facts. The
lines of what nobody looks for by name, impl blocks and type parameters, have no name.

The text of what is stored is made once. Documents that have changed since stand in a second, small one, and hide their
lines in the first: an edit costs what its document costs, and the order of what is found is that of a single text.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from functools import cached_property, reduce
from itertools import accumulate, islice
from operator import and_

from isg_analysis.model.facts import Facts
from isg_analysis.model.symbol import SymbolKind

_FIRST_KIND = 0x80
"""Kinds are written as control characters: they leave the text one byte a character."""
_NO_NAME = re.compile("[\t\n\x80-\x9f]")
_UNNAMED = frozenset({SymbolKind.IMPLEMENTATION, SymbolKind.TYPE_PARAMETER})
_MOST_MARKS = 64
_OF_STORED = 32
"""An order is a place in the text of what is stored, and below it, of this width, one in that of what has changed."""
_Place = tuple[int, int, int]
"""Where the line of a symbol begins and ends, and between them where what was looked for begins."""


Found = tuple[int, int, int, int]
"""One symbol that a scan found: its order, which grows with path and row, its kind, where in its name, how long that
is. A plain tuple: there are a thousand of them for each letter that somebody types.
"""


def name_lines(facts: Facts) -> str:
    """The lines of one document, in the order of its symbols."""
    strings = facts.strings
    named = (
        (_NO_NAME.sub(" ", strings[name]) if kind not in _UNNAMED else "", kind)
        for name, kind in zip(facts.symbols.name, facts.symbols.kind, strict=True)
    )
    return "".join([f"{name}\t{chr(_FIRST_KIND + kind)}\n" for name, kind in named])


class NameText:
    """The lines of many documents. Immutable."""

    def __init__(self, documents: Iterable[tuple[int, str]]) -> None:
        """`documents`: number and lines of each, ordered by path."""
        self.numbers = array("I")
        self.starts = array("I")
        """Where the lines of each document begin."""
        parts, size = ["\n"], 1
        for number, lines in documents:
            self.numbers.append(number)
            self.starts.append(size)
            parts.append(lines)
            size += len(lines)
        self.text = "".join(parts)
        self.lower = _lowered(self.text)
        self._marks: dict[tuple[str, bool], int] = {}

    def called(self, name: str, ignore_case: bool) -> Iterator[_Place]:
        """Every line with this name: few of many, found by digests of all."""
        haystack = self.lower if ignore_case else self.text
        digests, lines, wanted = self._digests, self._lines, name + "\t"
        digest = _digest(name.lower())
        at = digests.find(digest)
        while at >= 0:
            line = lines[at // 2]
            if not at % 2 and haystack.startswith(wanted, line):
                yield line, line, lines[at // 2 + 1] - 1
            at = digests.find(digest, at + 1)

    def beginning(self, text: str, ignore_case: bool) -> Iterator[_Place]:
        """Every line that begins with a text."""
        haystack = self.lower if ignore_case else self.text
        wanted = "\n" + text
        at = haystack.find(wanted)
        while at >= 0:
            end = haystack.find("\n", at + 1)
            yield at + 1, at + 1, end
            at = haystack.find(wanted, end)

    def containing(self, text: str, ignore_case: bool) -> Iterator[_Place]:
        """Every line that holds a text, with the first place where it does."""
        haystack = self.lower if ignore_case else self.text
        at = haystack.find(text)
        while at >= 0:
            end = haystack.find("\n", at)
            yield haystack.rfind("\n", 0, at) + 1, at, end
            at = haystack.find(text, end)

    def scattered(self, letters: str, ignore_case: bool) -> Iterator[_Place]:
        """Every line that holds the letters in this order. Looks at those that hold them in any order."""
        haystack = self.lower if ignore_case else self.text
        in_order = re.compile("".join(f"[^\n{re.escape(letter)}]*+{re.escape(letter)}" for letter in letters))
        lines, first = self._lines, letters[0]
        holding = reduce(and_, (self._holding(letter, ignore_case) for letter in {*letters}))
        marks = f"{holding:0{len(lines) - 1}b}"
        at = marks.find("1")
        while at >= 0:
            line, end = lines[at], lines[at + 1] - 1
            if in_order.match(haystack, line, end):
                yield line, haystack.find(first, line), end
            at = marks.find("1", at + 1)

    def _holding(self, letter: str, ignore_case: bool) -> int:
        """Which lines hold a letter: a bit for each, the first line's the highest."""
        known = self._marks.get((letter, ignore_case))
        if known is None:
            if len(self._marks) >= _MOST_MARKS:
                self._marks.clear()
            known = self._marks[letter, ignore_case] = _marked(self.lower if ignore_case else self.text, letter)
        return known

    @cached_property
    def _lines(self) -> array[int]:
        """Where each line begins, and where the next one would."""
        return array("I", accumulate((len(line) + 1 for line in self.text[1:-1].split("\n")), initial=1))

    @cached_property
    def _digests(self) -> bytes:
        """Two bytes for each line: equal where names are, but for their case."""
        return b"".join([_digest(line[:-2]) for line in self.lower[1:-1].split("\n")])

    def all(self) -> Iterator[_Place]:
        """Every line with a name."""
        line = 1
        while line < len(self.text):
            end = self.text.find("\n", line)
            if self.text[line] != "\t":
                yield line, line, end
            line = end + 1

    def document(self, line: int) -> int:
        """The document of the symbol whose line begins at a place."""
        return self.numbers[bisect_right(self.starts, line) - 1]

    def symbol(self, line: int) -> tuple[int, int]:
        """The document and row of the symbol whose line begins at a place."""
        here = bisect_right(self.starts, line) - 1
        lines = self._lines
        return self.numbers[here], bisect_left(lines, line) - bisect_left(lines, self.starts[here])


class SymbolNames:
    """Immutable."""

    def __init__(self, stored: NameText, changed: NameText | None = None, places: Sequence[int] = ()) -> None:
        """`changed`: documents that stand in for those of the same number in `stored`, or are new.

        `places`: for each of these, where it comes among the documents of `stored`: its index, or the index of the one
        it comes before.
        """
        self._stored = stored
        self._changed = changed if changed is not None and len(changed.numbers) else None
        self._wanted: Callable[[int], bool] | None = None
        self._hidden: list[int] = []
        """Where what is hidden of the stored text begins and ends, by turns."""
        self._places: list[int] = []
        """For each changed document, the place in the stored text that it comes at."""
        bounds = [*stored.starts, len(stored.text)]
        for number, place in zip(changed.numbers if changed is not None else (), places, strict=True):
            hides = place < len(stored.numbers) and stored.numbers[place] == number
            if hides:
                self._hidden += bounds[place : place + 2]
            self._places.append(bounds[place] - (not hides))

    def only(self, wanted: Callable[[int], bool]) -> SymbolNames:
        """The names in documents, by their numbers, for which this is true. It is asked for each place of a scan."""
        narrowed = copy(self)
        narrowed._wanted = wanted
        return narrowed

    def called(self, text: str, *, ignore_case: bool, most: int) -> list[Found]:
        """The first symbols of this name, in order. With `ignore_case`, `text` is in lower case."""
        return self._first(lambda names: names.called(text, ignore_case), text, most)

    def beginning(self, text: str, *, ignore_case: bool, most: int) -> list[Found]:
        """The first symbols whose names begin with `text`."""
        return self._first(lambda names: names.beginning(text, ignore_case), text, most)

    def containing(self, text: str, *, ignore_case: bool, most: int) -> list[Found]:
        """The first symbols whose names hold `text`, each with the first place where it does."""
        return self._first(lambda names: names.containing(text, ignore_case), text, most)

    def scattered(self, letters: str, *, ignore_case: bool, most: int) -> list[Found]:
        """The first symbols whose names hold the letters in this order."""
        return self._first(lambda names: names.scattered(letters, ignore_case), letters, most)

    def all(self, most: int) -> list[Found]:
        """The first symbols."""
        return self._first(NameText.all, "", most)

    def symbol(self, order: int) -> tuple[int, int]:
        """The document and row of a symbol that was found."""
        text, line = self._line(order)
        return text.symbol(line)

    def name(self, order: int) -> str:
        """The name of a symbol that was found."""
        text, line = self._line(order)
        return text.text[line : text.text.index("\t", line)]

    def _line(self, order: int) -> tuple[NameText, int]:
        changed = order & (1 << _OF_STORED) - 1
        return (self._changed, changed) if changed and self._changed else (self._stored, order >> _OF_STORED)

    def distinct(self) -> set[str]:
        """Every name there is."""
        texts = [self._stored.text, *([self._changed.text] if self._changed else ())]
        return {line[:-2] for text in texts for line in text.split("\n")} - {""}

    def _first(self, scan: Callable[[NameText], Iterator[_Place]], wanted: str, most: int) -> list[Found]:
        if _NO_NAME.search(wanted):
            return []
        places = self._narrowed(self._stored, scan(self._stored))
        if self._hidden:
            hidden = self._hidden
            places = (place for place in places if not bisect_right(hidden, place[0]) & 1)
        found = _found(self._stored.text, islice(places, most))
        if self._changed is not None:
            changed = _found(self._changed.text, islice(self._narrowed(self._changed, scan(self._changed)), most))
            found += [(self._order(order >> _OF_STORED), kind, at, size) for order, kind, at, size in changed]
            found.sort()
        return found[:most]

    def _narrowed(self, text: NameText, places: Iterator[_Place]) -> Iterator[_Place]:
        wanted = self._wanted
        return places if wanted is None else (place for place in places if wanted(text.document(place[0])))

    def _order(self, line: int) -> int:
        """The order of a symbol in the text of changed documents."""
        assert self._changed is not None
        document = bisect_right(self._changed.starts, line) - 1
        return self._places[document] << _OF_STORED | line


def _found(text: str, places: Iterator[_Place]) -> list[Found]:
    return [
        (line << _OF_STORED, ord(text[end - 1]) - _FIRST_KIND, at - line, end - 2 - line) for line, at, end in places
    ]


def _digest(name: str) -> bytes:
    return (hash(name) & 0xFFFF).to_bytes(2)


def _marked(text: str, letter: str) -> int:
    """A bit for each line of a text after the first, which is empty: whether it holds a letter."""
    byte = letter.encode("latin-1", "replace")
    kept = text[1:].encode("latin-1", "replace").translate(None, bytes({*range(256)} - {*byte, *b"\n"}))
    while byte * 2 in kept:
        kept = kept.replace(byte * 2, byte)
    return int(b"0" + kept.replace(byte + b"\n", b"1").replace(b"\n", b"0"), 2)


def _lowered(text: str) -> str:
    """The text in lower case, letter by letter where a letter would become two: places must stay the same."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
