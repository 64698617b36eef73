"""Places to ask about: spread evenly over a corpus, the same in every run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.running import BenchError
from isg_analysis import queries
from isg_analysis.model.occurrence import Role
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.model.text import PositionEncoding
from isg_analysis.resolve.view import View, line_index

_MENTIONS = frozenset({Role.CALL, Role.READ, Role.TYPE, Role.BASE, Role.IMPORT})
_USING = 5
"""So many documents must refer to a definition for it to say something of a whole workspace."""
_OVERRIDABLE = frozenset({SymbolKind.CLASS, SymbolKind.INTERFACE, SymbolKind.METHOD})


@dataclass(frozen=True, slots=True)
class Place:
    """A name in a document. `line`, `character`: as LSP counts, in UTF-16."""

    path: str
    language: str
    document: int
    offset: int
    line: int
    character: int


def mentions(view: View, documents: Sequence[int], most: int) -> list[Place]:
    """Places where something is used."""
    return _spread(list(_mentions(view, documents)), most, view)


def definitions(view: View, documents: Sequence[int], most: int) -> list[Place]:
    """Names of types and methods, where they are defined."""
    return _spread(list(_definitions(view, documents)), most, view)


def used_definition(view: View, documents: Sequence[int]) -> Place:
    """From the middle of the corpus on, the first definition that enough documents refer to."""
    found = list(_definitions(view, documents))
    best: tuple[int, Place] | None = None
    for document, offset in found[len(found) // 2 :] + found[: len(found) // 2]:
        refs = queries.at(view, document, offset)
        using = len({hit.document for hit in queries.references(view, refs, include_declaration=False).hits})
        if using and (best is None or using > best[0]):
            best = using, place_at(view, document, offset)
        if using >= _USING:
            break
    if best is None:
        raise BenchError("nothing in this corpus is referred to")
    return best[1]


def _mentions(view: View, documents: Sequence[int]) -> Iterator[tuple[int, int]]:
    for document in documents:
        rows = view.facts(document).occurrences
        yield from ((document, start) for start, role in zip(rows.start, rows.role, strict=True) if role in _MENTIONS)


def _definitions(view: View, documents: Sequence[int]) -> Iterator[tuple[int, int]]:
    for document in documents:
        symbols = view.facts(document).symbols
        yield from (
            (document, start)
            for kind, start in zip(symbols.kind, symbols.name_start, strict=True)
            if kind in _OVERRIDABLE
        )


def _spread(found: list[tuple[int, int]], most: int, view: View) -> list[Place]:
    step = max(len(found) // most, 1)
    return [place_at(view, *place) for place in found[::step][:most]]


def place_at(view: View, document: int, offset: int) -> Place:
    """The place of a byte offset."""
    position = line_index(view.facts(document)).position(offset, PositionEncoding.UTF16)
    return Place(view.path(document), view.language(document), document, offset, position.line, position.column)
