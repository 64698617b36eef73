"""What every query returns: places in documents, with what is known about the symbol there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, NamedTuple

from isg_analysis.model.facts import Facts
from isg_analysis.model.occurrence import Confidence, Role
from isg_analysis.model.signature import Signature, decode
from isg_analysis.model.symbol import SymbolKind, SymbolPlace
from isg_analysis.model.text import Position, PositionEncoding
from isg_analysis.resolve.names import module_name, shown_name, symbol_id
from isg_analysis.resolve.program import Ref, document_of, is_binding, row_of
from isg_analysis.resolve.view import View

Range = tuple[Position, Position]


def _never() -> bool:
    return False


def _unheard(hit: Hit) -> None:
    del hit


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a query stops and says `truncated`: results, nodes of the graph it may visit, and when it is told to.

    `stopped` is asked between documents and nodes: a cancelled request or a deadline says True. `found` is told of the
    hits of `references` and `implementations` while the query goes on: of all that the answer will hold, in no order,
    of some twice.
    """

    results: int = 10_000
    nodes: int = 100_000
    stopped: Callable[[], bool] = _never
    found: Callable[[Hit], None] = _unheard


class Known(NamedTuple):
    """What is known of a symbol without its document's facts."""

    name: str
    kind: SymbolKind
    place: SymbolPlace


@dataclass(frozen=True, init=False)
class Hit:
    """A place that means or mentions `ref`. `start` and `end` are byte offsets of the name.

    Valid as long as its view is open; the ranges and texts are made when asked for.
    """

    view: View = field(repr=False)
    document: int
    start: int
    end: int
    ref: Ref
    confidence: Confidence = Confidence.CERTAIN
    role: int = Role.DEFINITION
    _known: ClassVar[Known | None] = None

    def __init__(
        self,
        view: View,
        document: int,
        start: int,
        end: int,
        ref: Ref,
        confidence: Confidence = Confidence.CERTAIN,
        role: int = Role.DEFINITION,
    ) -> None:
        """Written out: the one that a frozen class gets costs three times as much, and answers have thousands."""
        own = self.__dict__
        own["view"], own["document"], own["start"], own["end"] = view, document, start, end
        own["ref"], own["confidence"], own["role"] = ref, confidence, role

    @property
    def path(self) -> str:
        """The document's path, relative to the root."""
        return self.view.path(self.document)

    @property
    def kind(self) -> SymbolKind | None:
        """The symbol's kind; None for a local or parameter."""
        if is_binding(self.ref):
            return None
        if self._known is not None:
            return self._known.kind
        return SymbolKind(self._home.symbols.kind[row_of(self.ref)])

    @property
    def name(self) -> str:
        """The symbol's name; a module's is the last part of its path, an impl block's its self type."""
        if self._known is not None:
            return self._known.name
        row = row_of(self.ref)
        if is_binding(self.ref):
            return self._home.strings[self._home.bindings.name[row]]
        if row == 0:
            return (module_name(self.view, document_of(self.ref)) or ("",))[-1]
        return shown_name(self._home, row)

    @property
    def container(self) -> str:
        """The name of what directly holds the symbol; the module's path for top-level symbols, "" for modules."""
        if self._known is not None:
            holder = self._known.place.holder
            return ".".join(module_name(self.view, self.document)) if holder is None else holder
        row = row_of(self.ref)
        if is_binding(self.ref):
            parent = self._home.scopes.symbol[self._home.bindings.scope[row]]
        else:
            parent = self._home.symbols.parent[row]
        if parent > 0:
            return shown_name(self._home, parent)
        return ".".join(module_name(self.view, document_of(self.ref))) if parent == 0 else ""

    @cached_property
    def parsed(self) -> Signature:
        """The parts of the signature; empty for locals."""
        if is_binding(self.ref):
            return Signature("")
        return decode(self._home.text(self._home.symbols.signature[row_of(self.ref)]))

    @property
    def signature(self) -> str:
        """The signature's text; "" where there is none."""
        return self.parsed.text

    @property
    def doc(self) -> str:
        """The doc comment."""
        if is_binding(self.ref):
            return ""
        return self._home.text(self._home.symbols.doc[row_of(self.ref)]).decode("utf-8", "replace")

    @property
    def symbol_id(self) -> str:
        """The symbol id; "" for a local, which has no global name."""
        return "" if is_binding(self.ref) else symbol_id(self.view, self.ref)

    @property
    def extent(self) -> tuple[int, int]:
        """Where the whole definition starts and ends, if this hit is the definition; else `start` and `end`."""
        if is_binding(self.ref) or self.document != document_of(self.ref):
            return self.start, self.end
        start, end = definition_place(self.view, self.ref)
        if (start, end) != (self.start, self.end):
            return self.start, self.end
        row = row_of(self.ref)
        return self._home.symbols.start[row], self._home.symbols.end[row]

    def range(self, encoding: PositionEncoding) -> Range:
        """The name's range."""
        index = self.view.line_index(self.document)
        return index.position(self.start, encoding), index.position(self.end, encoding)

    def span(self, encoding: PositionEncoding) -> tuple[int, int, int, int]:
        """The same as line, column, line and column."""
        if self._known is not None:
            place = self._known.place
            return place.line, place.column, place.line, place.last_column
        return self.view.line_index(self.document).span(self.start, self.end, encoding)

    @property
    def _home(self) -> Facts:
        return self.view.glance(document_of(self.ref))


