"""The invariant: after every edit, saved or not, the graph equals that of a fresh index of the same texts.

An unsaved text with syntax errors is read beside the last one without (see `expected`): the fresh index has that one,
and an editor that turns it into the other in one edit.

Languages do not see each other's documents, so each has a workspace of its own.
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
from incremental.expected import Expected
from incremental.sources import FILES
from isg_analysis import Workspace
from isg_analysis.languages.registry import language_of
from workspace.small import dumped, write

_EXAMPLES = int(os.environ.get("ISG_GRAPH_EXAMPLES", "42"))
_STEPS = 12
_PHASES = (Phase.explicit, Phase.generate, Phase.shrink)
"""Explaining failures traces every line: that costs more than the steps do."""

NUMBER = st.integers(0, 400)
STEP = st.tuples(st.sampled_from(EDITS), NUMBER, st.tuples(NUMBER, NUMBER, NUMBER), st.sampled_from(["saved", "not"]))


class Session:
    """A workspace that is edited, and an index of its own for every look at what a fresh one says."""

    def __init__(self, place: Path, language: str) -> None:
        self.place, self.made = place, 0
        self.root, self.shadow = place / "project", place / "fresh"
        files = {path: text for path, text in FILES.items() if language_of(path) in (language, None)}
        self.files = Files(files, dict(files))
        self.expected: dict[str, Expected] = {}
        self.known: dict[object, str] = {}
        for root in (self.root, self.shadow):
            write(root, files)
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
                self._type(path, text)
        if changes and by_path:
            self.workspace.refresh(list(changes))
        elif changes:
            self.workspace.index(jobs=1)

    def _type(self, path: str, text: str) -> None:
        if path not in self.files.unsaved:
            stored = self.files.disk[path]
            self.workspace.open_document(path, stored.encode())
            self.expected[path] = Expected(language_of(path) or "", stored)
        self.files.unsaved[path] = text
        if text != self.files.disk[path]:
            self.expected[path].take(text)
        self.workspace.open_document(path, text.encode())

    def _close(self, path: str) -> None:
        self.expected.pop(path, None)
        if self.files.unsaved.pop(path, None) is not None:
            self.workspace.close_document(path)

    def fresh(self) -> str:
        """The graph of a new index of the texts as the editor sees them."""
        texts = dict(self.files.texts)
        recovered = {
            path: expected.base for path, expected in self.expected.items()
            if texts[path] not in (expected.base, self.files.disk[path])
        }  # fmt: skip
        state = (frozenset(texts.items()), frozenset(recovered.items()))
        if state not in self.known:
            self.known[state] = self._indexed_anew(texts, recovered)
        return self.known[state]

    def _indexed_anew(self, texts: dict[str, str], recovered: dict[str, str]) -> str:
        self.made += 1
        for path in [*self.files.original, *texts]:
            (self.shadow / path).unlink(missing_ok=True)
        for path in list(self.shadow.rglob("*")):
            if path.is_file():
                path.unlink()
        write(self.shadow, texts | recovered)
        cache = self.place / f"fresh-{self.made}"
        try:
            with Workspace.open(self.shadow, cache=cache) as workspace:
                workspace.index(jobs=1)
                for path, base in recovered.items():
                    workspace.open_document(path, base.encode())
                    workspace.open_document(path, texts[path].encode())
                return dumped(workspace)
        finally:
            shutil.rmtree(cache)


@pytest.mark.filterwarnings("ignore:The recursion limit")
@settings(max_examples=_EXAMPLES, deadline=None, derandomize=True, database=None,
          phases=_PHASES, suppress_health_check=list(HealthCheck))  # fmt: skip
@given(script=st.lists(STEP, min_size=_STEPS, max_size=_STEPS))
@pytest.mark.parametrize("language", ["python", "rust"])
def test_every_edit_leaves_what_a_fresh_index_says(language: str, script: list[tuple]) -> None:
    with tempfile.TemporaryDirectory() as place:
        session = Session(Path(place), language)
        with session.workspace:
            for edit, chosen, by, saved in script:
                sources = session.files.sources()
                if sources:
                    changes = edit(session.files, sources[chosen % len(sources)], by)
                    session.take(changes, saved=saved == "saved", by_path=bool(chosen % 3))
                    assert dumped(session.workspace) == session.fresh(), edit.__name__
