"""lsprotocol's objects out of hits: the only place that builds them from what queries answer.

Sibling: `positions` holds what of the conversion needs no LSP types.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from lsprotocol import types

from isg_analysis.model.occurrence import Confidence, Role
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.model.text import Position, PositionEncoding
from isg_server.positions import kind_name

if TYPE_CHECKING:
    from isg_analysis.queries import Hit, Hover, OutlineNode

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


def lsp_range(span: tuple[Position, Position]) -> types.Range:
    """A pair of positions as LSP's Range."""
    start, end = span
    return types.Range(types.Position(start.line, start.column), types.Position(end.line, end.column))


def locations(home: Home, hits: Iterable[Hit], encoding: PositionEncoding) -> list[types.Location]:
    """The places of hits, at their names."""
    return [types.Location(home.uri(hit.path), lsp_range(hit.range(encoding))) for hit in hits]


def links(home: Home, hits: Iterable[Hit], encoding: PositionEncoding) -> list[types.LocationLink]:
    """The places of hits, each with the whole definition around its name."""
    return [_link(home, hit, encoding) for hit in hits]


def workspace_symbol(home: Home, hit: Hit, encoding: PositionEncoding) -> types.WorkspaceSymbol:
    """One result of the symbol search."""
    return types.WorkspaceSymbol(
        name=hit.name,
        kind=symbol_kind(hit.kind),
        location=types.Location(home.uri(hit.path), lsp_range(hit.range(encoding))),
        container_name=hit.container or None,
    )


def document_symbol(node: OutlineNode, encoding: PositionEncoding) -> types.DocumentSymbol:
    """A node of the outline with all below it."""
    whole, name = _around(node.hit, encoding)
    return types.DocumentSymbol(
        name=_shown(node.hit),
        kind=symbol_kind(node.hit.kind),
        range=whole,
        selection_range=name,
        detail=node.hit.signature or None,
        children=[document_symbol(child, encoding) for child in node.children],
    )


def flat_symbols(home: Home, nodes: Sequence[OutlineNode], encoding: PositionEncoding) -> list[types.SymbolInformation]:
    """The outline as a list, for clients without trees; each before what it contains."""
    found: list[types.SymbolInformation] = []
    for node in nodes:
        whole, _ = _around(node.hit, encoding)
        found.append(
            types.SymbolInformation(
                name=_shown(node.hit),
                kind=symbol_kind(node.hit.kind),
                location=types.Location(home.uri(node.hit.path), whole),
                container_name=node.hit.container or None,
            )
        )
        found.extend(flat_symbols(home, node.children, encoding))
    return found


def highlight(hit: Hit, encoding: PositionEncoding) -> types.DocumentHighlight:
    """A highlighted name: written, read, or neither (types, imports)."""
    kind = types.DocumentHighlightKind.Text
    if hit.role in _WRITES:
        kind = types.DocumentHighlightKind.Write
    elif hit.role in _READS:
        kind = types.DocumentHighlightKind.Read
    return types.DocumentHighlight(lsp_range(hit.range(encoding)), kind)


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
    return types.Hover(content, lsp_range(found.hit.range(encoding)))


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


def _link(home: Home, hit: Hit, encoding: PositionEncoding) -> types.LocationLink:
    whole, name = _around(hit, encoding)
    return types.LocationLink(target_uri=home.uri(hit.path), target_range=whole, target_selection_range=name)


def _around(hit: Hit, encoding: PositionEncoding) -> tuple[types.Range, types.Range]:
    """The whole definition and the name in it. LSP wants the first to contain the second, whatever is stored."""
    start, end = hit.range(encoding)
    first, last = hit.full_range(encoding)
    return lsp_range((min(first, start), max(last, end))), lsp_range((start, end))


def _shown(hit: Hit) -> str:
    """A name for the outline: never empty, which clients refuse."""
    return hit.name or f"<{kind_name(hit.kind)}>"
