"""LSP's results out of hits: the only place that builds them from what queries answer.

What can be long is built of `shapes`, the rest of lsprotocol's types. Sibling: `positions` holds what of the
conversion needs no LSP types.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol

from lsprotocol import types

from isg_analysis.model.occurrence import Confidence, Role
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.model.text import LineIndex, Position, PositionEncoding
from isg_server import shapes
from isg_server.positions import kind_name

if TYPE_CHECKING:
    from isg_analysis.queries import Calls, Hit, Hover, Kin, OutlineNode

_KINDS = {
    SymbolKind.MODULE: types.SymbolKind.Module,
    SymbolKind.CLASS: types.SymbolKind.Class,
    SymbolKind.INTERFACE: types.SymbolKind.Interface,
    SymbolKind.ENUM: types.SymbolKind.Enum,
    SymbolKind.UNION: types.SymbolKind.Struct,
    SymbolKind.IMPLEMENTATION: types.SymbolKind.Object,
    SymbolKind.FUNCTION: types.SymbolKind.Function,
    SymbolKind.METHOD: types.SymbolKind.Method,
    SymbolKind.FIELD: types.SymbolKind.Field,
    SymbolKind.CONSTANT: types.SymbolKind.Constant,
    SymbolKind.VARIABLE: types.SymbolKind.Variable,
    SymbolKind.VARIANT: types.SymbolKind.EnumMember,
    SymbolKind.TYPE_ALIAS: types.SymbolKind.Class,
    SymbolKind.TYPE_PARAMETER: types.SymbolKind.TypeParameter,
    SymbolKind.MACRO: types.SymbolKind.Function,
    SymbolKind.PROPERTY: types.SymbolKind.Property,
}
_READS = frozenset({Role.READ, Role.CALL})
_WRITES = frozenset({Role.WRITE, Role.DEFINITION})


class Home(Protocol):
    """What knows the URIs of hits: a root, or a document that belongs to none."""

    def uri(self, path: str) -> str:
        """The URI of a path as hits have it."""


def symbol_kind(kind: SymbolKind | None) -> types.SymbolKind:
    """LSP's kind; a local is a variable."""
    return types.SymbolKind.Variable if kind is None else _KINDS.get(kind, types.SymbolKind.Variable)


def locations(home: Home, hits: Iterable[Hit], encoding: PositionEncoding) -> list[shapes.Location]:
    """The places of hits, at their names. Fastest where hits of one document stand together, as queries give them."""
    found: list[shapes.Location] = []
    for _, group in groupby(hits, attrgetter("document")):
        in_document = list(group)
        first = in_document[0]
        uri, index = home.uri(first.path), first.view.line_index(first.document)
        spans = index.spans([(hit.start, hit.end) for hit in in_document], encoding)
        found += [shapes.Location(uri, _range(span)) for span in spans]
    return found


def links(home: Home, hits: Iterable[Hit], encoding: PositionEncoding) -> list[shapes.LocationLink]:
    """The places of hits, each with the whole definition around its name."""
    return [_link(home, hit, encoding) for hit in hits]


def workspace_symbol(home: Home, hit: Hit, encoding: PositionEncoding) -> shapes.WorkspaceSymbol:
    """One result of the symbol search."""
    location = shapes.Location(home.uri(hit.path), _range(hit.span(encoding)))
    return shapes.WorkspaceSymbol(hit.name, symbol_kind(hit.kind), location, hit.container or None)


def flat_symbols(
    home: Home, nodes: Sequence[OutlineNode], encoding: PositionEncoding
) -> list[shapes.SymbolInformation]:
    """The outline as a list, for clients without trees; each before what it contains."""
    found: list[shapes.SymbolInformation] = []
    for node in nodes:
        whole, _ = _around(node.hit, node.hit.view.line_index(node.hit.document), encoding)
        location = shapes.Location(home.uri(node.hit.path), whole)
        kind, container = symbol_kind(node.hit.kind), node.hit.container or None
        found.append(shapes.SymbolInformation(_shown(node.hit), kind, location, container))
        found.extend(flat_symbols(home, node.children, encoding))
    return found


def highlight(hit: Hit, encoding: PositionEncoding) -> shapes.DocumentHighlight:
    """A highlighted name: written, read, or neither (types, imports)."""
    kind = types.DocumentHighlightKind.Text
    if hit.role in _WRITES:
        kind = types.DocumentHighlightKind.Write
    elif hit.role in _READS:
        kind = types.DocumentHighlightKind.Read
    return shapes.DocumentHighlight(_span(hit.range(encoding)), kind)


def call_item(home: Home, hit: Hit, encoding: PositionEncoding) -> shapes.CallHierarchyItem:
    """A function, class or module of a call hierarchy; one whose calls are not certain says so."""
    return shapes.CallHierarchyItem(*_item(home, hit, encoding))


