"""Where a root's index is kept, and opening it: in the cache, or for this session only where there is no cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from platformdirs import user_cache_path

from isg_analysis.errors import WorkspaceError
from isg_analysis.workspace.records import fingerprint
from isg_analysis.workspace.source import checked_source
from isg_storage import Environment, FullError, ReadOnlyError, StorageError

_NAME_LENGTH = 64
_MEMORY = "/dev/shm"
"""Where there is such a place, it is no disk that could be full, too."""


def checked_root(root: Path) -> Path:
    """The root with links resolved. Raises WorkspaceError unless it is a directory or a code dump that can be read."""
    try:
        resolved = root.resolve(strict=True)
    except (OSError, RuntimeError) as problem:
        raise WorkspaceError(f"{root}: {getattr(problem, 'strerror', None) or problem}") from problem
    checked_source(resolved)
    return resolved


def location(root: Path, cache: Path | None) -> Path:
    """Where the index of a root is kept: in `cache`, or in the user's cache directory."""
    root = root.resolve()
    digest = hashlib.blake2b(os.fsencode(root), digest_size=8).hexdigest()
    name = (root.name or "root").encode("utf-8", "surrogateescape")[:_NAME_LENGTH].decode("utf-8", "ignore")
    return cache_directory(cache) / "workspaces" / f"{name}-{digest}"


def cache_directory(chosen: Path | None) -> Path:
    """The directory of all indexes: the one that was chosen, or the user's."""
    return (chosen or user_cache_path("isg", appauthor=False)).resolve()


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
        self._places = _temporary_places()
        try:
            self.environment = Environment.open(place, fingerprint())
        except (ReadOnlyError, FullError) as problem:
            self._open_temporary(str(problem))
        except StorageError as problem:
            raise WorkspaceError(str(problem)) from problem
        self._say_if_rebuilt()
        self._damage = ""

    def suspect(self, problem: str) -> bool:
        """Damage was met: who opens the index next replaces it, or this process by `check`. Whether that is news."""
        if self._damage:
            return False
        self._damage = problem
        with suppress(StorageError):
            self.environment.condemn(problem)
        return True

    def check(self) -> bool:
        """Replace an index that is known to be damaged, or that is not trusted and turns out to be; whether it was.

        Looking costs a process, and the time to read everything once.
        """
        if not self._damage and not self.environment.trusted:
            found = self._examined()
            self._damage = self._damage or found
            if not self._damage:
                self.environment.trust()
        if self._damage:
            self.replace(self._damage)
            return True
        return False

    def _examined(self) -> str:
        """What is wrong. A death by itself harms no file; after more of them, what is in it may be the reason."""
        if self.environment.unclean_ends == 1:
            from isg_storage.inspection import verify

            return verify(self.environment.directory)
        from isg_analysis.workspace.checking import examine

        return examine(self.environment.directory)

    def replace(self, problem: str) -> None:
        """Put an empty index in the place of a damaged one."""
        old = self.environment
        old.condemn(problem)
        self.environment = Environment.open(old.directory, fingerprint())
        self._damage = ""  # not before: questions go on meeting it
        old.close()
        self._say_if_rebuilt()

    def move_to_memory(self, problem: str) -> None:
        """Go on in a temporary directory. Raises WorkspaceError when there is none that can be used."""
        old, before = self.environment, self._temporary
        self._open_temporary(problem)
        old.close()
        if before is not None:
            shutil.rmtree(before, ignore_errors=True)

    def close(self) -> None:
        """Close the environment; a temporary one is removed."""
        self.environment.close()
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def _open_temporary(self, problem: str) -> None:
        """In the first place that was not tried yet and works."""
        before = self._temporary
        second: Exception | None = None
        while self._places:
            try:
                self._temporary = tempfile.mkdtemp(prefix="isg-", dir=self._places.pop(0))
                self.environment = Environment.open(Path(self._temporary), fingerprint())
            except (OSError, StorageError) as error:
                second = error
            else:
                if before is None:
                    self.messages.append(f"{problem}; the index is kept for this session only")
                return
        nor = f"; nor a temporary one: {second}" if second else ""
        raise WorkspaceError(f"the index can't be written: {problem}{nor}") from second

    def _say_if_rebuilt(self) -> None:
        if self.environment.rebuilt:
            self.messages.append(f"the index is made anew: {self.environment.rebuilt_reason}")


def _temporary_places() -> list[str | None]:
    return [None, _MEMORY] if os.path.isdir(_MEMORY) else [None]
