"""Finding: something wrong with the shape of the workspace, at a place, as diagnostics and reports show it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from isg_analysis.model.packages import Line
from isg_analysis.model.text import LineIndex, Position, PositionEncoding, wide_characters
from isg_analysis.resolve.view import View

_NAMES_SHOWN = 3
IGNORE = re.compile(rb"isg:\s*ignore(?:\[([^\]\r\n]*)\])?")
"""A comment that leaves findings out; its group: the codes, None for all."""


@dataclass(frozen=True, slots=True)
class Place:
    """Byte offsets in a document, or in a line of another file, and what is to be said of them."""

    document: int
    """-1 where it is none."""
    start: int
    end: int
    message: str
    line: Line | None = None

    def path(self, view: View) -> str:
        """The path of the file."""
        return view.path(self.document) if self.line is None else self.line.path

    def span(self, view: View, encoding: PositionEncoding) -> tuple[Position, Position]:
        """Where it starts and ends."""
        if self.line is None:
            index = view.line_index(self.document)
            return index.position(self.start, encoding), index.position(self.end, encoding)
        index = LineIndex((0,), wide_characters(self.line.text.encode()))
        start, end = (index.position(at, encoding).column for at in (self.start, self.end))
        return Position(self.line.number, start), Position(self.line.number, end)

    def text(self, view: View) -> bytes | None:
        """What the offsets count in; None where it is no longer at hand."""
        return view.text(self.document) if self.line is None else self.line.text.encode()


@dataclass(frozen=True, slots=True)
class Cut:
    """An import, or another tie, that could go to break a cycle. `names`: what would have to move for it."""

    source: str
    target: str
    names: tuple[str, ...]
    verb: str = "imports"

    @property
    def said(self) -> str:
        """In words, without the names."""
        return f"{self.source} {self.verb} {self.target}"


@dataclass(frozen=True, slots=True)
class Finding:
    """`code`: its kind, stable. `severity`: in LSP's words, lower case. `cycle`: what people call its members, from
    the one it is reported at on. `knot`: how many are tied together, those on other cycles included. `cut`: what
    removes all cycles of the knot, lightest first; `cheapest`: the lightest part of this cycle.
    """

    code: str
    severity: str
    place: Place
    cycle: tuple[str, ...]
    hops: tuple[Place, ...]
    knot: int
    cheapest: Cut | None = None
    cut: tuple[Cut, ...] = ()

    @property
    def key(self) -> str:
        """The cycle from its first member by name on: the same wherever in it the finding is, on whatever lines."""
        first = self.cycle.index(min(self.cycle))
        return f"{self.code}: {' -> '.join((*self.cycle[first:], *self.cycle[: first + 1]))}"


def told(title: str, members: tuple[str, ...], knot: int, what: str, cheapest: Cut) -> str:
    """The message of a finding: the cycle, how many are tied together (`what`: modules, packages), what to cut."""
    path = " -> ".join((*members, members[0]))
    tied = f"; {knot} {what} are tied together" if knot > len(members) else ""
    names = ", ".join(cheapest.names[:_NAMES_SHOWN])
    more = len(cheapest.names) - _NAMES_SHOWN
    taken = f" ({names}{f' and {more} more' if more > 0 else ''})" if names else ""
    return f"{title}: {path}{tied}. Cheapest to cut: {cheapest.said}{taken}."


class Comments:
    """What comments tell to leave out: `isg: ignore[import-cycle]` on the lines of a finding, or `isg: ignore` for
    whatever is found there. Remembers in which documents there are none.
    """

    def __init__(self) -> None:
        self._silent: set[int] = set()

    def forget(self, documents: Collection[int]) -> None:
        """These may be other ones now."""
        self._silent.difference_update(documents)

    def reported(self, view: View, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Those of the findings that none leaves out."""
        for finding in findings:
            document = finding.place.document
            if document in self._silent:
                yield finding
                continue
            text = finding.place.text(view)
            if text is None or not IGNORE.search(text):
                if document >= 0:
                    self._silent.add(document)
                yield finding
            elif not _is_ignored(text, finding):
                yield finding


def comments(text: bytes) -> list[bytes]:
    """What comments tell to leave out, in order."""
    return IGNORE.findall(text)


def _is_ignored(text: bytes, finding: Finding) -> bool:
    start = text.rfind(b"\n", 0, finding.place.start) + 1
    end = text.find(b"\n", finding.place.end)
    for found in IGNORE.finditer(text, start, end if end >= 0 else len(text)):
        codes = found[1]
        if codes is None or finding.code.encode() in (code.strip() for code in codes.split(b",")):
            return True
    return False
