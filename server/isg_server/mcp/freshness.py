"""Freshness: the index behind the tools follows the files, for nobody tells of what an agent or another program wrote.

It is looked after before every answer, which costs a scan of names and times. A first index may take long: it is begun
as soon as somebody is there, an answer waits for it only so long, and says so when it did not come.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Self

from isg_analysis import IndexReport, Workspace

PATIENCE = 30.0
"""Seconds that an answer waits: clients wait for a minute."""
_STEP = 0.1
"""Seconds until somebody who waits is asked whether to go on."""


class Freshness:
    """Of one workspace. A context manager; leaving it stops what is running, and keeps what is stored."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="isg-index")
        self._stop = threading.Event()
        self._run: Future[IndexReport] | None = None

    def __enter__(self) -> Self:
        self._run = self._started()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._worker.shutdown()

    def wait(self, stopped: Callable[[], bool], patience: float = PATIENCE) -> bool:
        """Bring the index up to date with the files as they are now; whether that was done in time. What goes wrong is
        raised.
        """
        until = time.monotonic() + patience
        if self._run is not None and not self._ended(until, stopped):
            return False  # another run follows when it has ended: it may have begun before the last change
        self._run = self._started()
        return self._ended(until, stopped)

    def _ended(self, until: float, stopped: Callable[[], bool]) -> bool:
        run = self._run
        while run is not None and not run.done():
            left = until - time.monotonic()
            if left <= 0 or stopped():
                return False
            wait([run], min(left, _STEP))
        self._run = None
        if run is not None:
            run.result()
        return True

    def _started(self) -> Future[IndexReport]:
        return self._worker.submit(self._workspace.index, cancelled=self._stop.is_set)
