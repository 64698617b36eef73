"""Conformance: whether a class satisfies a Protocol that it does not name, member by member, or is registered.

A method must take what the protocol's takes: as many positional parameters, the same names where they can be passed by
name, nothing more that is required. Types are compared where both are written and neither leads out of what is known; a
writable attribute of the protocol is not satisfied by a property without a setter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from isg_analysis.languages.python.resolving.assignability import assignable
from isg_analysis.languages.python.resolving.calls import Calls
from isg_analysis.languages.python.resolving.documents import DocumentView
from isg_analysis.languages.python.resolving.flags import (
    ASYNC,
    KEYWORD_ONLY,
    KEYWORDS,
    POSITIONAL_ONLY,
    PROTOCOL,
    SETTER,
    STATIC,
    VARIADIC,
)
from isg_analysis.languages.python.resolving.relations import registered_with
from isg_analysis.languages.python.resolving.values import Callable, Function, Type
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.footprints import defined
from isg_analysis.resolve.program import Ref, document_of, row_of, symbol_ref

_IGNORED = frozenset({"__slots__", "__module__", "__doc__", "__hash__", "__init__", "__new__", "__class_getitem__"})
_MOST_MEMBERS = 60


class Parameter(NamedTuple):
    """One parameter of a function, without the receiver."""

    name: str
    flags: int
    required: bool
    type: Type


def protocol_members(types: Calls, protocol: Ref) -> dict[str, Ref]:
    """What a protocol asks for, inherited members included; empty for a class that is no protocol."""
    out: dict[str, Ref] = {}
    if not types.flags_of(protocol) & PROTOCOL:
        return out
    for one in types.lineage(protocol).classes:
        if not types.flags_of(one) & PROTOCOL:
            continue
        view = types.view(document_of(one))
        for string, rows in view.facts.members.get(row_of(one), {}).items():
            name = view.strings[string]
            kept = types.own_members(view, row_of(one), name)
            if name not in _IGNORED and kept and view.symbols.kind[rows[0]] != SymbolKind.CLASS:
                out.setdefault(name, symbol_ref(one >> 24, kept[-1]))
    return out if len(out) <= _MOST_MEMBERS else {}


def candidates(types: Calls, protocol: Ref) -> Sequence[Ref] | None:
    """The classes that have the protocol's rarest member, or that are registered with an abstract class; None where it
    asks for nothing.
    """
    members = protocol_members(types, protocol)
    if not members:
        return registered_with(types, protocol) or None
    owners: list[list[Ref]] = []
    for name in members:
        types.answers.footprints.note(defined(name))
        owners.append([owner for ref in types.program.definitions(name, "python") if (owner := _owner(types, ref)) > 0])
    rarest = min(owners, key=lambda owner: len(owner))
    return [one for one in dict.fromkeys(rarest) if one != protocol]


def _owner(types: Calls, ref: Ref) -> Ref:
    view = types.view(document_of(ref))
    row = view.owner_class(row_of(ref))
    return symbol_ref(view.number, row) if row >= 0 else -1


def satisfies(types: Calls, ref: Ref, protocol: Ref) -> bool:
    """Whether a class has all that a protocol asks for. What is registered with an abstract class is not looked at."""
    if not types.flags_of(protocol) & PROTOCOL:
        return ref != protocol
    if ref == protocol or types.flags_of(ref) & PROTOCOL:
        return False
    members = protocol_members(types, protocol)
    return bool(members) and all(_has(types, ref, name, wanted) for name, wanted in members.items())


def _has(types: Calls, ref: Ref, name: str, wanted: Ref) -> bool:
    found = types.class_member(ref, name)
    if not found or wanted in found:
        return bool(found)
    kinds = {types.kind_of(one) for one in found}
    kind = types.kind_of(wanted)
    if kind == SymbolKind.METHOD:
        return _has_method(types, found, wanted)
    if SymbolKind.METHOD in kinds:
        return False
    if kind != SymbolKind.PROPERTY and SymbolKind.PROPERTY in kinds:
        return any(types.flags_of(one) & SETTER for one in found)
    return assignable(types, _declared(types, found[0]), _declared(types, wanted))


def _has_method(types: Calls, found: Sequence[Ref], wanted: Ref) -> bool:
    last = found[-1]
    if types.kind_of(last) != SymbolKind.METHOD:
        given = types.symbol_type(last, 0)
        return any(isinstance(shape, Function | Callable) for shape in given)
    mine, theirs = types.flags_of(last), types.flags_of(wanted)
    if (mine ^ theirs) & ASYNC and types.view(document_of(wanted)).symbols.type[row_of(wanted)] >= 0:
        return False
    takes = any(_takes(parameters(types, one), parameters(types, wanted), types) for one in found)
    return takes and assignable(types, _declared(types, last), _declared(types, wanted))


def _declared(types: Calls, ref: Ref) -> Type:
    view, row = types.view(document_of(ref)), row_of(ref)
    return types.annotated(view, view.symbols.type[row])


def parameters(types: Calls, ref: Ref) -> list[Parameter]:
    """A function's parameters, without the receiver."""
    view, row = types.view(document_of(ref)), row_of(ref)
    nodes = view.items(view.symbols.parameters[row])
    bound = view.owner_class(row) >= 0 and not view.symbols.flags[row] & STATIC
    return [_parameter(types, view, node) for node in nodes[1 if bound else 0 :]]


def _parameter(types: Calls, view: DocumentView, node: int) -> Parameter:
    binding = view.occurrences.definition[view.a[node]] >> 1
    flags, bindings = view.bindings.flags[binding], view.bindings
    name = view.strings[bindings.name[binding]]
    required = bindings.value[binding] < 0 and not flags & (VARIADIC | KEYWORDS)
    if name.startswith("__") and not name.endswith("__"):
        flags |= POSITIONAL_ONLY
    return Parameter(name, flags, required, types.annotated(view, bindings.type[binding]))


def _takes(mine: list[Parameter], theirs: list[Parameter], types: Calls) -> bool:
    """Whether what can be called as `theirs` says can be called so where it is `mine`."""
    rest = {kind: any(one.flags & kind for one in mine) for kind in (VARIADIC, KEYWORDS)}
    for kind in (VARIADIC, KEYWORDS):
        if any(one.flags & kind for one in theirs) and not rest[kind]:
            return False
    positional = [one for one in mine if not one.flags & (VARIADIC | KEYWORDS | KEYWORD_ONLY)]
    by_name = {one.name: one for one in mine if not one.flags & (VARIADIC | KEYWORDS | POSITIONAL_ONLY)}
    used: set[str] = set()
    at = 0
    for wanted in theirs:
        if wanted.flags & (VARIADIC | KEYWORDS):
            continue
        given: Parameter | None
        if wanted.flags & KEYWORD_ONLY:
            given = by_name.get(wanted.name)
            if given is None and not rest[KEYWORDS]:
                return False
        else:
            given = positional[at] if at < len(positional) else None
            at += 1
            if given is None and not rest[VARIADIC]:
                return False
            named = wanted.flags & POSITIONAL_ONLY or given is None or given.name == wanted.name
            if not named:
                return False
        if given is not None:
            used.add(given.name)
            if (given.required and not wanted.required) or not assignable(types, wanted.type, given.type):
                return False
    return not any(one.required and one.name not in used for one in mine)
