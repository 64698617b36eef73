"""What a workspace keeps in memory does not grow with how much it is asked, nor with how much is typed."""

from __future__ import annotations

import gc
from pathlib import Path
from random import Random

import pytest

from isg_analysis import Snapshot, Workspace, queries
from isg_analysis.model.facts import Facts
from isg_analysis.resolve.program import symbol_ref
from isg_analysis.workspace import surroundings

REPOSITORY = Path(__file__).parents[2]
ROUND = 150


def ask(snapshot: Snapshot, random: Random) -> None:
    """One question of each kind, at a place somewhere."""
    documents = [document for language in ("python", "rust") for document in snapshot.documents(language)]
    document = random.choice(documents)
    offset = random.choice(snapshot.glance(document).occurrences.start or [0])
    found = queries.definition(snapshot, document, offset)
    queries.references(snapshot, [hit.ref for hit in found.hits], include_declaration=True)
    queries.hover(snapshot, document, offset)
    queries.highlights(snapshot, document, offset)
    queries.type_definition(snapshot, document, offset)
    queries.search(snapshot, random.choice("abcdefgh") + random.choice("aeiou"), 20)


def kept(snapshot: Snapshot) -> int:
    """How many entries the caches of a snapshot and of its resolvers have."""
    rows, opened = snapshot._rows, snapshot._opened
    held = [rows._records, rows._keys, opened._copies, opened._glances, snapshot._prefixes, snapshot._links]
    held += [snapshot._defined, snapshot._mentions, snapshot._documents, snapshot._dependents, snapshot._declared]
    answers = [resolver.answers for resolver in snapshot._resolvers.values()]  # type: ignore[attr-defined]
    footprints = [each.footprints for each in answers]
    return (
        sum(map(len, held))
        + sum(memo.count() for each in answers for memo in each._memos)
        + sum(len(each._shared) + len(each._single) for each in footprints)
        + sum(len(holding) for each in footprints for holding in each._holding.values())
    )


def test_a_closed_snapshot_keeps_nothing_that_lies_in_the_map(tmp_path: Path) -> None:
    with Workspace.open(REPOSITORY / "tests/workspaces/sift", cache=tmp_path) as workspace:
        workspace.index(jobs=1)
        with workspace.snapshot() as snapshot:
            for document in snapshot.documents("rust"):
                snapshot.key_of(symbol_ref(document, 0))
                queries.outline(snapshot, document)
            assert snapshot._opened._glances
            assert snapshot._rows._keys
        assert not snapshot._opened._glances
        assert not snapshot._rows._keys


def test_facts_are_kept_within_their_bytes(tmp_path: Path) -> None:
    with Workspace.open(REPOSITORY / "tests/workspaces/sift", cache=tmp_path) as workspace:
        workspace.index(jobs=1)
        with workspace.snapshot() as snapshot:
            snapshot._opened.limit = 20_000
            for document in snapshot.documents("rust"):
                snapshot.facts(document)
            held = [facts.packed_size for facts in snapshot._opened._copies.values()]
            assert snapshot._opened.copied > len(held)
            assert sum(held) <= 20_000 or len(held) == 1


def test_caches_do_not_grow_with_edits_and_questions(tmp_path: Path) -> None:
    random = Random(3)
    with Workspace.open(REPOSITORY / "tests/workspaces/ledger", cache=tmp_path) as workspace:
        workspace.index(jobs=1)
        with workspace.snapshot() as snapshot:
            paths = [snapshot.path(document) for document in snapshot.documents("python")][:4]
        texts = {path: (workspace.root / path).read_bytes() for path in paths}
        sizes = []
        for _ in range(3):
            for step in range(ROUND):
                path = random.choice(paths)
                workspace.open_document(path, texts[path] + b"\ndef added_%d(): ...\n" % step)
                with workspace.snapshot() as snapshot:
                    ask(snapshot, random)
            with workspace.snapshot() as snapshot:
                sizes.append(kept(snapshot))
        assert sizes[2] < 1.5 * sizes[0], sizes
        assert len(workspace._resting) == 1
        assert len(workspace._unsaved) == len(paths)


def facts_alive() -> int:
    """How many Facts there are, with those that only a collection of cyclic garbage would find to be out of use."""
    return sum(type(found) is Facts for found in gc.get_objects())


def test_what_earlier_snapshots_held_goes_with_them(tmp_path: Path) -> None:
    random = Random(5)
    with Workspace.open(REPOSITORY / "tests/workspaces/ledger", cache=tmp_path) as workspace:
        workspace.index(jobs=1)
        with workspace.snapshot() as snapshot:
            path = snapshot.path(snapshot.documents("python")[0])
        text = (workspace.root / path).read_bytes()
        alive = []
        gc.collect()
        gc.disable()
        try:
            for step in range(3 * ROUND):
                workspace.open_document(path, text + b"\ndef added_%d(): ...\n" % (step % ROUND))
                with workspace.snapshot() as snapshot:
                    ask(snapshot, random)
                with workspace.snapshot(alone=True) as snapshot:
                    ask(snapshot, random)
                if step % ROUND == ROUND - 1:
                    alive.append(facts_alive())
        finally:
            gc.enable()
        assert alive[2] <= alive[0] + 10, alive


def test_interfaces_are_let_go_when_a_change_was_followed(tmp_path: Path) -> None:
    with Workspace.open(REPOSITORY / "tests/workspaces/ledger", cache=tmp_path) as workspace:
        workspace.index(jobs=1)
        with workspace.snapshot() as snapshot:
            paths = [snapshot.path(document) for document in snapshot.documents("python")]
        for path in paths:
            text = (workspace.root / path).read_bytes()
            workspace.open_document(path, text.replace(b"def ", b"def x_"))
            while workspace.work_ahead(1.0):
                pass
        following = workspace._staleness._survey._following["python"]
        assert following.done
        assert following.spread.documents() != set()
        assert not following.near._interfaces


def test_interfaces_are_kept_within_their_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "_BYTES_KEPT", 20_000)
    with Workspace.open(REPOSITORY / "tests/workspaces/ledger", cache=tmp_path) as workspace:
        workspace.index(jobs=1)
        with workspace._environment.read() as reader, workspace.snapshot() as snapshot:
            near = surroundings.StoredSurroundings(reader, {}, "python")
            documents = snapshot.documents("python")
            for document in documents:
                near.interface(document)
                held = [interface.facts.packed_size for interface in near._interfaces.values()]
                assert sum(held) <= 20_000 or len(held) == 1
            assert len(held) < len(documents)
            assert near.interface(documents[0]) is near.interface(documents[0])
