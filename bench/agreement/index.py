"""An SCIP index as the comparison sees it: which place is bound to which symbol, and where symbols are defined.

Any language, any indexer. A place is (path, line, column) of an occurrence's first character. The protobuf wire
format is read by hand: only the few fields that are needed. Field numbers are those of scip.proto.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

Place = tuple[str, int, int]
"""(path, line, column)."""
Line = tuple[str, int]
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_DEFINITION = 1


@dataclass
class Index:
    """`occurrences`: what stands at a place. `kinds`: SymbolInformation.Kind by symbol, where the indexer says it."""

    documents: set[str] = field(default_factory=set)
    occurrences: dict[Place, set[str]] = field(default_factory=lambda: defaultdict(set))
    definitions: dict[str, set[Place]] = field(default_factory=lambda: defaultdict(set))
    kinds: dict[str, int] = field(default_factory=dict)
    implementing: set[tuple[str, str]] = field(default_factory=set)

    def bound(self, documents: set[str]) -> dict[Place, set[Place]]:
        """Occurrences in the documents that are bound to definitions in them."""
        out: dict[Place, set[Place]] = {}
        for at, symbols in self.occurrences.items():
            if at[0] in documents:
                places = {d for s in symbols for d in self.definitions.get(s, ()) if d[0] in documents}
                if places:
                    out[at] = places
        return out

    def implementations(self, documents: set[str]) -> set[tuple[Line, Line]]:
        """(implementing, implemented): the lines where both are defined."""
        return {
            (one[:2], other[:2])
            for implementing, implemented in self.implementing
            for one in self.definitions.get(implementing, ())
            for other in self.definitions.get(implemented, ())
            if one[0] in documents and other[0] in documents
        }

    @cached_property
    def defined_at(self) -> dict[Place, list[str]]:
        """The symbols defined at a place, sorted."""
        out: dict[Place, list[str]] = defaultdict(list)
        for symbol in sorted(self.definitions):
            for place in self.definitions[symbol]:
                out[place].append(symbol)
        return out


def read_index(path: Path, under: str = "") -> Index:
    """The index in a file; only the documents whose path starts with `under`. Raises ValueError when it is none."""
    index = Index()
    for number, wire, value in _fields(memoryview(path.read_bytes())):
        if number == 2 and wire == _BYTES:
            _read_document(index, value, under)
    return index


def _read_document(index: Index, body: memoryview, under: str) -> None:
    path, occurrences, symbols = "", [], []
    for number, wire, value in _fields(body):
        if number == 1:
            path = bytes(value).decode().replace("\\", "/")
        elif number == 2 and wire == _BYTES:
            occurrences.append(value)
        elif number == 3 and wire == _BYTES:
            symbols.append(value)
    if not path.startswith(under):
        return
    index.documents.add(path)
    for occurrence in occurrences:
        _read_occurrence(index, occurrence, path)
    for symbol in symbols:
        _read_symbol(index, symbol, path)


def _read_occurrence(index: Index, body: memoryview, path: str) -> None:
    span: list[int] = []
    symbol, roles = "", 0
    for number, wire, value in _fields(body):
        if number == 1:
            span += _integers(wire, value)
        elif number == 2:
            symbol = _named(bytes(value).decode(), path)
        elif number == 3:
            roles = _integers(wire, value)[0]
    if not span or not symbol:
        return
    at = (path, span[0], span[1])
    index.occurrences[at].add(symbol)
    if roles & _DEFINITION:
        index.definitions[symbol].add(at)


def _read_symbol(index: Index, body: memoryview, path: str) -> None:
    symbol, kind, relations = "", 0, []
    for number, wire, value in _fields(body):
        if number == 1:
            symbol = _named(bytes(value).decode(), path)
        elif number == 4:
            relations.append(value)
        elif number == 5:
            kind = _integers(wire, value)[0]
    if kind:
        index.kinds[symbol] = kind
    for relation in relations:
        target, implements = "", 0
        for number, wire, value in _fields(relation):
            if number == 1:
                target = _named(bytes(value).decode(), path)
            elif number == 3:
                implements = _integers(wire, value)[0]
        if implements:
            index.implementing.add((symbol, target))


def _named(symbol: str, path: str) -> str:
    """Locals are told apart by their document."""
    return f"local {path} {symbol[6:]}" if symbol.startswith("local ") else symbol


def _fields(body: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """(field number, wire type, bytes of the value)."""
    at, end = 0, len(body)
    while at < end:
        key, at = _varint(body, at)
        wire = key & 7
        start = at
        if wire == _VARINT:
            _, at = _varint(body, at)
        elif wire == _BYTES:
            length, start = _varint(body, at)
            at = start + length
        elif wire in (_FIXED64, _FIXED32):
            at += 8 if wire == _FIXED64 else 4
        else:
            raise ValueError(f"not an SCIP index: wire type {wire}")
        yield key >> 3, wire, body[start:at]


def _integers(wire: int, value: memoryview) -> list[int]:
    out, at = [], 0
    while at < len(value):
        number, at = _varint(value, at)
        out.append(number)
        if wire == _VARINT:
            break
    return out


def _varint(body: memoryview, at: int) -> tuple[int, int]:
    shift = out = 0
    while True:
        byte = body[at]
        at += 1
        out |= (byte & 0x7F) << shift
        if byte < 0x80:
            return out, at
        shift += 7
