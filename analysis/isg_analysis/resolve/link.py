"""Linking: asks the resolver about every occurrence of one document and packs the answers.

A pure function of the Program. The edges are derived here, from roles and from what the resolver
says the document's symbols extend, implement and override.
"""

from __future__ import annotations

from collections.abc import Callable

from isg_analysis.model.facts import Facts
from isg_analysis.model.links import Edge, ImportEdge, pack
from isg_analysis.model.occurrence import Confidence, Role
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.outside import outward
from isg_analysis.resolve.program import Program, Ref, Resolver, document_of, is_binding, row_of

KeyOf = Callable[[Ref], int]
_PARTS = frozenset({SymbolKind.FIELD, SymbolKind.VARIANT, SymbolKind.TYPE_PARAMETER})

_EDGES = {
    Role.CALL: RelationKind.CALLS,
    Role.MACRO: RelationKind.CALLS,
    Role.DECORATOR: RelationKind.CALLS,
    Role.IMPORT: RelationKind.IMPORTS,
}
_EDGE_OF_ROLE = [_EDGES.get(Role(role), RelationKind.USES) if role else 0 for role in range(max(Role) + 1)]


def link(program: Program, resolver: Resolver, document: int, key_of: KeyOf) -> bytes:
    """The packed Links of a document; `key_of` gives the key of a symbol."""
    facts = program.facts(document)
    bound: list[tuple[int, int, int]] = []
    local: list[tuple[int, int]] = []
    edges: list[Edge] = []
    partial: list[int] = []
    roles, owners = facts.occurrences.role, _owners(facts)
    resolve = resolver.resolve
    for occurrence in range(len(roles)):
        found = resolve(document, occurrence)
        for target in found.targets:
            if is_binding(target):
                if document_of(target) == document and found.confidence == Confidence.CERTAIN:
                    local.append((occurrence, row_of(target)))
                elif partial[-1:] != [occurrence]:
                    partial.append(occurrence)
                continue
            key = key_of(target)
            bound.append((key, occurrence, found.confidence))
            role = roles[occurrence]
            if role != Role.DEFINITION:
                edges.append(Edge(owners[occurrence], _EDGE_OF_ROLE[role], key, found.confidence))
            elif document_of(target) != document:  # a definition that gives a value to what a base declares
                edges.append(Edge(owners[occurrence], RelationKind.USES, key, found.confidence))
    for relation in resolver.relations(document):
        edges.append(Edge(row_of(relation.source), relation.kind, key_of(relation.target), relation.confidence))
    imports = _imports(resolver, document, facts, key_of)
    return pack(bound, local, edges, partial, imports, outward(program, resolver, document))


def _owners(facts: Facts) -> list[int]:
    """The symbol that says it, for each occurrence: the innermost one that it lies in, signature and all. A field or
    variant speaks for its type.
    """
    symbols = facts.symbols
    rows = [row for row in range(1, len(symbols.kind)) if symbols.kind[row] not in _PARTS]
    rows.sort(key=lambda row: (symbols.start[row], -symbols.end[row], row), reverse=True)
    around, owners = [0], []
    for start in facts.occurrences.start:
        while rows and symbols.start[rows[-1]] <= start:
            around.append(rows.pop())
        while len(around) > 1 and symbols.end[around[-1]] <= start:
            around.pop()
        owners.append(around[-1])
    return owners


def _imports(resolver: Resolver, document: int, facts: Facts, key_of: KeyOf) -> list[ImportEdge]:
    return [
        ImportEdge(
            found.statement,
            row_of(found.source),
            key_of(found.target),
            found.strength,
            facts.string_ids.get(found.name, 0),
        )
        for found in resolver.dependencies(document)
    ]


def unlinkable() -> bytes:
    """The links of a document about which nothing could be found out."""
    return pack((), (), ())
