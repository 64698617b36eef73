"""Links: what the occurrences of one document mean, packed and grouped by what they mean.

Derived from facts of many documents, owned by one. Targets are keys: small integers that the view
which made the links can turn into Refs (see `resolve.view`). Locals are kept as bindings of the
document itself, for nobody else can name them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import compress
from typing import NamedTuple

from isg_analysis.model.facts import Sections, pack_sections
from isg_analysis.model.occurrence import Confidence

FORMAT = 5
"""Part of an index's fingerprint: raised whenever stored links would be read otherwise."""
_POSSIBLE = 1 << 30


class Edge(NamedTuple):
    """`source` is a symbol row of the owning document, `target` a key, `kind` a RelationKind."""

    source: int
    kind: int
    target: int
    confidence: int


class ImportEdge(NamedTuple):
    """An import: `statement` is its row in the owning document's imports, `source` the row of the module it stands in,
    `target` the key of the module it needs, `strength` a Strength, `name` the number of the name it takes from there,
    or 0 where it takes the module as a whole.
    """

    statement: int
    source: int
    target: int
    strength: int
    name: int


class OutwardPlace(NamedTuple):
    """Where something from outside of the workspace is implemented: `source` is the row of an impl block, of one of its
    members, or of a type that derives it or is derived from it; `start` and `length` are those of its name, for a
    derive of the trait's.
    """

    source: int
    start: int
    length: int
    is_derive: int


class Outward(NamedTuple):
    """What the document makes of something outside of the workspace. `name` says what that is, the same in every
    document.
    """

    place: OutwardPlace
    name: str


class Links:
    """Read in place. `targets` is sorted; the occurrences of targets[i] are occurrences[offsets[i]:offsets[i+1]]."""

    __slots__ = ("_sections",)

    def __init__(self, data: bytes | memoryview) -> None:
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

    def occurrences_of_local(self, binding: int) -> Iterable[int]:
        """The occurrences that mean a binding of the document, in source order."""
        occurrences = self._sections[3]
        return (occurrences[at] for at in _places(bytes(self._sections[4]), binding))

    def occurrences_of(self, target: int) -> Iterable[tuple[int, Confidence]]:
        """The occurrences bound to a target, in source order, each with its confidence."""
        targets, offsets = self._sections[0], self._sections[1]
        index = _index(targets, target)
        if index < 0:
            return
        for place in self._sections[2][offsets[index] : offsets[index + 1]]:
            if place & _POSSIBLE:
                yield place ^ _POSSIBLE, Confidence.POSSIBLE
            else:
                yield place, Confidence.CERTAIN

    def is_partial(self, occurrence: int) -> bool:
        """Whether an occurrence means more than is kept here: a parameter of another document that a keyword names, a
        local that is only possible.
        """
        return _index(self._sections[9], occurrence) >= 0

    def locals_at(self, occurrence: int) -> Sequence[int]:
        """The bindings of the document that an occurrence means."""
        occurrences = self._sections[3]
        first = bisect_left(occurrences, occurrence)
        bindings: Sequence[int] = self._sections[4][first : bisect_right(occurrences, occurrence, first)]
        return bindings

    def bound_to(self, occurrence: int) -> tuple[list[int], Confidence]:
        """The target keys of one occurrence, in order; those of all are `bound`."""
        places = bytes(self._sections[2])
        certain = [*_places(places, occurrence)]
        possible = [*_places(places, occurrence | _POSSIBLE)]
        targets, offsets = self._sections[0], self._sections[1]
        keys = [targets[bisect_right(offsets, at) - 1] for at in sorted(certain + possible)]
        return keys, Confidence.POSSIBLE if possible else Confidence.CERTAIN

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

    @property
    def imports(self) -> list[ImportEdge]:
        """Every import by which a module of the document needs another one, in source order."""
        columns = [self._sections[index] for index in range(10, 15)]
        return [ImportEdge(*row) for row in zip(*columns, strict=True)]

    @property
    def outward(self) -> list[Outward]:
        """What the document implements of what lies outside, in no particular order."""
        strings = bytes(self._sections[20]).decode().split("\0")
        rows = zip(*(self._sections[index] for index in range(15, 20)), strict=True)
        return [Outward(OutwardPlace(*place), strings[name]) for *place, name in rows]

    def edges_from(self, source: int) -> list[Edge]:
        """The edges of one symbol row."""
        columns = [self._sections[index] for index in range(5, 9)]
        first = bisect_left(columns[0], source)
        last = bisect_right(columns[0], source, first)
        return [Edge(*row) for row in zip(*(column[first:last] for column in columns), strict=True)]

    def edges_of(self, kinds: Container[int]) -> list[Edge]:
        """The edges of some kinds, in the same order; for few among many faster than `edges`."""
        sources, kind_of, targets, sure = (self._sections[index] for index in range(5, 9))
        rows = compress(range(len(kind_of)), map(kinds.__contains__, kind_of))
        return [Edge(sources[row], kind_of[row], targets[row], sure[row]) for row in rows]


def _index(column: Sequence[int], wanted: int) -> int:
    """Where a sorted column holds a number; -1 if it does not."""
    at = bisect_left(column, wanted)
    return at if at < len(column) and column[at] == wanted else -1


def _places(column: bytes, wanted: int) -> Iterator[int]:
    """Where a packed column holds a number. Searched in C: it is not sorted."""
    pattern = array("I", (wanted,)).tobytes()
    at = column.find(pattern)
    while at >= 0:
        if at % len(pattern) == 0:
            yield at // len(pattern)
        at = column.find(pattern, at + 1)


def pack(
    bound: Iterable[tuple[int, int, int]],
    locals_: Sequence[tuple[int, int]],
    edges: Iterable[Edge],
    partial: Sequence[int] = (),
    imports: Sequence[ImportEdge] = (),
    outward: Sequence[Outward] = (),
) -> bytes:
    """`bound`: (target key, occurrence, confidence) rows; `locals_`: (occurrence, binding) rows; `partial`: the
    occurrences that mean more than these rows say, in order; `imports`: in source order; `outward`: each once.
    """
    targets, offsets, places = array("I"), array("I"), array("I")
    for target, occurrence, confidence in sorted(set(bound)):
        if not targets or targets[-1] != target:
            targets.append(target)
            offsets.append(len(places))
        places.append(occurrence | (_POSSIBLE if confidence == Confidence.POSSIBLE else 0))
    offsets.append(len(places))
    rows = sorted(set(edges))
    names = {name: number for number, name in enumerate(dict.fromkeys(row.name for row in outward))}
    columns = [
        targets, offsets, places,
        array("I", [row[0] for row in locals_]), array("I", [row[1] for row in locals_]),
        array("I", [row[0] for row in rows]), array("B", [row[1] for row in rows]),
        array("I", [row[2] for row in rows]), array("B", [row[3] for row in rows]), array("I", partial),
        *(array("I", [row[column] for row in imports]) for column in range(len(ImportEdge._fields))),
        *(array("I", [row.place[column] for row in outward]) for column in range(len(OutwardPlace._fields))),
        array("I", [names[row.name] for row in outward]), array("B", "\0".join(names).encode()),
    ]  # fmt: skip
    return pack_sections([(column.typecode, column.tobytes()) for column in columns])
