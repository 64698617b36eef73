"""Which imports close a cycle of modules? One finding for each import statement that does."""

from __future__ import annotations

from isg_analysis.graph.cuts import Edge
from isg_analysis.graph.cycles import Cycle, cycles
from isg_analysis.graph.modules import Import, ModuleGraph, module_graph
from isg_analysis.model.imports import Strength
from isg_analysis.queries.findings import Cut, Finding, Place, told
from isg_analysis.resolve.view import View

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


def import_cycles(view: View, language: str, weakest: Strength = Strength.DEFERRED) -> list[Finding]:
    """The findings of one language's documents, by path and position. `weakest`: imports weaker than it don't count."""
    graph = module_graph(view, language)
    found = cycles(graph.ties, graph.weight, weakest)
    cuts = {knot: tuple(_cut(graph, edge, knot.strength) for edge in knot.cut) for knot in found.knots}
    out = [
        _finding(graph, statement, cycle, cuts[cycle.knot])
        for (strength, edge), cycle in found.through.items()
        for statement in graph.imports_of(edge, strength)
    ]
    return sorted(out, key=lambda finding: (view.path(finding.place.document), finding.place.start, finding.cycle))


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
