"""Which symbols inherit from themselves, call each other in a circle, or have types made of each other?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from isg_analysis.graph.knots import knots, path_to, reached, within
from isg_analysis.graph.modules import label
from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.relation import DECLARED, RelationKind
from isg_analysis.model.symbol import CALLABLE_KINDS, TYPE_KINDS, SymbolKind
from isg_analysis.queries.answer import definition_place
from isg_analysis.queries.findings import Finding, Place
from isg_analysis.resolve.program import DeclaredRelation, Ref, document_of, row_of, symbol_ref
from isg_analysis.resolve.view import View, linked_relations

_OWNED = frozenset({SymbolKind.FIELD, SymbolKind.VARIANT, SymbolKind.TYPE_PARAMETER})


@dataclass(frozen=True, slots=True)
class _Sort:
    """One sort of cycle. `title` begins the message of a finding, `verb` says what each member does to the next."""

    severity: str
    title: str
    verb: str
    relations: frozenset[RelationKind]
    members: Collection[SymbolKind]
    owners: Collection[SymbolKind] = ()
    """Symbols that stand for the type they belong to."""


_SORTS = {
    "inheritance-cycle": _Sort("error", "Inheritance cycle", "extends", frozenset({RelationKind.EXTENDS}), TYPE_KINDS),
    "call-cycle": _Sort("information", "Call cycle", "calls", frozenset({RelationKind.CALLS}), CALLABLE_KINDS),
    "type-cycle": _Sort(
        "information",
        "Type cycle",
        "is made of",
        frozenset({RelationKind.USES, RelationKind.EXTENDS}),
        TYPE_KINDS,
        _OWNED,
    ),
}


SYMBOL_CODES = tuple(_SORTS)
"""The codes of the findings."""


Related = dict[int, list[tuple[Ref, Ref]]]
"""Document -> (member, member it relates to) for the relations that start in it."""


def symbol_cycles(
    view: View, language: str, code: str, near: Collection[int] | None = None, known: Related | None = None
) -> list[Finding]:
    """The findings of one code in one language's documents, at each symbol that is on such a cycle, by path and
    position. Only relations that are certain count; that something refers to itself does not.

    `near`: follow relations from these documents only. `known`: what is known of relations of this sort; is added to.
    """
    sort = _SORTS[code]
    graph = _graph(view, language, sort, near, known if known is not None else {})
    members = set(graph).union(*graph.values()) if graph else set()
    labelled = sorted((label(view, ref), view.path(document_of(ref)), ref) for ref in members)
    numbers = {ref: number for number, (_, _, ref) in enumerate(labelled)}
    numbered = {numbers[source]: {numbers[target] for target in targets} for source, targets in graph.items()}
    refs = [ref for _, _, ref in labelled]
    out = [
        _finding(view, code, [refs[number] for number in cycle], len(knot))
        for knot in knots(numbered)
        for cycle in _cycles(within(numbered, knot))
    ]
    return sorted(out, key=lambda finding: (view.path(finding.place.document), finding.place.start))


def _graph(view: View, language: str, sort: _Sort, near: Collection[int] | None, known: Related) -> dict[Ref, set[Ref]]:
    """Member -> members. From `near` on, as far as it leads."""
    out: dict[Ref, set[Ref]] = {}
    waiting = list(view.documents(language)) if near is None else [d for d in near if view.language(d) == language]
    seen = set(waiting)
    for document in waiting:
        if document not in known:
            known[document] = list(_relations(view, document, sort))
        for source, target in known[document]:
            out.setdefault(source, set()).add(target)
            if document_of(target) not in seen:
                seen.add(document_of(target))
                waiting.append(document_of(target))
    return out


def _relations(view: View, document: int, sort: _Sort) -> Iterator[tuple[Ref, Ref]]:
    facts = view.glance(document)
    for relation in _declared(view, document, sort):
        if relation.confidence == Confidence.CERTAIN:
            row, target = (
                _member(facts.symbols.kind, facts.symbols.parent, row_of(relation.source), sort),
                relation.target,
            )
            if row > 0 and view.glance(document_of(target)).symbols.kind[row_of(target)] in sort.members:
                yield symbol_ref(document, row), target


def _declared(view: View, document: int, sort: _Sort) -> Iterable[DeclaredRelation]:
    """The relations of the sort that start in a document. What a document declares costs less than all that it does."""
    if sort.relations <= DECLARED:
        return (one for one in view.declared_relations(document) if one.kind in sort.relations)
    return linked_relations(view, document, view.links(document).edges_of(sort.relations))


def _member(kinds: Sequence[int], parents: Sequence[int], row: int, sort: _Sort) -> int:
    """The symbol that has a part in cycles for a symbol: itself, or the type it is a part of; -1 if none."""
    while row > 0 and kinds[row] in sort.owners:
        row = parents[row]
    return row if row > 0 and kinds[row] in sort.members else -1


def _cycles(inside: Mapping[int, Collection[int]]) -> Iterator[list[int]]:
    """For each node of a knot a shortest cycle through it."""
    for node, successors in inside.items():
        paths = (path_to(node, reached(inside, successor)) for successor in successors)
        yield [node, *min(paths, key=lambda path: (len(path), path))[:-1]]


def _finding(view: View, code: str, cycle: list[Ref], knot: int) -> Finding:
    sort = _SORTS[code]
    names = [label(view, ref) for ref in cycle]
    tied = f"; {knot} symbols are tied together" if knot > len(cycle) else ""
    message = f"{sort.title}: {' -> '.join((*names, names[0]))}{tied}."
    hops = [
        _place(view, ref, f"{names[at]} {sort.verb} {names[(at + 1) % len(cycle)]}") for at, ref in enumerate(cycle)
    ]
    return Finding(code, sort.severity, _place(view, cycle[0], message), tuple(names), tuple(hops[1:]), knot)


def _place(view: View, ref: Ref, message: str) -> Place:
    return Place(document_of(ref), *definition_place(view, ref), message)
