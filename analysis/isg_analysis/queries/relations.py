"""The declared relations of one symbol: what it extends, implements and overrides, and the reverse."""

from __future__ import annotations

from collections.abc import Sequence

from isg_analysis.model.relation import RelationKind
from isg_analysis.resolve.program import DeclaredRelation, Ref, document_of
from isg_analysis.resolve.view import View


def outgoing(view: View, ref: Ref, *kinds: RelationKind) -> Sequence[DeclaredRelation]:
    """The relations a symbol's own document declares for it."""
    return view.outgoing_relations(ref, *kinds)


def incoming(view: View, ref: Ref, *kinds: RelationKind) -> Sequence[DeclaredRelation]:
    """The relations of those kinds that point at a symbol."""
    return view.incoming_relations(ref, *kinds)


class Ancestry:
    """What symbols lead to by relations of some kinds. Each document's relations are asked for once: make one per
    question.
    """

    def __init__(self, view: View, *kinds: RelationKind) -> None:
        self._view = view
        self._kinds = kinds
        self._declared: dict[int, dict[Ref, list[Ref]]] = {}
        self._above: dict[Ref, list[Ref]] = {}

    def direct(self, ref: Ref) -> Sequence[Ref]:
        """What the symbol's own document says."""
        document = document_of(ref)
        known = self._declared.get(document)
        if known is None:
            known = self._declared[document] = {}
            for edge in self._view.declared_relations(document):
                if edge.kind in self._kinds:
                    known.setdefault(edge.source, []).append(edge.target)
        return known.get(ref, ())

    def above(self, ref: Ref) -> Sequence[Ref]:
        """All that the symbol leads to, nearest first, without itself."""
        known = self._above.get(ref)
        if known is None:
            queue, seen = [ref], {ref}
            for source in queue:
                fresh = [target for target in self.direct(source) if target not in seen]
                queue += dict.fromkeys(fresh)
                seen.update(fresh)
            known = self._above[ref] = queue[1:]
        return known
