"""Fixtures: the small workspace on disk, indexed, and indexed anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from isg_analysis import Workspace
from workspace.small import FILES, dumped, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A directory that holds FILES."""
    root = tmp_path / "project"
    write(root, FILES)
    return root


@pytest.fixture
def workspace(root: Path, tmp_path: Path) -> Iterator[Workspace]:
    """The indexed workspace of `root`."""
    with Workspace.open(root, cache=tmp_path / "cache") as opened:
        opened.index(jobs=1)
        yield opened


@pytest.fixture
def fresh(root: Path, tmp_path: Path) -> Callable[[], str]:
    """The canonical text of a new index of `root` as its files are now."""
    made = 0

    def dump_anew() -> str:
        nonlocal made
        made += 1
        with Workspace.open(root, cache=tmp_path / f"fresh-{made}") as anew:
            anew.index(jobs=1)
            return dumped(anew)

    return dump_anew
