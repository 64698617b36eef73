"""Which documents can a change affect? The interface firewall.

A document shows others its symbols, each with a digest of what can be seen of it, and the imports of its modules and
classes. Comparing two facts gives the names whose meaning may differ (`difference`). The documents that name one of
them are linked again. What a symbol's type is made of may name one too, in a document far away from those that use the
symbol: then its name is among the changed ones as well, and so on (`affected`). An edit that leaves all of this as
it was, such as most edits in bodies, affects nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from isg_analysis.model.links import Links
from isg_analysis.model.occurrence import Role
from isg_analysis.model.symbol import SymbolFlag
from isg_analysis.workspace.interfaces import Interface, Shown

NEW = -1
"""In place of a key: a symbol of the name is new or gone."""
IMPORTED = -3
"""In place of a key: a module passes on something else under the name."""
INJECTED = -2
"""In place of a key: a parameter of the name may stand for the symbol (a fixture)."""
_IRRELEVANT = SymbolFlag.INFERRED_RETURN | SymbolFlag.ASYNC | SymbolFlag.DEPRECATED
_OWN_DIRECTORY = ("super", "self", "crate", "")


class Surroundings(Protocol):
    """The documents among which a change happens, those of one language, as they are after it."""

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

    def below(self, directory: str) -> Iterable[int]:
        """The documents in a directory and below; "" is the root."""

    def inside(self, name: str) -> Iterable[int]:
        """The documents that are or lie in a module of that name, by their paths."""

    def modules(self, name: str) -> Iterable[int]:
        """The documents by whose path a module of that name may be meant."""


@dataclass(slots=True)
class Difference:
    """What is different for others.

    `names`: some symbol of these names is new or gone. `shapes`: (name, key) of symbols that have another type or
    interface, or are gone: it matters to what is bound to them. `holders`: the members of all traits, types and modules
    of these names may be other ones. `added`: (name, name of the type it is a member of or "") of new symbols: what is
    bound to one of that name in a type above may mean these. `imported`: a module passes on something else, or
    nothing, under these. `modules`: modules that are declared elsewhere now, or nowhere. `paths`: documents that are
    new or gone.
    """

    names: set[str] = field(default_factory=set)
    shapes: set[tuple[str, int]] = field(default_factory=set)
    holders: set[str] = field(default_factory=set)
    added: set[tuple[str, str]] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    paths: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.names or self.shapes or self.holders or self.imported or self.paths)

    def add(self, other: Difference) -> None:
        """Take over what another change made different."""
        self.names |= other.names
        self.shapes |= other.shapes
        self.holders |= other.holders
        self.added |= other.added
        self.imported |= other.imported
        self.modules |= other.modules
        self.paths |= other.paths

    def come_or_gone(self, interface: Interface, row: int) -> None:
        """A symbol is new, gone, or so different that it counts as both."""
        shown = interface.shown_by(row)
        self.holders |= shown.holders
        if shown.row == row or shown.row < 0:
            self.names |= shown.names
        self._reshaped(interface, shown)
        holder = interface.holder_of(row)
        self.added.update((name, interface.facts.name_of(holder) if holder > 0 else "") for name in shown.names)

    def changed(self, interface: Interface, row: int) -> None:
        """A symbol is the same one, and shows something else."""
        shown = interface.shown_by(row)
        self.holders |= shown.holders
        if shown.row < 0:
            self.names |= shown.names
            self.added.update((name, "") for name in shown.names)
        self._reshaped(interface, shown)

    def _reshaped(self, interface: Interface, shown: Shown) -> None:
        if shown.row > 0:
            keys = [interface.keys[shown.row], *([INJECTED] if interface.may_be_injected(shown.row) else [])]
            self.shapes.update((name, key) for name in shown.names for key in keys)


class Changes:
    """What is different for others, per language: no language sees another's documents."""

    def __init__(self) -> None:
        self._by_language: dict[str, Difference] = {}

    def note(self, language: str, path: str, before: Interface | None, after: Interface | None) -> None:
        """A document of the language is replaced; None: it was not, or is no longer there."""
        found = difference(before, after, path)
        if found:
            self._by_language.setdefault(language, Difference()).add(found)

    def affected(self, near: Callable[[str], Surroundings]) -> set[int]:
        """The documents that can see a difference; `near` gives the documents of a language."""
        out: set[int] = set()
        for language in sorted(self._by_language):
            out |= affected(self._by_language[language], near(language))
        return out


