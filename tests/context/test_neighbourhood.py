"""The neighbourhood looks only at what has room: it must find what a walk that looks at everything finds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from isg_analysis import Workspace
from isg_analysis.context.neighbourhood import _DOUBT, _PARTS, _SIBLING, _WEIGHTS, _ranks, neighbourhood
from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.relation import RelationKind
from isg_analysis.resolve.program import Ref, document_of, row_of, symbol_ref
from isg_analysis.resolve.view import View

WORKSPACES = Path(__file__).parent.parent / "workspaces"
Row = tuple[Ref, int, RelationKind | None, bool, Ref, int, float]


@pytest.fixture(scope="module", params=["sift", "ledger"])
def view(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    cache = tmp_path_factory.mktemp("cache")
    with Workspace.open(WORKSPACES / request.param, cache=cache) as workspace:
        workspace.index(jobs=1)
        with workspace.snapshot() as snapshot:
            yield snapshot


def plainly(view: View, seeds: list[Ref], hops: int, most: int) -> list[Row]:
    """The neighbourhood as its documentation says it, with nothing left out on the way."""

    def place(ref: Ref) -> tuple[str, int]:
        return view.path(document_of(ref)), row_of(ref)

    def whole(ref: Ref) -> Ref:
        symbols, row = view.facts(document_of(ref)).symbols, row_of(ref)
        while row > 0 and symbols.kind[row] in _PARTS and symbols.parent[row] > 0:
            row = symbols.parent[row]
        return symbol_ref(document_of(ref), row)

    def ties(frontier: list[Ref], siblings: bool) -> Iterator[tuple[Ref, RelationKind | None, bool, Ref, int]]:
        for ref in frontier:
            edges = [edge for edge in view.links(document_of(ref)).edges() if edge.source == row_of(ref)]
            targets = [(view.ref_of(edge.target), edge.kind, edge.confidence) for edge in edges]
            for target, kind, sure in sorted(
                ((target, kind, sure) for target, kind, sure in targets if target is not None),
                key=lambda row: (place(row[0]), row[1:]),
            ):
                yield target, RelationKind(kind), True, ref, sure
        incoming = [
            (place(source), source, target, kind, sure) for target, source, kind, sure in view.edges_to(frontier)
        ]
        for _, source, target, kind, sure in sorted(incoming):
            yield source, RelationKind(kind), False, target, sure
        for ref in frontier if siblings else ():
            parents = view.facts(document_of(ref)).symbols.parent
            if row_of(ref) > 0 and parents[row_of(ref)] > 0:
                for row, parent in enumerate(parents):
                    if parent == parents[row_of(ref)]:
                        yield symbol_ref(document_of(ref), row), None, False, ref, int(Confidence.CERTAIN)

    def strength(kind: RelationKind | None, sure: int) -> float:
        weight = _SIBLING if kind is None else _WEIGHTS.get(kind, 0.0)
        return weight if sure == Confidence.CERTAIN else weight * _DOUBT

    known, frontier = set(seeds), sorted(seeds, key=place)
    found: dict[Ref, tuple[int, RelationKind | None, bool, Ref, int]] = {}
    edges: dict[tuple[Ref, Ref], float] = {}
    for hop in range(1, hops + 1):
        best: dict[Ref, tuple[float, RelationKind | None, bool, Ref, int]] = {}
        for part, kind, outward, via, sure in ties(frontier, hop == 1):
            ref, weight = whole(part), strength(kind, sure)
            if ref != via:
                ends = min(ref, via), max(ref, via)
                edges[ends] = max(edges.get(ends, 0.0), weight)
            if ref not in known and (ref not in best or weight > best[ref][0]):
                best[ref] = weight, kind, outward, via, sure
        order = sorted(best, key=lambda ref: (-best[ref][0], place(ref)))
        kept = order[: most - len(found)]
        found.update((ref, (hop, *best[ref][1:])) for ref in kept)
        known.update(kept)
        frontier = sorted((ref for ref in kept if row_of(ref)), key=place)
        if len(kept) < len(order) or not frontier:
            break
    ranks = _ranks(sorted(known, key=place), edges, frozenset(seeds))
    rows: list[Row] = [(ref, *row, round(ranks[ref], 9)) for ref, row in found.items()]
    return sorted(rows, key=lambda row: (-row[-1], row[1], place(row[0])))


@pytest.mark.parametrize("most", [1, 3, 10, 40, 250])
@pytest.mark.parametrize("hops", [1, 2, 3])
def test_nothing_is_passed_over(view: View, hops: int, most: int) -> None:
    every = [
        symbol_ref(document, row)
        for language in ("python", "rust")
        for document in view.documents(language)
        for row in range(len(view.facts(document).symbols.kind))
    ]
    drawn = random.Random(hops * 1000 + most)
    for _ in range(12):
        seeds = drawn.sample(every, drawn.choice((1, 1, 3)))
        found = neighbourhood(view, seeds, hops=hops, most=most).neighbours
        rows = [
            (one.ref, one.hops, one.tie.kind, one.tie.outward, one.tie.via, int(one.tie.confidence), one.rank)
            for one in found
        ]
        assert rows == plainly(view, seeds, hops, most)
