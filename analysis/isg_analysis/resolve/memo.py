"""Memo: remembers a resolver's answers until an edit may have changed them, and cuts cycles.

Answers belong to a document, whose rows their keys name, or to none (SHARED). What a document owns goes when the
document changes in any way that can be told; the rest as footprints say.

Cycles: a question that comes back to itself gets the `unknown` answer. What was worked out on the way from there
depends on where the cycle was entered, so it is not kept. The answer at the entry is kept with the *ring* of questions
behind it, and is not used where one of those is being worked out. So answers depend neither on the order of questions
nor on what was asked before an edit.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from isg_analysis.model.facts import Facts
from isg_analysis.resolve.differences import difference
from isg_analysis.resolve.footprints import Footprint, Footprints, NoFootprints, Token

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")

SHARED = -2
"""The owner of answers that belong to no document."""
_LIMIT = 300
_FRAMES = 12_000
_FUEL = 20_000
"""So many questions are worked out for one that somebody asks; the most seen where all that is named is there is 5,400.
Questions that lead to each other in every possible order would go on for ever.
"""
_MOST_ANSWERS = 30_000
_MOST_ANSWERS_STEADY = 200_000
"""How many answers are kept; the most where all documents are gone through."""
_NO_CUT = 1 << 30
Ring = frozenset[tuple["Memo[Any, Any]", Any]]
"""Questions that were worked out within one that was asked again meanwhile."""
_NO_RING: Ring = frozenset()
_Kept = tuple[Answer, Footprint, Ring]


class Answers:
    """What the memos of one resolver share: footprints, the cycles that were met, and how much is kept."""

    __slots__ = (
        "_memos", "_most", "cut", "drafted", "drafts", "enough", "footprints", "given_up", "kept", "nested", "owners",
        "ring", "steady", "worked_out",
    )  # fmt: skip

    def __init__(self, steady: bool = False) -> None:
        """`steady`: nothing will be edited, so neither whose answers are nor what they rest on need be known."""
        self.steady = steady
        self.footprints = NoFootprints() if steady else Footprints()
        self.nested = 0
        """How many questions are being worked out."""
        self.cut = _NO_CUT
        """The outermost of them that was asked again, in what was worked out last."""
        self.ring = _NO_RING
        self.worked_out = 0
        """How many answers were worked out so far."""
        self.enough = 0
        """How many there may be when what is asked now is given up."""
        self.given_up = 0
        """How often something was not worked out, because of how deep it was nested or how many answers there were."""
        self.drafted = 0
        """How often something was used that is not settled yet. What rests on it is kept as a draft."""
        self.drafts: dict[tuple[Memo[Any, Any], Any], _Kept[Any]] = {}
        self.kept = 0
        self.owners: dict[int, None] = {}
        self._most = _MOST_ANSWERS_STEADY if steady else _MOST_ANSWERS
        self._memos: list[Memo[Any, Any]] = []
        sys.setrecursionlimit(max(sys.getrecursionlimit(), _FRAMES))

    def join(self, memo: Memo[Any, Any]) -> None:
        """Take a memo in."""
        self._memos.append(memo)

    def cut_short(self) -> None:
        """What is being worked out may be incomplete, because of how deep it is nested: keep none of it."""
        self.cut = -1
        self.given_up += 1

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Work something out as if nobody had asked: not as part of what is being worked out.

        What rests on drafts in it is forgotten at the end. If something is given up in it, so is what is around it.
        """
        footprints = self.footprints
        busy = [memo.change_busy({}) for memo in self._memos]
        outer = self.nested, self.cut, self.ring, self.drafted, footprints.top
        given_up, left = self.given_up, self.enough - self.worked_out
        self.nested, self.cut, self.ring, footprints.top = 0, _NO_CUT, _NO_RING, footprints.nothing
        try:
            yield
        finally:
            inner = footprints.top
            for memo, keys in zip(self._memos, busy, strict=True):
                memo.change_busy(keys)
            self.nested, self.cut, self.ring, self.drafted, footprints.top = outer
            self.enough = self.worked_out + left
            self.drafts.clear()
            footprints.add(inner)
            if self.given_up != given_up:
                self.cut = -1

    def follow(self, changed: Mapping[int, tuple[Facts, Facts]]) -> None:
        """Forget what can be told apart after documents changed from one facts to another."""
        tokens: set[Token] = set()
        for document, (before, after) in changed.items():
            found = difference(document, before, after)
            tokens |= found.tokens
            if found.own:
                self._drop(document)
        if tokens:
            self.footprints.changed(tokens)

    def shrink(self) -> None:
        """Let go of what was asked about first, if there is much. Between two questions."""
        if self.kept <= self._most:
            return
        self.kept = sum(memo.count() for memo in self._memos)  # what was worked out again was counted again
        for owner in list(self.owners):
            if self.kept <= self._most // 2:
                break
            self._drop(owner)

    def end(self) -> None:
        """Nothing will be asked any more: memos, and who finds their answers, no longer keep each other."""
        for memo in self._memos:
            memo.end()
        self._memos.clear()

    def _drop(self, owner: int) -> None:
        if self.owners.pop(owner, self) is None:
            for memo in self._memos:
                self.kept -= memo.drop(owner)


