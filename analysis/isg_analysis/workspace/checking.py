"""Checking: does what is stored hold together? Every invariant between the tables, and what is broken, in words.

What a document owns is worked out anew from its facts and the layout. It must be there to the row, and nothing else.
Reads what is stored and no source file: whether it is up to date is the next run's business. What may be missing at
any time is no finding: links that were not made yet, facts that no document uses, the last run's figures.

Siblings: `store` makes these rows; `isg_storage.inspection.verify` tells whether the files can be read at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from isg_analysis.languages.registry import NAMES
from isg_analysis.model.facts import Facts, FactsError
from isg_analysis.model.links import Links
from isg_analysis.workspace.extracting import Extracted, described_again
from isg_analysis.workspace.finding import MANIFESTS_KEY
from isg_analysis.workspace.indexing import SECONDS_KEY, WHOLE_KEY
from isg_analysis.workspace.records import (
    EPOCH,
    NEXT_DOCUMENT,
    NEXT_SYMBOL,
    DocumentRecord,
    Owned,
    decode_document,
    fingerprint,
    incoming_rows,
    outward_rows,
    pack_names,
    pack_owned,
    pack_ties,
    split,
    unpack_owned,
)
from isg_analysis.workspace.retiring import NEXT_RETIRED, RETIRED
from isg_analysis.workspace.store import derived_key
from isg_storage import SCHEMA_VERSION, DamagedError, Environment, Reader, StorageError, Table, inspection
from isg_storage.keys import path_key, u32, u32s
from isg_storage.tables import FINGERPRINT_KEY, FORMS, SCHEMA_KEY

_MOST_DERIVED = 1000
_UNREADABLE = (DamagedError, FactsError, msgspec.DecodeError, UnicodeDecodeError, ValueError)


class Finding(msgspec.Struct, frozen=True):
    """A broken invariant: the table and the key of the row, and what is expected of it."""

    table: str
    key: str
    expected: str


_STATISTICS: dict[bytes, Any] = {MANIFESTS_KEY: list[str], SECONDS_KEY: dict[str, float], WHOLE_KEY: bool}
"""What the rows are that are no facts' keys."""


class _Row(NamedTuple):
    """A row that must be there; `what` it says of the document."""

    table: Table
    key: bytes
    value: bytes
    what: str


def check_index(location: Path) -> list[Finding]:
    """What is broken in the index at a place; nothing for a sound one. Changes nothing, whatever it finds."""
    if problem := inspection.verify(location):
        return [Finding("", str(location), f"files that can be read: {problem}")]
    return _checked(location)


def examine(location: Path) -> str:
    """What is broken first, "" if nothing is. In another process: it costs seconds, and damage may end it."""
    return inspection.verify(location, by=__name__)


def _checked(location: Path) -> list[Finding]:
    try:
        with Environment.open(location, fingerprint(), read_only=True) as environment:
            environment.distrust()
            with environment.read() as reader:
                return list(check(reader))
    except StorageError as problem:
        return [Finding("", str(location), f"an index of this version: {problem}")]


def check(reader: Reader) -> Iterator[Finding]:
    """Every broken invariant of one stored version."""
    return _Check(reader).findings()


