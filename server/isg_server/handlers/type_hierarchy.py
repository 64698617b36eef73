"""textDocument/prepareTypeHierarchy, typeHierarchy/supertypes and subtypes: what stands above and below this type?

An item carries its symbol's id, so that it stays good while its document is edited; when the symbol is gone, nothing
stands above or below it.
"""

from __future__ import annotations

from collections.abc import Callable

from lsprotocol import types

from isg_analysis import queries
from isg_analysis.queries import KinAnswer, Limits
from isg_analysis.resolve.program import Ref
from isg_analysis.resolve.view import View
from isg_server import convert, shapes
from isg_server.asking import Asking

CAPABILITY = "type_hierarchy"
ACROSS = True

Items = list[shapes.TypeHierarchyItem]


def prepare(asking: Asking, params: types.TypeHierarchyPrepareParams) -> Items | None:
    """The types meant there, of a value its type; null if there is none."""
    place = asking.place(params.text_document.uri, params.position)
    if place is None:
        return None
    found = asking.wanted(queries.types_at(place.view, place.document, place.offset))
    return [convert.type_item(place.home, hit, asking.features.encoding) for hit in found] or None


def supertypes(asking: Asking, params: types.TypeHierarchySupertypesParams) -> Items:
    """What it extends and implements."""
    return _related(asking, params.item, queries.supertypes)


def subtypes(asking: Asking, params: types.TypeHierarchySubtypesParams) -> Items:
    """What extends and implements it."""
    return _related(asking, params.item, queries.subtypes)


def _related(asking: Asking, item: types.TypeHierarchyItem, query: Callable[[View, Ref, Limits], KinAnswer]) -> Items:
    found = asking.symbol(item)
    if found is None:
        return []
    target, ref = found
    answer = query(target.view, ref, asking.limits)
    asking.note(answer.answer)
    return [convert.kin(target.home, each, asking.features.encoding) for each in answer.kin]


METHODS = {
    types.TEXT_DOCUMENT_PREPARE_TYPE_HIERARCHY: prepare,
    types.TYPE_HIERARCHY_SUPERTYPES: supertypes,
    types.TYPE_HIERARCHY_SUBTYPES: subtypes,
}
