"""Stretch: the part of a list of definitions that is lowered again for an edit, and the rows it owns.

A stretch is a run of units beside each other, or the place between two of them. It covers what changed in the list, and
is widened until it begins and ends where units do, old and new ones alike.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from tree_sitter import Node

from isg_analysis.languages.tracking import Place, TrackedLowering
from isg_analysis.languages.tree_change import ChangedList
from isg_analysis.model.splice import Edit, Exchanged
from isg_analysis.model.units import Units


@dataclass(frozen=True, slots=True)
class Stretch:
    """The units from `number` to `behind` make room for the syntax nodes `run`, walked from `place`.

    `heads`: whether nothing that says anything stands before it in its list.
    """

    number: int
    behind: int
    exchanged: Exchanged
    place: Place
    run: list[Node]
    heads: bool


class Stretches:
    """Finds the stretch of one list, or that there is none."""

    def __init__(self, units: Units, changed: ChangedList, texts: tuple[bytes, bytes], lowering: TrackedLowering):
        """`texts`: the old and the new one."""
        self._units, self.changed, self._lowering = units, changed, lowering
        self._old_text, self._new_text = texts
        self._olds = changed.olds

    def is_idle(self) -> bool:
        """Whether only what says nothing changed."""
        changed = self.changed
        held = self._olds[changed.before : len(self._olds) - changed.behind]
        run = changed.news[changed.before : len(changed.news) - changed.behind]
        return all(self._says_nothing(node, self._old_text) for node in held) and all(
            self._says_nothing(node, self._new_text) for node in run
        )

    def find(self, edit: Edit) -> Stretch | None:
        """The stretch around an edit; None where something in it is no unit, then and now."""
        changed = self.changed
        first, last = changed.before, len(self._olds) - changed.behind
        for _ in range(len(self._olds) + 2):
            covered = self.covered(first, last)
            if covered is None:
                return None
            if covered:
                wider = self.widened(first, last, covered)
                if wider != (first, last):
                    first, last = wider
                    continue
            run = changed.news[first : len(changed.news) - (len(self._olds) - last)]
            found = self._stretch(first, last, covered, run, edit)
            if isinstance(found, Stretch):
                return found
            if found is None:
                return None
            first, last = found
        return None

    def covered(self, first: int, last: int) -> list[int] | None:
        """The units among the old children; None where one that says something belongs to no unit."""
        out: list[int] = []
        for at in range(first, last):
            if not self._says_nothing(self._olds[at], self._old_text):
                unit = self.unit_at(at)
                if unit is None:
                    return None
                if unit not in out[-1:]:
                    out.append(unit)
        return out

    def widened(self, first: int, last: int, covered: list[int]) -> tuple[int, int]:
        """The children that the units begin and end with, and those between."""
        start, end = self._units.start[covered[0]], self._units.end[covered[-1]]
        while first and self._olds[first - 1].start_byte >= start:
            first -= 1
        while last < len(self._olds) and self._olds[last].end_byte <= end:
            last += 1
        return first, last

    def _stretch(
        self, first: int, last: int, covered: list[int], run: list[Node], edit: Edit
    ) -> Stretch | tuple[int, int] | None:
        """The stretch between two children; or a wider one to try; or None."""
        speaking = [node for node in run if not self._says_nothing(node, self._new_text)]
        before, after = self.neighbour(first, -1), self.neighbour(last, 1)
        if speaking and self._lowering.leads(speaking[-1], self._new_text):  # belongs to what follows
            return (first, after + 1) if after is not None else None
        if not all(self._lowering.may_be_unit(node, self._new_text) for node in speaking):
            return None
        if covered and speaking:
            end = speaking[-1].end_byte
            unit = self._exchanged(covered[0], covered[-1], end)
            if any(new != (end if old == unit.old_end else old + edit.delta) for old, new in self.changed.ends):
                return None
            return self._made(covered[0], self._units.behind(covered[-1]), unit, covered[0], run, before is None)
        if not covered and speaking:
            found = self._between(before, after, edit, run)
            if found is not None:
                return found
        if after is not None and (covered or before is None):
            return first, after + 1
        return (before, last) if before is not None else None

    def _between(self, before: int | None, after: int | None, edit: Edit, run: list[Node]) -> Stretch | None:
        """A stretch without old units, if nothing can be taken for its neighbours'."""
        units = self._units
        left = self.unit_at(before) if before is not None else None
        right = self.unit_at(after) if after is not None else None
        if (before is not None and left is None) or (after is not None and right is None):
            return None
        if right is not None:
            bound, counts = units.start[right], units.counts(right, last=False)
            if edit.old_end > bound or (left is not None and units.counts(left, last=True) != counts):
                return None
            if left is not None and units.end[left] >= bound:
                return None
            return self._made(
                right, right, Exchanged(counts, counts, bound, bound + edit.delta), right, run, left is None
            )
        if left is None or self.changed.ends:
            return None
        bound, counts = len(self._old_text) + 1, units.counts(left, last=True)
        number = units.behind(left)
        return self._made(number, number, Exchanged(counts, counts, bound, bound + edit.delta), left, run, False)

    def _exchanged(self, first: int, last: int, new_end: int) -> Exchanged:
        units = self._units
        return Exchanged(units.counts(first, last=False), units.counts(last, last=True), units.end[last], new_end)

    def _made(self, number: int, behind: int, unit: Exchanged, near: int, run: list[Node], heads: bool) -> Stretch:
        units = self._units
        place = Place(units.scope[near], units.symbol[near], units.frame[near], units.state[near], units.deep[near])
        return Stretch(number, behind, unit, place, run, heads)

    def _says_nothing(self, node: Node, text: bytes) -> bool:
        return not node.is_named or self._lowering.is_idle(node, text)

    def _has_no_rows(self, node: Node) -> bool:
        return self._says_nothing(node, self._old_text) or self._lowering.is_set_apart(node, self._old_text)

    def neighbour(self, at: int, step: int) -> int | None:
        """The next child that says something: before `at` for a step of -1, else from `at` on."""
        at += min(step, 0)
        while 0 <= at < len(self._olds):
            if not self._has_no_rows(self._olds[at]):
                return at
            at += step
        return None

    def unit_at(self, at: int) -> int | None:
        """The unit of this list that a child is, or belongs to."""
        child, before = self._olds[at], at - 1
        while before >= 0:
            node = self._olds[before]
            if not self._has_no_rows(node) and not self._lowering.leads(node, self._old_text):
                break
            before -= 1
        units = self._units
        floor = self._olds[before].end_byte if before >= 0 else self.changed.old.start_byte
        number = bisect_left(units.start, floor)
        if number >= len(units) or units.start[number] > child.start_byte or units.end[number] < child.end_byte:
            return None
        return number
