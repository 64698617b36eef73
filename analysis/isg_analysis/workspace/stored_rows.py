"""StoredRows: the rows of one stored version. What is looked at in place is undefined once the reader is closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from isg_analysis.model.links import OutwardPlace
from isg_analysis.model.symbol import SymbolPlace
from isg_analysis.resolve.program import Ref, document_of, symbol_ref
from isg_analysis.resolve.symbol_places import place_of
from isg_analysis.workspace.records import DocumentRecord, Incoming, decode_document, incoming_edges, outward_key
from isg_storage import DamagedError, Reader, Table
from isg_storage.keys import number_at, numbers, u32

_RECORDS_KEPT = 4_000
"""So many documents' records are kept decoded."""
_KEYS_AT_HAND = 1_000
_PLACES_AT_HAND = 1_000


class StoredRows:
    """Raises DamagedError where a row is missing that should be there."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._records: dict[int, DocumentRecord] = {}
        self._keys: dict[int, bytes] = {}
        """Link keys of the symbols of documents."""
        self._places: dict[int, memoryview] = {}
        """Places of the symbols of documents, in place."""

    def reopen(self, reader: Reader) -> None:
        """Go on with a reader that sees the same documents."""
        self._reader = reader

    def end_looks(self) -> None:
        """The reader is going to be closed."""
        self._keys.clear()
        self._places.clear()

    def view(self, table: Table, key: bytes) -> memoryview:
        """A value in place."""
        found = self._reader.view(table, key)
        if found is None:
            raise DamagedError(f"a row of {table.name} is missing (key {key.hex()})")
        return found

    def copy(self, table: Table, key: bytes) -> bytes:
        """A value."""
        return bytes(self.view(table, key))

    def record(self, document: int) -> DocumentRecord:
        """The record of a document."""
        known = self._records.get(document)
        if known is None:
            if len(self._records) >= _RECORDS_KEPT:
                self._records.clear()
            known = self._records[document] = decode_document(self.copy(Table.DOCUMENTS, u32(document)))
        return known

    def documents(self, language: str) -> list[tuple[str, int]]:
        """(path, number) of the documents of a language."""
        records = ((key, decode_document(raw)) for key, raw in self._reader.items(Table.DOCUMENTS))
        return [(one.path, int.from_bytes(key, "big")) for key, one in records if one.language == language]

    def key(self, document: int, row: int) -> int:
        """The link key of a symbol."""
        keys = self._keys.get(document)
        if keys is None:
            if len(self._keys) >= _KEYS_AT_HAND:
                self._keys.clear()
            keys = self._keys[document] = self.copy(Table.IDENTITIES, u32(document))
        return number_at(keys, row)

    def edges_to(self, refs: Iterable[Ref]) -> list[tuple[Ref, Ref, int, int]]:
        """(target, source, kind, confidence) of the edges that point at any of the symbols, in no order.

        A blast radius asks so of a thousand symbols in a millisecond: references are taken apart in place.
        """
        targets: dict[bytes, Ref] = {}
        known = self._keys
        for ref in refs:
            keys = known.get(ref >> 24)
            if keys is None:
                self.key(document_of(ref), 0)
                keys = known[document_of(ref)]
            at = (ref & 0xFFFFFF) << 1  # 4 * row_of(ref)
            targets[keys[at : at + 4]] = ref
        return self.edges(targets)

    def edges(self, targets: Mapping[bytes, Ref]) -> list[tuple[Ref, Ref, int, int]]:
        """As `edges_to`, of symbols given by their packed keys."""
        rows = incoming_edges(self._reader.rows(Table.INCOMING, sorted(targets)))
        return [(targets[key], home << 24 | row << 1, rest >> 8, rest & 0xFF) for key, home, row, rest in rows]

    def place(self, document: int, row: int) -> SymbolPlace | None:
        """Where a symbol stands, if that is known without the facts of its document."""
        places = self._places.get(document)
        if places is None:
            if len(self._places) >= _PLACES_AT_HAND:
                self._places.clear()
            places = self._reader.view(Table.PLACES, u32(document))
            if places is None:
                raise DamagedError(f"there are no places of the symbols of document {document}")
            self._places[document] = places
        return place_of(places, row)

    def ref(self, key: int) -> Ref | None:
        """The symbol of a link key; None where it is gone."""
        raw = self._reader.get(Table.SYMBOLS, u32(key))
        return None if raw is None else symbol_ref(*numbers(raw))

    def outward(self, name: str) -> dict[int, list[OutwardPlace]]:
        """The places, by document, that implement what is called so in links."""
        packed = iter(numbers(self._reader.values(Table.OUTWARD, outward_key(name))))
        found: dict[int, list[OutwardPlace]] = {}
        for document, *place in zip(packed, packed, packed, packed, packed, strict=True):
            found.setdefault(document, []).append(OutwardPlace(*place))
        return found

    def incoming(self, key: int) -> Incoming:
        """The edges that point at a symbol."""
        return Incoming(self._reader.values(Table.INCOMING, u32(key)))
