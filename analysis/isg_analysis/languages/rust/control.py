"""Blocks, statements and control flow: where locals are bound, and from where on they are visible."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from tree_sitter import Node

from isg_analysis.languages.constructs import Parts
from isg_analysis.languages.rust.expressions import Expressions
from isg_analysis.model.facts import BindingFlag, ScopeKind
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op


class Control(Expressions):
    """Handlers of statements, blocks, conditions and loops."""

    def open_block(self, node: Node) -> int:
        """A BLOCK scope over the node's range."""
        return self.facts.scope(ScopeKind.BLOCK, self.scope, self.symbol, node.start_byte, node.end_byte)

    def expr_block(self, node: Node, parts: Parts) -> int:
        """`{ ... }` and `'a: { ... }`: the value of its last expression."""
        del parts
        with self.inside(self.open_block(node)):
            self._labels(node)
            return self.sequence(node)

    def expr_async(self, node: Node, parts: Parts) -> int:
        """`async { ... }`: a future of the block's value."""
        return self.facts.node(Op.DELAYED, self._last(node, parts))

    def sequence(self, node: Node) -> int:
        """Lower statements or items in the current scope; the value of a closing expression."""
        return self.sequence_of(node.named_children)

    @abstractmethod
    def sequence_of(self, children: Sequence[Node]) -> int:
        """As `sequence`. Items are told of the attributes and doc comments before them (see attributes.py)."""

    def statement_expression(self, node: Node, parts: Parts) -> int:
        """`x;` and a block-like expression without a semicolon, which may be the block's value."""
        value = self._last(node, parts)
        return -1 if self.text[node.end_byte - 1] == 0x3B else value

    def statement_let(self, node: Node, parts: Parts) -> int:
        """`let pattern: T = value else { ... };`: bound behind the statement."""
        del parts
        conditional = self.is_conditional()
        written = self.field(node, "type")
        given = node.child_by_field_name("value")
        if written >= 0 and given is not None:
            value = self.visit_wanted(given, (self.facts.node(Op.CAST, -1, written), 0))
        else:
            value = self.visit(given) if given is not None else -1
        self.field(node, "alternative")
        pattern = node.child_by_field_name("pattern")
        if pattern is not None:
            flags = BindingFlag.FALLBACK if conditional else 0
            self.pattern(pattern, type=written, value=value, visible=node.end_byte, flags=flags)
        return -1

    @abstractmethod
    def is_conditional(self) -> bool:
        """Whether a `#[cfg]` stands before the statement being lowered (see attributes.py)."""

    def expr_condition(self, node: Node, parts: Parts) -> int:
        """`let pattern = value` in a condition: visible behind it, in the scope the caller opened."""
        del parts
        value = self.field(node, "value")
        pattern = node.child_by_field_name("pattern")
        if pattern is not None:
            self.pattern(pattern, value=value, visible=node.end_byte)
        return self._literal("bool", "")

    def expr_if(self, node: Node, parts: Parts) -> int:
        """`if a { } else { }`: one of both values."""
        del parts
        with self.inside(self.open_block(node)):
            self.field(node, "condition")
            value = self.field(node, "consequence")
        other = self.field(node, "alternative")
        if other < 0:
            return value
        return self.facts.node(Op.UNION, self.facts.items([value, other]))

    def expr_match(self, node: Node, parts: Parts) -> int:
        """`match value { arms }`: one of the arms' values."""
        del parts
        value = self.field(node, "value")
        body = node.child_by_field_name("body")
        arms = self.children_of(body) if body is not None else []
        return self.facts.node(Op.UNION, self.facts.items([self._arm(arm, value) for arm in arms]))

    def _arm(self, node: Node, subject: int) -> int:
        pattern = node.child_by_field_name("pattern")
        if pattern is None:
            return self.visit(node)
        with self.inside(self.open_block(node)):
            inner = self.children_of(pattern)
            if inner:
                self.pattern(inner[0], value=subject)
            self.field(pattern, "condition")
            return self.field(node, "value")

    def expr_arm(self, node: Node, parts: Parts) -> int:
        """An arm outside a match, in broken code."""
        del parts
        return self._arm(node, -1) if node.child_by_field_name("pattern") is not None else self.descend(node)

    def expr_arms(self, node: Node, parts: Parts) -> int:
        """Arms outside a match, in broken code."""
        del parts
        return self.descend(node)

    def expr_while(self, node: Node, parts: Parts) -> int:
        """`'a: while condition { }`."""
        del parts
        with self.inside(self.open_block(node)):
            self._labels(node)
            self.field(node, "condition")
            self.field(node, "body")
        return self.facts.node(Op.TUPLE, self.facts.items([]))

    def expr_for(self, node: Node, parts: Parts) -> int:
        """`for pattern in value { }`: the pattern gets the value's items."""
        del parts
        with self.inside(self.open_block(node)):
            self._labels(node)
            value = self.field(node, "value")
            body = node.child_by_field_name("body")
            pattern = node.child_by_field_name("pattern")
            if pattern is not None:
                visible = body.start_byte if body is not None else node.end_byte
                self.pattern(pattern, value=self.facts.node(Op.ITEM, value), visible=visible)
            if body is not None:
                self.visit(body)
        return self.facts.node(Op.TUPLE, self.facts.items([]))

    def expr_loop(self, node: Node, parts: Parts) -> int:
        """`loop { }`: what it breaks with is not followed."""
        del parts
        with self.inside(self.open_block(node)):
            self._labels(node)
            self.field(node, "body")
        return self.facts.node(Op.UNKNOWN)

    def _labels(self, node: Node) -> None:
        for child in node.named_children:
            if self.label_of(child) == "expr.label":
                self.bind_label(child)

    def expr_label(self, node: Node, parts: Parts) -> int:
        """A label that `break` or `continue` names; what it stands before has bound its own."""
        del parts
        parent = node.parent
        if parent is None or self.label_of(parent) == "expr.break":
            self.name_node(node, Role.TYPE)
        return -1

    def expr_break(self, node: Node, parts: Parts) -> int:
        """`break 'a value`, `continue 'a`."""
        del parts
        self.descend(node)
        return self.facts.node(Op.NEVER)

    expr_return = expr_break
