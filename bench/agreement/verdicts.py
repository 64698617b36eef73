"""Verdicts: our answers against the judges', counted per request and kind, with the classes of disagreement.

With several judges a place counts as right if more than half of those that know the name give it. Where no judge knows
what stands at a place (code that is configured out, a parse error), the question is not judged. A place that we alone
give and at which no judge knows what is meant (a parameter that is a fixture's) is undecided: it is counted against us,
and apart. A place that we give, and one judge but no majority, is contested: counted against us, and apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.agreement.asked import Spot
from bench.agreement.sampling import Sample

Answer = frozenset[Spot] | None


@dataclass(slots=True)
class Tally:
    """Places given by both, by us alone, by the judges alone; how many of ours alone no judge knows, and how many a
    minority of the judges gives; questions judged, answered the same, not judged.
    """

    both: int = 0
    ours: int = 0
    theirs: int = 0
    undecided: int = 0
    contested: int = 0
    judged: int = 0
    same: int = 0
    unjudged: int = 0

    @property
    def precision(self) -> float:
        """Of ours, how many are the judges', in percent."""
        return 100 * self.both / (self.both + self.ours) if self.both + self.ours else 100.0

    @property
    def uncontested_precision(self) -> float:
        """The same without the places that a minority of the judges gives, too."""
        given = self.both + self.ours - self.contested
        return 100 * self.both / given if given else 100.0

    @property
    def recall(self) -> float:
        """Of the judges', how many are ours, in percent."""
        return 100 * self.both / (self.both + self.theirs) if self.both + self.theirs else 100.0

    @property
    def f1(self) -> float:
        """The harmonic mean of the two, in percent."""
        return self._f1(self.ours)

    @property
    def decided_f1(self) -> float:
        """The same without the places that no judge knows."""
        return self._f1(self.ours - self.undecided)

    def _f1(self, ours: int) -> float:
        total = 2 * self.both + ours + self.theirs
        return 200 * self.both / total if total else 100.0

    def add(self, other: Tally) -> None:
        """Adds another one's counts."""
        for name in ("both", "ours", "theirs", "undecided", "contested", "judged", "same", "unjudged"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Difference:
    """A place that one side gives and the other does not. `what`: what isg knows about it."""

    sample: Sample
    spot: Spot
    missing: bool
    what: str


@dataclass(slots=True)
class Verdicts:
    """The tallies by (request, kind), every difference; and, for scale, the judges' own tallies by (request, judge)."""

    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    scale: dict[tuple[str, str], Tally] = field(default_factory=dict)

    def judge(
        self,
        sample: Sample,
        ours: Answer,
        judges: Sequence[frozenset[Spot]],
        known: Callable[[Spot], str],
        decided: Callable[[Spot], bool] = lambda spot: True,
    ) -> None:
        """Counts one question. `judges`: the answer of each that knows the name; `known` describes a place; `decided`:
        whether any judge knows what stands there.
        """
        tally = self.tallies.setdefault((sample.request, sample.kind), Tally())
        if not judges:
            tally.unjudged += 1
            return
        asked = (sample.place.path, sample.place.line, sample.place.character)
        right = _voted([answer - {asked} for answer in judges])
        given, wanted = _apart((ours or frozenset()) - {asked}, right)
        tally.judged += 1
        tally.same += not given and not wanted
        tally.both += len(right) - len(wanted)
        tally.ours += len(given)
        tally.theirs += len(wanted)
        undecided = {spot for spot in given if not decided(spot)}
        tally.undecided += len(undecided)
        lines = {spot[:2] for answer in judges for spot in answer}
        tally.contested += sum(spot[:2] in lines for spot in given)
        for spots, missing in ((wanted, True), (given, False)):
            for spot in sorted(spots):
                what = f"{known(spot)}, which no judge knows" if spot in undecided else known(spot)
                self.differences.append(Difference(sample, spot, missing, what))

    def compare_judges(self, sample: Sample, answers: Mapping[str, Answer]) -> None:
        """Counts each judge's answer against the majority that it is part of."""
        known = {name: answer for name, answer in answers.items() if answer is not None}
        asked = (sample.place.path, sample.place.line, sample.place.character)
        right = _voted([answer - {asked} for answer in known.values()]) if known else frozenset()
        for name, answer in answers.items() if known else ():
            given, wanted = _apart((answer or frozenset()) - {asked}, right)
            mine = Tally(both=len(right) - len(wanted), ours=len(given), theirs=len(wanted), judged=1)
            self.scale.setdefault((sample.request, name), Tally()).add(mine)


def _voted(answers: Sequence[frozenset[Spot]]) -> frozenset[Spot]:
    """The places that more than half give. Servers may point at other columns of one line: the line counts."""
    votes: dict[tuple[str, int], list[Spot]] = {}
    for answer in answers:
        for line, spots in _by_line(answer).items():
            votes.setdefault(line, []).append(spots[0])
    every = frozenset[Spot]().union(*answers)
    agreed = {line for line, spots in votes.items() if 2 * len(spots) > len(answers)}
    if len(answers) == 1:
        return every
    exact = {spot for spot in every if 2 * sum(spot in answer for answer in answers) > len(answers)}
    covered = {spot[:2] for spot in exact}
    return frozenset(exact | {min(votes[line]) for line in agreed - covered})


def _apart(ours: frozenset[Spot], right: frozenset[Spot]) -> tuple[set[Spot], set[Spot]]:
    """What only one side gives. A place of ours and one of theirs on one line, at other columns, are the same."""
    given, wanted = set(ours - right), set(right - ours)
    for line, spots in _by_line(frozenset(given)).items():
        others = sorted(spot for spot in wanted if spot[:2] == line)
        for mine, theirs in zip(spots, others, strict=False):
            given.discard(mine)
            wanted.discard(theirs)
    return given, wanted


def _by_line(spots: frozenset[Spot]) -> dict[tuple[str, int], list[Spot]]:
    out: dict[tuple[str, int], list[Spot]] = {}
    for spot in sorted(spots):
        out.setdefault(spot[:2], []).append(spot)
    return out
