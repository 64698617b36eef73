"""Differences between two facts of one document, as far as answers can tell: the tokens an edit changes.

Three cases, from the cheapest to see. The *shape* is the same: all rows are, and positions only moved without
overtaking each other; no answer can tell, not even one of the document's own. Only the *surface* is the same: others
can't tell unless they looked into bodies. Neither is.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from isg_analysis.model.facts import TABLES, BindingKind, Facts, ScopeKind, columns_of
from isg_analysis.model.ops import Op
from isg_analysis.resolve.footprints import Token, defined, depth, spelled, surface

_POSITIONS = {
    "symbols": ("start", "end", "name_start", "name_end"),
    "scopes": ("start", "end"),
    "bindings": ("visible",),
    "imports": ("start", "end"),
}
_SHOWN = frozenset({BindingKind.SYMBOL, BindingKind.IMPORT, BindingKind.GLOB, BindingKind.GLOBAL})
_OUTER = frozenset({ScopeKind.MODULE, ScopeKind.CLASS})
_NAMED_BY_B = frozenset({Op.PATH, Op.IMPORT_FROM})
_LEADS_ON = frozenset({Op.PATH, Op.IMPORT_FROM, Op.IMPORT_MODULE, Op.IMPORT_PATH})


class Difference(NamedTuple):
    """What an edit changed: `tokens` for the answers of others; whether the document's `own` answers are void."""

    tokens: frozenset[Token]
    own: bool


UNCHANGED = Difference(frozenset(), False)


def difference(document: int, old: Facts, new: Facts) -> Difference:
    """What answers can tell of the step from one facts of a document to another."""
    if same_shape(old, new):
        return UNCHANGED
    tokens: set[Token] = {depth(document)}
    before, after = set(old.strings), set(new.strings)
    tokens.update(spelled(name) for name in before ^ after)
    if not same_surface(old, new):
        tokens.add(surface(document))
        tokens.update(defined(facts.strings[name]) for facts in (old, new) for name in set(facts.symbols.name))
    return Difference(frozenset(tokens), True)


def same_shape(old: Facts, new: Facts) -> bool:
    """Whether all but positions is equal, and positions keep their order."""
    if len(old.occurrences.start) != len(new.occurrences.start) or old.strings != new.strings:
        return False
    for name, table in TABLES:
        moving = ("start",) if name == "occurrences" else _POSITIONS.get(name, ())
        mine, others = getattr(old, name), getattr(new, name)
        for column, _ in columns_of(table):
            if column not in moving and not _equal(getattr(mine, column), getattr(others, column)):
                return False
    return _equal(old.children, new.children) and _keep_order(old, new)


def _equal(one: Sequence[int], other: Sequence[int]) -> bool:
    return memoryview(one).tobytes() == memoryview(other).tobytes()  # type: ignore[arg-type]


def _keep_order(old: Facts, new: Facts) -> bool:
    """Whether some positions stayed, and those behind them all moved by the same distance."""
    distance = new.symbols.end[0] - old.symbols.end[0]
    starts, others = old.occurrences.start, new.occurrences.start
    stayed = _first_moved(starts, others)
    if not _equal(starts[:stayed], others[:stayed]) or not _moved(starts[stayed:], others[stayed:], distance):
        return False
    last = starts[stayed - 1] if stayed else -1
    first = starts[stayed] if stayed < len(starts) else old.symbols.end[0]
    for before, after in _pairs(old, new):
        if before == after:
            last = max(last, before or -1)  # the very start, where a whole document begins, is before all
        elif after - before == distance:
            first = min(first, before)
        else:
            return False
    return not distance or (last < first and last < first + distance)


def _first_moved(starts: Sequence[int], others: Sequence[int]) -> int:
    """The first of ordered positions that is not where it was."""
    return bisect_left(range(len(starts)), True, key=lambda index: starts[index] != others[index])


def _moved(before: Sequence[int], after: Sequence[int], distance: int) -> bool:
    """Whether every number grew by the distance. All at once: 32 bits each, as digits of one large number."""
    count = len(before)
    if not count:
        return True
    if after[0] - before[0] != distance:
        return False
    ones = int.from_bytes(b"\1\0\0\0" * count, "little")
    return _number(after) - _number(before) == distance * ones