def incoming_call(home: Home, calls: Calls, encoding: PositionEncoding) -> shapes.CallHierarchyIncomingCall:
    """A caller with its calls."""
    return shapes.CallHierarchyIncomingCall(call_item(home, calls.hit, encoding), _places(calls, encoding))


def outgoing_call(home: Home, calls: Calls, encoding: PositionEncoding) -> shapes.CallHierarchyOutgoingCall:
    """What is called, with the calls."""
    return shapes.CallHierarchyOutgoingCall(call_item(home, calls.hit, encoding), _places(calls, encoding))


def type_item(home: Home, hit: Hit, encoding: PositionEncoding, blanket: str = "") -> shapes.TypeHierarchyItem:
    """A type of a type hierarchy; says by which blanket impl it belongs there."""
    return shapes.TypeHierarchyItem(*_item(home, hit, encoding, blanket))


def kin(home: Home, found: Kin, encoding: PositionEncoding) -> shapes.TypeHierarchyItem:
    """A type above or below another."""
    return type_item(home, found.hit, encoding, found.blanket)


def _places(calls: Calls, encoding: PositionEncoding) -> list[shapes.Range]:
    return [_span(place.range(encoding)) for place in calls.places]


def _item(home: Home, hit: Hit, encoding: PositionEncoding, *notes: str) -> tuple[Any, ...]:
    """The fields of a hierarchy's item, in order. The detail: what holds the symbol, and what is to be said of it."""
    whole, name = _around(hit, hit.view.line_index(hit.document), encoding)
    doubt = "" if hit.confidence == Confidence.CERTAIN else "possible"
    home_of = hit.path if hit.kind is SymbolKind.MODULE else hit.container
    detail = " · ".join(filter(None, (home_of, *notes, doubt)))
    kind, data = symbol_kind(hit.kind), {"symbol": hit.symbol_id}
    return _shown(hit), kind, home.uri(hit.path), whole, name, data, detail or None


def hover(found: Hover, encoding: PositionEncoding, markdown: bool) -> types.Hover:
    """Signature, documentation, and a line with where it stands and how it is used."""
    summary = _summary(found)
    if markdown:
        fence = "```" + "`" * _longest_run(found.signature)
        parts = [f"{fence}{found.language}\n{found.signature}\n{fence}", found.doc, f"_{summary}_"]
        content = types.MarkupContent(types.MarkupKind.Markdown, "\n\n---\n\n".join(filter(None, parts)))
    else:
        text = "\n\n".join(filter(None, (found.signature, found.doc, summary)))
        content = types.MarkupContent(types.MarkupKind.PlainText, text)
    start, end = found.hit.range(encoding)
    within = types.Range(types.Position(start.line, start.column), types.Position(end.line, end.column))
    return types.Hover(content, within)


def _summary(found: Hover) -> str:
    """Kind, home, counts; says so where the meaning is not certain."""
    target = found.target
    facts = [kind_name(target.kind)]
    if target.container:
        facts.append(f"in {target.container}")
    facts.append(f"defined in {target.path}")
    for count, noun in ((found.references, "reference"), (found.implementations, "implementation")):
        if count:
            facts.append(f"{count} {noun}{'' if count == 1 else 's'}")
    if target.confidence != Confidence.CERTAIN:
        facts.append("a possible match" if not found.others else f"one of {found.others + 1} possible matches")
    return " · ".join(facts)


def _longest_run(text: str) -> int:
    """How many backticks a fence needs beyond three."""
    run = longest = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return max(0, longest - 2)


def _range(span: tuple[int, int, int, int]) -> shapes.Range:
    return shapes.Range(shapes.Position(span[0], span[1]), shapes.Position(span[2], span[3]))


def _span(places: tuple[Position, Position]) -> shapes.Range:
    start, end = places
    return _range((start.line, start.column, end.line, end.column))


def _link(home: Home, hit: Hit, encoding: PositionEncoding) -> shapes.LocationLink:
    whole, name = _around(hit, hit.view.line_index(hit.document), encoding)
    return shapes.LocationLink(home.uri(hit.path), whole, name)


def _around(hit: Hit, index: LineIndex, encoding: PositionEncoding) -> tuple[shapes.Range, shapes.Range]:
    """The whole definition and the name in it. LSP wants the first to contain the second, whatever is stored."""
    first, last = hit.extent
    whole = index.span(min(first, hit.start), max(last, hit.end), encoding)
    return _range(whole), _range(index.span(hit.start, hit.end, encoding))


def _shown(hit: Hit) -> str:
    """A name for the outline: never empty, which clients refuse."""
    return hit.name or f"<{kind_name(hit.kind)}>"
