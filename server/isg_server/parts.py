"""An answer in parts, for a client that gave a `partialResultToken`: what is found goes out while the query goes on.

Certain hits only: whether the others are to be shown is known when all are. A query that is quick and finds little is
answered as a whole, as without a token; once a part went out, LSP wants the answer itself to be empty. Lives in the
thread of its question.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import msgspec

from isg_analysis.model.occurrence import Confidence
from isg_analysis.queries import Hit, Limits
from isg_server.shapes import encoded

MOST = 500
"""Results in one part."""
INTERVAL = 0.1
"""Seconds that something found waits for more to go out with it."""


class Parts:
    """The parts of one answer."""

    def __init__(self, send: Callable[[msgspec.Raw], None], given_up: Callable[[], bool]) -> None:
        """`send` gets each part as JSON, until nobody waits for the answer any more."""
        self._send, self._given_up = send, given_up
        self._convert: Callable[[list[Hit]], list[Any]] = lambda _: []
        self._waiting: list[Hit] = []
        self._known: set[tuple[int, int, int]] = set()
        self._due = time.monotonic() + INTERVAL
        self._begun = False

    def limits(self, limits: Limits, convert: Callable[[list[Hit]], list[Any]]) -> Limits:
        """These limits, for one query whose hits go out as they are found. `convert` makes results of them."""
        self._convert = convert

        def stopped() -> bool:
            self._flush_if_due()
            return limits.stopped()

        return replace(limits, stopped=stopped, found=self._found)

    def rest(self, hits: Iterable[Hit]) -> list[Hit]:
        """Those of the hits that did not go out yet."""
        self._known.difference_update(map(_place, self._waiting))
        self._waiting.clear()
        return [hit for hit in hits if _place(hit) not in self._known]

    def last(self, result: Any) -> Any:
        """The answer, of what did not go out yet; sends it in parts where it is long or where there were parts."""
        results = result if isinstance(result, list) else []
        if len(results) <= MOST and not self._begun:
            return result
        for start in range(0, len(results), MOST):
            self._part(results[start : start + MOST])
        return []

    def _found(self, hit: Hit) -> None:
        if hit.confidence == Confidence.CERTAIN and _place(hit) not in self._known:
            self._known.add(_place(hit))
            self._waiting.append(hit)
            if len(self._waiting) >= MOST:
                self._flush()
        self._flush_if_due()

    def _flush_if_due(self) -> None:
        if time.monotonic() >= self._due and self._waiting:
            self._flush()

    def _flush(self) -> None:
        hits, self._waiting = self._waiting, []
        self._part(self._convert(hits))
        self._due = time.monotonic() + INTERVAL

    def _part(self, results: list[Any]) -> None:
        self._begun = True
        if not self._given_up():
            self._send(encoded(results))


def _place(hit: Hit) -> tuple[int, int, int]:
    return hit.document, hit.start, hit.end
