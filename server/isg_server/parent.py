"""Watching the process that started the server, which may die without a word: an orphan would index for nobody."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable

POLL_SECONDS = 1.0


def watch(pid: int, loop: asyncio.AbstractEventLoop, died: Callable[[], None]) -> None:
    """Calls `died` on the loop once the process is gone.

    A process that can't be seen from the start is not watched: the client may live in another container.
    """
    if not alive(pid):
        return
    if hasattr(os, "pidfd_open"):
        try:
            descriptor = os.pidfd_open(pid)
        except OSError:
            pass  # an old kernel, or no permission
        else:
            loop.add_reader(descriptor, _ended, loop, descriptor, died)
            return
    loop.call_later(POLL_SECONDS, _poll, pid, loop, died)


def alive(pid: int) -> bool:
    """Whether there is a process of this id that can be seen."""
    if pid <= 0:
        return False
    if sys.platform == "win32":  # os.kill would end it there
        import ctypes

        synchronize, timed_out = 0x00100000, 0x102
        handle = ctypes.windll.kernel32.OpenProcess(synchronize, False, pid)
        if not handle:
            return False
        try:
            waited: int = ctypes.windll.kernel32.WaitForSingleObject(handle, 0)
            return waited == timed_out
        finally:
            ctypes.windll.kernel32.CloseHandle(handle)
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def _ended(loop: asyncio.AbstractEventLoop, descriptor: int, died: Callable[[], None]) -> None:
    loop.remove_reader(descriptor)
    os.close(descriptor)
    died()


def _poll(pid: int, loop: asyncio.AbstractEventLoop, died: Callable[[], None]) -> None:
    if alive(pid):
        loop.call_later(POLL_SECONDS, _poll, pid, loop, died)
    else:
        died()
