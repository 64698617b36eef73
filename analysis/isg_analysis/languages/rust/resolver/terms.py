"""Terms: types as the resolver handles them. Immutable tuples `(tag, head, arguments)`; None is an unknown type.

(ADT, symbol, arguments)        struct, enum, union; also a trait inside a bound
(PARAM, symbol, ())             a type parameter
(SELF, trait, ())               `Self` inside a trait
(PRIM, name, ())                u8, str, bool ...
(REF, SHARED or CHANGED, (type,))  &T or &mut T; None where it is not known which
(POINTER, None, (type,))
(SLICE, None, (type,))          [T] and [T; N]
(TUPLE, None, types)
(DYN, None, bounds)             dyn A + B;  (IMPL, None, bounds) the same for impl A + B
(ITEM, name, (type,))           an associated type, as an argument of a bound: Iterator<Item = T>
(PROJECTION, (trait, name), (type,))  an associated type not known further; trait may be None
(FN, None, (result, *parameters))
(FUNCTION, symbol, ())          a named function
(CLOSURE, (document, node), ())
(FUTURE, None, (type,))         an async block or the call of an async function
(PROJECTED, None, (type,))      what `project()` of pin-project gives for a pinned type
(EITHER, None, types)           alternatives under cfg that share a name
(OUTSIDE, name, types)          a type of another crate, by the name it is written with; None where that is unknown
"""

from __future__ import annotations

from typing import Any

Term = tuple[str, Any, tuple[Any, ...]]
Type = Term | None
Substitution = dict[Any, Type]

ADT, PARAM, SELF, PRIM, REF, POINTER, SLICE, TUPLE = "adt", "param", "self", "prim", "ref", "pointer", "slice", "tuple"
DYN, IMPL, ITEM, PROJECTION, FN, FUNCTION = "dyn", "impl", "item", "projection", "fn", "function"
CLOSURE, FUTURE, OUTSIDE, EITHER, PROJECTED = "closure", "future", "outside", "either", "projected"

SHARED, CHANGED = "shared", "changed"
UNIT: Term = (TUPLE, None, ())
ELSEWHERE_TYPE: Term = (OUTSIDE, None, ())
_DEPTH = 12


def substitute(term: Type, given: Substitution, depth: int = 0) -> Type:
    """Replace parameters and Self by what is given for them."""
    if term is None or not given or depth > _DEPTH:
        return term
    tag, head, arguments = term
    if tag in (PARAM, SELF):
        return given.get(head, term)
    if not arguments:
        return term
    return (tag, head, tuple(substitute(argument, given, depth + 1) for argument in arguments))


def unify(pattern: Type, actual: Type, given: Substitution, own: frozenset[Any] | None = None, depth: int = 0) -> bool:
    """Match a type with parameters against an actual one, noting what the parameters stand for.

    False when they can not be the same type. Unknown types match everything. `own`: the parameters that may be
    bound; None for all.
    """
    if pattern is None or actual is None or depth > _DEPTH:
        return True
    tag, head, arguments = pattern
    if tag == PARAM and (own is None or head in own):
        known = given.get(head)
        if known is None:
            given[head] = actual
            return True
        return known[0] != ADT or actual[0] != ADT or known[1] == actual[1]
    if tag == EITHER:
        return any(unify(each, actual, given, own, depth + 1) for each in arguments)
    if actual[0] == EITHER:
        return any(unify(pattern, each, given, own, depth + 1) for each in actual[2])
    if tag in (PROJECTION, IMPL, CLOSURE) or actual[0] in (PROJECTION, CLOSURE):
        return True
    if OUTSIDE in (tag, actual[0]):
        return tag == actual[0] and _may_be_one(pattern, actual, given, own, depth)
    if tag != actual[0] or (head != actual[1] and tag not in (FUNCTION, REF)):
        return False
    if tag == TUPLE and len(arguments) != len(actual[2]):
        return False
    fits = tag != REF or head == actual[1] or None in (head, actual[1])
    for mine, other in zip(arguments, actual[2], strict=False):
        fits = unify(mine, other, given, own, depth + 1) and fits
    return fits


def _may_be_one(one: Term, other: Term, given: Substitution, own: frozenset[Any] | None, depth: int) -> bool:
    """Whether two types of other crates can be the same, as far as their names tell."""
    if None in (one[1], other[1]):
        return True
    fits: bool = one[1] == other[1]
    for mine, theirs in zip(one[2], other[2], strict=False):
        fits = unify(mine, theirs, given, own, depth + 1) and fits
    return fits


def peel(term: Type) -> Type:
    """The type behind references."""
    while term is not None and term[0] == REF:
        term = term[2][0]
    return term


def mentions(term: Type, depth: int = 0) -> bool:
    """Whether a type has parameters in it."""
    if term is None or depth > _DEPTH:
        return False
    return term[0] == PARAM or any(mentions(argument, depth + 1) for argument in term[2])
