"""textDocument/codeLens and codeLens/resolve: what stands above a symbol: how often it is referred to and implemented.

A lens is a range and the id of its symbol until the client shows it; only then is anything counted. That a module is in
an import cycle is said at once, since there is no lens otherwise. A click sends the client its own command
`isg.showReferences` (docs/commands.md); clients that don't have it get a text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from lsprotocol import types

from isg_analysis import queries
from isg_analysis.model.occurrence import Role
from isg_analysis.model.relation import DECLARED
from isg_analysis.model.symbol import CALLABLE_KINDS, TYPE_KINDS, SymbolFlag, SymbolKind
from isg_analysis.queries.constructors import kind_of
from isg_analysis.resolve.names import symbol_id
from isg_analysis.resolve.program import Ref, symbol_ref
from isg_analysis.resolve.view import View
from isg_server import convert
from isg_server.asking import Asking, Target

CAPABILITY = "code_lens"
ACROSS = False
SHOW = "isg.showReferences"

_COUNTED = TYPE_KINDS | CALLABLE_KINDS
_IMPLEMENTED = TYPE_KINDS | {SymbolKind.METHOD, SymbolKind.PROPERTY}


def lenses(asking: Asking, params: types.CodeLensParams) -> list[types.CodeLens]:
    """The lenses of a document, in source order."""
    target = asking.document(params.text_document.uri)
    if target is None:
        return []
    wanted = asking.lenses
    out = list(_of_module(asking, target, params.text_document.uri)) if wanted.cycles else []
    for ref in _symbols(target.view, target.document):
        if wanted.references:
            out.append(_unresolved(asking, target, ref, "references", params.text_document.uri))
        if wanted.implementations and _is_implemented(target.view, ref):
            out.append(_unresolved(asking, target, ref, "implementations", params.text_document.uri))
    return out


def resolve(asking: Asking, lens: types.CodeLens) -> types.CodeLens:
    """The lens with what it says; a symbol that is gone by now has nothing."""
    sort, uri, name = (_told(lens.data, key) for key in ("sort", "uri", "symbol"))
    found = asking.identified(uri, name)
    if found is None:
        return types.CodeLens(lens.range, types.Command("gone", ""), lens.data)
    target, ref = found
    if sort == "references":
        answer = queries.references(target.view, [ref], include_declaration=False, limits=asking.limits)
    else:
        answer = queries.implementations(target.view, [ref], asking.limits)
    hits = [hit for hit in asking.wanted(answer) if hit.role != Role.DEFINITION or hit.ref != ref]  # not itself
    more = "+" if answer.truncated else ""
    title = f"{len(hits)}{more} {sort if len(hits) != 1 else sort[:-1]}" if hits else f"no {sort}"
    files = len({hit.document for hit in hits})
    if sort == "references" and hits:
        title = f"{title} in {files} file{'' if files == 1 else 's'}"
    return types.CodeLens(lens.range, _command(asking, target, title, uri, lens.range.start, hits), lens.data)


METHODS = {types.TEXT_DOCUMENT_CODE_LENS: lenses, types.CODE_LENS_RESOLVE: resolve}


def _symbols(view: View, document: int) -> Iterator[Ref]:
    """The types and functions of a document, less those inside functions and what an overload or a setter repeats."""
    symbols = view.glance(document).symbols
    inner: set[int] = set()
    for row in range(1, len(symbols.kind)):
        parent = symbols.parent[row]
        if parent in inner or symbols.kind[parent] in CALLABLE_KINDS:
            inner.add(row)
        elif symbols.kind[row] in _COUNTED and not symbols.flags[row] & (SymbolFlag.OVERLOAD | SymbolFlag.SETTER):
            yield symbol_ref(document, row)


def _is_implemented(view: View, ref: Ref) -> bool:
    if kind_of(view, ref) not in _IMPLEMENTED:
        return False
    relations = view.incoming_relations(ref, *DECLARED)
    return any(
        kind_of(view, edge.source) is not SymbolKind.IMPLEMENTATION or _is_trait(view, ref) for edge in relations
    )


def _is_trait(view: View, ref: Ref) -> bool:
    return kind_of(view, ref) is SymbolKind.INTERFACE


def _unresolved(asking: Asking, target: Target, ref: Ref, sort: str, uri: str) -> types.CodeLens:
    data = {"sort": sort, "uri": uri, "symbol": symbol_id(target.view, ref)}
    return types.CodeLens(_range(asking, target, ref), data=data)


def _command(
    asking: Asking, target: Target, title: str, uri: str, position: types.Position, hits: Sequence[queries.Hit]
) -> types.Command:
    """What a lens says, and what a click shows where the client can."""
    if not hits or SHOW not in asking.features.commands:
        return types.Command(title, "")
    places = msgspec.to_builtins(convert.locations(target.home, hits, asking.features.encoding))
    at = {"line": position.line, "character": position.character}
    return types.Command(title, SHOW, arguments=[uri, at, places])


def _of_module(asking: Asking, target: Target, uri: str) -> Iterator[types.CodeLens]:
    """Whether the document's module is tied to others by imports that happen when they are run."""
    from isg_analysis.graph.modules import tied_together  # as the check does: not at the start of every server

    module = symbol_ref(target.document, 0)
    knot = tied_together(target.view, module)
    if knot:
        title = f"in a cycle of {len(knot)} modules"
        hits = [queries.hit(target.view, other) for other in knot]
        place = _range(asking, target, module)
        yield types.CodeLens(place, _command(asking, target, title, uri, place.start, hits))


def _range(asking: Asking, target: Target, ref: Ref) -> types.Range:
    (place,) = convert.locations(target.home, [queries.hit(target.view, ref)], asking.features.encoding)
    start, end = place.range.start, place.range.end
    return types.Range(types.Position(start.line, start.character), types.Position(end.line, end.character))


def _told(data: Any, key: str) -> str:
    """What `lenses` put into a lens; "" where a client gives back something else."""
    found = data.get(key) if isinstance(data, dict) else getattr(data, key, None)
    return found if isinstance(found, str) else ""
