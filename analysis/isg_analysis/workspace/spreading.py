"""Spreading: which documents can see a difference? Followed document by document, so that it can be done in pieces.

The documents that name something changed are concerned. What a symbol's type is made of may name it too, in a document
far away from those that use the symbol: then what is bound to that symbol is concerned, and so on.

Bounded: what comes near to reaching every document is given up, and counts as reaching all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from isg_analysis.model.links import Links
from isg_analysis.workspace.changes import IMPORTED, INJECTED, NEW, Difference
from isg_analysis.workspace.interfaces import Interface, Shown

_MOST_LOOKS = 8
"""Documents looked at, for each document there is, before a change counts as one that everybody may see."""
_MOST_SHARE = 0.75
"""The share of all documents that may turn out to be affected before that."""
_FEW = 500
"""As many are looked at in any case."""


class Surroundings(Protocol):
    """The documents among which a change happens, those of one language, as they are after it.

    Between two documents that are looked at they may be replaced by others with the same interfaces.
    """

    @property
    def count(self) -> int:
        """How many there are, about."""

    def linked_naming(self, name: str) -> Iterable[tuple[int, Links]]:
        """The documents that name it and have links, which are of the facts they have now."""

    def unlinked_naming(self, name: str) -> Iterable[int]:
        """The documents that name it and have no such links."""

    def linking(self, key: int) -> Iterable[tuple[int, Links]]:
        """The documents whose links hold a key."""

    def defined(self, name: str) -> Iterable[tuple[int, int]]:
        """(document, row) of the symbols of a name."""

    def interface(self, document: int) -> Interface:
        """What a document shows to others."""

    def called(self, name: str) -> Iterable[int]:
        """What stands in links for the symbols of a name."""

    def below(self, directory: str) -> Iterable[int]:
        """The documents in a directory and below; "" is the root."""

    def inside(self, name: str) -> Iterable[int]:
        """The documents that are or lie in a module of that name, by their paths."""

    def modules(self, name: str) -> Iterable[int]:
        """The documents by whose path a module of that name may be meant."""


class Spread:
    """One change, as it goes through the documents. More can be added to it at any time."""

    def __init__(self, near: Surroundings) -> None:
        self._near = near
        self._seen: set[tuple[str, int]] = set()
        self._named: set[str] = set()
        self._called: set[str] = set()
        self._held: set[str] = set()
        self._tasks: list[Iterator[bool]] = []
        """What is still to be followed. Each goes on by one step at a time, and says whether a document was looked at
        with it.
        """
        self._looked = 0
        self._documents: set[int] = set()
        self._all = False

    def add(self, change: Difference) -> None:
        """Follow this as well."""
        for name in sorted(change.names):
            self._put(name, NEW)
        for name in sorted(change.imported):
            self._put(name, IMPORTED)
        for name, key in sorted(change.shapes):
            self._put(name, key)
        for name, holder in sorted(change.added):
            self._tasks.append(self._shadow(name, holder))
        self._hold(sorted(change.holders | change.modules))
        for name in sorted(change.modules):
            self._documents.update(self._near.inside(name))
        for path in sorted(change.paths):
            self._place(path, change.paths)

    def go_on(self, enough: Callable[[], bool]) -> bool:
        """Follow it until it has come to its end, or it is `enough`, which is asked after each step. Whether it has
        come to its end.
        """
        while self._tasks and not self._all:
            task = self._tasks.pop()
            for is_document in task:
                self._looked += is_document
                if self._looked > _FEW and self._is_too_much():
                    self._all = True
                    break
                if enough():
                    self._tasks.append(task)
                    return False
        self._tasks.clear()
        return True

    def _is_too_much(self) -> bool:
        """Whether to find out the rest costs more than to look into the few documents that are left."""
        count = self._near.count
        return self._looked > count * _MOST_LOOKS or len(self._documents) > count * _MOST_SHARE

    def documents(self) -> set[int] | None:
        """Those found so far; None: any may be concerned."""
        return None if self._all else self._documents

    def _put(self, name: str, key: int) -> None:
        if name and (name, key) not in self._seen:
            self._seen.add((name, key))
            self._tasks.append(self._follow(name, key))

    def _hold(self, holders: Iterable[str]) -> None:
        for holder in holders:
            if holder and holder not in self._held:
                self._held.add(holder)
                self._tasks.append(self._members(holder))

    def _follow(self, name: str, key: int) -> Iterator[bool]:
        """Everybody who may see it, and those of their symbols that are made of it."""
        if name not in self._named:  # without links one symbol of a name is as good as another
            self._named.add(name)
            for document in self._near.unlinked_naming(name):
                yield from self._see(document, name, NEW, self._near.interface(document).mentions(name))
                yield True
        if key >= 0:
            for document, links in self._near.linking(key):
                yield from self._see(document, "", key, [occurrence for occurrence, _ in links.occurrences_of(key)])
                yield True
            return
        for document, links in self._near.linked_naming(name):
            yield from self._look(document, links, name, key)
            yield True

    def _look(self, document: int, links: Links, name: str, key: int) -> Iterator[bool]:
        """A linked document that names what has changed."""
        interface = self._near.interface(document)
        if key == NEW:
            found = interface.mentions(name)
            self._aliases(interface, found, NEW)
            bound = links.certain_among(frozenset(found))
            yield from self._see(document, "", NEW, [at for at in found if at not in bound])
        elif key == IMPORTED and interface.reaches(name):
            yield from self._see(document, name, IMPORTED, interface.mentions(name))
        elif key == INJECTED and interface.has_parameter(name):
            yield from self._see(document, "", INJECTED, interface.mentions(name))

    def _see(self, document: int, name: str, key: int, found: Sequence[int]) -> Iterator[bool]:
        """A document is concerned, and what it makes of these occurrences. `name`: its imports may give it another."""
        self._documents.add(document)
        if not found:
            return
        interface = self._near.interface(document)
        if name:
            self._aliases(interface, found, key)
        known: set[int] = set()
        for occurrence in found:
            for row in interface.made_of(occurrence, known):
                self._reshape(interface, interface.shown_by(row))
            yield False

    def _aliases(self, interface: Interface, found: Sequence[int], key: int) -> None:
        for alias in interface.aliases(found):
            self._put(alias, key)

    def _reshape(self, interface: Interface, shown: Shown) -> None:
        """The type of a symbol may be another one: it matters to what is bound to it."""
        if shown.row > 0:
            for name in shown.names:
                self._put(name, interface.keys[shown.row])
                if interface.may_be_injected(shown.row):
                    self._put(name, INJECTED)
            return
        self._all_called(shown.names)
        self._hold(shown.holders)

    def _all_called(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self._called:
                self._called.add(name)
                self._tasks.append(self._each_called(name))

    def _each_called(self, name: str) -> Iterator[bool]:
        for key in self._near.called(name):
            self._put(name, key)
            yield False

    def _shadow(self, name: str, holder: str) -> Iterator[bool]:
        """What is bound to a symbol of the name may be bound to a new one in `holder` instead."""
        above = self._above(holder) if holder else None
        if above is None:
            self._all_called((name,))
            return
        for document, row in self._near.defined(name):
            interface = self._near.interface(document)
            parent = interface.holder_of(row)
            if parent > 0 and interface.facts.name_of(parent) in above:
                self._put(name, interface.keys[row])
            yield True

    def _above(self, holder: str) -> set[str]:
        """The names of a type and of all that it may extend."""
        out, waiting = {holder}, [holder]
        while waiting:
            for document, row in self._near.defined(waiting.pop()):
                for base in self._near.interface(document).base_names(row):
                    if base not in out:
                        out.add(base)
                        waiting.append(base)
        return out

    def _members(self, holder: str) -> Iterator[bool]:
        names: set[str] = set()
        for document in dict.fromkeys(document for document, _ in self._near.defined(holder)):
            names |= self._near.interface(document).members_of(holder)
            yield True
        for document in self._near.modules(holder):
            interface = self._near.interface(document)
            names |= interface.offered()
            self._hold(sorted(interface.globs))
            yield True
        for name in sorted(names):
            self._put(name, NEW)
        self._all_called(sorted(names))

    def _place(self, path: str, changed: set[str]) -> None:
        """A document came or went: what that means for the directories it is in."""
        directory, _, last = path.rpartition("/")
        if last.startswith("__init__.") or last == "conftest.py":
            self._documents.update(self._near.below(directory))
        while directory:
            others = len(set(_first(self._near.below(directory), len(changed) + 1)))
            if others > len(changed):
                return
            self._put(directory.rpartition("/")[2], NEW)
            directory = directory.rpartition("/")[0]


def never() -> bool:
    """To go on to the end."""
    return False


def _first(documents: Iterable[int], count: int) -> Iterator[int]:
    for document, _ in zip(documents, range(count), strict=False):
        yield document
