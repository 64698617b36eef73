"""Which modules does a module need, and which need it, for what names?"""

from __future__ import annotations

from dataclasses import dataclass

from isg_analysis.graph.cuts import Edge
from isg_analysis.graph.modules import Import, ModuleGraph, graph_of
from isg_analysis.model.imports import Strength
from isg_analysis.resolve.program import Ref, document_of
from isg_analysis.resolve.view import View


@dataclass(frozen=True, slots=True)
class Dependency:
    """One of two modules needs the other. `module`: the other one; `strength`: of the strongest import; `names`: what
    crosses, in alphabetical order; `imports`: the statements, strong ones first, then in source order.
    """

    module: Ref
    strength: Strength
    names: tuple[str, ...]
    imports: tuple[Import, ...]


def dependencies(view: View, module: Ref) -> list[Dependency]:
    """The modules of the workspace that a module imports: strong ties first, then by what people call them."""
    needs = {(one.source, one.target, one.strength) for one in view.dependencies(document_of(module))}
    graph = graph_of(view, view.language(document_of(module)), [tie for tie in needs if tie[0] == module])
    number = graph.numbers.get(module, -1)
    targets = {target for after in graph.ties.values() for target in after.get(number, ())}
    return _sorted(graph, {target: (number, target) for target in targets})


def dependents(view: View, module: Ref) -> list[Dependency]:
    """The modules of the workspace that import a module; see `dependencies`."""
    language = view.language(document_of(module))
    graph = graph_of(view, language, [tie for tie in view.ties(language) if tie[1] == module])
    number = graph.numbers.get(module, -1)
    sources = {source for after in graph.ties.values() for source, targets in after.items() if number in targets}
    return _sorted(graph, {source: (source, number) for source in sources})


def _sorted(graph: ModuleGraph, edges: dict[int, Edge]) -> list[Dependency]:
    """One for each other module, given with its edge."""
    found = []
    for other, edge in edges.items():
        imports = tuple(graph.imports(edge, Strength.TYPE_ONLY))
        names = graph.crossing(edge, Strength.TYPE_ONLY)
        found.append(
            (imports[0].strength, other, Dependency(graph.modules[other], imports[0].strength, names, imports))
        )
    return [dependency for _, _, dependency in sorted(found, key=lambda row: row[:2])]
