"""Sessions: who has an index open for writing, so that deaths in the middle can be noticed.

A damaged page may end the process that touches it, before any exception. Such an index would end each
server that opens it. So a process leaves a file beside the data while it opens the index, and another
while it has it open; one that is there although its process is not tells of a death.

A death while opening is suspicious by itself: `environment` then looks whether the index is sound
before it opens it. Deaths later are counted in `Environment.unclean_ends`, for the caller to judge.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_OPENING = "opening-"
_OPEN = "session-"


def begin(generation: Path) -> None:
    """Say that this process is about to open the generation. Failing to do so harms nobody."""
    with contextlib.suppress(OSError):
        (generation / f"{_OPENING}{os.getpid()}").touch(mode=0o600)


def opened(generation: Path) -> None:
    """Say that it is open."""
    with contextlib.suppress(OSError):
        (generation / f"{_OPENING}{os.getpid()}").replace(generation / f"{_OPEN}{os.getpid()}")


def end(generation: Path) -> None:
    """Say that this process closed it in good order, which also clears those that died before."""
    for process in (os.getpid(), *_dead(generation, _OPEN)):
        _remove(generation / f"{_OPEN}{process}")


def failed(generation: Path) -> None:
    """Say that it could not be opened, but nobody died of it."""
    _remove(generation / f"{_OPENING}{os.getpid()}")


def unclean_ends(generation: Path) -> int:
    """How many processes died with the generation open since one closed it in good order."""
    return len(_dead(generation, _OPEN))


def died_opening(generation: Path) -> bool:
    """Whether a process died while it opened the generation."""
    return bool(_dead(generation, _OPENING))


def acquit(generation: Path) -> None:
    """The generation was looked at and is sound: forget who died opening it."""
    for process in _dead(generation, _OPENING):
        _remove(generation / f"{_OPENING}{process}")


def _dead(generation: Path, prefix: str) -> list[int]:
    if os.name != "posix":
        return []  # asking whether a process lives is not harmless elsewhere
    try:
        names = os.listdir(generation)
    except OSError:
        return []
    processes = [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
    return [int(process) for process in processes if process.isdecimal() and not _lives(int(process))]


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True  # somebody else's
    return True


def _remove(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink()
