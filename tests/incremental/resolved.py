"""Facts with every name spelled out, so that two of them can be compared whatever order their names are numbered in."""

from __future__ import annotations

from isg_analysis.model.facts import TABLES, Facts, columns_of
from isg_analysis.model.ops import OPERANDS_A, OPERANDS_B, Operand


def resolved(facts: Facts) -> dict[str, list[object]]:
    """Every column and every other part of the facts, by name."""
    names = facts.strings
    out: dict[str, list[object]] = {}
    for table, rows in TABLES:
        for column, _ in columns_of(rows):
            values = list(getattr(getattr(facts, table), column))
            out[f"{table}.{column}"] = [names[value] for value in values] if column == "name" else values
    for column, operands in (("a", OPERANDS_A), ("b", OPERANDS_B)):
        rows = zip(out[f"nodes.{column}"], facts.nodes.op, strict=True)
        out[f"nodes.{column}"] = [
            names[value] if operands[op] == Operand.STRING and isinstance(value, int) and value >= 0 else value
            for value, op in rows
        ]
    out["texts"] = [facts.text(at) for column in (facts.symbols.signature, facts.symbols.doc) for at in column]
    out["children"] = list(facts.children)
    out["lines"] = list(facts.line_starts)
    out["wide"] = list(facts.wide)
    out["errors"] = list(facts.errors)
    return out


def differences(one: Facts, other: Facts) -> list[str]:
    """The parts in which two facts differ."""
    left, right = resolved(one), resolved(other)
    return [part for part in left if left[part] != right[part]]
