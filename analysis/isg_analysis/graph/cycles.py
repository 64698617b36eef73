"""Cycles: which imports close one, along which path, and which to cut.

Works on numbered modules: the caller numbers them in an order that does not depend on how they were found, and gets the
same findings for the same imports. Cycles are never enumerated, for there may be millions: each knot is reported by the
imports in it, each with one shortest path through it.

An import is as strong as the moment it happens: at run time of the module, deferred into a function, or for type
checkers only. A cycle is as weak as the weakest import it needs, and is found at those of that strength: a `deferred`
cycle at the deferred imports that close it, for the others in it do no harm by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from isg_analysis.graph.cuts import Edge, cut
from isg_analysis.graph.knots import Graph, knots, path_to, reached, within
from isg_analysis.model.imports import Strength


@dataclass(frozen=True, slots=True)
class Knot:
    """Modules each of which needs every other by imports up to `strength`, ordered. `cut`: the edges to remove from it
    so that no cycle is left, lightest first.
    """

    strength: Strength
    modules: tuple[int, ...]
    cut: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Cycle:
    """A shortest cycle through an edge: modules from the importing one on, the last imports the first again.

    `cheapest`: the edge of it that costs least to remove.
    """

    knot: Knot
    modules: tuple[int, ...]
    cheapest: Edge

    @property
    def edges(self) -> list[Edge]:
        """Its edges, the one it is a cycle through first."""
        return list(zip(self.modules, (*self.modules[1:], self.modules[0]), strict=True))


Ties = Mapping[Strength, Graph]
"""Who imports whom, by the strength of the import."""
Weight = Callable[[Edge, Strength], int]
"""What it costs to remove all imports of an edge up to a strength, at least 1. Asked for the edges in knots only."""


@dataclass(frozen=True, slots=True)
class Cycles:
    """`knots`: strong ones first. `through`: for each edge that closes a cycle of a strength, a shortest one."""

    knots: tuple[Knot, ...] = ()
    through: Mapping[tuple[Strength, Edge], Cycle] = field(default_factory=dict)


def cycles(ties: Ties, weight: Weight, weakest: Strength) -> Cycles:
    """The cycles among imports up to a strength."""
    found: list[Knot] = []
    through: dict[tuple[Strength, Edge], Cycle] = {}
    graph: dict[int, set[int]] = {}
    for strength in Strength:
        if strength > weakest:
            break
        own = ties.get(strength, {})
        for node, successors in own.items():
            graph.setdefault(node, set()).update(successors)
        for modules in knots(graph):
            within_it = _cycles(strength, within(own, modules), within(graph, modules), weight)
            found += within_it.knots
            through |= within_it.through
    return Cycles(tuple(found), through)


def cycles_within(ties: Ties, strength: Strength, weight: Weight) -> Cycles:
    """The cycles of one strength in a graph that is one knot up to that strength."""
    graph: dict[int, set[int]] = {}
    for own in (ties.get(one, {}) for one in Strength if one <= strength):
        for node, successors in own.items():
            graph.setdefault(node, set()).update(successors)
    modules = frozenset(graph)
    return _cycles(strength, within(ties.get(strength, {}), modules), within(graph, modules), weight)


def _cycles(strength: Strength, closing: Graph, inside: Graph, weight: Weight) -> Cycles:
    """The cycles of one strength in a knot; none where it is known already as a stronger one."""
    if not any(closing.values()):
        return Cycles()
    weights = {(node, to): weight((node, to), strength) for node, after in inside.items() for to in after}
    knot = Knot(strength, tuple(inside), tuple(cut(weights)))
    return Cycles((knot,), {(strength, one.edges[0]): one for one in _through(knot, closing, inside, weights)})


def _through(knot: Knot, closing: Graph, inside: Graph, weights: Mapping[Edge, int]) -> Iterator[Cycle]:
    """A shortest cycle through each closing edge; those with the same target share one search."""
    importers: dict[int, list[int]] = {}
    for source, targets in closing.items():
        for target in targets:
            importers.setdefault(target, []).append(source)
    parts = frozenset(knot.cut)  # of edges that cost the same, one that the cut has anyway
    for target, sources in importers.items():
        previous = reached(inside, target)
        for source in sources:
            cycle = Cycle(knot, (source, *path_to(source, previous)[:-1]), (source, target))
            cheapest = min(cycle.edges, key=lambda edge: (weights[edge], edge not in parts, edge))
            yield replace(cycle, cheapest=cheapest)
