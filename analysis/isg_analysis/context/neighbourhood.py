"""Neighbourhood: the symbols around some others, ranked by how much they have to do with them.

Personalised PageRank (Page, Brin, Motwani and Winograd 1999; Haveliwala 2002) on the undirected graph of a bounded
neighbourhood: so often is a walk at each symbol that starts at the seeds, follows edges by their weight and returns to
the seeds now and then. Computed by power iteration in a fixed order, so that equal input gives equal bits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.program import Ref, document_of, row_of, symbol_ref
from isg_analysis.resolve.view import View

_WEIGHTS = {
    RelationKind.CALLS: 1.0,
    RelationKind.USES: 0.5,
    RelationKind.EXTENDS: 2.0,
    RelationKind.IMPLEMENTS: 2.0,
    RelationKind.OVERRIDES: 1.5,
    RelationKind.IMPORTS: 0.1,
}
_SIBLING = 0.2
_DOUBT = 0.5
"""A possible relation counts so much of a certain one."""
_PARTS = frozenset({SymbolKind.FIELD, SymbolKind.VARIANT, SymbolKind.TYPE_PARAMETER})
"""Symbols that say little without the one they belong to: it stands for them."""
_DAMPING = 0.85
_ROUNDS = 20
_EQUAL = 9
"""Ranks that agree to so many decimals are equal: the rest is noise of the arithmetic."""


@dataclass(frozen=True, slots=True)
class Tie:
    """How a symbol hangs together with one that is nearer to the seeds. `outward`: the nearer one is the source."""

    ref: Ref
    kind: RelationKind | None
    """None: both lie in the same type or module."""
    outward: bool
    via: Ref
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A symbol near the seeds. `tie`: the strongest way that leads to it; `hops`: how long that is."""

    ref: Ref
    hops: int
    tie: Tie
    rank: float


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """`neighbours`: best first. `truncated`: there are more than were looked at."""

    neighbours: tuple[Neighbour, ...]
    truncated: bool


def neighbourhood(view: View, seeds: Collection[Ref], *, hops: int, most: int) -> Neighbourhood:
    """The symbols up to some hops around the seeds, at most so many of them besides the seeds."""
    order = _Order(view)
    walk = _Walk(view, seeds, order)
    truncated = False
    for hop in range(1, hops + 1):
        truncated = walk.step(hop, most)
        if truncated or not walk.frontier:
            break
    ranks = _ranks(sorted(walk.known, key=order.key), walk.edges, frozenset(seeds))
    found = [
        Neighbour(ref, hop, tie, round(ranks[ref], _EQUAL)) for ref, (hop, tie) in walk.found.items() if ref in ranks
    ]
    found.sort(key=lambda one: (-one.rank, one.hops, order.key(one.ref)))
    return Neighbourhood(tuple(found), truncated)


class _Order:
    """An order of symbols that every machine agrees on: by path, then by place."""

    def __init__(self, view: View) -> None:
        self._view = view

    def key(self, ref: Ref) -> tuple[str, int]:
        return self._view.path(document_of(ref)), row_of(ref)


