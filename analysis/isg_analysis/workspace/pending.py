"""Pending: the documents whose stored links are missing or not to be used, and which of them may mention a symbol.

Unsaved documents, those that unsaved texts may affect, and those that are not linked yet. They are found by what is
spelled in them, never by looking into all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain

from isg_analysis.languages.registry import pack
from isg_analysis.model.occurrence import Role
from isg_analysis.model.relation import RelationKind
from isg_analysis.resolve.program import Ref, document_of, row_of
from isg_analysis.workspace.overlay import Overlay
from isg_analysis.workspace.records import decode_document, name_hash
from isg_analysis.workspace.spelling import Documents, Spelling
from isg_analysis.workspace.staleness import PATIENCE, SLICE, Affected, Staleness
from isg_storage import Reader, Table
from isg_storage.keys import numbers, u32

_RELATING = frozenset({Role.BASE, Role.TYPE, Role.DERIVE})
"""The roles of names that declare what a symbol extends or implements."""


class Pending:
    """Of one state of what is stored and of what is unsaved."""

    def __init__(self, documents: Documents, reader: Reader, overlay: Overlay, staleness: Staleness) -> None:
        self.spelling = Spelling(documents, overlay.documents)
        self._documents, self._reader, self._staleness = documents, reader, staleness
        self._unsaved = overlay.documents
        self._all_linked: bool | None = None
        self._affected_now: Affected | None = None
        self._unlinked: dict[int, bool] = {}
        self._known_paths: bool | None = None

    def reopen(self, reader: Reader) -> None:
        """Go on with another reader of the same state."""
        self._reader = reader
        self._unlinked.clear()
        if self._affected_now is not None and not self._affected_now.final:
            self._affected_now = None

    def nothing(self) -> bool:
        """Whether no document is."""
        return not self._unsaved and self._complete()

    def holds(self, document: int) -> bool:
        """Whether a document is."""
        if document in self._unsaved:
            return True
        affected = self.affected()
        if document in affected.documents:
            return True
        if affected.undecided and self._documents.language(document) in affected.undecided:
            return True
        return self._is_unlinked(document)

    def holds_ties(self, document: int) -> bool:
        """As `holds`, of which module needs which. Where imports lead by paths alone, a text changes its own only."""
        if document in self._unsaved:
            return True
        by_path = pack(self._documents.language(document)).imports_by_path and self._same_paths()
        return self._is_unlinked(document) if by_path else self.holds(document)

    def _is_unlinked(self, document: int) -> bool:
        if self._complete():
            return False
        known = self._unlinked.get(document)
        if known is None:
            known = self._unlinked[document] = not self._reader.has(Table.LINKS, u32(document))
        return known

    def _same_paths(self) -> bool:
        """Whether unsaved texts are of documents that are stored as such."""
        if self._known_paths is None:
            stored = ((self._reader.get(Table.DOCUMENTS, u32(n)), one) for n, one in self._unsaved.items())
            self._known_paths = all(raw and decode_document(raw).language == one.language for raw, one in stored)
        return self._known_paths

    def settle(self) -> None:
        """For questions that look into all of them: find out first which they are, for a while."""
        if not self.affected().final:
            self._affected_now = self._staleness.affected(self._reader, PATIENCE)

    def naming(self, ref: Ref) -> list[int]:
        """Those that may mention a symbol."""
        if self._unsaved_only():
            traces = self.spelling.traces(ref) if self._unsaved else frozenset()
            return [number for number, one in self._unsaved.items() if not traces.isdisjoint(one.facts.string_ids)]
        naming = (self._documents.documents_naming(name) for name in self.spelling.traces(ref))
        return [number for number in dict.fromkeys(chain.from_iterable(naming)) if self.holds(number)]

    def relating(self, ref: Ref, kinds: Collection[int]) -> list[int]:
        """Those that may declare a relation of these kinds to a symbol."""
        if self.nothing():
            return []
        out: list[int] = []
        if RelationKind.OVERRIDES in kinds:
            name = self._documents.facts(document_of(ref)).name_of(row_of(ref))
            out += [number for number in self._defining(name) if self.holds(number)]
        if any(kind != RelationKind.OVERRIDES for kind in kinds):
            names = self.spelling.names(ref)
            out += [number for number in self.naming(ref) if self._relates(number, names)]
        return list(dict.fromkeys(out))

    def _unsaved_only(self) -> bool:
        return self._complete() and self.affected().nobody

    def _complete(self) -> bool:
        if self._all_linked is None:
            self._all_linked = self._reader.count(Table.LINKS) == self._reader.count(Table.DOCUMENTS)
        return self._all_linked

    def affected(self) -> Affected:
        """The stored documents that unsaved ones affect, as far as that is known."""
        if self._affected_now is None:
            self._affected_now = self._staleness.affected(self._reader, SLICE)
        return self._affected_now

    def _defining(self, name: str) -> Iterator[int]:
        """The documents with a symbol of a name; may be a few too many."""
        if not self._unsaved_only():
            for sid in numbers(self._reader.values(Table.DEFINITIONS, name_hash(name))):
                place = self._reader.get(Table.SYMBOLS, u32(sid))
                if place is not None:
                    yield numbers(place)[0]
        yield from (number for number, one in self._unsaved.items() if name in one.facts.string_ids)

    def _relates(self, document: int, names: frozenset[str]) -> bool:
        """Whether one of the names stands where relations are declared."""
        facts = self._documents.facts(document)
        wanted = {facts.string_ids[name] for name in names if name in facts.string_ids}
        rows = zip(facts.occurrences.role, facts.occurrences.name, strict=True)
        return any(role in _RELATING and name in wanted for role, name in rows)
