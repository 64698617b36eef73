"""What is this? The signature, documentation, home and use counts of what stands at a place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from isg_analysis.model.symbol import CALLABLE_KINDS, TYPE_KINDS, SymbolKind
from isg_analysis.queries.answer import Hit, Limits, by_place, hit, occurrence_hit
from isg_analysis.queries.definition import meaning
from isg_analysis.queries.implementations import implementations
from isg_analysis.queries.references import count_references
from isg_analysis.resolve.program import Ref, document_of, is_binding, row_of
from isg_analysis.resolve.view import View

_MOST_COUNTED = 1000


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Hover:
    """`hit` is the place asked about, `target` where its symbol is defined; `others` how many more it may mean.

    Counts are None where they make no sense, and stop at 1,000.
    """

    hit: Hit
    target: Hit
    others: int
    language: str
    signature: str
    doc: str
    references: int | None
    implementations: int | None


def hover(view: View, document: int, offset: int, stopped: Callable[[], bool] = _never) -> Hover | None:
    """None where no occurrence stands or nothing is known about it.

    Counts are None where there are more than a thousand, or `stopped` says that counting takes too long.
    """
    limits = Limits(results=_MOST_COUNTED, nodes=_MOST_COUNTED, stopped=stopped)
    facts = view.glance(document)
    occurrence = facts.occurrence_at(offset)
    found = meaning(view, document, offset)
    if occurrence < 0 or not found.targets:
        return None
    target = by_place([hit(view, ref, found.confidence) for ref in found.targets])[0]
    place = occurrence_hit(view, document, occurrence, target.ref, found.confidence)
    local = is_binding(target.ref)
    return Hover(
        hit=place,
        target=target,
        others=len(found.targets) - 1,
        language=view.language(target.document),
        signature=_local_signature(view, document, occurrence, target) if local else target.signature or target.name,
        doc=target.doc,
        references=None if local else count_references(view, target.ref, limits),
        implementations=_implementation_count(view, target, limits),
    )


def _local_signature(view: View, document: int, occurrence: int, target: Hit) -> str:
    found = (hit(view, ref) for ref in view.resolver(document).type_definition(document, occurrence))
    shown = " | ".join(dict.fromkeys(one.name for one in found if one.kind not in CALLABLE_KINDS))
    return f"{target.name}: {shown}" if shown else target.name


def _implementation_count(view: View, target: Hit, limits: Limits) -> int | None:
    if target.kind not in TYPE_KINDS and (target.kind is not SymbolKind.METHOD or _in_impl_block(view, target.ref)):
        return None
    ref: Ref = target.ref
    found = implementations(view, [ref], limits)
    return None if found.truncated else sum(one.ref != ref for one in found.hits)


def _in_impl_block(view: View, method: Ref) -> bool:
    """Whether it is one of the implementations itself."""
    symbols = view.glance(document_of(method)).symbols
    return symbols.kind[max(symbols.parent[row_of(method)], 0)] == SymbolKind.IMPLEMENTATION
