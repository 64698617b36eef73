"""Dispatching: which classes a member is asked of, and which body a mention runs. See `resolve.dispatch.Dispatch`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from isg_analysis.languages.python.resolving.calls import Calls
from isg_analysis.languages.python.resolving.documents import DocumentView
from isg_analysis.languages.python.resolving.flags import INSTANCE, OVERLOAD, RECEIVER, SETTER, UNREACHABLE_SYMBOL
from isg_analysis.languages.python.resolving.values import (
    Callable,
    ClassObject,
    Instance,
    Super,
    Type,
    Variable,
    without_none,
)
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import CALLABLE_KINDS, SymbolKind
from isg_analysis.resolve.program import Ref, document_of, is_binding, row_of, symbol_ref

_GETTER, _SETTER, _DELETER = "getter", "setter", "deleter"


def receivers(types: Calls, document: int, occurrence: int) -> Sequence[Ref] | None:
    """See Dispatch.receivers."""
    view = types.view(document)
    node = view.occurrences.node[occurrence]
    if node < 0 or view.op[node] != Op.MEMBER:
        return None
    given = without_none(types.value(view, view.a[node]))
    if given and all(isinstance(shape, Super) for shape in given):
        return ()
    return list(dict.fromkeys(_classes(types, given))) or None


def _classes(types: Calls, type: Type) -> list[Ref]:
    out: list[Ref] = []
    for shape in type:
        if isinstance(shape, Instance | ClassObject):
            out.append(shape.ref)
        elif isinstance(shape, Variable):
            out += _classes(types, types.bound_of(shape))
        elif isinstance(shape, Callable) and shape.is_type:
            out += _classes(types, types.class_behind(shape))
    return out


def bodies(types: Calls, document: int, occurrence: int, refs: Sequence[Ref]) -> list[Ref]:
    """See Dispatch.bodies."""
    signatures = [ref for ref in refs if types.kind_of(ref) in CALLABLE_KINDS and types.flags_of(ref) & OVERLOAD]
    kept = [ref for ref in refs if ref not in signatures]
    elsewhere = bool(signatures and kept)
    kept = [ref for ref in kept or refs if elsewhere or _may_run(types, ref)]
    kept = list(dict.fromkeys(one for ref in kept for one in (ref, *_defined_again(types, ref))))
    accessor = _accessor_used(types, document, occurrence)
    chosen = [ref for ref in kept if types.kind_of(ref) != SymbolKind.PROPERTY or _accessor(types, ref) == accessor]
    return chosen if chosen and accessor else kept


def _may_run(types: Calls, ref: Ref) -> bool:
    """Whether a symbol is a class, belongs to one, or has its body in the source beside a stub."""
    view = types.view(document_of(ref))
    if types.is_class(ref) or view.owner_class(row_of(ref)) >= 0:
        return True
    return view.path.endswith(".pyi") and types.program.document(view.path[:-1]) is not None


def _defined_again(types: Calls, ref: Ref) -> list[Ref]:
    """All bodies that a class itself gives a method, one after the other."""
    view, row = types.view(document_of(ref)), row_of(ref)
    owner, flags = view.owner_class(row), view.symbols.flags
    if owner < 0 or types.kind_of(ref) not in CALLABLE_KINDS or flags[row] & UNREACHABLE_SYMBOL:
        return []
    beside = view.facts.members.get(owner, {}).get(view.symbols.name[row], ())
    return [
        symbol_ref(view.number, one) for one in beside
        if view.symbols.kind[one] == view.symbols.kind[row] and not flags[one] & (OVERLOAD | UNREACHABLE_SYMBOL)
    ]  # fmt: skip


def _accessor_used(types: Calls, document: int, occurrence: int) -> str:
    """Which accessor of a property an occurrence runs; an accessor's own name counts as its use."""
    if occurrence < 0:
        return ""
    rows = types.view(document).occurrences
    definition = rows.definition[occurrence]
    if definition >= 0 and not definition & 1:
        ref = symbol_ref(document, definition >> 1)
        if types.kind_of(ref) == SymbolKind.PROPERTY:
            return _accessor(types, ref)
        return _SETTER if types.flags_of(ref) & INSTANCE else _GETTER
    return _SETTER if rows.role[occurrence] == Role.WRITE else _GETTER


def _accessor(types: Calls, ref: Ref) -> str:
    if not types.flags_of(ref) & SETTER:
        return _GETTER
    view = types.view(document_of(ref))
    for node in view.items(view.symbols.decorators[row_of(ref)]):
        if node >= 0 and view.op[node] == Op.MEMBER and view.name(view.b[node]) == _DELETER:
            return _DELETER
    return _SETTER


def alike(types: Calls, ref: Ref, other: Ref) -> bool:
    """See Dispatch.alike."""
    if types.kind_of(ref) != SymbolKind.PROPERTY or types.kind_of(other) != SymbolKind.PROPERTY:
        return True
    return _accessor(types, ref) == _accessor(types, other)


def values(types: Calls, ref: Ref) -> list[int]:
    """See Dispatch.values: assignments in the class's body, and those through the receiver in its methods."""
    view, row = types.view(document_of(ref)), row_of(ref)
    owner = view.owner_class(row)
    if owner < 0 or types.kind_of(ref) != SymbolKind.FIELD:
        return []
    names, roles, starts = view.occurrences.name, view.occurrences.role, view.occurrences.start
    wanted = view.symbols.name[row]
    first, last = (bisect_left(starts, at) for at in (view.symbols.start[owner], view.symbols.end[owner]))
    return [
        at for at in range(first, last)
        if names[at] == wanted and roles[at] == Role.WRITE and _gives(types, view, at, owner)
    ]  # fmt: skip


def _gives(types: Calls, view: DocumentView, occurrence: int, owner: int) -> bool:
    """Whether a write gives a value to a member of the class: by its bare name in the body, or through a receiver."""
    node = view.occurrences.node[occurrence]
    if node < 0 or view.op[node] == Op.NAME:
        return view.frame(view.occurrences.scope[occurrence]) == view.symbols.scope[owner]
    base = view.a[node]
    if view.op[node] != Op.MEMBER or view.op[base] != Op.NAME:
        return False
    return any(
        is_binding(target) and view.bindings.flags[row_of(target)] & RECEIVER
        and view.owner_class(view.scopes.symbol[view.bindings.scope[row_of(target)]]) == owner
        for target in types.name_targets(view, view.a[base]) if isinstance(target, int)
    )  # fmt: skip
