"""Splice: new facts from old ones in which a unit was extracted again.

The rows of the unit are exchanged; rows behind them keep their contents, but for what they are numbers of: places in
the text move by the length of the edit, references to rows behind the unit by the number of rows that came or went.
The result says the same as facts extracted from the whole text; only the names are numbered in another order, and
names that are no longer used stay in the list.

Not decided here: whether a unit may be exchanged (see `model.units` and `languages.incremental`).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from isg_analysis.model.builder import FactsBuilder, distinction, packed_errors
from isg_analysis.model.facts import TABLES, Facts, columns_of, pack_sections
from isg_analysis.model.flow import FlowColumns
from isg_analysis.model.ops import OPERANDS_A, OPERANDS_B, Operand
from isg_analysis.model.text import line_starts, wide_characters
from isg_analysis.model.units import (
    BINDINGS,
    CHILDREN,
    ERRORS,
    NODES,
    OCCURRENCES,
    SCOPES,
    SYMBOLS,
    TEXTS,
    Counts,
)  # fmt: skip

_PLACE, _END, _DEFINITION, _VISIBLE = -1, -2, -3, -4
_REFERENCES: dict[str, dict[str, int]] = {
    "symbols": {
        "parent": SYMBOLS, "scope": SCOPES, "occurrence": OCCURRENCES, "start": _PLACE, "end": _END,
        "name_start": _PLACE, "name_end": _PLACE, "signature": TEXTS, "doc": TEXTS, "type": NODES, "parameters": NODES,
        "generics": NODES, "bases": NODES, "value": NODES, "decorators": NODES,
    },
    "scopes": {"parent": SCOPES, "symbol": SYMBOLS, "start": _PLACE, "end": _END},
    "bindings": {
        "scope": SCOPES, "occurrence": OCCURRENCES, "symbol": SYMBOLS, "type": NODES, "value": NODES,
        "visible": _VISIBLE,
    },
    "occurrences": {"start": _PLACE, "scope": SCOPES, "node": NODES, "definition": _DEFINITION},
    "imports": {"start": _PLACE, "end": _END, "scope": SCOPES, "node": NODES},
}  # fmt: skip
"""What each column is the number of; those not named are no references, or to names, which keep their numbers."""
_TABLE_OF = {
    Operand.NODE: NODES, Operand.OCCURRENCE: OCCURRENCES, Operand.CHILD: CHILDREN, Operand.SCOPE: SCOPES,
    Operand.SYMBOL: SYMBOLS,
}  # fmt: skip
_NEVER = 1 << 40


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a text: its bytes from `start` to `old_end` became those from `start` to `new_end`."""

    start: int
    old_end: int
    new_end: int

    @property
    def delta(self) -> int:
        """How far what lies behind moves."""
        return self.new_end - self.old_end


@dataclass(frozen=True, slots=True)
class Exchanged:
    """The unit: its rows from `first` to `last` of each table, and where its text ended and ends now."""

    first: Counts
    last: Counts
    old_end: int
    new_end: int


def splice(
    facts: Facts, errors: Sequence[tuple[int, str]], unit: Exchanged, edit: Edit, made: FactsBuilder,
    doc: bytes | None = None,
) -> bytes:  # fmt: skip
    """The packed facts of the edited text. `made`: what the unit gave, behind the rows before it; `made.errors` becomes
    the new document's. `doc`: the module's doc string, if it is another one; it is always the first text.
    """
    counts = made.counts()
    made.sort_occurrences()
    moves = _Moves(unit, edit.delta, tuple(new - old for new, old in zip(counts, unit.last, strict=True)))
    columns = {
        name: {column: moves.column(facts, made, name, column, code) for column, code in columns_of(table)}
        for name, table in TABLES
        if name != "nodes"
    }
    columns["nodes"] = moves.nodes(facts, made)
    for name in ("symbols", "scopes"):
        columns[name]["start"][0], columns[name]["end"][0] = 0, len(made.text)
    columns["symbols"]["name_start"][0] = columns["symbols"]["name_end"][0] = 0
    pool = moves.joined("i", facts.children, CHILDREN, made.pool, partial(moves.references, NODES))
    tables = {name: table(**columns[name]) for name, table in TABLES}
    made.expose_flows(FlowColumns(tables["nodes"], tables["occurrences"], tables["bindings"], tables["scopes"], pool))
    made.number_symbols()
    if doc is not None:
        columns["symbols"]["doc"][0] = 0 if doc else -1
    renumbered = _describe_symbols(columns["symbols"], facts, made, unit.first[SYMBOLS], unit.last[SYMBOLS])
    made.errors += [(moves.place(offset), message) for offset, message in errors[unit.last[ERRORS] :]]
    sections = [(code, columns[name][column].tobytes()) for name, table in TABLES for column, code in columns_of(table)]
    sections += [
        ("i", pool.tobytes()),
        ("s", _strings(facts, made)),
        *_texts(facts, made, unit, doc),
        ("i", _lines(facts, made.text, edit)),
        ("i", _wide(facts, made.text, edit)),
        ("s", packed_errors(made.text, made.errors)),
    ]
    packed = pack_sections(sections)
    return _with_disambiguators(packed, renumbered) if renumbered else packed


