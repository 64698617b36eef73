"""Lowering of import statements: one binding per name, one imports row per module named."""

from __future__ import annotations

from tree_sitter import Node

from isg_analysis.languages.constructs import Parts
from isg_analysis.languages.python.frames import FramedLowering
from isg_analysis.model.facts import BindingFlag, BindingKind, ScopeKind
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op


class ImportLowering(FramedLowering):
    """Handlers of `import.*`."""

    def _flags(self) -> int:
        deferred = self.frame.kind not in (ScopeKind.MODULE, ScopeKind.CLASS)
        return self.import_flags | (BindingFlag.DEFERRED if deferred else 0)

    def _path(self, dotted: Node) -> list[int]:
        """The PATH nodes of a dotted name, outermost first."""
        nodes: list[int] = []
        for part in dotted.named_children:
            base = nodes[-1] if nodes else -1
            nodes.append(
                self.facts.named(
                    Op.PATH, base, part.start_byte, part.end_byte, self.source(part), Role.IMPORT, self.scope
                )
            )
        return nodes

    def import_module(self, node: Node, parts: Parts) -> int:
        """`import a.b, c as d`: without `as`, the first component is what gets bound."""
        facts, dots = self.facts, self.facts.string("")
        del parts
        for named in self.children(node):
            dotted, alias = self._renamed(named)
            path = self._path(dotted)
            if not path:
                continue
            whole = facts.node(Op.IMPORT_MODULE, path[-1], dots)
            facts.import_statement(node.start_byte, node.end_byte, self.scope, whole, self._flags())
            if alias is not None:
                occurrence = self._alias(alias, whole)
                self.import_binding(self.source(alias), occurrence, whole)
            else:
                occurrence = facts.occurrence_of(path[0])
                first = whole if len(path) == 1 else facts.node(Op.IMPORT_MODULE, path[0], dots)
                self.import_binding(self.source(dotted.named_children[0]), occurrence, first)
        return -1

    def _renamed(self, named: Node) -> tuple[Node, Node | None]:
        """(dotted name, the name after `as`)."""
        if self.label_of(named) != "import.aliased":
            return named, None
        children = self.children(named)
        return children[0], children[-1]

    def _alias(self, alias: Node, node: int) -> int:
        name = self.source(alias)
        return self.facts.occurrence(alias.start_byte, alias.end_byte, name, Role.IMPORT, self.scope, node)

    def import_from(self, node: Node, parts: Parts) -> int:
        """`from m import a, b as c`."""
        del parts
        first, *names = self.children(node)
        facts, module = self.facts, self._module(first)
        for named in names:
            if self.label_of(named) == "import.star":
                self._star(node, module)
                continue
            dotted, alias = self._renamed(named)
            for name_node in dotted.named_children[:1]:
                name = self.source(name_node)
                value = facts.named(
                    Op.IMPORT_FROM, module, name_node.start_byte, name_node.end_byte, name, Role.IMPORT, self.scope
                )
                facts.import_statement(node.start_byte, node.end_byte, self.scope, value, self._flags())
                occurrence = facts.occurrence_of(value)
                if alias is not None:
                    name = self.source(alias)
                    occurrence = self._alias(alias, value)
                self.import_binding(name, occurrence, value)
        return -1

    def _star(self, node: Node, module: int) -> None:
        """`from m import *`."""
        self.facts.import_statement(node.start_byte, node.end_byte, self.scope, module, self._flags())
        flags = self._flags() | BindingFlag.REEXPORT
        self.facts.binding(BindingKind.GLOB, self.frame.scope, "*", value=module, flags=flags, visible=node.end_byte)

    def _module(self, node: Node) -> int:
        """IMPORT_MODULE of what stands after `from`."""
        dots, path = "", -1
        parts = [node] if self.label_of(node) != "import.relative" else node.named_children
        for part in parts:
            if self.label_of(part) == "import.dots":
                dots = self.source(part).replace(" ", "")
            else:
                path = (self._path(part) or [-1])[-1]
        return self.facts.node(Op.IMPORT_MODULE, path, self.facts.string(dots))

    def import_aliased(self, node: Node, parts: Parts) -> int:
        """A renamed import outside a statement (broken code)."""
        return self.import_dotted(self._renamed(node)[0], parts)

    def import_dotted(self, node: Node, parts: Parts) -> int:
        """A dotted name that is read: in match patterns."""
        del parts
        value = -1
        for child in node.named_children:
            start, end = child.start_byte, child.end_byte
            op = Op.NAME if value < 0 else Op.MEMBER
            value = self.facts.named(op, value, start, end, self.source(child), Role.READ, self.scope)
        return value

    import_relative = import_dots = import_star = FramedLowering.leaf_ignored
