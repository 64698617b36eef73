"""Imports that give a new name: under which names else are symbols spelled?

For views in which it is not known yet what documents mean: those are looked into that spell a name in question.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from isg_analysis.model.facts import BindingKind, Facts
from isg_analysis.model.ops import Op
from isg_analysis.resolve.program import Ref
from isg_analysis.resolve.view import View

_MOST_DOCUMENTS = 300
"""In so many documents that spell a name, others for it are looked for: it is a common word beyond."""


def all_spellings(view: View, names: Iterable[str], refs: Collection[Ref]) -> set[str]:
    """The names of these symbols, and what imports anywhere call them instead, as far as documents are there."""
    found = set(names)
    pending = list(found)
    for name in pending:
        for document in view.documents_naming(name)[:_MOST_DOCUMENTS]:
            for bound, imported, occurrence in renamed(view.facts(document)):
                if imported == name and bound not in found and _means(view, document, occurrence, refs):
                    found.add(bound)
                    pending.append(bound)
    return found


def renamed(facts: Facts) -> Iterator[tuple[str, str, int]]:
    """(name, imported name, occurrence of the name) of each import that gives a new name."""
    bindings = facts.bindings
    for row, kind in enumerate(bindings.kind):
        if kind == BindingKind.IMPORT and bindings.occurrence[row] >= 0:
            name, imported = facts.strings[bindings.name[row]], imported_name(facts, row)
            if imported != name:
                yield name, imported, bindings.occurrence[row]


def imported_name(facts: Facts, binding: int) -> str:
    """What an import binding imports: the last part of the path; the binding's own name where nothing else stands."""
    occurrence = _imported(facts, facts.bindings.value[binding])
    return facts.strings[facts.occurrences.name[occurrence] if occurrence >= 0 else facts.bindings.name[binding]]


def _means(view: View, document: int, occurrence: int, refs: Collection[Ref]) -> bool:
    return any(target in refs for target in view.meaning(document, occurrence).targets)


def _imported(facts: Facts, node: int) -> int:
    """The occurrence of the imported name, the last part of a path; -1 if there is none."""
    nodes = facts.nodes
    while node >= 0:
        match nodes.op[node]:
            case Op.IMPORT_FROM | Op.PATH:
                return nodes.b[node]
            case Op.NAME:
                return nodes.a[node]
            case Op.IMPORT_MODULE | Op.IMPORT_PATH:
                node = nodes.a[node]
            case _:
                return -1
    return -1
