"""Neighbourhood: the symbols around some others, ranked by how much they have to do with them.

Personalised PageRank (Page, Brin, Motwani and Winograd 1999; Haveliwala 2002) on the undirected graph of a bounded
neighbourhood: so often is a walk at each symbol that starts at the seeds, follows edges by their weight and returns to
the seeds now and then. Computed by power iteration in a fixed order, so that equal input gives equal bits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter, mul

from isg_analysis.model.facts import Symbols
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
_NONE, _CERTAIN = 0, int(Confidence.CERTAIN)
_STRENGTHS = {
    (kind, int(sure)): _WEIGHTS.get(kind, 0.0) if sure == Confidence.CERTAIN else _WEIGHTS.get(kind, 0.0) * _DOUBT
    for kind in RelationKind
    for sure in Confidence
} | {(_NONE, _CERTAIN): _SIBLING}
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
        self._paths: dict[int, str] = {}

    def path(self, document: int) -> str:
        known = self._paths.get(document)
        if known is None:
            known = self._paths[document] = self._view.path(document)
        return known

    def key(self, ref: Ref) -> tuple[str, int]:
        return self.path(document_of(ref)), ref


_Found = tuple[int, int, Ref, int, int]
"""An edge of the walk: which way it was found, which of the frontier it starts at or which symbol it comes from, what
it leads to, its kind and its confidence. A plain tuple, and its order the order of preference: there are thousands of
them, and few are looked at.
"""
_OUTWARD, _INWARD, _BESIDE = 0, 1, 2


class _Walk:
    """Breadth first in both directions.

    What a step found is kept apart by strength and document. Only the strongest and first are looked at, as many as
    there is room for; of the others, those in documents that the neighbourhood holds, for they may be edges of it.
    """

    def __init__(self, view: View, seeds: Collection[Ref], order: _Order) -> None:
        self._view, self._order = view, order
        self.known: set[Ref] = set(seeds)
        self.frontier: list[Ref] = sorted(self.known, key=order.key)
        self.found: dict[Ref, tuple[int, Tie]] = {}
        self.edges: dict[tuple[Ref, Ref], float] = {}
        """(one, other), smaller first -> weight."""

    def step(self, hop: int, most: int) -> bool:
        """One hop further; whether there was more than room."""
        found = self._gathered(siblings=hop == 1)
        room = most - len(self.found)
        best: dict[Ref, tuple[float, _Found]] = {}
        for strength, document in self._in_order(found):
            if len(best) > room:
                break
            self._choose(strength, document, found[strength][document], best)
        order = sorted(best, key=lambda ref: (-best[ref][0], self._order.key(ref)))
        kept = order[:room]
        self.found.update((ref, (hop, self._tie(ref, best[ref][1]))) for ref in kept)
        self.known.update(kept)
        self._count(found)
        self.frontier = sorted((ref for ref in kept if row_of(ref)), key=self._order.key)
        return len(kept) < len(order)

    def _gathered(self, *, siblings: bool) -> dict[float, dict[int, list[_Found]]]:
        """Everything one hop away: strength -> document -> edges."""
        found: dict[float, dict[int, list[_Found]]] = {}

        def add(strength: float, other: Ref, edge: _Found) -> None:
            found.setdefault(strength, {}).setdefault(document_of(other), []).append(edge)

        for at, ref in enumerate(self.frontier):
            for edge in self._view.links(document_of(ref)).edges_from(row_of(ref)):
                target = self._view.ref_of(edge.target)
                if target is not None:
                    strength = _STRENGTHS[edge.kind, edge.confidence]
                    add(strength, target, (_OUTWARD, at, target, edge.kind, edge.confidence))
        for target, source, kind, sure in self._view.edges_to(self.frontier):
            add(_STRENGTHS[kind, sure], source, (_INWARD, source, target, kind, sure))
        for at, ref in enumerate(self.frontier if siblings else ()):
            for sibling in _siblings(self._view, ref):
                add(_SIBLING, sibling, (_BESIDE, at, sibling, _NONE, _CERTAIN))
        return found

    def _in_order(self, found: Mapping[float, Mapping[int, object]]) -> Iterator[tuple[float, int]]:
        """Strongest first, then by path."""
        for strength in sorted(found, reverse=True):
            for document in sorted(found[strength], key=self._order.path):
                yield strength, document

    def _choose(
        self, strength: float, document: int, edges: list[_Found], best: dict[Ref, tuple[float, _Found]]
    ) -> None:
        """Note the best edge to each symbol that is new."""
        symbols = self._view.glance(document).symbols
        edges.sort()
        for edge in edges:
            ref = _whole(symbols, _other(edge))
            if ref not in self.known and ref not in best:
                best[ref] = strength, edge

    def _count(self, found: Mapping[float, Mapping[int, Iterable[_Found]]]) -> None:
        """Note the edges between symbols that are known now."""
        for document in {document_of(ref) for ref in self.known}:
            symbols = self._view.glance(document).symbols
            for strength, documents in found.items():
                for edge in documents.get(document, ()):
                    ref, via = _whole(symbols, _other(edge)), self._via(edge)
                    if ref in self.known and ref != via:
                        ends = (ref, via) if ref < via else (via, ref)
                        self.edges[ends] = max(self.edges.get(ends, 0.0), strength)

    def _via(self, edge: _Found) -> Ref:
        """The end of an edge that was known before."""
        return edge[2] if edge[0] == _INWARD else self.frontier[edge[1]]

    def _tie(self, ref: Ref, edge: _Found) -> Tie:
        where, _, _, kind, sure = edge
        return Tie(ref, RelationKind(kind) if kind else None, where == _OUTWARD, self._via(edge), Confidence(sure))


def _other(edge: _Found) -> Ref:
    """The end of an edge that may be new."""
    return edge[1] if edge[0] == _INWARD else edge[2]


def _whole(symbols: Symbols, ref: Ref) -> Ref:
    """What a part belongs to; the symbol itself where it is none."""
    row = row_of(ref)
    if symbols.kind[row] not in _PARTS:
        return ref
    while row > 0 and symbols.kind[row] in _PARTS and symbols.parent[row] > 0:
        row = symbols.parent[row]
    return symbol_ref(document_of(ref), row)


def _siblings(view: View, ref: Ref) -> Iterator[Ref]:
    """What lies beside a symbol in the same type; in a module that would be too much."""
    document, row = document_of(ref), row_of(ref)
    parents = view.glance(document).symbols.parent
    if row > 0 and parents[row] > 0:
        yield from (symbol_ref(document, other) for other, parent in enumerate(parents) if parent == parents[row])


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
    sources = [_picker([at for at, _ in row]) for row in near]
    weights = [[weight for _, weight in row] for row in near]
    lonely = [at for at, total in enumerate(totals) if not total]
    ranks = start
    for _ in range(_ROUNDS):
        lost = sum([ranks[at] for at in lonely])
        flow = [rank / total if total else 0.0 for rank, total in zip(ranks, totals, strict=True)]
        ranks = [
            _DAMPING * (sum(map(mul, pick(flow), row)) + lost * home) + (1 - _DAMPING) * home
            for pick, row, home in zip(sources, weights, start, strict=True)
        ]
    return dict(zip(nodes, ranks, strict=True))


def _picker(places: Sequence[int]) -> Callable[[Sequence[float]], Sequence[float]]:
    """What takes the values at these places out of a list."""
    if len(places) > 1:
        return itemgetter(*places)
    return itemgetter(slice(places[0], places[0] + 1) if places else slice(0))
