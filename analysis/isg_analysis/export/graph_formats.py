"""A graph in the formats of other tools: JSON, DOT (Graphviz), Mermaid and GraphML. Equal graphs give equal bytes.

JSON is what networkx calls node-link data, one node or edge a line. Where a format can't hold a character, or a lone
surrogate from a file's name, its escape stands there.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Any, BinaryIO

from isg_analysis.export.graphs import Edge, Graph, Node

VERSION = 1
"""Of the JSON. Keys may be added without raising it."""
_DASHED = frozenset({"deferred", "type_only"})


def write_json(graph: Graph, sink: BinaryIO) -> None:
    """Node-link data."""
    head = {"version": VERSION, "directed": True, "multigraph": True, "truncated": graph.truncated}
    _write(sink, json.dumps(head)[:-1] + ', "nodes": [\n')
    _write(sink, ",\n".join(_json(row) for row in _node_rows(graph)))
    _write(sink, '\n], "edges": [\n')
    _write(sink, ",\n".join(_json(row) for row in _edge_rows(graph)))
    _write(sink, "\n]}\n")


def write_dot(graph: Graph, sink: BinaryIO) -> None:
    """For Graphviz: what is possible, deferred or for type checkers only is dashed; what closes a cycle is red."""
    _write(sink, "digraph isg {\n  rankdir=LR;\n  node [shape=box];\n")
    for number, node in enumerate(graph.nodes):
        colour = ", color=red" if node.knot else ""
        _write(sink, f"  n{number} [label={_quoted(node.label)}, tooltip={_quoted(_place(node))}{colour}];\n")
    for edge in graph.edges:
        style = ", style=dashed" if _is_dashed(edge) else ""
        colour = ", color=red" if _is_tied(graph, edge) else ""
        _write(sink, f"  n{edge.source} -> n{edge.target} [label={_quoted(_verb(edge))}{style}{colour}];\n")
    _write(sink, "}\n")


def write_mermaid(graph: Graph, sink: BinaryIO) -> None:
    """A flowchart, as Markdown renderers draw it; dotted where DOT has dashes, thick where it has red."""
    _write(sink, "flowchart LR\n")
    for number, node in enumerate(graph.nodes):
        _write(sink, f'  n{number}["{_entities(node.label)}"]\n')
    for edge in graph.edges:
        arrow = "-.->" if _is_dashed(edge) else "==>" if _is_tied(graph, edge) else "-->"
        said = f"|{_verb(edge)}|" if edge.relation != "imports" else ""
        _write(sink, f"  n{edge.source} {arrow}{said} n{edge.target}\n")


def write_graphml(graph: Graph, sink: BinaryIO) -> None:
    """By networkx, which costs its import: for processes that end."""
    import networkx

    made = networkx.MultiDiGraph()
    for row in _node_rows(graph):
        made.add_node(f"n{row.pop('id')}", **_flat(row))
    for row in _edge_rows(graph):
        made.add_edge(f"n{row.pop('source')}", f"n{row.pop('target')}", **_flat(row))
    text = io.BytesIO()
    networkx.write_graphml_xml(made, text)
    sink.write(text.getvalue())


FORMATS: dict[str, Callable[[Graph, BinaryIO], None]] = {
    "json": write_json,
    "dot": write_dot,
    "mermaid": write_mermaid,
    "graphml": write_graphml,
}


def _node_rows(graph: Graph) -> Iterator[dict[str, Any]]:
    return ({"id": number} | _told(node) for number, node in enumerate(graph.nodes))


def _edge_rows(graph: Graph) -> Iterable[dict[str, Any]]:
    return map(_told, graph.edges)


def _told(row: Node | Edge) -> dict[str, Any]:
    """The fields that say something."""
    return {
        name: value for name, value in asdict(row).items() if value not in ("", ()) and (name, value) != ("knot", 0)
    }


def _json(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False)


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """GraphML's values are numbers and texts."""
    texts = {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in row.items()}
    return {name: _printable(value) if isinstance(value, str) else value for name, value in texts.items()}


def _is_dashed(edge: Edge) -> bool:
    return edge.confidence != "certain" or edge.strength in _DASHED


def _is_tied(graph: Graph, edge: Edge) -> bool:
    """Whether an import is part of a knot."""
    knot = graph.nodes[edge.source].knot
    return bool(knot) and edge.strength == "runtime" and graph.nodes[edge.target].knot == knot


def _verb(edge: Edge) -> str:
    return edge.relation if edge.confidence == "certain" else f"{edge.relation}?"


def _place(node: Node) -> str:
    return f"{node.path}:{node.line}"


def _quoted(text: str) -> str:
    """A string of DOT, in which backslashes begin escapes."""
    return '"' + _printable(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _entities(text: str) -> str:
    """The text of a Mermaid label."""
    marks = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "`": "#96;"}
    return "".join(marks.get(character, character) for character in _printable(text))


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)


def _write(sink: BinaryIO, text: str) -> None:
    sink.write(text.encode("utf-8", "backslashreplace"))
