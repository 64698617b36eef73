"""Relations: what impl blocks, traits and derives declare, as edges between symbols."""

from __future__ import annotations

from isg_analysis.languages.rust.resolver.files import TYPE, File
from isg_analysis.languages.rust.resolver.implementations import Implementations
from isg_analysis.languages.rust.resolver.terms import ADT
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import SymbolFlag, SymbolKind
from isg_analysis.resolve.program import DeclaredRelation, Ref, symbol_ref

_TYPES = (SymbolKind.CLASS, SymbolKind.ENUM, SymbolKind.UNION)


def relations_of(resolver: Implementations, document: int) -> list[DeclaredRelation]:
    """An impl block IMPLEMENTS its trait and EXTENDS its self type; its items OVERRIDE the trait's of the same name
    and sort; a trait EXTENDS its supertraits; a type IMPLEMENTS what it derives. Only where both ends are in the
    workspace; `impl !Trait` implements nothing.
    """
    file = resolver.files[document]
    out: list[DeclaredRelation] = []
    for row, kind in enumerate(file.kinds):
        source = symbol_ref(document, row)
        if kind == SymbolKind.IMPLEMENTATION:
            out += _of_impl(resolver, file, row, source)
        elif kind == SymbolKind.INTERFACE:
            targets = [bound[1] for bound in resolver.bounds(source) if bound[0] == ADT and bound[1] >= 0]
            out += [DeclaredRelation(source, RelationKind.EXTENDS, target) for target in dict.fromkeys(targets)]
        elif kind in _TYPES and file.symbols.decorators[row] >= 0:
            targets = [trait for trait in resolver.derived(source) if trait >= 0]
            out += [DeclaredRelation(source, RelationKind.IMPLEMENTS, target) for target in dict.fromkeys(targets)]
    return out


def _of_impl(resolver: Implementations, file: File, row: int, source: Ref) -> list[DeclaredRelation]:
    out: list[DeclaredRelation] = []
    subject = file.head(file.symbols.type[row])
    for named in resolver.named(file.document, subject, TYPE) if subject >= 0 else ():
        target = own_type(resolver, named)
        if target >= 0 and resolver.files.kind(target) != SymbolKind.TYPE_PARAMETER:
            out.append(DeclaredRelation(source, RelationKind.EXTENDS, target))
    bases = file.items(file.symbols.bases[row])
    if not bases or file.flags[row] & SymbolFlag.NEGATIVE:
        return out
    for trait in resolver.named(file.document, file.head(bases[0]), TYPE):
        if trait >= 0 and resolver.files.kind(trait) == SymbolKind.INTERFACE:
            out.append(DeclaredRelation(source, RelationKind.IMPLEMENTS, trait))
            out += _overrides(resolver, file, row, trait)
    return out


def own_type(resolver: Implementations, ref: Ref) -> Ref:
    """The type that an alias of one in the workspace stands for; anything else as itself."""
    term = resolver.term_of(ref) if resolver.files.kind(ref) == SymbolKind.TYPE_ALIAS else None
    return term[1] if term is not None and term[0] == ADT and term[1] >= 0 else ref


def _overrides(resolver: Implementations, file: File, row: int, trait: Ref) -> list[DeclaredRelation]:
    out: list[DeclaredRelation] = []
    for rows in file.facts.members.get(row, {}).values():
        for member in rows:
            kind = file.kinds[member]
            name = file.strings[file.symbols.name[member]]
            out += [
                DeclaredRelation(symbol_ref(file.document, member), RelationKind.OVERRIDES, target)
                for target in resolver.files.members(trait, name)
                if resolver.files.kind(target) == kind and kind != SymbolKind.TYPE_PARAMETER
            ]
    return out
