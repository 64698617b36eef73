"""The invariant of incrementality: after any change on disk the graph equals that of a fresh index."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from isg_analysis import Workspace, queries
from workspace.small import FILES, dumped, write

EDITS = {
    "a body changes": {"zoo/dogs.py": FILES["zoo/dogs.py"].replace("wuff", "woof woof")},
    "a method is added to a base class": {"zoo/base.py": FILES["zoo/base.py"] + "\n    def eat(self) -> None: ...\n"},
    "a base class is renamed": {"zoo/base.py": FILES["zoo/base.py"].replace("Animal", "Creature")},
    "a trait gains a method": {"src/lib.rs": FILES["src/lib.rs"].replace("f64;", "f64;\n    fn name(&self);")},
    "a re-export is aliased": {"zoo/__init__.py": "from zoo.base import Animal as Beast\nAnimal = Beast\n"},
    "syntax breaks": {"zoo/base.py": "class Animal(:\n    def speak(self -> str:\n"},
    "a module appears": {"zoo/cats.py": "from zoo import Animal\n\n\nclass Cat(Animal): ...\n"},
    "a document becomes empty": {"src/circle.rs": ""},
}


@pytest.mark.parametrize("edit", EDITS, ids=[name.replace(" ", "-") for name in EDITS])
def test_a_change_and_its_undoing_equal_a_fresh_index(
    edit: str, root: Path, workspace: Workspace, fresh: Callable[[], str]
) -> None:
    before = dumped(workspace)
    write(root, EDITS[edit])
    workspace.index(jobs=1)
    assert dumped(workspace) == fresh()
    for path in EDITS[edit]:
        write(root, {path: FILES[path]}) if path in FILES else (root / path).unlink()
    workspace.index(jobs=1)
    assert dumped(workspace) == before


def test_a_deleted_document_takes_its_rows_with_it(root: Path, workspace: Workspace, fresh: Callable[[], str]) -> None:
    (root / "zoo/base.py").unlink()
    (root / "src/circle.rs").unlink()
    report = workspace.index(jobs=1)
    assert report.removed == 2
    assert dumped(workspace) == fresh()


def test_a_moved_document_is_the_same_under_its_new_name(
    root: Path, workspace: Workspace, fresh: Callable[[], str]
) -> None:
    os.rename(root / "zoo/base.py", root / "zoo/animals.py")
    write(root, {"zoo/__init__.py": "from zoo.animals import Animal as Animal\n"})
    workspace.index(jobs=1)
    assert dumped(workspace) == fresh()


def test_a_changed_manifest_renames_symbols_without_parsing(
    root: Path, workspace: Workspace, fresh: Callable[[], str]
) -> None:
    write(root, {"Cargo.toml": FILES["Cargo.toml"].replace("shapes", "forms")})
    report = workspace.index(jobs=1)
    assert report.extracted == 0
    assert dumped(workspace) == fresh()


def test_nothing_changed_means_nothing_done(workspace: Workspace) -> None:
    report = workspace.index(jobs=1)
    assert (report.extracted, report.linked, report.removed) == (0, 0, 0)


def test_a_body_edit_links_only_its_own_document(root: Path, workspace: Workspace) -> None:
    write(root, {"src/circle.rs": FILES["src/circle.rs"].replace("self.radius\n", "self.radius * 3.14\n")})
    report = workspace.index(jobs=1)
    assert (report.extracted, report.linked) == (1, 1)


def test_unsaved_text_answers_like_saved_text(root: Path, workspace: Workspace, fresh: Callable[[], str]) -> None:
    stored = dumped(workspace)
    text = FILES["zoo/base.py"].replace("speak", "talk") + "\n\nclass Fish(Animal): ...\n"
    workspace.open_document("zoo/base.py", text.encode())
    unsaved = dumped(workspace)
    write(root, {"zoo/base.py": text})
    assert unsaved == fresh()
    workspace.close_document("zoo/base.py")
    assert dumped(workspace) == stored


def test_an_unsaved_new_document_counts_until_it_is_closed(workspace: Workspace) -> None:
    workspace.open_document("zoo/birds.py", b"from zoo import Animal\n\n\nclass Bird(Animal): ...\n")
    with workspace.snapshot() as snapshot:
        animals = queries.lookup(snapshot, "Animal").refs
        assert [hit.name for hit in queries.implementations(snapshot, animals).hits] == ["Animal", "Bird", "Dog"]
    workspace.close_document("zoo/birds.py")
    with workspace.snapshot() as snapshot:
        animals = queries.lookup(snapshot, "Animal").refs
        assert [hit.name for hit in queries.implementations(snapshot, animals).hits] == ["Animal", "Dog"]