class Memo(Generic[Key, Answer]):
    """Answers by key. `find` may ask the same memo again."""

    __slots__ = ("_all", "_answers", "_busy", "_find", "_footprints", "_kept", "_owner", "_token", "_unknown")

    def __init__(
        self,
        answers: Answers,
        unknown: Callable[[Key], Answer],
        find: Callable[[Key], Answer],
        owner: Callable[[Key], int],
        token: Callable[[int], Token],
    ) -> None:
        """`owner`: the document whose rows a key names. `token`: what of it such an answer rests on at least."""
        self._answers = answers
        self._footprints = answers.footprints
        self._unknown = unknown
        self._find = find
        self._owner = owner
        self._token = token
        self._busy: dict[Key, int] = {}
        self._kept: dict[int, tuple[dict[Key, _Kept[Answer]], Footprint]] = {}
        self._all = self._begin(SHARED) if answers.steady else None
        """All answers, where nobody asks whose they are."""
        answers.join(self)

    def __call__(self, key: Key) -> Answer:
        """The answer; `unknown` inside a cycle, and where questions are nested too deeply or become too many."""
        owned = self._all
        if owned is None:
            owner = self._owner(key)
            owned = self._kept.get(owner) or self._begin(owner)
        found = owned[0].get(key)
        if found is not None and found[1].good and (not found[2] or not _is_busy(found[2])):
            footprints = self._footprints
            if found[1] is not footprints.top:
                footprints.add(found[1])
            return found[0]
        answers = self._answers
        if answers.drafts:
            draft: _Kept[Answer] | None = answers.drafts.get((self, key))
            if draft is not None and (not draft[2] or not _is_busy(draft[2])):
                answers.drafted += 1
                self._footprints.add(draft[1])
                return draft[0]
        level = self._busy.get(key, -1)
        if level >= 0 or answers.nested > _LIMIT or (answers.nested and answers.worked_out > answers.enough):
            answers.cut = min(answers.cut, level)
            answers.given_up += level < 0
            return self._unknown(key)
        return self._work_out(key, *owned)

    def _begin(self, owner: int) -> tuple[dict[Key, _Kept[Answer]], Footprint]:
        footprint = self._footprints.of(self._token(owner)) if owner >= 0 else self._footprints.nothing
        self._answers.owners[owner] = None
        owned = self._kept[owner] = {}, footprint
        return owned

    def _work_out(self, key: Key, entries: dict[Key, _Kept[Answer]], footprint: Footprint) -> Answer:
        answers, footprints = self._answers, self._footprints
        level = self._busy[key] = answers.nested
        if not level:
            answers.enough = answers.worked_out + _FUEL
        answers.nested = level + 1
        answers.worked_out += 1
        top, cut, ring, drafted = footprints.top, answers.cut, answers.ring, answers.drafted
        footprints.top, answers.cut, answers.ring = footprint, _NO_CUT, _NO_RING
        try:
            found = self._find(key)
            if answers.cut < level:
                cut = min(cut, answers.cut)
                ring |= answers.ring | {(self, key)}
                return found
            kept = (found, footprints.top, _NO_RING if answers.cut == _NO_CUT else answers.ring | {(self, key)})
            if answers.drafted == drafted:
                entries[key] = kept
                answers.kept += 1
            else:
                answers.drafts[self, key] = kept
            return found
        finally:
            del self._busy[key]
            inner = footprints.top
            answers.nested, answers.cut, answers.ring, footprints.top = level, cut, ring, top
            if inner is not top:
                footprints.add(inner)

    def known(self, key: Key) -> Answer | None:
        """The answer, if it is kept."""
        owned = self._all or self._kept.get(self._owner(key))
        found = owned[0].get(key) if owned is not None else None
        if found is None or not found[1].good or (found[2] and _is_busy(found[2])):
            return None
        self._footprints.add(found[1])
        return found[0]

    def keep(self, key: Key, answer: Answer) -> None:
        """Keep an answer that was worked out in another way, and rests on all that was looked at so far."""
        owner = self._owner(key)
        entries, footprint = self._all or self._kept.get(owner) or self._begin(owner)
        top = self._footprints.top
        self._footprints.add(footprint)
        entries[key] = (answer, self._footprints.top, _NO_RING)
        self._footprints.top = top
        self._answers.kept += 1

    def change_busy(self, keys: dict[Key, int]) -> dict[Key, int]:
        """Have other questions being worked out; which these were."""
        before, self._busy = self._busy, keys
        return before

    def is_busy(self, key: object) -> bool:
        """Whether a question is being worked out."""
        return key in self._busy

    def count(self) -> int:
        """How many answers are kept."""
        return sum(len(entries) for entries, _ in self._kept.values())

    def end(self) -> None:
        """Forget all answers, and how they are found."""
        self._kept, self._all = {}, None
        self._find = self._unknown = _ended

    def drop(self, owner: int) -> int:
        """Forget what a document owns; how many answers that were."""
        owned = self._kept.pop(owner, None)
        if owned is not None and owned is self._all:
            self._all = self._begin(owner)
        return len(owned[0]) if owned is not None else 0


def _is_busy(ring: Ring) -> bool:
    return any(memo.is_busy(key) for memo, key in ring)


def _ended(key: object) -> Any:
    raise AssertionError(f"{key} was asked after the end")
