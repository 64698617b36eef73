"""What is wrong with the shape of the workspace: every sort of finding, in one order."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from isg_analysis.languages.registry import NAMES
from isg_analysis.model.facts import Facts
from isg_analysis.model.imports import Strength
from isg_analysis.model.ops import OPERANDS_A, OPERANDS_B, Op, Operand
from isg_analysis.queries.findings import Finding, comments, reported
from isg_analysis.queries.import_cycles import CODES, import_cycles
from isg_analysis.queries.package_cycles import PACKAGE_CODES, package_cycles
from isg_analysis.queries.symbol_cycles import SYMBOL_CODES, symbol_cycles
from isg_analysis.resolve.view import View

KINDS = (*CODES.values(), *PACKAGE_CODES.values(), *SYMBOL_CODES)
"""Everything that can be looked for."""
USUAL = ("import-cycle", "package-cycle", "inheritance-cycle")
"""What is looked for unless asked otherwise."""


def check(view: View, kinds: Collection[str] = USUAL, near: Collection[int] | None = None) -> list[Finding]:
    """The findings of these codes that no comment in the source leaves out, by path, position and code.

    `near`: look for cycles among symbols only where they go through one of these documents.

    Raises KeyError for a code that is not in KINDS.
    """
    out: list[Finding] = []
    unknown = set(kinds).difference(KINDS)
    if unknown:
        raise KeyError(min(unknown))
    for language in sorted(NAMES):
        out += _of_imports(view, language, kinds)
        out += [finding for finding in package_cycles(view, language, kinds) if finding.code in kinds]
        for code in sorted(set(kinds).intersection(SYMBOL_CODES)):
            out += symbol_cycles(view, language, code, near)
    return sorted(reported(view, out), key=lambda finding: (finding.place.path(view), *_order(finding)))


def _of_imports(view: View, language: str, kinds: Collection[str]) -> Sequence[Finding]:
    wanted = [strength for strength, code in CODES.items() if code in kinds]
    if not wanted:
        return ()
    return [finding for finding in import_cycles(view, language, Strength(max(wanted))) if finding.code in kinds]


def _order(finding: Finding) -> tuple[object, ...]:
    line = finding.place.line
    return line.number if line is not None else 0, finding.place.start, finding.place.end, finding.code, finding.cycle


def rests_on(view: View, document: int) -> tuple[object, ...]:
    """What of a document the findings rest on, but for their positions: while it is equal, an edit changes none. Of
    findings in calls and types it says nothing.
    """
    facts = view.glance(document)
    strings, symbols = facts.strings, facts.symbols
    imports = tuple(
        (flags, _spelled(facts, node)) for flags, node in zip(facts.imports.flags, facts.imports.node, strict=True)
    )
    bases = tuple(
        (strings[symbols.name[row]], _spelled(facts, node)) for row, node in enumerate(symbols.bases) if node >= 0
    )
    return imports, bases, tuple(comments(view.text(document) or b""))


def _spelled(facts: Facts, node: int) -> tuple[tuple[int, str], ...]:
    """What is written at a node and below it: (op, name or text)."""
    nodes, strings, names = facts.nodes, facts.strings, facts.occurrences.name
    out: list[tuple[int, str]] = []
    waiting = [node]
    while waiting:
        at = waiting.pop()
        op, a, b = nodes.op[at], nodes.a[at], nodes.b[at]
        if op == Op.LIST:
            waiting += [child for child in facts.items(at) if child >= 0]
            continue
        written = ""
        for operand, value in ((OPERANDS_A[op], a), (OPERANDS_B[op], b)):
            if value < 0:
                continue
            if operand == Operand.NODE:
                waiting.append(value)
            elif operand == Operand.OCCURRENCE:
                written += strings[names[value]]
            elif operand == Operand.STRING:
                written += strings[value]
        out.append((op, written))
    return tuple(out)
