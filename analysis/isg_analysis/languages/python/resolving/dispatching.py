"""Dispatching: which classes a member is asked of, and which body a mention runs. See `resolve.dispatch.Dispatch`."""

from __future__ import annotations

from collections.abc import Sequence

from isg_analysis.languages.python.resolving.calls import Calls
from isg_analysis.languages.python.resolving.flags import OVERLOAD, SETTER
from isg_analysis.languages.python.resolving.values import (
    Callable,
    ClassObject,
    Instance,
    Super,
    Type,
    Variable,
    without_none,
)
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import CALLABLE_KINDS, SymbolKind
from isg_analysis.resolve.program import Ref, document_of, row_of, symbol_ref


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


def bodies(types: Calls, refs: Sequence[Ref], *, writes: bool, reads: bool) -> list[Ref]:
    """See Dispatch.bodies."""
    kept = [ref for ref in refs if types.kind_of(ref) not in CALLABLE_KINDS or not types.flags_of(ref) & OVERLOAD]
    kept = kept or list(refs)
    if writes or reads:
        chosen = [
            ref for ref in kept
            if types.kind_of(ref) != SymbolKind.PROPERTY or bool(types.flags_of(ref) & SETTER) == writes
        ]  # fmt: skip
        kept = chosen or kept
    return [one for ref in kept for one in _source_of(types, ref) or [ref]]


def _source_of(types: Calls, ref: Ref) -> list[Ref]:
    """What a symbol in a `.pyi` file describes in the `.py` file beside it."""
    view, row = types.view(document_of(ref)), row_of(ref)
    source = types.program.document(view.path[:-1]) if view.path.endswith(".pyi") else None
    if source is None:
        return []
    there, names = types.view(source), list[str]()
    while row > 0:
        names.append(view.facts.name_of(row))
        row = view.symbols.parent[row]
    rows = [0]
    for name in reversed(names):
        string = there.string_ids.get(name, -1)
        rows = [inner for one in rows for inner in there.facts.members.get(one, {}).get(string, ())]
    return [symbol_ref(source, one) for one in rows]
