"""Surroundings of a change: the stored documents of a language, with unsaved ones over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from isg_analysis.model.facts import Facts
from isg_analysis.model.links import Links
from isg_analysis.workspace.changes import module_names
from isg_analysis.workspace.interfaces import Interface
from isg_analysis.workspace.overlay import FIRST_UNSTORED_KEY, OverlayDocument
from isg_analysis.workspace.records import DocumentRecord, Incoming, decode_document, name_hash
from isg_storage import Reader, Table
from isg_storage.keys import numbers, u32

_BYTES_KEPT = 2_000_000
"""How many bytes of packed facts are kept as interfaces; one takes several times as much."""


class StoredSurroundings:
    """See `spreading.Surroundings`. Good for one state of what is stored, but for links, which may come."""

    def __init__(self, reader: Reader, unsaved: Mapping[int, OverlayDocument], language: str) -> None:
        """`unsaved`: documents that stand in for what is stored of them, by number."""
        self._reader, self._language, self._unsaved = reader, language, unsaved
        self._records: dict[int, DocumentRecord] = {}
        self._interfaces: dict[int, Interface] = {}
        self._room = _BYTES_KEPT
        """How many more bytes may be kept; less than none where one document takes more."""
        self.count = reader.count(Table.DOCUMENTS)

    def renew(self, reader: Reader, unsaved: Mapping[int, OverlayDocument]) -> None:
        """Go on with another reader of the same state, and with other unsaved documents."""
        self._reader = reader
        if self._unsaved is not unsaved:
            for number in self._unsaved.keys() | unsaved.keys():
                if self._unsaved.get(number) is not unsaved.get(number):
                    self._forget(number)
            if [(number, one.path) for number, one in self._unsaved.items()] != [
                (number, one.path) for number, one in unsaved.items()
            ]:
                self.__dict__.pop("_paths", None)
                self.__dict__.pop("_by_module", None)
            self._unsaved = unsaved

    def rest(self) -> None:
        """Let go of what can be read again: it may be long until something is asked."""
        self._records.clear()
        self._interfaces.clear()
        self._room = _BYTES_KEPT

    def linked_naming(self, name: str) -> Iterator[tuple[int, Links]]:
        """See Surroundings."""
        for number in self._stored_naming(name):
            raw = self._reader.get(Table.LINKS, u32(number))
            if raw is not None:
                yield number, Links(raw)

    def unlinked_naming(self, name: str) -> Iterator[int]:
        """See Surroundings."""
        if not self._all_linked:
            yield from (
                number for number in self._stored_naming(name) if not self._reader.has(Table.LINKS, u32(number))
            )
        for number, shadow in self._unsaved.items():
            if shadow.language == self._language and name in shadow.facts.string_ids:
                yield number

    def linking(self, key: int) -> Iterator[tuple[int, Links]]:
        """See Surroundings."""
        incoming = self._reader.values(Table.INCOMING, u32(key)) if key < FIRST_UNSTORED_KEY else b""
        places = self._reader.get(Table.SYMBOLS, u32(key)) if key < FIRST_UNSTORED_KEY else None
        own = [numbers(places)[0]] if places is not None else []
        for number in Incoming(incoming).documents().union(own):
            raw = None if number in self._unsaved else self._reader.get(Table.LINKS, u32(number))
            if raw is not None:
                yield number, Links(raw)

    def _stored_naming(self, name: str) -> Iterator[int]:
        for number in numbers(self._reader.values(Table.MENTIONS, name_hash(name))):
            if number not in self._unsaved and self._record(number).language == self._language:
                yield number

    @cached_property
    def _all_linked(self) -> bool:
        return self._reader.count(Table.LINKS) == self._reader.count(Table.DOCUMENTS)

    def defined(self, name: str) -> Iterator[tuple[int, int]]:
        """See Surroundings."""
        for sid in numbers(self._reader.values(Table.DEFINITIONS, name_hash(name))):
            place = self._reader.get(Table.SYMBOLS, u32(sid))
            if place is not None:
                document, row = numbers(place)
                if document not in self._unsaved and self._record(document).language == self._language:
                    yield document, row
        for number, shadow in self._unsaved.items():
            wanted = shadow.facts.string_ids.get(name, -1) if shadow.language == self._language else -1
            yield from ((number, row) for row, at in enumerate(shadow.facts.symbols.name) if row and at == wanted)

    def called(self, name: str) -> Iterator[int]:
        """See Surroundings."""
        for sid in numbers(self._reader.values(Table.DEFINITIONS, name_hash(name))):
            place = self._reader.get(Table.SYMBOLS, u32(sid))
            if place is not None:
                document = numbers(place)[0]
                if document not in self._unsaved and self._record(document).language == self._language:
                    yield sid
        for shadow in self._unsaved.values():
            wanted = shadow.facts.string_ids.get(name, -1) if shadow.language == self._language else -1
            yield from (shadow.keys[row] for row, at in enumerate(shadow.facts.symbols.name) if row and at == wanted)

    def interface(self, document: int) -> Interface:
        """See Surroundings."""
        known = self._interfaces.get(document)
        if known is None:
            shadow = self._unsaved.get(document)
            if shadow is not None:
                known = Interface(shadow.facts, shadow.keys)
            else:
                known = stored_interface(self._reader, document, self._record(document))
            self._interfaces[document] = known
            self._room -= known.facts.packed_size
            while self._room < 0 and len(self._interfaces) > 1:
                self._forget(next(iter(self._interfaces)))
        return known

    def _forget(self, document: int) -> None:
        known = self._interfaces.pop(document, None)
        if known is not None:
            self._room += known.facts.packed_size

    def below(self, directory: str) -> Iterator[int]:
        """See Surroundings."""
        start = f"{directory}/" if directory else ""
        for number, path in self._paths.items():
            if path.startswith(start):
                yield number

    def inside(self, name: str) -> Iterator[int]:
        """See Surroundings."""
        for number, path in self._paths.items():
            if name in path.rsplit(".", 1)[0].split("/"):
                yield number

    def modules(self, name: str) -> Iterator[int]:
        """See Surroundings."""
        yield from self._by_module.get(name, ())

    def _record(self, document: int) -> DocumentRecord:
        known = self._records.get(document)
        if known is None:
            known = decode_document(self._reader.get(Table.DOCUMENTS, u32(document)) or b"")
            self._records[document] = known
        return known

    @cached_property
    def _paths(self) -> dict[int, str]:
        rows = ((key, decode_document(raw)) for key, raw in self._reader.items(Table.DOCUMENTS))
        out = {int.from_bytes(key, "big"): row.path for key, row in rows if row.language == self._language}
        for number, shadow in self._unsaved.items():
            out.pop(number, None)
            if shadow.language == self._language:
                out[number] = shadow.path
        return out

    @cached_property
    def _by_module(self) -> dict[str, list[int]]:
        out: dict[str, list[int]] = {}
        for number, path in self._paths.items():
            for name in module_names(path):
                out.setdefault(name, []).append(number)
        return out


def stored_interface(reader: Reader, number: int, record: DocumentRecord) -> Interface:
    """What a document shows, as it is stored."""
    keys = numbers(reader.get(Table.IDENTITIES, u32(number)) or b"")
    return Interface(Facts(reader.get(Table.FACTS, record.key) or b""), keys)
