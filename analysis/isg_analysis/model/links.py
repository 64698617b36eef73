"""Links: what the occurrences of one document mean, packed and grouped by what they mean.

Derived from facts of many documents, owned by one. Targets are keys: small integers that the view
which made the links can turn into Refs (see `resolve.view`). Locals are kept as bindings of the
document itself, for nobody else can name them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from isg_analysis.model.facts import Sections, pack_sections
from isg_analysis.model.occurrence import Confidence

_POSSIBLE = 1 << 30


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` is a symbol row of the owning document, `target` a key, `kind` a RelationKind."""

    source: int
    kind: int
    target: int
    confidence: int


class Links:
    """Read in place. `targets` is sorted; the occurrences of targets[i] are occurrences[offsets[i]:offsets[i+1]]."""

    __slots__ = ("_sections",)

    def __init__(self, data: bytes) -> None:
        """`data`: what `pack` returned. Raises FactsError for anything else."""
        self._sections = Sections(data)

    @property
    def targets(self) -> Sequence[int]:
        """The keys of everything the document mentions, sorted."""
        targets: Sequence[int] = self._sections[0]
        return targets

    @property
    def locals(self) -> Iterable[tuple[int, int]]:
        """(occurrence, binding) for every occurrence that means a local, ordered by occurrence."""
        return zip(self._sections[3], self._sections[4], strict=True)

    @property
    def edge_kinds(self) -> Sequence[int]:
        """The RelationKind of each edge."""
        kinds: Sequence[int] = self._sections[6]
        return kinds

    def occurrences_of(self, target: int) -> Iterable[tuple[int, Confidence]]:
        """The occurrences bound to a target, in source order, each with its confidence."""
        targets, offsets = self._sections[0], self._sections[1]
        index = bisect_left(targets, target)
        if index == len(targets) or targets[index] != target:
            return
        for place in self._sections[2][offsets[index] : offsets[index + 1]]:
            if place & _POSSIBLE:
                yield place ^ _POSSIBLE, Confidence.POSSIBLE
            else:
                yield place, Confidence.CERTAIN

    def certain_among(self, occurrences: Container[int]) -> set[int]:
        """Those of the occurrences that are certainly bound to a symbol."""
        return {place for place in self._sections[2] if place in occurrences}

    def bound(self) -> dict[int, tuple[list[int], Confidence]]:
        """Occurrence -> (target keys, confidence), for everything bound to a symbol."""
        out: dict[int, tuple[list[int], Confidence]] = {}
        offsets, places = self._sections[1], self._sections[2]
        for index, target in enumerate(self._sections[0]):
            for place in places[offsets[index] : offsets[index + 1]]:
                possible = bool(place & _POSSIBLE)
                occurrence = place & ~_POSSIBLE
                confidence = Confidence.POSSIBLE if possible else Confidence.CERTAIN
                out.setdefault(occurrence, ([], confidence))[0].append(target)
        return out

    def edges(self) -> Iterable[Edge]:
        """Every edge that starts in the document, ordered by source, kind, target."""
        columns = [self._sections[index] for index in range(5, 9)]
        return (Edge(*row) for row in zip(*columns, strict=True))


def pack(bound: Iterable[tuple[int, int, int]], locals_: Sequence[tuple[int, int]], edges: Iterable[Edge]) -> bytes:
    """`bound`: (target key, occurrence, confidence) rows; `locals_`: (occurrence, binding) rows."""
    targets, offsets, places = array("I"), array("I"), array("I")
    for target, occurrence, confidence in sorted(set(bound)):
        if not targets or targets[-1] != target:
            targets.append(target)
            offsets.append(len(places))
        places.append(occurrence | (_POSSIBLE if confidence == Confidence.POSSIBLE else 0))
    offsets.append(len(places))
    rows = sorted({(e.source, e.kind, e.target, e.confidence) for e in edges})
    columns = [
        targets, offsets, places,
        array("I", [row[0] for row in locals_]), array("I", [row[1] for row in locals_]),
        array("I", [row[0] for row in rows]), array("B", [row[1] for row in rows]),
        array("I", [row[2] for row in rows]), array("B", [row[3] for row in rows]),
    ]  # fmt: skip
    return pack_sections([(column.typecode, column.tobytes()) for column in columns])
