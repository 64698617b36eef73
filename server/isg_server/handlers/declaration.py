"""textDocument/declaration: which member of a trait or base class does this one fill in?"""

from __future__ import annotations

from lsprotocol import types

from isg_analysis import queries
from isg_server import shapes
from isg_server.asking import Asking

METHOD = types.TEXT_DOCUMENT_DECLARATION
CAPABILITY = "declaration"
ACROSS = True


def answer(asking: Asking, params: types.DeclarationParams) -> shapes.Locations:
    """The declarations (the definition, where nothing is overridden), or null where nothing is known."""
    place = asking.place(params.text_document.uri, params.position)
    if place is None:
        return None
    found = queries.declaration(place.view, place.document, place.offset)
    return asking.targets(METHOD, place.home, found) or None
