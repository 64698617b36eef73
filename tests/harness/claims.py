"""Marks that ask a query about what is meant at a place. A new question adds one function and one line here.

// ^^^^^ impls: Circle, Square     the implementations of what is meant here
// ^^^^^ declares: Shape::area     where what is meant here is declared
// ^^^^^ type: Circle              the type of the value here
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from harness.check import Check, Problem
from harness.marks import Mark
from harness.view import document_at
from isg_analysis.resolve.program import Ref


def _implementations(check: Check, mark: Mark) -> list[Problem]:
    from isg_analysis import queries

    answer = queries.implementations(check.view, check.meant(mark.place))
    return _compare(check, mark, (hit.ref for hit in answer.hits))


def _declaration(check: Check, mark: Mark) -> list[Problem]:
    from isg_analysis import queries

    answer = queries.declaration(check.view, document_at(check.view, mark.path), mark.start)
    return _compare(check, mark, (hit.ref for hit in answer.hits))


def _type(check: Check, mark: Mark) -> list[Problem]:
    found = (
        ref
        for document, occurrence in check.occurrences(mark.place)
        for ref in check.view.resolver(document).type_definition(document, occurrence)
    )
    return _compare(check, mark, found)


def _compare(check: Check, mark: Mark, answer: Iterable[Ref]) -> list[Problem]:
    found = frozenset(answer)
    if check.same(found, mark):
        return []
    missing = [key for key in mark.keys if not found & check.targets(Mark(mark.kind, (key,), *mark.place, mark.line))]
    extra = [check.name(ref) for ref in sorted(found - check.targets(mark))]
    said = [f"missing: {key}" for key in missing] + [f"not expected: {name}" for name in extra]
    return [Problem(mark.line, f"{mark.kind}: {', '.join(mark.keys)}".strip(), tuple(said), mark.place)]


CLAIMS: dict[str, Callable[[Check, Mark], list[Problem]]] = {
    "impls": _implementations,
    "declares": _declaration,
    "type": _type,
}
