"""Relations a document declares: classes extend or implement their direct bases, members override inherited ones."""

from __future__ import annotations

from isg_analysis.languages.python.resolving.classes import Classes
from isg_analysis.languages.python.resolving.documents import DocumentView
from isg_analysis.languages.python.resolving.flags import SETTER
from isg_analysis.model.facts import ScopeKind
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.program import DeclaredRelation, Ref, row_of, symbol_ref

_OVERRIDING = frozenset({SymbolKind.METHOD, SymbolKind.PROPERTY, SymbolKind.FIELD, SymbolKind.VARIANT})
_NEVER = frozenset({"__new__", "__slots__", "__init_subclass__", "__module__", "__qualname__", "__doc__"})


def document_relations(classes: Classes, view: DocumentView) -> list[DeclaredRelation]:
    """EXTENDS, IMPLEMENTS and OVERRIDES of every class in the document, in source order."""
    out: list[DeclaredRelation] = []
    scopes, kinds = view.symbols.scope, view.scopes.kind
    for symbol, scope in enumerate(scopes):
        if symbol > 0 and scope >= 0 and kinds[scope] == ScopeKind.CLASS:
            _of_class(classes, view, symbol, out)
    return out


def _of_class(classes: Classes, view: DocumentView, symbol: int, out: list[DeclaredRelation]) -> None:
    ref = symbol_ref(view.number, symbol)
    for base in classes.bases(ref):
        if base.ref >= 0 and base.ref != ref:
            implements = classes.is_protocol(base.ref) and not classes.is_protocol(ref)
            kind = RelationKind.IMPLEMENTS if implements else RelationKind.EXTENDS
            out.append(DeclaredRelation(ref, kind, base.ref))
    if len(classes.lineage(ref).classes) < 2:
        return
    for rows in view.facts.members.get(symbol, {}).values():
        for row in rows:
            if view.symbols.kind[row] in _OVERRIDING:
                out += _overrides(classes, view, ref, row)


def _overrides(classes: Classes, view: DocumentView, owner: Ref, row: int) -> list[DeclaredRelation]:
    name = view.facts.name_of(row)
    if name.startswith("__") and not name.endswith("__"):
        return []
    if name in _NEVER:
        return []
    if classes.declared_above(symbol_ref(view.number, row)):
        return []
    found = classes.class_member(owner, name, after=owner)
    setter = view.symbols.flags[row] & SETTER
    found = tuple(one for one in found if classes.flags_of(one) & SETTER == setter) or found
    mine = symbol_ref(view.number, row)
    return [DeclaredRelation(mine, RelationKind.OVERRIDES, one) for one in found if row_of(one) > 0]
