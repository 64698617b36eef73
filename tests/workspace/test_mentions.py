"""Unsaved documents are searched by spelling, not linked whole; both ways must find the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from isg_analysis import Workspace
from isg_analysis.resolve.program import symbol_ref
from isg_analysis.resolve.view import linked_mentions

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["sift", "ledger"])
def test_every_symbol_has_the_same_mentions_by_spelling_as_by_links(name: str, tmp_path: Path) -> None:
    with Workspace.open(REPOSITORY / "tests/workspaces" / name, cache=tmp_path) as workspace:
        workspace.index(jobs=1)
        with workspace.snapshot() as stored:
            documents = [document for language in ("python", "rust") for document in stored.documents(language)]
            paths = [stored.path(document) for document in documents]
        for path in paths:
            workspace.open_document(path, (workspace.root / path).read_bytes() + b"\n")
        with workspace.snapshot() as snapshot:
            links = {document: snapshot.links(document) for document in documents}
            snapshot._links.clear()
            compared = 0
            for home in documents:
                for row in range(1, len(snapshot.facts(home).symbols.kind)):
                    ref = symbol_ref(home, row)
                    for document in documents:
                        by_links = list(linked_mentions(links[document], ref, snapshot.key_of(ref)))
                        assert list(snapshot.mentions(document, ref)) == by_links, snapshot.symbol_id(ref)
                        compared += len(by_links)
            assert compared > 300
