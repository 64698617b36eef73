"""Links: what the occurrences of one document mean, packed and grouped by what they mean.

Derived from facts of many documents, owned by one. Targets are keys: small integers that the view
which made the links can turn into Refs (see `resolve.view`). Locals are kept as bindings of the
document itself, for nobody else can name them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from isg_analysis.model.facts import pack_sections, unpack_sections
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

    __slots__ = ("_offsets", "_places", "data", "edge_confidences", "edge_kinds", "edge_sources", "edge_targets",
                 "local_bindings", "local_occurrences", "targets")  # fmt: skip

    targets: Sequence[int]
    local_occurrences: Sequence[int]
    local_bindings: Sequence[int]
    edge_sources: Sequence[int]
    edge_kinds: Sequence[int]
    edge_targets: Sequence[int]
    edge_confidences: Sequence[int]

    def __init__(self, data: bytes) -> None:
        """`data`: what `pack` returned. Raises FactsError for anything else."""
        self.data = data
        sections = unpack_sections(data)
        self.targets, self._offsets, self._places, self.local_occurrences, self.local_bindings = sections[:5]
        self.edge_sources, self.edge_kinds, self.edge_targets, self.edge_confidences = sections[5:]

    def occurrences_of(self, target: int) -> Iterable[tuple[int, Confidence]]:
        """The occurrences bound to a target, in source order, each with its confidence."""
        index = bisect_left(self.targets, target)
        if index == len(self.targets) or self.targets[index] != target:
            return
        for place in self._places[self._offsets[index] : self._offsets[index + 1]]:
            if place & _POSSIBLE:
                yield place ^ _POSSIBLE, Confidence.POSSIBLE
            else:
                yield place, Confidence.CERTAIN

    def bound(self) -> dict[int, tuple[list[int], Confidence]]:
        """Occurrence -> (target keys, confidence), for everything bound to a symbol."""
        out: dict[int, tuple[list[int], Confidence]] = {}
        for index, target in enumerate(self.targets):
            for place in self._places[self._offsets[index] : self._offsets[index + 1]]:
                possible = bool(place & _POSSIBLE)
                occurrence = place & ~_POSSIBLE
                confidence = Confidence.POSSIBLE if possible else Confidence.CERTAIN
                out.setdefault(occurrence, ([], confidence))[0].append(target)
        return out

    def edges(self) -> Iterable[Edge]:
        """Every edge that starts in the document, ordered by source, kind, target."""
        columns = (self.edge_sources, self.edge_kinds, self.edge_targets, self.edge_confidences)
        return (Edge(*row) for row in zip(*columns, strict=True))


def pack(
    bound: Iterable[tuple[int, int, int]], locals_: Sequence[tuple[int, int]], edges: Iterable[Edge]
) -> bytes:
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
