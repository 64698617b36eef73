"""Knots: the strongly connected components of a directed graph that have more than one node.

A graph here is {node: its successors}; nodes are integers, and successors need not be keys. What can't lie on a cycle
is peeled off first, which leaves little of a graph with few cycles; the components of the rest are networkx's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

Graph = Mapping[int, Collection[int]]


def knots(graph: Graph) -> list[frozenset[int]]:
    """The knots, the one with the smallest node first. A node's edge to itself makes no knot."""
    core = peeled(graph)
    if not core:
        return []
    import networkx  # takes longer to load than most workspaces take to be peeled to nothing

    tied = networkx.DiGraph([(node, successor) for node, successors in core.items() for successor in successors])
    found = [frozenset(component) for component in networkx.strongly_connected_components(tied) if len(component) > 1]
    return sorted(found, key=min)


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
