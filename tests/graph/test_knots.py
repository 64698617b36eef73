"""Knots, paths and cuts of random graphs, compared with networkx's answers."""

from __future__ import annotations

from itertools import pairwise

import networkx
from hypothesis import given
from hypothesis import strategies as some

from isg_analysis.graph.cuts import cut
from isg_analysis.graph.cycles import cycles
from isg_analysis.graph.knots import knots, path_to, peeled, reached
from isg_analysis.model.imports import Strength

EDGES = some.lists(some.tuples(some.integers(0, 14), some.integers(0, 14)), max_size=60)
WEIGHTS = some.dictionaries(
    some.tuples(some.integers(0, 11), some.integers(0, 11)).filter(lambda edge: edge[0] != edge[1]),
    some.integers(1, 9),
    max_size=45,
)


def graph_of(edges: list[tuple[int, int]]) -> dict[int, set[int]]:
    """Adjacency, with some successors that are no keys."""
    graph: dict[int, set[int]] = {}
    for source, target in edges:
        graph.setdefault(source, set()).add(target)
    return graph


@given(EDGES)
def test_knots_are_the_components_with_more_than_one_node(edges: list[tuple[int, int]]) -> None:
    components = networkx.strongly_connected_components(networkx.DiGraph(edges))
    assert knots(graph_of(edges)) == sorted((frozenset(c) for c in components if len(c) > 1), key=min)


@given(EDGES)
def test_peeling_keeps_every_cycle_and_only_nodes_between_cycles(edges: list[tuple[int, int]]) -> None:
    graph = networkx.DiGraph([edge for edge in edges if edge[0] != edge[1]])
    tied = {node for c in networkx.strongly_connected_components(graph) if len(c) > 1 for node in c}
    between = {
        node
        for node in graph
        if tied & ({node} | networkx.descendants(graph, node)) and tied & ({node} | networkx.ancestors(graph, node))
    }
    assert set(peeled(graph_of(edges))) == between


@given(EDGES, some.integers(0, 14), some.integers(0, 14))
def test_paths_are_as_short_as_can_be(edges: list[tuple[int, int]], start: int, end: int) -> None:
    graph = networkx.DiGraph(edges)
    graph.add_nodes_from((start, end))
    path = path_to(end, reached(graph_of(edges), start))
    if not networkx.has_path(graph, start, end):
        assert path == []
        return
    assert len(path) - 1 == networkx.shortest_path_length(graph, start, end)
    assert (path[0], path[-1]) == (start, end)
    assert all(graph.has_edge(*hop) for hop in pairwise(path))


@given(WEIGHTS)
def test_a_cut_leaves_no_cycle_and_nothing_of_it_can_be_left_out(weights: dict[tuple[int, int], int]) -> None:
    graph = networkx.DiGraph(list(weights))
    removed = cut(weights)
    graph.remove_edges_from(removed)
    assert networkx.is_directed_acyclic_graph(graph)
    for edge in removed:
        with_it = graph.copy()
        with_it.add_edge(*edge)
        assert not networkx.is_directed_acyclic_graph(with_it)


@given(WEIGHTS, some.randoms())
def test_a_cut_does_not_depend_on_the_order_of_edges(weights: dict[tuple[int, int], int], random: object) -> None:
    rows = list(weights.items())
    random.shuffle(rows)  # type: ignore[attr-defined]
    assert cut(dict(rows)) == cut(weights)


@given(EDGES, EDGES)
def test_an_edge_is_reported_just_where_it_lies_on_a_cycle_of_its_strength(
    runtime: list[tuple[int, int]], deferred: list[tuple[int, int]]
) -> None:
    ties = {Strength.RUNTIME: graph_of(runtime), Strength.DEFERRED: graph_of(deferred)}
    found = cycles(ties, lambda _edge, _strength: 1, Strength.DEFERRED)
    expected = set()
    for strength, edges, own in (
        (Strength.RUNTIME, runtime, runtime),
        (Strength.DEFERRED, runtime + deferred, deferred),
    ):
        graph = networkx.DiGraph(edges)
        expected |= {(strength, (a, b)) for a, b in own if a != b and networkx.has_path(graph, b, a)}
    assert set(found.through) == expected
    for (_, edge), cycle in found.through.items():
        assert cycle.edges[0] == edge
        assert cycle.cheapest in cycle.edges
        assert set(cycle.edges) & set(cycle.knot.cut)
