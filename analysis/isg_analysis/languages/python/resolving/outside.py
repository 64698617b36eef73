"""What is known of the world outside the workspace: how the standard containers and functions pass on what they hold.

Only what lets a type of the workspace come out again: `list[Thing]` iterated, `dict.get`, `sorted`, `next`, `cast`.
"""

from __future__ import annotations

from isg_analysis.languages.python.resolving.values import UNKNOWN, Callable, Outside, Type, union

_LAST = frozenset({"get", "pop", "popleft", "setdefault", "popitem", "__getitem__", "send", "__next__", "result"})
_SAME = frozenset({"copy", "__enter__", "__iter__", "union", "intersection", "difference"})
_MAPPINGS = frozenset(
    {"dict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "defaultdict", "DefaultDict", "WeakValueDictionary"}
)
_AWAITED = frozenset({"Coroutine", "Awaitable", "Future", "Task"})
_ITERATES = frozenset({"sorted", "reversed", "list", "tuple", "set", "frozenset", "iter", "filter", "deque"})
_PICKS = frozenset({"next", "min", "max"})
_COPIES = frozenset(
    {
        "copy.copy", "copy.deepcopy", "copy.replace", "dataclasses.replace", "attr.evolve", "attrs.evolve",
        "asyncio.create_task", "asyncio.ensure_future", "asyncio.shield", "asyncio.wait_for",
    }
)  # fmt: skip
_KEYED = frozenset({"builtins.sorted", "builtins.min", "builtins.max", "itertools.groupby"})
_KEYED_BEHIND = frozenset({"heapq.nlargest", "heapq.nsmallest"})
_PREDICATED = frozenset(
    {
        "builtins.filter", "itertools.takewhile", "itertools.dropwhile", "itertools.filterfalse", "functools.reduce",
    }
)  # fmt: skip


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def is_mapping(shape: Outside) -> bool:
    """Whether the container's arguments are a key and a value type."""
    return _last(shape.name) in _MAPPINGS and len(shape.arguments) == 2


def iterated(shape: Outside) -> Type:
    """What iterating gives."""
    if not shape.arguments:
        return (Outside(),)
    return union(shape.arguments) if shape.name == "tuple" else shape.arguments[0]


def indexed(shape: Outside, sliced: bool) -> Type:
    """What `value[...]` gives."""
    if sliced or not shape.arguments:
        return (shape,) if sliced else (Outside(),)
    return union(shape.arguments) if shape.name == "tuple" else shape.arguments[-1]


def unpacked(shape: Outside, index: int) -> Type:
    """The element of a destructured value; negative counts from the end, less one."""
    if shape.name == "tuple" and shape.arguments:
        at = index + 1 if index < 0 else index
        return shape.arguments[at] if -len(shape.arguments) <= at < len(shape.arguments) else UNKNOWN
    return iterated(shape)


def element(shape: Outside, index: int) -> Type:
    """The element of a tuple of fixed length; negative counts from the end."""
    return shape.arguments[index] if -len(shape.arguments) <= index < len(shape.arguments) else UNKNOWN


def awaited(shape: Outside) -> Type:
    """What `await` gives."""
    if _last(shape.name) in _AWAITED and shape.arguments:
        return shape.arguments[-1]
    return (Outside(),)


def entered(shape: Outside) -> Type:
    """What `with ... as` binds."""
    return shape.arguments[0] if shape.arguments and shape.name.endswith("ContextManager") else (shape,)


def member(shape: Outside, name: str) -> Type:
    """The type of a member of an instance from outside."""
    if not shape.arguments:
        return (Outside(),)
    if name in _SAME:
        return (Callable((shape,)),)
    if is_mapping(shape):
        key, value = shape.arguments
        views = {"keys": (key,), "values": (value,), "items": ((Outside("tuple", (key, value)),),)}
        if name in views:
            return (Callable((Outside("builtins.list", views[name]),)),)
    if name in _LAST:
        return (Callable(union(shape.arguments) if shape.name == "tuple" else shape.arguments[-1]),)
    return (Outside(),)


def called(name: str, arguments: list[Type]) -> Type | None:
    """What calling a function or class from outside gives, where it passes on its arguments; None if it does not."""
    last, given = _last(name), arguments[0] if arguments else UNKNOWN
    if name in _COPIES:
        return given
    if name == "asyncio.run":
        return union([awaited(shape) for shape in given if isinstance(shape, Outside)] or [UNKNOWN])
    if name == "asyncio.gather":
        each = tuple(union([awaited(shape) for shape in one if isinstance(shape, Outside)]) for one in arguments)
        return (Outside("typing.Coroutine", ((Outside("tuple", each),),)),)
    if name == "itertools.chain":
        return (Outside("builtins.list", (union([held(one) for one in arguments]),)),)
    if not name.startswith(("builtins.", "collections.")) or not arguments:
        return None
    if last in _PICKS and len(arguments) == 1:
        return held(given)
    if last in _ITERATES:
        return (Outside("builtins.list", (held(arguments[-1]),)),)
    if last == "enumerate":
        return (Outside("builtins.list", ((Outside("tuple", ((Outside("builtins.int"),), held(given))),),)),)
    if last == "zip":
        return (Outside("builtins.list", ((Outside("tuple", tuple(held(one) for one in arguments)),),)),)
    return None


def element_passed(name: str, argument: int, index: int) -> int:
    """The argument whose elements a function from outside passes on, as the `index`-th one, to a function that it is
    given at `argument` (-1 by keyword); -1 if there is none.
    """
    if name in _KEYED and (argument < 0 or name == "itertools.groupby"):
        return 0
    if name in _KEYED_BEHIND:
        return 1
    if name in _PREDICATED and argument == 0:
        return 1
    return 1 + index if name == "builtins.map" and argument == 0 else -1


def is_awaited(shape: Outside) -> bool:
    """Whether the shape is something to await."""
    return _last(shape.name) in _AWAITED


def held(type: Type) -> Type:
    """What foreign containers among the shapes hold."""
    return union([iterated(shape) for shape in type if isinstance(shape, Outside)] or [UNKNOWN])
