"""What hover counts is what references finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from isg_analysis import Workspace
from isg_analysis.queries import Limits, references
from isg_analysis.queries.references import count_references
from isg_analysis.resolve.program import symbol_ref

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["sift", "ledger"])
def test_as_many_references_are_counted_as_are_found(name: str, tmp_path: Path) -> None:
    with Workspace.open(REPOSITORY / "tests/workspaces" / name, cache=tmp_path) as workspace:
        workspace.index(jobs=1)
        with workspace.snapshot() as snapshot:
            counted = 0
            for document in [document for language in ("python", "rust") for document in snapshot.documents(language)]:
                for row in range(len(snapshot.facts(document).symbols.kind)):
                    ref = symbol_ref(document, row)
                    found = len(references(snapshot, [ref], include_declaration=False).hits)
                    assert count_references(snapshot, ref) == found, snapshot.symbol_id(ref)
                    assert found < 2 or count_references(snapshot, ref, Limits(results=1)) is None
                    counted += found
            assert counted > 200
