"""textDocument/definition: where is this defined?"""

from __future__ import annotations

from lsprotocol import types

from isg_analysis import queries
from isg_server import shapes
from isg_server.asking import Asking

METHOD = types.TEXT_DOCUMENT_DEFINITION
CAPABILITY = "definition"
ACROSS = True


def answer(asking: Asking, params: types.DefinitionParams) -> shapes.Locations:
    """The definitions, or null where nothing is known."""
    place = asking.place(params.text_document.uri, params.position)
    if place is None:
        return None
    found = queries.definition(place.view, place.document, place.offset)
    return asking.targets(METHOD, place.home, found) or None
