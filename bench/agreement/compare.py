"""Compare: which of the oracle's bindings ours has too, and which of ours the oracle confirms.

Recall asks about every place that the oracle binds to a definition inside the tree, on another line than that
definition: is ours bound to a definition on the same line? Precision asks about every place that ours binds, is no
definition, and has an occurrence of the oracle's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.agreement.index import Index, Place
from bench.agreement.kinds import kind_among, last_name, package_of


@dataclass(slots=True)
class Count:
    """Right among asked."""

    right: int = 0
    asked: int = 0

    def add(self, right: bool) -> None:
        """One more."""
        self.right += right
        self.asked += 1

    @property
    def percent(self) -> float | None:
        """None when nothing was asked."""
        return round(100 * self.right / self.asked, 2) if self.asked else None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One place where both differ. `oracle` and `ours`: a definition each, or None."""

    at: Place
    oracle: Place | None
    ours: Place | None


@dataclass
class Agreement:
    """What `compare` found. The classes: (kind, what is wrong) -> the places."""

    documents: tuple[int, int, int] = (0, 0, 0)
    recall: Count = field(default_factory=Count)
    precision: Count = field(default_factory=Count)
    decided: Count = field(default_factory=Count)
    """Precision without the places where the oracle names a symbol of the tree that it defines nowhere."""
    definitions: Count = field(default_factory=Count)
    implementations_found: Count = field(default_factory=Count)
    implementations_right: Count = field(default_factory=Count)
    recall_by_kind: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    precision_by_kind: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))
    missing: dict[tuple[str, str], list[Disagreement]] = field(default_factory=lambda: defaultdict(list))
    wrong: dict[tuple[str, str], list[Disagreement]] = field(default_factory=lambda: defaultdict(list))
    missing_names: Counter[tuple[str, str]] = field(default_factory=Counter)


Texts = Callable[[str], list[str]]
"""The lines of a document, by path."""


def compare(ours: Index, oracle: Index, texts: Texts | None = None) -> Agreement:
    """Both indexes are of the same tree. With the texts, occurrences that no name is written at are told apart."""
    found = Agreement()
    both = ours.documents & oracle.documents
    found.documents = (len(ours.documents), len(oracle.documents), len(both))
    mine, theirs = ours.bound(both), oracle.bound(both)
    _compare_recall(found, ours, oracle, (mine, theirs), texts)
    _compare_precision(found, ours, oracle, (mine, theirs))
    for at, places in theirs.items():
        if at in places:
            found.definitions.add(at in mine)
    mine_implementing, theirs_implementing = ours.implementations(both), oracle.implementations(both)
    same = len(mine_implementing & theirs_implementing)
    found.implementations_found = Count(same, len(theirs_implementing))
    found.implementations_right = Count(same, len(mine_implementing))
    return found


Bound = dict[Place, set[Place]]


def _compare_recall(
    found: Agreement, ours: Index, oracle: Index, bound: tuple[Bound, Bound], texts: Texts | None
) -> None:
    mine, theirs = bound
    for at, places in theirs.items():
        if at in places and at[:2] in {place[:2] for place in places}:
            continue
        kind = _kind(oracle, at)
        right = _same(mine.get(at, set()), places)
        found.recall.add(right)
        found.recall_by_kind[kind].add(right)
        if right:
            continue
        what = _missing(ours, oracle, at, places, mine) if _is_named(oracle, at, texts) else "no name is written there"
        found.missing[kind, what].append(Disagreement(at, min(places), min(mine.get(at, set()), default=None)))
        found.missing_names[kind, last_name(min(oracle.occurrences[at]))] += 1


def _missing(ours: Index, oracle: Index, at: Place, places: set[Place], mine: Bound) -> str:
    if at in mine:
        names = {last_name(symbol) for symbol in ours.occurrences[at]}
        same = names & {last_name(symbol) for symbol in oracle.occurrences[at]}
        return "bound to another of the name" if same else "bound to something else"
    if not any(place in ours.defined_at for place in places):
        return "its definition is not known"
    return "bound outside the tree" if at in ours.occurrences else "not bound"


def _compare_precision(found: Agreement, ours: Index, oracle: Index, bound: tuple[Bound, Bound]) -> None:
    mine, theirs = bound
    packages = {package_of(symbol) for symbol in oracle.definitions} - {""}
    for at, places in mine.items():
        if at in places or at not in oracle.occurrences:
            continue
        kind = _kind(ours, at)
        right = _same(places, theirs.get(at, set()))
        found.precision.add(right)
        found.precision_by_kind[kind].add(right)
        undefined = at not in theirs and any(_is_inside(symbol, packages) for symbol in oracle.occurrences[at])
        if not undefined:
            found.decided.add(right)
        if not right:
            what = "bound elsewhere by the oracle" if at in theirs else "outside the tree to the oracle"
            what = "named but defined nowhere by the oracle" if undefined else what
            found.wrong[kind, what].append(Disagreement(at, min(theirs.get(at, set()), default=None), min(places)))


def _is_inside(symbol: str, packages: set[str]) -> bool:
    """Whether a symbol belongs to the tree: a local does, and what is in a package that has definitions there."""
    return symbol.startswith("local ") or package_of(symbol) in packages


def _same(one: set[Place], other: set[Place]) -> bool:
    return not {place[:2] for place in one}.isdisjoint(place[:2] for place in other)


def _kind(index: Index, at: Place) -> str:
    return kind_among(index.occurrences[at], index.kinds)


def _is_named(oracle: Index, at: Place, texts: Texts | None) -> bool:
    """Whether a name stands at a place, rather than an operator or a keyword that the oracle binds to a method."""
    if texts is None:
        return True
    line = texts(at[0])[at[1] : at[1] + 1]
    rest = line[0][at[2] :] if line else ""
    if not rest or not (rest[0].isalpha() or rest[0] in "_'\"$"):
        return False
    names = {last_name(symbol) for symbol in oracle.occurrences[at]}
    return "await" not in rest[:5] or "await" in names
