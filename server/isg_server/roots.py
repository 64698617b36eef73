"""Roots: the outermost folders the client opened, each with its Workspace, and which of them a path belongs to.

A folder inside another root gets no Workspace of its own: the outer one answers for it. URIs come out spelled as the
client spelled the folder, whatever links lead there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from isg_server.outside import Branch
from isg_server.settings import Settings
from isg_server.uris import quoted, relative, to_uri

if TYPE_CHECKING:
    from isg_analysis import Workspace


@dataclass(eq=False, slots=True)
class Root:
    """One root that is open. `scanned`: whether its index has been brought up to date since it was opened; `filling`:
    whether, until then, it holds only a part of what it should.
    """

    path: Path
    workspace: Workspace
    settings: Settings
    scanned: bool = False
    filling: bool = False
    address: str = field(init=False)
    """Its own URI."""
    uris: dict[str, str] = field(default_factory=dict)
    """The client's own spelling of URIs of open documents, by relative path."""
    branch: Branch = field(init=False)
    edition: object = field(init=False)
    """The index that `scanned` and `filling` speak of; see Workspace."""
    _told: int = 0

    def __post_init__(self) -> None:
        self.address = to_uri(self.path).rstrip("/")
        self.branch = Branch(self.path)
        self.edition = self.workspace.edition

    def uri(self, path: str) -> str:
        """The URI of a root-relative path."""
        return self.uris.get(path) or f"{self.address}/{quoted(path)}"

    def news(self) -> list[str]:
        """What the user should know about the index and was not given out by this yet."""
        messages = list(self.workspace.messages)[self._told :]
        self._told += len(messages)
        return messages

    def close(self) -> None:
        """Closes the Workspace."""
        self.workspace.close()


class Roots:
    """The open roots, in the client's order. Changed on one thread only; reading a copy is safe anywhere."""

    def __init__(self) -> None:
        self._open: tuple[Root, ...] = ()

    def __iter__(self) -> Iterator[Root]:
        return iter(self._open)

    def add(self, root: Root) -> None:
        """Adds an open root."""
        self._open = (*self._open, root)

    def remove(self, root: Root) -> None:
        """Takes a root out; closing it is the caller's."""
        self._open = tuple(one for one in self._open if one is not root)

    def route(self, path: Path | None) -> tuple[Root, str] | None:
        """The root a path lies in and its path from there; None for a path outside of all.

        Tries the path as it is spelled first, then with links followed on both sides.
        """
        if path is None:
            return None
        for root in self._open:
            found = relative(path, root.path)
            if found is not None and found != ".":
                return root, found
        real = Path(os.path.realpath(path))
        for root in self._open:
            found = relative(real, Path(os.path.realpath(root.path)))
            if found is not None and found != ".":
                return root, found
        return None


def outermost(folders: Iterable[Path]) -> list[Path]:
    """The folders that lie in none of the others, without repetition, in order."""
    given = list(dict.fromkeys(folders))
    return [folder for folder in given if not any(folder != other and folder.is_relative_to(other) for other in given)]
