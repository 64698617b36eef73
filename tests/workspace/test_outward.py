"""Who implements what lies outside: kept with the links, found at once, and right where links are not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from isg_analysis import Snapshot, Workspace, queries
from isg_analysis.resolve.outside import outward
from isg_analysis.workspace.dump import dump
from workspace.small import write

FILES = {
    "Cargo.toml": '[package]\nname = "shapes"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": "mod circle;\nmod square;\npub struct Plain;\nimpl Drop for Plain {\n    fn drop(&mut self) {}\n}\n",
    "src/circle.rs": "use std::fmt::Debug as Shown;\nstruct Circle;\n"
    "impl Shown for Circle {\n    fn fmt(&self) {}\n}\n",
    "src/square.rs": "#[derive(Debug)]\nstruct Square;\nimpl Drop for Square {\n    fn drop(&mut self) {}\n}\n",
}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Indexed, with traits from outside that are implemented in several documents."""
    write(tmp_path / "project", FILES)
    with Workspace.open(tmp_path / "project", cache=tmp_path / "cache") as workspace:
        workspace.index(jobs=1)
        yield workspace


def implementing(snapshot: Snapshot, path: str, text: str) -> list[tuple[str, int]]:
    """Where the answers for a text in a document stand."""
    document = snapshot.document(path)
    assert document is not None
    offset = (snapshot.text(document) or b"").index(text.encode()) + len(text) - 1
    return [(hit.path, hit.start) for hit in queries.implementations_at(snapshot, document, offset).hits]


def at(path: str, text: str) -> tuple[str, int]:
    """Where a text stands first in a document."""
    return path, FILES[path].index(text)


def test_links_hold_what_would_be_found_now(workspace: Workspace) -> None:
    with workspace.snapshot() as snapshot:
        stored = {document: snapshot.links(document).outward for document in snapshot.documents("rust")}
        assert sum(map(len, stored.values())) == 7
        for document, known in stored.items():
            assert known == outward(snapshot, snapshot.resolver(document), document)


def test_the_other_implementors_documents_are_not_looked_into(workspace: Workspace) -> None:
    with workspace.snapshot() as snapshot:
        assert implementing(snapshot, "src/lib.rs", "fn d") == [at("src/square.rs", "drop")]
        assert snapshot._opened.copied == 1


def test_an_unsaved_implementor_is_found_and_one_that_went_is_not(workspace: Workspace) -> None:
    circle = FILES["src/circle.rs"] + "impl Drop for Circle {\n    fn drop(&mut self) {}\n}\n"
    workspace.open_document("src/circle.rs", circle.encode())
    workspace.open_document("src/square.rs", b"struct Square;\n")
    with workspace.snapshot() as snapshot:
        assert implementing(snapshot, "src/lib.rs", "fn d") == [("src/circle.rs", circle.index("drop"))]
        assert implementing(snapshot, "src/circle.rs", "fn f") == []
        unsaved = sorted(dump(snapshot))
    for path in ("src/circle.rs", "src/square.rs"):
        workspace.close_document(path)
    write(workspace.root, {"src/circle.rs": circle, "src/square.rs": "struct Square;\n"})
    workspace.index(jobs=1)
    with workspace.snapshot() as snapshot:
        assert sorted(dump(snapshot)) == unsaved
