"""The declared relations of one symbol: what it extends, implements and overrides, and the reverse."""

from __future__ import annotations

from collections.abc import Sequence

from isg_analysis.model.relation import RelationKind
from isg_analysis.resolve.program import DeclaredRelation, Ref, document_of
from isg_analysis.resolve.view import View


def outgoing(view: View, ref: Ref, *kinds: RelationKind) -> list[DeclaredRelation]:
    """The relations a symbol's own document declares for it."""
    document = document_of(ref)
    declared = view.resolver(document).relations(document)
    return [edge for edge in declared if edge.source == ref and edge.kind in kinds]


def incoming(view: View, ref: Ref, *kinds: RelationKind) -> Sequence[DeclaredRelation]:
    """The relations of those kinds that point at a symbol."""
    return [edge for kind in kinds for edge in view.incoming_relations(ref, kind)]
