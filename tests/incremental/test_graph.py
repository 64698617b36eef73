"""The invariant: after every edit, saved or not, the graph equals that of a fresh index of the same texts.

A longer run by hand: `ISG_GRAPH_EXAMPLES=2000 pytest tests/incremental/test_graph.py`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from incremental.edits import EDITS, Files
from incremental.sources import FILES
from isg_analysis import Workspace
from isg_analysis.languages.registry import language_of
from workspace.small import dumped, write

_EXAMPLES = int(os.environ.get("ISG_GRAPH_EXAMPLES", "84"))
_STEPS = 12
_PHASES = (Phase.explicit, Phase.generate, Phase.shrink)
"""Explaining failures traces every line: that costs more than the steps do."""

NUMBER = st.integers(0, 400)
STEP = st.tuples(st.sampled_from(EDITS), NUMBER, st.tuples(NUMBER, NUMBER, NUMBER), st.sampled_from(["saved", "not"]))


class Session:
    """A workspace that is edited, and an index of its own for every look at what a fresh one says."""

    def __init__(self, place: Path) -> None:
        self.place, self.made = place, 0
        self.root, self.shadow = place / "project", place / "fresh"
        self.files = Files(FILES, dict(FILES))
        for root in (self.root, self.shadow):
            write(root, FILES)
        self.workspace = Workspace.open(self.root, cache=place / "cache")
        self.workspace.index(jobs=1)

    def take(self, changes: dict[str, str | None], *, saved: bool, by_path: bool) -> None:
        """Carry out an edit: into the files, or into an editor's unsaved documents only.

        `by_path`: the workspace is told what changed, and does not look for it.
        """
        for path, text in changes.items():
            if text is None:
                self.files.disk.pop(path, None)
                self._close(path)
                (self.root / path).unlink(missing_ok=True)
            elif saved or path not in self.files.disk or not language_of(path):
                self.files.disk[path] = text
                self._close(path)
                write(self.root, {path: text})
            else:
                self.files.unsaved[path] = text
                self.workspace.open_document(path, text.encode())
        if changes and by_path:
            self.workspace.refresh(list(changes))
        elif changes:
            self.workspace.index(jobs=1)

    def _close(self, path: str) -> None:
        if self.files.unsaved.pop(path, None) is not None:
            self.workspace.close_document(path)

    def fresh(self) -> str:
        """The graph of a new index of the texts as the editor sees them."""
        self.made += 1
        texts = self.files.texts
        for path in [*self.files.original, *texts]:
            (self.shadow / path).unlink(missing_ok=True)
        for path in list(self.shadow.rglob("*")):
            if path.is_file():
                path.unlink()
        write(self.shadow, texts)
        cache = self.place / f"fresh-{self.made}"
        try:
            with Workspace.open(self.shadow, cache=cache) as workspace:
                workspace.index(jobs=1)
                return dumped(workspace)
        finally:
            shutil.rmtree(cache)


@pytest.mark.filterwarnings("ignore:The recursion limit")
@settings(max_examples=_EXAMPLES, deadline=None, derandomize=True, database=None,
          phases=_PHASES, suppress_health_check=list(HealthCheck))  # fmt: skip
@given(st.lists(STEP, min_size=_STEPS, max_size=_STEPS))
def test_every_edit_leaves_what_a_fresh_index_says(script: list[tuple]) -> None:
    with tempfile.TemporaryDirectory() as place:
        session = Session(Path(place))
        with session.workspace:
            for edit, chosen, by, saved in script:
                sources = session.files.sources()
                if sources:
                    changes = edit(session.files, sources[chosen % len(sources)], by)
                    session.take(changes, saved=saved == "saved", by_path=bool(chosen % 3))
                    assert dumped(session.workspace) == session.fresh(), edit.__name__
