"""Dependents: what depends on symbols, remembered for one stored version.

Following dependents asks for the same symbols again and again: what is known, the whole is three set operations in C.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence

from isg_analysis.model.occurrence import Confidence
from isg_analysis.resolve.program import Ref

_KEPT = 20_000
"""Of so many symbols it is remembered."""
_CERTAIN = int(Confidence.CERTAIN)
_NOBODY: frozenset[Ref] = frozenset()

EdgesTo = Callable[[Collection[Ref]], Iterable[tuple[Ref, Ref, int, int]]]
"""See View.edges_to."""


class Dependents:
    """Of one version."""

    def __init__(self) -> None:
        self._sure: dict[Ref, Sequence[Ref]] = {}
        """The sources of the certain edges of every symbol that was asked about; some twice."""
        self._maybe: dict[Ref, list[Ref]] = {}
        """The sources of other edges, where there are any."""

    def __len__(self) -> int:
        """Of how many symbols it is known."""
        return len(self._sure)

    def of(self, refs: Collection[Ref], edges_to: EdgesTo) -> tuple[frozenset[Ref], frozenset[Ref]]:
        """The sources of the edges that point at any of the symbols: of those that are certain, and of others."""
        sure, maybe = self._sure, self._maybe
        unknown = [ref for ref in refs if ref not in sure]
        if unknown:
            if len(sure) > _KEPT:
                sure.clear()
                maybe.clear()
                unknown = list(refs)
            self._find(unknown, edges_to)
        certain = _NOBODY.union(*[sure[ref] for ref in refs])
        doubtful = [maybe[ref] for ref in refs if ref in maybe] if maybe else ()
        return certain, _NOBODY.union(*doubtful) - certain

    def _find(self, refs: Collection[Ref], edges_to: EdgesTo) -> None:
        """A step of a blast radius that was not taken before waits for this: a list costs a quarter of a set."""
        sure: defaultdict[Ref, list[Ref]] = defaultdict(list)
        for target, source, _, confidence in edges_to(refs):
            if confidence == _CERTAIN:
                sure[target].append(source)
            else:
                self._maybe.setdefault(target, []).append(source)
        self._sure.update(dict.fromkeys(refs, ()))
        self._sure.update(sure)
