"""ModuleGraph: which module of a workspace needs which, by what import statements.

Modules are numbered by what people call them, so that nothing made from the numbers depends on the order in which
documents were indexed. What an edge is made of is looked up when it is asked for: most edges lie on no cycle.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from isg_analysis.graph.cuts import Edge
from isg_analysis.graph.knots import knots
from isg_analysis.languages.registry import pack
from isg_analysis.model.imports import Strength
from isg_analysis.resolve.names import prefix_of, simple_name
from isg_analysis.resolve.program import Ref, document_of, row_of, symbol_ref
from isg_analysis.resolve.view import View


@dataclass(frozen=True, slots=True)
class Import:
    """One statement by which a module needs another. `start` and `end`: byte offsets of the statement. `names`: what
    it takes by name; () where it takes the module as a whole.
    """

    document: int
    start: int
    end: int
    strength: Strength
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What was found out about modules and their imports. Good as long as their documents are as they were, and what
    is written in them means what it meant.
    """

    labels: dict[Ref, str] = field(default_factory=dict)
    imports: dict[int, dict[tuple[Ref, Ref, Strength], list[Import]]] = field(default_factory=dict)
    """By document."""
    crossing: dict[tuple[Ref, Ref, Strength], tuple[str, ...]] = field(default_factory=dict)

    def forget(self, documents: Collection[int]) -> None:
        """These may have changed."""
        for module in [module for module in self.labels if document_of(module) in documents]:
            del self.labels[module]
        for key in [key for key in self.crossing if any(document_of(end) in documents for end in key[:2])]:
            del self.crossing[key]
        for document in documents:
            self.imports.pop(document, None)

    def imports_in(self, view: View, document: int) -> Mapping[tuple[Ref, Ref, Strength], list[Import]]:
        """The imports of a document by (module, module it needs, strength)."""
        made = self.imports.get(document)
        if made is None:
            made = self.imports[document] = _statements(view, document)
        return made


@dataclass(frozen=True)
class ModuleGraph:
    """Of the documents of one language. Valid as long as its view is open."""

    view: View = field(repr=False)
    language: str
    modules: tuple[Ref, ...]
    """By number."""
    labels: tuple[str, ...]
    """What people call each module, by number."""
    ties: Mapping[Strength, Mapping[int, frozenset[int]]] = field(repr=False)
    """Strength -> module -> the modules it imports so."""
    known: Known = field(default_factory=Known, repr=False)

    @property
    def runs_modules(self) -> bool:
        """Whether importing a module runs it, so that a cycle may make an import fail."""
        return pack(self.language).runs_modules

    @cached_property
    def numbers(self) -> Mapping[Ref, int]:
        """The number of each module."""
        return {module: number for number, module in enumerate(self.modules)}

    def imports(self, edge: Edge, weakest: Strength) -> list[Import]:
        """The statements of an edge up to a strength, strong ones first, in source order."""
        return [found for strength in Strength if strength <= weakest for found in self.imports_of(edge, strength)]

    def imports_of(self, edge: Edge, strength: Strength) -> list[Import]:
        """The statements of an edge of one strength, in source order."""
        source, target = self.modules[edge[0]], self.modules[edge[1]]
        return self.known.imports_in(self.view, document_of(source)).get((source, target, strength), [])

    def crossing(self, edge: Edge, weakest: Strength) -> tuple[str, ...]:
        """The names that one module takes from another, by imports up to a strength, in alphabetical order: those it
        imports, and where it imports the module as a whole those it mentions.
        """
        key = self.modules[edge[0]], self.modules[edge[1]], weakest
        names = self.known.crossing.get(key)
        if names is None:
            imports = self.imports(edge, weakest)
            taken = {name for found in imports for name in found.names}
            if not all(found.names for found in imports):
                taken |= self._mentioned(edge)
            names = self.known.crossing[key] = tuple(sorted(taken))
        return names

    def weight(self, edge: Edge, weakest: Strength) -> int:
        """How many names cross an edge; at least 1."""
        return max(len(self.crossing(edge, weakest)), 1)

    def _mentioned(self, edge: Edge) -> set[str]:
        """The names of the target's symbols that the source's document mentions. Only what it spells is looked for, so
        that no document is resolved as a whole while it is being edited.
        """
        user, target = document_of(self.modules[edge[0]]), self.modules[edge[1]]
        home = document_of(target)
        facts, spelled = self.view.glance(home), set(self.view.glance(user).strings) - {""}
        parents, names, strings = facts.symbols.parent, facts.symbols.name, facts.strings
        return {
            strings[names[row]]
            for row in range(1, len(parents))
            if strings[names[row]] in spelled
            and _lies_in(parents, row, row_of(target))
            and any(True for _ in self.view.mentions(user, symbol_ref(home, row)))
        }


