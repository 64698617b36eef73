"""A watch looks again only at what a change touches, and finds what a check anew does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from isg_analysis import Workspace
from isg_analysis.queries.check import Watch, check
from isg_analysis.queries.findings import Finding
from workspace.small import write

FILES = {
    "a.py": "import b\n",
    "b.py": "import a\n",
    "c.py": "import d\n",
    "d.py": "import c\nimport e\n",
    "e.py": "",
}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    write(tmp_path / "project", FILES)
    with Workspace.open(tmp_path / "project", cache=tmp_path / "cache") as opened:
        opened.index(jobs=1)
        yield opened


class _Kept:
    """A watch that is told what is typed."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace, self._watch = workspace, Watch(("import-cycle",))
        self.found = self._looked(())

    def type(self, path: str, text: str) -> dict[str, Finding]:
        """What is found after an edit, by path."""
        self._workspace.open_document(path, text.encode())
        return self._looked((path,))

    def _looked(self, changed: tuple[str, ...]) -> dict[str, Finding]:
        with self._workspace.snapshot() as view:
            documents = [number for path in changed if (number := view.document(path)) is not None]
            if documents:
                self._watch.change(view, documents)
            found = self._watch.findings(view)
            assert found == check(view, ("import-cycle",))
            return {finding.place.path(view): finding for finding in found}


def test_a_knot_that_nothing_touches_is_left_alone(workspace: Workspace) -> None:
    kept = _Kept(workspace)
    before = kept.found
    assert sorted(before) == ["a.py", "b.py", "c.py", "d.py"]
    after = kept.type("e.py", "import c\n")
    assert {path: after[path] is before[path] for path in before} == {
        "a.py": True,
        "b.py": True,
        "c.py": False,
        "d.py": False,
    }
    assert sorted(after) == ["a.py", "b.py", "c.py", "d.py", "e.py"]


def test_an_edit_outside_of_all_knots_looks_at_none(workspace: Workspace) -> None:
    kept = _Kept(workspace)
    before = kept.found
    after = kept.type("e.py", "import os\n\n\ndef more(): ...\n")
    assert all(after[path] is finding for path, finding in before.items())


def test_a_cycle_that_is_broken_anywhere_is_gone(workspace: Workspace) -> None:
    kept = _Kept(workspace)
    assert sorted(kept.type("a.py", "")) == ["c.py", "d.py"]
    assert sorted(kept.type("a.py", "import b\n")) == ["a.py", "b.py", "c.py", "d.py"]
