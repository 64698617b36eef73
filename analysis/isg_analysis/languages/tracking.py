"""TrackedLowering: a lowering that records a document's units (see `model.units`), and can go on at one of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import NamedTuple

from tree_sitter import Node

from isg_analysis.errors import StoppedError
from isg_analysis.languages.lowering import Lowering
from isg_analysis.languages.pack import never
from isg_analysis.model.units import OCCURRENCES


class Place(NamedTuple):
    """Where the walk was when a unit began: see the columns of Units."""

    scope: int
    symbol: int
    frame: int
    state: int
    deep: int


class TrackedLowering(Lowering):
    """A lowering that records units and can go on at one. Comes before the pack's own lowering among the bases."""

    stopped: Callable[[], bool] = staticmethod(never)
    """Asked at each unit; where it says yes, the walk ends with StoppedError."""
    unit_kinds: frozenset[int]
    list_kinds: frozenset[int]
    """The kinds of syntax node that hold definitions, each by itself."""

    @abstractmethod
    def place(self) -> Place | None:
        """Where the walk is, if a definition that begins here is a unit."""

    @abstractmethod
    def resume(self, place: Place, run: list[Node]) -> None:
        """Lower the syntax nodes of one unit, as if the walk had come to that place."""

    def may_be_unit(self, node: Node, text: bytes) -> bool:
        """Whether a syntax node is a unit, or belongs to the one behind it."""
        return node.kind_id in self.unit_kinds or self.leads(node, text)

    def leads(self, node: Node, text: bytes) -> bool:
        """Whether a syntax node of the text belongs to the unit behind it."""
        del node, text
        return False

    def unit_start(self, node: Node) -> int:
        """Where the unit of a definition begins."""
        return node.start_byte

    def is_set_apart(self, node: Node, text: bytes) -> bool:
        """Whether what a syntax node of the text says has its rows elsewhere: it matters only if it changes."""
        del node, text
        return False

    @abstractmethod
    def is_idle(self, node: Node, text: bytes) -> bool:
        """Whether a syntax node of the text says nothing, wherever it stands among definitions."""

    def is_surely_broken(self, part: bytes) -> bool:
        """Whether a text has syntax errors because of a part of it; False where that takes a parser.

        The part begins where a unit does, and what is around it has none by itself.
        """
        del part
        return False

    def doc_of(self, listed: Node, text: bytes) -> bytes | None:
        """The doc string that the first of a list gives the definition it is the body of; None where none can."""
        del listed, text
        return None

    def visit(self, node: Node) -> int:
        """As in Lowering; definitions are recorded."""
        units = self.facts.units
        if units is None or node.kind_id not in self.unit_kinds or (place := self.place()) is None:
            return super().visit(node)
        if self.stopped():
            raise StoppedError("the extraction was given up")
        start, counts = self.unit_start(node), self.facts.counts()
        number = units.open(start, node.kind_id, place[:3], place.state, place.deep, counts)
        value = super().visit(node)
        starts = self.facts.columns["occurrences"]["start"][counts[OCCURRENCES] :]
        if starts and (min(starts) < start or max(starts) >= node.end_byte):
            units.leak(units.level - 1)
        units.close(number, node.end_byte, self.facts.counts())
        return value