def _number(column: Sequence[int]) -> int:
    return int.from_bytes(memoryview(column).tobytes(), "little")  # type: ignore[arg-type]


def _pairs(old: Facts, new: Facts) -> Iterator[tuple[int, int]]:
    for name, columns in _POSITIONS.items():
        for column in columns:
            yield from zip(getattr(getattr(old, name), column), getattr(getattr(new, name), column), strict=True)


def same_surface(old: Facts, new: Facts) -> bool:
    """Whether the symbols are the same row by row and show the same, and names in their scopes are bound alike."""
    mine, others = old.symbols, new.symbols
    if not _equal(mine.digest, others.digest) or not _equal(mine.parent, others.parent):
        return False
    if _same_rows(old, new):
        return _imported(old) == _imported(new) and _nested(old) == _nested(new)
    return all(one == other for one, other in _zipped(_shown_bindings(old), _shown_bindings(new)))


def _same_rows(old: Facts, new: Facts) -> bool:
    """Whether scopes and bindings are equal but for positions, and for what bindings are numbers of elsewhere."""
    count = old.packed_strings[1]
    tables = (("bindings", ("kind", "scope", "name", "symbol", "flags")), ("scopes", ("kind", "parent", "symbol")))
    return old.strings == new.strings[:count] and all(
        _equal(getattr(getattr(old, table), column), getattr(getattr(new, table), column))
        for table, columns in tables
        for column in columns
    )


def _imported(facts: Facts) -> list[tuple[object, ...]]:
    """What `_shown_bindings` says of the values of bindings."""
    bindings, symbols = facts.bindings, facts.bindings.symbol
    return [
        _path(facts, bindings.value[row])
        for row, kind in enumerate(bindings.kind)
        if kind in _SHOWN and symbols[row] < 0
    ]


def _nested(facts: Facts) -> list[bool]:
    """Of all bindings whether their name stands in another scope; more than is shown, but quick."""
    places = facts.occurrences.scope
    return [
        at >= 0 and places[at] != scope
        for at, scope in zip(facts.bindings.occurrence, facts.bindings.scope, strict=True)
    ]


def _zipped(one: Iterable[object], other: Iterable[object]) -> Iterator[tuple[object, object]]:
    mine, others = list(one), list(other)
    return zip(mine, others, strict=True) if len(mine) == len(others) else iter(((0, 1),))


def _shown_bindings(facts: Facts) -> Iterator[tuple[object, ...]]:
    """What declarations can mean: definitions and imports in every scope, and all that modules and classes bind."""
    bindings, scopes, strings = facts.bindings, facts.scopes, facts.strings
    places = facts.occurrences.scope
    for row, (kind, scope) in enumerate(zip(bindings.kind, bindings.scope, strict=True)):
        outer = scopes.kind[scope] in _OUTER
        if kind not in _SHOWN and (not outer or kind == BindingKind.NARROW):
            continue
        at = bindings.occurrence[row]
        nested = at >= 0 and places[at] != scope
        own = row if outer and kind not in _SHOWN else -1  # others may hold the row of a module's local
        yield (
            kind, strings[bindings.name[row]], bindings.symbol[row], bindings.flags[row], own, nested,
            scopes.kind[scope], scopes.symbol[scope], _nesting(facts, scope),
            _path(facts, bindings.value[row]) if bindings.symbol[row] < 0 and kind in _SHOWN else (),
        )  # fmt: skip


def _nesting(facts: Facts, scope: int) -> int:
    """How many scopes there are around a scope."""
    parents, count = facts.scopes.parent, 0
    while parents[scope] >= 0:
        scope, count = parents[scope], count + 1
    return count


def _path(facts: Facts, node: int) -> tuple[object, ...]:
    """What an import names, as written."""
    nodes, strings, out = facts.nodes, facts.strings, list[object]()
    while node >= 0:
        op, b = nodes.op[node], nodes.b[node]
        out.append(op)
        if op in _NAMED_BY_B:
            out.append(strings[facts.occurrences.name[b]])
        elif op == Op.IMPORT_MODULE:
            out.append(strings[b] if b >= 0 else "")
        elif op == Op.NAME:
            out.append(strings[facts.occurrences.name[nodes.a[node]]])
        node = nodes.a[node] if op in _LEADS_ON else -1
    return tuple(out)
