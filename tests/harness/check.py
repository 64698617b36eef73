"""Checks the marks of one state of a specification against a View. Closed world.

Every mark must hold, and every certain mention of a symbol that a `def:` names must be marked.
Problems come back as values; nothing here knows pytest. Siblings: `claims` holds the marks that ask
a query (`impls:`, `type:` ...), `render` turns problems into text.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.markdown import Spec, SpecError
from harness.marks import Mark, marks_of
from harness.view import document_at, name_range, shown
from isg_analysis.model.occurrence import Confidence, Role
from isg_analysis.resolve.program import Ref, Resolution, binding_ref, document_of, symbol_ref
from isg_analysis.resolve.view import View

Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Problem:
    """What does not hold. `line`: of the mark, in the Markdown, 0 if one is missing; `found`: what is there instead."""

    line: int
    claim: str
    found: tuple[str, ...] = ()
    place: Place | None = None


class Check:
    """One state of a specification, with its keys worked out. Make one, then call `problems`."""

    def __init__(self, spec: Spec, edit: int, view: View) -> None:
        """Raises SpecError when the marks contradict one another."""
        self.spec = spec
        self.edit = edit
        self.view = view
        self.marks = [mark for block in spec.files(edit).values() for mark in marks_of(block)]
        self.keys: dict[str, frozenset[Ref]] = {}
        self._places = {mark.keys[0]: mark.place for mark in self.marks if mark.kind == "here"}
        self._problems: list[Problem] = []
        self._occurrences: dict[Place, list[tuple[int, int]]] = {}
        for path in spec.files(edit):
            self._collect_occurrences(path)
        for mark in self.marks:
            if mark.kind == "def":
                self._define(mark)

    def problems(self) -> list[Problem]:
        """Everything that does not hold, in the order of the text."""
        from harness.claims import CLAIMS

        by_place: dict[Place, list[Mark]] = {}
        for mark in self.marks:
            by_place.setdefault(mark.place, []).append(mark)
        for marks in by_place.values():
            self._check_meaning(marks)
            for mark in marks:
                if mark.kind in CLAIMS:
                    self._problems += CLAIMS[mark.kind](self, mark)
        self._check_closed(by_place)
        return sorted(self._problems, key=lambda problem: (problem.line == 0, problem.line, problem.place or ()))

    def occurrences(self, place: Place) -> list[tuple[int, int]]:
        """(document, occurrence) of every occurrence that spans exactly this range."""
        return self._occurrences.get(place, [])

    def resolve(self, at: tuple[int, int]) -> Resolution:
        """What an occurrence means."""
        return self.view.resolver(at[0]).resolve(*at)

    def meant(self, place: Place) -> tuple[Ref, ...]:
        """Every symbol and binding meant at a place: what is defined there, else what its occurrences resolve to."""
        defined = self._defined_at(place)
        resolved = [target for at in self.occurrences(place) for target in self.resolve(at).targets]
        return tuple(dict.fromkeys(resolved)) or tuple(sorted(defined))

    def targets(self, mark: Mark) -> frozenset[Ref]:
        """The symbols that a mark's keys name. Raises SpecError for an unknown key."""
        out: set[Ref] = set()
        for key in mark.keys:
            out |= self._key(key, mark.line)
        return frozenset(out)

    def places(self, key: str, line: int) -> frozenset[Place]:
        """The places a key stands for: of `here:`, or where what `def:` names is defined."""
        if key in self._places:
            return frozenset({self._places[key]})
        return frozenset(
            (self.view.path(document_of(ref)), *name_range(self.view, ref)) for ref in self._key(key, line)
        )

    def name(self, ref: Ref) -> str:
        """A target in words, with its key if it has one."""
        keys = [key for key, refs in self.keys.items() if ref in refs]
        return f"{keys[0]} ({shown(self.view, ref)})" if keys else f"{shown(self.view, ref)}, which no `def:` names"

    def same(self, found: frozenset[Ref], mark: Mark) -> bool:
        """Whether what was found is exactly what the keys name; a key of several definitions needs one of them."""
        return found <= self.targets(mark) and all(found & self._key(key, mark.line) for key in mark.keys)

    def _key(self, key: str, line: int) -> frozenset[Ref]:
        if key in self.keys:
            return self.keys[key]
        document = document_at(self.view, key)
        if document < 0:
            raise SpecError(line, f"no `def: {key}` in this test, and no file of that name")
        return frozenset({symbol_ref(document, 0)})

    def _collect_occurrences(self, path: str) -> None:
        document = document_at(self.view, path)
        if document < 0:
            return
        rows = self.view.facts(document).occurrences
        for at, (start, length) in enumerate(zip(rows.start, rows.length, strict=True)):
            self._occurrences.setdefault((path, start, start + length), []).append((document, at))

    def _define(self, mark: Mark) -> None:
        key = mark.keys[0]
        if key in self.keys:
            raise SpecError(mark.line, f"a second `def: {key}` in one test")
        found = self._defined_at(mark.place)
        self.keys[key] = found
        if not found:
            self._problems.append(Problem(mark.line, f"def: {key}", self._describe(mark.place), mark.place))

    def _defined_at(self, place: Place) -> frozenset[Ref]:
        path, start, end = place
        document = document_at(self.view, path)
        if document < 0:
            return frozenset()
        facts = self.view.facts(document)
        symbols = facts.symbols
        out = {
            symbol_ref(document, row)
            for row in range(1, len(symbols.kind))
            if (symbols.name_start[row], symbols.name_end[row]) == (start, end)
        }
        for _, at in self.occurrences(place):
            definition = facts.occurrences.definition[at]
            if definition >= 0:
                row = definition >> 1
                out.add(binding_ref(document, row) if definition & 1 else symbol_ref(document, row))
        return frozenset(out)

    def _is_definition(self, at: tuple[int, int]) -> bool:
        return self.view.facts(at[0]).occurrences.role[at[1]] == Role.DEFINITION

    def _check_meaning(self, marks: list[Mark]) -> None:
        """`ref:`, `possible:`, `unresolved:`, `external:`, `nothing:` at one place."""
        place = marks[0].place
        defined = self._defined_at(place) if any(mark.kind == "def" for mark in marks) else frozenset()
        meanings = [self.resolve(at) for at in self.occurrences(place)]
        for kind, confidence in (("ref", Confidence.CERTAIN), ("possible", Confidence.POSSIBLE)):
            claims = [mark for mark in marks if mark.kind == kind]
            if claims:
                found = frozenset(t for m in meanings if m.confidence == confidence for t in m.targets) - defined
                keys = tuple(key for mark in claims for key in mark.keys)
                merged = Mark(kind, keys, *place, claims[0].line)
                if not self.same(found, merged):
                    self._fail(claims[0], keys)
        outside = {"unresolved": False, "external": True}
        for mark in marks:
            if mark.kind in outside:
                wanted = outside[mark.kind]
                if not meanings or any(m.targets or m.external != wanted for m in meanings):
                    self._fail(mark, ())
            elif mark.kind == "nothing" and (meanings or self._defined_at(place)):
                self._fail(mark, ())

    def _fail(self, mark: Mark, keys: tuple[str, ...]) -> None:
        claim = f"{mark.kind}: {', '.join(keys)}".strip()
        self._problems.append(Problem(mark.line, claim, self._describe(mark.place), mark.place))

    def _check_closed(self, by_place: dict[Place, list[Mark]]) -> None:
        """Every certain mention of a keyed symbol is marked; a definition means itself."""
        if not self.keys:
            return
        told = {problem.place for problem in self._problems}
        for place, occurrences in self._occurrences.items():
            if place in told:
                continue
            marked = {key for mark in by_place.get(place, ()) if mark.kind == "ref" for key in mark.keys}
            own = self._defined_at(place)
            for at in occurrences:
                meaning = self.resolve(at)
                if meaning.confidence != Confidence.CERTAIN:
                    continue
                for key, refs in self.keys.items():
                    hit = refs & frozenset(meaning.targets)
                    if hit and key not in marked and not (hit <= own and self._is_definition(at)):
                        self._problems.append(Problem(0, f"not marked: ref: {key}", self._describe(place), place))

    def _describe(self, place: Place) -> tuple[str, ...]:
        """What is at a place, for people."""
        out = [f"defines {shown(self.view, ref)}" for ref in sorted(self._defined_at(place))]
        for at in self.occurrences(place):
            role = Role(self.view.facts(at[0]).occurrences.role[at[1]]).name.lower()
            if role != "definition":
                out.append(f"{role}: {self._meaning(self.resolve(at))}")
        return tuple(out) or self._nearby(place)

    def _meaning(self, meaning: Resolution) -> str:
        if not meaning.targets:
            return "external" if meaning.external else "unresolved"
        names = " and ".join(self.name(ref) for ref in meaning.targets)
        return f"{meaning.confidence.name.lower()} {names}"

    def _nearby(self, place: Place) -> tuple[str, ...]:
        path, start, end = place
        if document_at(self.view, path) < 0:
            return (f"nothing: {path} is of no language that isg knows",)
        over = [p for p in self._occurrences if p[0] == path and p[1] < end and start < p[2]]
        if not over:
            return ("nothing: no name was extracted here",)
        return tuple(f"nothing of exactly this range, but a name {p[2] - p[1]} bytes long overlaps it" for p in over)
