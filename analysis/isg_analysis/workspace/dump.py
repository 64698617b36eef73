"""The whole graph as canonical text: the same for the same files, however the index came to be.

Numbers that depend on history (documents, sids) are replaced by paths and symbol ids. For comparing
an incrementally kept index with a fresh one, and for people who want to see what is stored.
"""

from __future__ import annotations

from collections.abc import Iterator

from isg_analysis.languages.registry import NAMES
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.queries.answer import definition_place
from isg_analysis.resolve.program import Ref, document_of, is_binding, row_of, symbol_ref
from isg_analysis.workspace.snapshot import Snapshot


def dump(snapshot: Snapshot) -> Iterator[str]:
    """One line per document, symbol, bound occurrence and edge, ordered by path and position."""
    documents = [document for language in NAMES for document in snapshot.documents(language)]
    for document in sorted(documents, key=snapshot.path):
        yield f"document {snapshot.path(document)} {snapshot.language(document)} {snapshot.size(document)}"
        yield from _symbols(snapshot, document)
        yield from _occurrences(snapshot, document)
        yield from sorted(_edges(snapshot, document))


def _symbols(snapshot: Snapshot, document: int) -> Iterator[str]:
    symbols = snapshot.facts(document).symbols
    for row in range(len(symbols.kind)):
        kind = SymbolKind(symbols.kind[row]).name.lower()
        ref = symbol_ref(document, row)
        place = f"{symbols.start[row]}-{symbols.end[row]}"
        yield f"  symbol {place} {kind} {snapshot.symbol_id(ref)} {symbols.digest[row] & (2**64 - 1):016x}"


def _occurrences(snapshot: Snapshot, document: int) -> Iterator[str]:
    starts = snapshot.facts(document).occurrences.start
    for occurrence, targets, confidence in snapshot.bound(document):
        meant = " | ".join(sorted(_spelled(snapshot, ref) for ref in targets))
        yield f"  at {starts[occurrence]} {confidence.name.lower()} {meant}"


def _edges(snapshot: Snapshot, document: int) -> Iterator[str]:
    for edge in snapshot.outgoing(document):
        kind = RelationKind(edge.kind).name.lower()
        ends = f"{_spelled(snapshot, edge.source)} -> {_spelled(snapshot, edge.target)}"
        yield f"  {kind} {edge.confidence.name.lower()} {ends}"


def _spelled(snapshot: Snapshot, ref: Ref) -> str:
    """A symbol id with its place, for two symbols of one workspace may share an id."""
    path = snapshot.path(document_of(ref))
    if is_binding(ref):
        return f"local {row_of(ref)}"
    return f"{snapshot.symbol_id(ref)} ({path}:{definition_place(snapshot, ref)[0]})"
