"""textDocument/typeDefinition: where is the type of this value defined?"""

from __future__ import annotations

from lsprotocol import types

from isg_analysis import queries
from isg_server import shapes
from isg_server.asking import Asking

METHOD = types.TEXT_DOCUMENT_TYPE_DEFINITION
CAPABILITY = "type_definition"
ACROSS = False


def answer(asking: Asking, params: types.TypeDefinitionParams) -> shapes.Locations:
    """The types, or null where the type is not known."""
    place = asking.place(params.text_document.uri, params.position)
    if place is None:
        return None
    found = queries.type_definition(place.view, place.document, place.offset)
    return asking.targets(METHOD, place.home, found) or None
