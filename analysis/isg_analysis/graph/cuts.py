"""Cuts: a small set of edges without which a graph has no cycle (a feedback arc set), light ones preferred.

Finding the smallest is NP-hard. The order of nodes is the greedy one of Eades, Lin and Smyth ("A fast and effective
heuristic for the feedback arc set problem", 1993) with weights; edges that point back in it are the cut, less those
that turn out not to be needed: so no part of the cut can be left out.
"""

from __future__ import annotations

from collections.abc import Mapping

Edge = tuple[int, int]


def cut(weights: Mapping[Edge, int]) -> list[Edge]:
    """The edges to remove, heaviest last. `weights`: what removing each edge costs, at least 1; no edge from a node to
    itself. The same for the same edges, in whatever order they come.
    """
    order = {node: place for place, node in enumerate(_greedy_order(weights))}
    back = [edge for edge in weights if order[edge[0]] > order[edge[1]]]
    kept: dict[int, list[int]] = {}
    for source, target in weights.keys() - set(back):
        kept.setdefault(source, []).append(target)
    needed = []
    for edge in sorted(back, key=lambda edge: (-weights[edge], edge)):
        if _reaches(kept, edge[1], edge[0]):
            needed.append(edge)
        else:
            kept.setdefault(edge[0], []).append(edge[1])
    return needed[::-1]


def _greedy_order(weights: Mapping[Edge, int]) -> list[int]:
    """Nodes in an order in which little weight points back: sources first, sinks last, and in between whichever gives
    more than it takes.
    """
    after: dict[int, dict[int, int]] = {}
    before: dict[int, dict[int, int]] = {}
    for (source, target), weight in sorted(weights.items()):
        for one in (source, target):
            after.setdefault(one, {})
            before.setdefault(one, {})
        after[source][target] = weight
        before[target][source] = weight
    surplus = {node: sum(after[node].values()) - sum(before[node].values()) for node in sorted(after)}
    left: list[int] = []
    right: list[int] = []
    ends = sorted(node for node in after if not after[node] or not before[node])
    while surplus:
        node = ends.pop() if ends else max(surplus, key=surplus.__getitem__)
        if node not in surplus:
            continue
        (right if not after[node] else left).append(node)
        del surplus[node]
        for neighbours, others, sign in ((after, before, 1), (before, after, -1)):
            for other, weight in neighbours[node].items():
                del others[other][node]
                surplus[other] += sign * weight
                if not others[other]:
                    ends.append(other)
    return left + right[::-1]


def _reaches(graph: Mapping[int, list[int]], start: int, end: int) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        node = waiting.pop()
        if node == end:
            return True
        for successor in graph.get(node, ()):
            if successor not in seen:
                seen.add(successor)
                waiting.append(successor)
    return False
