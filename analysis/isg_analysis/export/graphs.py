"""Graphs of a view as plain nodes and edges: of its modules, of what lies around a symbol, of all symbols.

Nodes are numbered by path and place, so that the same files give the same graph. Sibling: `graph_formats` writes them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from isg_analysis.graph.cycles import Ties
from isg_analysis.graph.knots import knots
from isg_analysis.graph.modules import ModuleGraph, label, module_graph
from isg_analysis.languages.registry import NAMES
from isg_analysis.model.imports import Strength
from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.model.text import PositionEncoding
from isg_analysis.resolve.names import symbol_id
from isg_analysis.resolve.program import Ref, document_of, row_of, symbol_ref
from isg_analysis.resolve.view import View


@dataclass(frozen=True, slots=True)
class Node:
    """A symbol. `line`: where its name stands, from 1. `knot`: the number of the knot of import cycles that a module is
    in, from 1; 0 for what is in none.
    """

    symbol: str
    label: str
    kind: str
    path: str
    line: int
    knot: int = 0


@dataclass(frozen=True, slots=True)
class Edge:
    """From one node, by number, to another. Of modules: `strength` of the import and the `names` that cross."""

    source: int
    target: int
    relation: str
    confidence: str = "certain"
    strength: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """`truncated`: a limit was reached and there is more."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    truncated: bool = False


def is_module(view: View, ref: Ref) -> bool:
    """Whether a symbol is a module: a document's, or one written inside it."""
    return bool(view.glance(document_of(ref)).symbols.kind[row_of(ref)] == SymbolKind.MODULE)


# -- modules


def modules(view: View, around: Collection[Ref] = (), *, hops: int = 1) -> Graph:
    """Which module imports which; with `around` only those up to some hops before and behind these."""
    refs: dict[Ref, int] = {}
    count = 0
    edges: list[tuple[Ref, Ref, Strength, tuple[str, ...]]] = []
    for language in sorted(NAMES):
        graph = module_graph(view, language)
        everything = {*graph.modules, *(symbol_ref(document, 0) for document in view.documents(language))}
        kept = _near(graph, around, hops) & everything if around else everything
        numbers = {ref: count + at for at, knot in enumerate(_knots(graph), 1) for ref in knot}
        count = max(numbers.values(), default=count)
        refs.update((ref, numbers.get(ref, 0)) for ref in kept)
        edges += _imports(graph, kept)
    order = _ordered(view, refs)
    place = {ref: at for at, ref in enumerate(order)}
    rows = (
        Edge(place[source], place[target], "imports", "certain", strength.name.lower(), names)
        for source, target, strength, names in edges
    )
    nodes = tuple(_node(view, ref, refs[ref]) for ref in order)
    return Graph(nodes, tuple(sorted(rows, key=lambda edge: (edge.source, edge.target))))


def _near(graph: ModuleGraph, around: Collection[Ref], hops: int) -> set[Ref]:
    after: dict[Ref, set[Ref]] = {}
    for source, target in _strongest(graph.ties):
        one, other = graph.modules[source], graph.modules[target]
        after.setdefault(one, set()).add(other)
        after.setdefault(other, set()).add(one)
    known, frontier = set(around), set(around)
    for _ in range(hops):
        frontier = set().union(*(after.get(ref, ()) for ref in frontier)) - known
        known |= frontier
    return known


def _strongest(ties: Ties) -> dict[tuple[int, int], Strength]:
    """The strongest import of each edge."""
    out: dict[tuple[int, int], Strength] = {}
    for strength in Strength:
        for source, targets in ties.get(strength, {}).items():
            for target in targets:
                out.setdefault((source, target), strength)
    return out


def _imports(graph: ModuleGraph, kept: Collection[Ref]) -> Iterator[tuple[Ref, Ref, Strength, tuple[str, ...]]]:
    for edge, strength in _strongest(graph.ties).items():
        source, target = graph.modules[edge[0]], graph.modules[edge[1]]
        if source in kept and target in kept:
            yield source, target, strength, graph.crossing(edge, Strength.TYPE_ONLY)


def _knots(graph: ModuleGraph) -> list[list[Ref]]:
    """The modules that are tied together by imports that happen when they are run."""
    return [[graph.modules[module] for module in knot] for knot in knots(graph.ties.get(Strength.RUNTIME, {}))]


# -- symbols


def symbols(view: View) -> Graph:
    """Every symbol and every relation between two of them."""
    refs = (
        symbol_ref(document, row)
        for language in sorted(NAMES)
        for document in view.documents(language)
        for row in range(len(view.glance(document).symbols.kind))
    )
    return _graph(view, refs)


def neighbourhood(view: View, seeds: Iterable[Ref], *, hops: int = 1, most: int = 10_000) -> Graph:
    """The symbols up to some hops before and behind others, at most so many, with all relations among them. A module
    that uses a symbol is where the way ends.
    """
    known = dict.fromkeys(seeds)
    frontier = list(known)
    truncated = False
    for _ in range(hops):
        found = {target for ref in frontier for _, target, _, _ in _edges_from(view, ref)}
        found.update(source for _, source, _, _ in view.edges_to(frontier))
        fresh = _ordered(view, found.difference(known))
        truncated = len(known) + len(fresh) > most
        fresh = fresh[: max(most - len(known), 0)]
        known.update(dict.fromkeys(fresh))
        frontier = [ref for ref in fresh if row_of(ref)]
        if truncated:
            break
    return _graph(view, known, truncated)


def _edges_from(view: View, ref: Ref) -> Iterator[tuple[Ref, Ref, int, int]]:
    return (edge for edge in _edges_of(view, document_of(ref)) if edge[0] == ref)


def _edges_of(view: View, document: int) -> Iterator[tuple[Ref, Ref, int, int]]:
    """(source, target, RelationKind, Confidence) of the relations that start in a document."""
    for edge in view.links(document).edges():
        target = view.ref_of(edge.target)
        if target is not None:
            yield symbol_ref(document, edge.source), target, edge.kind, edge.confidence


def _graph(view: View, refs: Iterable[Ref], truncated: bool = False) -> Graph:
    order = _ordered(view, refs)
    place = {ref: at for at, ref in enumerate(order)}
    edges = [
        Edge(place[source], place[target], RelationKind(kind).name.lower(), Confidence(confidence).name.lower())
        for document in dict.fromkeys(map(document_of, order))
        for source, target, kind, confidence in _edges_of(view, document)
        if source in place and target in place
    ]
    edges.sort(key=lambda edge: (edge.source, edge.target, edge.relation, edge.confidence))
    return Graph(tuple(_node(view, ref) for ref in order), tuple(edges), truncated)


def _ordered(view: View, refs: Iterable[Ref]) -> list[Ref]:
    return sorted(refs, key=lambda ref: (view.path(document_of(ref)), row_of(ref)))


def _node(view: View, ref: Ref, knot: int = 0) -> Node:
    document, row = document_of(ref), row_of(ref)
    facts = view.glance(document)
    line = view.line_index(document).position(facts.symbols.name_start[row], PositionEncoding.UTF8).line + 1
    kind = SymbolKind(facts.symbols.kind[row]).name.lower()
    return Node(symbol_id(view, ref), label(view, ref), kind, view.path(document), line, knot)
