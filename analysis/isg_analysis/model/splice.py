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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from isg_analysis.model.builder import FactsBuilder, distinction, packed_errors
from isg_analysis.model.facts import TABLES, Facts, columns_of, pack_sections
from isg_analysis.model.flow import FlowColumns
from isg_analysis.model.lanes import Lanes, moved, selection
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
Move = Callable[[bytes], bytes]
"""Makes a column, or the end of one, anew."""


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

    def references(self, table: int, raw: bytes) -> bytes:
        """The new numbers of rows."""
        return moved(raw, self._unit.last[table], self._moved[table])

    def _places(self, raw: bytes) -> bytes:
        return moved(raw, self._unit.old_end, self._delta)

    def _visible(self, raw: bytes) -> bytes:
        """As `_places`; 0 stands for everywhere."""
        return moved(raw, max(self._unit.old_end, 1), self._delta)

    def _ends(self, raw: bytes) -> bytes:
        """As `_places`; what ended with the unit ends with it again."""
        delta, bound, end = self._delta, self._unit.old_end, self._unit.new_end
        values = memoryview(raw).cast("i")
        return array("i", [at + delta if at > bound else end if at == bound else at for at in values]).tobytes()

    def _definitions(self, raw: bytes) -> bytes:
        symbols, bindings = self._moved[SYMBOLS] * 2, self._moved[BINDINGS] * 2
        if not raw or not (symbols or bindings):
            return raw
        lanes = Lanes(raw)
        odd = lanes.odd()
        lanes.move(lanes.reaching(self._unit.last[SYMBOLS] * 2) & (lanes.all ^ odd), symbols)
        return lanes.move(lanes.reaching(self._unit.last[BINDINGS] * 2) & odd, bindings).pack()

    def column(self, facts: Facts, made: FactsBuilder, name: str, column: str, code: str) -> Any:
        """A whole column of a table."""
        kind = _REFERENCES[name].get(column)
        move: Move | None = None
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
        whole = table != OCCURRENCES or kind in (_DEFINITION, NODES)
        values = getattr(getattr(facts, name), column)
        return self.joined(code, values, table, made.columns[name][column], move, whole)

    def joined(self, code: str, old: Any, table: int, new: Any, move: Move | None, whole: bool = False) -> Any:
        """Rows before the unit, of the unit, behind it; with `whole` the ones before may refer to what is behind."""
        first, last = self._unit.first[table], self._unit.last[table]
        out = array(code)
        before, behind = bytes(old[:first]), bytes(old[last:])
        out.frombytes(move(before) if move is not None and whole else before)
        out += new[first:]
        out.frombytes(move(behind) if move is not None else behind)
        return out

    def nodes(self, facts: Facts, made: FactsBuilder) -> dict[str, Any]:
        """The nodes: what an operand is the number of depends on the op."""
        ops = bytes(facts.nodes.op[self._unit.last[NODES] :])
        return {
            "op": self.joined("B", facts.nodes.op, NODES, made.columns["nodes"]["op"], None),
            "a": self._operands(facts.nodes.a, made.columns["nodes"]["a"], _OF_TABLE_A, ops),
            "b": self._operands(facts.nodes.b, made.columns["nodes"]["b"], _OF_TABLE_B, ops),
        }

    def _operands(self, old: Any, new: Any, ops_of: Mapping[int, bytes], ops: bytes) -> Any:
        """`ops_of`: see `_ops_of_tables`. `ops`: those of the nodes behind the unit."""
        changed = [(table, marks) for table, marks in ops_of.items() if self._moved[table]]

        def move(raw: bytes) -> bytes:
            if not raw or not changed:
                return raw
            lanes = Lanes(raw)
            for table, marks in changed:
                lanes.move(lanes.reaching(self._unit.last[table]) & selection(ops.translate(marks)), self._moved[table])
            return lanes.pack()

        return self.joined("i", old, NODES, new, move)


def _ops_of_tables(operands: tuple[Operand, ...]) -> dict[int, bytes]:
    """For each table: by op, 1 where the operand is the number of one of its rows."""
    named = [_TABLE_OF.get(operand) for operand in operands]
    named += [None] * (256 - len(named))
    return {table: bytes(one == table for one in named) for table in dict.fromkeys(named) if table is not None}


_OF_TABLE_A, _OF_TABLE_B = _ops_of_tables(OPERANDS_A), _ops_of_tables(OPERANDS_B)
_NUMBERS = {name: number for number, (name, _) in enumerate(TABLES)}


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
        kept = array("i", [0, *(offset + len(doc) - old_offsets[1] for offset in kept[1:])])
        before = doc + before[old_offsets[1] :]
    texts = made.texts[first:]
    for raw in texts:
        kept.append(kept[-1] + len(raw))
    grown = kept[-1] - old_offsets[last]
    kept.frombytes(moved(bytes(old_offsets[last + 1 :]), 0, grown))
    return [("i", kept.tobytes()), ("s", b"".join((before, *texts, old[old_offsets[last] :])))]


def _lines(facts: Facts, text: bytes, edit: Edit) -> bytes:
    if b"\r" in text:
        return array("i", line_starts(text)).tobytes()
    old = facts.line_starts
    before, behind = bisect_right(old, edit.start), bisect_right(old, edit.old_end)
    out = array("i", bytes(old[:before]))
    first, delta = edit.start, edit.delta
    out.extend([start + first for start in line_starts(text[first : edit.new_end])[1:]])
    return out.tobytes() + moved(bytes(old[behind:]), 0, delta)


def _wide(facts: Facts, text: bytes, edit: Edit) -> bytes:
    old, middle = facts.wide, text[edit.start : edit.new_end]
    if not old and middle.isascii():
        return b""
    before, behind = bisect_left(old, edit.start << 2), bisect_left(old, edit.old_end << 2)
    out = array("i", bytes(old[:before]))
    first, delta = edit.start << 2, edit.delta << 2
    out.extend([mark + first for mark in wide_characters(middle)])
    return out.tobytes() + moved(bytes(old[behind:]), 0, delta)