def difference(before: Interface | None, after: Interface | None, path: str) -> Difference:
    """What changes for others when a document at `path` is replaced. None: it was not, or is no longer there."""
    out = Difference()
    if before is None or after is None:
        present = before or after
        if present is not None:
            out.paths.add(path)
            out.names.update(module_names(path))
            out.added.update((name, "") for name in module_names(path))
            _everything(present, path, out)
        return out
    if before.same_symbols(after) and before.imports == after.imports:
        return out
    if before.facts.symbols.digest[0] != after.facts.symbols.digest[0]:  # `__all__`, or what stands before all
        for one in (before, after):
            _everything(one, path, out)
        return out
    _compare_symbols(before, after, out)
    for scope in before.imports.keys() | after.imports.keys():
        if before.imports.get(scope) != after.imports.get(scope):
            out.imported.add(scope[1])
            if before.declared_modules.get(scope[1]) != after.declared_modules.get(scope[1]):
                out.modules.add(scope[1])
            if scope[1] == "*":
                for one in (before, after):
                    out.holders |= _glob_targets(one, path)
    out.imported.discard("*")
    return out


def _compare_symbols(before: Interface, after: Interface, out: Difference) -> None:
    old, new = before.rows, after.rows
    for name in old.keys() | new.keys():
        known, now = old.get(name, []), new.get(name, [])
        if [digest for _, digest in known] == [digest for _, digest in now]:
            continue
        if _properties(before, known) == _properties(after, now):
            for (row, digest), (old_row, was) in zip(now, known, strict=True):
                if digest != was:
                    out.changed(before, old_row)
                    out.changed(after, row)
            continue
        for interface, rows in ((before, known), (after, now)):
            for row, _ in rows:
                out.come_or_gone(interface, row)


