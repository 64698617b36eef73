"""Finding: something wrong with the shape of the workspace, at a place, as diagnostics and reports show it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from isg_analysis.resolve.view import View

_IGNORE = re.compile(rb"isg:\s*ignore(?:\[([^\]\r\n]*)\])?")


@dataclass(frozen=True, slots=True)
class Place:
    """Byte offsets in a document, and what is to be said of them."""

    document: int
    start: int
    end: int
    message: str


@dataclass(frozen=True, slots=True)
class Cut:
    """An import that could go to break a cycle. `names`: what would have to move for it."""

    source: str
    target: str
    names: tuple[str, ...]


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


def reported(view: View, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Those of the findings that no comment on their lines tells to leave out: `isg: ignore[import-cycle]`, or
    `isg: ignore` for whatever is found there.
    """
    for finding in findings:
        if not _is_ignored(view, finding):
            yield finding


def comments(text: bytes) -> list[bytes]:
    """What comments tell to leave out, in order."""
    return _IGNORE.findall(text)


def _is_ignored(view: View, finding: Finding) -> bool:
    text = view.text(finding.place.document)
    if text is None:
        return False
    start = text.rfind(b"\n", 0, finding.place.start) + 1
    end = text.find(b"\n", finding.place.end)
    for found in _IGNORE.finditer(text, start, end if end >= 0 else len(text)):
        codes = found[1]
        if codes is None or finding.code.encode() in (code.strip() for code in codes.split(b",")):
            return True
    return False
