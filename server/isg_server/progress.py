"""Progress of one indexing run, as the client's progress bar shows it.

Fed from the indexing thread as often as it likes; what the client sees is at most ten reports a second, and a
percentage that never falls. Says nothing before the client has accepted the token, and nothing at all if it never does.
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from isg_server.client import Client

if TYPE_CHECKING:
    from isg_analysis import Progress

INTERVAL = 0.1
_SHARES = {"discover": (0, 5), "extract": (5, 55), "link": (60, 40)}
"""Where each stage starts on the bar and how much of it is its own, in percent."""


class IndexProgress:
    """The bar of one run. `update` may be called on any thread, everything else on the loop."""

    def __init__(self, client: Client, title: str) -> None:
        self.token = f"isg-index-{uuid.uuid4()}"
        self._client, self._title = client, title
        self._percent = 0
        self._stage, self._stage_start, self._sent = "", 0.0, 0.0
        self._begun = self._ended = False

    async def begin(self) -> None:
        """Asks the client for a bar and shows it."""
        if not self._client.features.progress:
            return
        try:
            await self._client.request(
                types.WINDOW_WORK_DONE_PROGRESS_CREATE, types.WorkDoneProgressCreateParams(self.token)
            )
        except (JsonRpcException, TimeoutError):
            return  # the client wants no bar: indexing goes on without
        if not self._ended:
            self._begun = True
            self._client.progress(
                self.token, types.WorkDoneProgressBegin(title=self._title, cancellable=True, percentage=0)
            )

    def update(self, step: Progress) -> None:
        """Takes in how far a stage is."""
        now = time.monotonic()
        if step.stage != self._stage:
            self._stage, self._stage_start = step.stage, now
        elif now - self._sent < INTERVAL:
            return
        self._sent = now
        start, share = _SHARES.get(step.stage, (0, 0))
        self._percent = max(self._percent, start + share * step.done // max(step.total, 1))
        self._client.on_loop(self._report, describe(step, now - self._stage_start), self._percent)

    def end(self, message: str) -> None:
        """Takes the bar away, with a last word."""
        self._ended = True
        if self._begun:
            self._client.progress(self.token, types.WorkDoneProgressEnd(message=message))

    def _report(self, message: str, percent: int) -> None:
        if self._begun and not self._ended:
            self._client.progress(
                self.token, types.WorkDoneProgressReport(message=message, percentage=percent, cancellable=True)
            )


def describe(step: Progress, seconds: float) -> str:
    """ "extract: 120 / 300 files, 4 s left"; `seconds` is how long the stage has taken so far."""
    text = f"{step.stage}: {step.done} / {step.total} files"
    if 0 < step.done < step.total and seconds >= 1:
        text += f", {max(1, round(seconds / step.done * (step.total - step.done)))} s left"
    return text
