"""How the workspace's rows are spelled in storage: document records, name hashes, owned rows, names, incoming edges.

The tables themselves, with their key and value forms, are `isg_storage.tables`.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Collection, Iterator
from typing import NamedTuple

import msgspec

from isg_analysis.languages.registry import packs
from isg_analysis.model import facts as facts_format
from isg_analysis.model import links as links_format
from isg_analysis.model.facts import Facts
from isg_analysis.model.links import Links
from isg_analysis.resolve.symbol_names import name_lines
from isg_storage.keys import numbers, u32, u32s

_INCOMING = struct.Struct(">III")
_INCOMING_ROW = struct.Struct(">4sIII")
INCOMING_SIZE = _INCOMING.size
_KIND_AT = 10
"""The byte of an incoming edge that holds its kind."""


NEXT_SYMBOL = b"next symbol"
"""HEADER: the number that the next new symbol gets, u32; they start at 1."""
NEXT_DOCUMENT = b"next document"
"""HEADER: the same for documents."""
EPOCH = b"epoch"
"""HEADER: a u32 that grows with each change of documents."""


class DocumentRecord(msgspec.Struct, frozen=True, array_like=True):
    """One stored document. `key` names its facts; `size` and `mtime_ns` are the file's when it was read.

    `errors`: what went wrong with it, as (stage, message).
    """

    path: str
    language: str
    size: int
    mtime_ns: int
    key: bytes
    errors: tuple[tuple[str, str], ...] = ()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(DocumentRecord)


def encode_document(record: DocumentRecord) -> bytes:
    """The stored form of a document record."""
    return _encoder.encode(record)


def decode_document(raw: bytes) -> DocumentRecord:
    """The inverse of `encode_document`."""
    return _decoder.decode(raw)


def fingerprint() -> bytes:
    """Changes whenever stored rows would mean something else: forms of facts and links, packs and their versions."""
    parts = [f"{pack.name} {pack.version}" for pack in packs()]
    return "; ".join([f"facts {facts_format.FORMAT}", f"links {links_format.FORMAT}", *parts]).encode()


def content_key(language: str, version: int, text: bytes) -> bytes:
    """The 16-byte key of the facts of a text: equal texts of a language share facts, whatever their path."""
    digest = hashlib.blake2b(f"{language} {version}\0".encode(), digest_size=16)
    digest.update(text)
    return digest.digest()


def name_hash(name: str) -> bytes:
    """The 8-byte key of a name in the name index. Readers check the name itself, so a collision costs only time."""
    return hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=8).digest()


def outward_key(name: str) -> bytes:
    """The key of what lies outside by its name. Nobody checks the name itself, so the hash is a long one."""
    return hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=16).digest()


def aliased(name: str) -> str:
    """What stands in the name index for the documents that give the name another one."""
    return f"{name}\0"


def pack_incoming(document: int, row: int, kind: int, confidence: int) -> bytes:
    """One incoming edge: the symbol row of a document it comes from. Sorts by document."""
    return _INCOMING.pack(document, row, kind << 8 | confidence)


def incoming_edges(rows: bytes) -> Iterator[tuple[bytes, int, int, int]]:
    """(packed key, document, row, kind << 8 | confidence) of (key, value) rows of INCOMING."""
    return _INCOMING_ROW.iter_unpack(rows)


class Incoming:
    """The edges that point at one symbol, as stored. There may be thousands, so what is asked for is picked in C."""

    __slots__ = ("_packed",)

    def __init__(self, packed: bytes) -> None:
        """`packed`: edges that `pack_incoming` made, one after the other."""
        self._packed = packed

    def documents(self) -> set[int]:
        """The documents they come from."""
        return {*numbers(self._packed)[:: INCOMING_SIZE // 4]} if self._packed else set()

    def of_kinds(self, kinds: Collection[int]) -> Iterator[tuple[int, int, int, int]]:
        """(document, row, kind, confidence) of those of some kinds."""
        stored = self._packed[_KIND_AT::INCOMING_SIZE]
        for kind in kinds:
            wanted = bytes((kind,))
            at = stored.find(wanted)
            while at >= 0:
                document, row, rest = _INCOMING.unpack_from(self._packed, at * INCOMING_SIZE)
                yield document, row, kind, rest & 0xFF
                at = stored.find(wanted, at + 1)


def incoming_rows(document: int, packed: bytes) -> list[tuple[bytes, bytes]]:
    """(key, value) of the incoming edges that packed links of a document cause."""
    return [
        (u32(edge.target), pack_incoming(document, edge.source, edge.kind, edge.confidence))
        for edge in Links(packed).edges()
    ]


def outward_rows(document: int, packed: bytes) -> list[tuple[bytes, bytes]]:
    """(key, value) of what packed links of a document say it implements of what lies outside."""
    return [(outward_key(one.name), u32s((document, *one.place))) for one in Links(packed).outward]


def pack_ties(packed: bytes) -> bytes:
    """What packed links say of which modules need which: (source row, key of the module, strength), each once."""
    ties = {(one.source, one.target, one.strength) for one in Links(packed).imports}
    return u32s(number for tie in sorted(ties) for number in tie)


class Owned(NamedTuple):
    """The rows elsewhere that go when a document goes, packed.

    `mentions`: the 8-byte hash of each name in it. `definitions`: hash and sid of each symbol, by row. `keys`: the
    16-byte keys of its symbols in SYMBOL_IDS, by row.
    """

    mentions: bytes = b""
    definitions: bytes = b""
    keys: bytes = b""


def pack_owned(owned: Owned) -> bytes:
    """The stored form."""
    return u32(len(owned.mentions)) + u32(len(owned.definitions)) + b"".join(owned)


def unpack_owned(raw: bytes) -> Owned:
    """The inverse of `pack_owned`."""
    mentions = 8 + int.from_bytes(raw[:4], "big")
    definitions = mentions + int.from_bytes(raw[4:8], "big")
    return Owned(raw[8:mentions], raw[mentions:definitions], raw[definitions:])


def definition_rows(packed: bytes) -> list[tuple[bytes, bytes]]:
    """(hash, sid) of the definitions in Owned."""
    return [(row[:8], row[8:]) for row in split(packed, 12)]


def pack_names(facts: Facts) -> bytes:
    """The stored form of the names and kinds of a document's symbols."""
    return name_lines(facts).encode("utf-8", "replace")


def split(packed: bytes, size: int) -> list[bytes]:
    """The values of this size that stand one after the other."""
    return [packed[at : at + size] for at in range(0, len(packed), size)]
