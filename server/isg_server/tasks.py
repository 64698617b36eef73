"""Doing one thing after another, in the order given, away from the event loop.

Two lines exist: one answers and applies edits, so that a question never overtakes the edit before it; the other
indexes. What is cancelled before its turn never starts. A question that takes long is left behind: its thread finishes
it alone, on the snapshot it has, and another one goes on with the line. Edits are never left behind, so whatever comes
after one sees it. Threads are daemons: whatever they hang in, the process can end.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
_SHARE_FOR_WORK = 0.8
HOLD_UP = 0.05
"""Seconds that a question may keep what comes after it waiting."""
MOST_BEHIND = 3
"""So many questions may be left behind at a time."""
LONG = 1.0
"""Seconds that a question may take while others wait and no more can be left behind."""
CALM = 0.005
"""Seconds after a task in which the next one is still expected: who types asks at once."""


class Patience:
    """How long a question may be worked on. Its thread asks `ended`; the event loop calls `end` when nobody waits."""

    def __init__(self, seconds: float) -> None:
        """`seconds`: the client's; the work stops a little earlier, so that what is known by then can be answered."""
        self._deadline = time.monotonic() + seconds * _SHARE_FOR_WORK
        self._given_up = threading.Event()

    def within(self, seconds: float) -> Callable[[], bool]:
        """`ended`, but after so many seconds at the latest."""
        until = time.monotonic() + seconds
        return lambda: self.ended() or time.monotonic() > until

    def end(self) -> None:
        """The answer is no longer wanted."""
        self._given_up.set()

    def hurry(self) -> None:
        """Others wait: it is time to answer what is known."""
        self._deadline = 0.0

    def given_up(self) -> bool:
        """Whether nobody waits for an answer any more."""
        return self._given_up.is_set()

    def ended(self) -> bool:
        """Whether to stop and answer what is known."""
        return self._given_up.is_set() or time.monotonic() > self._deadline


@dataclass(slots=True, eq=False)
class _Task:
    future: Future[Any]
    work: Callable[[], Any]
    hurry: Callable[[], None] | None
    """Of what may be left behind: asks it to come to an end."""
    began: float = 0.0
    quiet: bool = False
    """Whether the line rests while it is worked on."""

    def is_over(self, seconds: float) -> bool:
        """Whether it may be left behind and is worked on for longer than this."""
        return self.hurry is not None and time.monotonic() - self.began > seconds


class Line:
    """A queue with a thread behind it, started when first used."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._current: _Task | None = None
        self._thread: threading.Thread | None = None
        self._behind: list[_Task] = []
        self._watched = False
        self._rests = threading.Event()
        self._rests.set()
        self._rested = 0.0
        """When the last task came to its end."""

    @property
    def left_behind(self) -> int:
        """How many questions are still worked on by threads of their own."""
        return len(self._behind)

    @property
    def rests(self) -> bool:
        """Whether nothing was to be done for a moment. For any thread."""
        return self._rests.is_set() and time.monotonic() - self._rested > CALM

    def submit(
        self, task: Callable[[], T], *, hurry: Callable[[], None] | None = None, quiet: bool = False
    ) -> Future[T]:
        """Puts a task at the end; from the event loop only. With `hurry`, what follows need not wait for it; that is
        called when too much is left behind, and the task should end soon then. `quiet`: nobody waits for it, so what
        makes room for the line need not for this.
        """
        if self._thread is None:
            self._start()
        self._watch()
        future: Future[T] = Future()
        if not quiet:
            self._rests.clear()
        self._tasks.put(_Task(future, task, hurry, quiet=quiet))
        return future

    async def run(self, task: Callable[[], T], *, hurry: Callable[[], None] | None = None) -> T:
        """Puts a task at the end and waits for it; cancelled, it is taken out if it has not started."""
        return await asyncio.wrap_future(self.submit(task, hurry=hurry))

    def wait_for_rest(self, until: float) -> None:
        """From any other thread: returns when the line rests, or at that time (monotonic)."""
        while (left := until - time.monotonic()) > 0:
            if self._rests.wait(left):
                calm = self._rested + CALM - time.monotonic()
                if calm <= 0:
                    return
                time.sleep(min(calm, left))

    def close(self) -> None:
        """Ends the thread after what has been submitted."""
        self._tasks.put(None)

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        """Looks from time to time whether anything waits too long."""
        if not self._watched:
            self._watched = True
            asyncio.get_running_loop().call_later(HOLD_UP / 2, self._look)

    def _look(self) -> None:
        self._watched = False
        if self._tasks.empty():
            return
        with self._lock:
            task = self._current
            if task is not None and task.is_over(HOLD_UP):
                if len(self._behind) < MOST_BEHIND:
                    self._behind.append(task)
                    self._current = None
                    self._start()
                else:
                    self._hurry([*self._behind, task])
        self._watch()

    @staticmethod
    def _hurry(tasks: list[_Task]) -> None:
        for task in tasks:
            if task.hurry is not None and task.is_over(LONG):
                task.hurry()

    def _next(self) -> _Task | None:
        if self._tasks.empty() and not self._rests.is_set():
            self._rested = time.monotonic()
            self._rests.set()
        task = self._tasks.get()
        if task is not None and not task.quiet:
            self._rests.clear()  # it may have come just before that was set
        return task

    def _work(self) -> None:
        while (task := self._next()) is not None:
            if not task.future.set_running_or_notify_cancel():
                continue
            with self._lock:
                task.began, self._current = time.monotonic(), task
            try:
                task.future.set_result(task.work())
            except BaseException as error:  # the waiter's to handle, whatever it is
                task.future.set_exception(error)
            with self._lock:
                if self._current is not task:  # left behind: another thread has taken over
                    self._behind.remove(task)
                    return
                self._current = None
            del task
