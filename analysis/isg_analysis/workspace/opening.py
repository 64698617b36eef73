"""Where a root's index is kept, and opening it: in the cache, or for this session only where there is no cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from platformdirs import user_cache_path

from isg_analysis.errors import WorkspaceError
from isg_analysis.workspace.records import fingerprint
from isg_storage import Environment, FullError, ReadOnlyError, StorageError

_ENOUGH_DEATHS = 2
"""After so many processes died with the index open, it is read through before it is trusted."""
_NAME_LENGTH = 64


def checked_root(root: Path) -> Path:
    """The root with links resolved. Raises WorkspaceError unless it is a directory that can be read."""
    try:
        resolved = root.resolve(strict=True)
        if not resolved.is_dir():
            raise WorkspaceError(f"{root} is not a directory")
        os.scandir(resolved).close()
    except (OSError, RuntimeError) as problem:
        raise WorkspaceError(f"{root}: {getattr(problem, 'strerror', None) or problem}") from problem
    return resolved


def location(root: Path, cache: Path | None) -> Path:
    """Where the index of a root is kept: in `cache`, or in the user's cache directory."""
    root = root.resolve()
    digest = hashlib.blake2b(os.fsencode(root), digest_size=8).hexdigest()
    name = (root.name or "root").encode("utf-8", "surrogateescape")[:_NAME_LENGTH].decode("utf-8", "ignore")
    base = (cache or user_cache_path("isg", appauthor=False)).resolve()
    return base / "workspaces" / f"{name}-{digest}"


def refuse_inside(root: Path, cache: Path | None) -> None:
    """Raises WorkspaceError for a chosen cache inside the root: what is in an index is trusted, and a repository
    could bring its own.
    """
    if cache is not None and cache.resolve().is_relative_to(root):
        raise WorkspaceError(f"the cache directory {cache} lies inside the workspace {root}: choose another one")


class OpenedIndex:
    """An environment and how it came to be. `messages` is what the user should know, a sentence each."""

    def __init__(self, place: Path) -> None:
        """Open the index at `place`, or a temporary one. Raises WorkspaceError when neither can be had."""
        self.messages: list[str] = []
        self._temporary: str | None = None
        try:
            self.environment = Environment.open(place, fingerprint())
        except (ReadOnlyError, FullError) as problem:
            self._open_temporary(str(problem))
        except StorageError as problem:
            raise WorkspaceError(str(problem)) from problem
        self._say_if_rebuilt()
        self._suspicious = self.environment.unclean_ends >= _ENOUGH_DEATHS

    def check(self) -> None:
        """Read the index through, once, if processes died with it open; replace it if it is damaged."""
        if self._suspicious:
            from isg_storage.inspection import verify

            self._suspicious = False
            if problem := verify(self.environment.directory):
                self.replace(problem)

    def replace(self, problem: str) -> None:
        """Put an empty index in the place of a damaged one."""
        place = self.environment.directory
        self.environment.condemn(problem)
        self.environment.close()
        self.environment = Environment.open(place, fingerprint())
        self._say_if_rebuilt()

    def move_to_memory(self, problem: str) -> None:
        """Go on in a temporary directory. Raises WorkspaceError when that is where the index is already."""
        if self._temporary is not None:
            raise WorkspaceError(f"the index can't be written: {problem}")
        self.environment.close()
        self._open_temporary(problem)

    def close(self) -> None:
        """Close the environment; a temporary one is removed."""
        self.environment.close()
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def _open_temporary(self, problem: str) -> None:
        try:
            self._temporary = tempfile.mkdtemp(prefix="isg-")
            self.environment = Environment.open(Path(self._temporary), fingerprint())
        except (OSError, StorageError) as second:
            raise WorkspaceError(f"the index can't be written: {problem}; nor a temporary one: {second}") from second
        self.messages.append(f"{problem}; the index is kept for this session only")

    def _say_if_rebuilt(self) -> None:
        if self.environment.rebuilt:
            self.messages.append(f"the index is made anew: {self.environment.rebuilt_reason}")
