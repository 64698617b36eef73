"""Many files change at once: a branch switch, renames, deletions. One change, looked through once, linked in pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from isg_analysis import Workspace
from isg_analysis.workspace import extracting, indexing, store
from isg_analysis.workspace.retiring import RETIRED, remove_retired
from isg_storage import Table
from workspace.small import dumped, write

COUNT = 120


def python(number: int, value: str = "1", name: str = "value") -> str:
    """A module that uses its neighbour."""
    other = (number + 1) % COUNT
    return (
        f"from pkg.m{other} import Kind{other}\n\n\nclass Kind{number}(Kind{other}):\n"
        f"    def {name}{number}(self) -> int:\n        return {value}\n"
    )


HERE = {
    "pyproject.toml": '[project]\nname = "pkg"\nversion = "1.0"\n',
    "pkg/__init__.py": "",
    **{f"pkg/m{number}.py": python(number) for number in range(COUNT)},
}
BODIES = {f"pkg/m{number}.py": python(number, value="2") for number in range(COUNT)}
INTERFACES = {f"pkg/m{number}.py": python(number, name="other") for number in range(0, COUNT, 10)}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The project, indexed."""
    write(tmp_path / "project", HERE)
    with Workspace.open(tmp_path / "project", cache=tmp_path / "cache") as opened:
        opened.index(jobs=1)
        yield opened


class Work:
    """What was done since: texts parsed, changes looked through, documents linked in which batches."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.parsed, self.changes = 0, 0
        self.batches: list[list[int]] = []
        extract, spread, link = extracting.extract, store.drop_affected, indexing.link_documents

        def extracting_one(*given):  # type: ignore[no-untyped-def]
            self.parsed += 1
            return extract(*given)

        def spreading(*given):  # type: ignore[no-untyped-def]
            self.changes += 1
            return spread(*given)

        def linking_batch(location, fingerprint, stamp, documents):  # type: ignore[no-untyped-def]
            self.batches.append(documents)
            return link(location, fingerprint, stamp, documents)

        monkeypatch.setattr(extracting, "extract", extracting_one)
        monkeypatch.setattr(store, "drop_affected", spreading)
        monkeypatch.setattr(indexing, "link_documents", linking_batch)


TOLD: dict[str, Callable[[Workspace, list[str]], object]] = {
    "told": lambda workspace, paths: workspace.refresh(paths),
    "found": lambda workspace, paths: workspace.index(jobs=1),
}


@pytest.fixture(params=TOLD)
def notice(request: pytest.FixtureRequest) -> Callable[[Workspace, list[str]], object]:
    """How the workspace comes to know of changed files."""
    return TOLD[request.param]


def fresh(root: Path, tmp_path: Path) -> str:
    """What a new index of the files says."""
    with Workspace.open(root, cache=tmp_path / "fresh") as anew:
        anew.index(jobs=1)
        return dumped(anew)


def test_a_switch_is_one_change_and_back_parses_nothing(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, notice: Callable[..., object]
) -> None:
    before = dumped(workspace)
    monkeypatch.setattr("isg_analysis.workspace.intake._MOST_BYTES", 10_000)
    there = BODIES | INTERFACES
    write(workspace.root, there)
    work = Work(monkeypatch)
    notice(workspace, list(there))
    assert (work.parsed, work.changes, sum(map(len, work.batches))) == (COUNT, 1, COUNT)
    assert dumped(workspace) == fresh(workspace.root, tmp_path)
    write(workspace.root, HERE)
    work = Work(monkeypatch)
    notice(workspace, list(there))
    assert (work.parsed, work.changes, sum(map(len, work.batches))) == (0, 1, COUNT)
    assert dumped(workspace) == before


def test_changed_bodies_link_nobody_else(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    some = dict(list(BODIES.items())[:30])
    write(workspace.root, some)
    work = Work(monkeypatch)
    workspace.refresh(list(some))
    assert (work.parsed, work.changes, sum(map(len, work.batches))) == (30, 1, 30)


def test_a_directory_that_is_renamed_is_one_change(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace.root / "pkg").rename(workspace.root / "other")
    work = Work(monkeypatch)
    report = workspace.refresh(["pkg", "other"])
    assert (report.extracted, report.removed, work.changes, work.parsed) == (COUNT + 1, COUNT + 1, 1, 0)
    assert dumped(workspace) == fresh(workspace.root, tmp_path)


def test_files_that_go_and_come_back_leave_no_trace(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    before, some = dumped(workspace), [f"pkg/m{number}.py" for number in range(0, COUNT, 2)]
    for path in some:
        (workspace.root / path).unlink()
    work = Work(monkeypatch)
    assert workspace.refresh(some).removed == len(some)
    assert work.changes == 1
    write(workspace.root, {path: HERE[path] for path in some})
    assert workspace.refresh(some).extracted == len(some)
    assert (work.parsed, work.changes) == (0, 2)
    assert dumped(workspace) == before


def test_what_is_open_is_linked_first_and_the_rest_in_batches(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("pkg/m77.py", "pkg/m5.py"):
        workspace.open_document(path, HERE[path].encode())
    write(workspace.root, BODIES)
    work = Work(monkeypatch)
    workspace.refresh(list(BODIES))
    with workspace.snapshot() as snapshot:
        first = [snapshot.path(document) for document in work.batches[0][:2]]
    assert first == ["pkg/m5.py", "pkg/m77.py"]
    assert max(map(len, work.batches)) <= indexing._LINK_BATCH < COUNT


def test_a_switch_that_is_interrupted_changes_nothing_and_is_not_parsed_again(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dumped(workspace)
    write(workspace.root, BODIES)
    work = Work(monkeypatch)
    report = workspace.index(jobs=1, cancelled=lambda: work.parsed > COUNT // 2)
    assert (report.cancelled, report.extracted) == (True, 0)
    assert dumped(workspace) == before
    parsed = work.parsed
    workspace.index(jobs=1)
    assert parsed > COUNT // 2
    assert work.parsed == COUNT
    assert dumped(workspace) == fresh(workspace.root, tmp_path)


def test_cleaning_up_is_bounded_and_goes_on_the_next_time(workspace: Workspace) -> None:
    write(workspace.root, BODIES)
    workspace.refresh(list(BODIES))

    def clean(kept: int, most: int) -> int:
        return workspace._environment.run(lambda writer: remove_retired(writer, kept, most))

    assert [clean(0, 50), clean(0, 50), clean(0, 50), clean(0, 50)] == [50, 50, COUNT - 100, 0]
    with workspace._environment.read() as reader:
        assert reader.count(Table.FACTS) >= COUNT
        assert not list(reader.items(Table.STATISTICS, RETIRED))


def test_texts_that_come_and_go_again_and_again_are_listed_once(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("isg_analysis.workspace.retiring._MOST_REPEATED", 2)
    for turn in range(12):
        write(workspace.root, {"pkg/m1.py": python(1, value=str(turn % 2))})
        workspace.refresh(["pkg/m1.py"])
    workspace.index(jobs=1)
    with workspace._environment.read() as reader:
        assert len(list(reader.items(Table.STATISTICS, RETIRED))) <= 2
