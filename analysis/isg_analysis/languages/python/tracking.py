"""Extraction of a Python document that is being edited: its units are definitions and
other statements at module and class level.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from tree_sitter import Node

from isg_analysis.languages.incremental import OpenExtraction
from isg_analysis.languages.pack import never
from isg_analysis.languages.python.frames import Frame
from isg_analysis.languages.python.lowering import PythonLowering, grammar
from isg_analysis.languages.tracking import Place, TrackedLowering
from isg_analysis.model.builder import FactsBuilder
from isg_analysis.model.facts import ScopeKind
from isg_analysis.model.occurrence import Role
from isg_analysis.model.symbol import SymbolKind

_UNITS = frozenset(
    {
        "definition.function", "definition.class", "definition.decorated", "definition.alias", "stmt.expression",
        "stmt.assert", "stmt.exit", "stmt.if", "stmt.for", "stmt.while", "stmt.try", "stmt.with", "stmt.match",
        "import.module", "import.from",
    }
)  # fmt: skip
_LISTS = frozenset({"definition.module", "stmt.block"})
_OUTER = (ScopeKind.MODULE, ScopeKind.CLASS)


@cache
def _kinds(labels: frozenset[str]) -> frozenset[int]:
    return frozenset(kind for kind, label in grammar().bare.items() if label in labels)


_TOKEN = re.compile(
    rb"#[^\n]*|([A-Za-z]*)(?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?''')|\"\"\"|'''"
    rb"|([A-Za-z]*)(?:\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')|[\"'\[\](){}]"
    rb"|(?:[-=+/%&|^<>]|(?<=[A-Za-z_)\]}])\.|\b(?:and|as|assert|async|await|class|def|del|elif|for|from|if|import|in|is"
    rb"|lambda|not|or|while|with))[ \t]*\r?\n",
    re.DOTALL,
)
_OPENING, _CLOSING = (b"(", b"[", b"{"), (b")", b"]", b"}")
_UNDECIDED = (b'"""', b"'''")


def _is_formatted(token: re.Match[bytes]) -> bool:
    """Whether a string may hold expressions, and strings in them."""
    prefix = (token[1] or token[2] or b"").lower()
    return (b"f" in prefix or b"t" in prefix) and b"{" in token[0]


class TrackedPython(TrackedLowering, PythonLowering):
    """`state` of a unit: the flags that imports get, and in the lowest bit whether it stands under a condition."""

    def __init__(self, facts: FactsBuilder) -> None:
        super().__init__(grammar(), facts)
        self.unit_kinds, self.list_kinds = _kinds(_UNITS), _kinds(_LISTS)

    def place(self) -> Place | None:
        """As in TrackedLowering."""
        frame = self.frame
        plain = self.pending is None and self.statement is None and self.subject < 0
        if frame.kind not in _OUTER or not plain or self.in_type or self.role != Role.READ or frame.globals:
            return None
        state = self.import_flags << 1 | bool(self.conditional)
        return Place(self.scope, self.symbol, frame.scope, state, self._depth)

    def is_idle(self, node: Node, text: bytes) -> bool:
        """As in TrackedLowering; `pass` too, but for the first one: a string behind it is no doc string. A comment may
        hold a type.
        """
        label = self._bare.get(node.kind_id)
        if label == "leaf.ignored":
            return b"type:" not in text[node.start_byte : node.end_byte]
        before = node.prev_named_sibling
        while before is not None and self._bare.get(before.kind_id) == "leaf.ignored":
            before = before.prev_named_sibling
        return label is None and not node.named_child_count and before is not None

    def is_surely_broken(self, part: bytes) -> bool:
        """As in TrackedLowering: a bracket or a string is open at the end, a bracket closed that is not open, or a line
        ends where something must follow.

        The parser finds that out at the end of the document only, and reads all of it anew.
        """
        depth = 0
        for token in _TOKEN.finditer(part):
            text = token[0]
            if text in _OPENING:
                depth += 1
            elif text in _CLOSING:
                depth -= 1
                if depth < 0:
                    return True
            elif text in (b"'", b'"') or (text[-1:] == b"\n" and not depth):
                return True
            elif text in _UNDECIDED or _is_formatted(token) or token.end() == len(part):
                return False
        return depth > 0

    def doc_of(self, listed: Node, text: bytes) -> bytes | None:
        """As in TrackedLowering; of modules and classes."""
        above = listed.parent
        if above is not None and self._bare.get(above.kind_id) != "definition.class":
            return None
        self.text = text
        return self._doc_bytes(listed)

    def resume(self, place: Place, run: list[Node]) -> None:
        """As in TrackedLowering."""
        if any(node.has_error for node in run):
            self._constructs = {key: found for node in run for key, found in self._grammar.constructs(node).items()}
        scopes = self.facts.columns["scopes"]
        if place.frame:
            kind, symbol = ScopeKind(scopes["kind"][place.frame]), scopes["symbol"][place.frame]
            self.frame = Frame(kind, place.frame, symbol, None)
            self.frame.is_enum = self.facts.columns["symbols"]["kind"][symbol] == SymbolKind.ENUM
        self.scope, self.symbol, self._depth = place.scope, place.symbol, place.deep
        self.import_flags, self.conditional = place.state >> 1, place.state & 1
        for node in run:
            self.visit(node)


def document(text: bytes, stopped: Callable[[], bool] = never) -> OpenExtraction:
    """The extraction of a document that is going to be edited. `stopped`: see LanguagePack.document."""
    return OpenExtraction(grammar(), TrackedPython, text, stopped)
