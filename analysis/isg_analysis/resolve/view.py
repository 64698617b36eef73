"""View: a Program together with its resolvers and links. Every query takes one.

`resolve.memory.MemoryProgram` and `workspace.snapshot.Snapshot` are views.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from isg_analysis.model.facts import Facts
from isg_analysis.model.links import Links
from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.text import LineIndex
from isg_analysis.resolve.program import DeclaredRelation, Program, Ref, Resolver, is_binding, row_of
from isg_analysis.resolve.symbol_names import SymbolNames


class View(Program, Protocol):
    """An immutable, consistent picture of the workspace, used by one thread at a time."""

    def language(self, document: int) -> str:
        """The name of the document's language."""

    def line_index(self, document: int) -> LineIndex:
        """The line index of a document; costs less than its facts where those are not at hand."""

    def resolver(self, document: int) -> Resolver:
        """The resolver of the document's language."""

    def links(self, document: int) -> Links:
        """What the document's occurrences mean; computed now if it is not known yet."""

    def mentions(self, document: int, ref: Ref) -> Iterable[tuple[int, Confidence]]:
        """The occurrences of a document bound to a symbol or local, in source order; see `links`, but costs less
        where that is not known yet.
        """

    def key_of(self, ref: Ref) -> int:
        """The key that stands for a symbol in links."""

    def ref_of(self, key: int) -> Ref | None:
        """The symbol a key stands for; None when it is gone."""

    def documents_linking(self, ref: Ref) -> Sequence[int]:
        """The documents that have an occurrence of the symbol, ordered by path."""

    def incoming_relations(self, ref: Ref, kind: RelationKind) -> Sequence[DeclaredRelation]:
        """The relations of that kind that point at a symbol, from every document, in a stable order."""

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


def linked_mentions(links: Links, ref: Ref, key: int) -> Iterable[tuple[int, Confidence]]:
    """The occurrences that links bind to a symbol (by its key) or to a local of their own document."""
    if not is_binding(ref):
        return links.occurrences_of(key)
    return ((occurrence, Confidence.CERTAIN) for occurrence, binding in links.locals if binding == row_of(ref))
