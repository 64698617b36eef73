"""What is counted, and what answers cost: how much is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from isg_analysis import Workspace
from isg_analysis.model.relation import RelationKind
from isg_analysis.queries import Limits, implementations, references
from isg_analysis.queries.references import count_references
from isg_analysis.resolve.memory import MemoryProgram
from isg_analysis.resolve.program import DeclaredRelation, Ref, symbol_ref

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


class Counted(MemoryProgram):
    """Counts the symbols whose users were asked for."""

    asked = 0

    def incoming_relations(self, ref: Ref, *kinds: RelationKind) -> Sequence[DeclaredRelation]:
        self.asked += 1
        return super().incoming_relations(ref, *kinds)


@pytest.mark.parametrize(("member", "found"), [("plain", 1), ("changed", 2), ("kept", 1), ("given", 2)])
def test_what_nobody_overrides_does_not_cost_a_look_at_all_who_could(member: str, found: int) -> None:
    base = "class Base:\n    kept = 1\n    given = 1\n    def plain(self): ...\n    def changed(self): ...\n"
    below = "".join(f"class C{number}(Base): ...\n" for number in range(200))
    last = "class Last(C7):\n    def __init__(self):\n        self.given = 2\n    def changed(self): ...\n"
    view = Counted({"m.py": base + below + last})
    row = view.facts(1).strings.index(member)
    ref = symbol_ref(1, list(view.facts(1).symbols.name).index(row))
    assert len(implementations(view, [ref]).hits) == found
    assert view.asked < 5
