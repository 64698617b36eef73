"""Effects: what the rest of a document can see of a unit that was lowered again (see `model.units`)."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import Any, NamedTuple

from isg_analysis.model.builder import FactsBuilder
from isg_analysis.model.facts import TABLES, Facts, columns_of
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.model.units import BINDINGS, OCCURRENCES, SCOPES, SYMBOLS, Counts


def same_outside(facts: Facts, made: FactsBuilder, first: Counts, last: Counts) -> bool:
    """Whether nothing outside a unit can see that it changed: the rows before it are as they were, and it defines and
    binds the same there, but for names that nothing else mentions.
    """
    for (name, table), count in zip(TABLES, first, strict=False):
        before: Any = getattr(facts, name)
        for column, _ in columns_of(table):
            rows: Any = made.columns[name][column]
            if bytes(getattr(before, column)[:count]) != memoryview(rows)[:count].tobytes():
                return False
    old, new = _shown(facts, first, last), _shown_again(made, first)
    if old == new:
        return True
    differing = Counter(old)
    differing.subtract(Counter(new))
    names = {shown.name for shown, count in differing.items() if count}
    same = [shown for shown in old if shown.name not in names] == [shown for shown in new if shown.name not in names]
    return same and not any(_mentioned(facts, name, first, last) for name in names)


class _Shown(NamedTuple):
    """A symbol or binding that a unit adds outside itself. `text`: what else tells it apart."""

    name: int
    kind: int
    place: int
    text: bytes


def _mentioned(facts: Facts, name: int, first: Counts, last: Counts) -> bool:
    """Whether a name stands outside the rows of a unit; what has no name always does."""
    if not name:
        return True
    columns = (
        (facts.occurrences.name, OCCURRENCES), (facts.symbols.name, SYMBOLS), (facts.bindings.name, BINDINGS)
    )  # fmt: skip
    return any(
        array("i", bytes(part)).count(name) for column, table in columns
        for part in (column[: first[table]], column[last[table] :])
    )  # fmt: skip


def _shown(facts: Facts, first: Counts, last: Counts) -> list[_Shown]:
    """What a unit defines and binds outside itself."""
    row, bound = facts.symbols, facts.bindings
    symbols, bindings = range(first[SYMBOLS], last[SYMBOLS]), range(first[BINDINGS], last[BINDINGS])
    out = [
        _Shown(row.name[at], row.kind[at], row.parent[at], _sides(row.kind[at], facts.text(row.signature[at])))
        for at in symbols
        if row.parent[at] < first[SYMBOLS]
    ]
    kept = [at for at in bindings if bound.scope[at] < first[SCOPES]]
    return out + [_Shown(bound.name[at], bound.kind[at], bound.scope[at], b"") for at in kept]


def _shown_again(made: FactsBuilder, first: Counts) -> list[_Shown]:
    """As `_shown`, of the unit that was lowered again."""
    row, bound = made.columns["symbols"], made.columns["bindings"]
    symbols, bindings = range(first[SYMBOLS], len(row["kind"])), range(first[BINDINGS], len(bound["kind"]))
    out = [
        _Shown(row["name"][at], row["kind"][at], row["parent"][at], _sides(row["kind"][at], _signature(made, at)))
        for at in symbols
        if row["parent"][at] < first[SYMBOLS]
    ]
    kept = [at for at in bindings if bound["scope"][at] < first[SCOPES]]
    return out + [_Shown(bound["name"][at], bound["kind"][at], bound["scope"][at], b"") for at in kept]


def _signature(made: FactsBuilder, symbol: int) -> bytes:
    at = made.columns["symbols"]["signature"][symbol]
    return made.texts[at] if at >= 0 else b""


def _sides(kind: int, signature: bytes) -> bytes:
    """What tells unnamed symbols apart."""
    return signature if kind == SymbolKind.IMPLEMENTATION else b""
