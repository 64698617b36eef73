"""textDocument/references: who mentions this?"""

from __future__ import annotations

from lsprotocol import types

from isg_analysis import queries
from isg_server import shapes
from isg_server.asking import Asking

METHOD = types.TEXT_DOCUMENT_REFERENCES
CAPABILITY = "references"
ACROSS = True


def answer(asking: Asking, params: types.ReferenceParams) -> shapes.Locations:
    """Every mention in the root the place lies in; null where nothing is known about the place."""
    place = asking.place(params.text_document.uri, params.position)
    refs = asking.meant(place) if place is not None else ()
    if place is None or not refs:
        return None
    found = queries.references(
        place.view,
        refs,
        include_declaration=params.context.include_declaration,
        include_possible=asking.possible,
        limits=asking.streaming(METHOD, place.home),
    )
    return asking.targets(METHOD, place.home, found)
