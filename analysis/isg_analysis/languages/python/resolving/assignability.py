"""Assignability: whether a value of one type may stand where another is wanted, as far as both are known.

Where they are not known the answer is yes: what is asked is whether something is excluded.
"""

from __future__ import annotations

from isg_analysis.languages.python.resolving.classes import Classes
from isg_analysis.languages.python.resolving.flags import PROTOCOL
from isg_analysis.languages.python.resolving.values import (
    Callable,
    ClassObject,
    Function,
    Instance,
    Nothing,
    Outside,
    Shape,
    Type,
)

_CLOSED = frozenset({"str", "int", "float", "complex", "bool", "bytes", "list", "dict", "set", "tuple", "frozenset"})
_WIDER = {"bool": {"int", "float", "complex"}, "int": {"float", "complex"}, "float": {"complex"}}


def assignable(classes: Classes, source: Type, target: Type) -> bool:
    """Whether every shape of the source may be one of the target's."""
    if not source or not target:
        return True
    return all(any(_fits(classes, one, other) for other in target) for one in source)


def _fits(classes: Classes, source: Shape, target: Shape) -> bool:
    if isinstance(source, Nothing) or isinstance(target, Nothing):
        return source == target or (isinstance(target, Outside) and _last(target) not in _CLOSED)
    if isinstance(source, Instance) and isinstance(target, Instance):
        line = classes.lineage(source.ref)
        return target.ref in line.classes or not line.complete or bool(classes.flags_of(target.ref) & PROTOCOL)
    if isinstance(source, Outside) and isinstance(target, Outside):
        mine, wanted = _last(source), _last(target)
        return mine == wanted or mine not in _CLOSED or wanted not in _CLOSED or wanted in _WIDER.get(mine, ())
    if isinstance(source, Instance) and isinstance(target, Outside):
        return _last(target) not in _CLOSED or not classes.lineage(source.ref).complete
    if isinstance(source, Outside) and isinstance(target, Instance):
        return _last(source) not in _CLOSED or bool(classes.flags_of(target.ref) & PROTOCOL)
    if isinstance(source, Function | Callable | ClassObject) and isinstance(target, Outside):
        return _last(target) not in _CLOSED
    if isinstance(source, Outside) and isinstance(target, Callable):
        return _last(source) not in _CLOSED
    return True


def _last(shape: Outside) -> str:
    return shape.name.rpartition(".")[2]
