"""Components that follow a graph's changes are those of the graph as it is, whatever it was before."""

from __future__ import annotations

from collections.abc import Sequence

import networkx
from hypothesis import given
from hypothesis import strategies as some

from isg_analysis.graph.components import Components
from isg_analysis.graph.ties import Ties
from isg_analysis.model.imports import Strength
from isg_analysis.resolve.program import symbol_ref

NODES = some.integers(0, 11)
CHANGE = some.dictionaries(NODES, some.sets(NODES, max_size=4), max_size=4)


def tied(graph: dict[int, set[int]]) -> set[frozenset[int]]:
    """The components with more than one node, by networkx."""
    edges = [(node, after) for node, successors in graph.items() for after in successors]
    return {frozenset(c) for c in networkx.strongly_connected_components(networkx.DiGraph(edges)) if len(c) > 1}


@given(some.lists(CHANGE, max_size=12))
def test_components_follow_every_change(changes: Sequence[dict[int, set[int]]]) -> None:
    graph: dict[int, set[int]] = {}
    components = Components()
    for change in changes:
        graph |= change
        components.replace(change)
        assert set(components.knots) == tied(graph)


TIES = some.lists(some.tuples(NODES, NODES, some.sampled_from(Strength)), max_size=6)


@given(some.lists(some.tuples(NODES, TIES), max_size=12))
def test_ties_are_those_that_documents_have_now(script: Sequence[tuple[int, list[tuple[int, int, Strength]]]]) -> None:
    """Two modules to a document, the second inside the first."""
    now: dict[int, list[tuple[int, int, int]]] = {}
    ties = Ties((), Strength.DEFERRED)
    for node, drawn in script:
        document = node // 2
        now[document] = [(_module(document * 2 + a % 2), _module(b), strength) for a, b, strength in drawn]
        ties.replace([document], now[document])
        for weakest in (Strength.RUNTIME, Strength.DEFERRED):
            graph: dict[int, set[int]] = {}
            for source, target, strength in (tie for rows in now.values() for tie in rows):
                if strength <= weakest:
                    graph.setdefault(source, set()).add(target)
            knots = tied(graph)
            assert set(ties.knots(weakest)) == knots
            for knot in knots:
                inside = {(source, target) for source, target, _ in ties.within(knot, weakest)}
                assert inside == {(a, b) for a in knot for b in graph.get(a, ()) if b in knot}


def _module(node: int) -> int:
    return symbol_ref(node // 2, node % 2)
