"""What a symbol is: its kind, its flags, and how its global name is spelled.

A symbol is something with a name and an interface. Locals and parameters are not
symbols but bindings (see `facts`): nothing outside their document can name them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import NamedTuple


class SymbolKind(IntEnum):
    """Kinds shared by every language. Numbers are stored on disk: append, never renumber."""

    MODULE = 1
    CLASS = 2  # class, struct
    INTERFACE = 3  # trait, interface
    ENUM = 4
    UNION = 5
    IMPLEMENTATION = 6  # a Rust impl block; its name range is the self type
    FUNCTION = 7
    METHOD = 8  # function owned by a class, trait or impl
    FIELD = 9  # field, instance or class attribute
    CONSTANT = 10
    VARIABLE = 11
    VARIANT = 12  # enum member
    TYPE_ALIAS = 13  # also a trait's associated type
    TYPE_PARAMETER = 14
    MACRO = 15
    PROPERTY = 16


TYPE_KINDS = frozenset(
    {SymbolKind.CLASS, SymbolKind.INTERFACE, SymbolKind.ENUM, SymbolKind.UNION, SymbolKind.TYPE_ALIAS}
)
CALLABLE_KINDS = frozenset({SymbolKind.FUNCTION, SymbolKind.METHOD, SymbolKind.MACRO, SymbolKind.PROPERTY})


class SymbolFlag(IntFlag):
    """Properties of a symbol that resolution or presentation asks about. Stored on disk: append only."""

    PUBLIC = 1  # visible outside its package (Rust `pub`, Python name without leading underscore)
    ASYNC = 2
    UNSAFE = 4
    CONST = 8
    STATIC = 16  # no receiver: Rust associated function, Python staticmethod
    CLASS_METHOD = 32
    ABSTRACT = 64  # no body of its own: trait method without default, abstractmethod
    PROTOCOL = 128  # Python Protocol class
    OVERLOAD = 256
    NEGATIVE = 512  # `impl !Trait for T`
    INFERRED_RETURN = 1024  # what others see of it depends on its body
    SETTER = 2048  # property setter or deleter
    RESTRICTED = 4096  # `pub(crate)`, `pub(super)`, `pub(in ..)`
    DEPRECATED = 8192
    CONDITIONAL = 16384  # under cfg, `if`, `try`: alternatives may exist beside it
    EXPORTED_MACRO = 32768  # `#[macro_export]`
    UNREACHABLE = 65536  # in a branch that is decidably never taken
    STALE = 131072  # kept from before a syntax error swallowed it
    INSTANCE = 262144  # attribute assigned on the instance (`self.x = ...`)
    TYPE_ONLY = 524288  # declared without a value (`x: int` in a class body)


@dataclass(frozen=True, slots=True)
class SymbolPrefix:
    """The part of every symbol id of one document that its path and package give.

    `module` holds SCIP namespace descriptors, each ending in "/" ("flask/app/"), or is empty.
    """

    scheme: str
    manager: str
    package: str
    version: str
    module: str

    def __str__(self) -> str:
        fields = (_field(self.scheme), _field(self.manager), _field(self.package), _field(self.version))
        return f"{' '.join(fields)} {self.module}"


def _field(text: str) -> str:
    return text.replace(" ", "  ") if text else "."


def descriptor(kind: int, name: str, disambiguator: int = 0) -> str:
    """One SCIP descriptor: `Name#`, `name().`, `name.`, `[T]`, `name!`, `name/`.

    Grammar: scip.proto, message Symbol. Names outside [A-Za-z0-9_+-$] are backticked.
    """
    shown = escape(name)
    match kind:
        case SymbolKind.MODULE:
            return f"{shown}/"
        case (
            SymbolKind.CLASS
            | SymbolKind.INTERFACE
            | SymbolKind.ENUM
            | SymbolKind.UNION
            | SymbolKind.TYPE_ALIAS
            | SymbolKind.IMPLEMENTATION
        ):
            return f"{shown}#"
        case SymbolKind.FUNCTION | SymbolKind.METHOD | SymbolKind.PROPERTY:
            return f"{shown}(+{disambiguator})." if disambiguator else f"{shown}()."
        case SymbolKind.TYPE_PARAMETER:
            return f"[{shown}]"
        case SymbolKind.MACRO:
            return f"{shown}!"
        case _:
            return f"{shown}."


def escape(name: str) -> str:
    """The name as SCIP writes it: plain when it is a simple identifier, else in backticks."""
    if name.isascii() and name.isidentifier():
        return name
    if name and all(c.isascii() and (c.isalnum() or c in "_+-$") for c in name):
        return name
    return "`" + name.replace("`", "``") + "`"


def sig_hash(symbol_id: str) -> bytes:
    """SigHash: the 16-byte BLAKE2b digest of a symbol id."""
    return hashlib.blake2b(symbol_id.encode("utf-8", "replace"), digest_size=16).digest()


class SymbolPlace(NamedTuple):
    """A name's place: byte offsets, and its line and columns, which are the same in every encoding. `holder`: what
    holds the symbol; None for the module.
    """

    start: int
    end: int
    line: int
    column: int
    last_column: int
    holder: str | None
