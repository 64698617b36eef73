"""Relations a document declares: classes extend or implement their direct bases, members override inherited ones."""

from __future__ import annotations

from isg_analysis.languages.python.resolving.classes import Base, Classes
from isg_analysis.languages.python.resolving.documents import DocumentView
from isg_analysis.languages.python.resolving.flags import OVERLOAD, SETTER
from isg_analysis.languages.python.resolving.names import Target
from isg_analysis.model.facts import ScopeKind
from isg_analysis.model.ops import Op
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.program import DeclaredRelation, Ref, document_of, row_of, symbol_ref

_OVERRIDING = frozenset({SymbolKind.METHOD, SymbolKind.PROPERTY, SymbolKind.FIELD, SymbolKind.VARIANT})
_NO_BASE = Base(-1, -1)
_NEVER = frozenset({"__new__", "__slots__", "__init_subclass__", "__module__", "__qualname__", "__doc__"})


def document_relations(classes: Classes, view: DocumentView) -> list[DeclaredRelation]:
    """EXTENDS, IMPLEMENTS and OVERRIDES of every class in the document, in source order; then what is registered."""
    out: list[DeclaredRelation] = []
    scopes, kinds = view.symbols.scope, view.scopes.kind
    for symbol, scope in enumerate(scopes):
        if symbol > 0 and scope >= 0 and kinds[scope] == ScopeKind.CLASS:
            _of_class(classes, view, symbol, out)
    if "register" in view.string_ids:
        out += _registered(classes, view)
    return out


def _registered(classes: Classes, view: DocumentView) -> list[DeclaredRelation]:
    """Class implements Base where Base registers it. Only for classes of the document itself: see `registered_with`."""
    return [
        DeclaredRelation(ref, RelationKind.IMPLEMENTS, base)
        for base, ref in _registrations(classes, view) if document_of(ref) == view.number and base != ref
    ]  # fmt: skip


def _registrations(classes: Classes, view: DocumentView) -> list[tuple[Ref, Ref]]:
    """(abstract class, class) of every `Base.register(Class)` of a document, and of every such decorator."""
    pairs: list[tuple[int, tuple[Target, ...]]] = []
    for node, op in enumerate(view.op):
        given = view.items(view.b[node]) if op == Op.CALL else ()
        if len(given) == 1 and given[0] >= 0 and _is_register(view, view.a[node]):
            pairs.append((view.a[node], classes.static_targets(view, given[0])))
    for symbol, decorators in enumerate(view.symbols.decorators):
        for node in view.items(decorators):
            if _is_register(view, node):
                pairs.append((node, (symbol_ref(view.number, symbol),)))
    out = []
    for callee, targets in pairs:
        bases = [one for one in classes.static_targets(view, view.a[callee]) if _registers(classes, one)]
        known = [one for one in targets if isinstance(one, int) and classes.is_class(one)]
        out += [(base, one) for one in known for base in bases if isinstance(base, int)]
    return out


def registered_with(classes: Classes, base: Ref) -> list[Ref]:
    """The classes that any document registers with an abstract class."""
    program, out = classes.program, dict[Ref, None]()
    naming = set(program.documents_naming(classes.view(document_of(base)).facts.name_of(row_of(base))))
    registering = [document for document in program.documents_naming("register") if document in naming]
    if not registering or not _registers(classes, base):  # the first costs less
        return []
    for document in registering:
        view = classes.view(document)
        if "register" in view.string_ids:
            out.update((one, None) for abstract, one in _registrations(classes, view) if abstract == base)
    return list(out)


def _registers(classes: Classes, target: Target) -> bool:
    """Whether a class has the `register` of abstract classes, rather than one of its own."""
    if not isinstance(target, int) or not classes.is_class(target) or classes.class_member(target, "register"):
        return False
    return classes.metaclass(target) < 0 and any(
        base.name.rpartition(".")[2] == "ABC" or base.name.startswith(("collections.abc.", "numbers."))
        or classes.is_instance_of_abc(one)
        for one in classes.lineage(target).classes
        for base in classes.bases(one) or (_NO_BASE,)
    )  # fmt: skip


def _is_register(view: DocumentView, node: int) -> bool:
    return node >= 0 and view.op[node] == Op.MEMBER and view.name(view.b[node]) == "register"


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
    flags = view.symbols.flags
    if flags[row] & OVERLOAD and not flags[classes.own_members(view, row_of(owner), name)[-1]] & OVERLOAD:
        return []  # the body behind the signatures overrides for them all
    found = tuple(one for one in found if not classes.flags_of(one) & OVERLOAD) or found
    setter = flags[row] & SETTER
    found = tuple(one for one in found if classes.flags_of(one) & SETTER == setter) or found
    mine = symbol_ref(view.number, row)
    return [DeclaredRelation(mine, RelationKind.OVERRIDES, one) for one in found if row_of(one) > 0]
