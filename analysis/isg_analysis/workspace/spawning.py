"""Worker processes: spawned, never forked; without the caller's main module; gone when their parent is gone."""

from __future__ import annotations

import os
import signal
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import parent_process
from multiprocessing.connection import wait
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any


def new_processes(jobs: int) -> ProcessPoolExecutor:
    """A pool of so many processes; they start when work comes."""
    return ProcessPoolExecutor(jobs, mp_context=PlainSpawn(), initializer=prepare_worker)


class _PlainProcess(SpawnProcess):
    """A spawned process that does not run the caller's main module again.

    Workers need nothing of it, and a script without the `__main__` guard would start itself over and over.
    """

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:  # noqa: N802 - the name multiprocessing calls it by
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            return SpawnProcess._Popen(process_obj)
        finally:
            sys.modules["__main__"] = main


class PlainSpawn(SpawnContext):
    """The spawn start method with `_PlainProcess`."""

    Process = _PlainProcess


def prepare_worker() -> None:
    """Initialiser of pool processes: leave Ctrl-C to the parent, end when it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