def _statements(view: View, document: int) -> dict[tuple[Ref, Ref, Strength], list[Import]]:
    """The imports of a document by (module, module it needs, strength). One statement may have several rows, a name
    each.
    """
    rows = view.glance(document).imports
    taken: dict[tuple[int, int, Ref, Ref, Strength], list[str]] = {}
    for one in view.dependencies(document):
        at = one.statement
        key = rows.start[at], rows.end[at], one.source, one.target, Strength(one.strength)
        names = taken.setdefault(key, [])
        names += [one.name] if one.name else []
    out: dict[tuple[Ref, Ref, Strength], list[Import]] = {}
    for (start, end, source, target, strength), names in sorted(taken.items()):
        found = Import(document, start, end, strength, tuple(dict.fromkeys(names)))
        out.setdefault((source, target, strength), []).append(found)
    return out


def module_graph(view: View, language: str) -> ModuleGraph:
    """The module graph of all documents of a language."""
    return graph_of(view, language, view.ties(language))


def tied_together(view: View, module: Ref, strength: Strength = Strength.RUNTIME) -> list[Ref]:
    """The modules of the knot that a module is in, by what people call them; [] where it is in none."""
    needs: dict[Ref, set[Ref]] = {}
    for source, target, how in view.ties(view.language(document_of(module))):
        if how <= strength:
            needs.setdefault(source, set()).add(target)
    knot = next((knot for knot in knots(needs) if module in knot), frozenset[Ref]())
    return sorted(knot, key=lambda one: (label(view, one), view.path(document_of(one))))


def graph_of(
    view: View, language: str, ties: Iterable[tuple[Ref, Ref, int]], known: Known | None = None
) -> ModuleGraph:
    """The graph of some (module, module it needs, strength), as `View.ties` gives them. `known` is added to."""
    known = known if known is not None else Known()
    needs: dict[int, dict[Ref, set[Ref]]] = {strength: {} for strength in Strength}
    for source, target, strength in ties:
        needs[strength].setdefault(source, set()).add(target)
    modules = {module for by_source in needs.values() for module in by_source}
    modules.update(*(targets for by_source in needs.values() for targets in by_source.values()))
    for module in modules.difference(known.labels):
        known.labels[module] = label(view, module)
    labelled = sorted((known.labels[module], view.path(document_of(module)), module) for module in modules)
    numbers = {module: number for number, (_, _, module) in enumerate(labelled)}
    numbered = {
        Strength(strength): {
            numbers[source]: frozenset(numbers[target] for target in targets) for source, targets in by_source.items()
        }
        for strength, by_source in needs.items()
    }
    order, labels = tuple(row[2] for row in labelled), tuple(row[0] for row in labelled)
    return ModuleGraph(view, language, order, labels, numbered, known)


def label(view: View, ref: Ref) -> str:
    """What people call a module, or a symbol in it: "flask.app", "grep_searcher::sink", "flask.app.Flask.run"."""
    document, row = document_of(ref), row_of(ref)
    inner: list[str] = []
    facts = view.glance(document) if row else None
    while facts is not None and row > 0:
        inner.append(simple_name(facts, row))
        row = facts.symbols.parent[row]
    return pack(view.language(document)).label(prefix_of(view, document), inner[::-1])


def _lies_in(parents: Sequence[int], row: int, module: int) -> bool:
    while row > module:
        row = parents[row]
    return row == module