class _Walk:
    """Breadth first in both directions."""

    def __init__(self, view: View, seeds: Collection[Ref], order: _Order) -> None:
        self._view, self._order = view, order
        self.known: set[Ref] = set(seeds)
        self.frontier: list[Ref] = sorted(self.known, key=order.key)
        self.found: dict[Ref, tuple[int, Tie]] = {}
        self.edges: dict[tuple[Ref, Ref], float] = {}
        """(one, other), smaller first -> weight."""
        self._outgoing: dict[int, dict[int, list[tuple[Ref, int, int]]]] = {}

    def step(self, hop: int, most: int) -> bool:
        """One hop further; whether there was more than room."""
        best: dict[Ref, Tie] = {}
        for found in self._ties(self.frontier, siblings=hop == 1):
            tie = self._whole(found)
            self._count(tie)
            if tie.ref not in self.known and (tie.ref not in best or _strength(tie) > _strength(best[tie.ref])):
                best[tie.ref] = tie
        order = sorted(best, key=lambda ref: (-_strength(best[ref]), self._order.key(ref)))
        kept = order[: most - len(self.found)]
        self.found.update((ref, (hop, best[ref])) for ref in kept)
        self.known.update(kept)
        self.frontier = sorted((ref for ref in kept if row_of(ref)), key=self._order.key)
        return len(kept) < len(order)

    def _whole(self, tie: Tie) -> Tie:
        """The tie to what a part belongs to."""
        document, row = document_of(tie.ref), row_of(tie.ref)
        symbols = self._view.glance(document).symbols
        while row > 0 and symbols.kind[row] in _PARTS and symbols.parent[row] > 0:
            row = symbols.parent[row]
        return tie if row == row_of(tie.ref) else replace(tie, ref=symbol_ref(document, row))

    def _ties(self, frontier: Sequence[Ref], *, siblings: bool) -> Iterator[Tie]:
        for ref in frontier:
            for target, kind, sure in self._outgoing_of(ref):
                yield Tie(target, RelationKind(kind), True, ref, Confidence(sure))
        incoming = [
            (self._order.key(source), source, target, kind, sure)
            for target, source, kind, sure in self._view.edges_to(frontier)
        ]
        for _, source, target, kind, sure in sorted(incoming):
            yield Tie(source, RelationKind(kind), False, target, Confidence(sure))
        for ref in frontier if siblings else ():
            for sibling in _siblings(self._view, ref):
                yield Tie(sibling, None, False, ref, Confidence.CERTAIN)

    def _outgoing_of(self, ref: Ref) -> Iterable[tuple[Ref, int, int]]:
        """What a symbol's own text refers to."""
        document = document_of(ref)
        known = self._outgoing.get(document)
        if known is None:
            known = self._outgoing[document] = {}
            for edge in self._view.links(document).edges():
                target = self._view.ref_of(edge.target)
                if target is not None:
                    known.setdefault(edge.source, []).append((target, edge.kind, edge.confidence))
            for rows in known.values():
                rows.sort(key=lambda row: (self._order.key(row[0]), row[1:]))
        return known.get(row_of(ref), ())

    def _count(self, tie: Tie) -> None:
        if tie.ref != tie.via:
            ends = (min(tie.ref, tie.via), max(tie.ref, tie.via))
            self.edges[ends] = max(self.edges.get(ends, 0.0), _strength(tie))


def _siblings(view: View, ref: Ref) -> Iterator[Ref]:
    """What lies beside a symbol in the same type; in a module that would be too much."""
    document, row = document_of(ref), row_of(ref)
    parents = view.glance(document).symbols.parent
    if row > 0 and parents[row] > 0:
        yield from (symbol_ref(document, other) for other, parent in enumerate(parents) if parent == parents[row])


def _strength(tie: Tie) -> float:
    weight = _WEIGHTS.get(tie.kind, 0.0) if tie.kind is not None else _SIBLING
    return weight if tie.confidence == Confidence.CERTAIN else weight * _DOUBT


def _ranks(nodes: Sequence[Ref], edges: dict[tuple[Ref, Ref], float], seeds: Collection[Ref]) -> dict[Ref, float]:
    """How often the walk is where. `nodes`: in the order in which to add up."""
    place = {ref: at for at, ref in enumerate(nodes)}
    near: list[list[tuple[int, float]]] = [[] for _ in nodes]
    for (one, other), weight in edges.items():
        if one in place and other in place:
            near[place[one]].append((place[other], weight))
            near[place[other]].append((place[one], weight))
    for row in near:
        row.sort()
    totals = [sum(weight for _, weight in row) for row in near]
    start = [1.0 / len(seeds) if ref in seeds else 0.0 for ref in nodes]
    ranks = start
    for _ in range(_ROUNDS):
        lost = sum(rank for rank, total in zip(ranks, totals, strict=True) if not total)
        flow = [rank / total if total else 0.0 for rank, total in zip(ranks, totals, strict=True)]
        ranks = [
            _DAMPING * (sum(flow[at] * weight for at, weight in row) + lost * home) + (1 - _DAMPING) * home
            for row, home in zip(near, start, strict=True)
        ]
    return dict(zip(nodes, ranks, strict=True))
