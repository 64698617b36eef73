"""Interface: what one document shows to others, for comparing and for following a change.

Made from facts alone. What costs more than a look at the digests is made when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from isg_analysis.model.facts import BindingKind, Facts
from isg_analysis.model.flow import NAMELESS, OUTER_SCOPES, Flows
from isg_analysis.model.lanes import rows_with
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolKind


@dataclass(frozen=True, slots=True)
class Shown:
    """What may mean something else when a symbol does. `row`: the symbol that users are bound to; -1 for an impl block,
    whose type and trait `names` has. `holders`: see `changes.Difference`.
    """

    row: int
    names: frozenset[str]
    holders: frozenset[str] = frozenset()


_Path = tuple["_Path | None", str, int]
_EXTENDING = (SymbolKind.CLASS, SymbolKind.INTERFACE, SymbolKind.ENUM)
_SHOWN_IMPORTS = (BindingKind.IMPORT, BindingKind.GLOB)


class Interface:
    """Immutable; of one Facts."""

    def __init__(self, facts: Facts, keys: Sequence[int]) -> None:
        """`keys`: what stands in links for each symbol, by row."""
        self.facts, self.keys = facts, keys
        self._makings: dict[int, frozenset[int]] = {}

    @cached_property
    def _flows(self) -> Flows:
        return Flows(self.facts)

    def same_symbols(self, other: Interface) -> bool:
        """Whether the symbols are the same, in the same order, and show the same."""
        mine, others = self.facts.symbols, other.facts.symbols
        return bool(mine.digest == others.digest and mine.parent == others.parent)

    def rows(self, names: Collection[str]) -> dict[tuple[str, ...], list[tuple[int, int]]]:
        """Of the symbols of these names: names from the outside to the symbol -> (row, digest) of each symbol so
        called, in source order.
        """
        chains: dict[int, tuple[str, ...]] = {0: ()}
        out: dict[tuple[str, ...], list[tuple[int, int]]] = {}
        for row, name in enumerate(self.names):
            if row and name in names:
                out.setdefault(self._chain(row, chains), []).append((row, self.facts.symbols.digest[row]))
        return out

    def _chain(self, row: int, known: dict[int, tuple[str, ...]]) -> tuple[str, ...]:
        if row not in known:
            symbols = self.facts.symbols
            chain = (*self._chain(symbols.parent[row], known), self.names[row])
            if symbols.kind[row] == SymbolKind.IMPLEMENTATION:
                chain = (*chain, *sorted(self.shown_by(row).names))
            known[row] = chain
        return known[row]

    @cached_property
    def names(self) -> list[str]:
        """The names of the symbols, by row."""
        strings = self.facts.strings
        return [strings[name] for name in self.facts.symbols.name]

    def differing(self, other: Interface) -> set[str]:
        """The names of all symbols that only one of the two has, or that show something else, and maybe of others."""
        mine, others = self._digests, other._digests
        return {key[1] for key in mine.keys() | others.keys() if mine.get(key) != others.get(key)}

    @cached_property
    def _digests(self) -> dict[_Path, list[int]]:
        """The symbols by name and what they lie in -> their digests, in source order."""
        symbols, names = self.facts.symbols, self.names
        rows = zip(names, symbols.parent, bytes(symbols.kind), symbols.digest, strict=True)
        paths: list[_Path] = []
        out: dict[_Path, list[int]] = {}
        for name, parent, kind, digest in rows:
            # What an impl block is for is no name, but stands in its digest.
            path = (paths[parent] if parent >= 0 else None, name, digest if kind == SymbolKind.IMPLEMENTATION else 0)
            paths.append(path)
            out.setdefault(path, []).append(digest)
        return out

    @cached_property
    def imports(self) -> dict[tuple[str, str], list[tuple[object, ...]]]:
        """(owning symbol, name) -> what modules and classes bind to that name by imports, in source order."""
        facts = self.facts
        bindings, scopes, strings = facts.bindings, facts.scopes, facts.strings
        out: dict[tuple[str, str], list[tuple[object, ...]]] = {}
        for binding, kind in enumerate(bindings.kind):
            scope = bindings.scope[binding]
            if kind in _SHOWN_IMPORTS and scopes.kind[scope] in OUTER_SCOPES:
                path = self._spelled(bindings.value[binding])
                entry = (kind, bindings.flags[binding], path)
                out.setdefault((self._owner(scope), strings[bindings.name[binding]]), []).append(entry)
        return out

    def _owner(self, scope: int) -> str:
        symbols, row = self.facts.symbols, self.facts.scopes.symbol[scope]
        names = []
        while row > 0:
            names.append(self.facts.strings[symbols.name[row]])
            row = symbols.parent[row]
        return " ".join(names)

    @cached_property
    def globs(self) -> frozenset[str]:
        """The last names of the paths that are imported as a whole; "" where there is no name."""
        facts = self.facts
        out = set()
        for binding, kind in enumerate(facts.bindings.kind):
            if kind == BindingKind.GLOB:
                names = self._named_in([facts.bindings.value[binding]])
                out.add(facts.strings[names[0]] if names else "")
        return frozenset(out)

    @cached_property
    def declared_modules(self) -> dict[str, object]:
        """The modules in files of their own that this one declares (`mod x;`), each with how."""
        out: dict[str, object] = {}
        for (_, name), entries in self.imports.items():
            for entry in entries:
                path = entry[2]
                if isinstance(path, tuple) and [one[0] for one in path[:2]] == [Op.IMPORT_MODULE, Op.NAME]:
                    out[name] = entry
        return out

    def offered(self) -> set[str]:
        """Every name that others may know from this document."""
        names = {self.facts.strings[name] for name in self.facts.symbols.name}
        return (names | {name for _, name in self.imports}) - {"*", ""}

    def members_of(self, holder: str) -> set[str]:
        """What the symbols of that name contain."""
        facts = self.facts
        wanted = facts.number_of(holder)
        names, parents = facts.symbols.name, facts.symbols.parent
        rows = {row for row, name in enumerate(names) if name == wanted}
        return {facts.strings[names[row]] for row, parent in enumerate(parents) if parent in rows} - {""}

    def shown_by(self, row: int) -> Shown:
        """What users of this symbol know it by."""
        symbols, facts = self.facts.symbols, self.facts
        kind, parent = symbols.kind[row], symbols.parent[row]
        if kind == SymbolKind.TYPE_PARAMETER and parent > 0:
            return self.shown_by(parent)
        if kind == SymbolKind.IMPLEMENTATION:
            traits = frozenset(self._names([symbols.bases[row]]))
            return Shown(-1, traits | frozenset(self._names([symbols.type[row]])), traits)
        name = facts.name_of(row)
        if parent > 0:
            if name.startswith("__") and name.endswith("__"):  # used without being named, by users of the class
                return self.shown_by(parent)
            if kind == SymbolKind.TYPE_ALIAS and symbols.kind[parent] == SymbolKind.IMPLEMENTATION:
                above = self.shown_by(parent)
                return Shown(-1, above.names | {name}, above.holders)
        return Shown(row, frozenset((name,)))

    def base_names(self, row: int) -> list[str]:
        """The names in what a type is declared to extend."""
        return self._names([self.facts.symbols.bases[row]])

    def holder_of(self, row: int) -> int:
        """The type that a symbol is a member of; -1 if it is none of a type that extends others."""
        parent = self.facts.symbols.parent[row]
        return parent if parent > 0 and self.facts.symbols.kind[parent] in _EXTENDING else -1

    def mentions(self, name: str) -> list[int]:
        """The occurrences of a name, but for those that define symbols: they mean these, whatever else there is."""
        wanted = self.facts.number_of(name)
        if wanted < 0:
            return []
        definitions = self.facts.occurrences.definition
        found = rows_with(bytes(self.facts.occurrences.name), wanted)
        return [at for at in found if definitions[at] < 0 or definitions[at] & 1]

    def reaches(self, name: str) -> bool:
        """Whether the document may mean by this name what another module passes on: as part of a path, as a member, by
        an import of all that a module has, or without binding the name itself.
        """
        if self.globs:
            return True
        facts = self.facts
        nodes, own = facts.nodes, facts.number_of(name)
        for occurrence in self.mentions(name):
            node = facts.occurrences.node[occurrence]
            op = nodes.op[node] if node >= 0 else Op.NAME
            if op == Op.PATH and nodes.a[node] < 0:
                continue  # the first part of an absolute path
            if op not in (Op.NAME, Op.IMPORT_MODULE) or own not in facts.bindings_by_scope.get(0, {}):
                return True
        return False

    def made_of(self, occurrence: int, known: set[int]) -> list[int]:
        """The symbols whose type is made of what an occurrence means, without those that are `known`, to which they
        come.
        """
        near = self._rows_near(occurrence)
        found = [row for row in near if row not in known and occurrence in self._made_of(row)]
        known.update(found)
        return found

    def _rows_near(self, occurrence: int) -> list[int]:
        """The symbols that an occurrence may belong to: those around it, and what bodies assign to around them."""
        symbols, offset = self.facts.symbols, self.facts.occurrences.start[occurrence]
        row = self.facts.scopes.symbol[self.facts.occurrences.scope[occurrence]]
        out = [inner for inner in self._inside.get(row, ()) if symbols.start[inner] <= offset < symbols.end[inner]]
        while row > 0:
            out.append(row)
            row = symbols.parent[row]
        return out + [field for row in (0, *out) for field in self._assigned_inside.get(row, ())]

    @cached_property
    def _inside(self) -> dict[int, list[int]]:
        out: dict[int, list[int]] = {}
        for row, parent in enumerate(self.facts.symbols.parent):
            out.setdefault(parent, []).append(row)
        return out

    @cached_property
    def _assigned_inside(self) -> dict[int, list[int]]:
        """Class -> its attributes that methods assign; 0 -> the globals, if functions assign some."""
        symbols = self.facts.symbols
        globals_too = BindingKind.GLOBAL in bytes(self.facts.bindings.kind)
        out: dict[int, list[int]] = {}
        for row, (type, value) in enumerate(zip(symbols.type, symbols.value, strict=True)):
            parent = symbols.parent[row]
            if type < 0 <= value and (symbols.kind[row] == SymbolKind.FIELD or (globals_too and parent == 0)):
                out.setdefault(parent, []).append(row)
        return out

    def _made_of(self, row: int) -> frozenset[int]:
        """The occurrences that a symbol's type is made of."""
        known = self._makings.get(row)
        if known is None:
            symbols = self.facts.symbols
            roots = [symbols.type[row], symbols.decorators[row]]
            roots += [*self.facts.items(symbols.bases[row]), *self.facts.items(symbols.generics[row])]
            roots += self._parameter_types(row)
            if symbols.type[row] < 0:
                roots.append(symbols.value[row])
            known = self._makings[row] = frozenset(self._flows.occurrences(roots))
        return known

    def _parameter_types(self, row: int) -> list[int]:
        facts = self.facts
        definitions = [facts.occurrences.definition[facts.nodes.a[node]] for node in self._parameters(row)]
        return [facts.bindings.type[definition >> 1] for definition in definitions if definition >= 0]

    def _parameters(self, row: int) -> list[int]:
        """The NAME nodes of a function's parameters."""
        facts = self.facts
        found = facts.items(facts.symbols.parameters[row])
        return [node for node in found if node >= 0 and facts.nodes.op[node] == Op.NAME]

    def has_parameter(self, name: str) -> bool:
        """Whether a parameter without a declared type has this name."""
        facts = self.facts
        wanted = facts.number_of(name)
        rows = zip(facts.bindings.kind, facts.bindings.name, facts.bindings.type, strict=True)
        return any(kind == BindingKind.PARAMETER and at == wanted and type < 0 for kind, at, type in rows)

    def may_be_injected(self, row: int) -> bool:
        """Whether a parameter of the symbol's name may stand for what it gives: a decorated function of a module."""
        symbols = self.facts.symbols
        return symbols.kind[row] == SymbolKind.FUNCTION and symbols.decorators[row] >= 0

    def aliases(self, occurrences: Iterable[int]) -> set[str]:
        """The names that imports give to what one of these occurrences means."""
        return {name for occurrence in occurrences for name in self._import_names.get(occurrence, ())}

    @cached_property
    def _import_names(self) -> dict[int, list[str]]:
        out: dict[int, list[str]] = {}
        bindings, scopes = self.facts.bindings, self.facts.scopes
        for binding, kind in enumerate(bindings.kind):
            if kind == BindingKind.IMPORT and scopes.kind[bindings.scope[binding]] in OUTER_SCOPES:
                for occurrence in self._flows.occurrences([bindings.value[binding]]):
                    out.setdefault(occurrence, []).append(self.facts.strings[bindings.name[binding]])
        return out

    def _named_in(self, roots: list[int]) -> list[int]:
        return [name for op, name, _ in self._flows.tokens(roots) if name >= 0 and op not in NAMELESS]

    def _names(self, roots: list[int]) -> list[str]:
        return [self.facts.strings[name] for name in self._named_in(roots)]

    def _spelled(self, node: int) -> tuple[tuple[int, str, int], ...]:
        strings = self.facts.strings
        found = self._flows.tokens([node])
        return tuple((op, strings[name] if name >= 0 else "", number) for op, name, number in found)
