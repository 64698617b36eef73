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
from typing import TYPE_CHECKING, Annotated, Any, Self, get_type_hints

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


class Columns:
    """The columns of one table, each opened when it is first looked at: most questions want few of them."""

    __slots__ = ("_sections",)
    if TYPE_CHECKING:
        _sections: Sections

    @classmethod
    def over(cls, sections: Sections) -> Self:
        """The table of these facts."""
        made = cls.__new__(cls)
        made._sections = sections
        return made

    if not TYPE_CHECKING:  # a column that is none is an error to the type checker

        def __getattr__(self, name: str) -> Sequence[int]:
            place = _PLACES[type(self)].get(name)
            if place is None:
                raise AttributeError(name)
            column = self._sections[place]
            setattr(self, name, column)
            return column


@dataclass(slots=True)
class Symbols(Columns):
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
class Scopes(Columns):
    """One row per scope; row 0 is the module's."""

    kind: U8
    parent: I32  # scope, -1 for row 0
    symbol: I32  # nearest enclosing symbol
    start: I32
    end: I32


@dataclass(slots=True)
class Bindings(Columns):
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
class Occurrences(Columns):
    """One row per identifier that can mean something, ordered by `start`."""

    start: I32
    length: U16  # bytes
    name: I32  # string, without sigils (`r#type` is "type")
    role: U8
    scope: I32
    node: I32  # its NAME, MEMBER, PATH, KEYWORD, FIELD_OF ... node; -1 for pure definitions
    definition: I32  # DEFINITION: symbol << 1, or binding << 1 | 1; else -1


@dataclass(slots=True)
class Nodes(Columns):
    """Expression and type nodes: see `model.ops.Op` for the operands."""

    op: U8
    a: I32
    b: I32


@dataclass(slots=True)
class Imports(Columns):
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


_COLUMNS = {name: columns_of(table) for name, table in TABLES}
_PLACES: dict[type, dict[str, int]] = {}
"""Which section of packed facts each column is."""
for _name, _table in TABLES:
    _first = sum(map(len, _PLACES.values()))
    _PLACES[_table] = {column: _first + at for at, (column, _) in enumerate(_COLUMNS[_name])}
# After the tables: children pool, string bytes, text offsets, text bytes, line starts, wide characters, errors.
_EXTRA = sum(len(columns) for columns in _COLUMNS.values())


class Facts:
    """A read-only view of packed facts. Equal bytes mean equal facts. Tables are opened when first asked for."""

    def __init__(self, data: bytes | memoryview) -> None:
        """`data`: what FactsBuilder.pack returned. Raises FactsError when it is anything else."""
        self._sections = Sections(data)
        self._asked_for_name = False
        """Whether one name was wanted so far: for the next one, all are decoded."""
        if len(self._sections) != _EXTRA + 7:
            raise FactsError("not facts of this format")

    @property
    def packed_size(self) -> int:
        """The length of the packed bytes."""
        return len(self._sections.data)

    @cached_property
    def symbols(self) -> Symbols:
        """The symbols; row 0 is the module."""
        return Symbols.over(self._sections)

    @cached_property
    def scopes(self) -> Scopes:
        """The scopes; row 0 is the module's."""
        return Scopes.over(self._sections)

    @cached_property
    def bindings(self) -> Bindings:
        """The bindings, in source order."""
        return Bindings.over(self._sections)

    @cached_property
    def occurrences(self) -> Occurrences:
        """The occurrences, ordered by position."""
        return Occurrences.over(self._sections)

    @cached_property
    def nodes(self) -> Nodes:
        """The expression and type nodes."""
        return Nodes.over(self._sections)

    @cached_property
    def imports(self) -> Imports:
        """The import statements."""
        return Imports.over(self._sections)

    @cached_property
    def children(self) -> Sequence[int]:
        """The pool that LIST nodes point into."""
        return self._numbers(_EXTRA)

    @cached_property
    def line_starts(self) -> Sequence[int]:
        """Byte offset of each line."""
        return self._numbers(_EXTRA + 4)

    @cached_property
    def wide(self) -> Sequence[int]:
        """See `model.text.LineIndex`."""
        return self._numbers(_EXTRA + 5)

    @cached_property
    def strings(self) -> list[str]:
        """Every name in the document, once each; columns named `name` index this list."""
        return bytes(self._sections[_EXTRA + 1]).decode().split("\0")  # never empty: row 0's name, "", is the first

    @property
    def packed_strings(self) -> tuple[bytes, int]:
        """The names as they are stored, and how many they are."""
        raw = bytes(self._sections[_EXTRA + 1])
        return raw, raw.count(b"\0") + 1

    @cached_property
    def packed_texts(self) -> tuple[Any, Any]:
        """(offsets of the signatures and doc comments, all of them behind each other)."""
        return self._sections[_EXTRA + 2], self._sections[_EXTRA + 3]

    @cached_property
    def string_ids(self) -> dict[str, int]:
        """The inverse of `strings`."""
        return {name: index for index, name in enumerate(self.strings)}

    def number_of(self, name: str) -> int:
        """The index of a name in `strings`; -1 where it is none. Decodes nothing."""
        if "string_ids" in self.__dict__:
            return self.string_ids.get(name, -1)
        raw = b"\0%b\0" % bytes(self._sections[_EXTRA + 1])
        at = raw.find(b"\0%b\0" % name.encode("utf-8", "replace"))
        return raw.count(b"\0", 0, at) if at >= 0 else -1

    def text(self, index: int) -> bytes:
        """A signature or doc comment by the number its column holds; b"" for -1."""
        if index < 0:
            return b""
        offsets, texts = self.packed_texts
        return bytes(texts[offsets[index] : offsets[index + 1]])

    @cached_property
    def errors(self) -> list[str]:
        """What could not be extracted, one message each ("12: syntax error")."""
        raw = bytes(self._sections[_EXTRA + 6]).decode()
        return raw.split("\0") if raw else []

    def _numbers(self, index: int) -> Sequence[int]:
        numbers: Sequence[int] = self._sections[index]
        return numbers

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
        name = self.symbols.name[symbol]
        if self._asked_for_name or "strings" in self.__dict__:
            return self.strings[name]
        self._asked_for_name = True
        return bytes(self._sections[_EXTRA + 1]).split(b"\0", name + 1)[name].decode()

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
            if offset == end and self.occurrences.length[index]:
                found = index
            index -= 1
        return found


class Sections:
    """The sections that `pack_sections` laid out, each a view of its type, made when asked for."""

    __slots__ = ("_directory", "data")

    def __init__(self, raw: bytes | memoryview) -> None:
        """Raises FactsError for bytes that are not sections of this format."""
        self.data = memoryview(raw)
        try:
            magic, version, count, size = _HEADER.unpack_from(self.data)
            if magic != _MAGIC or version != FORMAT or size != len(self.data):
                raise FactsError("not facts of this format")
            self._directory = _directory(count).unpack_from(self.data, _HEADER.size)
        except struct.error as problem:
            raise FactsError("truncated facts") from problem

    def __len__(self) -> int:
        return len(self._directory) // 3

    def __getitem__(self, index: int) -> Any:
        code, offset, length = self._directory[3 * index : 3 * index + 3]
        part = self.data[offset : offset + length]
        return part if code == b"s" else part.cast(code.decode())


@cache
def _directory(count: int) -> struct.Struct:
    return struct.Struct("<" + "cxxxII" * count)


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
