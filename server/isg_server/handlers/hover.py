"""textDocument/hover: what is this?"""

from __future__ import annotations

from lsprotocol import types

from isg_analysis import queries
from isg_server import convert
from isg_server.asking import Asking

METHOD = types.TEXT_DOCUMENT_HOVER
CAPABILITY = "hover"
ACROSS = False


def answer(asking: Asking, params: types.HoverParams) -> types.HoverResult:
    """Signature, documentation, home and counts; a meaning that is not certain is marked as such."""
    place = asking.place(params.text_document.uri, params.position)
    found = queries.hover(place.view, place.document, place.offset) if place is not None else None
    return None if found is None else convert.hover(found, asking.features.encoding, asking.features.markdown)
