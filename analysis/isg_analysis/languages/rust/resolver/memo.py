"""Memo: remembers answers, cuts cycles, and forgets what was only answered because of a cut.

A question that is asked again while it is being answered gets the `unknown` answer. Whatever was worked out on the way
from there may be incomplete, so it is not kept, unless it was the outermost question: this makes answers independent
of the order of questions. All memos of a resolver share one Cuts.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")
_LIMIT = 300
_FRAMES = 12_000


class Cuts:
    """How many cycles were cut so far, and how deep the questions are nested."""

    __slots__ = ("count", "depth")

    def __init__(self) -> None:
        self.count = 0
        self.depth = 0
        sys.setrecursionlimit(max(sys.getrecursionlimit(), _FRAMES))


class Memo(Generic[Key, Answer]):
    """Answers by key. `find` may ask the same memo again."""

    __slots__ = ("_busy", "_cuts", "_find", "_known", "_unknown")

    def __init__(self, cuts: Cuts, unknown: Answer, find: Callable[[Key], Answer]) -> None:
        self._known: dict[Key, Answer] = {}
        self._busy: set[Key] = set()
        self._cuts = cuts
        self._unknown = unknown
        self._find = find

    def __call__(self, key: Key) -> Answer:
        """The answer; `unknown` inside a cycle and below the depth limit."""
        known = self._known
        if key in known:
            return known[key]
        cuts = self._cuts
        if key in self._busy or cuts.depth > _LIMIT:
            cuts.count += 1
            return self._unknown
        before = cuts.count
        self._busy.add(key)
        cuts.depth += 1
        try:
            found = self._find(key)
        finally:
            cuts.depth -= 1
            self._busy.discard(key)
        if cuts.count == before or not cuts.depth:
            known[key] = found
        return found
