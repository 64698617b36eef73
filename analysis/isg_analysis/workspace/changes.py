"""What does a change of one document change for others? The interface firewall.

A document shows others its symbols, each with a digest of what can be seen of it, and the imports of its modules and
classes. Comparing two facts gives what may mean something else (`difference`); `spreading` finds who can see it. An
edit that leaves all of this as it was, such as most edits in bodies, affects nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from isg_analysis.languages.registry import pack
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

    def covers(self, other: Difference) -> bool:
        """Whether everything that is different in the other one is so here."""
        return (
            self.names >= other.names
            and self.shapes >= other.shapes
            and self.holders >= other.holders
            and self.added >= other.added
            and self.imported >= other.imported
            and self.modules >= other.modules
            and self.paths >= other.paths
        )

    def add(self, other: Difference) -> None:
        """Take over what another change made different."""
        self.names |= other.names
        self.shapes |= other.shapes
        self.holders |= other.holders
        self.added |= other.added
        self.imported |= other.imported
        self.modules |= other.modules
        self.paths |= other.paths

    def leave_out(self, names: frozenset[str]) -> None:
        """Without the symbols of these names: nothing can be bound to them."""
        if names:
            self.names -= names
            self.shapes = {one for one in self.shapes if one[0] not in names}
            self.added = {one for one in self.added if one[0] not in names}

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
        found.leave_out(pack(language).unmentionable)
        if found:
            self._by_language.setdefault(language, Difference()).add(found)

    def by_language(self) -> Mapping[str, Difference]:
        """What is different for the documents of each language; those without a difference are left out."""
        return self._by_language


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
    names = before.differing(after)
    old, new = before.rows(names), after.rows(names)
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


def module_names(path: str) -> tuple[str, ...]:
    """The names by which importers may mention the module at a path."""
    parts = path.rsplit(".", 1)[0].split("/")
    return tuple(parts[-2:])
