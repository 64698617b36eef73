"""Units: the stretches of a document that can be extracted again without the rest, and which rows each one made.

A unit is a definition together with what belongs to it (decorators, attributes, doc comment), recorded while the
document is lowered. Its rows are contiguous in every table, because lowering goes in source order. Units nest; they are
numbered in the order they begin in.

A unit *leaks* when it has effects besides its rows, or when what lies outside changed or mentions its rows: then only
a larger unit that contains the other side can be extracted again.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

SYMBOLS, SCOPES, BINDINGS, OCCURRENCES, NODES, IMPORTS, CHILDREN, TEXTS, ERRORS = range(9)
"""The tables that units own rows of: places in `Counts`."""
Counts = tuple[int, ...]
"""How many rows each of those tables has."""


class Units:
    """The units of one document, as columns. `first` and `last`, one list per table, are the bounds of their rows."""

    __slots__ = (
        "_open", "deep", "end", "escaped", "first", "frame", "kind", "last", "leaks", "scope", "start", "state",
        "symbol",
    )  # fmt: skip

    def __init__(self) -> None:
        self.start: list[int] = []
        self.end: list[int] = []
        self.kind: list[int] = []
        """The grammar's number for the kind of syntax node."""
        self.scope: list[int] = []
        self.symbol: list[int] = []
        self.frame: list[int] = []
        """The scope in which the unit's name is bound."""
        self.state: list[int] = []
        """What else the walk knew when the unit began; its meaning is the pack's."""
        self.deep: list[int] = []
        """How deep the walk was."""
        self.leaks: list[bool] = []
        self.first: tuple[list[int], ...] = tuple([] for _ in range(9))
        self.last: tuple[list[int], ...] = tuple([] for _ in range(9))
        self._open: list[int] = []
        self.escaped = False
        """Whether something outside all units had an effect of the kind that makes a unit leak."""

    def __len__(self) -> int:
        return len(self.start)

    @property
    def level(self) -> int:
        """How many units are being lowered now."""
        return len(self._open)

    def open(self, start: int, kind: int, place: tuple[int, int, int], state: int, deep: int, counts: Counts) -> int:
        """A unit begins; `place`: its scope, symbol and frame. Returns its number."""
        number = len(self.start)
        for column, value in (
            (self.start, start), (self.end, -1), (self.kind, kind), (self.scope, place[0]), (self.symbol, place[1]),
            (self.frame, place[2]), (self.state, state), (self.deep, deep),
        ):  # fmt: skip
            column.append(value)
        self.leaks.append(False)
        for table, count in enumerate(counts):
            self.first[table].append(count)
            self.last[table].append(-1)
        self._open.append(number)
        return number

    def close(self, number: int, end: int, counts: Counts) -> None:
        """A unit ends."""
        self.end[number] = end
        for table, count in enumerate(counts):
            self.last[table][number] = count
        self._open.pop()

    def leak(self, level: int = 0) -> None:
        """The units being lowered have an effect outside, but for the `level` outermost ones."""
        for number in self._open[level:]:
            self.leaks[number] = True
        if not self._open:
            self.escaped = True

    def touch(self, symbol: int) -> None:
        """A symbol is changed: what is being lowered and does not hold it leaks; so does what holds it and is done."""
        firsts, lasts = self.first[SYMBOLS], self.last[SYMBOLS]
        if not self._open:
            self.escaped = True
        for number in reversed(self._open):
            if firsts[number] <= symbol:
                break
            self.leaks[number] = True
        for number in range(bisect_right(firsts, symbol) - 1, -1, -1):
            if lasts[number] < 0:
                return
            if symbol < lasts[number]:
                self.leaks[number] = True

    def follow(self, floor: int, place: Sequence[int], starts: Sequence[int]) -> None:
        """Occurrences were ordered by position: `place` has the new numbers of those from `floor` on, `starts` where
        they are. A unit leaks where others came between its own: who made them is outside.
        """
        firsts, lasts = self.first[OCCURRENCES], self.last[OCCURRENCES]
        for number, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
            if first == last:
                firsts[number] = lasts[number] = bisect_left(starts, self.start[number], floor)
                continue
            now = place[first - floor : last - floor]
            firsts[number], lasts[number] = min(now), max(now) + 1
            if lasts[number] - firsts[number] != last - first:
                self.leaks[number] = True

    def outermost(self) -> Iterator[int]:
        """The units that are in no other."""
        at = 0
        while at < len(self.start):
            yield at
            at = self.behind(at)

    def behind(self, number: int) -> int:
        """The number of the next unit that is not inside this one."""
        end, at = self.end[number], number + 1
        while at < len(self.start) and self.start[at] < end:
            at += 1
        return at

    def leaking(self, number: int, behind: int) -> bool:
        """Whether one of the units between two numbers leaks; those inside of others may."""
        while number < behind:
            if self.leaks[number]:
                return True
            number = self.behind(number)
        return False

    def counts(self, number: int, *, last: bool) -> Counts:
        """The bounds of a unit's rows."""
        return tuple(column[number] for column in (self.last if last else self.first))

    def move(self, bound: int, delta: int) -> None:
        """Texts from `bound` on move; rows stay."""
        for column in (self.start, self.end):
            column[:] = [offset + delta if offset >= bound else offset for offset in column]

    def replace(
        self, number: int, behind: int, made: Units, delta: int, old_end: int, new_end: int,
        bounds: Sequence[tuple[int, int]],
    ) -> None:  # fmt: skip
        """Put the units of `made` in the place of those from `number` to `behind`; all that lie behind move.

        The text of those ended at `old_end`, and ends at `new_end`. `delta`: how far texts behind move; `bounds`:
        per table the first row behind the unit, and how far it moves.
        """
        around = [at for at in range(number) if self.end[at] >= old_end]
        for at in around:
            self.end[at] = new_end if self.end[at] == old_end else self.end[at] + delta
        self._join(self.start, made.start, number, behind, delta)
        self._join(self.end, made.end, number, behind, delta)
        for mine, theirs in ((self.kind, made.kind), (self.state, made.state), (self.deep, made.deep)):
            mine[number:behind] = theirs
        self.leaks[number:behind] = made.leaks
        for mine, theirs, table in (
            (self.scope, made.scope, SCOPES), (self.symbol, made.symbol, SYMBOLS), (self.frame, made.frame, SCOPES)
        ):  # fmt: skip
            bound, moved = bounds[table]
            tail = mine[behind:]
            mine[number:] = theirs + ([value + moved if value >= bound else value for value in tail] if moved else tail)
        for table, (_, moved) in enumerate(bounds):
            for at in around:
                self.last[table][at] += moved
            self._join(self.first[table], made.first[table], number, behind, moved)
            self._join(self.last[table], made.last[table], number, behind, moved)

    @staticmethod
    def _join(mine: list[int], theirs: list[int], number: int, behind: int, moved: int) -> None:
        tail = mine[behind:]
        mine[number:] = theirs + ([value + moved for value in tail] if moved else tail)
