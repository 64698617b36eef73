"""Snapshot: one consistent version of the workspace, the View that queries take.

It is one read transaction plus one overlay. What it learns (decoded facts, resolvers' memos) it keeps
when it is closed: the workspace hands it out again, with a new transaction, as long as nothing was
written in between. Bounded: when too many documents have been looked at, all that can be made anew
is let go. Used by one thread at a time.

Never waits for indexing: links that are not stored yet are computed when asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import msgspec

from isg_analysis.errors import StoppedError
from isg_analysis.languages.registry import pack
from isg_analysis.model.facts import Facts
from isg_analysis.model.links import Links, OutwardPlace
from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.relation import DECLARED, RelationKind
from isg_analysis.model.symbol import SymbolPlace, SymbolPrefix
from isg_analysis.model.text import LineIndex
from isg_analysis.resolve.described import extracted
from isg_analysis.resolve.link import link
from isg_analysis.resolve.mentions import mentions
from isg_analysis.resolve.names import symbol_id
from isg_analysis.resolve.program import (
    UNRESOLVED,
    DeclaredRelation,
    ModuleDependency,
    Ref,
    Resolution,
    Resolver,
    binding_ref,
    document_of,
    is_binding,
    row_of,
    symbol_ref,
)
from isg_analysis.resolve.symbol_names import SymbolNames
from isg_analysis.resolve.view import document_ties, line_index, linked_mentions, linked_relations
from isg_analysis.workspace.dependents import Dependents
from isg_analysis.workspace.opened_facts import OpenedFacts
from isg_analysis.workspace.outward import implementors
from isg_analysis.workspace.overlay import FIRST_UNSTORED, FIRST_UNSTORED_KEY, Overlay, OverlayDocument
from isg_analysis.workspace.pending import Pending
from isg_analysis.workspace.records import (
    DocumentRecord,
    content_key,
    name_hash,
)
from isg_analysis.workspace.staleness import Affected, Staleness
from isg_analysis.workspace.standing import Standing
from isg_analysis.workspace.store import epoch
from isg_analysis.workspace.stored_names import StoredNames, names_under
from isg_analysis.workspace.stored_rows import StoredRows
from isg_storage import DamagedError, Reader, Table
from isg_storage.keys import numbers, path_key, u32

FACTS_BYTES = 2_000_000
"""How many bytes of packed facts a snapshot keeps at hand."""
_READS_KEPT = 500
"""After so many documents were opened, what resolvers remember of them is let go too."""
_PREFIXES_KEPT = 4_000
"""Of so many documents it is remembered how the ids of their symbols start."""


def _never() -> bool:
    return False


_NOTHING_UNSAVED = Overlay()
_NOBODY_AFFECTED = Staleness({})


def _nowhere(path: str) -> bytes | None:
    del path
    return None


class Snapshot:
    """See the module's text. Close it, or use it as a context manager: an open one keeps old pages alive."""

    def __init__(
        self,
        reader: Reader,
        overlay: Overlay,
        staleness: Staleness,
        closed: Callable[[Snapshot], None] | None = None,
        facts_bytes: int = FACTS_BYTES,
        text_on_disk: Callable[[str], bytes | None] = _nowhere,
        damaged: Callable[[Exception], Exception | None] = lambda _: None,
        names: StoredNames | None = None,
        steady: bool = False,
    ) -> None:
        """`closed` is called when the snapshot is closed and could be opened again; `facts_bytes`: see FACTS_BYTES;
        `text_on_disk`: what a path holds now; `damaged` makes the error to raise of one that damage caused;
        `names`: shared by the snapshots of an environment; `steady`: see Program.
        """
        self.steady = steady
        self._damaged = damaged
        self._text_on_disk = text_on_disk
        self.version = (reader.version, overlay.version)
        self._reader = reader
        self._rows = StoredRows(reader)
        self._overlay = overlay
        self._pending = Pending(self, reader, overlay, staleness)
        self._closed = closed
        self.stopped: Callable[[], bool] = _never
        """Asked before each further document is looked at: True ends the question with StoppedError."""
        self.extracted: dict[bytes, bytes] = {}
        """Packed facts of descriptions that were not stored, by content key."""
        self._layouts: dict[str, Any] = {}
        self._stored_names = names or StoredNames()
        self._names: SymbolNames | None = None
        self._resolvers: dict[str, Resolver] = {}
        self._standing: Standing | None = None
        self._inherited: dict[str, tuple[Resolver, dict[int, Facts]]] = {}
        """Resolvers of an earlier snapshot, with the facts they know of documents that are different now."""
        self._forget(facts_bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) and (damage := self._damaged(error)) is not None:
            self._closed, self._resolvers = None, {}  # nothing of it is worth keeping
            self.close()
            raise damage from error
        self.close()

    def close(self) -> None:
        """End the snapshot; its hits can't be asked any more."""
        try:
            if self._resolvers and self._closed is not None:
                self._standing = self._standing or Standing.of(self._reader)
        except DamagedError:
            self._closed = None
        self._opened.end_glances()
        self._rows.end_looks()
        self._reader.close()
        self.stopped = _never
        if self._closed is None:
            self.let_go()
            return
        self.shrink()
        self._closed(self)

    def let_go(self) -> None:
        """Hold nothing any more: it will not be opened again. What it is made of knows it, so that it would take a
        collection of cyclic garbage to notice that nobody else does, and texts and facts weigh nothing there.
        """
        for resolver in (*self._resolvers.values(), *(resolver for resolver, _ in self._inherited.values())):
            resolver.end()
        self._resolvers, self._inherited, self._standing, self._names = {}, {}, None, None
        self._layouts, self.extracted = {}, {}
        self._overlay = _NOTHING_UNSAVED
        self._rows = StoredRows(self._reader)
        self._pending = Pending(self, self._reader, self._overlay, _NOBODY_AFFECTED)
        self._forget(self._opened.limit)

    def reopen(self, reader: Reader) -> Snapshot:
        """The same snapshot again. `reader` must see the same version, or one in which only links came."""
        self._reader = reader
        self._rows.reopen(reader)
        self._pending.reopen(reader)
        return self

    def shrink(self) -> None:
        """Let go of what can be made anew, if it has grown large. Between two questions only."""
        if self._opened.copied > _READS_KEPT * self._opened.limit // FACTS_BYTES:
            self._forget(self._opened.limit)

    def _forget(self, facts_bytes: int) -> None:
        self._opened = OpenedFacts(self._rows, facts_bytes)
        self._prefixes: dict[int, SymbolPrefix] = {}
        self._documents: dict[str, list[int]] = {}
        self._defined: dict[tuple[str, str], list[Ref]] = {}
        self._links: dict[int, Links] = {}
        self._dependents = Dependents()
        self._mentions: dict[tuple[int, Ref], list[tuple[int, Confidence]]] = {}
        self._declared: dict[int, Sequence[DeclaredRelation]] = {}

    # -- documents

    def facts(self, document: int) -> Facts:
        """See Program."""
        shadow = self._overlay.documents.get(document)
        if shadow is not None:
            return shadow.facts
        return self._stored_facts(document)

    def _stored_facts(self, document: int) -> Facts:
        self._go_on()
        return self._opened.copy(document)

    def glance(self, document: int) -> Facts:
        """See View."""
        shadow = self._overlay.documents.get(document)
        if shadow is not None:
            return shadow.facts
        self._go_on()
        return self._opened.glance(document)

    def path(self, document: int) -> str:
        """See Program."""
        shadow = self._overlay.documents.get(document)
        return shadow.path if shadow is not None else self._rows.record(document).path

    def unsaved(self) -> dict[str, int]:
        """Path -> number of the unsaved documents."""
        return {shadow.path: number for number, shadow in self._overlay.documents.items()}

    def stored(self) -> tuple[int, int]:
        """Two numbers: while both are what they were, so are the stored documents and their links."""
        return epoch(self._reader), self._reader.count(Table.LINKS)

    def affected(self) -> Affected:
        """The stored documents that mean something else because of unsaved ones, as far as that is known."""
        return self._pending.affected()

    def language(self, document: int) -> str:
        """See View."""
        shadow = self._overlay.documents.get(document)
        return shadow.language if shadow is not None else self._rows.record(document).language

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
            shadows = self._overlay.documents
            rows = [(one.path, number) for number, one in shadows.items() if one.language == language]
            rows += [row for row in self._rows.documents(language) if row[1] not in shadows]
            known = self._documents[language] = [number for _, number in sorted(rows)]
        return known

    def size(self, document: int) -> int:
        """The length of the document's text in bytes."""
        return self.glance(document).symbols.end[0]

    def text(self, document: int) -> bytes | None:
        """See View."""
        shadow = self._overlay.documents.get(document)
        if shadow is not None:
            return shadow.text
        record = self._rows.record(document)
        text = self._text_on_disk(record.path)
        known = pack(record.language)
        if text is None or content_key(record.language, known.version, text) != record.key:
            return None
        return text

    def line_index(self, document: int) -> LineIndex:
        """See View."""
        return line_index(self.glance(document))

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
            ref = self._rows.ref(sid)
            if ref is None:
                raise DamagedError(f"there is no symbol {sid}, which should be called {name}")
            if document_of(ref) not in shadows and self._symbol_name(ref) == name:
                yield ref
        for number, shadow in shadows.items():
            wanted = shadow.facts.string_ids.get(name, -1)
            for row, at in enumerate(shadow.facts.symbols.name):
                if at == wanted and row:
                    yield symbol_ref(number, row)

    def _symbol_name(self, ref: Ref) -> str:
        return self.glance(document_of(ref)).name_of(row_of(ref))

    def symbol_place(self, ref: Ref) -> SymbolPlace | None:
        """See View."""
        document = document_of(ref)
        if document in self._overlay.documents:
            return None
        return self._rows.place(document, row_of(ref))

    def symbol_names(self) -> SymbolNames:
        """See View."""
        if self._names is None:
            text = self._stored_names.text(self._reader)
            self._names = names_under(text, self._overlay.documents, lambda number: self._rows.record(number).path)
        return self._names

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

    def prefix(self, document: int) -> SymbolPrefix:
        """See View."""
        known = self._prefixes.get(document)
        if known is None:
            if len(self._prefixes) >= _PREFIXES_KEPT:
                self._prefixes.clear()
            language = self.language(document)
            known = pack(language).prefix(self.layout(language), self.path(document))
            self._prefixes[document] = known
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
        if other._standing.epoch == self._standing.epoch:
            self._pending.spelling.inherit(other._pending.spelling)
        replaced = other._standing.replaced(self._standing)
        before = self._facts_before(other, replaced) if replaced is not None else None
        if before is None:
            return
        self._documents, self._layouts = other._documents, other._layouts
        for language, (resolver, earlier) in inherited.items():
            own = {number: facts for number, facts in before.items() if self.language(number) == language}
            self._inherited[language] = resolver, own | earlier
        other._resolvers, other._inherited = {}, {}

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
        found = found or self._rows.record(number)
        return found.path, found.language

    def meaning(self, document: int, occurrence: int) -> Resolution:
        """See View."""
        links = None if self._pending.holds(document) else self.links(document)
        if links is None or links.is_partial(occurrence):
            return self.resolver(document).resolve(document, occurrence)
        keys, confidence = links.bound_to(occurrence)
        bound = [ref for key in keys if (ref := self.ref_of(key)) is not None]
        targets = (*(binding_ref(document, row) for row in links.locals_at(occurrence)), *bound)
        return Resolution(targets, confidence) if targets else UNRESOLVED

    def declared_relations(self, document: int) -> Sequence[DeclaredRelation]:
        """See View."""
        if not self._pending.holds(document):
            return linked_relations(self, document, self.links(document).edges_of(DECLARED))
        known = self._declared.get(document)
        if known is None:
            self._go_on()
            known = self._declared[document] = self.resolver(document).relations(document)
        return known

    def outgoing_relations(self, ref: Ref, *kinds: RelationKind) -> Sequence[DeclaredRelation]:
        """See View."""
        document = document_of(ref)
        if self._pending.holds(document):
            return [one for one in self.declared_relations(document) if one.source == ref and one.kind in kinds]
        edges = self.links(document).edges_from(row_of(ref))
        return linked_relations(self, document, (edge for edge in edges if edge.kind in kinds))

    def outward(
        self, path: Sequence[str], language: str, member: str = "", kind: int = 0
    ) -> Iterator[tuple[int, list[OutwardPlace]]]:
        """See View."""
        return implementors(self, self._rows, self._pending, path, language, member, kind)

    def links(self, document: int) -> Links:
        """See View."""
        if not self._pending.holds(document):
            return Links(self._rows.view(Table.LINKS, u32(document)))
        known = self._links.get(document)
        if known is None:
            self._go_on()
            packed = link(self, self.resolver(document), document, self.key_of)
            known = self._links[document] = Links(packed)
        return known

    def dependencies(self, document: int) -> Sequence[ModuleDependency]:
        """See View."""
        if self._pending.holds_ties(document):
            return self.resolver(document).dependencies(document)
        names = self.glance(document).strings
        return [
            ModuleDependency(one.statement, symbol_ref(document, one.source), target, one.strength, names[one.name])
            for one in Links(self._rows.view(Table.LINKS, u32(document))).imports
            if (target := self.ref_of(one.target)) is not None
        ]

    def ties(self, language: str) -> Iterator[tuple[Ref, Ref, int]]:
        """See View."""
        if not pack(language).imports_by_path and any(self.language(n) == language for n in self._overlay.documents):
            self._pending.settle()
        refs: dict[int, Ref | None] = {}
        for key, packed in self._reader.items(Table.DEPENDENCIES):
            document = int.from_bytes(key, "big")
            if self.language(document) != language or self._pending.holds_ties(document):
                continue
            rows = iter(numbers(packed))
            for row, target, strength in zip(rows, rows, rows, strict=True):
                if target not in refs:
                    refs[target] = self.ref_of(target)
                module = refs[target]
                if module is not None:
                    yield symbol_ref(document, row), module, strength
        for document in () if self._pending.nothing() else self.documents(language):
            if self._pending.holds_ties(document):
                yield from document_ties(self, document)

    def mentions(self, document: int, ref: Ref) -> Iterable[tuple[int, Confidence]]:
        """See View."""
        if document in self._links or not self._pending.holds(document):
            return linked_mentions(self.links(document), ref, 0 if is_binding(ref) else self.key_of(ref))
        known = self._mentions.get((document, ref))
        if known is None:
            self._go_on()
            spelling = self._pending.spelling
            spellings = spelling.names(ref) | spelling.words(ref)
            found = mentions(self, self.resolver(document), document, ref, spellings)
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
        return linked_relations(self, document, self.links(document).edges())

    def incoming_relations(self, ref: Ref, *kinds: RelationKind) -> Sequence[DeclaredRelation]:
        """See View."""
        out = [
            DeclaredRelation(symbol_ref(document, row), RelationKind(kind), ref, Confidence(confidence))
            for document, row, kind, confidence in self._rows.incoming(self.key_of(ref)).of_kinds(kinds)
            if not self._pending.holds(document)
        ]
        for document in self._pending.relating(ref, kinds):
            declared = self.declared_relations(document)
            out += [relation for relation in declared if relation.kind in kinds and relation.target == ref]
        return sorted(set(out), key=self._order) if len(out) > 1 else out

    def edges_to(self, refs: Collection[Ref]) -> Iterable[tuple[Ref, Ref, int, int]]:
        """See View."""
        self._pending.settle()
        if not self._overlay.documents and self._pending.nothing():
            return self._rows.edges_to(refs)
        return self._edges_beside_pending(refs)

    def _edges_beside_pending(self, refs: Collection[Ref]) -> Iterator[tuple[Ref, Ref, int, int]]:
        targets = {self.key_of(ref): ref for ref in refs}
        for edge in self._rows.edges({u32(key): ref for key, ref in targets.items() if key < FIRST_UNSTORED_KEY}):
            if not self._pending.holds(document_of(edge[1])):
                yield edge
        for document in sorted({document for ref in refs for document in self._pending.naming(ref)}):
            for edge in self.links(document).edges():
                if edge.target in targets:
                    yield targets[edge.target], symbol_ref(document, edge.source), edge.kind, edge.confidence

    def dependents(self, refs: Collection[Ref]) -> tuple[frozenset[Ref], frozenset[Ref]]:
        """See View."""
        return self._dependents.of(refs, self.edges_to)

    def _order(self, relation: DeclaredRelation) -> tuple[RelationKind, str, Ref]:
        return relation.kind, self.path(document_of(relation.source)), relation.source

    def documents_linking(self, ref: Ref) -> Sequence[int]:
        """See View."""
        found = {
            document
            for document in self._rows.incoming(self.key_of(ref)).documents()
            if not self._pending.holds(document)
        }
        return sorted(found.union(self._pending.naming(ref), [document_of(ref)]), key=self.path)

    def key_of(self, ref: Ref) -> int:
        """See View."""
        document = document_of(ref)
        shadow = self._overlay.documents.get(document)
        if shadow is not None:
            return shadow.keys[row_of(ref)]
        return self._rows.key(document, row_of(ref))

    def ref_of(self, key: int) -> Ref | None:
        """See View."""
        shadows = self._overlay.documents
        if key >= FIRST_UNSTORED_KEY:
            homes = (number for number, shadow in shadows.items() if key in shadow.keys)
            number = next(homes, None)
        else:
            ref = self._rows.ref(key)
            number = None if ref is None else document_of(ref)
            if number not in shadows:
                return ref
        if number is None or key not in shadows[number].keys:
            return None
        return symbol_ref(number, shadows[number].keys.index(key))

    def symbol_id(self, ref: Ref) -> str:
        """The symbol id of a symbol."""
        return symbol_id(self, ref)

    # -- rows

    def _go_on(self) -> None:
        if self.stopped():
            raise StoppedError("the question was given up")
