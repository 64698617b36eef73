"""One thread that does one thing after another, in the order given, away from the event loop.

Two of them exist: one answers and applies edits, so that a question never overtakes the edit before it; the other
indexes. What is cancelled before its turn never starts. The thread is a daemon: whatever it hangs in, the process
can end.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
_SHARE_FOR_WORK = 0.8


class Patience:
    """How long a question may be worked on. Its thread asks `ended`; the event loop calls `end` when nobody waits."""

    def __init__(self, seconds: float) -> None:
        """`seconds`: the client's; the work stops a little earlier, so that what is known by then can be answered."""
        self._deadline = time.monotonic() + seconds * _SHARE_FOR_WORK
        self._given_up = threading.Event()

    def end(self) -> None:
        """The answer is no longer wanted."""
        self._given_up.set()

    def ended(self) -> bool:
        """Whether to stop and answer what is known."""
        return self._given_up.is_set() or time.monotonic() > self._deadline


class Line:
    """A queue with one thread behind it, started when first used."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tasks: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def submit(self, task: Callable[[], T]) -> Future[T]:
        """Puts a task at the end; from the event loop only."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
        future: Future[T] = Future()
        self._tasks.put((future, task))
        return future

    async def run(self, task: Callable[[], T]) -> T:
        """Puts a task at the end and waits for it; cancelled, it is taken out if it has not started."""
        return await asyncio.wrap_future(self.submit(task))

    def close(self) -> None:
        """Ends the thread after what has been submitted."""
        self._tasks.put(None)

    def _work(self) -> None:
        while (submitted := self._tasks.get()) is not None:
            future, task = submitted
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(task())
            except BaseException as error:  # the waiter's to handle, whatever it is
                future.set_exception(error)
            del submitted, future, task
