"""StoredRows: the rows of one stored version. What is looked at in place is undefined once the reader is closed."""

from __future__ import annotations

from isg_analysis.model.links import OutwardPlace
from isg_analysis.resolve.program import Ref, symbol_ref
from isg_analysis.workspace.records import DocumentRecord, Incoming, decode_document, outward_key
from isg_storage import DamagedError, Reader, Table
from isg_storage.keys import number_at, numbers, u32

_RECORDS_KEPT = 4_000
"""So many documents' records are kept decoded."""
_KEYS_AT_HAND = 1_000


class StoredRows:
    """Raises DamagedError where a row is missing that should be there."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._records: dict[int, DocumentRecord] = {}
        self._keys: dict[int, memoryview] = {}
        """Link keys of the symbols of documents, in place."""
        self._looks = 0

    def reopen(self, reader: Reader) -> None:
        """Go on with a reader that sees the same documents."""
        self._reader = reader

    def end_looks(self) -> None:
        """The reader is going to be closed."""
        self._keys.clear()

    def looks_taken(self) -> int:
        """How many values were looked at since this was last asked."""
        taken, self._looks = self._looks, 0
        return taken

    def view(self, table: Table, key: bytes) -> memoryview:
        """A value in place."""
        self._looks += 1
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

    def key(self, document: int, row: int) -> int:
        """The link key of a symbol."""
        keys = self._keys.get(document)
        if keys is None:
            if len(self._keys) >= _KEYS_AT_HAND:
                self._keys.clear()
            keys = self._keys[document] = self.view(Table.IDENTITIES, u32(document))
        return number_at(keys, row)

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
