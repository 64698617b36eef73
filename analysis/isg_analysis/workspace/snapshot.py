"""Snapshot: one consistent version of the workspace, the View that queries take.

It is one read transaction plus one overlay. What it learns (decoded facts, resolvers' memos) it keeps
when it is closed: the workspace hands it out again, with a new transaction, as long as nothing was
written in between. Bounded: when too many documents have been looked at, all that can be made anew
is let go. Used by one thread at a time.

Never waits for indexing: links that are not stored yet are computed when asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import msgspec

from isg_analysis.errors import StoppedError
from isg_analysis.languages.registry import pack
from isg_analysis.model.facts import Facts
from isg_analysis.model.links import Links
from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.text import LineIndex
from isg_analysis.resolve.described import extracted
from isg_analysis.resolve.link import link
from isg_analysis.resolve.mentions import mentions
from isg_analysis.resolve.names import symbol_id
from isg_analysis.resolve.program import DeclaredRelation, Ref, Resolver, document_of, is_binding, row_of, symbol_ref
from isg_analysis.resolve.symbol_names import NamedSymbols, SymbolNames, named_symbols
from isg_analysis.resolve.view import line_index, linked_mentions
from isg_analysis.workspace.overlay import FIRST_UNSTORED, Overlay, OverlayDocument
from isg_analysis.workspace.records import DocumentRecord, content_key, decode_document, name_hash, unpack_incoming
from isg_analysis.workspace.standing import Standing
from isg_analysis.workspace.surroundings import Staleness
from isg_storage import Reader, Table
from isg_storage.keys import numbers, path_key, u32

FACTS_BYTES = 6_000_000
"""How many bytes of packed facts a snapshot keeps at hand."""
_READS_KEPT = 500
"""After so many documents were opened, what resolvers remember of them is let go too."""


def _never() -> bool:
    return False


class Snapshot:
    """See the module's text. Close it, or use it as a context manager: an open one keeps old pages alive."""

    def __init__(
        self,
        reader: Reader,
        overlay: Overlay,
        staleness: Staleness,
        closed: Callable[[Snapshot], None] | None = None,
        facts_bytes: int = FACTS_BYTES,
    ) -> None:
        """`closed` is called when the snapshot is closed and could be opened again; `facts_bytes`: see FACTS_BYTES."""
        self._facts_bytes = facts_bytes
        self.version = (reader.version, overlay.version)
        self._reader = reader
        self._overlay = overlay
        self._staleness = staleness
        self._closed = closed
        self.stopped: Callable[[], bool] = _never
        """Asked before each further document is looked at: True ends the question with StoppedError."""
        self.extracted: dict[bytes, bytes] = {}
        """Packed facts of descriptions that were not stored, by content key."""
        self._layouts: dict[str, Any] = {}
        self._complete_now: bool | None = None
        self._names: SymbolNames | None = None
        self._resolvers: dict[str, Resolver] = {}
        self._standing: Standing | None = None
        self._inherited: dict[str, tuple[Resolver, dict[int, Facts]]] = {}
        """Resolvers of an earlier snapshot, with the facts they know of documents that are different now."""
        self._forget()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the snapshot; its hits can't be asked any more."""
        if self._resolvers:
            self._standing = self._standing or Standing.of(self._reader)
        self._reader.close()
        self.stopped = _never
        self.shrink()
        if self._closed is not None:
            self._closed(self)

    def reopen(self, reader: Reader) -> Snapshot:
        """The same snapshot again. `reader` must see the same version, or one in which only links came."""
        self._reader = reader
        return self

    def shrink(self) -> None:
        """Let go of what can be made anew, if it has grown large. Between two questions only."""
        if self._reads > _READS_KEPT * self._facts_bytes // FACTS_BYTES:
            self._forget()

    def _forget(self) -> None:
        self._facts: dict[int, Facts] = {}
        self._held = 0
        self._reads = 0
        self._records: dict[int, DocumentRecord] = {}
        self._documents: dict[str, list[int]] = {}
        self._defined: dict[tuple[str, str], list[Ref]] = {}
        self._links: dict[int, Links] = {}
        self._mentions: dict[tuple[int, Ref], list[tuple[int, Confidence]]] = {}
        self._identities: dict[int, Sequence[int]] = {}
        self._unlinked: dict[int, bool] = {}

    # -- documents

    def facts(self, document: int) -> Facts:
        """See Program."""
        shadow = self._overlay.documents.get(document)
        if shadow is not None:
            return shadow.facts
        return self._stored_facts(document)

    def _stored_facts(self, document: int) -> Facts:
        known = self._facts.get(document)
        if known is None:
            self._go_on()
            known = self._facts[document] = Facts(self._blob(Table.FACTS, self._record(document).key))
            self._reads += 1
            self._held += known.packed_size
            while self._held > self._facts_bytes and len(self._facts) > 1:
                self._held -= self._facts.pop(next(iter(self._facts))).packed_size
        return known

    def path(self, document: int) -> str:
        """See Program."""
        shadow = self._overlay.documents.get(document)
        return shadow.path if shadow is not None else self._record(document).path

    def language(self, document: int) -> str:
        """See View."""
        shadow = self._overlay.documents.get(document)
        return shadow.language if shadow is not None else self._record(document).language

    def document(self, path: str) -> int | None:
        """See Program."""
        for number, shadow in self._overlay.documents.items():
            if shadow.path == path:
                return number
        raw = self._reader.get(Table.PATHS, path_key(path))
        return int.from_bytes(raw, "big") if raw is not None else None

    def documents(self, language: str) -> Sequence[int]:
        """See Program."""
        known = self._documents.get(language)
        if known is None:
            rows = [(self.path(number), number) for number in self._numbers() if self.language(number) == language]
            known = self._documents[language] = [number for _, number in sorted(rows)]
        return known

    def size(self, document: int) -> int:
        """The length of the document's text in bytes."""
        return self.facts(document).symbols.end[0]

    def line_index(self, document: int) -> LineIndex:
        """See View. Copies the lines only, not the facts they stand in."""
        if document in self._facts or document in self._overlay.documents:
            return line_index(self.facts(document))
        stored = self._reader.view(Table.FACTS, self._record(document).key)
        if stored is None:
            return line_index(self.facts(document))  # which says what is missing
        lines = line_index(Facts(stored))
        return LineIndex(*(memoryview(bytes(column)).cast("i") for column in (lines.starts, lines.wide)))

    # -- names

    def documents_naming(self, name: str) -> Sequence[int]:
        """See Program."""
        shadows = self._overlay.documents
        stored = numbers(self._reader.values(Table.MENTIONS, name_hash(name)))
        out = [number for number in stored if number not in shadows]
        return out + [number for number, shadow in shadows.items() if name in shadow.facts.string_ids]

    def definitions(self, name: str, language: str) -> Sequence[Ref]:
        """See Program."""
        known = self._defined.get((name, language))
        if known is None:
            refs = [ref for ref in self._definitions(name) if self.language(document_of(ref)) == language]
            known = sorted(refs, key=lambda ref: (self.path(document_of(ref)), ref))
            self._defined[name, language] = known
        return known

    def _definitions(self, name: str) -> Iterator[Ref]:
        shadows = self._overlay.documents
        for sid in numbers(self._reader.values(Table.DEFINITIONS, name_hash(name))):
            ref = self._stored_ref(sid)
            if ref is not None and document_of(ref) not in shadows:
                facts = self.facts(document_of(ref))
                if facts.name_of(row_of(ref)) == name:
                    yield ref
        for number, shadow in shadows.items():
            wanted = shadow.facts.string_ids.get(name, -1)
            for row, at in enumerate(shadow.facts.symbols.name):
                if at == wanted and row:
                    yield symbol_ref(number, row)

    def symbol_names(self) -> SymbolNames:
        """See View."""
        if self._names is None:
            shadows = self._overlay.documents
            rows = [
                named_symbols(number, shadows[number].facts) if number in shadows else self._stored_names(number)
                for number in sorted(self._numbers(), key=self.path)
            ]
            self._names = SymbolNames(rows)
        return self._names

    def _stored_names(self, number: int) -> NamedSymbols:
        names = self._blob(Table.NAMES, u32(number))
        count = int.from_bytes(names[:4], "big")
        return NamedSymbols(number, names[4 : 4 + count], names[4 + count :].decode())

    # -- meaning

    def described(self, language: str, text: bytes) -> Facts:
        """See Program. Stored under its content key, as any facts are, by the run that links the workspace."""
        key = content_key(language, pack(language).version, text)
        packed = self._reader.get(Table.FACTS, key)
        if packed is None:
            packed = self.extracted[key] = extracted(language, text)
        return Facts(packed)

    def layout(self, language: str) -> Any:
        """See Program."""
        known = self._layouts.get(language)
        if known is None:
            raw = self._reader.get(Table.LAYOUTS, language.encode())
            known = msgspec.msgpack.decode(raw) if raw else pack(language).layout({}, [])
            self._layouts[language] = known
        return known

    def resolver(self, document: int) -> Resolver:
        """See View."""
        language = self.language(document)
        known = self._resolvers.get(language)
        if known is None:
            inherited = self._inherited.pop(language, None)
            if inherited is None:
                known = pack(language).resolver(self)
            else:
                changed = {number: (before, self.facts(number)) for number, before in inherited[1].items()}
                known = inherited[0].successor(self, changed)
            self._resolvers[language] = known
        return known

    def inherit(self, other: Snapshot) -> None:
        """Take over the resolvers of a snapshot that is not asked any more, if the two differ in facts only."""
        inherited = other._inherited | {language: (resolver, {}) for language, resolver in other._resolvers.items()}
        if not inherited or other._standing is None:
            return
        self._standing = Standing.of(self._reader, other._standing)
        replaced = other._standing.replaced(self._standing)
        before = self._facts_before(other, replaced) if replaced is not None else None
        if before is None:
            return
        self._documents, self._layouts = other._documents, other._layouts
        for language, (resolver, earlier) in inherited.items():
            own = {number: facts for number, facts in before.items() if self.language(number) == language}
            self._inherited[language] = resolver, own | earlier

    def _facts_before(self, other: Snapshot, replaced: Mapping[int, bytes]) -> dict[int, Facts] | None:
        """The facts another snapshot knows of the documents that may differ here; None where it can't tell."""
        mine, others = self._overlay.documents, other._overlay.documents
        out: dict[int, Facts] = {}
        for number in mine.keys() | others.keys() | replaced.keys():
            if number in mine and number in others and mine[number].facts is others[number].facts:
                continue
            if self._place(number, self._overlay) != self._place(number, other._overlay):
                return None
            if number in others:
                out[number] = others[number].facts
            elif number in replaced:
                packed = self._reader.get(Table.FACTS, replaced[number])
                if packed is None:
                    return None
                out[number] = Facts(packed)
            else:
                out[number] = self._stored_facts(number)
        return out

    def _place(self, number: int, overlay: Overlay) -> tuple[str, str] | None:
        """The path and language of a document under an overlay; None where there is none."""
        found: OverlayDocument | DocumentRecord | None = overlay.documents.get(number)
        if found is None and number >= FIRST_UNSTORED:
            return None
        found = found or self._record(number)
        return found.path, found.language

    def links(self, document: int) -> Links:
        """See View."""
        if not self._pending(document):
            return Links(self._blob(Table.LINKS, u32(document)))
        known = self._links.get(document)
        if known is None:
            self._go_on()
            packed = link(self, self.resolver(document), document, self.key_of)
            known = self._links[document] = Links(packed)
        return known

    def mentions(self, document: int, ref: Ref) -> Iterable[tuple[int, Confidence]]:
        """See View."""
        module = not is_binding(ref) and row_of(ref) == 0  # spelled by parts of paths: only links know
        if module or document in self._links or not self._pending(document):
            return linked_mentions(self.links(document), ref, 0 if is_binding(ref) else self.key_of(ref))
        known = self._mentions.get((document, ref))
        if known is None:
            self._go_on()
            found = mentions(self, self.resolver(document), self.language(document), document, ref)
            known = self._mentions[document, ref] = list(found)
        return known

    def bound(self, document: int) -> Iterator[tuple[int, tuple[Ref, ...], Confidence]]:
        """(occurrence, what it means, confidence) for all that is bound in a document, in source order."""
        links = self.links(document)
        rows: dict[int, tuple[tuple[Ref, ...], Confidence]] = {}
        for occurrence, binding in links.locals:
            rows[occurrence] = ((document << 24 | binding << 1 | 1,), Confidence.CERTAIN)
        for occurrence, (keys, confidence) in links.bound().items():
            refs = tuple(ref for key in keys if (ref := self.ref_of(key)) is not None)
            rows[occurrence] = (rows[occurrence][0] + refs if occurrence in rows else refs, confidence)
        for occurrence in sorted(rows):
            yield occurrence, *rows[occurrence]

    def outgoing(self, document: int) -> list[DeclaredRelation]:
        """Every stored edge that starts in a document: calls, uses, imports and declared relations."""
        out = []
        for edge in self.links(document).edges():
            target = self.ref_of(edge.target)
            if target is not None:
                source = symbol_ref(document, edge.source)
                out.append(DeclaredRelation(source, RelationKind(edge.kind), target, Confidence(edge.confidence)))
        return out

    def incoming_relations(self, ref: Ref, kind: RelationKind) -> Sequence[DeclaredRelation]:
        """See Program."""
        out = [
            DeclaredRelation(symbol_ref(document, row), RelationKind(edge), ref, Confidence(confidence))
            for document, row, edge, confidence in unpack_incoming(self._incoming(ref))
            if edge == kind and not self._pending(document)
        ]
        for document in self._pending_naming(ref):
            declared = self.resolver(document).relations(document)
            out += [relation for relation in declared if relation.kind == kind and relation.target == ref]
        return sorted(set(out), key=lambda found: (self.path(document_of(found.source)), found.source))

    def documents_linking(self, ref: Ref) -> Sequence[int]:
        """See View."""
        linked = {document for document, *_ in unpack_incoming(self._incoming(ref))}
        found = {document for document in linked if not self._pending(document)}
        for document in [*self._pending_naming(ref), document_of(ref)]:
            if any(True for _ in self.mentions(document, ref)):
                found.add(document)
        return sorted(found, key=self.path)

    def key_of(self, ref: Ref) -> int:
        """See View."""
        document = document_of(ref)
        shadow = self._overlay.documents.get(document)
        if shadow is not None:
            return shadow.keys[row_of(ref)]
        known = self._identities.get(document)
        if known is None:
            known = numbers(self._blob(Table.IDENTITIES, u32(document)))
            self._identities[document] = known
        return known[row_of(ref)]

    def ref_of(self, key: int) -> Ref | None:
        """See View."""
        for number, shadow in self._overlay.documents.items():
            if key in shadow.keys:
                return symbol_ref(number, shadow.keys.index(key))
        ref = self._stored_ref(key)
        return None if ref is None or document_of(ref) in self._overlay.documents else ref

    def symbol_id(self, ref: Ref) -> str:
        """The symbol id of a symbol."""
        return symbol_id(self, ref)

    # -- rows

    def _go_on(self) -> None:
        if self.stopped():
            raise StoppedError("the question was given up")

    def _record(self, document: int) -> DocumentRecord:
        known = self._records.get(document)
        if known is None:
            known = decode_document(self._blob(Table.DOCUMENTS, u32(document)))
            self._records[document] = known
        return known

    def _numbers(self) -> Iterator[int]:
        for key, _ in self._reader.items(Table.DOCUMENTS):
            yield int.from_bytes(key, "big")
        for number in self._overlay.documents:
            if self._reader.get(Table.DOCUMENTS, u32(number)) is None:
                yield number

    def _stored_ref(self, sid: int) -> Ref | None:
        raw = self._reader.get(Table.SYMBOLS, u32(sid))
        return None if raw is None else symbol_ref(*numbers(raw))

    def _incoming(self, ref: Ref) -> bytes:
        return self._reader.values(Table.INCOMING, u32(self.key_of(ref)))

    def _pending(self, document: int) -> bool:
        """Whether the stored links of a document are missing or not to be used."""
        if document in self._overlay.documents or document in self._stale():
            return True
        known = self._unlinked.get(document)
        if known is None:
            known = self._unlinked[document] = self._reader.get(Table.LINKS, u32(document)) is None
        return known

    def _stale(self) -> frozenset[int]:
        return self._staleness.documents(self._reader)

    def _pending_naming(self, ref: Ref) -> list[int]:
        if not self._overlay.documents and self._complete():
            return []
        facts = self.facts(document_of(ref))
        row = row_of(ref)
        name = facts.name_of(row) if row else self.path(document_of(ref)).rsplit("/", 1)[-1].split(".")[0]
        unsaved = self._stale().union(self._overlay.documents)  # few: an alias may hide the name in them
        return [*unsaved, *(d for d in self.documents_naming(name) if d not in unsaved and self._pending(d))]

    def _complete(self) -> bool:
        if self._complete_now is None:
            self._complete_now = self._reader.count(Table.LINKS) == self._reader.count(Table.DOCUMENTS)
        return self._complete_now

    def _blob(self, table: Table, key: bytes) -> bytes:
        found = self._reader.get(table, key)
        if found is None:
            raise KeyError(f"{table.name} {key.hex()}")
        return found
