"""Types, bounds and generics in type position."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest

from tree_sitter import Node

from isg_analysis.languages.constructs import Parts
from isg_analysis.languages.rust.marks import MUTABLE
from isg_analysis.languages.rust.paths import Paths
from isg_analysis.model.facts import BindingKind, ScopeKind
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op

PRIMITIVE = "primitive"
"""The LITERAL kind of `str`, `u8` ... in type position; the second operand is the name."""


class Types(Paths):
    """Handlers of `type.*` and `generic.bounds`: each gives the node of the type."""

    def type_name(self, node: Node, parts: Parts) -> int:
        """A simple type name, or `_`."""
        del parts
        if node.end_byte - node.start_byte == 1 and self.text[node.start_byte] == 0x5F:
            return self.facts.node(Op.INFER)
        return self.name_node(node, Role.TYPE)

    def type_primitive(self, node: Node, parts: Parts) -> int:
        """`u8`, `str`, `bool` ..."""
        del parts
        return self.facts.node(Op.LITERAL, self.facts.string(PRIMITIVE), self.facts.string(self.source(node)))

    def type_reference(self, node: Node, parts: Parts) -> int:
        """`&'a T`, `&'a mut T`."""
        return self.facts.node(Op.REF, self._last(node, parts), self.changes(node))

    def changes(self, node: Node) -> int:
        """MUTABLE for `&mut`, else -1."""
        words = (child for child in node.named_children if self.label_of(child) == "leaf.ignored")
        return MUTABLE if any(self.text[word.start_byte : word.end_byte] == b"mut" for word in words) else -1

    def type_pointer(self, node: Node, parts: Parts) -> int:
        """`*const T`."""
        return self.facts.node(Op.POINTER, self._last(node, parts))

    def type_slice(self, node: Node, parts: Parts) -> int:
        """`[T]` and `[T; N]`."""
        del parts
        element = self.field(node, "element")
        self.field(node, "length")
        return self.facts.node(Op.SLICE, element)

    def type_tuple(self, node: Node, parts: Parts) -> int:
        """`(A, B)`."""
        del parts
        return self.facts.node(Op.TUPLE, self.facts.items([self.visit(child) for child in self.children_of(node)]))

    def type_unit(self, node: Node, parts: Parts) -> int:
        """`()`."""
        del node, parts
        return self.facts.node(Op.TUPLE, self.facts.items([]))

    def type_never(self, node: Node, parts: Parts) -> int:
        """`!`."""
        del node, parts
        return self.facts.node(Op.NEVER)

    def type_function(self, node: Node, parts: Parts) -> int:
        """`fn(A) -> B`, and `Fn(A) -> B` as GENERIC over the trait with one FUNCTION_TYPE argument."""
        del parts
        with self.lifetimes_of(node):
            return self._function_type(node)

    @contextmanager
    def lifetimes_of(self, node: Node) -> Iterator[None]:
        """Walk a construct in sight of the lifetimes that `for<'a>` in front of it binds."""
        bound = [child for child in node.named_children if self.label_of(child) == "type.lifetimes"]
        if not bound:
            yield
            return
        scope = self.facts.scope(ScopeKind.TYPE_PARAMETERS, self.scope, self.symbol, node.start_byte, node.end_byte)
        with self.inside(scope):
            self.visit(bound[0])
            yield

    def _function_type(self, node: Node) -> int:
        trait = node.child_by_field_name("trait")
        base = self.path(trait, Role.TYPE) if trait is not None else -1
        parameters = node.child_by_field_name("parameters")
        taken = [self._parameter_type(child) for child in self.children_of(parameters)] if parameters else []
        returned = self.field(node, "return_type")
        function = self.facts.node(Op.FUNCTION_TYPE, self.facts.items(taken), returned)
        return function if trait is None else self.facts.node(Op.GENERIC, base, self.facts.items([function]))

    def _parameter_type(self, node: Node) -> int:
        if self.label_of(node) != "parameter.plain":
            return self.visit(node)
        return self.field(node, "type")

    def type_dynamic(self, node: Node, parts: Parts) -> int:
        """`dyn Trait`."""
        return self.facts.node(Op.DYN, self.facts.items([self._last(node, parts)]))

    def type_abstract(self, node: Node, parts: Parts) -> int:
        """`impl Trait`."""
        return self.facts.node(Op.IMPL, self.facts.items([self._last(node, parts)]))

    def type_bounded(self, node: Node, parts: Parts) -> int:
        """`dyn A + B`, `impl A + 'a`: the further bounds join the first one's list."""
        del parts
        bounds: list[int] = []
        op = Op.DYN
        columns = self.facts.columns["nodes"]
        for child in self.children_of(node):
            value = self.visit(child)
            if value >= 0 and columns["op"][value] in (Op.DYN, Op.IMPL):
                op = Op(columns["op"][value])
                bounds += self.facts.children(columns["a"][value])
            elif value >= 0:
                bounds.append(value)
        return self.facts.node(op, self.facts.items(bounds))

    def type_removed(self, node: Node, parts: Parts) -> int:
        """`?Sized`: promises nothing."""
        self.descend(node)
        del parts
        return -1

    def type_ranked(self, node: Node, parts: Parts) -> int:
        """`for<'a> Trait<'a>`."""
        del parts
        with self.ranked(node, node):
            return self.field(node, "type")

    @contextmanager
    def ranked(self, node: Node, around: Node) -> Iterator[None]:
        """Walk `around` in sight of what the `for<'a>` of a higher-ranked type binds."""
        scope = self.facts.scope(ScopeKind.TYPE_PARAMETERS, self.scope, self.symbol, around.start_byte, around.end_byte)
        with self.inside(scope):
            parameters = node.child_by_field_name("type_parameters")
            if parameters is not None:
                self.visit(parameters)
            yield

    def type_lifetimes(self, node: Node, parts: Parts) -> int:
        """`for<'a>` before a function pointer."""
        del parts
        for child in self.children_of(node):
            self.bind_label(child)
        return -1

    def type_arguments(self, node: Node, parts: Parts) -> int:
        """`<A, 'a, Item = B, Item: Bound>`: a LIST without the lifetimes."""
        del parts
        out = []
        children = self.children_of(node)
        for child, following in zip_longest(children, children[1:]):
            label = self.label_of(child)
            if following is not None and self.label_of(following) == "generic.bounds":
                value = self._bounded(child, following)
            else:
                value = self.visit(child) if label != "generic.bounds" else -1
            if label not in ("type.lifetime", "generic.bounds"):
                out.append(value)
        return self.facts.items(out)

    def _bounded(self, name: Node, bounds: Node) -> int:
        """`Item: Bound` in generic arguments: as if it were some type that is bound so."""
        value = self.facts.node(Op.IMPL, self.visit(bounds))
        if self.label_of(name) != "type.name":
            return self.visit(name)
        shown = self.identifier(name)
        return self.facts.named(Op.ASSOCIATED, value, name.start_byte, name.end_byte, shown, Role.KEYWORD, self.scope)

    def type_binding(self, node: Node, parts: Parts) -> int:
        """`Item = T` in generic arguments."""
        del parts
        name = node.child_by_field_name("name")
        value = self.field(node, "type")
        if name is None:
            return value
        return self.facts.named(
            Op.ASSOCIATED, value, name.start_byte, name.end_byte, self.identifier(name), Role.KEYWORD, self.scope
        )

    def type_lifetime(self, node: Node, parts: Parts) -> int:
        """A use of `'a`."""
        del parts
        self.name_node(node, Role.TYPE)
        return -1

    def bind_label(self, node: Node) -> None:
        """`'a` as a lifetime parameter or loop label, in the current scope."""
        name = self.source(node).rstrip(":").rstrip()
        if not name.startswith("'"):
            return
        end = node.start_byte + len(name.encode())
        at = self.facts.occurrence(node.start_byte, end, name, Role.DEFINITION, self.scope)
        self.facts.binding(BindingKind.LABEL, self.scope, name, occurrence=at)

    def generic_bounds(self, node: Node, parts: Parts) -> int:
        """`: A + 'a + B`: the LIST of traits."""
        del parts
        values = [self.visit(child) for child in self.children_of(node)]
        return self.facts.items([value for value in values if value >= 0])

    def _last(self, node: Node, parts: Parts) -> int:
        del parts
        value = -1
        for child in self.children_of(node):
            value = self.visit(child)
        return value
