"""Asked before the index is there: what holds a name comes first, and then the answer is complete."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from isg_analysis import Progress, Workspace, queries
from workspace.small import write

COUNT = 200
FILES = {
    "pyproject.toml": '[project]\nname = "many"\nversion = "1"\n', "many/__init__.py": "", "many/sub/__init__.py": "",
} | {
    f"many/m{n:03}.py": f"class Plain{n}:\n    def method(self) -> int:\n        return {n}\n" for n in range(COUNT)
} | {
    "many/sub/wanted.py": "class Wanted: ...\n",
    "many/sub/passing.py": "from many.sub.wanted import *\n",
    "many/zz_user.py": "from many.sub.passing import Wanted as Renamed\n\nRenamed()\n",
}  # fmt: skip


ALIASED = {
    "many/public.py": "from many.sub.wanted import Wanted as Chosen\n",
    "many/zz_user.py": "from many.public import Chosen as Renamed\n\nRenamed()\n",
    "many/zzz_user.py": "from many.zz_user import Renamed\n\nRenamed()\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace of many documents, few of which hold the name."""
    write(tmp_path / "project", FILES)
    return tmp_path / "project"


def there(workspace: Workspace, names: list[str], after: threading.Event | None = None) -> Callable[[], bool]:
    """Whether what holds the names is stored, or was once: a run that is given up forgets what it knew."""
    known = threading.Event()

    def ask() -> bool:
        if (after is None or after.is_set()) and not known.is_set() and workspace.wait_for(names, 0):
            known.set()
        return known.is_set()

    return ask


def references(workspace: Workspace) -> list[tuple[str, int]]:
    """Where `Wanted` is mentioned, as far as is known now."""
    with workspace.snapshot() as snapshot:
        refs = queries.lookup(snapshot, "Wanted").refs
        return [(hit.path, hit.start) for hit in queries.references(snapshot, refs, include_declaration=True).hits]


def stopped_early(workspace: Workspace, ask_at: int) -> list[tuple[str, int]]:
    """The answer when the run is cancelled after as few documents as it takes; asked for at some progress."""
    seen = threading.Event()

    def progress(step: Progress) -> None:
        if step.stage == "extract" and step.done >= ask_at and not seen.is_set():
            workspace.prefer(["Wanted"])
            seen.set()

    report = workspace.index(jobs=1, progress=progress, cancelled=there(workspace, ["Wanted"], seen))
    assert report.cancelled
    assert report.extracted < COUNT
    return references(workspace)


@pytest.mark.parametrize("ask_at", [0, 1])
def test_an_answer_is_complete_when_few_documents_are_stored(root: Path, tmp_path: Path, ask_at: int) -> None:
    with Workspace.open(root, cache=tmp_path / "cache") as workspace:
        early = stopped_early(workspace, ask_at)
        assert len(early) == 4
        workspace.index(jobs=1)
        assert references(workspace) == early


def test_what_imports_call_it_is_found_before_it_is_linked(root: Path, tmp_path: Path) -> None:
    write(root, ALIASED)
    with Workspace.open(root, cache=tmp_path / "cache") as workspace:
        names = ["Wanted", "Chosen", "Renamed"]
        workspace.prefer(names)
        workspace.index(jobs=1, cancelled=there(workspace, names))
        early = references(workspace)
        assert sum(path == "many/zz_user.py" for path, _ in early) == 3
        assert sum(path == "many/zzz_user.py" for path, _ in early) == 2
        workspace.index(jobs=1)
        assert references(workspace) == early


def test_what_was_preferred_before_a_run_comes_first_in_it(root: Path, tmp_path: Path) -> None:
    with Workspace.open(root, cache=tmp_path / "cache") as workspace:
        workspace.prefer(["Wanted"])
        report = workspace.index(jobs=1, cancelled=there(workspace, ["Wanted"]))
        assert report.cancelled
        assert 0 < report.extracted < 20
        assert len(references(workspace)) == 4


def test_waiting_ends_when_the_name_is_there_or_nowhere(root: Path, tmp_path: Path) -> None:
    with Workspace.open(root, cache=tmp_path / "cache") as workspace:
        assert not workspace.wait_for(["Wanted"], 0.01)
        running = threading.Thread(target=workspace.index, kwargs={"jobs": 1})
        running.start()
        assert workspace.wait_for(["Wanted"], 60)
        assert len(references(workspace)) == 4
        assert workspace.wait_for(["NoSuchName"], 60)
        running.join()
        assert workspace.wait_for(["Wanted", "Another"], 0)
    with Workspace.open(root, cache=tmp_path / "cache") as workspace:
        assert workspace.wait_for(["Wanted"], 0), "all of it is stored"


def test_nothing_is_there_yet_of_an_index_that_takes_the_place_of_a_damaged_one(root: Path, tmp_path: Path) -> None:
    known: list[bool] = []
    with Workspace.open(root, cache=tmp_path / "cache") as workspace:
        workspace.index(jobs=1)
        assert workspace.wait_for(["Wanted"], 0)
        before = workspace.edition
        workspace._index.suspect("for no reason")
        workspace.index(jobs=1, progress=lambda step: known.append(workspace.wait_for(["Wanted"], 0)))
        assert workspace.edition is not before
        assert known[0] is False
        assert known[-1] is True
        assert len(references(workspace)) == 4


def test_a_changed_file_does_not_make_up_for_all_the_others(root: Path, tmp_path: Path) -> None:
    with Workspace.open(root, cache=tmp_path / "cache") as workspace:
        workspace.index(jobs=1)
        workspace._index.suspect("for no reason")
        workspace.refresh(["many/m001.py"])
        assert workspace.complete
        assert len(references(workspace)) == 4


def test_a_run_over_some_files_says_nothing_of_the_others(root: Path, tmp_path: Path) -> None:
    with Workspace.open(root, cache=tmp_path / "cache") as workspace:
        stopped_early(workspace, 1)
        workspace.refresh(["many/m001.py"])
        assert not workspace.complete
        assert not workspace.wait_for(["Wanted"], 0)
