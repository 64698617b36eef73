"""Storing documents: the rows one document owns, put, replaced and dropped as one.

Every row belongs to exactly one document: its record, facts reference, symbols, postings, links and
the incoming edges and outward postings its links cause. Works on an open Writer; the caller decides what one
transaction holds. Each change reports the names whose meaning it may have changed for others (see `changes`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

from isg_analysis.model.facts import Facts
from isg_analysis.workspace.changes import Changes, difference
from isg_analysis.workspace.extracting import Extracted
from isg_analysis.workspace.interfaces import Interface
from isg_analysis.workspace.records import (
    EPOCH,
    NEXT_DOCUMENT,
    NEXT_SYMBOL,
    DocumentRecord,
    Owned,
    decode_document,
    definition_rows,
    encode_document,
    incoming_rows,
    outward_rows,
    pack_names,
    pack_owned,
    pack_ties,
    split,
    unpack_owned,
)
from isg_analysis.workspace.retiring import retire
from isg_analysis.workspace.spreading import Spread, never
from isg_analysis.workspace.surroundings import StoredSurroundings, stored_interface
from isg_storage import DamagedError, Reader, Table, Writer
from isg_storage.keys import numbers, path_key, u32, u32s


def begin_change(writer: Writer) -> None:
    """Say that the transaction changes documents: links that were made before it may be out of date."""
    _take(writer, EPOCH, 1)


def epoch(reader: Reader) -> int:
    """Another number after each change of documents."""
    return int.from_bytes(reader.get(Table.HEADER, EPOCH) or b"", "big")


def languages(reader: Reader, without: Collection[int] = ()) -> dict[str, str]:
    """Path -> language of every document, without these."""
    left_out = {u32(number) for number in without}
    records = (decode_document(raw) for key, raw in reader.items(Table.DOCUMENTS) if key not in left_out)
    return {record.path: record.language for record in records}


def unlinked(reader: Reader, *, failed: bool) -> list[tuple[str, int, int]]:
    """(path, size, number) of the documents without links, by path; with `failed` also of those that have none because
    linking failed.
    """
    if not failed and reader.count(Table.LINKS) == reader.count(Table.DOCUMENTS):
        return []
    linked = set(reader.keys(Table.LINKS))
    out = []
    for key, raw in reader.items(Table.DOCUMENTS):
        if failed or key not in linked:
            record = decode_document(raw)
            if key not in linked or any(stage == "link" for stage, _ in record.errors):
                out.append((record.path, record.size, int.from_bytes(key, "big")))
    return sorted(out)


def has_facts(writer: Writer, found: Extracted) -> bool:
    """Whether the facts of a document came with it or are stored."""
    return bool(found.facts) or writer.has(Table.FACTS, found.record.key)


def put_document(writer: Writer, found: Extracted, changes: Changes | None = None) -> None:
    """Store or replace a document; `changes` gets what is different for others now."""
    record = found.record
    raw = writer.get(Table.PATHS, path_key(record.path))
    number = int.from_bytes(raw, "big") if raw is not None else _take(writer, NEXT_DOCUMENT, 1)
    old = writer.get(Table.DOCUMENTS, u32(number))
    was = decode_document(old) if old is not None else None
    if was is not None and _is_same(writer, number, was, found):
        if was != record:
            touch_document(writer, number, record)
        return
    before = stored_interface(writer, number, was) if was is not None else None
    if found.facts:
        writer.put(Table.FACTS, record.key, found.facts)
    writer.put(Table.DOCUMENTS, u32(number), encode_document(record))
    if raw is None:
        writer.put(Table.PATHS, path_key(record.path), u32(number))
    if was is not None and was.key != record.key:
        retire(writer, was.key)
    _put_names(writer, number, found)
    writer.put(Table.NAMES, u32(number), pack_names(facts_of(writer, record)))
    writer.put(Table.PLACES, u32(number), found.places)
    drop_links(writer, number)
    if changes is not None and _anything_linked(writer):
        if was is not None and was.language != record.language:
            changes.note(was.language, was.path, before, None)
            before = None
        changes.note(record.language, record.path, before, stored_interface(writer, number, record))


def is_same(reader: Reader, found: Extracted) -> bool:
    """Whether all that is stored of a document is what was found, but for the file's time and errors in reading it."""
    raw = reader.get(Table.PATHS, path_key(found.record.path))
    old = reader.get(Table.DOCUMENTS, raw) if raw is not None else None
    if raw is None or old is None:
        return False
    return _is_same(reader, int.from_bytes(raw, "big"), decode_document(old), found)


