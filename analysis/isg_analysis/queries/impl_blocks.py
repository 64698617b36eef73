"""What implements this, in languages of impl blocks? The conventions are rust-analyzer's.

A trait is implemented by its impl blocks, at their self type, and by the derives that name it; a type by its inherent
and trait impls and by its derives; a trait's member by the members in the impls, also asked from one of them. What is
asked about is not its own implementation, and nothing else has any.
"""

from __future__ import annotations

from collections.abc import Iterator

from isg_analysis.model.facts import BindingKind, Facts
from isg_analysis.model.occurrence import Confidence, Role
from isg_analysis.model.ops import Op
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import TYPE_KINDS, SymbolFlag, SymbolKind
from isg_analysis.queries.answer import Hit, hit, occurrence_hit
from isg_analysis.queries.relations import incoming, outgoing
from isg_analysis.queries.type_hierarchy import types
from isg_analysis.resolve.outside import Outside
from isg_analysis.resolve.program import Ref, document_of, row_of, symbol_ref
from isg_analysis.resolve.view import View

_MEMBER_KINDS = frozenset({SymbolKind.METHOD, SymbolKind.CONSTANT, SymbolKind.TYPE_ALIAS})
_WITH_DERIVES = (SymbolKind.CLASS, SymbolKind.ENUM, SymbolKind.UNION)
_NEGATIVE = int(SymbolFlag.NEGATIVE)


def implementing(view: View, ref: Ref) -> Iterator[Hit | None]:
    """The places that implement a symbol of the workspace; None for some work without a result."""
    kind, owner = _kind(view, ref), _owner(view, ref)
    if kind is SymbolKind.INTERFACE:
        yield from _of_trait(view, ref)
    elif kind in _MEMBER_KINDS and _kind(view, owner) is SymbolKind.INTERFACE:
        yield from _of_member(view, ref)
    elif kind is SymbolKind.TYPE_ALIAS:
        yield from _of_alias(view, ref)
    elif kind in TYPE_KINDS:
        yield from _of_type(view, ref)
    elif kind in _MEMBER_KINDS:
        declared = outgoing(view, ref, RelationKind.OVERRIDES)
        for edge in declared:
            yield from _of_member(view, edge.target)
        if not declared and _kind(view, owner) is SymbolKind.IMPLEMENTATION:
            yield from _of_outside_member(view, ref, owner)


def implementing_outside(view: View, document: int, occurrence: int) -> Iterator[Hit | None]:
    """The places that implement a trait or type from outside, mentioned here; None before each document."""
    resolver = view.resolver(document)
    if occurrence < 0 or not isinstance(resolver, Outside) or not (wanted := resolver.outside(document, occurrence)):
        return
    language = view.language(document)
    for other in sorted(view.documents_naming(wanted[-1]), key=view.path):
        yield None
        if view.language(other) == language:
            yield from _implementing_in(view, other, resolver, wanted)


def _implementing_in(view: View, document: int, resolver: Outside, wanted: tuple[str, ...]) -> Iterator[Hit]:
    """The impl blocks of one document that are of what is wanted, or for it, and the derives that name it."""
    facts = view.facts(document)
    spellings = _spellings(facts, facts.string_ids.get(wanted[-1], -1))
    for row, occurrence in _named_by_rows(facts):
        if facts.occurrences.name[occurrence] not in spellings or view.meaning(document, occurrence).targets:
            continue
        if resolver.outside(document, occurrence) == wanted:
            ref = symbol_ref(document, row)
            derived = facts.symbols.kind[row] != SymbolKind.IMPLEMENTATION
            yield occurrence_hit(view, document, occurrence, ref, Confidence.CERTAIN) if derived else hit(view, ref)


def _spellings(facts: Facts, name: int) -> set[int]:
    """A name, and the names under which the document imports it."""
    bindings, nodes, kinds = facts.bindings, facts.nodes, bytes(facts.bindings.kind)
    out, binding = {name}, kinds.find(BindingKind.IMPORT)
    while binding >= 0:
        value = bindings.value[binding]
        if bindings.name[binding] != name and value >= 0 and nodes.op[value] == Op.IMPORT_PATH:
            occurrence = _named_by(facts, nodes.a[value])
            if occurrence >= 0 and facts.occurrences.name[occurrence] == name:
                out.add(bindings.name[binding])
        binding = kinds.find(BindingKind.IMPORT, binding + 1)
    return out


