"""Baseline: findings that a code base has already and that are not to be reported again.

A JSON document {"version": 1, "findings": [keys]}, sorted, one a line, so that merging it is easy. A key tells the
cycle itself: it stays the same when lines move, and goes when the cycle goes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from pathlib import Path

from isg_server.errors import ServerError

_VERSION = 1


class BaselineError(ServerError):
    """The file can't be read as a baseline, or not be written."""


def read_baseline(path: Path) -> frozenset[str]:
    """The keys in a file. Raises BaselineError with a sentence for the user."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BaselineError(f"{path}: there is no such file; --update-baseline makes it") from None
    except OSError as problem:
        raise BaselineError(f"{path}: {problem.strerror or problem}") from problem
    except ValueError as problem:
        raise BaselineError(f"{path}: not a baseline: {problem}") from problem
    known = document.get("findings") if isinstance(document, dict) and document.get("version") == _VERSION else None
    if not isinstance(known, list) or not all(isinstance(key, str) for key in known):
        raise BaselineError(f'{path}: not a baseline of version {_VERSION}: {{"version": 1, "findings": [...]}}')
    return frozenset(known)


def within(root: Path, name: str | None) -> Path | None:
    """The baseline that a setting names, if it lies below a root: no other may be written for a workspace's sake."""
    if name is None:
        return None
    path = root / name
    return path if Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root)) else None


def add_to_baseline(path: Path, key: str) -> None:
    """Add a key; makes the file where there is none. Raises BaselineError."""
    write_baseline(path, {key, *(read_baseline(path) if path.exists() else ())})


def write_baseline(path: Path, keys: Collection[str]) -> None:
    """Write exactly these keys. Raises BaselineError."""
    text = json.dumps({"version": _VERSION, "findings": sorted(set(keys))}, indent=2, ensure_ascii=False)
    try:
        path.write_text(f"{text}\n", encoding="utf-8")
    except OSError as problem:
        raise BaselineError(f"{path}: {problem.strerror or problem}") from problem
