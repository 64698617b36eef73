"""Ingested: which directories hold the index of a code dump, so that a directory can stand for the dump it was made of.

It is written down in the user's cache and not in the directory: what is in an index is trusted, and a repository could
bring a directory that claims to be one.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from isg_analysis.errors import WorkspaceError
from isg_analysis.workspace.opening import cache_directory


def remember(directory: Path, dump: Path, cache: Path | None) -> None:
    """Keep in mind that `directory`, made where it is missing, is for the index of `dump`.

    Raises WorkspaceError for one that holds anything else, or can't be made.
    """
    known = remembered(directory, cache)
    try:
        if known is None and directory.exists() and any(directory.iterdir()):
            raise WorkspaceError(f"{directory} is not empty: name a new directory for the index")
        directory.mkdir(parents=True, exist_ok=True)
        place = _place(directory, cache)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = place.with_suffix(f".{os.getpid()}")
        beside.write_bytes(os.fsencode(dump.resolve()))
        beside.replace(place)
    except OSError as problem:
        raise WorkspaceError(f"{problem.filename or directory}: {problem.strerror or problem}") from problem


def remembered(directory: Path, cache: Path | None) -> Path | None:
    """The dump whose index the directory is for."""
    try:
        return Path(os.fsdecode(_place(directory, cache).read_bytes()))
    except OSError:
        return None


def _place(directory: Path, cache: Path | None) -> Path:
    digest = hashlib.blake2b(os.fsencode(directory.resolve()), digest_size=8).hexdigest()
    return cache_directory(cache) / "ingested" / digest
