"""Extraction of a Rust document that is being edited: its units are items, and macro invocations among them, with the
attributes and doc comments before them.
"""

from __future__ import annotations

from functools import cache

from tree_sitter import Node

from isg_analysis.languages.incremental import OpenExtraction
from isg_analysis.languages.rust.grammar import grammar
from isg_analysis.languages.rust.macros import Macros
from isg_analysis.languages.tracking import Place, TrackedLowering
from isg_analysis.model.builder import FactsBuilder
from isg_analysis.model.facts import ScopeKind

_UNITS = frozenset(
    {
        "item.module", "item.struct", "item.union", "item.enum", "item.trait", "item.impl", "item.function",
        "item.constant", "item.static", "item.alias", "item.macro", "item.foreign", "expr.macro",
        "statement.expression",
    }
)  # fmt: skip
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

    def accepts(self, run: list[Node]) -> bool:
        """An item behind what belongs to it, and what was written behind it; nothing that belongs to the next one."""
        items = [child for child in run if child.kind_id not in self._trivia]
        if not items or items[0].kind_id not in self.unit_kinds:
            return False
        trailing = [child for child in run if child.start_byte >= items[-1].end_byte]
        return all(_is_plain(self.text[child.start_byte : child.start_byte + 4]) for child in trailing)

    def is_idle(self, node: Node) -> bool:
        """As in TrackedLowering; a comment that documents nothing."""
        return node.kind_id in self._trivia and _is_plain(node.text[:4] if node.text else b"")

    def resume(self, place: Place, run: list[Node]) -> None:
        """As in TrackedLowering."""
        self.scope, self.symbol, self._depth = place.scope, place.symbol, place.deep
        for node in run:
            self.parse_arguments(node, node.start_byte, node.end_byte)
        self.sequence_of(run)


def _is_plain(head: bytes) -> bool:
    """Whether a comment or attribute that begins so belongs to nothing."""
    return head[:1] == b"/" and head[:3] not in (b"///", b"/**", b"//!", b"/*!")


def document(text: bytes) -> OpenExtraction:
    """The extraction of a document that is going to be edited."""
    return OpenExtraction(grammar(), TrackedRust, text)