def shows_the_same(writer: Writer, found: Extracted) -> bool:
    """Whether others can't tell a document, whose facts came with it or are stored, from the one that it replaces."""
    raw = writer.get(Table.PATHS, path_key(found.record.path))
    old = writer.get(Table.DOCUMENTS, raw) if raw is not None else None
    if raw is None or old is None:
        return False
    number, was = int.from_bytes(raw, "big"), decode_document(old)
    if was.language != found.record.language or not _has_same_symbols(writer, number, found):
        return False
    before = stored_interface(writer, number, was)
    facts = Facts(found.facts) if found.facts else facts_of(writer, found.record)
    return not difference(before, Interface(facts, before.keys), was.path)


def _is_same(reader: Reader, number: int, was: DocumentRecord, found: Extracted) -> bool:
    same = (was.key, was.language) == (found.record.key, found.record.language)
    return same and _has_same_symbols(reader, number, found)


def _has_same_symbols(reader: Reader, number: int, found: Extracted) -> bool:
    ids = split(found.identities, 16)
    sids = numbers(reader.get(Table.IDENTITIES, u32(number)) or b"")
    return [sid for _, sid in known_sids(reader, number, ids)] == list(sids)


def touch_document(writer: Writer, number: int, record: DocumentRecord) -> None:
    """Store another record of a document whose text is the same."""
    writer.put(Table.DOCUMENTS, u32(number), encode_document(record))


def drop_document(writer: Writer, number: int, changes: Changes) -> None:
    """Remove a document and all it owns; its facts stay, for the text may come back."""
    raw = writer.get(Table.DOCUMENTS, u32(number))
    if raw is None:
        return
    record = decode_document(raw)
    changes.note(record.language, record.path, stored_interface(writer, number, record), None)
    retire(writer, record.key)
    drop_links(writer, number)
    mentions, definitions, keys = _owned(writer, number)
    for name in split(mentions, 8):
        writer.remove_value(Table.MENTIONS, name, u32(number))
    for (name, sid), key in zip(definition_rows(definitions), split(keys, 16), strict=True):
        writer.remove_value(Table.DEFINITIONS, name, sid)
        writer.delete(Table.SYMBOLS, sid)
        writer.delete(Table.SYMBOL_IDS, key)
    for table in (Table.DOCUMENTS, Table.IDENTITIES, Table.OWNED, Table.NAMES, Table.PLACES):
        writer.delete(table, u32(number))
    writer.delete(Table.PATHS, path_key(record.path))


def put_links(writer: Writer, number: int, packed: bytes) -> None:
    """Store the links of a document, replacing those it has."""
    drop_links(writer, number)
    writer.put(Table.LINKS, u32(number), packed)
    writer.put_many(Table.INCOMING, incoming_rows(number, packed))
    writer.put_many(Table.OUTWARD, outward_rows(number, packed))
    ties = pack_ties(packed)
    if ties:
        writer.put(Table.DEPENDENCIES, u32(number), ties)


def drop_links(writer: Writer, number: int) -> bool:
    """Remove the links of a document and the rows they caused elsewhere; whether there were any."""
    packed = writer.get(Table.LINKS, u32(number))
    if packed is None:
        return False
    for key, value in incoming_rows(number, packed):
        writer.remove_value(Table.INCOMING, key, value)
    for key, value in outward_rows(number, packed):
        writer.remove_value(Table.OUTWARD, key, value)
    writer.delete(Table.LINKS, u32(number))
    writer.delete(Table.DEPENDENCIES, u32(number))
    return True


def drop_affected(writer: Writer, changes: Changes) -> None:
    """Drop the links of every document that can see the changes."""
    if not _anything_linked(writer):
        return
    for language, change in sorted(changes.by_language().items()):
        near = StoredSurroundings(writer, {}, language)
        spread = Spread(near)
        spread.add(change)
        spread.go_on(never)
        found = spread.documents()
        for number in near.below("") if found is None else found:
            drop_links(writer, number)


def _anything_linked(writer: Writer) -> bool:
    return writer.count(Table.LINKS) > 0


def facts_of(writer: Writer, record: DocumentRecord) -> Facts:
    """The stored facts of a document."""
    raw = writer.get(Table.FACTS, record.key)
    if raw is None:
        raise DamagedError(f"there are no facts of {record.path}")
    return Facts(raw)


