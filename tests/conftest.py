"""pytest hooks of the whole suite: Markdown files under tests/specs are tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.collector import SpecFile

SPECS = Path(__file__).parent / "specs"

# Code that is indexed, with tests of its own.
collect_ignore = ["workspaces"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-specs`."""
    group = parser.getgroup("specifications")
    group.addoption("--update-specs", action="store_true", help="rewrite the expected answers in specifications")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Specifications are Markdown files under tests/specs, READMEs aside."""
    if file_path.suffix == ".md" and file_path.name != "README.md" and SPECS in file_path.parents:
        collected: SpecFile = SpecFile.from_parent(parent, path=file_path)
        return collected
    return None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write what `--update-specs` collected."""
    for file in {item.getparent(SpecFile) for item in session.items}:
        if file is not None and file.updates:
            file.rewrite()