class _Moves:
    """How far everything behind the unit moves."""

    def __init__(self, unit: Exchanged, delta: int, moved: Counts) -> None:
        self._unit, self._delta, self._moved = unit, delta, moved

    def place(self, offset: int) -> int:
        """Where a place behind the unit is now."""
        return offset + self._delta if offset >= self._unit.old_end else offset

    def references(self, table: int, values: Sequence[int]) -> Sequence[int]:
        """The new numbers of rows."""
        moved, bound = self._moved[table], self._unit.last[table]
        return [value + moved if value >= bound else value for value in values] if moved else values

    def _places(self, values: Sequence[int]) -> Sequence[int]:
        delta, bound = self._delta, self._unit.old_end
        return [value + delta if value >= bound else value for value in values] if delta else values

    def _visible(self, values: Sequence[int]) -> Sequence[int]:
        """As `_places`; 0 stands for everywhere."""
        delta, bound = self._delta, max(self._unit.old_end, 1)
        return [value + delta if value >= bound else value for value in values] if delta else values

    def _ends(self, values: Sequence[int]) -> Sequence[int]:
        """As `_places`; what ended with the unit ends with it again."""
        delta, bound, end = self._delta, self._unit.old_end, self._unit.new_end
        return [value + delta if value > bound else end if value == bound else value for value in values]

    def _definitions(self, values: Sequence[int]) -> Sequence[int]:
        symbols, bindings = self._moved[SYMBOLS] * 2, self._moved[BINDINGS] * 2
        if not symbols and not bindings:
            return values
        first_symbol, first_binding = self._unit.last[SYMBOLS] * 2, self._unit.last[BINDINGS] * 2
        return [
            value if value < 0
            else (value + bindings if value >= first_binding else value) if value & 1
            else value + symbols if value >= first_symbol else value
            for value in values
        ]  # fmt: skip

    def column(self, facts: Facts, made: FactsBuilder, name: str, column: str, code: str) -> Any:
        """A whole column of a table."""
        kind = _REFERENCES[name].get(column)
        move: Callable[[Sequence[int]], Sequence[int]] | None = None
        if kind == _PLACE:
            move = self._places
        elif kind == _VISIBLE:
            move = self._visible
        elif kind == _END:
            move = self._ends
        elif kind == _DEFINITION:
            move = self._definitions
        elif kind is not None:
            move = partial(self.references, kind)
        table = _NUMBERS[name]
        whole = table != OCCURRENCES or kind == _DEFINITION
        values = getattr(getattr(facts, name), column)
        return self.joined(code, values, table, made.columns[name][column], move, whole)

    def joined(
        self, code: str, old: Any, table: int, new: Any, move: Callable[[Sequence[int]], Sequence[int]] | None,
        whole: bool = False,
    ) -> Any:  # fmt: skip
        """Rows before the unit, of the unit, behind it; with `whole` the ones before may refer to what is behind."""
        first, last = self._unit.first[table], self._unit.last[table]
        out = array(code)
        _append(out, old[:first], move if whole else None)
        out += new[first:]
        _append(out, old[last:], move)
        return out

    def nodes(self, facts: Facts, made: FactsBuilder) -> dict[str, Any]:
        """The nodes: what an operand is the number of depends on the op."""
        last = self._unit.last[NODES]
        ops = bytes(facts.nodes.op[last:])
        return {
            "op": self.joined("B", facts.nodes.op, NODES, made.columns["nodes"]["op"], None),
            "a": self._operands(facts.nodes.a, made.columns["nodes"]["a"], OPERANDS_A, ops),
            "b": self._operands(facts.nodes.b, made.columns["nodes"]["b"], OPERANDS_B, ops),
        }

    def _operands(self, old: Any, new: Any, operands: tuple[Operand, ...], ops: bytes) -> Any:
        bounds = []
        for operand in operands:
            table = _TABLE_OF.get(operand)
            moved = self._moved[table] if table is not None else 0
            bounds.append((self._unit.last[table], moved) if table is not None and moved else (_NEVER, 0))

        def move(values: Sequence[int]) -> Sequence[int]:
            if not any(moved for _, moved in bounds):
                return values
            rows = zip(values, map(bounds.__getitem__, ops), strict=True)
            return [value + moved if value >= bound else value for value, (bound, moved) in rows]

        return self.joined("i", old, NODES, new, move)