def _put_names(writer: Writer, number: int, found: Extracted) -> None:
    """Symbols and postings of a document; only what differs from what is stored is written."""
    old_mentions, old_definitions, old_keys = _owned(writer, number)
    sids, keys = _sids(writer, number, split(found.identities, 16))
    packed_sids = list(split(u32s(sids), 4))
    doc = u32(number)

    before, after = set(split(old_mentions, 8)), set(split(found.mentions, 8))
    for name in sorted(before - after):
        writer.remove_value(Table.MENTIONS, name, doc)
    writer.put_many(Table.MENTIONS, [(name, doc) for name in sorted(after - before)])

    pairs = list(zip(split(found.definitions, 8), packed_sids, strict=True))
    old_pairs, new_pairs = set(definition_rows(old_definitions)), set(pairs)
    for name, sid in sorted(old_pairs - new_pairs):
        writer.remove_value(Table.DEFINITIONS, name, sid)
    writer.put_many(Table.DEFINITIONS, sorted(new_pairs - old_pairs))

    kept = set(packed_sids)
    old_sids = split(writer.get(Table.IDENTITIES, doc) or b"", 4)
    for gone, key in zip(old_sids, split(old_keys, 16), strict=True):
        if gone not in kept:
            writer.delete(Table.SYMBOLS, gone)
            writer.delete(Table.SYMBOL_IDS, key)
    writer.put_many(Table.SYMBOLS, [(sid, u32s((number, row))) for row, sid in enumerate(packed_sids)])
    writer.put(Table.IDENTITIES, doc, b"".join(packed_sids))
    definitions = b"".join(name + sid for name, sid in pairs)
    writer.put(Table.OWNED, doc, pack_owned(Owned(found.mentions, definitions, b"".join(keys))))


def _owned(writer: Writer, number: int) -> Owned:
    """What was stored for a document."""
    raw = writer.get(Table.OWNED, u32(number))
    return Owned() if raw is None else unpack_owned(raw)


def known_sids(reader: Reader, number: int, digests: Sequence[bytes]) -> list[tuple[bytes, int]]:
    """(the key it is stored under, its sid or 0) for each SigHash of a document's symbols.

    A SigHash that another symbol holds already (two files of one module, or a collision) goes under one derived
    from it and the document.
    """
    out: list[tuple[bytes, int]] = []
    taken: set[bytes] = set()
    for digest in digests:
        key, tries = digest, 0
        while (sid := _sid_under(reader, number, key)) is None or key in taken:
            key, tries = derived_key(digest, number, tries), tries + 1
        taken.add(key)
        out.append((key, sid))
    return out


def _sids(writer: Writer, number: int, digests: Sequence[bytes]) -> tuple[list[int], list[bytes]]:
    """The sid of each symbol, the one it had or a new one, and the keys they are stored under."""
    known = known_sids(writer, number, digests)
    fresh = sum(1 for _, sid in known if not sid)
    following = _take(writer, NEXT_SYMBOL, fresh) if fresh else 0
    sids: list[int] = []
    rows: list[tuple[bytes, bytes]] = []
    for key, sid in known:
        if not sid:
            sid, following = following, following + 1
            rows.append((key, u32(sid)))
        sids.append(sid)
    writer.put_many(Table.SYMBOL_IDS, rows)
    return sids, [key for key, _ in known]


def _sid_under(reader: Reader, number: int, key: bytes) -> int | None:
    """The sid stored under a key; 0 if there is none; None if it is another document's."""
    raw = reader.get(Table.SYMBOL_IDS, key)
    if raw is None:
        return 0
    place = reader.get(Table.SYMBOLS, raw)
    if place is not None and int.from_bytes(place[:4], "big") != number:
        return None
    return int.from_bytes(raw, "big")


def derived_key(digest: bytes, number: int, tries: int) -> bytes:
    """Where a symbol is kept whose SigHash, and the first `tries` keys made of it, are other symbols'."""
    return hashlib.blake2b(digest + u32(number) + u32(tries), digest_size=16).digest()


def _take(writer: Writer, counter: bytes, count: int) -> int:
    """The next `count` numbers of a counter that starts at 1."""
    raw = writer.get(Table.HEADER, counter)
    first = int.from_bytes(raw, "big") if raw is not None else 1
    writer.put(Table.HEADER, counter, u32(first + count))
    return first
