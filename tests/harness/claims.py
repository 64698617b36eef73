"""Marks that ask a query about what is meant at a place. A new question adds one function and one line here.

// ^^^^^ impls: Circle, Square     the implementations of what is meant here
// ^^^^^ declares: Shape::area     where what is meant here is declared
// ^^^^^ goes: Shape::Unit         where *go to definition* leads from here
// ^^^^^ type: Circle              the type of the value here
// ^^^^^ callers: main, draw?      who calls what is meant here; with a question mark, who possibly does
// ^^^^^ supertypes: Shape, Area?  what directly stands above the type meant here; likewise callees, subtypes
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from harness.check import Check, Place, Problem
from harness.marks import Mark
from harness.view import document_at, name_range, place_of
from isg_analysis.model.occurrence import Confidence
from isg_analysis.queries import Hit
from isg_analysis.resolve.program import Ref


def _implementations(check: Check, mark: Mark) -> list[Problem]:
    from isg_analysis import queries

    document = document_at(check.view, mark.path)
    if check.occurrences(mark.place):
        answer = queries.implementations_at(check.view, document, mark.start)
    else:
        answer = queries.implementations(check.view, check.meant(mark.place))
    found = {(hit.path, hit.start, hit.end): hit.ref for hit in answer.hits}
    wanted = {key: check.places(key, mark.line) for key in mark.keys}
    said = [f"missing: {key}" for key, places in wanted.items() if not places & found.keys()]
    extra = sorted(found.keys() - frozenset[Place]().union(*wanted.values()))
    said += [f"not expected: {_shown(check, place, found[place])}" for place in extra]
    return [Problem(mark.line, f"impls: {', '.join(mark.keys)}".strip(), tuple(said), mark.place)] if said else []


def _shown(check: Check, place: Place, ref: Ref) -> str:
    if place[1:] == name_range(check.view, ref):
        return check.name(ref)
    line, column = place_of(check.view.facts(document_at(check.view, place[0])), place[1])
    return f"{place[0]}:{line}:{column}, of {check.name(ref)}"


def _declaration(check: Check, mark: Mark) -> list[Problem]:
    from isg_analysis import queries

    answer = queries.declaration(check.view, document_at(check.view, mark.path), mark.start)
    return _compare(check, mark, (hit.ref for hit in answer.hits))


def _definition(check: Check, mark: Mark) -> list[Problem]:
    from isg_analysis import queries

    answer = queries.definition(check.view, document_at(check.view, mark.path), mark.start)
    return _compare(check, mark, (hit.ref for hit in answer.hits))


def _type(check: Check, mark: Mark) -> list[Problem]:
    found = (
        ref
        for document, occurrence in check.occurrences(mark.place)
        for ref in check.view.resolver(document).type_definition(document, occurrence)
    )
    return _compare(check, mark, found)


def _callers(check: Check, mark: Mark) -> list[Problem]:
    from isg_analysis import queries

    answers = [queries.callers(check.view, ref) for ref in check.meant(mark.place)]
    return _by_confidence(check, mark, [hit for each in answers for hit in each.answer.hits])


def _callees(check: Check, mark: Mark) -> list[Problem]:
    from isg_analysis import queries

    answers = [queries.callees(check.view, ref) for ref in check.meant(mark.place)]
    return _by_confidence(check, mark, [hit for each in answers for hit in each.answer.hits])


def _supertypes(check: Check, mark: Mark) -> list[Problem]:
    from isg_analysis import queries

    answers = [queries.supertypes(check.view, ref) for ref in _types_at(check, mark)]
    return _by_confidence(check, mark, [hit for each in answers for hit in each.answer.hits])


def _subtypes(check: Check, mark: Mark) -> list[Problem]:
    from isg_analysis import queries

    answers = [queries.subtypes(check.view, ref) for ref in _types_at(check, mark)]
    return _by_confidence(check, mark, [hit for each in answers for hit in each.answer.hits])


def _types_at(check: Check, mark: Mark) -> list[Ref]:
    from isg_analysis import queries

    return [hit.ref for hit in queries.types_at(check.view, document_at(check.view, mark.path), mark.start).hits]


def _by_confidence(check: Check, mark: Mark, hits: list[Hit]) -> list[Problem]:
    """Certain hits against the keys without a question mark, possible ones against those with one."""
    out: list[Problem] = []
    for sure in (Confidence.CERTAIN, Confidence.POSSIBLE):
        doubted = sure == Confidence.POSSIBLE
        keys = tuple(key.removesuffix("?") for key in mark.keys if key.endswith("?") == doubted)
        out += _compare(
            check, Mark(mark.kind, keys, *mark.place, mark.line), (h.ref for h in hits if h.confidence == sure)
        )
    return out


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
    "goes": _definition,
    "type": _type,
    "callers": _callers,
    "callees": _callees,
    "supertypes": _supertypes,
    "subtypes": _subtypes,
}
