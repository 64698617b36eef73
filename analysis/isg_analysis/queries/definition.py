"""Where is this defined? From a place in a document to the symbols or locals meant there."""

from __future__ import annotations

from collections.abc import Sequence

from isg_analysis.languages.registry import pack
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.queries.answer import Answer, by_place, hit
from isg_analysis.queries.relations import outgoing
from isg_analysis.resolve.program import UNRESOLVED, Ref, Resolution, document_of, is_binding, row_of
from isg_analysis.resolve.view import View

_ASSOCIATED = (SymbolKind.CONSTANT, SymbolKind.TYPE_ALIAS)


def meaning(view: View, document: int, offset: int) -> Resolution:
    """What the occurrence at a byte offset means; unresolved where none stands."""
    occurrence = view.glance(document).occurrence_at(offset)
    return UNRESOLVED if occurrence < 0 else view.meaning(document, occurrence)


def meanings(view: View, document: int, offset: int) -> Resolution:
    """All that the name at a byte offset means at once: of `Point { x }` the field and the local."""
    facts = view.glance(document)
    occurrence, starts, lengths = facts.occurrence_at(offset), facts.occurrences.start, facts.occurrences.length
    if occurrence < 0:
        return UNRESOLVED
    place = starts[occurrence], lengths[occurrence]
    near = range(max(occurrence - 1, 0), min(occurrence + 2, len(starts)))
    found = [view.meaning(document, one) for one in near if (starts[one], lengths[one]) == place]
    sure = max(one.confidence for one in found)
    targets = dict.fromkeys(ref for one in found if one.confidence == sure for ref in one.targets)
    return Resolution(tuple(targets), sure)


def at(view: View, document: int, offset: int) -> tuple[Ref, ...]:
    """The symbols or locals meant at a byte offset, certain or possible."""
    return meanings(view, document, offset).targets


def meant(view: View, document: int, offset: int) -> Answer:
    """What stands at a byte offset, at its own definition: what other questions are asked about."""
    found = meanings(view, document, offset)
    return Answer(tuple(by_place([hit(view, ref, found.confidence) for ref in found.targets])))


def definition(view: View, document: int, offset: int) -> Answer:
    """Where what stands at a byte offset is defined; an associated type or constant is, by the trait it is of."""
    found = meanings(view, document, offset)
    refs = [ref for target in found.targets for ref in (_of_trait(view, target) or (target,))]
    return Answer(tuple(by_place([hit(view, ref, found.confidence) for ref in refs])))


def _of_trait(view: View, ref: Ref) -> Sequence[Ref]:
    """What a trait has for an associated type or constant of an impl block."""
    if is_binding(ref) or pack(view.language(document_of(ref))).transitive_implementations:
        return ()
    return overridden(view, ref) if view.glance(document_of(ref)).symbols.kind[row_of(ref)] in _ASSOCIATED else ()


def declaration(view: View, document: int, offset: int) -> Answer:
    """What an overriding member overrides (a trait's or base class's); else the definition."""
    found = meaning(view, document, offset)
    declared = [ref for target in found.targets for ref in overridden(view, target)] or found.targets
    return Answer(tuple(by_place([hit(view, ref, found.confidence) for ref in declared])))


def overridden(view: View, ref: Ref) -> Sequence[Ref]:
    """The members a member directly overrides."""
    if is_binding(ref):
        return ()
    return [edge.target for edge in outgoing(view, ref, RelationKind.OVERRIDES)]


def type_definition(view: View, document: int, offset: int) -> Answer:
    """Where the type of the value at a byte offset is defined; empty where the type is not known."""
    occurrence = view.glance(document).occurrence_at(offset)
    if occurrence < 0:
        return Answer()
    types = view.resolver(document).type_definition(document, occurrence)
    return Answer(tuple(by_place([hit(view, ref) for ref in types])))
