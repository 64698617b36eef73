"""Knots: the strongly connected components of a directed graph that have more than one node.

A graph here is {node: its successors}; nodes are integers, and successors need not be keys. What can't lie on a cycle
is peeled off first, which leaves little of a graph with few cycles.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

Graph = Mapping[int, Collection[int]]


def knots(graph: Graph) -> list[frozenset[int]]:
    """The knots, the one with the smallest node first. A node's edge to itself makes no knot.

    Tarjan's algorithm ("Depth-first search and linear graph algorithms", 1972), without recursion. That it is not
    networkx's is for the memory of a server: see docs/decisions/009-components-of-our-own.md.
    """
    core = peeled(graph)
    found: list[frozenset[int]] = []
    order: dict[int, int] = {}  # node -> when it was first seen
    low: dict[int, int] = {}  # node -> the earliest node on the path that it leads back to
    path: list[int] = []  # nodes seen whose component is not known yet
    for root in core:
        if root in order:
            continue
        waiting: list[tuple[int, Iterator[int]]] = []
        _enter(root, core, order, low, path, waiting)
        while waiting:
            node, successors = waiting[-1]
            for successor in successors:
                if successor not in order:
                    _enter(successor, core, order, low, path, waiting)
                    break
                low[node] = min(low[node], low.get(successor, low[node]))
            else:
                waiting.pop()
                if waiting:
                    parent = waiting[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == order[node]:
                    found.append(_leave(node, low, path))
    return sorted((component for component in found if len(component) > 1), key=min)


def _enter(
    node: int,
    graph: Graph,
    order: dict[int, int],
    low: dict[int, int],
    path: list[int],
    waiting: list[tuple[int, Iterator[int]]],
) -> None:
    order[node] = low[node] = len(order)
    path.append(node)
    waiting.append((node, iter(graph.get(node, ()))))


def _leave(node: int, low: dict[int, int], path: list[int]) -> frozenset[int]:
    """The component whose first node this is; its nodes lead nowhere earlier from now on."""
    at = path.index(node)
    component = frozenset(path[at:])
    del path[at:]
    for member in component:
        del low[member]
    return component


def peeled(graph: Graph) -> dict[int, set[int]]:
    """What is left when nodes without predecessors or without successors are taken away until there are none."""
    after: dict[int, set[int]] = {}
    before: dict[int, set[int]] = {}
    for node, successors in graph.items():
        for successor in successors:
            if successor != node:
                after.setdefault(node, set()).add(successor)
                before.setdefault(successor, set()).add(node)
    for forward, backward in ((after, before), (before, after)):
        waiting = [node for node in forward if node not in backward]
        while waiting:
            node = waiting.pop()
            for successor in forward.pop(node, ()):
                sources = backward[successor]
                sources.discard(node)
                if not sources:
                    del backward[successor]
                    waiting.append(successor)
    return {node: successors for node, successors in after.items() if node in before}


def within(graph: Graph, nodes: Collection[int]) -> dict[int, list[int]]:
    """The part of a graph that lies among `nodes`, without edges from a node to itself; everything in order."""
    return {
        node: sorted(successor for successor in graph.get(node, ()) if successor in nodes and successor != node)
        for node in sorted(nodes)
    }


def reached(graph: Graph, start: int) -> dict[int, int]:
    """Every node that can be reached from `start`, with the node before it on a shortest path; `start` has itself.

    Breadth first, smaller successors first: of several shortest paths the first by the numbers of its nodes.
    """
    previous = {start: start}
    level = [start]
    while level:
        following: list[int] = []
        for node in level:
            for successor in sorted(graph.get(node, ())):
                if successor not in previous:
                    previous[successor] = node
                    following.append(successor)
        level = following
    return previous


def path_to(end: int, previous: Mapping[int, int]) -> list[int]:
    """The nodes from the start of `reached` to `end`, both included; [] where it does not lead there."""
    if end not in previous:
        return []
    path = [end]
    while previous[path[-1]] != path[-1]:
        path.append(previous[path[-1]])
    return path[::-1]
