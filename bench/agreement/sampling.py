"""Places to judge by: drawn at random with a seed, as many of each kind, whether isg knows what they mean or not."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.places import Place, place_at
from isg_analysis.model.occurrence import Role
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.view import View

DEFINITION, IMPLEMENTATION, REFERENCES = (
    "textDocument/definition",
    "textDocument/implementation",
    "textDocument/references",
)
_UNASKED = frozenset({SymbolKind.MODULE, SymbolKind.IMPLEMENTATION})
_IMPLEMENTED = ("class", "interface", "enum", "union", "type alias", "method", "interface's method", "property")
_USES = ("call", "type", "base")


@dataclass(frozen=True, slots=True)
class Sample:
    """A question: a request at a place. `kind`: of what is defined there, or how it is used there."""

    request: str
    kind: str
    place: Place


def samples(view: View, documents: Sequence[int], requests: Sequence[str], most: int, seed: int) -> list[Sample]:
    """At most so many places per request and kind, shuffled, so that the first ones are even too."""
    drawn: dict[tuple[str, str], list[tuple[int, int]]] = {}
    seen: dict[tuple[str, str], int] = {}
    chance = random.Random(seed)
    for document in documents:
        for kind, offset, defined in _named(view, document):
            for request in requests:
                if not _fits(request, kind, defined):
                    continue
                key = request, kind if defined else f"use: {kind}"
                seen[key] = seen.get(key, 0) + 1
                kept = drawn.setdefault(key, [])
                at = len(kept) if len(kept) < most else chance.randrange(seen[key])
                if at < most:
                    kept[at : at + 1] = [(document, offset)]
    out = [
        Sample(request, kind, place_at(view, *place))
        for (request, kind), places in sorted(drawn.items())
        for place in sorted(places)
    ]
    chance.shuffle(out)
    return out


def _fits(request: str, kind: str, defined: bool) -> bool:
    if request == DEFINITION:
        return not defined
    if request == IMPLEMENTATION:
        return kind in (_IMPLEMENTED if defined else _USES)
    return defined


def _named(view: View, document: int) -> Iterator[tuple[str, int, bool]]:
    """(kind, byte offset, whether it is defined there) of every name that a document spells out: a positional field
    has none, nor has what only a macro's text says.
    """
    facts, text = view.facts(document), view.text(document) or b""
    symbols, rows = facts.symbols, facts.occurrences
    for row in range(1, len(symbols.kind)):
        kind = SymbolKind(symbols.kind[row])
        spelled = text[symbols.name_start[row] : symbols.name_end[row]]
        if kind not in _UNASKED and spelled and spelled.endswith(facts.name_of(row).encode()):
            owner = SymbolKind(symbols.kind[symbols.parent[row]])
            whose = "interface's " if owner is SymbolKind.INTERFACE else ""
            yield whose + kind.name.lower().replace("_", " "), symbols.name_start[row], True
    for start, length, role, definition in zip(rows.start, rows.length, rows.role, rows.definition, strict=True):
        if not length:
            continue
        if role != Role.DEFINITION:
            yield Role(role).name.lower(), start, False
        elif definition >= 0 and definition & 1:
            yield "local", start, True
