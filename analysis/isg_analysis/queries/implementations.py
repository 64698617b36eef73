"""What implements this? Traits to impl blocks, classes to subclasses, methods to what overrides them.

Where subclasses inherit what they implement (the language pack's `transitive_implementations`), `families` has the
rules; `impl_blocks` has those of other languages. Sibling: `dispatched` asks from a place, where a receiver is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

from isg_analysis.languages.registry import pack
from isg_analysis.queries.answer import Answer, Hit, Limits, by_place
from isg_analysis.queries.families import Families
from isg_analysis.queries.impl_blocks import implementing, implementing_outside
from isg_analysis.resolve.dispatch import Dispatch
from isg_analysis.resolve.program import Ref, Resolution, document_of, is_binding
from isg_analysis.resolve.view import View

_DEFAULT = Limits()


def implementations(view: View, refs: Sequence[Ref], limits: Limits = _DEFAULT) -> Answer:
    """The implementors of types and of members; where subclasses inherit, a class and a member are their own first."""
    hits: list[Hit] = []
    inherited: dict[int, list[Ref]] = {}
    truncated = False
    for ref in refs:
        if is_binding(ref) or truncated:
            continue
        document = document_of(ref)
        if pack(view.language(document)).transitive_implementations:
            inherited.setdefault(document, []).append(ref)
        else:
            truncated = _taken((each for each in implementing(view, ref) if each.ref != ref), hits, limits)
    for document, members in inherited.items():
        found = _of_families(view, document, members, limits)
        hits += found.hits
        truncated = truncated or found.truncated
    return Answer(tuple(by_place(hits)), truncated)


def _of_families(view: View, document: int, refs: Sequence[Ref], limits: Limits) -> Answer:
    resolver = view.resolver(document)
    if not isinstance(resolver, Dispatch):
        return Answer()
    families = Families(view, resolver, limits)
    for ref in resolver.bodies(document, -1, refs):
        families.add(ref, None)
    return families.answer()


def mention_implemented(view: View, document: int, occurrence: int, meant: Resolution, limits: Limits) -> Answer:
    """The same of what a mention means in a language of impl blocks, none surer than the mention; also of a trait from
    outside. The place itself is not listed.
    """
    here = view.glance(document).occurrences.start[occurrence]

    def shown(each: Hit) -> list[Hit]:
        asked = (each.document, each.start) == (document, here)
        sure = min(each.confidence, meant.confidence) if meant.targets else each.confidence
        return [] if asked else [replace(each, confidence=sure)]

    def tell(each: Hit) -> None:
        for one in shown(each):
            limits.found(one)

    told = replace(limits, found=tell)
    hits: list[Hit] = []
    if meant.targets:
        sources = (implementing(view, ref) for ref in meant.targets if not is_binding(ref))
        truncated = _taken(chain.from_iterable(sources), hits, told)
    else:
        truncated = _taken(implementing_outside(view, document, occurrence), hits, told)
    return Answer(tuple(one for each in by_place(hits) for one in shown(each)), truncated)


def _taken(found: Iterable[Hit], hits: list[Hit], limits: Limits) -> bool:
    """Takes what is found as far as the limits go; True when one was reached."""
    for each in found:
        if len(hits) >= limits.results or limits.stopped():
            return True
        hits.append(each)
        limits.found(each)
    return False
