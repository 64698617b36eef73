"""Aliases: the other names that one document gives to what it imports. A pure function of its facts.

What is mentioned under another name than its own can only be found by spelling if those names are known.
"""

from __future__ import annotations

from collections.abc import Iterator

from isg_analysis.model.facts import BindingKind, Facts
from isg_analysis.model.ops import OPERANDS_B, Op, Operand
from isg_analysis.model.symbol import SymbolKind

_IMPORT, _ALIAS = int(BindingKind.IMPORT), int(SymbolKind.TYPE_ALIAS)
_LEADING_ON = frozenset({Op.IMPORT_MODULE, Op.IMPORT_PATH, Op.GENERIC})
_TYPES = frozenset({SymbolKind.IMPLEMENTATION, SymbolKind.INTERFACE})


def aliases(facts: Facts) -> Iterator[tuple[str, str]]:
    """(name, the name it is given here): of imports, and of types that are declared to be another one."""
    bindings, strings = facts.bindings, facts.strings
    kinds, values = bindings.kind, bindings.value
    for binding, kind in enumerate(kinds):
        if kind == _IMPORT:
            alias = bindings.name[binding]
            for name in _names(facts, values[binding]):
                if name != strings[alias]:
                    yield name, strings[alias]
    symbols = facts.symbols
    for row, kind in enumerate(symbols.kind):
        if kind == _ALIAS and symbols.kind[symbols.parent[row]] not in _TYPES:
            yield from ((name, facts.name_of(row)) for name in _names(facts, symbols.type[row]))


def spellings(facts: Facts, name: str) -> set[int]:
    """The numbers, among a document's strings, of a name and of those it is given here by imports."""
    number = facts.string_ids.get(name, -1)
    bindings, kinds = facts.bindings, bytes(facts.bindings.kind)
    found = {number}
    row = kinds.find(_IMPORT) if number >= 0 else -1
    while row >= 0:
        alias = bindings.name[row]
        if alias != number and alias not in found and name in _names(facts, bindings.value[row]):
            found.add(alias)
        row = kinds.find(_IMPORT, row + 1)
    return found


def renamed(facts: Facts) -> Iterator[tuple[str, str, int]]:
    """(name, the name it is given here, occurrence of the former) of each import that gives a new name."""
    bindings, strings = facts.bindings, facts.strings
    for binding, kind in enumerate(bindings.kind):
        if kind == _IMPORT and (occurrence := _last(facts, bindings.value[binding])) >= 0:
            name, alias = strings[facts.occurrences.name[occurrence]], strings[bindings.name[binding]]
            if name != alias:
                yield name, alias, occurrence


def _names(facts: Facts, node: int) -> Iterator[str]:
    """The last name of a path; of a module in a file that is named, the names in its path too."""
    nodes, strings = facts.nodes, facts.strings
    if node >= 0 and nodes.op[node] == Op.IMPORT_MODULE and (b := nodes.b[node]) >= 0 and strings[b].strip("."):
        yield from strings[b].rsplit(".", 1)[0].split("/")[-2:]
    if (occurrence := _last(facts, node)) >= 0:
        yield strings[facts.occurrences.name[occurrence]]


def _last(facts: Facts, node: int) -> int:
    """The occurrence of a path's last name; -1 where no name stands."""
    nodes = facts.nodes
    while node >= 0:
        op, a, b = nodes.op[node], nodes.a[node], nodes.b[node]
        if op == Op.NAME:
            return a
        if b >= 0 and OPERANDS_B[op] == Operand.OCCURRENCE:
            return b
        node = a if op in _LEADING_ON else -1
    return -1
