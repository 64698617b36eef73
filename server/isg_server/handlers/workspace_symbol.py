"""workspace/symbol: which symbols are called something like this?"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from lsprotocol import types

from isg_analysis import Snapshot, queries
from isg_server import convert, shapes
from isg_server.asking import Asking
from isg_server.peers import LANGUAGES

METHOD = types.WORKSPACE_SYMBOL
CAPABILITY = "workspace_symbol"
ACROSS = True

RESULTS = 100
"""As many as a person looks through; the client asks again with every letter."""


def answer(asking: Asking, params: types.WorkspaceSymbolParams) -> list[shapes.WorkspaceSymbol]:
    """The best matches of every root, root by root, of the languages that the user wants this for from us."""
    found: list[shapes.WorkspaceSymbol] = []
    some = not all(asking.offers(CAPABILITY, language) for language in LANGUAGES)
    for root, snapshot in asking.snapshots():
        hits = queries.search(snapshot, params.query, RESULTS, _offered_in(asking, snapshot) if some else None).hits
        found += [convert.workspace_symbol(root, hit, asking.features.encoding) for hit in hits]
    return found


def _offered_in(asking: Asking, snapshot: Snapshot) -> Callable[[int], bool]:
    @cache
    def offered(document: int) -> bool:
        return asking.offers(CAPABILITY, snapshot.language(document))

    return offered
