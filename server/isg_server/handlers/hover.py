"""textDocument/hover: what is this?"""

from __future__ import annotations

from lsprotocol import types

from isg_analysis import queries
from isg_server import convert
from isg_server.asking import Asking

METHOD = types.TEXT_DOCUMENT_HOVER
CAPABILITY = "hover"
ACROSS = False
COUNTING = 0.5
"""Seconds after which what is to be counted is left out."""


def answer(asking: Asking, params: types.HoverParams) -> types.HoverResult:
    """Signature, documentation, home and counts; a meaning that is not certain is marked as such."""
    place = asking.place(params.text_document.uri, params.position)
    if place is None:
        return None
    found = queries.hover(place.view, place.document, place.offset, asking.patience.within(COUNTING))
    return None if found is None else convert.hover(found, asking.features.encoding, asking.features.markdown)
