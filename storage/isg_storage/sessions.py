"""Sessions: who has an index open for writing, so that deaths in the middle can be noticed.

A damaged page may end the process that touches it, before any exception. Such an index would end each
server that opens it. So a process leaves a file beside the data while it opens the index, and another
while it has it open; one that is there although its process is not tells of a death.

A death while opening is suspicious by itself: `environment` then looks whether the index is sound before it opens it.
Deaths later do no harm to LMDB's files; but the whole machine may have died. Then the index is not trusted until all of
it was looked at. Whoever closes it in good order leaves a note of how the data file looks then. If it looks different
although nobody has died and nobody has it open, something else has written into it, and it is used no more.
"""

from __future__ import annotations

import contextlib
import os
from functools import cache
from pathlib import Path

from isg_storage.tables import DATA_FILE

_OPENING = "opening-"
_OPEN = "session-"
_LEFT = "left"


def begin(generation: Path) -> None:
    """Say that this process is about to open the generation. Failing to do so harms nobody."""
    with contextlib.suppress(OSError):
        file = generation / f"{_OPENING}{os.getpid()}"
        file.touch(mode=0o600)
        file.write_text(_boot(), encoding="ascii")


def opened(generation: Path) -> None:
    """Say that it is open."""
    with contextlib.suppress(OSError):
        (generation / f"{_OPENING}{os.getpid()}").replace(generation / f"{_OPEN}{os.getpid()}")


def end(generation: Path, *, in_order: bool) -> None:
    """Say that this process closed it; `in_order`: all that is in it can be trusted."""
    if in_order or not _dead(generation, _OPEN):
        try:
            left(generation)
        except OSError:
            return  # taken for a death: that costs a look, and looking different costs the index
        forget_deaths(generation)
    _remove(generation / f"{_OPEN}{os.getpid()}")


def left(generation: Path) -> None:
    """Note how the data file looks now. In place, so that a full disk does not matter. Raises OSError."""
    handle = os.open(generation / _LEFT, os.O_WRONLY | os.O_CREAT, 0o600)
    with open(handle, "wb", buffering=0) as note:
        note.write(_looks(generation))


def is_as_left(generation: Path) -> bool:
    """Whether the data file looks as it was left; true, too, while another process may be writing, and where there is
    no note: versions of isg that leave none have another schema.
    """
    with contextlib.suppress(OSError):
        if (generation / _LEFT).read_bytes() != _looks(generation):
            return bool(_others(generation))
    return True


def forget_deaths(generation: Path) -> None:
    """Nobody needs to know any more who died with it open."""
    for process in _dead(generation, _OPEN):
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
    return [process for process in _processes(generation, prefix) if not _lives(generation / f"{prefix}{process}")]


def _others(generation: Path) -> list[int]:
    """Who else has it open; where that can't be told, who once had."""
    others = [process for process in _processes(generation, _OPEN) if process != os.getpid()]
    return [process for process in others if os.name != "posix" or _lives(generation / f"{_OPEN}{process}")]


def _processes(generation: Path, prefix: str) -> list[int]:
    try:
        names = os.listdir(generation)
    except OSError:
        return []
    processes = [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
    return [int(process) for process in processes if process.isdecimal()]


def _looks(generation: Path) -> bytes:
    state = os.stat(generation / DATA_FILE)
    return b"%020d %020d" % (state.st_size, state.st_mtime_ns)


def _lives(file: Path) -> bool:
    """Whether the process that left a file is still there."""
    try:
        if file.read_text(encoding="ascii", errors="replace") != _boot():
            return False  # its number is another process's by now
        os.kill(int(file.name.rpartition("-")[2]), 0)
    except (ProcessLookupError, OverflowError, FileNotFoundError):
        return False
    except OSError:
        return True  # somebody else's
    return True


@cache
def _boot() -> str:
    """Tells one start of this machine from another, where the system says so."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _remove(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink()
