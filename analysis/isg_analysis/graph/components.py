"""Components: the knots of a graph that changes a little at a time.

What an edge closes or opens is looked for where it is: one that goes matters to its own knot alone, one that comes
matters where it leads back to where it starts. Everything else stays as it was found.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from isg_analysis.graph.knots import knots

_MANY = 16
"""When so many edges may have closed a cycle, everything is looked at again."""


class Components:
    """See the module's text."""

    def __init__(self) -> None:
        self._after: dict[int, tuple[int, ...]] = {}
        self._knots: frozenset[frozenset[int]] = frozenset()

    @property
    def knots(self) -> Collection[frozenset[int]]:
        """The knots, in no order."""
        return self._knots

    def successors(self, node: int) -> tuple[int, ...]:
        """The successors of a node."""
        return self._after.get(node, ())

    def replace(self, changed: Mapping[int, Collection[int]]) -> None:
        """Give some nodes other successors."""
        before = {node: self.successors(node) for node in changed}
        for node, successors in changed.items():
            if successors:
                self._after[node] = tuple(successors)
            else:
                self._after.pop(node, None)
        home = {node: knot for knot in self._knots for node in knot}
        suspects: set[int] = set()
        came: set[tuple[int, int]] = set()
        for node, earlier in before.items():
            now = self.successors(node)
            knot = home.get(node, frozenset())
            if any(gone in knot for gone in set(earlier).difference(now)):
                suspects |= knot
            came.update((node, new) for new in set(now).difference(earlier) if new not in knot and new != node)
        starts = {end for _, end in came}
        if len(starts) > _MANY:
            self._knots = frozenset(knots(self._after))
            return
        for start in starts:
            reached = self._reached(start)
            if any(end == start and node in reached for node, end in came):
                suspects |= reached
        self._look_again(suspects)

    def _look_again(self, suspects: set[int]) -> None:
        """Find the knots among some nodes anew, and those they were in."""
        if not suspects:
            return
        kept = [knot for knot in self._knots if knot.isdisjoint(suspects)]
        suspects = suspects.union(*(knot for knot in self._knots if not knot.isdisjoint(suspects)))
        among = {node: [one for one in self.successors(node) if one in suspects] for node in suspects}
        self._knots = frozenset((*kept, *knots(among)))

    def _reached(self, start: int) -> set[int]:
        """All nodes that one leads to, and itself."""
        found, waiting = {start}, [start]
        after = self._after
        while waiting:
            for node in after.get(waiting.pop(), ()):
                if node not in found:
                    found.add(node)
                    waiting.append(node)
        return found
