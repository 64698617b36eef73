"""What is wrong with the shape of the workspace: every sort of finding, in one order."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from isg_analysis.languages.registry import NAMES
from isg_analysis.model.imports import Strength
from isg_analysis.queries.findings import Finding, reported
from isg_analysis.queries.import_cycles import CODES, import_cycles
from isg_analysis.queries.symbol_cycles import SYMBOL_CODES, symbol_cycles
from isg_analysis.resolve.view import View

KINDS = (*CODES.values(), *SYMBOL_CODES)
"""Everything that can be looked for."""
USUAL = ("import-cycle", "inheritance-cycle")
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
        for code in sorted(set(kinds).intersection(SYMBOL_CODES)):
            out += symbol_cycles(view, language, code, near)
    return sorted(reported(view, out), key=lambda finding: (view.path(finding.place.document), *_order(finding)))


def _of_imports(view: View, language: str, kinds: Collection[str]) -> Sequence[Finding]:
    wanted = [strength for strength, code in CODES.items() if code in kinds]
    if not wanted:
        return ()
    return [finding for finding in import_cycles(view, language, Strength(max(wanted))) if finding.code in kinds]


def _order(finding: Finding) -> tuple[object, ...]:
    return finding.place.start, finding.place.end, finding.code, finding.cycle