class _Check:
    """One check. Rows are looked up one by one, so that memory does not grow with the index."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._there: Counter[Table] = Counter()
        self._greatest = {NEXT_DOCUMENT: 0, NEXT_SYMBOL: 0}
        self._layouts: dict[str, object] = {}
        self._unclear = False
        """Some document's rows could not be worked out: which rows are superfluous can't be told."""

    def findings(self) -> Iterator[Finding]:
        """See `check`."""
        for part in (self._read_layouts, self._documents, self._facts, self._links, self._superfluous, self._rest):
            try:
                yield from part()
            except _UNREADABLE as problem:
                self._unclear = True
                yield Finding("", part.__name__.strip("_"), f"rows that can be read: {problem}")

    # -- documents and what they own

    def _read_layouts(self) -> Iterator[Finding]:
        for key, raw in self._reader.items(Table.LAYOUTS):
            name = key.decode("utf-8", "replace")
            if name not in NAMES:
                yield Finding("LAYOUTS", name, "a known language")
                continue
            try:
                self._layouts[name] = msgspec.msgpack.decode(raw)
            except msgspec.DecodeError as problem:
                yield Finding("LAYOUTS", name, f"a layout: {problem}")
        if self._reader.count(Table.DOCUMENTS):
            for name in NAMES:
                if not self._reader.has(Table.LAYOUTS, name.encode()):
                    yield Finding("LAYOUTS", name, "a layout of each language")

    def _documents(self) -> Iterator[Finding]:
        for key in self._reader.keys(Table.DOCUMENTS):
            number = int.from_bytes(key, "big")
            self._greatest[NEXT_DOCUMENT] = max(number, self._greatest[NEXT_DOCUMENT])
            try:
                record = decode_document(self._reader.get(Table.DOCUMENTS, key) or b"")
                found = self._found(record)
                yield from self._document(number, record, found)
            except _UNREADABLE as problem:
                self._unclear = True
                yield Finding("DOCUMENTS", str(number), f"a document with all that it owns: {problem}")

    def _found(self, record: DocumentRecord) -> Extracted:
        """What the document says. Raises ValueError."""
        facts = self._facts_of(record)
        if record.language not in self._layouts:
            raise ValueError(f"there is no layout of {record.language!r} for {record.path}")
        try:
            return described_again(record, facts, self._layouts[record.language])
        except Exception as problem:  # whatever comes of a layout that is none
            raise ValueError(f"{record.path} has no names: {type(problem).__name__}: {problem}") from problem

    def _facts_of(self, record: DocumentRecord) -> Facts:
        raw = self._reader.get(Table.FACTS, record.key)
        if raw is None:
            raise ValueError(f"there are no facts {record.key.hex()} for {record.path}")
        return Facts(raw)

    def _document(self, number: int, record: DocumentRecord, found: Extracted) -> Iterator[Finding]:
        path, errors = record.path, set(record.errors)
        if {error for error in errors if error[0] == "parse"} != {e for e in found.record.errors if e[0] == "parse"}:
            yield Finding("DOCUMENTS", str(number), f"the errors that are in the facts of {path}")
        sids = split(self._reader.get(Table.IDENTITIES, u32(number)) or b"", 4)
        digests = split(found.identities, 16)
        if len(sids) != len(digests) or len(set(sids)) != len(sids):
            self._unclear = True
            yield Finding("IDENTITIES", str(number), f"{len(digests)} symbols of {path}, not {len(sids)}")
            return
        self._greatest[NEXT_SYMBOL] = max([self._greatest[NEXT_SYMBOL], *(int.from_bytes(s, "big") for s in sids)])
        owned = self._reader.get(Table.OWNED, u32(number))
        keys = split(unpack_owned(owned).keys, 16) if owned is not None else digests
        for row, (key, digest) in enumerate(zip(keys, digests, strict=False)):
            if key != digest and not _is_derived(key, digest, number):
                yield Finding("OWNED", str(number), f"a key made of the symbol id of row {row} of {path}")
        for expected in self._rows(number, record, found, sids, keys):
            yield from self._look_up(expected, path)

    def _rows(
        self, number: int, record: DocumentRecord, found: Extracted, sids: list[bytes], keys: list[bytes]
    ) -> Iterator[_Row]:
        """Every row that a document with these symbols owns, but for its facts."""
        document = u32(number)
        yield _Row(Table.PATHS, path_key(record.path), document, f"document {number}")
        yield _Row(Table.IDENTITIES, document, b"".join(sids), "the number of each symbol")
        names = pack_names(self._facts_of(record))
        yield _Row(Table.NAMES, document, names, "the kinds and names of its symbols")
        yield _Row(Table.PLACES, document, found.places, "the places of its symbols")
        definitions = list(zip(split(found.definitions, 8), sids, strict=True))
        owned = Owned(found.mentions, b"".join(name + sid for name, sid in definitions), b"".join(keys))
        yield _Row(Table.OWNED, document, pack_owned(owned), "its postings and keys")
        for row, (sid, key) in enumerate(zip(sids, keys, strict=False)):
            yield _Row(Table.SYMBOLS, sid, u32s((number, row)), f"row {row}")
            yield _Row(Table.SYMBOL_IDS, key, sid, f"the symbol of row {row}")
        for name in split(found.mentions, 8):
            yield _Row(Table.MENTIONS, name, document, "the document, which holds the name")
        for row, (name, sid) in enumerate(definitions):
            yield _Row(Table.DEFINITIONS, name, sid, f"the symbol of row {row}, which has the name")
        links = self._reader.get(Table.LINKS, document)
        if links is not None:
            yield _Row(Table.LINKS, document, links, "links")
            for key, value in incoming_rows(number, links):
                yield _Row(Table.INCOMING, key, value, f"the edge from row {int.from_bytes(value[4:8], 'big')}")
            for key, value in outward_rows(number, links):
                yield _Row(Table.OUTWARD, key, value, "what it implements of what lies outside")
            ties = pack_ties(links)
            if ties:
                yield _Row(Table.DEPENDENCIES, document, ties, "which modules its modules need")

    def _look_up(self, row: _Row, path: str) -> Iterator[Finding]:
        if FORMS[row.table].duplicates:
            there = same = self._reader.has_value(row.table, row.key, row.value)
        else:
            found = self._reader.get(row.table, row.key)
            there, same = found is not None, found == row.value
        self._there[row.table] += there
        if not same:
            yield Finding(row.table.name, _shown(row.table, row.key), f"{row.what} of {path}")

    # -- the other way: is anything there that nobody owns

    def _superfluous(self) -> Iterator[Finding]:
        """Rows of documents that are gone, or that their document does not own."""
        owned = (
            Table.PATHS, Table.IDENTITIES, Table.SYMBOL_IDS, Table.SYMBOLS, Table.MENTIONS, Table.DEFINITIONS,
            Table.LINKS, Table.INCOMING, Table.OWNED, Table.NAMES, Table.DEPENDENCIES, Table.OUTWARD,
            Table.PLACES,
        )  # fmt: skip
        more = [table for table in owned if self._reader.count(table) != self._there[table]]
        if not more or self._unclear:
            return
        expected: dict[Table, set[bytes]] = {table: set() for table in more}
        for key, raw in self._reader.items(Table.DOCUMENTS):
            number, record = int.from_bytes(key, "big"), decode_document(raw)
            sids = split(self._reader.get(Table.IDENTITIES, key) or b"", 4)
            keys = split(unpack_owned(self._reader.get(Table.OWNED, key) or u32(0) * 2).keys, 16)
            for row in self._rows(number, record, self._found(record), sids, keys):
                if row.table in expected:
                    expected[row.table].add(_told_apart(row.table, row.key, row.value))
        for table in more:
            for key, value in self._reader.items(table):
                if _told_apart(table, key, value) not in expected[table]:
                    yield Finding(table.name, _shown(table, key), "no such row: no document owns it")

    def _facts(self) -> Iterator[Finding]:
        """Facts that no document uses are kept, but must be facts, and be listed for the day they are too many."""
        known = {raw for _, raw in self._reader.items(Table.STATISTICS, RETIRED)}
        if not self._unclear:
            known |= {decode_document(raw).key for _, raw in self._reader.items(Table.DOCUMENTS)}
        for key in self._reader.keys(Table.FACTS):
            if key not in known and not self._unclear:
                yield Finding("FACTS", key.hex(), "a document that uses them, or a place among what may be removed")
            try:
                Facts(self._reader.get(Table.FACTS, key) or b"")
            except (DamagedError, FactsError) as problem:
                yield Finding("FACTS", key.hex(), f"facts: {problem}")

    # -- links

    def _links(self) -> Iterator[Finding]:
        for key in self._reader.keys(Table.LINKS):
            number, raw = int.from_bytes(key, "big"), self._reader.get(Table.DOCUMENTS, key)
            if raw is None:
                yield Finding("LINKS", str(number), "a document of this number")
                continue
            record = decode_document(raw)
            try:
                packed = self._reader.get(Table.LINKS, key) or b""
                wrong = _misplaced(Links(packed), self._facts_of(record)) or self._leading_nowhere(Links(packed))
            except _UNREADABLE as problem:
                wrong = f"links: {problem}"
            if wrong:
                yield Finding("LINKS", str(number), f"{wrong}, in {record.path}")

    def _leading_nowhere(self, links: Links) -> str:
        for target in {*links.targets, *(edge.target for edge in links.edges())}:
            if not self._reader.has(Table.SYMBOLS, u32(target)):
                return f"links to symbols that exist, which {target} does not"
        return ""

    # -- counters and statistics

    def _rest(self) -> Iterator[Finding]:
        header = dict(self._reader.items(Table.HEADER))
        for own, value in ((SCHEMA_KEY, u32(SCHEMA_VERSION)), (FINGERPRINT_KEY, fingerprint())):
            if header.pop(own, None) != value:
                yield Finding("HEADER", _text(own[1:]), "what this version of isg writes")
        for counter, greatest in self._greatest.items():
            if greatest and int.from_bytes(header.pop(counter, b""), "big") <= greatest:
                yield Finding("HEADER", counter.decode(), f"a number greater than {greatest}")
        following = int.from_bytes(header.pop(NEXT_RETIRED, b""), "big")
        if self._greatest[NEXT_DOCUMENT] and not int.from_bytes(header.pop(EPOCH, b""), "big"):
            yield Finding("HEADER", EPOCH.decode(), "a number greater than 0")
        for key in header.keys() - {EPOCH, NEXT_DOCUMENT, NEXT_SYMBOL}:
            yield Finding("HEADER", _text(key), "no such row")
        yield from self._statistics(following)

    def _statistics(self, following: int) -> Iterator[Finding]:
        rows = dict(self._reader.items(Table.STATISTICS))
        if self._greatest[NEXT_DOCUMENT] and MANIFESTS_KEY not in rows:
            yield Finding("STATISTICS", MANIFESTS_KEY.decode(), "the manifests that were found")
        for key, raw in rows.items():
            if key.startswith(RETIRED):
                if int.from_bytes(key.removeprefix(RETIRED), "big") >= following:
                    yield Finding("STATISTICS", _text(key), "a number that was given out already")
                if not self._reader.has(Table.FACTS, raw):
                    yield Finding("STATISTICS", _text(key), "the key of facts that are stored")
            elif key not in _STATISTICS:
                yield Finding("STATISTICS", _text(key), "no such row")
            else:
                try:
                    msgspec.msgpack.decode(raw, type=_STATISTICS[key])
                except msgspec.DecodeError as problem:
                    yield Finding("STATISTICS", _text(key), f"what was written there: {problem}")


def _misplaced(links: Links, facts: Facts) -> str:
    """What is wrong with links by themselves: rows that the document does not have."""
    symbols, occurrences, bindings = (
        len(c) for c in (facts.symbols.kind, facts.occurrences.start, facts.bindings.kind)
    )
    if list(links.targets) != sorted(set(links.targets)):
        return "targets in their order, each once"
    if not all(occurrence < occurrences for occurrence in links.bound()):
        return f"links of its {occurrences} occurrences only"
    if not all(occurrence < occurrences and binding < bindings for occurrence, binding in links.locals):
        return f"links to its {bindings} bindings only"
    if not all(edge.source < symbols for edge in links.edges()):
        return f"edges from its {symbols} symbols only"
    if not all(one.place.source < symbols for one in links.outward):
        return f"what its {symbols} symbols implement only"
    return ""


def _is_derived(key: bytes, digest: bytes, number: int) -> bool:
    return any(key == derived_key(digest, number, tries) for tries in range(_MOST_DERIVED))


def _told_apart(table: Table, key: bytes, value: bytes) -> bytes:
    return key + value if FORMS[table].duplicates else key


def _shown(table: Table, key: bytes) -> str:
    if table is Table.PATHS:
        return _text(key)
    return str(int.from_bytes(key, "big")) if len(key) == 4 else key.hex()


def _text(key: bytes) -> str:
    return key.decode("utf-8", "backslashreplace")


def _first(location: Path) -> str:
    broken = _checked(location)
    return f"{broken[0].table} {broken[0].key}: expected {broken[0].expected}" if broken else ""


if __name__ == "__main__":
    inspection.examine(_first)
