"""Facts: all that one document says by itself, as packed columns that are read in place.

Facts are a pure function of (language, text, extractor version). They hold no paths, no ids of
other documents, nothing that another file could change. A reader looks at the columns through
memoryviews over the stored bytes: opening facts decodes nothing but the names, and those only when
a name is asked for.

Positions are byte offsets into the UTF-8 text. `model.text.LineIndex` turns them into lines and columns.

Sibling: `model.builder.FactsBuilder` makes these bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum, IntFlag
from functools import cache, cached_property
from typing import Annotated, Any, get_type_hints

FORMAT = 1
_MAGIC = b"ISGF"
_HEADER = struct.Struct("<4sHHI")
_SECTION = struct.Struct("<cxxxII")

U8 = Annotated[Sequence[int], "B"]
U16 = Annotated[Sequence[int], "H"]
I32 = Annotated[Sequence[int], "i"]
I64 = Annotated[Sequence[int], "q"]


class FactsError(ValueError):
    """The bytes are not facts of this format: damaged, or written by another version."""


class ScopeKind(IntEnum):
    """Stored on disk: append, never renumber."""

    MODULE = 1
    CLASS = 2  # class body; names in it are not visible from functions inside it
    FUNCTION = 3
    BLOCK = 4
    COMPREHENSION = 5
    LAMBDA = 6
    TYPE_PARAMETERS = 7  # generics of an item, around it
    IMPLEMENTATION = 8
    NARROWING = 9  # a branch in which some names have a narrower type; holds only NARROW bindings
    MACRO = 10


class BindingKind(IntEnum):
    """Stored on disk: append, never renumber."""

    SYMBOL = 1  # the name of a symbol of this document
    PARAMETER = 2
    LOCAL = 3
    IMPORT = 4
    NARROW = 5  # not a definition: gives the name a narrower type inside its scope
    GLOBAL = 6  # `global x`: the name means the module's
    NONLOCAL = 7
    LABEL = 8  # Rust lifetimes and loop labels
    GLOB = 9  # `from m import *`, `use m::*`: name is "*", value the module


class BindingFlag(IntFlag):
    """Stored on disk: append only."""

    REEXPORT = 1  # visible to importers of this module (Rust `pub use`; in Python every module-level import)
    TYPE_ONLY = 2  # under TYPE_CHECKING, `import type`
    DEFERRED = 4  # import inside a function
    FALLBACK = 8  # in an except ImportError branch, or under a condition
    SELF = 16  # the receiver parameter
    VARIADIC = 32  # *args
    KEYWORDS = 64  # **kwargs
    KEYWORD_ONLY = 128
    POSITIONAL_ONLY = 256
    AUGMENTED = 512  # x += 1
    DELETED = 1024
    MUTABLE = 2048
    UNREACHABLE = 4096
    ANONYMOUS = 8192  # `use T as _`
    RESTRICTED = 16384  # `pub(crate) use`


@dataclass(slots=True)
class Symbols:
    """One row per symbol; row 0 is the document's module. Slots ending in a node are -1 where absent."""

    kind: U8
    name: I32  # string
    parent: I32  # symbol, -1 for row 0
    scope: I32  # the scope its body opens, -1 if none
    occurrence: I32  # its defining occurrence; -1 for row 0 and for what has no name
    start: I32  # whole definition, with decorators and doc comment
    end: I32
    name_start: I32  # where a client should be taken to (impl block: the self type)
    name_end: I32
    flags: I32  # SymbolFlag
    disambiguator: I32  # 0, 1, ... among symbols of one parent with the same name and descriptor suffix
    signature: I32  # text: msgpack of model.signature.Signature
    doc: I32  # text: doc comment, without its markers; -1 if none
    type: I32  # node: declared type of a field or constant, return type, target of an alias, self type of an impl
    parameters: I32  # node LIST: PARAMETER bindings' type nodes are in `bindings`; here one NAME per parameter
    generics: I32  # node LIST of type parameter names (as NAME nodes)
    bases: I32  # node LIST: superclasses with keywords, supertraits, bounds of a type parameter; [trait] of an impl
    value: I32  # node: initialiser; for functions the UNION of what is returned (only if no type is declared)
    decorators: I32  # node LIST: decorators, derives
    digest: I64  # hash of what others can see of it; equal digests mean an equal interface


@dataclass(slots=True)
class Scopes:
    """One row per scope; row 0 is the module's."""

    kind: U8
    parent: I32  # scope, -1 for row 0
    symbol: I32  # nearest enclosing symbol
    start: I32
    end: I32


@dataclass(slots=True)
class Bindings:
    """One row per introduction of a name into a scope, in source order."""

    kind: U8
    scope: I32
    name: I32  # string
    occurrence: I32  # where it is introduced; -1 if nowhere in the text (implicit receiver type, globs)
    symbol: I32  # symbol for SYMBOL bindings, else -1
    type: I32  # node: written type, -1 if none
    value: I32  # node: what it is bound to, -1 if unknown
    visible: I32  # offset from which on the name is visible; the scope's start where order does not matter
    flags: I32  # BindingFlag


@dataclass(slots=True)
class Occurrences:
    """One row per identifier that can mean something, ordered by `start`."""

    start: I32
    length: U16  # bytes
    name: I32  # string, without sigils (`r#type` is "type")
    role: U8
    scope: I32
    node: I32  # its NAME, MEMBER, PATH, KEYWORD, FIELD_OF ... node; -1 for pure definitions
    definition: I32  # DEFINITION: symbol << 1, or binding << 1 | 1; else -1


@dataclass(slots=True)
class Nodes:
    """Expression and type nodes: see `model.ops.Op` for the operands."""

    op: U8
    a: I32
    b: I32


