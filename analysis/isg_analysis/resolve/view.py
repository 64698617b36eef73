"""View: a Program together with its resolvers and links. Every query takes one.

`resolve.memory.MemoryProgram` and `workspace.snapshot.Snapshot` are views.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Protocol

from isg_analysis.model.facts import Facts
from isg_analysis.model.links import Edge, Links, OutwardPlace
from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import SymbolPlace, SymbolPrefix
from isg_analysis.model.text import LineIndex
from isg_analysis.resolve.program import (
    DeclaredRelation,
    ModuleDependency,
    Program,
    Ref,
    Resolution,
    Resolver,
    is_binding,
    row_of,
    symbol_ref,
)
from isg_analysis.resolve.symbol_names import SymbolNames


class View(Program, Protocol):
    """An immutable, consistent picture of the workspace, used by one thread at a time."""

    def language(self, document: int) -> str:
        """The name of the document's language."""

    def glance(self, document: int) -> Facts:
        """The document's facts, for a look while the view is open; costs less than `facts`, and must not be kept."""

    def text(self, document: int) -> bytes | None:
        """The document's text; None where it is no longer at hand as its facts have it."""

    def line_index(self, document: int) -> LineIndex:
        """The line index of a document, good while the view is open."""

    def prefix(self, document: int) -> SymbolPrefix:
        """The start of every symbol id of the document."""

    def resolver(self, document: int) -> Resolver:
        """The resolver of the document's language."""

    def meaning(self, document: int, occurrence: int) -> Resolution:
        """What an occurrence means: what the resolver says, without asking it where that is stored. Targets may be in
        another order, and what is unresolved is not told from what is external.
        """

    def declared_relations(self, document: int) -> Sequence[DeclaredRelation]:
        """What a document's symbols extend, implement and override; see `meaning`."""

    def links(self, document: int) -> Links:
        """What the document's occurrences mean; computed now if it is not known yet. Not to be kept."""

    def dependencies(self, document: int) -> Sequence[ModuleDependency]:
        """Which modules its imports make the document's modules depend on; see Resolver."""

    def ties(self, language: str) -> Iterable[tuple[Ref, Ref, int]]:
        """(module, module it needs, Strength) for all documents of a language, in no order. See `dependencies`."""

    def mentions(self, document: int, ref: Ref) -> Iterable[tuple[int, Confidence]]:
        """The occurrences of a document bound to a symbol or local, in source order; see `links`, but costs less
        where that is not known yet.
        """

    def key_of(self, ref: Ref) -> int:
        """The key that stands for a symbol in links."""

    def ref_of(self, key: int) -> Ref | None:
        """The symbol a key stands for; None when it is gone."""

    def documents_linking(self, ref: Ref) -> Sequence[int]:
        """The documents that have an occurrence of the symbol, ordered by path. Where links are not known yet, also
        documents that may have one: `mentions` tells, and takes its time.
        """

    def outgoing_relations(self, ref: Ref, *kinds: RelationKind) -> Sequence[DeclaredRelation]:
        """The relations of those kinds that a symbol's own document declares for it."""

    def incoming_relations(self, ref: Ref, *kinds: RelationKind) -> Sequence[DeclaredRelation]:
        """The relations of those kinds that point at a symbol, from every document, in a stable order: by kind, by path
        and by symbol.
        """

    def outward(
        self, path: Sequence[str], language: str, member: str = "", kind: int = 0
    ) -> Iterable[tuple[int, list[OutwardPlace]]]:
        """Document by document, ordered by path, what implements something outside of the workspace (see
        `resolve.outside`): impl blocks, and types that derive it; for a member of it, of a SymbolKind, the
        members of impl blocks.
        """

    def edges_to(self, refs: Collection[Ref]) -> Iterable[tuple[Ref, Ref, int, int]]:
        """(target, source, RelationKind, Confidence) of every edge that points at one of the symbols, in no order."""

    def dependents(self, refs: Collection[Ref]) -> tuple[frozenset[Ref], frozenset[Ref]]:
        """The sources of the edges that point at any of the symbols: of those that are certain, and of others."""

    def symbol_place(self, ref: Ref) -> SymbolPlace | None:
        """Where a symbol stands, if that is known without a look at its document's facts."""

    def symbol_names(self) -> SymbolNames:
        """The names of all symbols, for searching."""


def line_index(facts: Facts) -> LineIndex:
    """The line index of a document."""
    return LineIndex(facts.line_starts, facts.wide)


def occurrences_of(view: View, ref: Ref) -> Iterator[tuple[int, int, Confidence]]:
    """(document, occurrence, confidence) wherever a symbol is defined or mentioned, by path, then in source order."""
    for document in view.documents_linking(ref):
        for occurrence, confidence in view.mentions(document, ref):
            yield document, occurrence, confidence


def linked_relations(view: View, document: int, edges: Iterable[Edge]) -> list[DeclaredRelation]:
    """The edges of a document's links as relations, without those whose target is gone."""
    return [
        DeclaredRelation(
            symbol_ref(document, edge.source), RelationKind(edge.kind), target, Confidence(edge.confidence)
        )
        for edge in edges
        if (target := view.ref_of(edge.target)) is not None
    ]


def linked_mentions(links: Links, ref: Ref, key: int) -> Iterable[tuple[int, Confidence]]:
    """The occurrences that links bind to a symbol (by its key) or to a local of their own document."""
    if not is_binding(ref):
        return links.occurrences_of(key)
    return ((occurrence, Confidence.CERTAIN) for occurrence in links.occurrences_of_local(row_of(ref)))


def document_ties(view: View, document: int) -> set[tuple[Ref, Ref, int]]:
    """What a document contributes to `View.ties`."""
    return {(one.source, one.target, one.strength) for one in view.dependencies(document)}
