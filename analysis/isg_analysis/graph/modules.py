"""ModuleGraph: which module of a workspace needs which, by what import statements.

Modules are numbered by what people call them, so that nothing made from the numbers depends on the order in which
documents were indexed. What an edge is made of is looked up when it is asked for: most edges lie on no cycle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    """One statement by which `source` needs `target`, both numbers of modules. `start` and `end`: byte offsets of the
    statement. `names`: what it takes by name; () where it takes the module as a whole.
    """

    document: int
    start: int
    end: int
    source: int
    target: int
    strength: Strength
    names: tuple[str, ...]


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
    _imports: dict[int, dict[tuple[Edge, Strength], list[Import]]] = field(default_factory=dict, repr=False)

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
        document = document_of(self.modules[edge[0]])
        known = self._imports.get(document)
        if known is None:
            known = self._imports[document] = self._statements(document)
        return known.get((edge, strength), [])

    def _statements(self, document: int) -> dict[tuple[Edge, Strength], list[Import]]:
        """The imports of a document by edge and strength. One statement may have several rows, a name each."""
        rows = self.view.glance(document).imports
        taken: dict[tuple[int, int, Edge, Strength], list[str]] = {}
        for one in self.view.dependencies(document):
            if one.source not in self.numbers or one.target not in self.numbers:
                continue
            edge = self.numbers[one.source], self.numbers[one.target]
            at = one.statement
            names = taken.setdefault((rows.start[at], rows.end[at], edge, Strength(one.strength)), [])
            names += [one.name] if one.name else []
        out: dict[tuple[Edge, Strength], list[Import]] = {}
        for (start, end, edge, strength), names in sorted(taken.items()):
            found = Import(document, start, end, *edge, strength, tuple(dict.fromkeys(names)))
            out.setdefault((edge, strength), []).append(found)
        return out

    def crossing(self, edge: Edge, weakest: Strength) -> tuple[str, ...]:
        """The names that one module takes from another, by imports up to a strength, in alphabetical order: those it
        imports, and where it imports the module as a whole those it mentions.
        """
        names: set[str] = set()
        for found in self.imports(edge, weakest):
            names.update(found.names or self._mentioned(edge))
        return tuple(sorted(names))

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


def graph_of(view: View, language: str, ties: Iterable[tuple[Ref, Ref, int]]) -> ModuleGraph:
    """The graph of some (module, module it needs, strength), as `View.ties` gives them."""
    needs: dict[int, dict[Ref, set[Ref]]] = {strength: {} for strength in Strength}
    for source, target, strength in ties:
        needs[strength].setdefault(source, set()).add(target)
    modules = {module for by_source in needs.values() for module in by_source}
    modules.update(*(targets for by_source in needs.values() for targets in by_source.values()))
    labelled = sorted((label(view, module), view.path(document_of(module)), module) for module in modules)
    numbers = {module: number for number, (_, _, module) in enumerate(labelled)}
    numbered = {
        Strength(strength): {
            numbers[source]: frozenset(numbers[target] for target in targets) for source, targets in by_source.items()
        }
        for strength, by_source in needs.items()
    }
    return ModuleGraph(view, language, tuple(row[2] for row in labelled), tuple(row[0] for row in labelled), numbered)


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
