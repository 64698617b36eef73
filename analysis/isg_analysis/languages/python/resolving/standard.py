"""Standard: which classes of the standard library are the same under several paths, and which derive from which.

As in the running interpreter, in the modules that code derives classes from. Nothing of a workspace is imported.
"""

from __future__ import annotations

import collections.abc
from collections.abc import Sequence
from functools import cache
from importlib import import_module

_MODULES = (
    "builtins", "abc", "argparse", "asyncio", "codecs", "collections", "collections.abc", "concurrent.futures",
    "configparser", "contextlib", "datetime", "decimal", "email.message", "enum", "http", "http.client", "io", "json",
    "logging", "logging.handlers", "numbers", "pathlib", "queue", "socket", "subprocess", "threading", "types",
    "typing", "unittest", "urllib.error",
)  # fmt: skip
_EVERY = "builtins.object"
_RECORD = "typing.NamedTuple"
_SILENT = frozenset({"typing.Any", "typing.Generic", "typing.Protocol", "typing.TypedDict"})
_ABSTRACT = tuple(
    one for one in vars(collections.abc).values() if isinstance(one, type) and "__subclasshook__" not in vars(one)
)
"""The abstract classes that others are registered with; those with a hook look at members instead."""
_TOLD_BY_MEMBERS = {object, collections.abc.Hashable, collections.abc.Sized}
"""Nearly every class is one of these; only that it says so is told."""


def is_class(name: str) -> bool:
    """Whether the path of a base leads to a class: not to a form that says how a class is written."""
    return _plain(name) not in _SILENT


def beneath(path: Sequence[str]) -> list[tuple[str, ...]] | None:
    """The paths of a class and of all that are derived from it, as far as they are known; None where all are."""
    name = _plain(".".join(path))
    if name == _EVERY:
        return None
    base = _classes().get(name)
    if name == _RECORD:
        return []
    if base is None:
        return [tuple(path)]
    if name.startswith("typing.") and base.__module__ in ("builtins", "collections"):
        return []  # to type checkers, `List` is a variable
    found = {one for one, known in _classes().items() if base in _above(known)}
    found.update([_RECORD] if base in _above(tuple) else [])
    extended = [one.replace("typing.", "typing_extensions.", 1) for one in found if one.startswith("typing.")]
    return sorted({tuple(one.split(".")) for one in (*found, *extended)})


def _plain(name: str) -> str:
    return name.replace("typing_extensions.", "typing.", 1)


@cache
def _classes() -> dict[str, type]:
    """By path; what `typing` gives another name is the class that the name stands for."""
    out: dict[str, type] = {}
    for module in _MODULES:
        for name, value in vars(import_module(module)).items():
            one = getattr(value, "__origin__", value) if module == "typing" else value
            if isinstance(one, type) and not name.startswith("_") and f"{module}.{name}" not in _SILENT:
                out[f"{module}.{name}"] = one
                if one.__module__ != module and "." not in one.__qualname__:
                    out.setdefault(f"{one.__module__}.{one.__qualname__}", one)
    return out


@cache
def _above(one: type) -> frozenset[type]:
    """A class, what it derives from and the abstract classes that it is registered with."""
    bases = set(one.__mro__)
    for abstract in _ABSTRACT:
        if issubclass(one, abstract):
            bases.update(abstract.__mro__)
    return frozenset(bases - _TOLD_BY_MEMBERS | {one})
