"""textDocument/implementation: what implements this type, what overrides this member?"""

from __future__ import annotations

from lsprotocol import types

from isg_analysis import queries
from isg_server import shapes
from isg_server.asking import Asking

METHOD = types.TEXT_DOCUMENT_IMPLEMENTATION
CAPABILITY = "implementation"
ACROSS = True


def answer(asking: Asking, params: types.ImplementationParams) -> shapes.Locations:
    """The implementations of what stands there, from a use as well as from the definition; null if none."""
    place = asking.place(params.text_document.uri, params.position)
    if place is None:
        return None
    limits = asking.streaming(METHOD, place.home)
    found = queries.implementations_at(place.view, place.document, place.offset, limits)
    return asking.targets(METHOD, place.home, found) or None
