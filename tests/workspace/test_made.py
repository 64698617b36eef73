"""Impl blocks that macros of other documents make: right after edits of the macro, the invocation and all around."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from isg_analysis import Snapshot, Workspace, queries
from isg_analysis.resolve.making import Making
from workspace.small import write

MACROS = "macro_rules! walks {\n    ($name:ty) => { impl $crate::Walk for $name {} };\n}\n"
FILES = {
    "Cargo.toml": '[package]\nname = "shapes"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": "#[macro_use]\nmod macros;\nmod one;\npub trait Walk {}\npub trait Run {}\n",
    "src/macros.rs": MACROS,
    "src/one.rs": "pub struct One;\nwalks!(One);\n",
}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Indexed, with one impl block that a macro of another document makes."""
    write(tmp_path / "project", FILES)
    with Workspace.open(tmp_path / "project", cache=tmp_path / "cache") as workspace:
        workspace.index(jobs=1)
        yield workspace


def found(workspace: Workspace, trait: str) -> list[str]:
    """The places that implement a trait of lib.rs, as their paths and texts."""
    with workspace.snapshot() as snapshot:
        document = snapshot.document("src/lib.rs")
        assert document is not None
        offset = (snapshot.text(document) or b"").index(trait.encode())
        return [shown(snapshot, hit) for hit in queries.implementations_at(snapshot, document, offset).hits]


def shown(snapshot: Snapshot, hit: queries.Hit) -> str:
    """A hit's path and text."""
    text = snapshot.text(hit.document) or b""
    return f"{hit.path} {text[hit.start : hit.end].decode()}"


def test_the_place_follows_edits_before_and_inside_of_the_invocation(workspace: Workspace) -> None:
    for text in ("pub struct One;\nwalks!(One);\n", "// more\npub struct One;\nwalks!(  One);\n", "walks![One];\n"):
        workspace.open_document("src/one.rs", text.encode())
        assert found(workspace, "Walk") == ["src/one.rs One"]
    workspace.open_document("src/one.rs", b"pub struct One;\nwalks!(&'static One);\n")
    assert found(workspace, "Walk") == ["src/one.rs &'static One"]
    workspace.open_document("src/one.rs", b"pub struct One;\n")
    assert found(workspace, "Walk") == []
    workspace.close_document("src/one.rs")
    assert found(workspace, "Walk") == ["src/one.rs One"]


def test_another_text_of_the_macro_makes_other_blocks(workspace: Workspace) -> None:
    assert (found(workspace, "Walk"), found(workspace, "Run")) == (["src/one.rs One"], [])
    workspace.open_document("src/macros.rs", MACROS.replace("Walk", "Run").encode())
    assert (found(workspace, "Walk"), found(workspace, "Run")) == ([], ["src/one.rs One"])
    workspace.open_document("src/macros.rs", MACROS.replace("$name:ty", "=> $name:ty").encode())
    assert (found(workspace, "Walk"), found(workspace, "Run")) == ([], [])
    workspace.open_document("src/macros.rs", f"// moved\n{MACROS}".replace("$name {}", "crate::one::One {}").encode())
    assert found(workspace, "Walk") == ["src/macros.rs crate::one::One", "src/one.rs walks"]


def test_what_is_not_at_hand_as_it_was_indexed_is_left_out_until_it_is(workspace: Workspace) -> None:
    (workspace.root / "src/macros.rs").write_text("")
    assert found(workspace, "Walk") == []
    (workspace.root / "src/macros.rs").write_text(MACROS)
    assert found(workspace, "Walk") == ["src/one.rs One"]


def test_no_text_is_read_for_a_trait_that_no_macro_names(workspace: Workspace) -> None:
    with workspace.snapshot() as snapshot:
        document = snapshot.document("src/lib.rs")
        assert document is not None
        resolver = snapshot.resolver(document)
        assert isinstance(resolver, Making)
        near = [[snapshot.path(one) for one in resolver.made_near(name)] for name in ("Walk", "Run")]
        assert near == [["src/macros.rs", "src/one.rs"], []]
