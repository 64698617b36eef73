"""A strict reader of SCIP indexes for tests: unknown fields, wrong wire types and malformed symbols are errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

SIMPLE = r"[\w+\-$]+"
IDENTIFIER = rf"(?:{SIMPLE}|`(?:[^`]|``)+`)"
DESCRIPTOR = rf"(?:{IDENTIFIER}[/#.:!]|{IDENTIFIER}\((?:{SIMPLE})?\)\.|\[{IDENTIFIER}\]|\({IDENTIFIER}\))"
PART = r"(?:[^ ]|  )+"
GLOBAL = re.compile(rf"{PART} {PART} {PART} {PART} {DESCRIPTOR}+", re.ASCII)
LOCAL = re.compile(rf"local {SIMPLE}", re.ASCII)


def is_symbol(text: str) -> bool:
    """Whether the text follows the grammar in scip.proto, message Symbol."""
    return bool(LOCAL.fullmatch(text) or GLOBAL.fullmatch(text))


@dataclass
class Occurrence:
    """scip.Occurrence."""

    range: list[int] = field(default_factory=list)
    symbol: str = ""
    symbol_roles: int = 0
    enclosing_range: list[int] = field(default_factory=list)


@dataclass
class Relationship:
    """scip.Relationship."""

    symbol: str = ""
    is_reference: int = 0
    is_implementation: int = 0


@dataclass
class Information:
    """scip.SymbolInformation."""

    symbol: str = ""
    documentation: list[str] = field(default_factory=list)
    relationships: list[Relationship] = field(default_factory=list)
    kind: int = 0
    display_name: str = ""
    signature: Document | None = None
    enclosing_symbol: str = ""


@dataclass
class Document:
    """scip.Document."""

    relative_path: str = ""
    occurrences: list[Occurrence] = field(default_factory=list)
    symbols: list[Information] = field(default_factory=list)
    language: str = ""
    text: str = ""
    position_encoding: int = 0

    def information(self, name: str) -> Information:
        """The only symbol displayed under that name."""
        (found,) = [symbol for symbol in self.symbols if symbol.display_name == name]
        return found


@dataclass
class Index:
    """scip.Index with its metadata unfolded."""

    tool: str = ""
    tool_version: str = ""
    project_root: str = ""
    text_encoding: int = 0
    documents: list[Document] = field(default_factory=list)

    def document(self, path: str) -> Document:
        """The document at a path."""
        (found,) = [document for document in self.documents if document.relative_path == path]
        return found

    def definitions(self, symbol: str) -> list[tuple[str, int, int]]:
        """(path, line, column) of every definition of a global symbol."""
        return [
            (document.relative_path, occurrence.range[0], occurrence.range[1])
            for document in self.documents
            for occurrence in document.occurrences
            if occurrence.symbol == symbol and occurrence.symbol_roles & 1
        ]


def read_index(data: bytes) -> Index:
    """Parse an index. Raises ValueError for anything scip.proto does not allow."""
    index = Index()
    first = True
    for number, value in fields(data):
        if first != (number == 1):
            raise ValueError("the metadata stands first and once")
        first = False
        if number == 1:
            _metadata(index, _bytes(value))
        elif number == 2:
            index.documents.append(_document(_bytes(value)))
        else:
            raise ValueError(f"field {number} in Index")
    return index


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """(field number, value) in order; only varints and length-delimited values are known."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        value, at = _varint(data, at)
        if key & 7 == 0:
            yield key >> 3, value
            continue
        if key & 7 != 2 or at + value > len(data):
            raise ValueError(f"broken field {key >> 3}")
        yield key >> 3, data[at : at + value]
        at += value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    out = shift = 0
    while True:
        byte = data[at]
        at += 1
        out |= (byte & 0x7F) << shift
        if byte < 0x80:
            return out, at
        shift += 7


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ValueError("a number where bytes belong")
    return value


def _number(value: int | bytes) -> int:
    if isinstance(value, bytes):
        raise ValueError("bytes where a number belongs")
    return value


def _numbers(value: int | bytes) -> list[int]:
    data, at, out = _bytes(value), 0, []
    while at < len(data):
        number, at = _varint(data, at)
        out.append(number)
    return out


def _text(value: int | bytes) -> str:
    return _bytes(value).decode()


def _metadata(index: Index, data: bytes) -> None:
    for number, value in fields(data):
        if number == 2:
            tool = dict(fields(_bytes(value)))
            index.tool, index.tool_version = _text(tool[1]), _text(tool[2])
        elif number == 3:
            index.project_root = _text(value)
        elif number == 4:
            index.text_encoding = _number(value)
        else:
            raise ValueError(f"field {number} in Metadata")


def _document(data: bytes) -> Document:
    out = Document()
    for number, value in fields(data):
        match number:
            case 1:
                out.relative_path = _text(value)
            case 2:
                out.occurrences.append(_occurrence(_bytes(value)))
            case 3:
                out.symbols.append(_information(_bytes(value)))
            case 4:
                out.language = _text(value)
            case 5:
                out.text = _text(value)
            case 6:
                out.position_encoding = _number(value)
            case _:
                raise ValueError(f"field {number} in Document")
    return out


def _occurrence(data: bytes) -> Occurrence:
    out = Occurrence()
    for number, value in fields(data):
        match number:
            case 1:
                out.range = _numbers(value)
            case 2:
                out.symbol = _text(value)
            case 3:
                out.symbol_roles = _number(value)
            case 7:
                out.enclosing_range = _numbers(value)
            case _:
                raise ValueError(f"field {number} in Occurrence")
    return out


def _information(data: bytes) -> Information:
    out = Information()
    for number, value in fields(data):
        match number:
            case 1:
                out.symbol = _text(value)
            case 3:
                out.documentation.append(_text(value))
            case 4:
                out.relationships.append(_relationship(_bytes(value)))
            case 5:
                out.kind = _number(value)
            case 6:
                out.display_name = _text(value)
            case 7:
                out.signature = _document(_bytes(value))
            case 8:
                out.enclosing_symbol = _text(value)
            case _:
                raise ValueError(f"field {number} in SymbolInformation")
    return out


def _relationship(data: bytes) -> Relationship:
    out = Relationship()
    for number, value in fields(data):
        match number:
            case 1:
                out.symbol = _text(value)
            case 2:
                out.is_reference = _number(value)
            case 3:
                out.is_implementation = _number(value)
            case _:
                raise ValueError(f"field {number} in Relationship")
    return out
