"""Walking, names and paths: the ground the other lowering files stand on.

Roles carry the namespace: TYPE, BASE and DERIVE occurrences are looked up among types and modules, READ, WRITE
and CALL among values, MACRO among macros, IMPORT in all three. The segments before the last of a path are TYPE.
"""

from __future__ import annotations

from tree_sitter import Node

from isg_analysis.languages.constructs import Grammar, Parts
from isg_analysis.languages.lowering import MAX_DEPTH, Handler, Lowering
from isg_analysis.model.builder import FactsBuilder
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op

_NO_PARTS: Parts = {}
_LEAF_PATHS = frozenset({"expr.name", "expr.self", "type.name", "path.crate", "path.super"})


class Paths(Lowering):
    """Names and paths. Most Rust constructs are bare kinds whose parts are the grammar's fields: see README."""

    def __init__(self, grammar: Grammar, facts: FactsBuilder) -> None:
        super().__init__(grammar, facts)
        bare = grammar.bare
        self._by_kind: dict[int, Handler] = {kind: self._handlers[label] for kind, label in bare.items()}
        self._trivia = frozenset(kind for kind, label in bare.items() if label.startswith("trivia."))

    def release(self) -> None:
        """As in Lowering."""
        super().release()
        self._by_kind.clear()

    def visit(self, node: Node) -> int:
        """Lower one syntax node. Bare kinds skip the table of constructs."""
        handler = self._by_kind.get(node.kind_id)
        if handler is None:
            return super().visit(node)
        if self._depth > MAX_DEPTH:
            return self._too_deep(node)
        self._depth += 1
        value = handler(node, _NO_PARTS)
        self._depth -= 1
        return value

    def label_of(self, node: Node) -> str:
        """The label of a node; bare kinds first."""
        return self._bare.get(node.kind_id) or super().label_of(node)

    def children_of(self, node: Node) -> list[Node]:
        """The named children without comments and attributes."""
        trivia = self._trivia
        return [child for child in node.named_children if child.kind_id not in trivia]

    def field(self, node: Node, name: str) -> int:
        """Lower the child in that field; -1 without one."""
        child = node.child_by_field_name(name)
        return self.visit(child) if child is not None else -1

    def identifier(self, node: Node) -> str:
        """The name an identifier stands for: `r#type` is "type"."""
        name = self.text[node.start_byte : node.end_byte].decode()
        return name[2:] if name.startswith("r#") else name

    def name_node(self, node: Node, role: int = Role.READ) -> int:
        """A NAME node for an identifier looked up from the current scope."""
        start, end = node.start_byte, node.end_byte
        name = self.text[start:end].decode()
        if name.startswith("r#"):
            name = name[2:]
        return self.facts.named(Op.NAME, -1, start, end, name, role, self.scope)

    def path(self, node: Node, role: int) -> int:
        """Lower a path whose last segment has that role; other expressions and types as themselves."""
        label = self.label_of(node)
        if label in _LEAF_PATHS:
            return self.name_node(node, role)
        if label not in ("path.scoped", "path.generic"):
            return self.visit(node)
        if self._depth > MAX_DEPTH:
            return self._too_deep(node)
        self._depth += 1
        value = self._scoped(node, role) if label == "path.scoped" else self._generic(node, role)
        self._depth -= 1
        return value

    def _scoped(self, node: Node, role: int) -> int:
        prefix = node.child_by_field_name("path")
        base = self.path(prefix, Role.TYPE) if prefix is not None else -1
        name = node.child_by_field_name("name")
        if name is None:
            return base
        return self.facts.named(Op.PATH, base, name.start_byte, name.end_byte, self.identifier(name), role, self.scope)

    def _generic(self, node: Node, role: int) -> int:
        base = node.child_by_field_name("type")
        arguments = node.child_by_field_name("type_arguments")
        value = self.path(base, role) if base is not None else -1
        return self.facts.node(Op.GENERIC, value, self.visit(arguments) if arguments is not None else -1)

    def path_scoped(self, node: Node, parts: Parts) -> int:
        """`a::b` where no role is known from around: a value, unless types.py asks for a type."""
        del parts
        return self._scoped(node, self.path_role(node))

    def path_role(self, node: Node) -> int:
        """The role of a bare path: scoped type identifiers are types."""
        name = node.child_by_field_name("name")
        return Role.TYPE if name is not None and self.label_of(name) == "type.name" else Role.READ

    def path_generic(self, node: Node, parts: Parts) -> int:
        """`Vec<T>`."""
        del parts
        return self._generic(node, Role.TYPE)

    def path_bracketed(self, node: Node, parts: Parts) -> int:
        """`<T as Trait>` and `<T>` before `::`."""
        del parts
        inner = self.children_of(node)
        if not inner:
            return -1
        if self.label_of(inner[0]) == "path.qualified":
            return self.visit(inner[0])
        return self.facts.node(Op.QUALIFIED, self.visit(inner[0]), -1)

    def path_qualified(self, node: Node, parts: Parts) -> int:
        """`T as Trait`."""
        del parts
        subject = self.field(node, "type")
        return self.facts.node(Op.QUALIFIED, subject, self.field(node, "alias"))

    def path_crate(self, node: Node, parts: Parts) -> int:
        """`crate` as a segment."""
        del parts
        return self.name_node(node, Role.TYPE)

    def path_super(self, node: Node, parts: Parts) -> int:
        """`super` as a segment."""
        del parts
        return self.name_node(node, Role.TYPE)
