"""Effects: what the rest of a document can see of a unit that was lowered again (see `model.units`)."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from isg_analysis.model.builder import FactsBuilder
from isg_analysis.model.facts import TABLES, BindingKind, Facts, columns_of
from isg_analysis.model.flow import OUTER_SCOPES
from isg_analysis.model.occurrence import Role
from isg_analysis.model.symbol import SymbolFlag, SymbolKind
from isg_analysis.model.units import BINDINGS, OCCURRENCES, SCOPES, SYMBOLS, Counts


def same_outside(facts: Facts, made: FactsBuilder, first: Counts, last: Counts) -> bool:
    """Whether nothing outside a stretch of units can see that it changed, but for how often a name was given before:
    the rows before it are as they were, and what it defines and binds there is the same, or is of names that are bound
    nowhere else there.
    """
    if not rows_before_kept(facts, made, first):
        return False
    old, new = _shown(facts, first, last), _shown_again(made, first)
    outside = _Outside(facts, first, last)
    if any(outside.flows_through(shown) for shown in {*old, *new}):
        return False
    if old == new:
        return True
    differing = Counter(old)
    differing.subtract(Counter(new))
    changed = {shown for shown, count in differing.items() if count}
    names = {shown.name for shown in changed}
    if [shown for shown in old if shown.name not in names] != [shown for shown in new if shown.name not in names]:
        return False
    return not any(outside.depends_on(shown) for shown in changed)


def rows_before_kept(facts: Facts, made: FactsBuilder, first: Counts) -> bool:
    """Whether lowering a stretch again left the rows before it alone."""
    for (name, table), count in zip(TABLES, first, strict=False):
        before: Any = getattr(facts, name)
        for column, _ in columns_of(table):
            rows: Any = made.columns[name][column]
            if bytes(getattr(before, column)[:count]) != memoryview(rows)[:count].tobytes():
                return False
    return True


_ELSEWHERE = (BindingKind.GLOBAL, BindingKind.NONLOCAL)
"""Bindings by which a function binds names of what is around it."""


class _Shown(NamedTuple):
    """A symbol or binding that a unit adds outside itself. `place`: the symbol or scope it is added to; `text`: what
    else tells it apart.
    """

    name: int
    kind: int
    place: int
    text: bytes
    is_symbol: bool


class _Outside:
    """What stands beside a stretch."""

    def __init__(self, facts: Facts, first: Counts, last: Counts) -> None:
        self._facts, self._first, self._last = facts, first, last

    def flows_through(self, shown: _Shown) -> bool:
        """Whether what other symbols are made of may depend on what a binding gives its name."""
        if shown.is_symbol or shown.kind != BindingKind.NARROW:
            return False
        return self._facts.scopes.kind[shown.place] not in OUTER_SCOPES and self._is_mentioned(shown.name)

    def _is_mentioned(self, name: int) -> bool:
        return any(True for _ in self._named(self._facts.occurrences.name, name, OCCURRENCES))

    def depends_on(self, shown: _Shown) -> bool:
        """Whether other rows could be different without a symbol or binding, but for their disambiguators."""
        facts, name = self._facts, shown.name
        symbols, bindings, occurrences = facts.symbols, facts.bindings, facts.occurrences
        if shown.is_symbol:
            rows = self._named(symbols.name, name, SYMBOLS)
            if any(symbols.parent[row] == shown.place and symbols.flags[row] & SymbolFlag.INSTANCE for row in rows):
                return True
            # A string that names a member of a class defines it where nothing else does.
            spelled = self._named(occurrences.name, name, OCCURRENCES) if shown.place > 0 else ()
            return any(occurrences.role[row] == Role.TEXT for row in spelled)
        if shown.kind == BindingKind.NARROW and self._is_mentioned(name):
            return True
        for row in self._named(bindings.name, name, BINDINGS):
            if bindings.scope[row] == shown.place or bindings.kind[row] in _ELSEWHERE:
                return True
        return any(occurrences.role[row] == Role.WRITE for row in self._named(occurrences.name, name, OCCURRENCES))

    def _named(self, column: Sequence[int], name: int, table: int) -> Iterator[int]:
        """The rows outside the stretch that hold a name."""
        wanted, first, last = name.to_bytes(4, sys.byteorder), self._first[table], self._last[table]
        for begin, end in ((0, first), (last, len(column))):
            part = bytes(memoryview(column)[begin:end])  # type: ignore[arg-type]
            at = part.find(wanted)
            while at >= 0:
                if not at % 4:
                    yield begin + at // 4
                at = part.find(wanted, at + 1)


def _shown(facts: Facts, first: Counts, last: Counts) -> list[_Shown]:
    """What a unit defines and binds outside itself."""
    row, bound = facts.symbols, facts.bindings
    symbols, bindings = range(first[SYMBOLS], last[SYMBOLS]), range(first[BINDINGS], last[BINDINGS])
    out = [
        _Shown(row.name[at], row.kind[at], row.parent[at], _sides(row.kind[at], facts.text(row.signature[at])), True)
        for at in symbols
        if row.parent[at] < first[SYMBOLS]
    ]
    kept = [at for at in bindings if bound.scope[at] < first[SCOPES]]
    return out + [_Shown(bound.name[at], bound.kind[at], bound.scope[at], b"", False) for at in kept]


def _shown_again(made: FactsBuilder, first: Counts) -> list[_Shown]:
    """As `_shown`, of the unit that was lowered again."""
    row, bound = made.columns["symbols"], made.columns["bindings"]
    symbols, bindings = range(first[SYMBOLS], len(row["kind"])), range(first[BINDINGS], len(bound["kind"]))
    out = [
        _Shown(row["name"][at], row["kind"][at], row["parent"][at], _sides(row["kind"][at], _signature(made, at)), True)
        for at in symbols
        if row["parent"][at] < first[SYMBOLS]
    ]
    kept = [at for at in bindings if bound["scope"][at] < first[SCOPES]]
    return out + [_Shown(bound["name"][at], bound["kind"][at], bound["scope"][at], b"", False) for at in kept]


def _signature(made: FactsBuilder, symbol: int) -> bytes:
    at = made.columns["symbols"]["signature"][symbol]
    return made.texts[at] if at >= 0 else b""


def _sides(kind: int, signature: bytes) -> bytes:
    """What tells unnamed symbols apart."""
    return signature if kind == SymbolKind.IMPLEMENTATION else b""
