"""Generations: which files in an index's directory are the index.

    <directory>/generation-00000003/data.mdb, lock.mdb

The generation with the highest number is the index. One is never repaired, and its files are never
opened again once they are found bad: another process may still have them mapped. The next one is made
under a temporary name and renamed, so that a generation is there whole or not at all, and of several
processes that make the same one exactly one wins. Older ones are removed; whoever has them open goes
on with files that have no name any more.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from isg_storage.errors import ReadOnlyError, translated

_PREFIX = "generation-"
_NEW = ".new-"
_OLD = ".old-"
_CONDEMNED = "condemned"
_ABANDONED_AFTER = 3600.0  # seconds; nobody takes as long as that to make an empty generation
_MODE = 0o700


def prepare(directory: Path) -> None:
    """Make the directory, for its owner's eyes only. Raises ReadOnlyError or FullError."""
    try:
        directory.mkdir(mode=_MODE, parents=True, exist_ok=True)
        state = directory.stat()
        if hasattr(os, "geteuid") and state.st_uid != os.geteuid():
            raise ReadOnlyError(f"{directory} belongs to another user")
        if state.st_mode & 0o077:
            directory.chmod(_MODE)
    except OSError as problem:
        raise translated(problem, f"cannot use {directory}") from problem


def newest(directory: Path) -> tuple[int, Path] | None:
    """(number, path) of the generation that is the index, None if there is none."""
    numbers = [number for number, _ in _generations(directory)]
    return (max(numbers), _path(directory, max(numbers))) if numbers else None


def create(directory: Path, number: int, fill: Callable[[Path], None]) -> bool:
    """Make generation `number`, its content by `fill`. False if another process was faster; then theirs is there."""
    made = directory / f"{_NEW}{secrets.token_hex(8)}"
    try:
        made.mkdir(mode=_MODE)
        fill(made)
        made.rename(_path(directory, number))
    except OSError as problem:
        if problem.errno in (errno.EEXIST, errno.ENOTEMPTY) or (os.name == "nt" and _path(directory, number).exists()):
            return False
        raise translated(problem, f"cannot make an index in {directory}") from problem
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return True


def sweep(directory: Path, number: int) -> None:
    """Remove generations older than `number` and what killed processes left behind, as far as possible."""
    for old, path in _generations(directory):
        if old < number:
            _remove(directory, path)
    for entry in _entries(directory):
        if entry.name.startswith(_OLD) or (entry.name.startswith(_NEW) and _age(entry) > _ABANDONED_AFTER):
            shutil.rmtree(entry.path, ignore_errors=True)


def remove_all(directory: Path) -> bool:
    """Remove every generation; whether there was one. Raises ReadOnlyError if that is not possible."""
    found = _generations(directory)
    for _, path in found:
        _remove(directory, path)
        if path.exists():
            raise ReadOnlyError(f"cannot remove {path}")
    sweep(directory, 0)
    with contextlib.suppress(OSError):
        directory.rmdir()
    return bool(found)


def condemn(generation: Path, reason: str) -> None:
    """Mark a generation as bad: whoever opens the index next replaces it."""
    try:
        (generation / _CONDEMNED).write_text(reason, encoding="utf-8", errors="replace")
    except OSError as problem:
        if not isinstance(problem, FileNotFoundError):  # gone is as good as condemned
            raise translated(problem, f"cannot mark {generation}") from problem


def condemned(generation: Path) -> str | None:
    """Why the generation is bad, None if nobody said that it is."""
    try:
        return (generation / _CONDEMNED).read_text(encoding="utf-8", errors="replace") or "unknown"
    except OSError:
        return None


def _generations(directory: Path) -> list[tuple[int, Path]]:
    return [
        (int(entry.name[len(_PREFIX) :]), Path(entry.path))
        for entry in _entries(directory)
        if entry.name.startswith(_PREFIX) and entry.name[len(_PREFIX) :].isdecimal()
    ]


def _entries(directory: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return list(entries)
    except FileNotFoundError:
        return []
    except OSError as problem:
        raise translated(problem, f"cannot read {directory}") from problem


def _path(directory: Path, number: int) -> Path:
    return directory / f"{_PREFIX}{number:08d}"


def _remove(directory: Path, generation: Path) -> None:
    # Renamed first: a process that is about to open it finds nothing rather than half of it.
    doomed = directory / f"{_OLD}{secrets.token_hex(8)}"
    try:
        generation.rename(doomed)
    except OSError:
        return
    shutil.rmtree(doomed, ignore_errors=True)


def _age(entry: os.DirEntry[str]) -> float:
    try:
        return time.time() - entry.stat(follow_symlinks=False).st_mtime
    except OSError:
        return 0.0
