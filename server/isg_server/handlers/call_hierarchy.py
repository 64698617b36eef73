"""textDocument/prepareCallHierarchy, callHierarchy/incomingCalls and outgoingCalls: who calls this, what does it call?

An item carries its symbol's id, so that it stays good while its document is edited; when the symbol is gone, it has no
calls. Calls through a trait's or base class's method come behind the certain ones, marked as possible.
"""

from __future__ import annotations

from lsprotocol import types

from isg_analysis import queries
from isg_server import convert, shapes
from isg_server.asking import Asking

CAPABILITY = "call_hierarchy"
ACROSS = True


def prepare(asking: Asking, params: types.CallHierarchyPrepareParams) -> list[shapes.CallHierarchyItem] | None:
    """What can be called of what stands there; null if nothing can."""
    place = asking.place(params.text_document.uri, params.position)
    if place is None:
        return None
    called = queries.callables(place.view, asking.meant(place))
    encoding = asking.features.encoding
    return [convert.call_item(place.home, queries.hit(place.view, ref), encoding) for ref in called] or None


def incoming(asking: Asking, params: types.CallHierarchyIncomingCallsParams) -> list[shapes.CallHierarchyIncomingCall]:
    """The callers; none for a symbol that is gone."""
    found = asking.symbol(params.item)
    if found is None:
        return []
    target, ref = found
    answer = queries.callers(target.view, ref, include_possible=asking.possible, limits=asking.limits)
    asking.note(answer.answer)
    return [convert.incoming_call(target.home, calls, asking.features.encoding) for calls in answer.calls]


def outgoing(asking: Asking, params: types.CallHierarchyOutgoingCallsParams) -> list[shapes.CallHierarchyOutgoingCall]:
    """What is called; nothing for a symbol that is gone."""
    found = asking.symbol(params.item)
    if found is None:
        return []
    target, ref = found
    answer = queries.callees(target.view, ref, include_possible=asking.possible, limits=asking.limits)
    asking.note(answer.answer)
    return [convert.outgoing_call(target.home, calls, asking.features.encoding) for calls in answer.calls]


METHODS = {
    types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY: prepare,
    types.CALL_HIERARCHY_INCOMING_CALLS: incoming,
    types.CALL_HIERARCHY_OUTGOING_CALLS: outgoing,
}
