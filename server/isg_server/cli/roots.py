"""Which directory a command means.

A PATH that was given, a directory or a code dump, is the workspace's root, as it stands. Without one it is the nearest
directory, from the current one upwards, that already has an index or is the root of a repository; if there is
none, the current directory. The home directory and the file system's root are never chosen for being
a repository: people keep their settings in one, and nobody wants it indexed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from isg_server.cli.terminal import Refusal

_REPOSITORY_MARKS = (".git", ".hg", ".jj", ".sl")


def given_root(path: str) -> Path:
    """The absolute form of a directory, or of a file that may be a code dump. Raises Refusal when it can't be a
    workspace.
    """
    root = Path(path).expanduser()
    if not root.exists():
        raise Refusal(f"{path}: there is no such directory")
    if not root.is_dir() and not root.is_file():
        raise Refusal(f"{path}: neither a directory nor a file")
    if not os.access(root, os.R_OK | os.X_OK if root.is_dir() else os.R_OK):
        raise Refusal(f"{path}: the {'directory' if root.is_dir() else 'file'} can't be read")
    return root.resolve()


def root_around(here: Path, has_index: Callable[[Path], bool]) -> Path:
    """The root for a command that was given none; `here` is absolute."""
    home = Path.home()
    for directory in (here, *here.parents):
        if has_index(directory):
            return directory
        shared = directory == home or directory.parent == directory
        if not shared and any((directory / mark).exists() for mark in _REPOSITORY_MARKS):
            return directory
    return here
