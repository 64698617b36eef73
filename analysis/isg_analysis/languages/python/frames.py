"""Frames: where names are being bound while a document is lowered, and the rules that say where they go.

A frame is an execution scope of Python: module, class body, function, lambda or comprehension. Branches and loops
open scopes too (NARROWING, BLOCK), but bind nothing of their own: they tell the resolver which assignment reaches a
use.

Guarantees: the first assignment of a variable is its definition, every other one is a WRITE occurrence with a NARROW
binding in the same execution scope, so that each variable has one place that it is found at and all its values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tree_sitter import Node

from isg_analysis.languages.constructs import Grammar, Parts
from isg_analysis.languages.lowering import MAX_DEPTH, Lowering
from isg_analysis.languages.python.signatures import field_signature
from isg_analysis.model.builder import FactsBuilder
from isg_analysis.model.facts import BindingFlag, BindingKind, ScopeKind
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op
from isg_analysis.model.signature import Signature
from isg_analysis.model.symbol import SymbolFlag, SymbolKind

_NO_PARTS: Parts = {}


class Assigned(NamedTuple):
    """One assignment whose place among the definitions is decided when its owner is complete."""

    name: str
    occurrence: int
    value: int
    type: int
    node: Node
    statement: Node
    flags: int = 0


class Frame:
    """One execution scope while it is walked."""

    __slots__ = (
        "assigned", "class_frame", "globals", "is_enum", "kind", "level", "names", "nonlocals", "outer", "receiver",
        "receiver_flags", "returns", "scope", "slots", "symbol", "yields",
    )  # fmt: skip

    def __init__(self, kind: ScopeKind, scope: int, symbol: int, outer: Frame | None) -> None:
        self.kind = kind
        self.scope = scope
        self.symbol = symbol
        self.outer = outer
        self.level = 0  # how many units were being lowered when it began
        self.names: dict[str, int] = {}  # variable -> its symbol, or -1 - its binding
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.receiver = ""
        self.receiver_flags = 0
        self.class_frame: Frame | None = None
        self.assigned: list[Assigned] = []
        self.is_enum = False
        self.slots: list[tuple[int, int, str]] = []  # where `__slots__` names which attribute
        self.returns: list[int] = []
        self.yields: list[int] = []


class FramedLowering(Lowering):
    """The state every concern of the Python lowering shares, and the binding of names."""

    def __init__(self, grammar: Grammar, facts: FactsBuilder) -> None:
        super().__init__(grammar, facts)
        self.frame = Frame(ScopeKind.MODULE, 0, 0, None)
        self.module_frame = self.frame
        self.conditional = 0
        self.type_comments = b"# type:" in self.text
        self.import_flags = 0  # of what is bound here: under TYPE_CHECKING, in a fallback, never run
        self.role: int = Role.READ
        self.in_type = False
        self.statement: Node | None = None
        self._literals = {kind: node for node, kind in enumerate(_LITERALS)}
        if not facts.continues:
            for kind in _LITERALS:
                facts.node(Op.LITERAL, facts.string(kind), -1)
        self._leaf_kinds = {kind for kind, label in self._bare.items() if label in _LEAVES}
        self._ignored_kinds = {kind for kind, label in self._bare.items() if label == "leaf.ignored"}
        self._by_kind: dict[int, Callable[[Node, Parts], int]] = {
            kind: self._handlers[label] for kind, label in self._bare.items()
        }

    def visit(self, node: Node) -> int:
        """As in Lowering, with one look-up less for each leaf, and every level counted."""
        kind = node.kind_id
        handler = self._by_kind.get(kind)
        if self._constructs and node.id in self._constructs:
            handler = self._handlers[self._constructs[node.id][0]]
        elif kind in self._leaf_kinds:
            return handler(node, _NO_PARTS) if handler is not None else -1
        if handler is None:
            return self.descend(node)
        if self._depth > MAX_DEPTH:
            return self._too_deep(node)
        self._depth += 1
        value = handler(node, _NO_PARTS)
        self._depth -= 1
        return value

    def op_of(self, node: int) -> int:
        """The op of a node made earlier; 0 for -1."""
        return self.facts.columns["nodes"]["op"][node] if node >= 0 else 0

    def children(self, node: Node) -> list[Node]:
        """The named children that are not comments."""
        ignored = self._ignored_kinds
        return [child for child in node.named_children if child.kind_id not in ignored]

    def is_async(self, node: Node) -> bool:
        """Whether a statement or clause begins with `async`."""
        return self.text.startswith(b"async", node.start_byte)

    def literal(self, kind: str) -> int:
        """The LITERAL node of a kind: one per document, since it says nothing else, and always the same one."""
        return self._literals[kind]

    def child_frame(self, kind: ScopeKind, scope: int, symbol: int) -> Frame:
        """A new frame inside the current one."""
        frame = Frame(kind, scope, symbol, self.frame)
        frame.level = self.facts.units.level if self.facts.units is not None else 0
        return frame

    def outside(self, frame: Frame) -> None:
        """What is being lowered has an effect on a frame: only a unit that contains it can be lowered alone."""
        if self.facts.units is not None:
            self.facts.units.leak(frame.level)

    def defer(self, owner: Frame, assigned: Assigned) -> None:
        """Decide about an assignment when its owner is complete."""
        self.outside(owner)
        owner.assigned.append(assigned)

    def bind_target(self, target: Node, value: int, type: int = -1, flags: int = 0) -> None:
        """Bind what stands left of `=`, after `for`, `as`: names, attributes, items, and sequences of them."""
        label = self.label_of(target)
        if label == "expr.name":
            self.bind_name(target, value, type, flags)
        elif label in _SEQUENCES:
            self._bind_sequence(target, value)
        elif label == "expr.member":
            self._bind_attribute(target, value, type)
        elif label in ("pattern.star", "expr.star"):
            for child in target.named_children:
                self.bind_target(child, value)
        elif label in ("expr.passed", "pattern.target"):
            for child in target.named_children:
                self.bind_target(child, value, type, flags)
        else:
            self.visit(target)

    def _bind_sequence(self, target: Node, value: int) -> None:
        children = self.children(target)
        starred = False
        for index, child in enumerate(children):
            if self.label_of(child) in ("pattern.star", "expr.star"):
                starred = True
                items = self.facts.items([self.facts.node(Op.ITEM, value, -1)]) if value >= 0 else -1
                self.bind_target(child, self.facts.node(Op.ARRAY, items, self.facts.string("list")))
            else:
                at = index - len(children) - 1 if starred else index
                self.bind_target(child, self.facts.node(Op.UNPACK, value, at) if value >= 0 else -1)

    def bind_name(self, node: Node, value: int, type: int = -1, flags: int = 0) -> int:
        """An assignment to a plain name in the current frame; returns its occurrence."""
        facts, frame, name = self.facts, self.frame, self.source(node)
        start, end = node.start_byte, node.end_byte
        flags |= self.import_flags & BindingFlag.UNREACHABLE
        if name in frame.globals or name in frame.nonlocals:
            occurrence = facts.occurrence(start, end, name, Role.WRITE, self.scope)
            self._bind_elsewhere(frame, Assigned(name, occurrence, value, type, node, self.statement or node))
            return occurrence
        known = frame.names.get(name)
        if known is not None and (flags & BindingFlag.UNREACHABLE or not self._is_unreachable(known)):
            return self._reassign(frame, name, node, value, type, flags)
        if frame.kind in (ScopeKind.MODULE, ScopeKind.CLASS):
            occurrence = facts.occurrence(start, end, name, Role.DEFINITION, self.scope)
            assigned = Assigned(name, occurrence, value, type, node, self.statement or node)
            self.variable_symbol(frame, assigned, 0, flags)
            return occurrence
        occurrence = facts.occurrence(start, end, name, Role.DEFINITION, self.scope)
        frame.names[name] = -1 - facts.binding(
            BindingKind.LOCAL, frame.scope, name, occurrence=occurrence, type=type, value=value, flags=flags
        )
        return occurrence

    def _is_unreachable(self, known: int) -> bool:
        """Whether a variable's definition stands where it is never run: then the next one takes its place."""
        columns = self.facts.columns
        if known >= 0:
            return bool(columns["symbols"]["flags"][known] & SymbolFlag.UNREACHABLE)
        return bool(columns["bindings"]["flags"][-1 - known] & BindingFlag.UNREACHABLE)

    def _reassign(self, frame: Frame, name: str, node: Node, value: int, type: int, flags: int) -> int:
        facts = self.facts
        occurrence = facts.occurrence(node.start_byte, node.end_byte, name, Role.WRITE, self.scope)
        if type >= 0:
            self._declare_type(frame.names[name], type)
        if value >= 0 or type >= 0:
            facts.binding(
                BindingKind.NARROW, frame.scope, name, occurrence=occurrence, type=type, value=value, flags=flags,
                visible=node.end_byte,
            )  # fmt: skip
        if value >= 0 and frame.names[name] >= 0 and self.statement is not None:
            facts.exposes(frame.names[name], self.source(self.statement).encode())
        return occurrence

    def _declare_type(self, known: int, type: int) -> None:
        table, row = ("symbols", known) if known >= 0 else ("bindings", -1 - known)
        column = self.facts.columns[table]["type"]
        if column[row] < 0:
            column[row] = type
            if known >= 0 and self.facts.units is not None:
                self.facts.units.touch(known)

    def _bind_elsewhere(self, frame: Frame, assigned: Assigned) -> None:
        if assigned.name in frame.globals:
            self.defer(self.module_frame, assigned)
            return
        outer = frame.outer
        while outer is not None and assigned.name not in outer.names:
            outer = outer.outer
        self.outside(outer or self.module_frame)
        if outer is not None and assigned.value >= 0:
            self.facts.binding(
                BindingKind.NARROW, outer.scope, assigned.name, occurrence=assigned.occurrence, value=assigned.value
            )

    def variable_symbol(self, owner: Frame, assigned: Assigned, extra: int = 0, flags: int = 0) -> int:
        """The symbol and binding of a module variable, class attribute, enum member or instance attribute."""
        facts, name = self.facts, assigned.name
        kind = self._variable_kind(owner, name, assigned, extra)
        signature = self.field_signature(name, assigned)
        shown = 0 if name.startswith("_") and not name.endswith("__") else int(SymbolFlag.PUBLIC)
        symbol = facts.symbol(
            kind, name, parent=owner.symbol, start=assigned.statement.start_byte, end=assigned.statement.end_byte,
            name_start=assigned.node.start_byte, name_end=assigned.node.end_byte, occurrence=assigned.occurrence,
            flags=shown | extra | (SymbolFlag.CONDITIONAL if self.conditional else 0)
            | (SymbolFlag.UNREACHABLE if flags & BindingFlag.UNREACHABLE else 0)
            | (SymbolFlag.TYPE_ONLY if assigned.value < 0 and assigned.type >= 0 else 0),
            signature=signature,
        )  # fmt: skip
        facts.slot(symbol, type=assigned.type, value=assigned.value)
        owner.names[name] = symbol
        if not extra & SymbolFlag.INSTANCE:
            facts.binding(
                BindingKind.SYMBOL, owner.scope, name, occurrence=assigned.occurrence, symbol=symbol,
                type=assigned.type, value=assigned.value, flags=flags,
            )  # fmt: skip
        return symbol

    def field_signature(self, name: str, assigned: Assigned) -> Signature:
        """The signature of what one assignment defines; `name` alone where it is one of several targets."""
        if self.label_of(assigned.statement) != "stmt.assign":
            return Signature(name)
        children = self.children(assigned.statement)
        labels = [self.label_of(child) for child in children]
        if labels[0] not in ("expr.name", "expr.member"):
            return Signature(name)
        types = [child for child, label in zip(children[1:], labels[1:], strict=True) if label == "type.any"]
        values = [child for child, label in zip(children[1:], labels[1:], strict=True) if label != "type.any"]
        return field_signature(self.text, name, types, values)

    def _variable_kind(self, owner: Frame, name: str, assigned: Assigned, extra: int) -> SymbolKind:
        if owner.kind == ScopeKind.CLASS:
            member = owner.is_enum and assigned.value >= 0 and not name.startswith("_") and not extra
            return SymbolKind.VARIANT if member else SymbolKind.FIELD
        return SymbolKind.CONSTANT if name.isupper() else SymbolKind.VARIABLE

    def _bind_attribute(self, target: Node, value: int, type: int) -> None:
        node = self.visit(target)
        facts = self.facts
        occurrence = facts.occurrence_of(node)
        if occurrence < 0:
            return
        facts.role(occurrence, Role.WRITE)
        receiver, attribute = target.named_children[0], target.named_children[-1]
        owner = self.frame.class_frame
        if owner is not None and self.frame.receiver and self.source(receiver) == self.frame.receiver:
            statement = self.statement or target
            never = self.import_flags & BindingFlag.UNREACHABLE
            self.defer(owner, Assigned(self.source(attribute), occurrence, value, type, attribute, statement, never))

    def settle_attributes(self, owner: Frame, flags: int) -> None:
        """Turn the assignments through the receiver into attributes of the finished class."""
        by_name: dict[str, list[Assigned]] = {}
        for assigned in owner.assigned:
            by_name.setdefault(assigned.name, []).append(assigned)
        for name, assignments in by_name.items():
            if name in owner.names:
                symbol = owner.names[name]
                self._widen(symbol, assignments)
                continue
            live = [one for one in assignments if not one.flags] or assignments
            first = next((one for one in live if one.type >= 0), live[0])
            self.facts.role(first.occurrence, Role.DEFINITION)
            symbol = self.variable_symbol(owner, first, flags, first.flags)
            self._widen(symbol, [one for one in assignments if one is not first])

    def settle_globals(self) -> None:
        """Decide what assignments under `global` are: writes, or the only definition there is."""
        frame = self.module_frame
        for assigned in frame.assigned:
            if assigned.name not in frame.names:
                self.facts.role(assigned.occurrence, Role.DEFINITION)
                self.variable_symbol(frame, assigned)
            else:
                self._widen(frame.names[assigned.name], [assigned])
                if assigned.value >= 0:
                    self.facts.binding(
                        BindingKind.NARROW, 0, assigned.name, occurrence=assigned.occurrence, value=assigned.value
                    )

    def _widen(self, symbol: int, assignments: list[Assigned]) -> None:
        """The other values an attribute or global is given: its type is their union unless one is declared."""
        column = self.facts.columns["symbols"]
        if symbol < 0 or column["kind"][symbol] not in _VARIABLE_KINDS:
            return
        if self.facts.units is not None:
            self.facts.units.touch(symbol)
        values = [one.value for one in assignments if one.value >= 0]
        for one in assignments:
            if one.type >= 0 and column["type"][symbol] < 0:
                column["type"][symbol] = one.type
        if not values or column["type"][symbol] >= 0:
            return
        first = column["value"][symbol]
        column["value"][symbol] = self.facts.node(
            Op.UNION, self.facts.items([first, *values] if first >= 0 else values), -1
        )

    def import_binding(self, name: str, occurrence: int, value: int) -> None:
        """Bind an imported name in the current frame."""
        frame = self.frame
        flags = self.import_flags | (BindingFlag.REEXPORT if frame.kind == ScopeKind.MODULE else 0)
        if frame.kind not in (ScopeKind.MODULE, ScopeKind.CLASS):
            flags |= BindingFlag.DEFERRED
        scope = 0 if name in frame.globals else frame.scope
        frame.names.pop(name, None)
        self.facts.binding(BindingKind.IMPORT, scope, name, occurrence=occurrence, value=value, flags=flags)


_LITERALS = ("int", "float", "bool", "None", "...", "bytes", "str")
_LEAVES = frozenset({"expr.name", "literal.int", "literal.none", "literal.bool"})
_SEQUENCES = frozenset({"pattern.list", "expr.tuple", "expr.list"})
_VARIABLE_KINDS = frozenset({SymbolKind.FIELD, SymbolKind.VARIABLE, SymbolKind.CONSTANT, SymbolKind.VARIANT})
