"""Questions asked before it is known whom an edit affects are answered by spelling, and find what links would say."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incremental.test_graph import STEP, Session
from isg_analysis import Snapshot
from isg_analysis.languages.registry import NAMES
from isg_analysis.model.relation import RelationKind
from isg_analysis.resolve.program import is_binding, symbol_ref
from isg_analysis.workspace.spreading import Spread

_EXAMPLES = int(os.environ.get("ISG_UNDECIDED_EXAMPLES", "5"))
_STEPS = 8
_DECLARED = (RelationKind.EXTENDS, RelationKind.IMPLEMENTS, RelationKind.OVERRIDES)


@contextmanager
def never_decided() -> Iterator[None]:
    """Nobody finds out who is affected."""
    with mock.patch.object(Spread, "go_on", return_value=False):
        yield


def by_questions(snapshot: Snapshot) -> set[tuple[object, ...]]:
    """All mentions and declared relations, asked for symbol by symbol."""
    out: set[tuple[object, ...]] = set()
    for home in everything(snapshot):
        for row in range(len(snapshot.facts(home).symbols.kind)):
            ref = symbol_ref(home, row)
            for document in snapshot.documents_linking(ref):
                out.update((document, at, ref, int(sure)) for at, sure in snapshot.mentions(document, ref))
            for kind in _DECLARED:
                found = snapshot.incoming_relations(ref, kind)
                out.update((one.source, int(kind), one.target, int(one.confidence), "relation") for one in found)
    return out


def by_links(snapshot: Snapshot) -> set[tuple[object, ...]]:
    """The same from the links of every document."""
    out: set[tuple[object, ...]] = set()
    for document in everything(snapshot):
        for occurrence, refs, confidence in snapshot.bound(document):
            out.update((document, occurrence, ref, int(confidence)) for ref in refs if not is_binding(ref))
        for one in snapshot.outgoing(document):
            if one.kind in _DECLARED:
                out.add((one.source, int(one.kind), one.target, int(one.confidence), "relation"))
    return out


def everything(snapshot: Snapshot) -> list[int]:
    """Every document."""
    return [document for language in NAMES for document in snapshot.documents(language)]


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.filterwarnings("ignore:The recursion limit")
@settings(max_examples=_EXAMPLES, deadline=None, derandomize=True, database=None,
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(st.lists(STEP, min_size=_STEPS, max_size=_STEPS))
def test_undecided_answers_equal_those_of_links(language: str, script: list[tuple]) -> None:
    with tempfile.TemporaryDirectory() as place:
        session = Session(Path(place), language)
        with session.workspace:
            for edit, chosen, by, _ in script:
                sources = session.files.sources()
                if sources:
                    changes = edit(session.files, sources[chosen % len(sources)], by)
                    session.take(changes, saved=False, by_path=True)
                    with never_decided(), session.workspace.snapshot() as snapshot:
                        found = by_questions(snapshot)
                    session.workspace._resting.clear()
                    with session.workspace.snapshot() as snapshot:
                        assert found == by_links(snapshot), edit.__name__
                        assert found == by_questions(snapshot), edit.__name__
