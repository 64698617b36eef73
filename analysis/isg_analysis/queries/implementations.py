"""What implements this? Traits to impl blocks, classes to subclasses, methods to what overrides them.

Where subclasses inherit what they implement (the language pack's `transitive_implementations`), this walks incoming
EXTENDS, IMPLEMENTS and OVERRIDES edges as far as they lead. Sibling: `impl_blocks` has the rules of other languages.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

from isg_analysis.languages.registry import pack
from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import TYPE_KINDS, SymbolKind
from isg_analysis.queries.answer import Answer, Hit, Limits, by_place, hit
from isg_analysis.queries.impl_blocks import implementing, implementing_outside
from isg_analysis.queries.relations import incoming
from isg_analysis.resolve.program import Ref, Resolution, document_of, is_binding, row_of
from isg_analysis.resolve.view import View

_DEFAULT = Limits()
_MEMBER_KINDS = frozenset(
    {SymbolKind.METHOD, SymbolKind.PROPERTY, SymbolKind.FIELD, SymbolKind.CONSTANT, SymbolKind.TYPE_ALIAS}
)


def implementations(view: View, refs: Sequence[Ref], limits: Limits = _DEFAULT) -> Answer:
    """The implementors of types, the overriders of members; where subclasses inherit, a function is its own."""
    found: dict[Ref, Confidence] = {}
    hits: list[Hit] = []
    truncated = False
    for ref in refs:
        if is_binding(ref) or truncated:
            continue
        if not pack(view.language(document_of(ref))).transitive_implementations:
            truncated = _taken(
                (each for each in implementing(view, ref) if each is None or each.ref != ref), hits, limits
            )
        elif kinds := _edges_to_follow(view, ref):
            truncated = _walk(view, ref, kinds, found, limits)
        else:
            found.setdefault(ref, Confidence.CERTAIN)
            limits.found(hit(view, ref))
    hits += [hit(view, ref, confidence) for ref, confidence in found.items()]
    return Answer(tuple(by_place(hits)), truncated)


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


def _taken(found: Iterable[Hit | None], hits: list[Hit], limits: Limits) -> bool:
    """Takes what is found as far as the limits go; True when one was reached. None: some work without a result."""
    for each in found:
        if len(hits) >= limits.results or limits.stopped():
            return True
        if each is not None:
            hits.append(each)
            limits.found(each)
    return False


def _edges_to_follow(view: View, ref: Ref) -> tuple[RelationKind, ...]:
    symbols = view.glance(document_of(ref)).symbols
    kind = SymbolKind(symbols.kind[row_of(ref)])
    if kind in _MEMBER_KINDS and symbols.parent[row_of(ref)] > 0:
        return (RelationKind.OVERRIDES,)
    return (RelationKind.IMPLEMENTS, RelationKind.EXTENDS) if kind in TYPE_KINDS else ()


def _walk(
    view: View, start: Ref, kinds: tuple[RelationKind, ...], found: dict[Ref, Confidence], limits: Limits
) -> bool:
    """Breadth first from `start`; True when a limit was reached."""
    queue, seen = [(start, Confidence.CERTAIN)], {start}
    for ref, confidence in queue:
        for edge in incoming(view, ref, *kinds):
            if edge.source in seen:
                continue
            seen.add(edge.source)
            sure = min(confidence, edge.confidence)
            found[edge.source] = max(sure, found.get(edge.source, sure))
            limits.found(hit(view, edge.source, sure))
            if len(found) >= limits.results or len(seen) >= limits.nodes or limits.stopped():
                return True
            queue.append((edge.source, sure))
    return False
