"""The firewall: what is linked again after an edit is its own document and those that can see a difference."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from isg_analysis import IndexReport, Workspace, queries
from isg_analysis.workspace import snapshot
from isg_analysis.workspace.changes import Difference
from isg_analysis.workspace.spreading import Spread
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
    "src/lib.rs": (
        "pub mod a;\npub mod b;\npub mod c;\npub mod low;\npub mod mid;\npub mod high;\n"
        "pub trait Run { fn run(&self) -> u8; }\n"
    ),
    "src/a.rs": (
        "use crate::Run;\npub struct A;\nimpl Run for A { fn run(&self) -> u8 { 1 } }\npub fn make() -> A { A }\n"
    ),
    "src/b.rs": "use crate::a::make;\npub fn made() { make(); }\n",
    "src/c.rs": "use crate::Run;\npub fn call(it: &dyn Run) { it.run(); it.stop(); }\n",
    "src/low.rs": (
        "pub struct Low { pub size: u8 }\npub type Given = Low;\npub fn low() -> Given { Low { size: 1 } }\n"
    ),
    "src/mid.rs": "use crate::low::low;\npub fn mid() -> u8 { low().size }\n",
    "src/high.rs": "use crate::mid::mid;\npub fn high() { mid(); }\nconst _: u8 = 1;\n",
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
    "a name that nobody uses in Rust": ("src/low.rs", "pub fn low", "pub fn alone() {}\npub fn low", {"src/low.rs"}),
    "a constant that nobody can name in Rust": (
        "src/low.rs", "pub fn low", "const _: u8 = 2;\npub fn low", {"src/low.rs"},
    ),
    "a field that nobody uses in Rust": ("src/low.rs", "size: u8 }", "size: u8, cost: u8 }", {"src/low.rs"}),
    "a type at the bottom of a chain in Rust": (
        "src/low.rs", "type Given = Low", "type Given = u8", {"src/low.rs", "src/mid.rs"},
    ),
    "a field of a type that is passed on in Rust": (
        "src/low.rs", "pub size: u8 }", "pub size: u16 }", {"src/low.rs", "src/mid.rs"},
    ),
    "a comment in Rust": ("src/low.rs", "pub type", "// given\npub type", {"src/low.rs"}),
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
    reports: list[IndexReport] = []
    assert linked_by(workspace, lambda: reports.append(workspace.refresh([path])), monkeypatch) == affected
    assert (reports[0].extracted, reports[0].linked) == (1, len(affected))
    assert dumped(workspace) == unsaved
    with Workspace.open(workspace.root, cache=tmp_path / "fresh") as fresh:
        fresh.index(jobs=1)
        assert dumped(fresh) == unsaved


def test_a_file_that_was_not_changed_changes_nothing(workspace: Workspace) -> None:
    with workspace.snapshot() as before, workspace.saved() as saved:
        workspace.refresh(["src/low.rs"])
        with workspace.snapshot() as after:
            assert (after.version, after.stored()) == (before.version, saved.stored())


ASKED = {
    "a method of a base of everything": (
        "deep/bottom.py", "def run(self) -> int:", "def run(self) -> str:", "far", {"deep/far.py"},
    ),
    "what a whole chain is made of": ("deep/bottom.py", "thing = Base()", "thing = 1", "ask", {"deep/asks.py"}),
    "the chain itself": (
        "deep/bottom.py", "thing = Base()", "thing = 1", "handed", {"deep/upper.py", "deep/user.py"},
    ),
    "a trait of everything": (
        "src/lib.rs", "fn run(&self) -> u8;", "fn run(&self) -> u16;", "mid",
        {"src/lib.rs", "src/mid.rs", "src/high.rs"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ASKED, ids=[name.replace(" ", "-") for name in ASKED])
def test_a_question_before_it_is_known_who_is_affected_looks_where_the_name_is_spelled(
    case: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, old, new, name, looked = ASKED[case]
    text = FILES[path].replace(old, new)
    assert text != FILES[path]
    workspace.open_document(path, text.encode())
    monkeypatch.setattr("isg_analysis.workspace.spreading.Spread.go_on", lambda self, enough: False)
    seen: set[str] = set()
    genuine = snapshot.mentions

    def searching(program, resolver, document, ref, spellings):  # type: ignore[no-untyped-def]
        seen.add(program.path(document))
        return genuine(program, resolver, document, ref, spellings)

    monkeypatch.setattr(snapshot, "mentions", searching)

    def ask() -> None:
        with workspace.snapshot() as view:
            queries.references(view, queries.lookup(view, name).refs, include_declaration=True)

    assert linked_by(workspace, ask, monkeypatch) == set()
    assert seen == looked


def test_typing_on_in_what_was_followed_follows_nothing_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[Difference] = []
    genuine = Spread.add

    def following(self: Spread, change: Difference) -> None:
        followed.append(change)
        genuine(self, change)

    monkeypatch.setattr(Spread, "add", following)

    def asked(old: str, new: str) -> int:
        workspace.open_document("deep/bottom.py", FILES["deep/bottom.py"].replace(old, new).encode())
        with workspace.snapshot() as view:
            queries.references(view, queries.lookup(view, "handed").refs, include_declaration=True)
        return len(followed)

    assert asked("total = 1", "total = 2") == 0
    assert asked("thing = Base()", "thing = 1") == 1
    assert asked("thing = Base()", "thing = 'a'") == 1
    assert asked("thing = Base()\n", "thing = 1\n    print(thing)\n") == 1
    assert asked("thing = Base()", "thing = Base()") == 1


def test_the_same_text_again_changes_nothing(workspace: Workspace) -> None:
    write(workspace.root, {"deep/bottom.py": FILES["deep/bottom.py"]})
    report = workspace.refresh(["deep/bottom.py"])
    assert (report.extracted, report.linked, report.removed) == (1, 0, 0)
