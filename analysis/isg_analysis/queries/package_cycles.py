"""Which dependencies close a cycle of packages? One finding for each line of a manifest that does.

What packages need to be built counts first, and a cycle of these is an error: no order builds them. What only their
tests, examples and benches need may lead back to them, which is a kind of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from posixpath import basename

from isg_analysis.graph.cuts import Edge
from isg_analysis.graph.cycles import Cycle, cycles
from isg_analysis.graph.modules import ModuleGraph, module_graph
from isg_analysis.languages.registry import pack
from isg_analysis.model.imports import Strength
from isg_analysis.model.packages import PackageTie
from isg_analysis.queries.findings import Cut, Finding, Place, told
from isg_analysis.resolve.program import document_of
from isg_analysis.resolve.view import View

PACKAGE_CODES = {Strength.RUNTIME: "package-cycle", Strength.DEFERRED: "dev-package-cycle"}
"""What the findings of each strength are called: of what is needed to build, and with what only development needs."""
_SEVERITIES = {Strength.RUNTIME: "error", Strength.DEFERRED: "information"}
_TITLES = {Strength.RUNTIME: "Package cycle", Strength.DEFERRED: "Package cycle by way of tests"}


def package_cycles(view: View, language: str, kinds: Collection[str] = tuple(PACKAGE_CODES.values())) -> list[Finding]:
    """The findings of one language's manifests, by path and line."""
    wanted = [strength for strength, code in PACKAGE_CODES.items() if code in kinds]
    ties = pack(language).package_ties(view.layout(language)) if wanted else []
    return _Packages(view, language, ties).findings(max(wanted)) if ties else []


class _Packages:
    """The packages of a language, numbered by what people call them."""

    def __init__(self, view: View, language: str, ties: list[PackageTie]) -> None:
        self._view, self._language = view, language
        folders = {folder for tie in ties for folder in (tie.source, tie.target)}
        self._names = self._called(folders)
        order = sorted(folders, key=lambda folder: (self._names[folder], folder))
        self._numbers = {folder: number for number, folder in enumerate(order)}
        self._folders = order
        self._ties: dict[tuple[Edge, Strength], PackageTie] = {}
        for tie in ties:
            edge = self._numbers[tie.source], self._numbers[tie.target]
            self._ties[edge, Strength.DEFERRED if tie.development else Strength.RUNTIME] = tie
        self._crossing: dict[Edge, tuple[str, ...]] = {}
        self._modules: tuple[ModuleGraph, dict[Edge, list[Edge]]] | None = None

    def _called(self, folders: Collection[str]) -> Mapping[str, str]:
        """Folder -> what people call the package."""
        view, known, layout = self._view, pack(self._language), self._view.layout(self._language)
        out = {folder: basename(folder) or "." for folder in folders}
        missing = set(folders)
        for document in view.documents(self._language):
            if not missing:
                break
            folder = known.package(layout, view.path(document))
            if folder is not None and folder in missing:
                missing.discard(folder)
                out[folder] = view.prefix(document).package
        return out

    def findings(self, weakest: Strength) -> list[Finding]:
        """At each dependency that closes a cycle."""
        graphs: dict[Strength, dict[int, set[int]]] = {}
        for edge, strength in self._ties:
            graphs.setdefault(strength, {}).setdefault(edge[0], set()).add(edge[1])
        found = cycles(graphs, lambda edge, _: max(len(self._names_of(edge)), 1), weakest)
        out = [self._finding(strength, edge, cycle) for (strength, edge), cycle in found.through.items()]
        return sorted(out, key=lambda finding: (finding.place.path(self._view), finding.cycle))

    def _finding(self, strength: Strength, edge: Edge, cycle: Cycle) -> Finding:
        members = tuple(self._names[self._folders[number]] for number in cycle.modules)
        cheapest, size = self._cut(cycle.cheapest), len(cycle.knot.modules)
        message = told(_TITLES[strength], members, size, "packages", cheapest)
        hops = tuple(self._place(hop, self._strongest(hop), self._cut(hop).said) for hop in cycle.edges[1:])
        cut = tuple(self._cut(part) for part in cycle.knot.cut)
        place = self._place(edge, strength, message)
        return Finding(PACKAGE_CODES[strength], _SEVERITIES[strength], place, members, hops, size, cheapest, cut)

    def _strongest(self, edge: Edge) -> Strength:
        return Strength.RUNTIME if (edge, Strength.RUNTIME) in self._ties else Strength.DEFERRED

    def _place(self, edge: Edge, strength: Strength, message: str) -> Place:
        tie = self._ties[edge, strength]
        return Place(-1, tie.start, tie.end, message, tie.line)

    def _cut(self, edge: Edge) -> Cut:
        source, target = (self._names[self._folders[number]] for number in edge)
        return Cut(source, target, self._names_of(edge), "depends on")

    def _names_of(self, edge: Edge) -> tuple[str, ...]:
        """The names that one package takes from another, in alphabetical order."""
        if edge not in self._crossing:
            graph, between = self._modules = self._modules or self._between()
            names = {name for ties in between.get(edge, ()) for name in graph.crossing(ties, Strength.TYPE_ONLY)}
            self._crossing[edge] = tuple(sorted(names))
        return self._crossing[edge]

    def _between(self) -> tuple[ModuleGraph, dict[Edge, list[Edge]]]:
        """The module graph, and which of its edges lead from one package to another."""
        view, known, layout = self._view, pack(self._language), self._view.layout(self._language)
        graph = module_graph(view, self._language)
        folders = [known.package(layout, view.path(document_of(module))) for module in graph.modules]
        homes = [self._numbers.get(folder, -1) if folder is not None else -1 for folder in folders]
        out: dict[Edge, list[Edge]] = {}
        edges = {(source, to) for after in graph.ties.values() for source, targets in after.items() for to in targets}
        for edge in sorted(edges):
            out.setdefault((homes[edge[0]], homes[edge[1]]), []).append(edge)
        return graph, out
