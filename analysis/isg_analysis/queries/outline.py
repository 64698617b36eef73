"""What is in this document? Its symbols as a tree."""

from __future__ import annotations

from dataclasses import dataclass, field

from isg_analysis.model.symbol import SymbolKind
from isg_analysis.queries.answer import Hit, hit
from isg_analysis.resolve.program import symbol_ref
from isg_analysis.resolve.view import View


@dataclass(slots=True)
class OutlineNode:
    """A symbol and the symbols it contains, in source order."""

    hit: Hit
    children: list[OutlineNode] = field(default_factory=list)


def outline(view: View, document: int) -> list[OutlineNode]:
    """The document's top-level symbols, each with what it contains. Type parameters are left out."""
    symbols = view.glance(document).symbols
    nodes: dict[int, OutlineNode] = {}
    top: list[OutlineNode] = []
    for row in sorted(range(1, len(symbols.kind)), key=lambda row: (symbols.start[row], -symbols.end[row], row)):
        if symbols.kind[row] == SymbolKind.TYPE_PARAMETER:
            continue
        nodes[row] = OutlineNode(hit(view, symbol_ref(document, row)))
    for row, node in nodes.items():
        parent = nodes.get(symbols.parent[row])
        (top if parent is None else parent.children).append(node)
    return top
