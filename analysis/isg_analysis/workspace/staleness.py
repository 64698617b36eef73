"""Staleness: the stored documents whose links unsaved texts may change.

Found when a question first needs it, and in pieces: most questions about a text that is being typed never leave it, and
those that do need not wait. As long as it is not known, any document of the language may be meant, and is asked about
by spelling instead of by its links.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from isg_analysis.model.facts import BindingKind
from isg_analysis.workspace.changes import Changes, Difference
from isg_analysis.workspace.interfaces import Interface
from isg_analysis.workspace.overlay import OverlayDocument
from isg_analysis.workspace.records import DocumentRecord, decode_document
from isg_analysis.workspace.spreading import Spread
from isg_analysis.workspace.surroundings import StoredSurroundings, stored_interface
from isg_storage import Reader, Table
from isg_storage.keys import u32

SLICE = 0.002
"""Seconds that a question spends on finding out before it is answered without."""
PATIENCE = 2.0
"""The same for questions that would have to look into all documents then."""


class Affected(NamedTuple):
    """`documents`: their links don't hold. `undecided`: languages in which any other document's may not either.
    `final`: asking again brings nothing new.
    """

    documents: frozenset[int] = frozenset()
    undecided: frozenset[str] = frozenset()
    final: bool = True

    @property
    def nobody(self) -> bool:
        """Whether the links of all documents hold."""
        return not self.documents and not self.undecided


_NOBODY = Affected()
_IMPORTING = (BindingKind.IMPORT, BindingKind.GLOB)


class Staleness:
    """Of one state of what is stored and one of what is unsaved. Thread-safe."""

    def __init__(self, unsaved: Mapping[int, OverlayDocument], before: Staleness | None = None) -> None:
        """`before`: of earlier texts over the same stored documents. What it has found is gone on from."""
        self._unsaved = unsaved
        self._survey: _Survey = before._survey if before is not None else _Survey()
        self._order: int = before._order + 1 if before is not None else 0
        self._found: Affected | None = None if unsaved else _NOBODY

    def affected(self, reader: Reader, seconds: float = SLICE) -> Affected:
        """Who is affected, as far as it is known after so many seconds. `reader` must see the documents that the texts
        were placed over.
        """
        found = self._found
        if found is None:
            found = self._survey.affected(reader, self._unsaved, self._order, seconds)
            if found.final:
                self._found = found
        return found


class _Following:
    """A difference that is being followed."""

    def __init__(self, change: Difference, near: StoredSurroundings) -> None:
        self.change = Difference()
        self.near = near
        self.spread = Spread(near)
        self.done = False
        self.extend(change)

    def extend(self, change: Difference) -> None:
        """Follow what is different besides."""
        self.change.add(change)
        self.spread.add(change)
        self.done = False


class _Survey:
    """What is known of one state of what is stored: shared by all that is typed over it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest = -1
        self._interfaces: dict[int, tuple[DocumentRecord, Interface] | None] = {}
        self._changes: dict[int, tuple[OverlayDocument, Changes]] = {}
        self._following: dict[str, _Following] = {}
        self._earlier: dict[str, _Following] = {}
        """What was followed to its end before."""

    def affected(self, reader: Reader, unsaved: Mapping[int, OverlayDocument], order: int, seconds: float) -> Affected:
        """See Staleness. `order` grows with each state of the unsaved texts."""
        deadline = time.perf_counter() + seconds
        documents: set[int] = set()
        undecided: set[str] = set()
        final = True
        with self._lock:
            is_newest = order >= self._newest
            self._newest = max(order, self._newest)
            for language, change in self._differences(reader, unsaved).items():
                if is_newest:
                    self._follow(language, change, reader, unsaved, lambda: time.perf_counter() > deadline)
                final = final and self._following[language].done
                found = self._known(language, change)
                if found is None:
                    undecided.add(language)
                else:
                    documents |= found
        return Affected(frozenset(documents - unsaved.keys()), frozenset(undecided), final)

    def _follow(
        self,
        language: str,
        change: Difference,
        reader: Reader,
        unsaved: Mapping[int, OverlayDocument],
        enough: Callable[[], bool],
    ) -> None:
        """Go on with what is followed if that is part of this; begin anew otherwise."""
        now = self._following.get(language)
        if now is not None and change.covers(now.change):
            now.near.renew(reader, unsaved)
            if not now.change.covers(change):
                now.extend(change)
        else:
            if now is not None and now.done:
                self._earlier[language] = now
            now = self._following[language] = _Following(change, StoredSurroundings(reader, unsaved, language))
        if not now.done:
            now.done = now.spread.go_on(enough)
            if now.done:
                now.near.rest()

    def _known(self, language: str, change: Difference) -> set[int] | None:
        """Those who can see a change, and maybe others; None if that can be any."""
        for following in (self._following.get(language), self._earlier.get(language)):
            if following is not None and following.done and following.change.covers(change):
                found = following.spread.documents()
                if found is not None:
                    return found
        return None

    def _differences(self, reader: Reader, unsaved: Mapping[int, OverlayDocument]) -> Mapping[str, Difference]:
        out: dict[str, Difference] = {}
        for number, shadow in unsaved.items():
            known = self._changes.get(number)
            if known is None or known[0] is not shadow:
                same = known is not None and _shows_the_same(known[0], shadow)
                changes = known[1] if known is not None and same else self._changes_of(reader, number, shadow)
                known = self._changes[number] = shadow, changes
            for language, difference in known[1].by_language().items():
                out.setdefault(language, Difference()).add(difference)
        return out

    def _changes_of(self, reader: Reader, number: int, shadow: OverlayDocument) -> Changes:
        changes = Changes()
        before, after = None, Interface(shadow.facts, shadow.keys)
        stored = self._stored(reader, number)
        if stored is not None:
            record, before = stored
            if record.language != shadow.language:
                changes.note(record.language, record.path, before, None)
                before = None
        changes.note(shadow.language, shadow.path, before, after)
        return changes

    def _stored(self, reader: Reader, number: int) -> tuple[DocumentRecord, Interface] | None:
        if number not in self._interfaces:
            raw = reader.get(Table.DOCUMENTS, u32(number))
            record = decode_document(raw) if raw is not None else None
            self._interfaces[number] = (
                (record, stored_interface(reader, number, record)) if record is not None else None
            )
        return self._interfaces[number]


def _shows_the_same(before: OverlayDocument, after: OverlayDocument) -> bool:
    """Whether others can't tell two texts apart. False where it is not seen at once."""
    if before.language != after.language or before.keys != after.keys:
        return False
    earlier, later = Interface(before.facts, before.keys), Interface(after.facts, after.keys)
    return earlier.same_symbols(later) and _written_imports(before) == _written_imports(after)


def _written_imports(document: OverlayDocument) -> tuple[list[tuple[int, str, int, int]], list[tuple[int, bytes]]]:
    """What `Interface.imports` is made of, as it is written: bindings and statements, each with its owner."""
    facts, owner = document.facts, document.facts.scopes.symbol
    bindings, imports, strings = facts.bindings, facts.imports, facts.strings
    found = [at for at, kind in enumerate(bytes(bindings.kind)) if kind in _IMPORTING]
    bound = [
        (bindings.kind[at], strings[bindings.name[at]], bindings.flags[at], owner[bindings.scope[at]]) for at in found
    ]
    rows = zip(imports.start, imports.end, imports.scope, strict=True)
    return bound, [(owner[scope], document.text[start:end]) for start, end, scope in rows]
