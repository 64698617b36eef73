"""Questions about linked documents are answered from what is stored, and no differently than resolvers would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from isg_analysis import Snapshot, Workspace, queries
from isg_analysis.workspace.overlay import FIRST_UNSTORED

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(params=["sift", "ledger"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workspace]:
    """A workspace that is wholly indexed."""
    with Workspace.open(REPOSITORY / "tests/workspaces" / request.param, cache=tmp_path) as workspace:
        workspace.index(jobs=1)
        yield workspace


def documents(snapshot: Snapshot) -> list[int]:
    """Every document, of both languages."""
    return [document for language in ("python", "rust") for document in snapshot.documents(language)]


def test_stored_meanings_are_those_of_the_resolver(workspace: Workspace) -> None:
    with workspace.snapshot() as snapshot:
        compared = 0
        for document in documents(snapshot):
            resolver = snapshot.resolver(document)
            for occurrence in range(len(snapshot.facts(document).occurrences.start)):
                stored, found = snapshot.meaning(document, occurrence), resolver.resolve(document, occurrence)
                assert sorted(stored.targets) == sorted(found.targets)
                assert stored.confidence == found.confidence
                compared += len(found.targets)
            assert set(snapshot.declared_relations(document)) == set(resolver.relations(document))
        assert compared > 300


def test_definitions_ask_no_resolver_but_about_what_is_stored_in_part(workspace: Workspace) -> None:
    with workspace.snapshot() as snapshot:
        asked = 0
        for document in documents(snapshot):
            occurrences = snapshot.facts(document).occurrences
            for start, definition in zip(occurrences.start, occurrences.definition, strict=True):
                if definition < 0 or not definition & 1:  # who fills in a parameter is not stored
                    asked += len(queries.definition(snapshot, document, start).hits)
        assert asked > 300
        partial = {
            document
            for document in documents(snapshot)
            if any(map(snapshot.links(document).is_partial, range(len(snapshot.facts(document).occurrences.start))))
        }
        assert set(snapshot._resolvers) == {snapshot.language(document) for document in partial}


def test_names_of_unsaved_documents_are_searched_without_reading_the_stored_ones_again(workspace: Workspace) -> None:
    with workspace.snapshot() as snapshot:
        before = queries.search(snapshot, "", 10_000).hits
        changed = snapshot.path(documents(snapshot)[1])
        names = {hit.name for hit in before if hit.path == changed}
        stored = snapshot._stored_names.text(snapshot._reader)
    workspace.open_document(changed, b"struct Fresh;" if changed.endswith(".rs") else b"class Fresh: ...")
    workspace.open_document("zz/new.py", b"class Newer: ...\n")
    with workspace.snapshot() as snapshot:
        after = queries.search(snapshot, "", 10_000).hits
        assert {hit.name for hit in after if hit.path == changed} == {"Fresh"} != names
        assert queries.search(snapshot, "newer", 5).hits[0].name == "Newer"
        assert sum(hit.document >= FIRST_UNSTORED for hit in after) == 1
        assert snapshot._stored_names.text(snapshot._reader) is stored
