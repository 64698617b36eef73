"""The firewall: what is linked again after an edit is its own document and those that can see a difference."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from isg_analysis import Workspace
from workspace.small import dumped, write

FILES = {
    "pyproject.toml": '[project]\nname = "deep"\nversion = "1.0"\n',
    "deep/__init__.py": "",
    "deep/bottom.py": (
        "class Base:\n    def run(self) -> int:\n        total = 1\n        return total\n\n\n"
        "def make():\n    thing = Base()\n    return thing\n\n\nlimit = make()\n"
    ),
    "deep/middle.py": "from deep.bottom import make\n\n\ndef passed():\n    count = 1\n    return make()\n",
    "deep/upper.py": "from deep.middle import passed\n\n\ndef handed():\n    given = passed()\n    return given\n",
    "deep/user.py": "from deep.upper import handed\n\n\ndef use() -> None:\n    handed().run()\n",
    "deep/kind.py": "from deep.bottom import Base\n\n\nclass Kind(Base): ...\n\n\ndef kind() -> Kind: ...\n",
    "deep/asks.py": "from deep.kind import kind\n\n\ndef ask() -> None:\n    kind().walk()\n",
    "deep/far.py": "def far(x: int) -> int:\n    return x\n",
    "Cargo.toml": '[package]\nname = "deep"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": "pub mod a;\npub mod b;\npub mod c;\npub trait Run { fn run(&self) -> u8; }\n",
    "src/a.rs": (
        "use crate::Run;\npub struct A;\nimpl Run for A { fn run(&self) -> u8 { 1 } }\npub fn make() -> A { A }\n"
    ),
    "src/b.rs": "use crate::a::make;\npub fn made() { make(); }\n",
    "src/c.rs": "use crate::Run;\npub fn call(it: &dyn Run) { it.run(); it.stop(); }\n",
}

EDITS = {
    "a body": ("deep/bottom.py", "total = 1\n", "total = 1\n        print(total)\n", {"deep/bottom.py"}),
    "the body of an inferred function": ("deep/middle.py", "count = 1\n", "count = 2\n", {"deep/middle.py"}),
    "what an inferred function gives": (
        "deep/middle.py", "return make()", "return count", {"deep/middle.py", "deep/upper.py", "deep/user.py"},
    ),
    "what an inferred function gives, through a local": (
        "deep/bottom.py", "thing = Base()", "thing = 1",
        {"deep/bottom.py", "deep/middle.py", "deep/upper.py", "deep/user.py"},
    ),
    "a name that nobody uses": ("deep/bottom.py", "limit = ", "other = limit = ", {"deep/bottom.py"}),
    "a method is added": ("deep/kind.py", "Kind(Base): ...", "Kind(Base):\n    def walk(self): ...",
                          {"deep/kind.py", "deep/asks.py"}),
    "a base is gone": ("deep/kind.py", "Kind(Base)", "Kind", {"deep/kind.py", "deep/asks.py"}),
    "a comment": ("deep/far.py", "def far", "# far\ndef far", {"deep/far.py"}),
    "a method is added to a trait": ("src/lib.rs", "u8; }", "u8; fn stop(&self) {} }", {"src/lib.rs", "src/c.rs"}),
    "a body in Rust": ("src/a.rs", "{ 1 }", "{ 2 }", {"src/a.rs"}),
    "a return type in Rust": ("src/a.rs", "make() -> A { A }", "make() -> u8 { 1 }", {"src/a.rs", "src/b.rs"}),
}  # fmt: skip


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with an indexed project and its cache, to be copied."""
    place = tmp_path_factory.mktemp("deep")
    write(place / "project", FILES)
    return place


@pytest.fixture
def workspace(indexed: Path, tmp_path: Path) -> Iterator[Workspace]:
    """The indexed project."""
    shutil.copytree(indexed / "project", tmp_path / "project")
    with Workspace.open(tmp_path / "project", cache=tmp_path / "cache") as opened:
        opened.index(jobs=1)
        yield opened


def linked_by(workspace: Workspace, work: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The documents whose links are made while something is done."""
    from isg_analysis.workspace import linking

    seen: set[str] = set()
    genuine = linking.link

    def counting(program, resolver, document, key_of):  # type: ignore[no-untyped-def]
        seen.add(program.path(document))
        return genuine(program, resolver, document, key_of)

    monkeypatch.setattr(linking, "link", counting)
    work()
    return seen


@pytest.mark.parametrize("edit", EDITS, ids=[name.replace(" ", "-") for name in EDITS])
def test_an_edit_links_again_only_who_can_see_it(
    edit: str, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, old, new, affected = EDITS[edit]
    text = FILES[path].replace(old, new)
    assert text != FILES[path]
    workspace.open_document(path, text.encode())
    unsaved = dumped(workspace)
    workspace.close_document(path)
    write(workspace.root, {path: text})
    assert linked_by(workspace, lambda: workspace.refresh([path]), monkeypatch) == affected
    assert dumped(workspace) == unsaved
    with Workspace.open(workspace.root, cache=tmp_path / "fresh") as fresh:
        fresh.index(jobs=1)
        assert dumped(fresh) == unsaved


def test_the_same_text_again_changes_nothing(workspace: Workspace) -> None:
    write(workspace.root, {"deep/bottom.py": FILES["deep/bottom.py"]})
    report = workspace.refresh(["deep/bottom.py"])
    assert (report.extracted, report.linked, report.removed) == (1, 0, 0)
