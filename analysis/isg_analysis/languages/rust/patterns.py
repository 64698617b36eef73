"""Patterns: what they bind, and to which part of the matched value.

A binding's `value` is a node over the matched value: UNPACK, INDEX, DEREF, REF, or SELECTED(value, part) where the
part is a VARIANT_FIELD or FIELD_OF node. A simple name binds unless it starts with a capital letter: then it
names a constant or a unit variant, as Rust's own naming lint requires of code.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from isg_analysis.languages.constructs import Grammar
from isg_analysis.languages.lowering import MAX_DEPTH
from isg_analysis.languages.rust.type_forms import Types
from isg_analysis.model.builder import FactsBuilder
from isg_analysis.model.facts import BindingFlag, BindingKind
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op

_NAMES = frozenset({"expr.name", "pattern.shorthand"})


class Patterns(Types):
    """`bind(pattern, ...)` lowers a pattern; it is not reached through `visit`."""

    def __init__(self, grammar: Grammar, facts: FactsBuilder) -> None:
        super().__init__(grammar, facts)
        self._kind: int = BindingKind.LOCAL
        self._visible = 0
        self._flags = 0
        self._alternative: dict[str, int] | None = None
        self._binders = {
            "expr.name": self._bind_name,
            "pattern.variant": self._bind_variant,
            "pattern.struct": self._bind_struct,
            "pattern.tuple": self._bind_tuple,
            "pattern.slice": self._bind_slice,
            "pattern.or": self._bind_or,
            "pattern.captured": self._bind_captured,
            "pattern.reference": self._bind_reference,
            "pattern.ref": self._bind_ref,
            "pattern.mut": self._bind_mut,
            "pattern.match": self._bind_inner,
            "expr.macro": self._bind_nothing,
            # What a macro's argument shows of a pattern, as it was read as an expression.
            "expr.call": self._bind_call,
            "expr.tuple": self._bind_tuple,
            "expr.reference": self._bind_reference,
        }

    def release(self) -> None:
        """As in Lowering."""
        super().release()
        self._binders.clear()

    def pattern(
        self,
        node: Node,
        *,
        type: int = -1,
        value: int = -1,
        visible: int = 0,
        kind: int = BindingKind.LOCAL,
        flags: int = 0,
    ) -> None:
        """Lower a pattern; its names are bound in the current scope from offset `visible` on."""
        before = self._kind, self._visible, self._flags
        self._kind, self._visible, self._flags = kind, visible, flags
        self.bind(node, type, value)
        self._kind, self._visible, self._flags = before

    def bind(self, node: Node, type: int, value: int) -> None:
        """Lower one pattern against a value node or a written type."""
        binder = self._binders.get(self.label_of(node))
        if binder is None:
            self.path(node, Role.READ)
        elif self._depth > MAX_DEPTH:
            self._too_deep(node)
        else:
            self._depth += 1
            binder(node, type, value)
            self._depth -= 1

    def introduce(self, node: Node, type: int, value: int, flags: int = 0) -> int:
        """Bind an identifier; returns the binding."""
        name = self.identifier(node)
        alternative = self._alternative
        if alternative is not None and name in alternative:
            self._again(node, name, alternative[name])
            return alternative[name]
        at = self.facts.occurrence(node.start_byte, node.end_byte, name, Role.DEFINITION, self.scope)
        binding = self.facts.binding(
            self._kind,
            self.scope,
            name,
            occurrence=at,
            type=type,
            value=value,
            visible=self._visible,
            flags=flags | self._flags,
        )
        if alternative is not None:
            alternative[name] = binding
        return binding

    def _again(self, node: Node, name: str, binding: int) -> None:
        """The same name in a further alternative of an or-pattern: one local, mentioned again."""
        at = self.facts.occurrence(node.start_byte, node.end_byte, name, Role.READ, self.scope)
        self.facts.columns["occurrences"]["definition"][at] = binding << 1 | 1

    def _bind_name(self, node: Node, type: int, value: int) -> None:
        first = self.text[node.start_byte]
        if 65 <= first <= 90:
            self.name_node(node, Role.READ)
        else:
            self.introduce(node, type, value)

    def _bind_variant(self, node: Node, type: int, value: int) -> None:
        head = node.child_by_field_name("type")
        path = self.path(head, Role.READ) if head is not None else -1
        value = self._subject(type, value)
        for index, child in self._elements(node):
            part = self.facts.node(Op.VARIANT_FIELD, path, index)
            self.bind(child, -1, self.facts.node(Op.SELECTED, value, part))

    def _bind_call(self, node: Node, type: int, value: int) -> None:
        head, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        path = self.path(head, Role.READ) if head is not None else -1
        value = self._subject(type, value)
        for index, child in self._elements(arguments) if arguments is not None else ():
            part = self.facts.node(Op.VARIANT_FIELD, path, index)
            self.bind(child, -1, self.facts.node(Op.SELECTED, value, part))

    def _subject(self, type: int, value: int) -> int:
        """The value a part is taken of; a written type stands in as what a cast to it would give."""
        return self.facts.node(Op.CAST, value, type) if type >= 0 else value

    def _bind_struct(self, node: Node, type: int, value: int) -> None:
        head = node.child_by_field_name("type")
        path = self.path(head, Role.TYPE) if head is not None else -1
        value = self._subject(type, value)
        for child in self.children_of(node)[1:]:
            if self.label_of(child) != "pattern.field":
                continue
            name = child.child_by_field_name("name")
            if name is None:
                continue
            field = self.facts.named(
                Op.FIELD_OF, path, name.start_byte, name.end_byte, self.identifier(name), Role.KEYWORD, self.scope
            )
            part = self.facts.node(Op.SELECTED, value, field)
            inner = child.child_by_field_name("pattern")
            if inner is not None:
                self.bind(inner, -1, part)
            else:
                self.introduce(name, -1, part)

    def _bind_tuple(self, node: Node, type: int, value: int) -> None:
        value = self._subject(type, value)
        for index, child in self._elements(node):
            self.bind(child, -1, self.facts.node(Op.UNPACK, value, index))

    def _elements(self, node: Node) -> Iterator[tuple[int, Node]]:
        """The sub-patterns with their index; behind a `..` it is counted from the end (-1 is the last).

        `_` is a token, so the commas are counted.
        """
        places: list[Node | None] = [None]
        children = node.children
        inside = next((i for i, child in enumerate(children) if self.text[child.start_byte] == 0x28), 0)
        for child in children[inside + 1 :]:
            if child.is_named:
                places[-1] = child if child.kind_id not in self._trivia else places[-1]
            elif self.text[child.start_byte] == 0x2C:
                places.append(None)
        if places[-1] is None and len(children) > 1 and self.text[children[-2].start_byte] == 0x2C:
            places.pop()
        labels = ["" if child is None else self.label_of(child) for child in places]
        rest = labels.index("pattern.rest") if "pattern.rest" in labels else len(places)
        for index, place in enumerate(places):
            if place is not None and index != rest:
                yield (index if index < rest else index - len(places)), place

    def _bind_slice(self, node: Node, type: int, value: int) -> None:
        value = self._subject(type, value)
        for child in self.children_of(node):
            label = self.label_of(child)
            if label == "pattern.captured":
                self.bind(child, -1, value)
            elif label != "pattern.rest":
                self.bind(child, -1, self.facts.node(Op.INDEX, value, -1))

    def _bind_or(self, node: Node, type: int, value: int) -> None:
        outer = self._alternative
        self._alternative = {} if outer is None else outer
        for child in self.children_of(node):
            self.bind(child, type, value)
        self._alternative = outer

    def _bind_captured(self, node: Node, type: int, value: int) -> None:
        children = self.children_of(node)
        self.introduce(children[0], type, value)
        for child in children[1:]:
            if self.label_of(child) != "pattern.rest":
                self.bind(child, type, value)

    def _bind_reference(self, node: Node, type: int, value: int) -> None:
        value = self.facts.node(Op.DEREF, self._subject(type, value))
        for child in self._inner(node):
            self.bind(child, -1, value)

    def _bind_ref(self, node: Node, type: int, value: int) -> None:
        value = self.facts.node(Op.REF, self._subject(type, value))
        for child in self._inner(node):
            self.bind(child, -1, value)

    def _bind_mut(self, node: Node, type: int, value: int) -> None:
        for child in self._inner(node):
            if self.label_of(child) in _NAMES:
                self.introduce(child, type, value, BindingFlag.MUTABLE)
            else:
                self.bind(child, type, value)

    def _bind_inner(self, node: Node, type: int, value: int) -> None:
        for child in self._inner(node):
            self.bind(child, type, value)

    def _inner(self, node: Node) -> list[Node]:
        return [child for child in self.children_of(node) if self.label_of(child) != "leaf.ignored"]

    def _bind_nothing(self, node: Node, type: int, value: int) -> None:
        del type, value
        self.visit(node)

    def pattern_ignored(self, node: Node, parts: object) -> int:
        """A pattern met outside a pattern's place, in broken code."""
        del parts
        self.pattern(node)
        return -1

    pattern_variant = pattern_struct = pattern_tuple = pattern_slice = pattern_or = pattern_captured = pattern_ignored
    pattern_reference = pattern_ref = pattern_mut = pattern_match = pattern_ignored

    def pattern_rest(self, node: Node, parts: object) -> int:
        """`..`: binds nothing."""
        del node, parts
        return -1

    pattern_field = pattern_shorthand = pattern_rest

    def pattern_range(self, node: Node, parts: object) -> int:
        """`1..=MAX`: its ends are constants."""
        del parts
        for child in self.children_of(node):
            self.path(child, Role.READ)
        return -1
