"""What can run here? *Go to implementation* from a place, where the language chooses by the receiver's class.

A class answers with itself and what is derived from it, an interface also with the classes that satisfy it without
saying so. A member answers with every body that the receiver's class allows: the inherited or declared one, and those
that override it in the receiver's family; never a sibling's. Where the receiver is not known there is no answer.
A class from outside of the workspace answers with the classes here that derive from it.

Sibling: `implementations` answers about symbols wherever they are mentioned, for every language.
"""

from __future__ import annotations

from collections.abc import Iterator

from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.symbol import TYPE_KINDS
from isg_analysis.queries.answer import Answer, Limits
from isg_analysis.queries.definition import meaning
from isg_analysis.queries.families import Families
from isg_analysis.queries.implementations import mention_implemented
from isg_analysis.resolve.dispatch import Dispatch
from isg_analysis.resolve.outside import Outside
from isg_analysis.resolve.program import Ref, is_binding, symbol_ref
from isg_analysis.resolve.view import View

_DEFAULT = Limits()


def implementations_at(view: View, document: int, offset: int, limits: Limits = _DEFAULT) -> Answer:
    """The implementations of what stands at a byte offset."""
    found, resolver = meaning(view, document, offset), view.resolver(document)
    occurrence = view.facts(document).occurrence_at(offset)
    if occurrence < 0:
        return Answer()
    if not isinstance(resolver, Dispatch):
        return mention_implemented(view, document, occurrence, found, limits)
    families = Families(view, resolver, limits)
    if not found.targets:
        _add_derived_from_outside(view, document, occurrence, families)
        return families.answer()
    if found.confidence != Confidence.CERTAIN:
        return Answer()
    receivers = resolver.receivers(document, occurrence)
    refs = [ref for ref in found.targets if not is_binding(ref)]
    for ref in resolver.bodies(document, occurrence, refs):
        families.add(ref, receivers)
    return families.answer()


def _add_derived_from_outside(view: View, document: int, occurrence: int, families: Families) -> None:
    resolver, language = view.resolver(document), view.language(document)
    path = resolver.outside(document, occurrence) if isinstance(resolver, Outside) else ()
    if not path or not isinstance(resolver, Dispatch):
        return
    beneath = resolver.beneath(path)
    if beneath is None:
        families.keep(_classes(view, language))
    for one in beneath or ():
        for other, places in view.outward(one, language):
            for place in places:
                families.add(symbol_ref(other, place.source), None)


def _classes(view: View, language: str) -> Iterator[Ref]:
    for document in view.documents(language):
        symbols = view.glance(document).symbols
        for row, kind in enumerate(symbols.kind):
            if kind in TYPE_KINDS and symbols.scope[row] >= 0:
                yield symbol_ref(document, row)
