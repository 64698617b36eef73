"""Progress of indexing on standard error: bars on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from isg_server.cli.terminal import say

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from isg_analysis import Progress

SECONDS_BETWEEN_LINES = 3.0

_DOING = {"discover": "finding files", "extract": "reading files", "link": "linking"}


class _Display(Protocol):
    def show(self, stage: str, done: int, total: int) -> None: ...

    def close(self) -> None: ...


@contextmanager
def shown_progress(patience: float) -> Iterator[Callable[[Progress], None]]:
    """A callback for Workspace.index. Nothing is shown, or even imported, in the first `patience` seconds."""
    started = time.monotonic()
    display: _Display | None = None

    def progress(now: Progress) -> None:
        nonlocal display
        if display is None:
            if time.monotonic() - started < patience:
                return
            display = _TerminalDisplay() if sys.stderr.isatty() else LineDisplay(time.monotonic)
        display.show(now.stage, now.done, now.total)

    try:
        yield progress
    finally:
        if display is not None:
            display.close()


class LineDisplay:
    """A line now and then, for logs and pipes."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._next = clock() + SECONDS_BETWEEN_LINES

    def show(self, stage: str, done: int, total: int) -> None:
        """Say where things stand, unless something was said a moment ago."""
        now = self._clock()
        if now < self._next:
            return
        self._next = now + SECONDS_BETWEEN_LINES
        doing = _DOING.get(stage, stage)
        share = f" of {total} ({100 * done // total} %)" if total else ""
        say(f"{doing}: {done}{share}")

    def close(self) -> None:
        """Nothing is left open."""


class _TerminalDisplay:
    """One bar per stage; the bars vanish when all is done."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        columns = (TextColumn("{task.description:>13}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bars: Bars = Bars(*columns, console=Console(stderr=True), transient=True)
        self._tasks: dict[str, TaskID] = {}
        self._bars.start()

    def show(self, stage: str, done: int, total: int) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(_DOING.get(stage, stage), total=total or None)
        self._bars.update(self._tasks[stage], completed=done, total=total or None)

    def close(self) -> None:
        self._bars.stop()
