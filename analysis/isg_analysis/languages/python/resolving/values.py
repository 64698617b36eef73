"""What a value or a type can be, as far as resolution asks. A Type is a tuple of shapes: the value is one of them.

The empty Type means *unknown*. Equal shapes are equal objects by value, so a Type can be de-duplicated and memoised.
"""

from __future__ import annotations

from dataclasses import dataclass

from isg_analysis.resolve.program import Ref


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance of a class of the workspace, with what its type parameters stand for."""

    ref: Ref
    arguments: tuple[Type, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassObject:
    """A class of the workspace as a value."""

    ref: Ref
    arguments: tuple[Type, ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the workspace; `receiver` is what it is bound to, if anything."""

    ref: Ref
    receiver: Type = ()


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the workspace."""

    document: int


@dataclass(frozen=True, slots=True)
class Namespace:
    """A package without an `__init__` file: a directory."""

    directory: str


@dataclass(frozen=True, slots=True)
class Foreign:
    """Something from outside the workspace by its dotted name: a module, class, function or special form."""

    name: str


@dataclass(frozen=True, slots=True)
class Outside:
    """An instance of something outside: `name` is its class where known, `arguments` what it holds.

    A tuple of fixed length has one argument per item and the name "tuple".
    """

    name: str = ""
    arguments: tuple[Type, ...] = ()


@dataclass(frozen=True, slots=True)
class Nothing:
    """None."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A type parameter: a TYPE_PARAMETER symbol, or the variable that holds a TypeVar. `is_self` for `Self`."""

    ref: Ref
    is_self: bool = False


@dataclass(frozen=True, slots=True)
class Callable:
    """A callable known by what it returns; `is_type` for `type[T]`, a class that is not known yet.

    `parameters`: the types of its positional parameters, as far as they are written.
    """

    returns: Type
    is_type: bool = False
    parameters: tuple[Type, ...] = ()


@dataclass(frozen=True, slots=True)
class Super:
    """`super()`: members are looked up behind `after` in the MRO of `of`."""

    of: Ref
    after: Ref
    receiver: Type


Shape = (
    Instance | ClassObject | Function | Module | Namespace | Foreign | Outside | Nothing | Variable | Callable | Super
)
Type = tuple[Shape, ...]
UNKNOWN: Type = ()
NOTHING: Type = (Nothing(),)
_FEW = 12


def union(types: list[Type] | tuple[Type, ...]) -> Type:
    """One of several; unknown alternatives add nothing. At most a dozen shapes are kept."""
    if len(types) == 1:
        return types[0]
    out: dict[Shape, None] = {}
    for type in types:
        for shape in type:
            out[shape] = None
    return tuple(out)[:_FEW]


def without_none(type: Type) -> Type:
    """The type with None taken away, unless it is nothing else."""
    if len(type) < 2:
        return type
    kept = tuple(shape for shape in type if not isinstance(shape, Nothing))
    return kept or type


def instances(type: Type) -> Type:
    """What a class-valued type makes when it stands in an annotation or is called."""
    out: list[Shape] = []
    for shape in type:
        if isinstance(shape, ClassObject):
            out.append(Instance(shape.ref, shape.arguments))
        elif isinstance(shape, Foreign):
            out.append(Outside(shape.name))
        elif isinstance(shape, Variable):
            out.append(shape)
        elif isinstance(shape, Callable) and shape.is_type:
            out += shape.returns
    return tuple(out)
