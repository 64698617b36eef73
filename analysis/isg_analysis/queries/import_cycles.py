"""Which imports close a cycle of modules? One finding for each import statement that does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from isg_analysis.graph.cuts import Edge
from isg_analysis.graph.cycles import Cycle, cycles_within
from isg_analysis.graph.modules import Import, Known, ModuleGraph, graph_of
from isg_analysis.graph.ties import Tie, Ties
from isg_analysis.model.imports import Strength
from isg_analysis.queries.findings import Cut, Finding, Place, told
from isg_analysis.resolve.program import Ref, document_of
from isg_analysis.resolve.view import View, document_ties

CODES = {
    Strength.RUNTIME: "import-cycle",
    Strength.DEFERRED: "deferred-import-cycle",
    Strength.TYPE_ONLY: "type-only-import-cycle",
}
"""What the findings of each strength are called."""
_SEVERITIES = {Strength.RUNTIME: "warning", Strength.DEFERRED: "hint", Strength.TYPE_ONLY: "information"}
_TITLES = {
    Strength.RUNTIME: "Import cycle",
    Strength.DEFERRED: "Deferred import cycle",
    Strength.TYPE_ONLY: "Type-only import cycle",
}


Choice = Callable[[View, Iterable[Finding]], Iterable[Finding]]
"""Which findings are reported."""


class ImportCycles:
    """The findings of one language's documents, knot by knot: what no change has touched is as it was found."""

    def __init__(
        self, view: View, language: str, weakest: Strength = Strength.DEFERRED, choice: Choice = lambda _, found: found
    ) -> None:
        """`weakest`: imports weaker than it don't count."""
        self._language, self._weakest, self._choice = language, weakest, choice
        self._ties = Ties(view.ties(language), weakest)
        self._known = Known()
        self._found: dict[tuple[Strength, frozenset[Ref]], list[Finding]] = {}

    def change(self, view: View, documents: Collection[int]) -> None:
        """These are other ones now, or mean something else."""
        changed = self._ties.importers(documents).union(documents)
        self._known.forget(changed)
        self._found = {
            key: found
            for key, found in self._found.items()
            if not any(document_of(module) in changed for module in key[1])
        }
        self._ties.replace(changed, [tie for document in changed for tie in document_ties(view, document)])

    @property
    def weighed(self) -> set[int]:
        """The documents whose words say how much crosses an import."""
        return {document_of(module) for key in self._known.crossing for module in key[:2]}

    def findings(self, view: View) -> list[Finding]:
        """All there are, in no order. Those of knots that nothing has touched are the same objects as before."""
        self._look_up(view)
        before, self._found = self._found, {}
        for key in self._knots():
            known = before.get(key)
            self._found[key] = known if known is not None else list(self._choice(view, self._of_knot(view, *key)))
        return [finding for found in self._found.values() for finding in found]

    def _knots(self) -> Iterator[tuple[Strength, frozenset[Ref]]]:
        for strength in Strength:
            if strength <= self._weakest:
                yield from ((strength, modules) for modules in self._ties.knots(strength))

    def _look_up(self, view: View) -> None:
        """The statements of all documents in knots. Where they tell of other ties than are known, these come from a
        view in which the document meant something else.
        """
        known = self._known.imports
        while documents := {document_of(one) for _, knot in self._knots() for one in knot}.difference(known):
            ties = {document: self._upto(self._known.imports_in(view, document)) for document in sorted(documents)}
            others = {document: now for document, now in ties.items() if now != self._ties.of(document)}
            self._ties.replace(others, [tie for now in others.values() for tie in now])

    def _upto(self, ties: Iterable[Tie]) -> set[Tie]:
        return {tie for tie in ties if tie[2] <= self._weakest}

    def _of_knot(self, view: View, strength: Strength, modules: frozenset[Ref]) -> list[Finding]:
        graph = graph_of(view, self._language, self._ties.within(modules, strength), self._known)
        found = cycles_within(graph.ties, strength, graph.weight)
        cuts = {knot: tuple(_cut(graph, edge, strength) for edge in knot.cut) for knot in found.knots}
        return [
            _finding(graph, statement, cycle, cuts[cycle.knot])
            for (_, edge), cycle in found.through.items()
            for statement in graph.imports_of(edge, strength)
        ]


def import_cycles(view: View, language: str, weakest: Strength = Strength.DEFERRED) -> list[Finding]:
    """The findings of one language's documents, by path and position. `weakest`: imports weaker than it don't count."""
    found = ImportCycles(view, language, weakest).findings(view)
    return sorted(found, key=lambda finding: (view.path(finding.place.document), finding.place.start, finding.cycle))


def _cut(graph: ModuleGraph, edge: Edge, strength: Strength) -> Cut:
    return Cut(graph.labels[edge[0]], graph.labels[edge[1]], graph.crossing(edge, strength))


def _finding(graph: ModuleGraph, statement: Import, cycle: Cycle, cut: tuple[Cut, ...]) -> Finding:
    strength = cycle.knot.strength
    cheapest = _cut(graph, cycle.cheapest, strength)
    members = tuple(graph.labels[module] for module in cycle.modules)
    message = told(_TITLES[strength], members, len(cycle.knot.modules), "modules", cheapest)
    place = Place(statement.document, statement.start, statement.end, message)
    hops = tuple(_hop(graph, edge, strength) for edge in cycle.edges[1:])
    severity = _SEVERITIES[strength] if graph.runs_modules else "hint"
    return Finding(CODES[strength], severity, place, members, hops, len(cycle.knot.modules), cheapest, cut)


def _hop(graph: ModuleGraph, edge: Edge, strength: Strength) -> Place:
    """The strongest import of an edge."""
    found = graph.imports(edge, strength)[0]
    return Place(found.document, found.start, found.end, f"{graph.labels[edge[0]]} imports {graph.labels[edge[1]]}")
