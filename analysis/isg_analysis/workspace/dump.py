"""The whole graph in canonical form: the same for the same files, however the index came to be.

Numbers that depend on history (documents, sids) are replaced by paths and symbol ids. For comparing an incrementally
kept index with a fresh one, and for people and programs that want to see what is stored.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from isg_analysis.languages.registry import NAMES
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.queries.answer import definition_place
from isg_analysis.resolve.program import Ref, document_of, is_binding, row_of, symbol_ref
from isg_analysis.workspace.snapshot import Snapshot


class DumpedSymbol(msgspec.Struct, frozen=True):
    """A symbol: where its definition starts and ends, in bytes, and the digest of what others can see of it."""

    start: int
    end: int
    kind: str
    id: str
    digest: str


class DumpedOccurrence(msgspec.Struct, frozen=True):
    """A place that means something: the symbols, spelled with their places, or the document's own `local N`."""

    start: int
    confidence: str
    means: list[str]


class DumpedRelation(msgspec.Struct, frozen=True, order=True):
    """An edge that starts in the document. `outward` edges lead to what has no symbol: it lies outside."""

    kind: str
    confidence: str
    source: str
    target: str


class DumpedDocument(msgspec.Struct, frozen=True):
    """One document and all that is known of it; everything in source order, relations by kind."""

    path: str
    language: str
    size: int
    symbols: list[DumpedSymbol]
    occurrences: list[DumpedOccurrence]
    relations: list[DumpedRelation]


def dumped_documents(snapshot: Snapshot) -> Iterator[DumpedDocument]:
    """Every document, by path."""
    documents = [document for language in NAMES for document in snapshot.documents(language)]
    for document in sorted(documents, key=snapshot.path):
        yield DumpedDocument(
            snapshot.path(document),
            snapshot.language(document),
            snapshot.size(document),
            _symbols(snapshot, document),
            _occurrences(snapshot, document),
            _relations(snapshot, document),
        )


def dump(snapshot: Snapshot) -> Iterator[str]:
    """The same as text: one line per document, symbol, bound occurrence and edge."""
    for document in dumped_documents(snapshot):
        yield f"document {document.path} {document.language} {document.size}"
        for symbol in document.symbols:
            yield f"  symbol {symbol.start}-{symbol.end} {symbol.kind} {symbol.id} {symbol.digest}"
        for place in document.occurrences:
            yield f"  at {place.start} {place.confidence} {' | '.join(place.means)}"
        for edge in document.relations:
            yield f"  {edge.kind} {edge.confidence} {edge.source} -> {edge.target}"


def _symbols(snapshot: Snapshot, document: int) -> list[DumpedSymbol]:
    symbols = snapshot.facts(document).symbols
    return [
        DumpedSymbol(
            symbols.start[row],
            symbols.end[row],
            SymbolKind(symbols.kind[row]).name.lower(),
            snapshot.symbol_id(symbol_ref(document, row)),
            f"{symbols.digest[row] & (2**64 - 1):016x}",
        )
        for row in range(len(symbols.kind))
    ]


def _occurrences(snapshot: Snapshot, document: int) -> list[DumpedOccurrence]:
    starts = snapshot.facts(document).occurrences.start
    return [
        DumpedOccurrence(
            starts[occurrence], confidence.name.lower(), sorted(_spelled(snapshot, ref) for ref in targets)
        )
        for occurrence, targets, confidence in snapshot.bound(document)
    ]


def _relations(snapshot: Snapshot, document: int) -> list[DumpedRelation]:
    inside = (
        DumpedRelation(
            RelationKind(edge.kind).name.lower(),
            edge.confidence.name.lower(),
            _spelled(snapshot, edge.source),
            _spelled(snapshot, edge.target),
        )
        for edge in snapshot.outgoing(document)
    )
    return sorted([*inside, *_outward(snapshot, document)])


def _outward(snapshot: Snapshot, document: int) -> Iterator[DumpedRelation]:
    """What is implemented of what lies outside, by name, with the place that says so."""
    for (row, start, length, _), name in snapshot.links(document).outward:
        source = f"{snapshot.symbol_id(symbol_ref(document, row))} ({snapshot.path(document)}:{start}-{start + length})"
        yield DumpedRelation("outward", "certain", source, name)


def _spelled(snapshot: Snapshot, ref: Ref) -> str:
    """A symbol id with its place, for two symbols of one workspace may share an id."""
    path = snapshot.path(document_of(ref))
    if is_binding(ref):
        return f"local {row_of(ref)}"
    return f"{snapshot.symbol_id(ref)} ({path}:{definition_place(snapshot, ref)[0]})"
