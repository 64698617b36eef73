"""What is in this document? Its symbols as a tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import neg

from isg_analysis.model.symbol import SymbolKind
from isg_analysis.queries.answer import Hit, hit
from isg_analysis.resolve.program import symbol_ref
from isg_analysis.resolve.view import View


@dataclass(slots=True)
class OutlineNode:
    """A symbol, by its row in the document, and the symbols it contains, in source order."""

    view: View = field(repr=False)
    document: int
    row: int
    children: list[OutlineNode] = field(default_factory=list)

    @property
    def hit(self) -> Hit:
        """Where the symbol is defined."""
        return hit(self.view, symbol_ref(self.document, self.row))


def outline(view: View, document: int) -> list[OutlineNode]:
    """The document's top-level symbols, each with what it contains. Type parameters are left out."""
    symbols = view.glance(document).symbols
    nodes: dict[int, OutlineNode] = {}
    top: list[OutlineNode] = []
    kinds, parents = bytes(symbols.kind), list(symbols.parent)
    for _, _, row in sorted(zip(symbols.start, map(neg, symbols.end), range(len(kinds)), strict=True)):
        if row and kinds[row] != SymbolKind.TYPE_PARAMETER:
            nodes[row] = OutlineNode(view, document, row)
    for row, node in nodes.items():
        parent = nodes.get(parents[row])
        (top if parent is None else parent.children).append(node)
    return top
