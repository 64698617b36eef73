"""Expressions: calls, members, literals, closures. Control flow is in control.py, macros in macros.py."""

from __future__ import annotations

from abc import ABC, abstractmethod

from tree_sitter import Node

from isg_analysis.languages.constructs import Parts
from isg_analysis.languages.rust.patterns import Patterns
from isg_analysis.model.facts import BindingKind, ScopeKind
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op

_NOWHERE = (-1, 0)
_HOLDING = frozenset({"expr.closure", "expr.reference", "expr.call"})
"""Closures, and what may hold one."""
_HOLDERS = frozenset({"Box::new", "Rc::new", "Arc::new", "Box::pin", "Some"})
"""Calls that are wanted for what their argument is wanted for."""


class Expressions(Patterns, ABC):
    """Handlers of `expr.*` that open no block, and of `literal.*`."""

    _wanted = _NOWHERE
    """What the expression that is visited next is wanted for: see `visit_wanted`."""
    _at_end = (-1, _NOWHERE)
    """The expression that a function's body ends with, and what it is wanted for."""

    def visit_wanted(self, node: Node, place: tuple[int, int]) -> int:
        """Lower an expression that may be, or hold, a closure. What that takes is known from its place: the CALL it is
        an argument of with its index, the CAST to a type that is written for it, or the FIELD_OF that it fills.
        """
        if self._bare.get(node.kind_id) in _HOLDING:
            self._wanted = place
        value = self.visit(node)
        self._wanted = _NOWHERE
        return value

    def _taken_place(self, node: Node) -> tuple[int, int]:
        place, self._wanted = self._wanted, _NOWHERE
        last, wanted = self._at_end
        return wanted if place == _NOWHERE and node.id == last else place

    def body_wanted(self, body: Node, written: int) -> None:
        """Lower a function's body, whose value is wanted as a type."""
        before, children = self._at_end, body.named_children
        if written >= 0 and children and self._bare.get(children[-1].kind_id) in _HOLDING:
            self._at_end = children[-1].id, (self.facts.node(Op.CAST, -1, written), 0)
        self.sequence(body)
        self._at_end = before

    @abstractmethod
    def sequence(self, node: Node) -> int:
        """See Control."""

    def expr_name(self, node: Node, parts: Parts) -> int:
        """A simple name used as a value."""
        del parts
        start, end = node.start_byte, node.end_byte
        name = self.text[start:end].decode()
        if name.startswith("r#"):
            name = name[2:]
        return self.facts.named(Op.NAME, -1, start, end, name, Role.READ, self.scope)

    def expr_self(self, node: Node, parts: Parts) -> int:
        """`self` as a value; as a path segment it is lowered by `path`."""
        del parts
        return self.facts.named(Op.NAME, -1, node.start_byte, node.end_byte, "self", Role.READ, self.scope)

    def expr_call(self, node: Node, parts: Parts) -> int:
        """`f(x)`, `a.f(x)`, `T::f(x)`."""
        del parts
        function = node.child_by_field_name("function")
        place = self._taken_place(node)
        if place != _NOWHERE and (function is None or self.source(function) not in _HOLDERS):
            place = _NOWHERE
        callee = self.callee(function) if function is not None else -1
        call = self.facts.node(Op.CALL, callee, -1)
        arguments = node.child_by_field_name("arguments")
        if arguments is not None:
            self.facts.columns["nodes"]["b"][call] = self._arguments(arguments, call, place)
        return call

    def callee(self, node: Node) -> int:
        """Lower what is called; its last name gets the role CALL."""
        label = self.label_of(node)
        if label == "expr.member":
            return self._member(node, Role.CALL)
        if label == "expr.generic":
            return self._generic_function(node, Role.CALL)
        return self.path(node, Role.CALL)

    def _arguments(self, node: Node, call: int, place: tuple[int, int] = _NOWHERE) -> int:
        """The LIST of arguments; closures among them know the call that gives them their parameters, or what a box
        around them is wanted for.
        """
        values = []
        for index, child in enumerate(self.children_of(node)):
            values.append(self.visit_wanted(child, (call, index) if place == _NOWHERE else place))
        return self.facts.items(values)

    def expr_arguments(self, node: Node, parts: Parts) -> int:
        """Arguments outside a call, in broken code."""
        del parts
        return self._arguments(node, -1)

    def expr_member(self, node: Node, parts: Parts) -> int:
        """`x.field`, `x.0`."""
        del parts
        return self._member(node, Role.READ)

    def _member(self, node: Node, role: int) -> int:
        base = self.field(node, "value")
        name = node.child_by_field_name("field")
        if name is None:
            return base
        return self.facts.named(
            Op.MEMBER, base, name.start_byte, name.end_byte, self.identifier(name), role, self.scope
        )

    def expr_generic(self, node: Node, parts: Parts) -> int:
        """`f::<T>` that is not called."""
        del parts
        return self._generic_function(node, Role.READ)

    def _generic_function(self, node: Node, role: int) -> int:
        function = node.child_by_field_name("function")
        if function is None:
            return -1
        member = self.label_of(function) == "expr.member"
        base = self._member(function, role) if member else self.path(function, role)
        return self.facts.node(Op.GENERIC, base, self.field(node, "type_arguments"))

    def expr_struct(self, node: Node, parts: Parts) -> int:
        """`S { x, y: 1, ..rest }`."""
        del parts
        head = node.child_by_field_name("name")
        path = self.path(head, Role.TYPE) if head is not None else -1
        struct = self.facts.node(Op.STRUCT, path, -1)
        body = node.child_by_field_name("body")
        fields = [self._initializer(child, path) for child in self.children_of(body)] if body is not None else []
        self.facts.columns["nodes"]["b"][struct] = self.facts.items(fields)
        return struct

    def _initializer(self, node: Node, path: int) -> int:
        """One field of a literal: KEYWORD(value, occurrence); the occurrence's node is FIELD_OF the struct's path."""
        label = self.label_of(node)
        if label == "expr.initializer":
            name = node.child_by_field_name("field")
            if name is None:
                return -1
            field = self.facts.named(
                Op.FIELD_OF, path, name.start_byte, name.end_byte, self.identifier(name), Role.KEYWORD, self.scope
            )
            given = node.child_by_field_name("value")
            value = self.visit_wanted(given, (field, 0)) if given is not None else -1
            return self.facts.node(Op.KEYWORD, value, self.facts.occurrence_of(field))
        if label == "expr.shorthand":
            name = self.children_of(node)[-1]
            field = self.facts.named(
                Op.FIELD_OF, path, name.start_byte, name.end_byte, self.identifier(name), Role.KEYWORD, self.scope
            )
            return self.facts.node(Op.KEYWORD, self.name_node(name, Role.READ), self.facts.occurrence_of(field))
        return self.visit(node)

    def expr_rest(self, node: Node, parts: Parts) -> int:
        """`..base` in a struct literal."""
        del parts
        return self.descend(node)

    expr_initializer = expr_shorthand = expr_rest

    def expr_index(self, node: Node, parts: Parts) -> int:
        """`a[i]`."""
        del parts
        values = [self.visit(child) for child in self.children_of(node)]
        return self.facts.node(Op.INDEX, values[0], values[-1]) if values else -1

    def expr_try(self, node: Node, parts: Parts) -> int:
        """`x?`."""
        return self.facts.node(Op.TRY, self._last(node, parts))

    def expr_await(self, node: Node, parts: Parts) -> int:
        """`x.await`."""
        return self.facts.node(Op.AWAIT, self._last(node, parts))

    def expr_reference(self, node: Node, parts: Parts) -> int:
        """`&x`, `&mut x`."""
        del parts
        place, inner = self._taken_place(node), node.child_by_field_name("value")
        value = self.visit_wanted(inner, place) if inner is not None else -1
        return self.facts.node(Op.REF, value, self.changes(node))

    def expr_unary(self, node: Node, parts: Parts) -> int:
        """`*x`, `!x`, `-x`."""
        value = self._last(node, parts)
        operator = chr(self.text[node.start_byte])
        if operator == "*":
            return self.facts.node(Op.DEREF, value)
        return self.facts.node(Op.UNARY, value, self.facts.string(operator))

    def expr_binary(self, node: Node, parts: Parts) -> int:
        """`a + b`."""
        del parts
        operator = node.child_by_field_name("operator")
        shown = self.source(operator) if operator is not None else ""
        values = [self.field(node, "left"), self.field(node, "right")]
        return self.facts.node(Op.BINARY, self.facts.items(values), self.facts.string(shown))

    def expr_assignment(self, node: Node, parts: Parts) -> int:
        """`a = b`, `a += b`: the assigned name is written."""
        del parts
        left = self.field(node, "left")
        at = self.facts.occurrence_of(left)
        if at >= 0 and self.facts.columns["occurrences"]["role"][at] == Role.READ:
            self.facts.role(at, Role.WRITE)
        self.field(node, "right")
        return self.facts.node(Op.TUPLE, self.facts.items([]))

    def expr_range(self, node: Node, parts: Parts) -> int:
        """`a..b`: both ends, -1 for one that is not written; the second operand is 1 for `a..=b`."""
        del parts
        ends, inclusive = [-1, -1], 0
        side = 0
        for child in node.children:
            if child.is_named and child.kind_id not in self._trivia:
                ends[side] = self.visit(child)
            elif (operator := self.text[child.start_byte : child.end_byte]).startswith(b".."):
                side, inclusive = 1, int(operator == b"..=")
        return self.facts.node(Op.RANGE, self.facts.items(ends), inclusive)

    def expr_tuple(self, node: Node, parts: Parts) -> int:
        """`(a, b)`."""
        del parts
        return self.facts.node(Op.TUPLE, self.facts.items([self.visit(child) for child in self.children_of(node)]))

    def expr_unit(self, node: Node, parts: Parts) -> int:
        """`()`."""
        del node, parts
        return self.facts.node(Op.TUPLE, self.facts.items([]))

    def expr_array(self, node: Node, parts: Parts) -> int:
        """`[a, b]` and `[a; n]`."""
        del parts
        values = [self.visit(child) for child in self.children_of(node)]
        if node.child_by_field_name("length") is not None:
            values = values[:1]
        return self.facts.node(Op.ARRAY, self.facts.items(values), self.facts.string("array"))

    def expr_cast(self, node: Node, parts: Parts) -> int:
        """`x as T`."""
        del parts
        value = self.field(node, "value")
        return self.facts.node(Op.CAST, value, self.field(node, "type"))

    def expr_closure(self, node: Node, parts: Parts) -> int:
        """`|x| body`: parameters without a type take it from what the closure is wanted for."""
        del parts
        wanted, argument = self._taken_place(node)
        scope = self.facts.scope(ScopeKind.LAMBDA, self.scope, self.symbol, node.start_byte, node.end_byte)
        with self.inside(scope):
            parameters = node.child_by_field_name("parameters")
            for index, child in self._placed(parameters):
                given = self.facts.node(Op.PARAMETER_OF, wanted, argument << 8 | index) if wanted >= 0 else -1
                self._closure_parameter(child, given)
            declared = self.field(node, "return_type")
            body = self.field(node, "body")
        if declared >= 0:
            body = self.facts.node(Op.CAST, body, declared)
        return self.facts.node(Op.LAMBDA, scope, body)

    def _placed(self, parameters: Node | None) -> list[tuple[int, Node]]:
        """Closure parameters with their index; `_` is a token, so the commas are counted."""
        out, index = [], 0
        for child in parameters.children if parameters is not None else []:
            if child.is_named and child.kind_id not in self._trivia:
                out.append((index, child))
            elif self.text[child.start_byte : child.end_byte] == b",":
                index += 1
        return out

    def _closure_parameter(self, node: Node, given: int) -> None:
        if self.label_of(node) == "parameter.plain":
            pattern = node.child_by_field_name("pattern")
            written = self.field(node, "type")
            if pattern is not None:
                self.pattern(pattern, type=written, value=given, kind=BindingKind.PARAMETER)
        else:
            self.pattern(node, value=given, kind=BindingKind.PARAMETER)

    def literal_number(self, node: Node, parts: Parts) -> int:
        """`1`, `1u8`, `2.5`."""
        del parts
        return self._literal("number", self.source(node))

    def literal_string(self, node: Node, parts: Parts) -> int:
        """`"x"`, `r"x"`, `b"x"`."""
        del parts
        return self._literal("bytes" if self.text[node.start_byte] == 0x62 else "str", "")

    def literal_char(self, node: Node, parts: Parts) -> int:
        """`'x'`."""
        del node, parts
        return self._literal("char", "")

    def literal_bool(self, node: Node, parts: Parts) -> int:
        """`true`."""
        del node, parts
        return self._literal("bool", "")

    def _literal(self, kind: str, text: str) -> int:
        facts = self.facts
        return facts.node(Op.LITERAL, facts.string(kind), facts.string(text) if text else -1)
