"""Taking over what happened to some paths: as a look at everything would, and without one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from isg_analysis import Workspace, queries
from isg_analysis.languages.registry import pack
from isg_analysis.workspace import extracting, retiring, source
from isg_analysis.workspace.records import decode_document
from isg_storage import Table
from workspace.small import FILES, dumped, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A directory that holds the small workspace."""
    write(tmp_path / "project", FILES)
    return tmp_path / "project"


@pytest.fixture
def fresh(root: Path, tmp_path: Path) -> Callable[[], str]:
    """The canonical text of a new index of `root`."""

    def dump_anew() -> str:
        cache = tmp_path / "fresh"
        with Workspace.open(root, cache=cache) as anew:
            anew.index(jobs=1)
            text = dumped(anew)
        shutil.rmtree(cache)
        return text

    return dump_anew


@pytest.fixture
def workspace(root: Path, tmp_path: Path):  # type: ignore[no-untyped-def]
    """The indexed workspace of `root`."""
    with Workspace.open(root, cache=tmp_path / "cache") as opened:
        opened.index(jobs=1)
        yield opened


def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What discovery is asked for from now on: paths, or None for everything."""
    asked: list[object] = []
    genuine = source.discover

    def discover(*given, only=None, **named):  # type: ignore[no-untyped-def]
        asked.append(only)
        return genuine(*given, only=only, **named)

    monkeypatch.setattr(source, "discover", discover)
    return asked


HAPPENINGS: dict[str, tuple[dict[str, str | None], bool]] = {
    "a document changes": ({"zoo/base.py": "class Animal: ...\n"}, False),
    "a document appears": ({"zoo/cats.py": "from zoo import Animal\n\n\nclass Cat(Animal): ...\n"}, False),
    "a document goes": ({"zoo/base.py": None}, False),
    "a document is moved": ({"zoo/base.py": None, "zoo/animals.py": FILES["zoo/base.py"]}, False),
    "a test target appears": ({"tests/all.rs": "use shapes::Shape;\n"}, False),
    "what is no document": ({"README.md": "Zoo\n", "zoo/nowhere.py": None}, False),
    "a manifest changes": ({"Cargo.toml": FILES["Cargo.toml"].replace("shapes", "forms")}, True),
    "an ignore file appears": ({".ignore": "zoo/dogs.py\n"}, True),
}


@pytest.mark.parametrize("case", HAPPENINGS, ids=[name.replace(" ", "-") for name in HAPPENINGS])
def test_what_happened_to_some_paths_is_taken_over(
    case: str, root: Path, workspace: Workspace, fresh: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    changes, everything = HAPPENINGS[case]
    for path, text in changes.items():
        if text is not None:
            write(root, {path: text})
        else:
            (root / path).unlink(missing_ok=True)
    asked = looked_at(monkeypatch)
    workspace.refresh(list(changes))
    assert asked == [None if everything else frozenset(changes)]
    assert dumped(workspace) == fresh()


def test_a_directory_that_went_takes_its_documents_with_it(
    root: Path, workspace: Workspace, fresh: Callable[[], str]
) -> None:
    shutil.rmtree(root / "zoo")
    assert workspace.refresh(["zoo"]).removed == 3
    assert dumped(workspace) == fresh()


def test_a_directory_that_came_brings_its_documents(root: Path, workspace: Workspace, fresh: Callable[[], str]) -> None:
    write(root, {"park/__init__.py": "", "park/trees.py": "class Tree: ...\n"})
    assert workspace.refresh(["park"]).extracted == 2
    assert dumped(workspace) == fresh()


def test_a_change_that_leaves_size_and_time_is_taken_over_when_told(root: Path, workspace: Workspace) -> None:
    path = root / "zoo/dogs.py"
    times = path.stat()
    path.write_text(FILES["zoo/dogs.py"].replace("class Dog(", "class Cat("))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert workspace.index(jobs=1).extracted == 0
    workspace.refresh(["zoo/dogs.py"])
    with workspace.snapshot() as snapshot:
        assert queries.lookup(snapshot, "Cat").refs


def test_a_branch_switched_away_and_back_parses_nothing(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = {
        f"pkg/m{n}.py": f"from pkg.m{(n + 1) % 300} import f{(n + 1) % 300}\n\n\ndef f{n}(): ...\n" for n in range(300)
    }
    there = {path: text.replace("def f", "def g") for path, text in here.items()}
    write(root, here)
    with Workspace.open(root, cache=tmp_path / "cache") as workspace:
        workspace.index(jobs=1)
        before = dumped(workspace)
        write(root, there)
        assert workspace.refresh(list(there)).extracted == len(there)
        write(root, here)
        parsed: list[bytes] = []
        monkeypatch.setattr(extracting, "extract", lambda language, text, errors: parsed.append(text))
        assert workspace.refresh(list(here)).extracted == len(here)
        assert parsed == []
        assert dumped(workspace) == before


def facts_stored(workspace: Workspace) -> int:
    """How many texts have facts."""
    with workspace._environment.read() as reader:
        return reader.count(Table.FACTS)


def facts_in_use(workspace: Workspace) -> set[bytes]:
    """The keys of the facts that documents have."""
    with workspace._environment.read() as reader:
        return {decode_document(raw).key for _, raw in reader.items(Table.DOCUMENTS)}


def test_facts_that_nobody_uses_are_removed_beyond_a_number_of_bytes(
    root: Path, workspace: Workspace, fresh: Callable[[], str]
) -> None:
    used = facts_stored(workspace)
    for turn in range(5):
        write(root, {"zoo/base.py": f"class Animal:\n    turn = {turn}\n"})
        workspace.refresh(["zoo/base.py"])
    assert facts_stored(workspace) == used + 5
    workspace._environment.run(lambda writer: retiring.remove_retired(writer, kept_bytes=5_000))
    assert used < facts_stored(workspace) < used + 5
    write(root, {"zoo/base.py": FILES["zoo/base.py"]})
    workspace.refresh(["zoo/base.py"])
    workspace._environment.run(lambda writer: retiring.remove_retired(writer, kept_bytes=0))
    assert facts_stored(workspace) == len(facts_in_use(workspace)), "what packs describe goes as well"
    assert dumped(workspace) == fresh()


def test_facts_that_went_while_a_run_relied_on_them_are_made_anew(
    root: Path, workspace: Workspace, fresh: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = extracting.extract_files

    def relying(task, files):  # type: ignore[no-untyped-def]
        found = genuine(task, files)
        workspace._environment.run(lambda writer: [writer.delete(Table.FACTS, one.record.key) for one in found])
        return found

    before = (root / "zoo/base.py").read_text()
    write(root, {"zoo/base.py": "class Animal: ...\n"})
    workspace.refresh(["zoo/base.py"])
    write(root, {"zoo/base.py": before})
    monkeypatch.setattr("isg_analysis.workspace.indexing.extract_files", relying)
    workspace.refresh(["zoo/base.py"])
    assert dumped(workspace) == fresh()


def test_a_document_that_could_not_be_linked_is_tried_again(
    root: Path, tmp_path: Path, fresh: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolver = type(pack("python").resolver)
    del resolver
    from isg_analysis.languages.python.resolver import PythonResolver

    def failing(self: object, document: int) -> list[object]:
        raise RuntimeError("a defect")

    with Workspace.open(root, cache=tmp_path / "other") as workspace:
        with monkeypatch.context() as patched:
            patched.setattr(PythonResolver, "relations", failing)
            report = workspace.index(jobs=1)
            assert {error.stage for error in report.errors} == {"link"}
        report = workspace.index(jobs=1)
        assert (report.extracted, report.linked, report.errors) == (0, 3, [])
        assert dumped(workspace) == fresh()