def _named_by_rows(facts: Facts) -> Iterator[tuple[int, int]]:
    """(row, occurrence): the traits and self types that impl blocks name, the traits that types derive."""
    symbols, kinds = facts.symbols, bytes(facts.symbols.kind)
    for kind in _WITH_DERIVES:
        row = kinds.find(kind)
        while row >= 0:
            yield from ((row, occurrence) for occurrence in _derived(facts, row))
            row = kinds.find(kind, row + 1)
    row = kinds.find(SymbolKind.IMPLEMENTATION)
    while row >= 0:
        if not symbols.flags[row] & _NEGATIVE:
            named = (_named_by(facts, node) for node in (*facts.items(symbols.bases[row]), symbols.type[row]))
            yield from ((row, occurrence) for occurrence in named if occurrence >= 0)
        row = kinds.find(SymbolKind.IMPLEMENTATION, row + 1)


def _of_alias(view: View, alias: Ref) -> Iterator[Hit | None]:
    """What implements the type that an alias stands for."""
    for target in types(view, [alias]):
        if target != alias:
            yield from implementing(view, target)
            continue
        document = document_of(alias)
        facts = view.facts(document)
        yield from implementing_outside(view, document, _named_by(facts, facts.symbols.type[row_of(alias)]))


def _of_trait(view: View, trait: Ref) -> Iterator[Hit]:
    for edge in incoming(view, trait, RelationKind.IMPLEMENTS):
        if _kind(view, edge.source) is SymbolKind.IMPLEMENTATION:
            yield hit(view, edge.source, edge.confidence)
        else:
            yield from (found for found in _derives(view, edge.source) if _means(view, found, trait))


def _of_type(view: View, ref: Ref) -> Iterator[Hit]:
    for edge in incoming(view, ref, RelationKind.EXTENDS):
        if _kind(view, edge.source) is SymbolKind.IMPLEMENTATION:
            yield hit(view, edge.source, edge.confidence)
    yield from _derives(view, ref)


def _of_member(view: View, declared: Ref) -> Iterator[Hit]:
    return (hit(view, edge.source, edge.confidence) for edge in incoming(view, declared, RelationKind.OVERRIDES))


def _of_outside_member(view: View, ref: Ref, block: Ref) -> Iterator[Hit | None]:
    """The members of that name and kind in the impl blocks of a trait from outside, and the derives that make some."""
    document, facts = document_of(block), view.facts(document_of(block))
    name = facts.name_of(row_of(ref))
    for base in facts.items(facts.symbols.bases[row_of(block)]):
        for found in implementing_outside(view, document, _named_by(facts, base)):
            if found is None or found.role == Role.DERIVE:
                yield found
                continue
            there = view.facts(found.document)
            rows = there.members.get(row_of(found.ref), {}).get(there.string_ids.get(name, -1), ())
            members = (symbol_ref(found.document, row) for row in rows)
            yield from (hit(view, member) for member in members if _kind(view, member) is _kind(view, ref))


def _derives(view: View, ref: Ref) -> Iterator[Hit]:
    """The traits named in a type's derives, where they are named."""
    document = document_of(ref)
    for occurrence in _derived(view.facts(document), row_of(ref)):
        yield occurrence_hit(view, document, occurrence, ref, Confidence.CERTAIN)


def _derived(facts: Facts, row: int) -> Iterator[int]:
    decorators = facts.symbols.decorators[row]
    for node in facts.items(decorators) if decorators >= 0 else ():
        occurrence = _named_by(facts, node)
        if occurrence >= 0 and facts.occurrences.role[occurrence] == Role.DERIVE:
            yield occurrence


def _named_by(facts: Facts, node: int) -> int:
    """The occurrence of a path's last segment; -1 for what is no path."""
    while node >= 0 and facts.nodes.op[node] == Op.GENERIC:
        node = facts.nodes.a[node]
    if node < 0 or facts.nodes.op[node] not in (Op.NAME, Op.PATH):
        return -1
    return facts.nodes.a[node] if facts.nodes.op[node] == Op.NAME else facts.nodes.b[node]


def _means(view: View, found: Hit, trait: Ref) -> bool:
    occurrence = view.facts(found.document).occurrence_at(found.start)
    return trait in view.meaning(found.document, occurrence).targets


def _kind(view: View, ref: Ref) -> SymbolKind:
    return SymbolKind(view.facts(document_of(ref)).symbols.kind[row_of(ref)])


def _owner(view: View, ref: Ref) -> Ref:
    return symbol_ref(document_of(ref), max(view.facts(document_of(ref)).symbols.parent[row_of(ref)], 0))
