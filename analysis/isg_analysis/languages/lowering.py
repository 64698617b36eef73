"""Lowering: walks one parsed tree and turns its constructs into facts.

A pack subclasses Lowering and has one method per label of its queries: label `expr.call` is handled
by `expr_call(node, parts)`. A handler returns the number of the node (see `model.ops`) that stands
for the construct's value, or -1; statements return -1. Nodes that no query labels are descended
into: one with a single named child passes its child's value through, as parentheses do.

Bounded: nesting deeper than MAX_DEPTH is reported and left out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tree_sitter import Node

from isg_analysis.languages.constructs import Grammar, Parts
from isg_analysis.model.builder import FactsBuilder
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op

MAX_DEPTH = 1500
_ERROR_KIND = 65535
_NO_PARTS: Parts = {}

Handler = Callable[[Node, Parts], int]


class Lowering:
    """State of one extraction. `scope` and `symbol` are where the walk is now."""

    def __init__(self, grammar: Grammar, facts: FactsBuilder) -> None:
        """`facts`: what gets the rows; its text is the document as valid UTF-8."""
        sys.setrecursionlimit(max(sys.getrecursionlimit(), MAX_DEPTH * 5 + 1000))
        self.text = facts.text
        self.facts = facts
        self.scope = 0
        self.symbol = 0
        self._depth = 0
        self._grammar = grammar
        self._bare = grammar.bare
        self._handlers: dict[str, Handler] = {label: getattr(self, label.replace(".", "_")) for label in grammar.labels}
        self._constructs: dict[int, tuple[str, Parts]] = {}

    def run(self) -> bytes:
        """The packed facts of the text."""
        self.lower(self._grammar.tree(self.text).root_node)
        self.release()
        return self.facts.pack()

    def lower(self, root: Node) -> None:
        """Turn a parsed document into facts."""
        self._constructs = self._grammar.constructs(root)
        self.document(root)

    def release(self) -> None:
        """Break the cycle between the handlers and this object, so that the tree is freed at once."""
        self._handlers.clear()

    def document(self, root: Node) -> None:
        """Lower the whole document; packs override it to frame the walk."""
        self.visit(root)

    def visit(self, node: Node) -> int:
        """Lower one syntax node; its value's node or -1."""
        found = self._constructs.get(node.id)
        if found is None:
            label = self._bare.get(node.kind_id)
            if label is None:
                return self.descend(node)
            return self._handlers[label](node, _NO_PARTS)
        if self._depth > MAX_DEPTH:
            return self._too_deep(node)
        self._depth += 1
        try:
            return self._handlers[found[0]](node, found[1])
        finally:
            self._depth -= 1

    def descend(self, node: Node) -> int:
        """Lower the named children; the value of an only child, else -1."""
        if self._depth > MAX_DEPTH:
            return self._too_deep(node)
        self._depth += 1
        value = -1
        children = node.named_children
        for child in children:
            value = self.visit(child)
        self._depth -= 1
        if node.kind_id == _ERROR_KIND:
            self.facts.error(node.start_byte, "syntax error")
        return value if len(children) == 1 else -1

    def label_of(self, node: Node) -> str:
        """The label the queries give a node, or ""."""
        found = self._constructs.get(node.id)
        return found[0] if found else self._bare.get(node.kind_id, "")

    def parts_of(self, node: Node) -> Parts:
        """The parts of a labelled node."""
        found = self._constructs.get(node.id)
        return found[1] if found else _NO_PARTS

    def source(self, node: Node) -> str:
        """The text of a node."""
        return self.text[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def name_node(self, node: Node, role: int = Role.READ) -> int:
        """A NAME node for an identifier looked up from the current scope."""
        return self.facts.named(Op.NAME, -1, node.start_byte, node.end_byte, self.source(node), role, self.scope)

    def leaf_ignored(self, node: Node, parts: Parts) -> int:
        """Handler of `leaf.ignored`: what is not looked into."""
        del node, parts
        return -1

    @contextmanager
    def inside(self, scope: int, symbol: int | None = None) -> Iterator[None]:
        """Walk with another current scope (and symbol)."""
        before = self.scope, self.symbol
        self.scope = scope
        if symbol is not None:
            self.symbol = symbol
        try:
            yield
        finally:
            self.scope, self.symbol = before

    def _too_deep(self, node: Node) -> int:
        self.facts.error(node.start_byte, f"nested deeper than {MAX_DEPTH} levels: the inner part is left out")
        return -1