@dataclass(frozen=True, slots=True)
class Answer:
    """`truncated`: a limit was reached and there may be more."""

    hits: tuple[Hit, ...] = ()
    truncated: bool = False


def definition_place(view: View, ref: Ref) -> tuple[int, int]:
    """Start and end offsets of the name a Ref is defined by."""
    facts = view.glance(document_of(ref))
    row = row_of(ref)
    if not is_binding(ref):
        return facts.symbols.name_start[row], facts.symbols.name_end[row]
    occurrence = facts.bindings.occurrence[row]
    if occurrence < 0:
        return facts.bindings.visible[row], facts.bindings.visible[row]
    start = facts.occurrences.start[occurrence]
    return start, start + facts.occurrences.length[occurrence]


def hit(view: View, ref: Ref, confidence: Confidence = Confidence.CERTAIN) -> Hit:
    """The place where a symbol or local is defined."""
    start, end = definition_place(view, ref)
    return Hit(view, document_of(ref), start, end, ref, confidence)


def listed_hit(view: View, ref: Ref, name: str, kind: SymbolKind) -> Hit:
    """`hit` of a symbol of which name and kind are known: where its place is too, its document is not looked at."""
    place = view.symbol_place(ref)
    if place is None:
        return hit(view, ref)
    found = Hit(view, document_of(ref), place.start, place.end, ref)
    found.__dict__["_known"] = Known(name, kind, place)
    return found


def occurrence_hit(view: View, document: int, occurrence: int, ref: Ref, confidence: Confidence) -> Hit:
    """The place of one occurrence of a symbol or local."""
    row = view.glance(document).occurrences
    start = row.start[occurrence]
    return Hit(view, document, start, start + row.length[occurrence], ref, confidence, row.role[occurrence])


def by_place(hits: list[Hit]) -> list[Hit]:
    """Distinct places: certain ones first, then by path and position."""
    best: dict[tuple[int, int, int], Hit] = {}
    for found in hits:
        known = best.setdefault((found.document, found.start, found.end), found)
        if found.confidence > known.confidence:
            best[found.document, found.start, found.end] = found
    paths: dict[int, str] = {}
    for found in best.values():
        if found.document not in paths:
            paths[found.document] = found.path
    return sorted(best.values(), key=lambda h: (-h.confidence, paths[h.document], h.start, h.end))
