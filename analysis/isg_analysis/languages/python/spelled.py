"""Called records: classes that a call makes, `namedtuple("Point", "x y")`, `NamedTuple(...)`, `TypedDict(...)`; and
`__slots__`: members whose names stand in strings.

The strings are where fields are defined. The call is known by its name alone, wherever the name comes from: what
a document's text means elsewhere is not known here.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tree_sitter import Node

from isg_analysis.languages.constructs import Grammar
from isg_analysis.languages.python.frames import Frame, FramedLowering
from isg_analysis.languages.python.signatures import normalised
from isg_analysis.model.builder import FactsBuilder
from isg_analysis.model.facts import ScopeKind
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op
from isg_analysis.model.signature import Signature
from isg_analysis.model.symbol import SymbolFlag, SymbolKind

RECORD_CALLS = (b"namedtuple", b"NamedTuple", b"TypedDict")
_WORD = re.compile(rb"[^\W\d]\w*")
_LISTS = frozenset({"expr.list", "expr.tuple", "expr.passed"})


class CalledField(NamedTuple):
    """Where the name of a field stands, and the node of its type; UNKNOWN where none is written."""

    start: int
    end: int
    type: int
    shown: str = ""


class SpelledLowering(FramedLowering):
    """Strings that name fields, and the symbols that come of them."""

    def __init__(self, grammar: Grammar, facts: FactsBuilder) -> None:
        super().__init__(grammar, facts)
        self.called_fields: dict[int, list[CalledField]] = {}

    def record_arguments(self, listed: Node) -> tuple[int, list[CalledField]]:
        """The arguments of a call that makes a record, and the fields that they name."""
        nodes: list[int] = []
        fields: list[CalledField] = []
        for at, child in enumerate(self.children(listed)):
            label = self.label_of(child)
            if at == 1 and label == "expr.dict":
                fields = [self._typed(*pair) for one in child.named_children if len(pair := self.children(one)) == 2]
            elif at == 1 and (label in _LISTS or label == "expr.str"):
                fields = self._listed(child)
            else:
                nodes.append(self.visit(child))
                continue
            nodes.append(self.facts.node(Op.UNKNOWN))
        return self.facts.items(nodes), [field for field in fields if field.end]

    def _listed(self, node: Node) -> list[CalledField]:
        if self.label_of(node) == "expr.str":
            return self._names_in(node)
        children = self.children(node)
        if self.label_of(node) == "expr.tuple" and len(children) == 2 and self.label_of(children[1]) != "expr.str":
            return [self._typed(*children)]
        out: list[CalledField] = []
        for child in children:
            pair = self.children(child) if self.label_of(child) == "expr.tuple" else []
            out += [self._typed(*pair)] if len(pair) == 2 else self._listed(child)
        return out

    def _names_in(self, node: Node) -> list[CalledField]:
        """The words of a string."""
        start, end = node.start_byte + 1, node.end_byte - 1
        if self.text[node.start_byte] not in b"\"'":
            return []
        unknown = self.facts.node(Op.UNKNOWN)
        return [CalledField(word.start(), word.end(), unknown) for word in _WORD.finditer(self.text, start, end)]

    def _typed(self, name: Node, type: Node) -> CalledField:
        """`("name", Type)`, `"name": Type`."""
        before = self.role, self.in_type
        self.role, self.in_type = Role.TYPE, True
        written = self.visit(type)
        self.role, self.in_type = before
        named = self._names_in(name) if self.label_of(name) == "expr.str" else []
        if len(named) != 1:
            return CalledField(0, 0, -1)
        shown = normalised(self.text[type.start_byte : type.end_byte])
        return CalledField(named[0].start, named[0].end, written if written >= 0 else named[0].type, shown)

    def make_class(self, symbol: int, call: int, statement: Node) -> None:
        """Turn the variable that such a call is assigned to into the class that it makes."""
        facts, end = self.facts, statement.end_byte
        scope = facts.scope(ScopeKind.CLASS, self.scope, symbol, end, end)
        facts.slot(symbol, kind=SymbolKind.CLASS, scope=scope, bases=facts.items([call]), value=-1, type=-1)
        facts.exposes(symbol, self.source(statement).encode())
        self.declare_fields(symbol, scope, call)

    def declare_fields(self, owner: int, scope: int, call: int) -> None:
        """The fields that a call names become members of a class."""
        for start, end, type, shown in self.called_fields.pop(call, ()):
            name = self.text[start:end].decode("utf-8", "replace")
            field = self._string_field(owner, scope, (start, end, name), f"{name}: {shown}" if shown else name, 0)
            self.facts.slot(field, type=type)

    def settle_slots(self, owner: Frame) -> None:
        """What `__slots__` names is an attribute that the finished class has, or is defined there."""
        for start, end, name in owner.slots:
            if name in owner.names:
                self.facts.named(Op.NAME, -1, start, end, name, Role.TEXT, owner.scope)
            else:
                flags = int(SymbolFlag.INSTANCE)
                owner.names[name] = self._string_field(owner.symbol, owner.scope, (start, end, name), name, flags)

    def _string_field(self, owner: int, scope: int, place: tuple[int, int, str], shown: str, flags: int) -> int:
        start, end, name = place
        occurrence = self.facts.occurrence(start, end, name, Role.DEFINITION, scope)
        return self.facts.symbol(
            SymbolKind.FIELD, name, parent=owner, start=start, end=end, name_start=start, name_end=end,
            occurrence=occurrence, flags=flags | (0 if name.startswith("_") else int(SymbolFlag.PUBLIC)),
            signature=Signature(shown, returns=shown.partition(": ")[2]),
        )  # fmt: skip
