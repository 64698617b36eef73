"""Lowering of expressions and types to nodes."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence

from tree_sitter import Node

from isg_analysis.languages.constructs import Parts
from isg_analysis.languages.python.annotations import lower_annotation
from isg_analysis.languages.python.spelled import RECORD_CALLS, SpelledLowering
from isg_analysis.model.facts import BindingKind, ScopeKind
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op

_NO_PARTS: Parts = {}
_TYPE_CALLS = (b"cast", b"TypeVar", b"NewType", b"assert_type")
_TYPE_FORMS = (b"Callable", b"Optional", b"Union", b"Annotated", b"Literal")
_ATTRIBUTE_CALLS = (b"getattr", b"hasattr", b"setattr", b"delattr")
_ATTRIBUTE_CALL = len(b"getattr")
_IDENTIFIER = re.compile(rb"[A-Za-z_]\w*")
_INDEX_DIGITS = 3
_LONGEST_CONSTANT = 40
_TRIPLE = (b"'''", b'"""')
_EQUALITY = {"==": "==", "is": "==", "!=": "!=", "is not": "!="}
_PLAIN_QUOTES = b"\"'"
_QUOTE_LENGTHS = {b'"""': 3, b"'''": 3}


class ExpressionLowering(SpelledLowering, ABC):
    """Handlers of `expr.*`, `literal.*`, `type.*` and `comprehension.*`."""

    def expr_name(self, node: Node, parts: Parts) -> int:
        """An identifier that is read (or named as a type)."""
        del parts
        start, end, facts = node.start_byte, node.end_byte, self.facts
        name = self.text[start:end].decode("utf-8", "replace")
        return facts.named(Op.NAME, -1, start, end, name, self.role, self.scope)

    def expr_member(self, node: Node, parts: Parts) -> int:
        """`base.name`."""
        del parts
        children = node.named_children
        base = self.visit(children[0])
        last = children[-1]
        start, end = last.start_byte, last.end_byte
        name = self.text[start:end].decode("utf-8", "replace")
        return self.facts.named(Op.MEMBER, base, start, end, name, self.role, self.scope)

    def expr_call(self, node: Node, parts: Parts) -> int:
        """A call; `super()` has its own op, and strings are types in `cast` and `TypeVar`."""
        del parts
        children = node.named_children
        facts, function = self.facts, children[0]
        callee = self.visit(function)
        occurrence = facts.occurrence_of(callee)
        if occurrence >= 0:
            facts.role(occurrence, Role.CALL)
        arguments = -1
        if len(children) > 1:
            start, end = function.start_byte, function.end_byte
            typed = self.text.endswith(_TYPE_CALLS, start, end)
            if end - start == _ATTRIBUTE_CALL and self.text[start:end] in _ATTRIBUTE_CALLS:
                arguments = self._attribute_arguments(children[-1])
            elif self.text.endswith(RECORD_CALLS, start, end):
                return self._record(callee, children[-1])
            else:
                arguments = self._arguments(children[-1], typed)
        if function.end_byte - function.start_byte == 5 and self.text.startswith(b"super", function.start_byte):
            return facts.node(Op.SUPER, arguments, self.scope)
        return facts.node(Op.CALL, callee, arguments)

    def _record(self, callee: int, listed: Node) -> int:
        arguments, fields = self.record_arguments(listed)
        call = self.facts.node(Op.CALL, callee, arguments)
        if fields:
            self.called_fields[call] = fields
        return call

    def _arguments(self, listed: Node, typed: bool) -> int:
        given = listed.named_children
        if not given:
            return -1
        if self.label_of(listed) != "expr.arguments":
            return self.facts.items([self.visit(listed)])
        visit, ignored = self.visit, self._ignored_kinds
        quoted = typed and self.label_of(given[0]) == "expr.str"
        first = [self.string_type(given.pop(0))] if quoted else []
        if typed:
            visit = self._type_argument
        return self.facts.items(first + [visit(child) for child in given if child.kind_id not in ignored])

    def _type_argument(self, node: Node) -> int:
        """An argument of `TypeVar` and its like: a string that `bound` is given is a type."""
        if self.label_of(node) == "expr.keyword":
            name, *_, value = node.named_children
            if self.source(name) == "bound" and self.label_of(value) == "expr.str":
                return self._keyword(name, self.string_type(value))
        return self.visit(node)

    def _attribute_arguments(self, listed: Node) -> int:
        """The arguments of `getattr(value, "name")`: the string names a member of the value."""
        nodes: list[int] = []
        for child in self.children(listed):
            inner = self.text[child.start_byte + 1 : child.end_byte - 1]
            named = len(nodes) == 1 and nodes[0] >= 0 and self.label_of(child) == "expr.str"
            if named and self.text[child.start_byte] in _PLAIN_QUOTES and _IDENTIFIER.fullmatch(inner):
                start, end = child.start_byte + 1, child.end_byte - 1
                name = inner.decode()
                nodes.append(self.facts.named(Op.MEMBER, nodes[0], start, end, name, Role.TEXT, self.scope))
            else:
                nodes.append(self.visit(child))
        return self.facts.items(nodes)

    def expr_arguments(self, node: Node, parts: Parts) -> int:
        """An argument list outside a call (broken code)."""
        del parts
        return self.facts.items(self.visit_all(node))

    def visit_all(self, node: Node) -> list[int]:
        """The values of the children that are not comments."""
        visit, ignored = self.visit, self._ignored_kinds
        return [visit(child) for child in node.named_children if child.kind_id not in ignored]

    def expr_keyword(self, node: Node, parts: Parts) -> int:
        """`name=value` in a call or class header."""
        del parts
        children = node.named_children
        return self._keyword(children[0], self.visit(children[-1]))

    def _keyword(self, name: Node, value: int) -> int:
        start, end = name.start_byte, name.end_byte
        text = self.text[start:end].decode("utf-8", "replace")
        return self.facts.named(Op.KEYWORD, value, start, end, text, Role.KEYWORD, self.scope)

    def expr_index(self, node: Node, parts: Parts) -> int:
        """`value[index]`; in a type position, a generic application."""
        del parts
        children = node.named_children
        base = self.visit(children[0])
        if self.in_type:
            return self._generic(base, children[0], children[1:])
        if self.text.endswith(_TYPE_FORMS, children[0].start_byte, children[0].end_byte):
            before = self.role, self.in_type
            self.role, self.in_type = Role.TYPE, True
            node_of_type = self._generic(base, children[0], children[1:])
            self.role, self.in_type = before
            return node_of_type
        if len(children) == 2:
            place = self._constant_index(children[1])
            if place is not None:
                return self.facts.node(Op.SELECTED, base, self.facts.node(Op.VARIANT_FIELD, -1, place))
            key = self._constant_key(base, children[1])
            return self.facts.node(Op.INDEX, base, self.visit(children[1]) if key < 0 else key)
        rest = self.facts.items([self.visit(child) for child in children[1:]])
        return self.facts.node(Op.INDEX, base, self.facts.node(Op.TUPLE, rest))

    def _constant_index(self, node: Node) -> int | None:
        """The number of `value[0]` and `value[-1]`."""
        if node.end_byte - node.start_byte > _INDEX_DIGITS:
            return None
        digits = node.named_children[-1] if self.label_of(node) == "expr.unary" else node
        written = self.text[node.start_byte : node.end_byte]
        plain = self.label_of(digits) == "literal.int" and written.removeprefix(b"-").isdigit()
        return int(written) if plain else None

    def _constant_key(self, base: int, node: Node) -> int:
        """The key in `value["name"]`: the name of a field, where the value is a typed dictionary."""
        start, end = node.start_byte + 1, node.end_byte - 1
        plain = self.label_of(node) == "expr.str" and self.text[node.start_byte] in _PLAIN_QUOTES
        if base < 0 or not plain or not _IDENTIFIER.fullmatch(self.text, start, end):
            return -1
        name = self.text[start:end].decode()
        return self.facts.named(Op.FIELD_OF, base, start, end, name, Role.TEXT, self.scope)

    def type_generic(self, node: Node, parts: Parts) -> int:
        """`Name[arguments]` in a type position."""
        del parts
        children = node.named_children
        base = self.visit(children[0])
        return self._generic(base, children[0], children[-1].named_children)

    def _generic(self, base: int, written: Node, arguments: list[Node]) -> int:
        literal = self.text.endswith(b"Literal", written.start_byte, written.end_byte)
        self.in_type = not literal
        nodes = [self._literal_argument(child) if literal else self.visit(child) for child in arguments]
        self.in_type = True
        return self.facts.node(Op.GENERIC, base, self.facts.items(nodes))

    def _literal_argument(self, node: Node) -> int:
        while self.label_of(node) == "type.any" and node.named_child_count == 1:
            node = node.named_children[0]
        visited = self.visit(node)
        constant = self.constant(node) if self.op_of(visited) == Op.LITERAL else -1
        return visited if constant < 0 else constant

    def type_arguments(self, node: Node, parts: Parts) -> int:
        """Type arguments that stand alone (broken code)."""
        del parts
        self.visit_all(node)
        return -1

    def type_any(self, node: Node, parts: Parts) -> int:
        """Whatever stands in a type position: names have the role TYPE, strings hold types."""
        del parts
        before = self.role, self.in_type
        self.role, self.in_type = Role.TYPE, True
        value = self.descend(node)
        self.role, self.in_type = before
        return value

    def type_union(self, node: Node, parts: Parts) -> int:
        """`X | Y`."""
        del parts
        return self.facts.node(Op.UNION, self.facts.items(self.visit_all(node)))

    def expr_passed(self, node: Node, parts: Parts) -> int:
        """Parentheses: the value inside."""
        del parts
        values = self.visit_all(node)
        return values[0] if len(values) == 1 else -1

    def expr_str(self, node: Node, parts: Parts) -> int:
        """A string: a type in a type position; f-strings are looked into."""
        del parts
        if self.in_type:
            return self.string_type(node)
        start = node.start_byte
        if self.text[start] not in _PLAIN_QUOTES:
            self.descend(node)
            return self.literal("bytes" if self.text[start] in b"bB" else "str")
        return self.literal("str")

    def string_type(self, node: Node) -> int:
        """A string that holds a type."""
        start, end = node.start_byte, node.end_byte
        quote = _QUOTE_LENGTHS.get(self.text[start : start + 3], 1)
        if self.text[start] not in _PLAIN_QUOTES or end - start < 2 * quote + 1:
            return self.literal("str")
        inner = lower_annotation(self.facts, self.text, start + quote, end - quote, self.scope)
        return self.facts.node(Op.STRING_TYPE, inner)

    def expr_strings(self, node: Node, parts: Parts) -> int:
        """Adjacent strings."""
        del parts
        before, self.in_type = self.in_type, False
        values = self.visit_all(node)
        self.in_type = before
        return values[0]

    def literal_int(self, node: Node, parts: Parts) -> int:
        """An integer."""
        del node, parts
        return self.literal("int")

    def literal_float(self, node: Node, parts: Parts) -> int:
        """A float."""
        del node, parts
        return self.literal("float")

    def literal_bool(self, node: Node, parts: Parts) -> int:
        """True, False."""
        del node, parts
        return self.literal("bool")

    def literal_none(self, node: Node, parts: Parts) -> int:
        """None."""
        del node, parts
        return self.literal("None")

    def literal_ellipsis(self, node: Node, parts: Parts) -> int:
        """`...`."""
        del node, parts
        return self.literal("...")

    def expr_compare(self, node: Node, parts: Parts) -> int:
        """A comparison: a bool, as far as types go. `type(x) is T` is kept, for what it says about x."""
        del parts
        sides = self.visit_all(node)
        facts, called = self.facts, sides[0]
        if len(sides) == 2 and self.text.startswith(b"type(", node.start_byte) and self.op_of(called) == Op.CALL:
            left, right = node.named_children[0], node.named_children[-1]
            if self._operator(left, right) in ("is", "=="):
                return facts.node(Op.BINARY, facts.items(sides), facts.string("is"))
        if len(sides) == 2 and self.op_of(called) in (Op.MEMBER, Op.INDEX):
            left, right = node.named_children[0], node.named_children[-1]
            operator = _EQUALITY.get(self._operator(left, right), "")
            constant = sides[1] if self.op_of(sides[1]) == Op.MEMBER else self.constant(right)
            compared = self.equal(called, [constant], operator) if operator else -1
            if compared >= 0:
                return compared
        return self.literal("bool")

    def constant(self, node: Node) -> int:
        """The LITERAL node of a plain string, a number or a truth value, with its text; -1 for anything else."""
        label, written = self.label_of(node), self.text[node.start_byte : node.end_byte]
        if label == "expr.str":
            plain = written[0] in _PLAIN_QUOTES and not written.startswith(_TRIPLE) and b"\\" not in written
            kind, written = "str" if plain else "", written[1:-1]
        else:
            kind = {"literal.int": "int", "literal.bool": "bool"}.get(label, "")
        if not kind or len(written) > _LONGEST_CONSTANT:
            return -1
        constant = self.facts.string(written.decode("utf-8", "replace"))
        return self.facts.node(Op.LITERAL, self.facts.string(kind), constant)

    @abstractmethod
    def equal(self, value: int, constants: Sequence[int], operator: str = "==") -> int:
        """See NarrowingLowering."""

    def expr_not(self, node: Node, parts: Parts) -> int:
        """`not x`."""
        del parts
        value = self.visit(node.named_children[-1])
        return self.facts.node(Op.UNARY, value, self.facts.string("not"))

    def expr_unary(self, node: Node, parts: Parts) -> int:
        """`-x`, `+x`, `~x`."""
        del parts
        value = self.visit(node.named_children[-1])
        operator = chr(self.text[node.start_byte])
        return self.facts.node(Op.UNARY, value, self.facts.string(operator))

    def expr_binary(self, node: Node, parts: Parts) -> int:
        """An arithmetic operation; `X | Y` is a union in a type position."""
        del parts
        children, facts = node.named_children, self.facts
        left, right = children[0], children[-1]
        sides = facts.items([self.visit(left), self.visit(right)])
        if self.in_type:
            return facts.node(Op.UNION, sides)
        return facts.node(Op.BINARY, sides, facts.string(self._operator(left, right)))

    def _operator(self, left: Node, right: Node) -> str:
        """The operator between two operands; comments beside it are cut away."""
        written = self.text[left.end_byte : right.start_byte]
        if b"#" in written:
            written = b" ".join(line.split(b"#")[0] for line in written.split(b"\n"))
        return written.strip(b" \t\r\n\\").decode("utf-8", "replace")

    def expr_boolean(self, node: Node, parts: Parts) -> int:
        """`and`, `or`: the right side is looked at in the light of the left one."""
        del parts
        children, facts = node.named_children, self.facts
        right_node, before = children[-1], self.scope
        operator = self._operator(children[0], right_node)
        left = self.visit(children[0])
        positive, negative = self.narrowings(left)
        known = positive if operator == "and" else negative
        if known:
            self.scope = self.narrowed_scope(right_node, known)
        right = self.visit(right_node)
        self.scope = before
        return facts.node(Op.BINARY, facts.items([left, right]), facts.string(operator))

    def expr_conditional(self, node: Node, parts: Parts) -> int:
        """`a if condition else b`."""
        del parts
        children = self.children(node)
        if len(children) != 3:
            self.visit_all(node)
            return -1
        condition = self.visit(children[1])
        values, before = [], self.scope
        for child, known in zip((children[0], children[2]), self.narrowings(condition), strict=True):
            if known:
                self.scope = self.narrowed_scope(child, known)
            values.append(self.visit(child))
            self.scope = before
        return self.facts.node(Op.UNION, self.facts.items(values))

    def expr_await(self, node: Node, parts: Parts) -> int:
        """`await x`."""
        del parts
        return self.facts.node(Op.AWAIT, self.visit(node.named_children[-1]))

    def expr_list(self, node: Node, parts: Parts) -> int:
        """`[a, b]`: in a type position the parameters of a callable."""
        del parts
        return self.facts.node(Op.ARRAY, self.facts.items(self.visit_all(node)), self.facts.string("list"))

    def expr_set(self, node: Node, parts: Parts) -> int:
        """`{a, b}`."""
        del parts
        return self.facts.node(Op.ARRAY, self.facts.items(self.visit_all(node)), self.facts.string("set"))

    def expr_tuple(self, node: Node, parts: Parts) -> int:
        """`(a, b)` and `a, b`."""
        del parts
        return self.facts.node(Op.TUPLE, self.facts.items(self.visit_all(node)))

    def expr_dict(self, node: Node, parts: Parts) -> int:
        """`{k: v, **rest}`."""
        del parts
        keys, values = [], []
        for child in node.named_children:
            if self.label_of(child) == "expr.pair":
                pair = child.named_children
                keys.append(self.visit(pair[0]))
                values.append(self.visit(pair[-1]))
            else:
                self.visit(child)
        return self.facts.node(Op.DICT, self.facts.items(keys), self.facts.items(values))

    def expr_pair(self, node: Node, parts: Parts) -> int:
        """A pair outside a dictionary (broken code, or a comprehension's body)."""
        del parts
        self.visit_all(node)
        return -1

    def expr_star(self, node: Node, parts: Parts) -> int:
        """`*x`."""
        del parts
        return self.facts.node(Op.STAR, self.visit(node.named_children[-1]), 1)

    def expr_stars(self, node: Node, parts: Parts) -> int:
        """`**x`."""
        del parts
        return self.facts.node(Op.STAR, self.visit(node.named_children[-1]), 2)

    def expr_walrus(self, node: Node, parts: Parts) -> int:
        """`(x := value)` binds in the function around any comprehension."""
        del parts
        children, frame = self.children(node), self.frame
        value = self.visit(children[-1])
        while self.frame.kind == ScopeKind.COMPREHENSION and self.frame.outer is not None:
            self.frame = self.frame.outer
        before, self.statement = self.statement, node
        self.bind_name(children[0], value)
        self.frame, self.statement = frame, before
        return value

    def expr_yield(self, node: Node, parts: Parts) -> int:
        """`yield x`, `yield from x`."""
        del parts
        values = self.visit_all(node)
        value = values[0] if values else self.literal("None")
        if self.text.startswith(b"from", node.start_byte + 6):
            value = self.facts.node(Op.ITEM, value)
        self.frame.yields.append(self.facts.node(Op.YIELD, value))
        return -1

    def expr_lambda(self, node: Node, parts: Parts) -> int:
        """A lambda: parameters and value in a scope of their own."""
        del parts
        facts, frame, before = self.facts, self.frame, self.scope
        children = self.children(node)
        scope = facts.scope(ScopeKind.LAMBDA, before, self.symbol, node.start_byte, node.end_byte)
        inner = self.child_frame(ScopeKind.LAMBDA, scope, self.symbol)
        if len(children) > 1:
            self.lambda_parameters(children[0], inner)
        self.frame, self.scope = inner, scope
        value = self.visit(children[-1])
        self.frame, self.scope = frame, before
        return facts.node(Op.LAMBDA, scope, value)

    @abstractmethod
    def lambda_parameters(self, listed: Node, inner: object) -> None:
        """See PythonLowering."""

    @abstractmethod
    def narrowings(self, condition: int) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
        """See NarrowingLowering."""

    def narrowed_scope(self, node: Node, known: list[tuple[str, int]], kind: ScopeKind = ScopeKind.NARROWING) -> int:
        """A scope over the node in which names have the narrower types given."""
        scope = self.facts.scope(kind, self.scope, self.symbol, node.start_byte, node.end_byte)
        for name, value in known:
            self.facts.binding(BindingKind.NARROW, scope, name, value=value, visible=node.start_byte)
        return scope

    def comprehension(self, node: Node) -> list[int]:
        """The values of the body's parts. The first iterable is evaluated outside."""
        facts, frame, before = self.facts, self.frame, self.scope
        scope = facts.scope(ScopeKind.COMPREHENSION, before, self.symbol, node.start_byte, node.end_byte)
        inner, first = self.child_frame(ScopeKind.COMPREHENSION, scope, self.symbol), True
        body, *clauses = self.children(node)
        for clause in clauses:
            label = self.label_of(clause)
            if label == "comprehension.for":
                if not first:
                    self.frame, self.scope = inner, scope
                first = False
                target, *values = self.children(clause)
                value = self.visit(values[-1]) if values else -1
                self.frame, self.scope = inner, scope
                self.bind_target(target, facts.node(Op.ITEM, value, 1 if self.is_async(clause) else -1))
            elif label == "comprehension.if":
                self.frame, self.scope = inner, scope
                condition = self.descend(clause)
                positive = self.narrowings(condition)[0]
                if positive:
                    scope = self.narrowed_scope(node, positive)
        self.frame, self.scope = inner, scope
        nodes: list[int] = self.visit_all(body) if self.label_of(body) == "expr.pair" else [self.visit(body)]
        frame.yields += inner.yields
        self.frame, self.scope = frame, before
        return nodes

    def comprehension_list(self, node: Node, parts: Parts) -> int:
        """`[x for x in y]`."""
        del parts
        values = self.facts.items(self.comprehension(node))
        return self.facts.node(Op.ARRAY, values, self.facts.string("list"))

    def comprehension_set(self, node: Node, parts: Parts) -> int:
        """`{x for x in y}`."""
        del parts
        values = self.facts.items(self.comprehension(node))
        return self.facts.node(Op.ARRAY, values, self.facts.string("set"))

    def comprehension_generator(self, node: Node, parts: Parts) -> int:
        """`(x for x in y)`."""
        del parts
        values = self.facts.items(self.comprehension(node))
        return self.facts.node(Op.ARRAY, values, self.facts.string("generator"))

    def comprehension_dict(self, node: Node, parts: Parts) -> int:
        """`{k: v for k, v in y}`."""
        del parts
        values = self.comprehension(node)
        return self.facts.node(Op.DICT, self.facts.items(values[:1]), self.facts.items(values[-1:]))

    def comprehension_for(self, node: Node, parts: Parts) -> int:
        """A clause outside a comprehension (broken code)."""
        del parts
        return self.descend(node)

    def comprehension_if(self, node: Node, parts: Parts) -> int:
        """As `comprehension_for`."""
        del parts
        return self.descend(node)