@dataclass(slots=True)
class Imports:
    """One row per import statement (or `use` tree, `mod x;`), for the module graph and cycle diagnostics."""

    start: I32
    end: I32
    scope: I32
    node: I32  # IMPORT_MODULE, IMPORT_FROM or IMPORT_PATH
    flags: I32  # BindingFlag: TYPE_ONLY, DEFERRED, FALLBACK


TABLES: tuple[tuple[str, type], ...] = (
    ("symbols", Symbols),
    ("scopes", Scopes),
    ("bindings", Bindings),
    ("occurrences", Occurrences),
    ("nodes", Nodes),
    ("imports", Imports),
)


@cache
def columns_of(table: type) -> tuple[tuple[str, str], ...]:
    """(name, array type code) of each column of a table class, in stored order."""
    hints = get_type_hints(table, include_extras=True)
    return tuple((f.name, hints[f.name].__metadata__[0]) for f in fields(table))


_LAYOUT = tuple((name, table, columns_of(table)) for name, table in TABLES)


class Facts:
    """A read-only view of packed facts. Equal bytes mean equal facts."""

    symbols: Symbols
    scopes: Scopes
    bindings: Bindings
    occurrences: Occurrences
    nodes: Nodes
    imports: Imports
    children: Sequence[int]
    line_starts: Sequence[int]
    wide: Sequence[int]

    def __init__(self, data: bytes | memoryview) -> None:
        """`data`: what FactsBuilder.pack returned. Raises FactsError when it is anything else."""
        self.data = memoryview(data)
        sections = iter(unpack_sections(self.data))
        for name, table, columns in _LAYOUT:
            setattr(self, name, table(*[next(sections) for _ in columns]))
        rest: list[Any] = list(sections)
        self.children, self._string_bytes, self._text_offsets, self._text_bytes = rest[:4]
        self.line_starts, self.wide, self._error_bytes = rest[4:]

    @cached_property
    def strings(self) -> list[str]:
        """Every name in the document, once each; columns named `name` index this list."""
        return bytes(self._string_bytes).decode().split("\0")  # never empty: row 0's name, "", is the first

    @cached_property
    def string_ids(self) -> dict[str, int]:
        """The inverse of `strings`."""
        return {name: index for index, name in enumerate(self.strings)}

    def text(self, index: int) -> bytes:
        """A signature or doc comment by the number its column holds; b"" for -1."""
        if index < 0:
            return b""
        return bytes(self._text_bytes[self._text_offsets[index] : self._text_offsets[index + 1]])

    @cached_property
    def errors(self) -> list[str]:
        """What could not be extracted, one message each ("12: syntax error")."""
        raw = bytes(self._error_bytes).decode()
        return raw.split("\0") if raw else []

    def items(self, node: int) -> Sequence[int]:
        """The nodes of a LIST node; empty for -1."""
        if node < 0:
            return ()
        first = self.nodes.a[node]
        return self.children[first : first + self.nodes.b[node]]

    @cached_property
    def bindings_by_scope(self) -> dict[int, dict[int, list[int]]]:
        """Scope -> string -> its bindings in source order. Built at first use."""
        out: dict[int, dict[int, list[int]]] = {}
        names = self.bindings.name
        for binding, scope in enumerate(self.bindings.scope):
            out.setdefault(scope, {}).setdefault(names[binding], []).append(binding)
        return out

    @cached_property
    def members(self) -> dict[int, dict[int, list[int]]]:
        """Symbol -> string -> the symbols it directly contains under that name. Built at first use."""
        out: dict[int, dict[int, list[int]]] = {}
        names = self.symbols.name
        for symbol, parent in enumerate(self.symbols.parent):
            if parent >= 0:
                out.setdefault(parent, {}).setdefault(names[symbol], []).append(symbol)
        return out

    def name_of(self, symbol: int) -> str:
        """The symbol's name; "" for an unnamed one."""
        return self.strings[self.symbols.name[symbol]]

    def occurrence_at(self, offset: int) -> int:
        """The occurrence that covers the byte offset (its end included), or -1."""
        from bisect import bisect_right

        starts = self.occurrences.start
        found = -1
        index = bisect_right(starts, offset) - 1
        while index >= 0 and offset - starts[index] <= 256:
            end = starts[index] + self.occurrences.length[index]
            if offset < end:
                return index
            if offset == end:
                found = index
            index -= 1
        return found


def unpack_sections(raw: bytes | memoryview) -> list[Any]:
    """The sections of `pack_sections`, each a memoryview of its type. Raises FactsError for other bytes."""
    data = memoryview(raw)
    try:
        magic, version, count, size = _HEADER.unpack_from(data)
    except struct.error as problem:
        raise FactsError("truncated facts") from problem
    if magic != _MAGIC or version != FORMAT or size != len(data):
        raise FactsError("not facts of this format")
    out: list[Any] = []
    for index in range(count):
        code, offset, length = _SECTION.unpack_from(data, _HEADER.size + index * _SECTION.size)
        part = data[offset : offset + length]
        out.append(part if code == b"s" else part.cast(code.decode()))
    return out


def pack_sections(sections: Sequence[tuple[str, bytes]]) -> bytes:
    """Lay out (type code, bytes) sections behind a header; the inverse of reading them in `Facts`."""
    offset = _HEADER.size + len(sections) * _SECTION.size
    table, body = [], []
    for code, raw in sections:
        padding = -offset % 8
        offset += padding
        table.append(_SECTION.pack(code.encode(), offset, len(raw)))
        body.append(b"\0" * padding + raw)
        offset += len(raw)
    return b"".join((_HEADER.pack(_MAGIC, FORMAT, len(sections), offset), *table, *body))
