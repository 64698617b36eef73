"""textDocument/documentHighlight: where else in this document is it read or written?"""

from __future__ import annotations

from lsprotocol import types

from isg_analysis import queries
from isg_server import convert, shapes
from isg_server.asking import Asking

METHOD = types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT
CAPABILITY = "document_highlight"
ACROSS = False


def answer(asking: Asking, params: types.DocumentHighlightParams) -> list[shapes.DocumentHighlight] | None:
    """Every occurrence in the document, marked as read, write or neither."""
    place = asking.place(params.text_document.uri, params.position)
    if place is None or not asking.meant(place):
        return None
    found = queries.highlights(place.view, place.document, place.offset)
    return [convert.highlight(hit, asking.features.encoding) for hit in asking.wanted(found)]
