"""What is wrong with the shape of the workspace: every sort of finding, in one order."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from isg_analysis.languages.registry import NAMES, pack
from isg_analysis.model.facts import Facts
from isg_analysis.model.imports import Strength
from isg_analysis.model.ops import OPERANDS_A, OPERANDS_B, Op, Operand
from isg_analysis.queries.findings import Comments, Finding, comments
from isg_analysis.queries.import_cycles import CODES, ImportCycles
from isg_analysis.queries.package_cycles import PACKAGE_CODES, package_cycles
from isg_analysis.queries.symbol_cycles import SYMBOL_CODES, Related, symbol_cycles
from isg_analysis.resolve.program import document_of
from isg_analysis.resolve.view import View

KINDS = (*CODES.values(), *PACKAGE_CODES.values(), *SYMBOL_CODES)
"""Everything that can be looked for."""
USUAL = ("import-cycle", "package-cycle", "inheritance-cycle")
"""What is looked for unless asked otherwise."""
_ANYWHERE = frozenset({"call-cycle", "type-cycle"})
"""What any edit may change."""


def check(view: View, kinds: Collection[str] = USUAL, near: Collection[int] | None = None) -> list[Finding]:
    """The findings of these codes that no comment in the source leaves out, by path, position and code.

    `near`: look for cycles among symbols only where they go through one of these documents.

    Raises KeyError for a code that is not in KINDS.
    """
    return Watch(kinds).findings(view, near)


class Watch:
    """The findings of one workspace from one check to the next: only what a change touches is worked out again."""

    def __init__(self, kinds: Collection[str]) -> None:
        """Raises KeyError for a code that is not in KINDS."""
        unknown = set(kinds).difference(KINDS)
        if unknown:
            raise KeyError(min(unknown))
        self.kinds = frozenset(kinds)
        self._imports: dict[str, ImportCycles] = {}
        self._related: dict[tuple[str, str], Related] = {}
        self._comments = Comments()

    def change(self, view: View, documents: Collection[int]) -> None:
        """These documents are other ones in this view than in the last one, or mean something else; no document came
        or went, and none is of another language.
        """
        self._comments.forget(documents)
        for language, known in self._imports.items():
            changed = {document for document in documents if view.language(document) == language}
            if changed:
                known.change(view, changed)
        for related in self._related.values():
            for document, rows in list(related.items()):
                if document in documents or any(document_of(target) in documents for _, target in rows):
                    del related[document]

    @property
    def weighed(self) -> set[int]:
        """The documents whose words say how much crosses an import."""
        return set().union(*(known.weighed for known in self._imports.values()))

    def asked(self, view: View, documents: Collection[int]) -> set[int]:
        """Those of these documents whose meaning the findings rest on."""
        by_path = {language for language in NAMES if pack(language).imports_by_path}
        asked = self.weighed.union(*self._related.values())
        return {document for document in documents if document in asked or view.language(document) not in by_path}

    def findings(self, view: View, near: Collection[int] | None = None) -> list[Finding]:
        """See `check`. Those that are what they were, in the same places, are the same objects as before."""
        out: list[Finding] = []
        reported = self._comments.reported
        for language in sorted(NAMES):
            out += [finding for finding in self._of_imports(view, language) if finding.code in self.kinds]
            out += reported(view, (one for one in package_cycles(view, language, self.kinds) if one.code in self.kinds))
            for code in sorted(self.kinds.intersection(SYMBOL_CODES)):
                known = self._related.setdefault((language, code), {}) if code not in _ANYWHERE else {}
                out += reported(view, symbol_cycles(view, language, code, near, known))
        return sorted(out, key=lambda finding: (finding.place.path(view), *_order(finding)))

    def _of_imports(self, view: View, language: str) -> Sequence[Finding]:
        wanted = [strength for strength, code in CODES.items() if code in self.kinds]
        if not wanted:
            return ()
        known = self._imports.get(language)
        if known is None:
            known = ImportCycles(view, language, Strength(max(wanted)), self._comments.reported)
            self._imports[language] = known
        return known.findings(view)


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
