"""Who else mentions an associated type of a trait from outside? As for rust-analyzer it is one, in every impl block of
the trait and wherever it is named. No symbol stands for it, so mentions are looked for by spelling.
"""

from __future__ import annotations

from collections.abc import Iterator

from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.queries.answer import Hit, hit, occurrence_hit
from isg_analysis.queries.impl_blocks import member_named, outside_member
from isg_analysis.queries.relations import outgoing
from isg_analysis.resolve.outside import OutsideMember
from isg_analysis.resolve.program import Ref, document_of, is_binding, row_of, symbol_ref
from isg_analysis.resolve.view import View


def _outside_type(view: View, ref: Ref) -> OutsideMember | None:
    """The associated type of a trait from outside that a symbol is in an impl block; None where it is none."""
    if is_binding(ref) or view.glance(document_of(ref)).symbols.kind[row_of(ref)] != SymbolKind.TYPE_ALIAS:
        return None
    return None if outgoing(view, ref, RelationKind.OVERRIDES) else outside_member(view, ref)


def outside_type_mentions(view: View, ref: Ref) -> Iterator[Hit | None]:
    """The other impl blocks' types for the one that a symbol is, and every mention; None before each document."""
    wanted = _outside_type(view, ref)
    if wanted is None:
        return
    language = view.language(document_of(ref))
    for document, places in view.outward(wanted.path, language, wanted.name, wanted.kind):
        others = (symbol_ref(document, place.source) for place in places)
        yield from (hit(view, other) for other in others if other != ref)
    for document in view.documents_naming(wanted.name):
        yield None
        facts = view.facts(document)
        known, rows = facts.string_ids.get(wanted.name, -1), facts.occurrences
        for occurrence, name in enumerate(rows.name):
            if name != known or not rows.length[occurrence] or rows.definition[occurrence] >= 0:
                continue
            if member_named(view, document, occurrence) == wanted:
                yield occurrence_hit(view, document, occurrence, ref, Confidence.CERTAIN)