_NUMBERS = {name: number for number, (name, _) in enumerate(TABLES)}


def _append(out: Any, values: Any, move: Callable[[Sequence[int]], Sequence[int]] | None) -> None:
    moved = move(values) if move is not None else values
    if moved is values:
        out.frombytes(bytes(values))
    else:
        out.fromlist(moved)


def _describe_symbols(
    columns: dict[str, Any], facts: Facts, made: FactsBuilder, first: int, last: int
) -> set[tuple[int, int]]:
    """Digests and disambiguators of the unit's symbols. Those it shows outside stay counted as they were, if they are
    the same ones; else the result is (parent, name) of those to be counted again.
    """
    row, known = made.columns["symbols"], facts.symbols
    end = len(row["kind"])
    columns["digest"][first:end] = array("q", row["digest"][first:])
    columns["disambiguator"][first:end] = array("i", row["disambiguator"][first:])
    old = [at for at in range(first, last) if known.parent[at] < first]
    new = [at for at in range(first, end) if row["parent"][at] < first]
    before = [(known.parent[at], known.name[at], known.kind[at], _distinct(facts, at)) for at in old]
    after = [(row["parent"][at], row["name"][at], row["kind"][at], made.distinction(at)) for at in new]
    if before == after:
        for place, at in zip(new, old, strict=True):
            columns["disambiguator"][place] = known.disambiguator[at]
        return set()
    return {shown[:2] for shown in (*before, *after)}


def _with_disambiguators(packed: bytes, wanted: set[tuple[int, int]]) -> bytes:
    """The facts with the symbols of these parents and names counted again."""
    raw = bytearray(packed)
    facts = Facts(memoryview(raw))
    symbols: Any = facts.symbols
    seen: dict[tuple[int, str], int] = {}
    for at, key in enumerate(zip(symbols.parent, symbols.name, strict=True)):
        if key in wanted:
            sibling = (key[0], _distinct(facts, at))
            symbols.disambiguator[at] = seen.get(sibling, 0)
            seen[sibling] = symbols.disambiguator[at] + 1
    return bytes(raw)


def _distinct(facts: Facts, symbol: int) -> str:
    symbols = facts.symbols
    return distinction(symbols.kind[symbol], facts.name_of(symbol), facts.text(symbols.signature[symbol]))


def _strings(facts: Facts, made: FactsBuilder) -> bytes:
    raw, count = facts.packed_strings
    names = list(made.strings)
    if len(names) == count:
        return raw
    return raw + b"\0" + "\0".join(names[count:]).encode("utf-8", "replace")


def _texts(facts: Facts, made: FactsBuilder, unit: Exchanged, doc: bytes | None) -> list[tuple[str, bytes]]:
    first, last = unit.first[TEXTS], unit.last[TEXTS]
    old_offsets, old = facts.packed_texts
    kept, before = array("i", bytes(old_offsets[: first + 1])), bytes(old[: old_offsets[first]])
    if doc is not None:
        grown = len(doc) - old_offsets[1]
        kept = array("i", [0, *(offset + grown for offset in kept[1:])])
        before = doc + before[old_offsets[1] :]
    texts = made.texts[first:]
    for raw in texts:
        kept.append(kept[-1] + len(raw))
    moved = kept[-1] - old_offsets[last]
    kept.extend([offset + moved for offset in old_offsets[last + 1 :]])
    return [("i", kept.tobytes()), ("s", b"".join((before, *texts, old[old_offsets[last] :])))]


def _lines(facts: Facts, text: bytes, edit: Edit) -> bytes:
    if b"\r" in text:
        return array("i", line_starts(text)).tobytes()
    old = facts.line_starts
    before, behind = bisect_right(old, edit.start), bisect_right(old, edit.old_end)
    out = array("i", bytes(old[:before]))
    first, delta = edit.start, edit.delta
    out.extend([start + first for start in line_starts(text[first : edit.new_end])[1:]])
    out.extend([start + delta for start in old[behind:]])
    return out.tobytes()


def _wide(facts: Facts, text: bytes, edit: Edit) -> bytes:
    old, middle = facts.wide, text[edit.start : edit.new_end]
    if not old and middle.isascii():
        return b""
    before, behind = bisect_left(old, edit.start << 2), bisect_left(old, edit.old_end << 2)
    out = array("i", bytes(old[:before]))
    first, delta = edit.start << 2, edit.delta << 2
    out.extend([mark + first for mark in wide_characters(middle)])
    out.extend([mark + delta for mark in old[behind:]])
    return out.tobytes()
