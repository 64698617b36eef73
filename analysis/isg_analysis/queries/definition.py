"""Where is this defined? From a place in a document to the symbols or locals meant there."""

from __future__ import annotations

from collections.abc import Sequence

from isg_analysis.model.relation import RelationKind
from isg_analysis.queries.answer import Answer, by_place, hit
from isg_analysis.queries.relations import outgoing
from isg_analysis.resolve.program import UNRESOLVED, Ref, Resolution, is_binding
from isg_analysis.resolve.view import View


def meaning(view: View, document: int, offset: int) -> Resolution:
    """What the occurrence at a byte offset means; unresolved where none stands."""
    occurrence = view.glance(document).occurrence_at(offset)
    return UNRESOLVED if occurrence < 0 else view.meaning(document, occurrence)


def at(view: View, document: int, offset: int) -> tuple[Ref, ...]:
    """The symbols or locals meant at a byte offset, certain or possible."""
    return meaning(view, document, offset).targets


def definition(view: View, document: int, offset: int) -> Answer:
    """Where what stands at a byte offset is defined."""
    found = meaning(view, document, offset)
    return Answer(tuple(by_place([hit(view, ref, found.confidence) for ref in found.targets])))


def declaration(view: View, document: int, offset: int) -> Answer:
    """What an overriding member overrides (a trait's or base class's); else the definition."""
    found = meaning(view, document, offset)
    declared = [ref for target in found.targets for ref in overridden(view, target)]
    if not declared:
        return definition(view, document, offset)
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
