"""Noticing that a branch was switched, where nobody tells of it: git's own files change with the work tree's.

Two `stat` calls, at most once a second, when something is asked anyway. What changes without git is looked for when
documents are opened and saved (`session`). Reads nothing of git's but the file that says where a work tree's
directory is.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

INTERVAL = 1.0
"""Seconds in which it is looked once."""
_NAMES = ("HEAD", "index")
_MOST = 4096


class Branch:
    """The state of the repository that a folder belongs to; one that belongs to none never changes."""

    def __init__(self, folder: Path) -> None:
        directory = _directory_of(folder)
        self._files = [] if directory is None else [directory / name for name in _NAMES]
        self._state = self._look()
        self._looked = time.monotonic()

    def switched(self) -> bool:
        """Whether it is another state than the last time; not looked at again so soon."""
        now = time.monotonic()
        if not self._files or now - self._looked < INTERVAL:
            return False
        self._looked = now
        before, self._state = self._state, self._look()
        return self._state != before

    def _look(self) -> list[tuple[int, int] | None]:
        return [_state_of(file) for file in self._files]


def _directory_of(folder: Path) -> Path | None:
    """Git's directory for a folder: in it or above it."""
    for above in (folder, *folder.parents):
        found = above / ".git"
        if found.is_dir():
            return found
        if found.is_file():
            return _pointed_to(found)
    return None


def _pointed_to(file: Path) -> Path | None:
    try:
        with file.open(encoding="utf-8", errors="surrogateescape") as opened:
            key, _, value = opened.read(_MOST).partition(":")
    except OSError:
        return None
    return file.parent / value.strip() if key == "gitdir" and value.strip() else None


def _state_of(file: Path) -> tuple[int, int] | None:
    try:
        state = os.stat(file)
    except (OSError, ValueError):
        return None
    return state.st_mtime_ns, state.st_size
