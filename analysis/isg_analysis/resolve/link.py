"""Linking: asks the resolver about every occurrence of one document and packs the answers.

A pure function of the Program. The edges are derived here, from roles and from what the resolver
says the document's symbols extend, implement and override.
"""

from __future__ import annotations

from collections.abc import Callable

from isg_analysis.model.links import Edge, pack
from isg_analysis.model.occurrence import Confidence, Role
from isg_analysis.model.relation import RelationKind
from isg_analysis.resolve.program import Program, Ref, Resolver, document_of, is_binding, row_of

KeyOf = Callable[[Ref], int]

_EDGE_OF_ROLE = {
    Role.CALL: RelationKind.CALLS,
    Role.MACRO: RelationKind.CALLS,
    Role.DECORATOR: RelationKind.CALLS,
    Role.IMPORT: RelationKind.IMPORTS,
}


def link(program: Program, resolver: Resolver, document: int, key_of: KeyOf) -> bytes:
    """The packed Links of a document; `key_of` gives the key of a symbol."""
    facts = program.facts(document)
    bound: list[tuple[int, int, int]] = []
    local: list[tuple[int, int]] = []
    edges: list[Edge] = []
    roles, scopes = facts.occurrences.role, facts.occurrences.scope
    owners = facts.scopes.symbol
    resolve = resolver.resolve
    for occurrence in range(len(roles)):
        found = resolve(document, occurrence)
        for target in found.targets:
            if is_binding(target):
                if document_of(target) == document and found.confidence == Confidence.CERTAIN:
                    local.append((occurrence, row_of(target)))
                continue
            key = key_of(target)
            bound.append((key, occurrence, found.confidence))
            role = roles[occurrence]
            if role != Role.DEFINITION:
                kind = _EDGE_OF_ROLE.get(Role(role), RelationKind.USES)
                edges.append(Edge(owners[scopes[occurrence]], kind, key, found.confidence))
    for relation in resolver.relations(document):
        edges.append(Edge(row_of(relation.source), relation.kind, key_of(relation.target), relation.confidence))
    return pack(bound, local, edges)


def unlinkable() -> bytes:
    """The links of a document about which nothing could be found out."""
    return pack((), (), ())
