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
    if place is None:
        return None
    with_declaration = params.context.include_declaration
    limits = asking.streaming(METHOD, place.home)
    found = queries.alias_references(
        place.view, place.document, place.offset, include_declaration=with_declaration, limits=limits
    )
    if found is not None:
        return asking.targets(METHOD, place.home, found)
    refs = asking.meant(place)
    if not refs:
        return None
    found = queries.references(
        place.view,
        refs,
        include_declaration=with_declaration,
        include_possible=asking.possible,
        limits=limits,
    )
    return asking.targets(METHOD, place.home, found)