def _properties(interface: Interface, rows: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """What decides whether a name means a symbol: kind, and the flags but for those of what it gives."""
    symbols = interface.facts.symbols
    return [(symbols.kind[row], symbols.flags[row] & ~_IRRELEVANT) for row, _ in rows]


def _everything(interface: Interface, path: str, out: Difference) -> None:
    """All that a document offers to others."""
    facts = interface.facts
    for row in range(1, len(facts.symbols.kind)):
        out.come_or_gone(interface, row)
    imported = {name for _, name in interface.imports} - {"*"}
    roles, names = facts.occurrences.role, facts.occurrences.name
    shown = {facts.strings[names[at]] for at, role in enumerate(roles) if role == Role.TEXT}
    out.imported |= imported
    out.names |= shown
    out.added |= {(name, "") for name in shown}
    out.holders |= _glob_targets(interface, path)
    out.modules |= interface.declared_modules.keys()


def _glob_targets(interface: Interface, path: str) -> set[str]:
    out: set[str] = set()
    for name in interface.globs:
        out |= set(path.rpartition("/")[0].split("/")) | {"lib", "main", "mod"} if name in _OWN_DIRECTORY else {name}
    return out


def affected(change: Difference, near: Surroundings) -> set[int]:
    """The documents that can see a difference."""
    return _Spread(near).run(change)


class _Spread:
    """One change, as it goes through the documents."""

    def __init__(self, near: Surroundings) -> None:
        self._near = near
        self._seen: set[tuple[str, int]] = set()
        self._waiting: list[tuple[str, int]] = []
        """(name, key) of what has another shape; or NEW or INJECTED in place of the key."""
        self._named: set[str] = set()
        self._held: set[str] = set()
        self._holders: list[str] = []
        self._documents: set[int] = set()

    def run(self, change: Difference) -> set[int]:
        for name in sorted(change.names):
            self._put(name, NEW)
        for name in sorted(change.imported):
            self._put(name, IMPORTED)
        for name, key in sorted(change.shapes):
            self._put(name, key)
        for name, holder in sorted(change.added):
            self._shadow(name, holder)
        self._hold(sorted(change.holders | change.modules))
        for name in sorted(change.modules):
            self._documents.update(self._near.inside(name))
        for path in sorted(change.paths):
            self._place(path, change.paths)
        while self._waiting or self._holders:
            while self._holders:
                self._members(self._holders.pop())
            if self._waiting:
                self._follow(*self._waiting.pop())
        return self._documents

    def _put(self, name: str, key: int) -> None:
        if name and (name, key) not in self._seen:
            self._seen.add((name, key))
            self._waiting.append((name, key))

    def _hold(self, holders: Iterable[str]) -> None:
        for holder in holders:
            if holder and holder not in self._held:
                self._held.add(holder)
                self._holders.append(holder)

    def _follow(self, name: str, key: int) -> None:
        """Everybody who may see it, and those of their symbols that are made of it."""
        if name not in self._named:  # without links one symbol of a name is as good as another
            self._named.add(name)
            for document in self._near.unlinked_naming(name):
                self._see(document, name, NEW, self._near.interface(document).named(name))
        if key >= 0:
            for document, links in self._near.linking(key):
                self._see(document, "", key, [occurrence for occurrence, _ in links.occurrences_of(key)])
            return
        for document, links in self._near.linked_naming(name):
            interface = self._near.interface(document)
            if key == NEW:
                found = interface.named(name)
                self._aliases(interface, found, NEW)
                bound = links.certain_among(frozenset(found))
                self._see(document, "", NEW, [at for at in found if at not in bound])
            elif key == IMPORTED and interface.reaches(name):
                self._see(document, name, IMPORTED, interface.named(name))
            elif key == INJECTED and interface.has_parameter(name):
                self._see(document, "", INJECTED, interface.named(name))

    def _see(self, document: int, name: str, key: int, found: Sequence[int]) -> None:
        """A document is concerned, and what it makes of these occurrences. `name`: its imports may give it another."""
        self._documents.add(document)
        if found:
            interface = self._near.interface(document)
            if name:
                self._aliases(interface, found, key)
            for shown in interface.made_of(found):
                self._reshape(interface, shown)

    def _aliases(self, interface: Interface, found: Iterable[int], key: int) -> None:
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
        for name in shown.names:
            self._all_called(name)
        self._hold(shown.holders)

    def _all_called(self, name: str) -> None:
        for document, row in self._near.defined(name):
            self._put(name, self._near.interface(document).keys[row])

    def _shadow(self, name: str, holder: str) -> None:
        """What is bound to a symbol of the name may be bound to a new one in `holder` instead."""
        above = self._above(holder) if holder else None
        for document, row in self._near.defined(name):
            interface = self._near.interface(document)
            parent = interface.holder_of(row)
            if above is None or (parent > 0 and interface.facts.name_of(parent) in above):
                self._put(name, interface.keys[row])

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

    def _members(self, holder: str) -> None:
        names: set[str] = set()
        for document, _ in self._near.defined(holder):
            names |= self._near.interface(document).members_of(holder)
        for document in self._near.modules(holder):
            interface = self._near.interface(document)
            names |= interface.offered()
            self._hold(sorted(interface.globs))
        for name in sorted(names):
            self._put(name, NEW)
            self._all_called(name)

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


def module_names(path: str) -> tuple[str, ...]:
    """The names by which importers may mention the module at a path."""
    parts = path.rsplit(".", 1)[0].split("/")
    return tuple(parts[-2:])


def _first(documents: Iterable[int], count: int) -> Iterator[int]:
    for document, _ in zip(documents, range(count), strict=False):
        yield document
