"""workspace/symbol: which symbols are called something like this?"""

from __future__ import annotations

from lsprotocol import types

from isg_analysis import queries
from isg_server import convert, shapes
from isg_server.asking import Asking

METHOD = types.WORKSPACE_SYMBOL
CAPABILITY = "workspace_symbol"
ACROSS = True

RESULTS = 100
"""As many as a person looks through; the client asks again with every letter."""


def answer(asking: Asking, params: types.WorkspaceSymbolParams) -> list[shapes.WorkspaceSymbol]:
    """The best matches of every root, root by root."""
    found: list[shapes.WorkspaceSymbol] = []
    for root, snapshot in asking.snapshots():
        hits = queries.search(snapshot, params.query, RESULTS).hits
        shown = (hit for hit in hits if asking.offers(CAPABILITY, snapshot.language(hit.document)))
        found += [convert.workspace_symbol(root, hit, asking.features.encoding) for hit in shown]
    return found
