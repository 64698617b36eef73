"""Lowering of statements: assignments, branches with what they narrow, loops, with, try, return."""

from __future__ import annotations

from tree_sitter import Node

from isg_analysis.languages.constructs import Parts
from isg_analysis.languages.python.annotations import lower_annotation
from isg_analysis.languages.python.conditions import decided, type_comment
from isg_analysis.languages.python.definitions import DefinitionLowering
from isg_analysis.languages.python.narrowings import NarrowingLowering, Narrowings
from isg_analysis.model.facts import BindingFlag, BindingKind, ScopeKind
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op

_IMPORT_ERRORS = (b"ImportError", b"ModuleNotFoundError")
_ALL = "__all__"
_SLOTS = "__slots__"
_OF_EVERY_OBJECT = ("__dict__", "__weakref__")
_LONGEST_DECIDED = 96


class StatementLowering(NarrowingLowering, DefinitionLowering):
    """Handlers of `stmt.*` and `branch.*`."""

    def stmt_block(self, node: Node, parts: Parts) -> int:
        """A sequence of statements."""
        del parts
        visit = self.visit
        for child in node.named_children:
            visit(child)
        return -1

    def stmt_expression(self, node: Node, parts: Parts) -> int:
        """An expression as a statement."""
        del parts
        for child in node.named_children:
            self.visit(child)
        return -1

    def stmt_plain(self, node: Node, parts: Parts) -> int:
        """A statement that only reads."""
        del parts
        self.visit_all(node)
        return -1

    stmt_exit = stmt_plain

    def stmt_assign(self, node: Node, parts: Parts) -> int:
        """`target: type = value`; chained assignments share the innermost value."""
        del parts
        target, *rest = self.children(node)
        type = value = -1
        if rest and self.label_of(rest[0]) == "type.any":
            type = self.visit(rest.pop(0))
        if rest:
            string = type >= 0 and self._is_alias(type) and self.label_of(rest[-1]) == "expr.str"
            value = self.string_type(rest[-1]) if string else self.visit(rest[-1])
        if type < 0 and self.type_comments:
            type = self._commented_type(node.end_byte)
        before, self.statement = self.statement, node
        self.bind_target(target, value, type)
        if value in self.called_fields and self.label_of(target) == "expr.name":
            self._make_record(target, value, node)
        if rest and self.frame.kind == ScopeKind.CLASS and self.source(target) == _SLOTS:
            self._take_slots(rest[-1])
        if rest and self.frame is self.module_frame and self.source(target) == _ALL:
            self._exports(rest[-1:])
        self.statement = before
        return value

    def _make_record(self, target: Node, call: int, statement: Node) -> None:
        """`Point = namedtuple(...)` at module or class level, unless the name was bound before."""
        symbol = self.frame.names.get(self.source(target), -1)
        if symbol >= 0 and self.facts.columns["symbols"]["name_start"][symbol] == target.start_byte:
            self.make_class(symbol, call, statement)

    def _is_alias(self, type: int) -> bool:
        """Whether a type is `TypeAlias`: then a string beside it holds a type."""
        occurrence = self.facts.occurrence_of(type)
        start = self.facts.columns["occurrences"]["start"][occurrence] if occurrence >= 0 else 0
        return occurrence >= 0 and self.text.startswith(b"TypeAlias", start)

    def _commented_type(self, end: int) -> int:
        """The node of the type in a `# type:` comment behind a statement or clause, or -1."""
        found = type_comment(self.text, end)
        return lower_annotation(self.facts, self.text, *found, self.scope) if found is not None else -1

    def stmt_augment(self, node: Node, parts: Parts) -> int:
        """`x += value`: reads and writes."""
        del parts
        children, before = self.children(node), self.statement
        target = children[0]
        value = self.visit(children[-1])
        self.statement = node
        if self.label_of(target) == "expr.name" and self._is_bound(self.source(target)):
            name = self.source(target)
            self.facts.occurrence(target.start_byte, target.end_byte, name, Role.WRITE, self.scope)
        elif self.label_of(target) == "expr.name":
            self.bind_name(target, value, flags=BindingFlag.AUGMENTED)
        else:
            self.bind_target(target, -1)
        if self.frame is self.module_frame and self.source(target) == _ALL:
            self._exports(children[1:])
        self.statement = before
        return -1

    def _is_bound(self, name: str) -> bool:
        return name in self.frame.names or name in self.frame.globals or name in self.frame.nonlocals

    def _exports(self, values: list[Node]) -> None:
        """Strings in the value of `__all__` name what the module shows."""
        for value in values:
            if self.label_of(value) == "expr.str":
                start, end = value.start_byte + 1, value.end_byte - 1
                name = self.text[start:end].decode("utf-8", "replace")
                if name.isidentifier():
                    self.facts.named(Op.NAME, -1, start, end, name, Role.TEXT, 0)
                    self.facts.exposes(0, name.encode())
            else:
                self._exports(value.named_children)

    def _take_slots(self, value: Node) -> None:
        """The strings in `__slots__` name attributes; which of them they define is known at the class's end."""
        named = [value] if self.label_of(value) == "expr.str" else self.children(value)
        for one in named:
            start, end = one.start_byte + 1, one.end_byte - 1
            name = self.text[start:end].decode("utf-8", "replace")
            if self.label_of(one) == "expr.str" and name.isidentifier() and name not in _OF_EVERY_OBJECT:
                self.frame.slots.append((start, end, name))

    def stmt_return(self, node: Node, parts: Parts) -> int:
        """What is returned is remembered in the function's frame."""
        del parts
        values = self.visit_all(node)
        self.frame.returns.append(values[0] if values else self.literal("None"))
        return -1

    def stmt_global(self, node: Node, parts: Parts) -> int:
        """`global x`: the names mean the module's."""
        del parts
        self._redirect(node, self.frame.globals, BindingKind.GLOBAL)
        return -1

    def stmt_nonlocal(self, node: Node, parts: Parts) -> int:
        """`nonlocal x`."""
        del parts
        self._redirect(node, self.frame.nonlocals, BindingKind.NONLOCAL)
        return -1

    def _redirect(self, node: Node, names: set[str], kind: BindingKind) -> None:
        for child in node.named_children:
            name = self.source(child)
            if self.frame is not self.module_frame:
                names.add(name)
                self.facts.binding(kind, self.frame.scope, name)
            self.facts.occurrence(child.start_byte, child.end_byte, name, Role.READ, self.scope)

    def stmt_assert(self, node: Node, parts: Parts) -> int:
        """`assert isinstance(x, T)` holds from here on."""
        del parts
        values = self.visit_all(node)
        if values:
            self._narrow_from(self.narrowings(values[0])[0], node.end_byte)
        return -1

    def _narrow_from(self, known: Narrowings, offset: int) -> None:
        for name, value in known:
            self.facts.binding(BindingKind.NARROW, self.scope, name, value=value, visible=offset)

    def branch(self, body: Node, known: Narrowings, kind: ScopeKind = ScopeKind.NARROWING) -> None:
        """Walk a body that may not run, in a scope of its own."""
        before = self.scope
        self.scope = self.narrowed_scope(body, known, kind)
        self.conditional += 1
        self.visit(body)
        self.conditional -= 1
        self.scope = before

    def stmt_if(self, node: Node, parts: Parts) -> int:
        """Each branch knows what its condition says, and what the ones before it deny."""
        del parts
        condition, body, *alternatives = self.children(node)
        outer = self.scope
        positive, negative = self.narrowings(self.visit(condition))
        flags, truth = self.import_flags, self._decided(condition)
        if self.text.endswith(b"TYPE_CHECKING", condition.start_byte, condition.end_byte) and truth:
            self.import_flags |= BindingFlag.TYPE_ONLY
        if truth is False:
            self.import_flags |= BindingFlag.UNREACHABLE
        self.branch(body, positive)
        self.import_flags = flags
        if negative and alternatives:
            self.scope = self.narrowed_scope(node, negative)
        for alternative in alternatives:
            if truth:
                self.import_flags |= BindingFlag.UNREACHABLE
            denied = self._alternative(alternative)
            if denied:
                self.scope = self.narrowed_scope(node, denied)
            truth = truth or (self.label_of(alternative) == "branch.elif" and self._decided(self._test(alternative)))
        self.import_flags = flags
        self.scope = outer
        if negative and not alternatives and self.exits(body):
            self._narrow_from(negative, node.end_byte)
        elif positive and len(alternatives) == 1 and self._alternative_exits(alternatives[0]):
            self._narrow_from(positive, node.end_byte)
        return -1

    def _alternative_exits(self, alternative: Node) -> bool:
        return self.label_of(alternative) == "branch.else" and self.exits(alternative.named_children[-1])

    def _alternative(self, node: Node) -> Narrowings:
        """Walk an `elif` or `else`; what the next alternative may take as denied."""
        if self.label_of(node) != "branch.elif":
            self.visit(node)
            return []
        condition, body = self.children(node)[:2]
        positive, negative = self.narrowings(self.visit(condition))
        flags = self.import_flags
        if self._decided(condition) is False:
            self.import_flags |= BindingFlag.UNREACHABLE
        self.branch(body, positive)
        self.import_flags = flags
        return negative

    def _test(self, alternative: Node) -> Node:
        """The condition of an `elif`."""
        return self.children(alternative)[0]

    def _decided(self, condition: Node) -> bool | None:
        """What reading alone decides a condition to be."""
        start, end = condition.start_byte, condition.end_byte
        return decided(self.text[start:end]) if end - start <= _LONGEST_DECIDED else None

    def branch_elif(self, node: Node, parts: Parts) -> int:
        """An `elif` without its `if` (broken code)."""
        del parts
        self._alternative(node)
        return -1

    def branch_else(self, node: Node, parts: Parts) -> int:
        """`else:` of anything."""
        del parts
        self.branch(node.named_children[-1], [])
        return -1

    def branch_finally(self, node: Node, parts: Parts) -> int:
        """`finally:` always runs: no scope of its own."""
        del parts
        self.visit(node.named_children[-1])
        return -1

    def stmt_for(self, node: Node, parts: Parts) -> int:
        """`for target in value`."""
        del parts
        target, iterated, body, *alternatives = self.children(node)
        type = self._commented_type(iterated.end_byte) if self.type_comments else -1
        item = self.facts.node(Op.ITEM, self.visit(iterated), 1 if self.is_async(node) else -1)
        before, outer = self.statement, self.scope
        self.scope = self.narrowed_scope(body, [], ScopeKind.BLOCK)
        self.statement = target
        self.bind_target(target, item, type)
        self.statement = before
        self.conditional += 1
        self.visit(body)
        self.conditional -= 1
        self.scope = outer
        for alternative in alternatives:
            self.visit(alternative)
        return -1

    def stmt_while(self, node: Node, parts: Parts) -> int:
        """`while condition`."""
        del parts
        condition, body, *alternatives = self.children(node)
        positive, _ = self.narrowings(self.visit(condition))
        self.branch(body, positive, ScopeKind.BLOCK)
        for alternative in alternatives:
            self.visit(alternative)
        return -1

    def stmt_try(self, node: Node, parts: Parts) -> int:
        """`try`: its `else` goes on where the body ended, so what that binds comes before what handlers bind."""
        del parts
        body, *clauses = self.children(node)
        self.branch(body, [])
        for clause in sorted(clauses, key=lambda clause: self.label_of(clause) != "branch.else"):
            self.visit(clause)
        return -1

    def branch_except(self, node: Node, parts: Parts) -> int:
        """`except E as name`."""
        del parts
        *values, body = self.children(node)
        flags, outer = self.import_flags, self.scope
        self.scope = self.narrowed_scope(body, [])
        for value in values:
            if self.text.endswith(_IMPORT_ERRORS, value.start_byte, value.end_byte):
                self.import_flags |= BindingFlag.FALLBACK
            if self.label_of(value) != "branch.as":
                self.visit(value)
                continue
            caught, *targets = self.children(value)
            type = self.visit(caught)
            self.statement = value
            for target in targets:
                self.bind_target(target, self.facts.node(Op.EXCEPT, type))
            self.statement = None
        self.conditional += 1
        self.visit(body)
        self.conditional -= 1
        self.import_flags, self.scope = flags, outer
        return -1

    def stmt_with(self, node: Node, parts: Parts) -> int:
        """`with value as target`."""
        del parts
        clause, *rest = self.children(node)
        for child in self.children(clause):
            self._with_item(child, self.is_async(node))
        for body in rest:
            self.visit(body)
        return -1

    def _with_item(self, item: Node, is_async: bool) -> None:
        value = item.named_children[0] if self.label_of(item) == "branch.with" else item
        if self.label_of(value) != "branch.as":
            self.visit(value)
            return
        given, *targets = self.children(value)
        node = self.visit(given)
        before, self.statement = self.statement, value
        for target in targets:
            self.bind_target(target, self.facts.node(Op.ENTER, node, 1 if is_async else -1))
        self.statement = before

    def branch_with(self, node: Node, parts: Parts) -> int:
        """A with item outside its statement (broken code)."""
        del parts
        self._with_item(node, False)
        return -1

    def branch_as(self, node: Node, parts: Parts) -> int:
        """`value as target` outside `with` and `except` (broken code)."""
        del parts
        value, *targets = self.children(node)
        node_of_value = self.visit(value)
        for target in targets:
            self.bind_target(target, node_of_value)
        return -1
