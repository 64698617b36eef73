"""How the workspace's rows are spelled in storage: document records, name hashes, identities, incoming edges.

The tables themselves, with their key and value forms, are `isg_storage.tables`.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator

import msgspec

from isg_analysis.languages.registry import packs
from isg_analysis.model import facts as facts_format

_INCOMING = struct.Struct(">III")
INCOMING_SIZE = _INCOMING.size


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
    """Changes whenever stored rows would mean something else: facts format, packs and their versions."""
    parts = [f"{pack.name} {pack.version}" for pack in packs()]
    return "; ".join([f"facts {facts_format.FORMAT}", *parts]).encode()


def content_key(language: str, version: int, text: bytes) -> bytes:
    """The 16-byte key of the facts of a text: equal texts of a language share facts, whatever their path."""
    digest = hashlib.blake2b(f"{language} {version}\0".encode(), digest_size=16)
    digest.update(text)
    return digest.digest()


def name_hash(name: str) -> bytes:
    """The 8-byte key of a name in the name index. Readers check the name itself, so a collision costs only time."""
    return hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=8).digest()


def pack_incoming(document: int, row: int, kind: int, confidence: int) -> bytes:
    """One incoming edge: the symbol row of a document it comes from. Sorts by document."""
    return _INCOMING.pack(document, row, kind << 8 | confidence)


def unpack_incoming(raw: bytes) -> Iterator[tuple[int, int, int, int]]:
    """(document, row, kind, confidence) of concatenated incoming edges."""
    for document, row, kind in _INCOMING.iter_unpack(raw):
        yield document, row, kind >> 8, kind & 0xFF
