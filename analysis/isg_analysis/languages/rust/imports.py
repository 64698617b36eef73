"""`use` trees, `mod x;` and `extern crate`.

Each leaf of a `use` tree is one IMPORT binding whose value is IMPORT_PATH(path); a `*` is a GLOB binding whose value
is the path before it. `mod x;` is an IMPORT binding whose value is IMPORT_MODULE(name, string of #[path] or -1).
`extern crate x` is an IMPORT binding whose value is IMPORT_PATH(PATH(-1, x)).
The NAME that a tree starts with has LEADING for its second operand.
"""

from __future__ import annotations

from tree_sitter import Node

from isg_analysis.languages.constructs import Parts
from isg_analysis.languages.lowering import MAX_DEPTH
from isg_analysis.languages.rust.attributes import Attributes
from isg_analysis.languages.rust.marks import LEADING
from isg_analysis.languages.rust.signatures import Signatures
from isg_analysis.model.facts import BindingFlag, BindingKind, ScopeKind
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op

MACRO_USE = BindingFlag.AUGMENTED
"""On a `mod x;` or `extern crate` binding: `#[macro_use]` stands before it."""


class Imports(Signatures):
    """Handlers of `import.*` and `use.*`."""

    _import_flags = 0

    def import_use(self, node: Node, parts: Parts) -> int:
        """A `use` declaration."""
        del parts
        self._import_flags = self._flags_of(node, self.attributes())
        tree = node.child_by_field_name("argument")
        if tree is not None:
            self._tree(tree, -1)
        return -1

    def _flags_of(self, node: Node, found: Attributes) -> int:
        flags = 0
        for child in node.named_children:
            if self.label_of(child) == "item.visibility":
                self.visit(child)
                flags |= BindingFlag.REEXPORT
                if child.end_byte - child.start_byte > 3:
                    flags |= BindingFlag.RESTRICTED
        columns = self.facts.columns["scopes"]["kind"]
        if columns[self.scope] != ScopeKind.MODULE:
            flags |= BindingFlag.DEFERRED
        if found.flags:
            flags |= BindingFlag.FALLBACK
        return flags

    def _tree(self, node: Node, base: int, module: str = "", depth: int = 0) -> None:
        """Lower one node of a `use` tree under the path `base` (-1: the root), whose last segment is `module`."""
        if depth > MAX_DEPTH:
            self._too_deep(node)
            return
        label = self.label_of(node)
        if label == "use.scoped":
            prefix = node.child_by_field_name("path")
            if prefix is not None:
                base = self._segments(prefix, base, Role.TYPE)
                module = self._last_segment(prefix)
            tree = node.child_by_field_name("list")
            if tree is not None:
                self._tree(tree, base, module, depth + 1)
        elif label == "use.list":
            for child in self.children_of(node):
                self._tree(child, base, module, depth + 1)
        elif label == "use.glob":
            self._glob(node, base)
        elif label == "use.alias":
            self._alias(node, base)
        else:
            self._leaf(node, base, module)

    def _segments(self, node: Node, base: int, role: int, depth: int = 0) -> int:
        """A path inside a `use` tree, continued from `base`."""
        if depth > MAX_DEPTH:
            return self._too_deep(node)
        if self.label_of(node) != "path.scoped":
            op = Op.NAME if base < 0 else Op.PATH
            start, end = node.start_byte, node.end_byte
            path = self.facts.named(op, base, start, end, self.identifier(node), role, self.scope)
            if base < 0:
                self.facts.columns["nodes"]["b"][path] = LEADING
            return path
        prefix, name = node.child_by_field_name("path"), node.child_by_field_name("name")
        if prefix is not None:
            base = self._segments(prefix, base, Role.TYPE, depth + 1)
        if name is None:
            return base
        return self.facts.named(Op.PATH, base, name.start_byte, name.end_byte, self.identifier(name), role, self.scope)

    def _leaf(self, node: Node, base: int, module: str) -> None:
        if self.label_of(node) == "expr.self" and base >= 0:
            self._own(node, base, module)
            return
        path = self._segments(node, base, Role.IMPORT)
        self._bind_import(self._last_segment(node), path, node, self.facts.occurrence_of(path))

    def _own(self, node: Node, base: int, name: str) -> None:
        """`a::{self}`: the module itself, bound under `name`."""
        self.facts.occurrence(node.start_byte, node.end_byte, "self", Role.IMPORT, self.scope, base)
        self._bind_import(name, base, node, -1)

    def _alias(self, node: Node, base: int) -> None:
        source, alias = node.child_by_field_name("path"), node.child_by_field_name("alias")
        if source is None or alias is None:
            return
        name = self.identifier(alias)
        own = self.label_of(source) == "expr.self" and base >= 0
        if own:
            self._own(source, base, name)
            path = base
        else:
            path = self._segments(source, base, Role.IMPORT)
        if name == "_":
            self._bind_import("_", path, node, -1, BindingFlag.ANONYMOUS)
            return
        value = self.facts.node(Op.IMPORT_PATH, path)
        at = self.facts.occurrence(alias.start_byte, alias.end_byte, name, Role.IMPORT, self.scope, value)
        if not own:
            self._bind_import(name, path, node, at)

    def _glob(self, node: Node, base: int) -> None:
        for child in self.children_of(node):
            base = self._segments(child, base, Role.TYPE)
        self.facts.binding(BindingKind.GLOB, self.scope, "*", value=base, flags=self._import_flags)
        path = self.facts.node(Op.IMPORT_PATH, base)
        self.facts.import_statement(node.start_byte, node.end_byte, self.scope, path, self._import_flags)

    def _bind_import(self, name: str, path: int, node: Node, at: int, flags: int = 0) -> None:
        flags |= self._import_flags
        value = self.facts.node(Op.IMPORT_PATH, path)
        self.facts.binding(BindingKind.IMPORT, self.scope, name, occurrence=at, value=value, flags=flags)
        self.facts.import_statement(node.start_byte, node.end_byte, self.scope, value, flags)

    def _last_segment(self, node: Node) -> str:
        name = node.child_by_field_name("name") if self.label_of(node) == "path.scoped" else node
        return self.identifier(name) if name is not None else ""

    def import_crate(self, node: Node, parts: Parts) -> int:
        """`extern crate a as b;`."""
        del parts
        found = self.attributes()
        self._import_flags = self._flags_of(node, found) | (MACRO_USE if found.macro_use is not None else 0)
        name, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
        if name is None:
            return -1
        shown = self.identifier(name)
        path = self.facts.named(Op.PATH, -1, name.start_byte, name.end_byte, shown, Role.IMPORT, self.scope)
        at = self.facts.occurrence_of(path)
        if found.macro_use is not None:
            self.macros_named(found.macro_use, path)
        if alias is not None:
            value = self.facts.node(Op.IMPORT_PATH, path)
            shown = self.identifier(alias)
            at = self.facts.occurrence(alias.start_byte, alias.end_byte, shown, Role.IMPORT, self.scope, value)
        self._bind_import(shown, path, node, at)
        return -1

    def module_file(self, node: Node, name: Node, found: Attributes) -> None:
        """`mod x;`: the module whose text is another file."""
        self._import_flags = self._flags_of(node, found) | (MACRO_USE if found.macro_use is not None else 0)
        shown = self.identifier(name)
        written = self.facts.string(found.path) if found.path else -1
        at = self.facts.occurrence(name.start_byte, name.end_byte, shown, Role.IMPORT, self.scope)
        target = self.facts.node(Op.NAME, at)
        value = self.facts.node(Op.IMPORT_MODULE, target, written)
        self.facts.columns["occurrences"]["node"][at] = value
        flags = self._import_flags
        self.facts.binding(BindingKind.IMPORT, self.scope, shown, occurrence=at, value=value, flags=flags)
        self.facts.import_statement(node.start_byte, node.end_byte, self.scope, value, flags)

    def use_tree(self, node: Node, parts: Parts) -> int:
        """A part of a `use` tree outside of one, in broken code."""
        del parts
        return self.descend(node)

    use_scoped = use_list = use_alias = use_glob = use_tree
