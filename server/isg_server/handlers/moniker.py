"""textDocument/moniker: what is this symbol called everywhere?"""

from __future__ import annotations

from lsprotocol import types

from isg_analysis import queries
from isg_server.asking import Asking

METHOD = types.TEXT_DOCUMENT_MONIKER
CAPABILITY = "moniker"
ACROSS = False
SCHEME = "scip"


def answer(asking: Asking, params: types.MonikerParams) -> types.MonikerResult:
    """The symbol ids, in SCIP's grammar; null for locals, which have none."""
    place = asking.place(params.text_document.uri, params.position)
    if place is None:
        return None
    identifiers = [queries.hit(place.view, ref).symbol_id for ref in asking.meant(place)]
    return [
        types.Moniker(SCHEME, identifier, types.UniquenessLevel.Scheme, types.MonikerKind.Export)
        for identifier in identifiers
        if identifier
    ] or None
