"""What implements this, in languages of impl blocks? The conventions are rust-analyzer's.

A trait is implemented by its impl blocks, at their self type, and by the derives that name it; a type by its inherent
and trait impls and by its derives; a trait's member by the members in the impls, also asked from one of them. What is
asked about is not its own implementation, and nothing else has any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from isg_analysis.model.facts import Facts
from isg_analysis.model.links import OutwardPlace
from isg_analysis.model.occurrence import Confidence, Role
from isg_analysis.model.ops import Op
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import TYPE_KINDS, SymbolFlag, SymbolKind
from isg_analysis.queries import made_blocks
from isg_analysis.queries.answer import Hit, hit, occurrence_hit
from isg_analysis.queries.relations import incoming, outgoing
from isg_analysis.queries.type_hierarchy import types
from isg_analysis.resolve.outside import (
    IMPLEMENTED_MEMBERS,
    Outside,
    OutsideMember,
    OutsideMembers,
    derived,
    named_by,
)
from isg_analysis.resolve.program import Ref, document_of, row_of, symbol_ref
from isg_analysis.resolve.view import View


def implementing(view: View, ref: Ref) -> Iterator[Hit]:
    """The places that implement a symbol of the workspace."""
    kind, owner = _kind(view, ref), _owner(view, ref)
    if kind is SymbolKind.INTERFACE:
        yield from _of_trait(view, ref)
    elif kind in IMPLEMENTED_MEMBERS and _kind(view, owner) is SymbolKind.INTERFACE:
        yield from _of_member(view, ref)
    elif kind is SymbolKind.TYPE_ALIAS:
        yield from _of_alias(view, ref)
    elif kind in TYPE_KINDS:
        yield from _of_type(view, ref)
    elif kind in IMPLEMENTED_MEMBERS:
        declared = outgoing(view, ref, RelationKind.OVERRIDES)
        for edge in declared:
            yield from _of_member(view, edge.target)
        member = None if declared else outside_member(view, ref)
        if member is not None:
            yield from _of_outside_member(view, document_of(ref), member)


def implementing_outside(view: View, document: int, occurrence: int) -> Iterator[Hit]:
    """The places that implement a trait or type from outside, mentioned here: impl blocks and derives; or a member of
    such a trait.
    """
    called = view.glance(document).occurrences.role[occurrence] == Role.CALL if occurrence >= 0 else False
    if not called and (path := _path_of(view, document, occurrence)):
        for other, places in view.outward(path, view.language(document)):
            yield from _hits(view, other, places)
        yield from made_blocks.of_outside(view, document, path)
    elif (member := member_named(view, document, occurrence)) is not None:
        yield from _of_outside_member(view, document, member)


def _path_of(view: View, document: int, occurrence: int) -> tuple[str, ...]:
    resolver = view.resolver(document)
    return resolver.outside(document, occurrence) if occurrence >= 0 and isinstance(resolver, Outside) else ()


def _of_alias(view: View, alias: Ref) -> Iterator[Hit]:
    """What implements the type that an alias stands for."""
    document = document_of(alias)
    facts = view.facts(document)
    node = facts.symbols.type[row_of(alias)]
    if shape := _shape(facts, node):
        yield from _of_shape(view, view.language(document), shape)
        yield from made_blocks.of_shape(view, document, shape)
        return
    for target in types(view, [alias]):
        if target != alias:
            yield from implementing(view, target)
        else:
            yield from implementing_outside(view, document, named_by(facts, node))


def _shape(facts: Facts, node: int) -> tuple[int | str, ...]:
    """What impl blocks for a type without a name have in common with it: the sort of reference, the length of a tuple,
    which primitive type; not what it leads to or is made of. Empty for what is none.
    """
    op = facts.nodes.op[node] if node >= 0 else 0
    if op == Op.LITERAL:
        return op, facts.strings[facts.nodes.b[node]]
    if op == Op.TUPLE:
        return op, len(list(facts.items(facts.nodes.a[node])))
    return (op, facts.nodes.b[node]) if op in (Op.REF, Op.SLICE, Op.POINTER) else ()


def _of_shape(view: View, language: str, shape: tuple[int | str, ...]) -> Iterator[Hit]:
    """The impl blocks for types of a shape. They are filed under no name: all documents are gone through."""
    for document in view.documents(language):
        facts = view.glance(document)
        for row, kind in enumerate(facts.symbols.kind):
            if kind != SymbolKind.IMPLEMENTATION or facts.symbols.flags[row] & SymbolFlag.NEGATIVE:
                continue
            if _shape(facts, facts.symbols.type[row]) == shape:
                yield hit(view, symbol_ref(document, row))


def _of_trait(view: View, trait: Ref) -> Iterator[Hit]:
    for edge in incoming(view, trait, RelationKind.IMPLEMENTS):
        if _kind(view, edge.source) is SymbolKind.IMPLEMENTATION:
            yield hit(view, edge.source, edge.confidence)
        else:
            yield from (found for found in _derives(view, edge.source) if _means(view, found, trait))
    yield from made_blocks.of_trait(view, trait)


def _of_type(view: View, ref: Ref) -> Iterator[Hit]:
    for edge in incoming(view, ref, RelationKind.EXTENDS):
        if _kind(view, edge.source) is SymbolKind.IMPLEMENTATION:
            yield hit(view, edge.source, edge.confidence)
    yield from _derives(view, ref)
    yield from made_blocks.of_type(view, ref)


def _of_member(view: View, declared: Ref) -> Iterator[Hit]:
    yield from (hit(view, edge.source, edge.confidence) for edge in incoming(view, declared, RelationKind.OVERRIDES))
    yield from made_blocks.of_member(view, declared, _owner(view, declared))


def outside_member(view: View, ref: Ref) -> OutsideMember | None:
    """What a member of an impl block implements of a trait from outside; None where it is no such member."""
    owner = _owner(view, ref)
    if _kind(view, owner) is not SymbolKind.IMPLEMENTATION or _kind(view, ref) not in IMPLEMENTED_MEMBERS:
        return None
    document, facts = document_of(owner), view.facts(document_of(owner))
    for base in facts.items(facts.symbols.bases[row_of(owner)]):
        if path := _path_of(view, document, named_by(facts, base)):
            return OutsideMember(path, facts.name_of(row_of(ref)), facts.symbols.kind[row_of(ref)])
    return None


def member_named(view: View, document: int, occurrence: int) -> OutsideMember | None:
    """What an external occurrence names of a trait from outside."""
    resolver = view.resolver(document)
    if occurrence < 0 or not isinstance(resolver, OutsideMembers):
        return None
    return resolver.outside_member(document, occurrence)


def _of_outside_member(view: View, document: int, member: OutsideMember) -> Iterator[Hit]:
    """The members of that name and kind in the impl blocks of a trait from outside, and the derives that make some."""
    language = view.language(document)
    for other, members in view.outward(member.path, language, member.name, member.kind):
        yield from _hits(view, other, members)
    for other, places in view.outward(member.path, language):
        yield from _hits(view, other, [place for place in places if place.is_derive])
    yield from made_blocks.of_outside_member(view, document, member)


def _hits(view: View, document: int, places: Iterable[OutwardPlace]) -> Iterator[Hit]:
    for row, start, length, is_derive in places:
        role = Role.DERIVE if is_derive else Role.DEFINITION
        yield Hit(view, document, start, start + length, symbol_ref(document, row), Confidence.CERTAIN, role)


def _derives(view: View, ref: Ref) -> Iterator[Hit]:
    """The traits named in a type's derives, where they are named."""
    document = document_of(ref)
    for occurrence in derived(view.facts(document), row_of(ref)):
        yield occurrence_hit(view, document, occurrence, ref, Confidence.CERTAIN)


def _means(view: View, found: Hit, trait: Ref) -> bool:
    occurrence = view.facts(found.document).occurrence_at(found.start)
    return trait in view.meaning(found.document, occurrence).targets


def _kind(view: View, ref: Ref) -> SymbolKind:
    return SymbolKind(view.glance(document_of(ref)).symbols.kind[row_of(ref)])


def _owner(view: View, ref: Ref) -> Ref:
    return symbol_ref(document_of(ref), max(view.glance(document_of(ref)).symbols.parent[row_of(ref)], 0))
