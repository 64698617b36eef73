"""What implements this? Traits to impl blocks, classes to subclasses, methods to what overrides them.

Walks incoming EXTENDS, IMPLEMENTS and OVERRIDES edges; whether it goes on behind the first is the
language pack's word (`transitive_implementations`).
"""

from __future__ import annotations

from collections.abc import Sequence

from isg_analysis.languages.registry import pack
from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import TYPE_KINDS, SymbolKind
from isg_analysis.queries.answer import Answer, Hit, Limits, by_place, hit
from isg_analysis.queries.relations import incoming
from isg_analysis.resolve.program import Ref, document_of, is_binding, row_of
from isg_analysis.resolve.view import View

_DEFAULT = Limits()
_MEMBER_KINDS = frozenset(
    {SymbolKind.METHOD, SymbolKind.PROPERTY, SymbolKind.FIELD, SymbolKind.CONSTANT, SymbolKind.TYPE_ALIAS}
)


def implementations(view: View, refs: Sequence[Ref], limits: Limits = _DEFAULT) -> Answer:
    """The implementors of types, the overriders of members; a function is its own implementation."""
    found: dict[Ref, Confidence] = {}
    for ref in refs:
        if is_binding(ref):
            continue
        kinds, transitive = _edges_to_follow(view, ref)
        if not kinds:
            found.setdefault(ref, Confidence.CERTAIN)
        elif _walk(view, ref, kinds, transitive, found, limits):
            return _answer(view, found, truncated=True)
    return _answer(view, found, truncated=False)


def _edges_to_follow(view: View, ref: Ref) -> tuple[tuple[RelationKind, ...], bool]:
    document = document_of(ref)
    symbols = view.facts(document).symbols
    kind = SymbolKind(symbols.kind[row_of(ref)])
    transitive = pack(view.language(document)).transitive_implementations
    if kind is SymbolKind.INTERFACE and not transitive:
        return (RelationKind.IMPLEMENTS,), False
    if kind in _MEMBER_KINDS and symbols.parent[row_of(ref)] > 0:
        return (RelationKind.OVERRIDES,), True
    if kind in TYPE_KINDS:
        return (RelationKind.IMPLEMENTS, RelationKind.EXTENDS), transitive
    return (), False


def _walk(
    view: View,
    start: Ref,
    kinds: tuple[RelationKind, ...],
    transitive: bool,
    found: dict[Ref, Confidence],
    limits: Limits,
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
            if len(found) >= limits.results or len(seen) >= limits.nodes or limits.stopped():
                return True
            if transitive:
                queue.append((edge.source, sure))
    return False


def _answer(view: View, found: dict[Ref, Confidence], *, truncated: bool) -> Answer:
    hits: list[Hit] = [hit(view, ref, confidence) for ref, confidence in found.items()]
    return Answer(tuple(by_place(hits)), truncated)
