"""A directory for an index, and an index opened in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from isg_storage import Environment


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "index"


@pytest.fixture
def environment(directory: Path) -> Iterator[Environment]:
    with Environment.open(directory, b"fingerprint") as opened:
        yield opened
