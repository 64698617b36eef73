"""Extraction of a Rust document that is being edited: its units are items, and macro invocations among them, with the
attributes and doc comments before them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from tree_sitter import Node

from isg_analysis.languages.incremental import OpenExtraction
from isg_analysis.languages.pack import never
from isg_analysis.languages.rust.grammar import grammar
from isg_analysis.languages.rust.macros import Macros
from isg_analysis.languages.tracking import Place, TrackedLowering
from isg_analysis.model.builder import FactsBuilder
from isg_analysis.model.facts import ScopeKind

_UNITS = frozenset(
    {
        "item.module", "item.struct", "item.union", "item.enum", "item.trait", "item.impl", "item.function",
        "item.constant", "item.static", "item.alias", "item.macro", "item.foreign", "expr.macro",
        "statement.expression", "import.use", "import.crate",
    }
)  # fmt: skip
_DOCUMENTING = (b"///", b"/**", b"//!", b"/*!")
_LISTS = frozenset({"item.file", "item.body"})
_OUTER = frozenset({ScopeKind.MODULE, ScopeKind.CLASS, ScopeKind.IMPLEMENTATION})


@cache
def _kinds(labels: frozenset[str]) -> frozenset[int]:
    return frozenset(kind for kind, label in grammar().bare.items() if label in labels)


class TrackedRust(TrackedLowering, Macros):
    """Items inside a macro's arguments are no units: they stand in another tree."""

    def __init__(self, facts: FactsBuilder) -> None:
        super().__init__(grammar(), facts)
        self.unit_kinds, self.list_kinds = _kinds(_UNITS), _kinds(_LISTS)

    def place(self) -> Place | None:
        """As in TrackedLowering."""
        if self.wrapper >= 0 or self.condition or self._pending.inner:
            return None
        if self.facts.columns["scopes"]["kind"][self.scope] not in _OUTER:
            return None
        return Place(self.scope, self.symbol, self.scope, 0, self._depth)

    def unit_start(self, node: Node) -> int:
        """Attributes and doc comments belong to the item."""
        start = self._pending.start
        return start if start >= 0 else node.start_byte

    def is_idle(self, node: Node, text: bytes) -> bool:
        """As in TrackedLowering; a comment that documents nothing. A `;` parts doc comments from the item behind it."""
        if self._bare.get(node.kind_id) == "leaf.ignored":
            before = node.prev_sibling
            while before is not None and before.kind_id in self._trivia:
                if self.leads(before, text):
                    return False
                before = before.prev_sibling
            return True
        head = text[node.start_byte : node.start_byte + 3]
        return node.kind_id in self._trivia and (head[:2] == b"#!" or (head[:1] == b"/" and head not in _DOCUMENTING))

    def is_set_apart(self, node: Node, text: bytes) -> bool:
        """As in TrackedLowering: doc comments of what is around them."""
        return node.kind_id in self._trivia and text[node.start_byte : node.start_byte + 3] in (b"//!", b"/*!")

    def leads(self, node: Node, text: bytes) -> bool:
        """As in TrackedLowering: attributes and doc comments."""
        if node.kind_id not in self._trivia or self.is_idle(node, text):
            return False
        return not self.is_set_apart(node, text)

    def resume(self, place: Place, run: list[Node]) -> None:
        """As in TrackedLowering."""
        self.scope, self.symbol, self._depth = place.scope, place.symbol, place.deep
        for node in run:
            self.parse_arguments(node, node.start_byte, node.end_byte)
        self.sequence_of(run)


def document(text: bytes, stopped: Callable[[], bool] = never) -> OpenExtraction:
    """The extraction of a document that is going to be edited. `stopped`: see LanguagePack.document."""
    return OpenExtraction(grammar(), TrackedRust, text, stopped)
