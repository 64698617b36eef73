"""Narrowings: what a condition says about the names in it.

A name may be dotted (`self.x`). What is known of it is a NARROWED node: over a type it is `isinstance`; over a UNARY
`not` its contrary, over a UNARY `type` `issubclass`; over a UNARY `guard` and `not guard` the call of a function that
may be declared as a `TypeGuard` or `TypeIs`; over a UNARY `==` and `!=` the comparison of a member with constants.
"""

from __future__ import annotations

from collections.abc import Sequence

from isg_analysis.languages.constructs import Grammar
from isg_analysis.languages.python.expressions import ExpressionLowering
from isg_analysis.model.builder import FactsBuilder
from isg_analysis.model.ops import Op

Narrowings = list[tuple[str, int]]

_NO_GUARDS = frozenset(
    {
        "abs", "all", "any", "bool", "callable", "dict", "float", "getattr", "hasattr", "hash", "id", "int", "iter",
        "len", "list", "max", "min", "next", "repr", "round", "set", "sorted", "str", "sum", "tuple", "type",
    }
)  # fmt: skip
"""Functions that conditions often call."""
_CONTRARY = {"==": "!=", "!=": "=="}


class NarrowingLowering(ExpressionLowering):
    """Reads conditions that were visited."""

    def __init__(self, grammar: Grammar, facts: FactsBuilder) -> None:
        super().__init__(grammar, facts)
        self._narrowed_by: dict[int, tuple[Narrowings, Narrowings]] = {}

    def narrowings(self, condition: int) -> tuple[Narrowings, Narrowings]:
        """(what holds if the condition is true, what holds if it is false), as (dotted name, NARROWED node)."""
        if condition < 0:
            return [], []
        found = self._narrowed_by.get(condition)
        if found is None:
            found = self._narrowed_by[condition] = self._read_condition(condition)
        return found

    def _read_condition(self, condition: int) -> tuple[Narrowings, Narrowings]:
        nodes, facts = self.facts.columns["nodes"], self.facts
        op, a, b = nodes["op"][condition], nodes["a"][condition], nodes["b"][condition]
        if op == Op.CALL:
            return self._isinstance(a, b) or self._guarded(condition, a, b)
        if op == Op.UNARY and b == facts.string("not"):
            positive, negative = self.narrowings(a)
            return negative, positive
        if op == Op.BINARY and b == facts.string("is"):
            return self._same_type(facts.children(a))
        if op == Op.BINARY and b in (facts.string("=="), facts.string("!=")):
            tested = nodes["a"][facts.children(a)[0]]
            return self.compared(condition, tested, "==" if b == facts.string("==") else "!=")
        if op == Op.BINARY and b in (facts.string("and"), facts.string("or")):
            sides = [self.narrowings(side) for side in facts.children(a)]
            if b == facts.string("and"):
                return sides[0][0] + sides[1][0], []
            return [], sides[0][1] + sides[1][1]
        return [], []

    def _isinstance(self, callee: int, arguments: int) -> tuple[Narrowings, Narrowings] | None:
        facts = self.facts
        tested = self.dotted(callee) if self.op_of(callee) == Op.NAME else ""
        if tested not in ("isinstance", "issubclass") or arguments < 0:
            return None
        given = facts.children(arguments)
        key = self.dotted(given[0]) if len(given) == 2 else ""
        if not key:
            return [], []
        if tested == "issubclass":
            classes = facts.node(Op.UNARY, given[1], facts.string("type"))
            return [(key, facts.node(Op.NARROWED, given[0], classes))], []
        negated = facts.node(Op.UNARY, given[1], facts.string("not"))
        return (
            [(key, facts.node(Op.NARROWED, given[0], given[1]))],
            [(key, facts.node(Op.NARROWED, given[0], negated))],
        )

    def _guarded(self, call: int, callee: int, arguments: int) -> tuple[Narrowings, Narrowings]:
        """`is_cat(x)`, whatever `is_cat` is."""
        facts = self.facts
        given = list(facts.children(arguments)) if arguments >= 0 else []
        key = self.dotted(given[0]) if given else ""
        if not key or self.dotted(callee) in _NO_GUARDS:
            return [], []
        sides = [facts.node(Op.UNARY, call, facts.string(said)) for said in ("guard", "not guard")]
        holds, denied = ([(key, facts.node(Op.NARROWED, given[0], side))] for side in sides)
        return holds, denied

    def compared(self, comparison: int, base: int, operator: str) -> tuple[Narrowings, Narrowings]:
        """`x.kind == "circle"`: says something about x, the base."""
        facts = self.facts
        key = self.dotted(base)
        if not key:
            return [], []
        sides = [facts.node(Op.UNARY, comparison, facts.string(said)) for said in (operator, _CONTRARY[operator])]
        holds, denied = ([(key, facts.node(Op.NARROWED, base, side))] for side in sides)
        return holds, denied

    def equal(self, value: int, constants: Sequence[int], operator: str = "==") -> int:
        """The comparison of `x.kind` or `x["kind"]` with any of some constants; -1 where it is another one."""
        facts = self.facts
        columns = facts.columns["nodes"]
        keyed = self.op_of(value) == Op.INDEX and self.op_of(columns["b"][value]) == Op.FIELD_OF
        if min(constants, default=-1) < 0 or (not keyed and self.op_of(value) != Op.MEMBER):
            return -1
        return facts.node(Op.BINARY, facts.items([value, *constants]), facts.string(operator))

    def _same_type(self, sides: Sequence[int]) -> tuple[Narrowings, Narrowings]:
        """`type(x) is T`."""
        facts, (tested, wanted) = self.facts, list(sides)
        arguments = facts.columns["nodes"]["b"][tested]
        given = list(facts.children(arguments)) if arguments >= 0 else []
        key = self.dotted(given[0]) if len(given) == 1 else ""
        return ([(key, facts.node(Op.NARROWED, given[0], wanted))], []) if key else ([], [])

    def dotted(self, node: int) -> str:
        """`a.b.c` for a chain of members of a name, whatever is known of it, else ""."""
        op = self.op_of(node)
        if op == Op.NARROWED:
            return self.dotted(self.facts.columns["nodes"]["a"][node])
        if op not in (Op.NAME, Op.MEMBER):
            return ""
        row, at = self.facts.columns["occurrences"], self.facts.occurrence_of(node)
        start = row["start"][at]
        name = self.text[start : start + row["length"][at]].decode("utf-8", "replace")
        if op == Op.NAME:
            return name
        base = self.dotted(self.facts.columns["nodes"]["a"][node])
        return f"{base}.{name}" if base else ""
