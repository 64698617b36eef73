"""FactsBuilder: collects one document's facts during extraction and packs them.

Knows rows and columns, nothing of any language. Rows are appended in source order; `pack` sorts
occurrences by position, numbers them anew, fills disambiguators and digests.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass

from isg_analysis.model.facts import TABLES, Facts, columns_of, pack_sections
from isg_analysis.model.flow import FlowColumns, Flows
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import OPERANDS_A, OPERANDS_B, Op, Operand
from isg_analysis.model.signature import Signature, decode, encode
from isg_analysis.model.symbol import SymbolKind, descriptor
from isg_analysis.model.text import line_starts, wide_characters
from isg_analysis.model.units import BINDINGS, CHILDREN, ERRORS, NODES, OCCURRENCES, SYMBOLS, TEXTS, Counts, Units

_OCCURRENCE_IN_A = frozenset(op for op in Op if OPERANDS_A[op] == Operand.OCCURRENCE)
_OCCURRENCE_IN_B = frozenset(op for op in Op if OPERANDS_B[op] == Operand.OCCURRENCE)
MOST_ERRORS = 20


@dataclass(frozen=True, slots=True)
class Before:
    """Finished facts, of which a builder keeps the first rows: `counts` of them."""

    facts: Facts
    counts: Counts
    strings: dict[str, int]
    errors: Sequence[tuple[int, str]]


class FactsBuilder:
    """One instance per document and extraction."""

    def __init__(self, text: bytes, before: Before | None = None) -> None:
        """`before`: go on behind these rows of the same document's earlier facts; they stay as they are."""
        self.text = text
        self.units: Units | None = None
        """Where set, told of every change to a symbol, and of what is appended where."""
        self.columns: dict[str, dict[str, MutableSequence[int]]] = _first_columns(before)
        self.strings: dict[str, int] = before.strings if before else {}
        self.errors: list[tuple[int, str]] = list(before.errors[: before.counts[ERRORS]]) if before else []
        """(offset, message), at most 20 of them."""
        self.texts: list[bytes] = [b""] * (before.counts[TEXTS] if before else 0)
        self.pool: MutableSequence[int] = (
            array("i", bytes(before.facts.children[: before.counts[CHILDREN]])) if before else []
        )
        """The children of LIST nodes."""
        self._digests: list[bytes] = [b""] * (before.counts[SYMBOLS] if before else 0)
        self._names: list[str] = []
        self.continues = before is not None
        """Whether there are rows of earlier facts."""
        self._floor: Counts = before.counts if before else (0,) * 9
        nodes = self.columns["nodes"]
        self._ops, self._as, self._bs = nodes["op"], nodes["a"], nodes["b"]
        occ = self.columns["occurrences"]
        self._occ = (occ["start"], occ["length"], occ["name"], occ["role"], occ["scope"], occ["node"])
        self._occ_definition = occ["definition"]
        self._scope_columns = tuple(self.columns["scopes"].values())
        self._binding_columns = tuple(self.columns["bindings"].values())
        self._symbol_columns = tuple(self.columns["symbols"].items())
        if before is None:
            self._begin()

    def _begin(self) -> None:
        """The rows every document has: its module's symbol and scope."""
        text = self.text
        self.symbol(SymbolKind.MODULE, "", parent=-1, start=0, end=len(text))
        self.scope(1, parent=-1, symbol=0, start=0, end=len(text))
        self.columns["symbols"]["scope"][0] = 0

    def string(self, name: str) -> int:
        """The number of a name; the same name always gives the same number."""
        strings = self.strings
        found = strings.get(name)
        if found is None:
            found = strings[name] = len(strings)
        return found

    def stored_text(self, raw: bytes) -> int:
        """Keep a longer text (signature, doc comment); returns its number."""
        self.texts.append(raw)
        return len(self.texts) - 1

    def error(self, offset: int, message: str) -> None:
        """Report what could not be extracted, at most 20 of them."""
        if len(self.errors) < MOST_ERRORS:
            self.errors.append((offset, message.replace("\0", " ")))

    def counts(self) -> Counts:
        """How many rows there are by now."""
        rows = self.columns
        return (
            len(rows["symbols"]["kind"]), len(rows["scopes"]["kind"]), len(rows["bindings"]["kind"]),
            len(rows["occurrences"]["start"]), len(self._ops), len(rows["imports"]["start"]), len(self.pool),
            len(self.texts), len(self.errors),
        )  # fmt: skip

    def node(self, op: int, a: int = -1, b: int = -1) -> int:
        """Append a node; returns its number."""
        ops = self._ops
        ops.append(op)
        self._as.append(a)
        self._bs.append(b)
        return len(ops) - 1

    def items(self, nodes: list[int]) -> int:
        """A LIST node over the nodes; -1 stays in place as an unknown element."""
        first = len(self.pool)
        self.pool.extend(nodes)
        return self.node(Op.LIST, first, len(nodes))

    def children(self, node: int) -> list[int]:
        """The nodes of a LIST made earlier."""
        return list(self.pool[self._as[node] : self._as[node] + self._bs[node]])

    def occurrence(self, start: int, end: int, name: str, role: int, scope: int, node: int = -1) -> int:
        """Append an occurrence; returns its (provisional) number. Longer than 65,535 bytes: the length is cut."""
        starts, lengths, names, roles, scopes, nodes = self._occ
        starts.append(start)
        lengths.append(end - start if end - start < 65536 else 65535)
        strings = self.strings
        found = strings.get(name)
        if found is None:
            found = strings[name] = len(strings)
        names.append(found)
        roles.append(role)
        scopes.append(scope)
        nodes.append(node)
        self._occ_definition.append(-1)
        return len(starts) - 1

    def named(self, op: int, base: int, start: int, end: int, name: str, role: int, scope: int) -> int:
        """An occurrence together with the node that names it: NAME (base ignored), MEMBER, PATH, KEYWORD,
        FIELD_OF, IMPORT_FROM or ASSOCIATED. Returns the node.
        """
        ops = self._ops
        node = len(ops)
        at = self.occurrence(start, end, name, role, scope, node)
        ops.append(op)
        if op == Op.NAME:
            self._as.append(at)
            self._bs.append(-1)
        else:
            self._as.append(base)
            self._bs.append(at)
        return node

    def role(self, occurrence: int, role: int) -> None:
        """Change an occurrence's role once its context is known."""
        self._occ[3][occurrence] = role

    def occurrence_of(self, node: int) -> int:
        """The occurrence a naming node holds, or -1."""
        op = self._ops[node] if node >= 0 else 0
        if op in _OCCURRENCE_IN_A:
            return self._as[node]
        return self._bs[node] if op in _OCCURRENCE_IN_B else -1

    def scope(self, kind: int, parent: int, symbol: int, start: int, end: int) -> int:
        """Append a scope; returns its number."""
        columns = self._scope_columns
        for column, value in zip(columns, (kind, parent, symbol, start, end), strict=True):
            column.append(value)
        return len(columns[0]) - 1

    def binding(
        self,
        kind: int,
        scope: int,
        name: str,
        *,
        occurrence: int = -1,
        symbol: int = -1,
        type: int = -1,
        value: int = -1,
        visible: int = 0,
        flags: int = 0,
    ) -> int:
        """Append a binding; a DEFINITION occurrence is tied to it unless a symbol owns it."""
        columns = self._binding_columns
        values = (kind, scope, self.string(name), occurrence, symbol, type, value, visible, flags)
        for column, number in zip(columns, values, strict=True):
            column.append(number)
        binding = len(columns[0]) - 1
        if occurrence >= 0 and symbol < 0 and self._occ[3][occurrence] == Role.DEFINITION:
            self._occ_definition[occurrence] = binding << 1 | 1
        return binding

    def symbol(
        self,
        kind: int,
        name: str,
        *,
        parent: int,
        start: int,
        end: int,
        name_start: int = 0,
        name_end: int = 0,
        occurrence: int = -1,
        flags: int = 0,
        scope: int = -1,
        signature: Signature | None = None,
        doc: bytes = b"",
    ) -> int:
        """Append a symbol; its node slots are set later with `slot`. Its defining occurrence is tied to it."""
        number = len(self._digests)
        values = {
            "kind": kind, "name": self.string(name), "parent": parent, "scope": scope, "occurrence": occurrence,
            "start": start, "end": end, "name_start": name_start, "name_end": name_end, "flags": flags,
            "disambiguator": 0, "digest": 0,
            "signature": self.stored_text(encode(signature)) if signature else -1,
            "doc": self.stored_text(doc) if doc else -1,
        }  # fmt: skip
        given = values.get
        for column, numbers in self._symbol_columns:
            numbers.append(given(column, -1))
        self._digests.append(signature.text.encode() if signature else b"")
        if occurrence >= 0:
            self._occ_definition[occurrence] = number << 1
        return number

    def describe(self, symbol: int, signature: Signature, doc: bytes = b"") -> None:
        """Give a symbol its signature and doc comment after it was appended, once its parts are known."""
        row = self.columns["symbols"]
        row["signature"][symbol] = self.stored_text(encode(signature))
        if doc:
            row["doc"][symbol] = self.stored_text(doc)
        self._digests[symbol] = signature.text.encode() + self._digests[symbol]

    def slot(self, symbol: int, **slots: int) -> None:
        """Set columns of a symbol: node slots, `scope`, `flags`, `end` ..."""
        row = self.columns["symbols"]
        for column, value in slots.items():
            row[column][symbol] = value

    def add_flags(self, symbol: int, flags: int) -> None:
        """Or flags into a symbol's."""
        self.columns["symbols"]["flags"][symbol] |= flags

    def distinction(self, symbol: int) -> str:
        """See the function of this name."""
        row = self.columns["symbols"]
        kind, name, at = row["kind"][symbol], row["name"][symbol], row["signature"][symbol]
        return distinction(kind, self._names[name], self.texts[at] if at >= 0 else b"")

    def exposes(self, symbol: int, raw: bytes) -> None:
        """Say that others see this text of the symbol too (an inferred body, an import, a base list)."""
        if self.units is not None:
            self.units.touch(symbol)
        self._digests[symbol] += b"\0" + raw

    def import_statement(self, start: int, end: int, scope: int, node: int, flags: int) -> int:
        """Append an import row."""
        row = self.columns["imports"]
        for column, value in zip(row, (start, end, scope, node, flags), strict=True):
            row[column].append(value)
        return len(row["start"]) - 1

    def pack(self) -> bytes:
        """The facts as bytes; the builder is spent afterwards."""
        self.expose_flows(self._finished_columns())
        self.number_symbols()
        self.sort_occurrences()
        sections: list[tuple[str, bytes]] = []
        for name, table in TABLES:
            for column, code in columns_of(table):
                sections.append((code, array(code, self.columns[name][column]).tobytes()))
        offsets = [0]
        for raw in self.texts:
            offsets.append(offsets[-1] + len(raw))
        sections += [
            ("i", array("i", self.pool).tobytes()),
            ("s", "\0".join(self.strings).encode("utf-8", "replace")),
            ("i", array("i", offsets).tobytes()),
            ("s", b"".join(self.texts)),
            ("i", array("i", line_starts(self.text)).tobytes()),
            ("i", array("i", wide_characters(self.text)).tobytes()),
            ("s", packed_errors(self.text, self.errors)),
        ]
        return pack_sections(sections)

    def expose_flows(self, columns: FlowColumns) -> None:
        """What a symbol without a declared type is made of is part of its interface. `columns`: the document's."""
        row, first = self.columns["symbols"], self._floor[SYMBOLS]
        given = zip(row["type"][first:], row["value"][first:], strict=True)
        wanted = [
            symbol for symbol, (type, value) in enumerate(given, first)
            if type < 0 <= value and self._ops[value] != Op.LITERAL
        ]  # fmt: skip
        if not wanted:
            return
        flows = Flows(columns)
        names = list(self.strings)
        for symbol in wanted:
            tokens = flows.tokens((row["value"][symbol],))
            spelled = " ".join(f"{op} {names[name] if name >= 0 else ''} {number}" for op, name, number in tokens)
            self._digests[symbol] += b"\0" + spelled.encode("utf-8", "replace")

    def _finished_columns(self) -> FlowColumns:
        made = {name: table(**self.columns[name]) for name, table in TABLES}
        return FlowColumns(made["nodes"], made["occurrences"], made["bindings"], made["scopes"], self.pool)

    def number_symbols(self) -> None:
        """Fill disambiguators and digests of what was appended; among what was kept, nothing is looked at."""
        row, first = self.columns["symbols"], self._floor[SYMBOLS]
        names = self._names = list(self.strings)
        seen: dict[tuple[int, str], int] = {}
        for symbol in range(first, len(row["kind"])):
            kind, name = row["kind"][symbol], names[row["name"][symbol]]
            key = (row["parent"][symbol], self.distinction(symbol))
            row["disambiguator"][symbol] = seen.get(key, 0)
            seen[key] = row["disambiguator"][symbol] + 1
            what = b"%d %d %s " % (kind, row["flags"][symbol], name.encode("utf-8", "replace"))
            digest = hashlib.blake2b(what + self._digests[symbol], digest_size=8).digest()
            row["digest"][symbol] = int.from_bytes(digest, "little", signed=True)

    def sort_occurrences(self) -> None:
        """Order what was appended by position."""
        first, row = self._floor[OCCURRENCES], self.columns["occurrences"]
        starts = row["start"][first:]
        order = sorted(range(len(starts)), key=starts.__getitem__)
        if order == list(range(len(starts))):
            return
        place = [0] * len(order)
        for new, old in enumerate(order):
            place[old] = new + first
        for values in row.values():
            tail = values[first:]
            for new, old in enumerate(order, first):
                values[new] = tail[old]
        if self.units is not None:
            self.units.follow(first, place, row["start"])
        for node in range(self._floor[NODES], len(self._ops)):
            op = self._ops[node]
            if op in _OCCURRENCE_IN_A:
                self._as[node] = place[self._as[node] - first]
            elif op in _OCCURRENCE_IN_B and self._bs[node] >= 0:
                self._bs[node] = place[self._bs[node] - first]
        for table, begin in (("symbols", self._floor[SYMBOLS]), ("bindings", self._floor[BINDINGS])):
            column = self.columns[table]["occurrence"]
            for at in range(begin, len(column)):
                if column[at] >= 0:
                    column[at] = place[column[at] - first]


def distinction(kind: int, name: str, signature: bytes) -> str:
    """What disambiguators are counted by, among the symbols of one parent. Impl blocks have no names, but two sides."""
    if kind == SymbolKind.IMPLEMENTATION:
        sides = decode(signature)
        return f"impl {sides.trait} for {sides.self_type}"
    return descriptor(kind, name)


def packed_errors(text: bytes, errors: Sequence[tuple[int, str]]) -> bytes:
    """The section of the errors: each message behind its line."""
    lines = [(text.count(b"\n", 0, offset) + 1, message) for offset, message in errors]
    return "\0".join(f"{line}: {message}" for line, message in lines).encode("utf-8", "replace")


def _first_columns(before: Before | None) -> dict[str, dict[str, MutableSequence[int]]]:
    if before is None:
        return {name: {column: [] for column, _ in columns_of(table)} for name, table in TABLES}
    out: dict[str, dict[str, MutableSequence[int]]] = {}
    for (name, table), count in zip(TABLES, before.counts, strict=False):
        rows = getattr(before.facts, name)
        out[name] = {column: array(code, bytes(getattr(rows, column)[:count])) for column, code in columns_of(table)}
    return out
