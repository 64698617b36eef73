"""LSP's results that can be long, as structs that msgspec encodes: the same JSON that lsprotocol's types of the same
names give, at a tenth of the time for a thousand of them.

They are made in `convert` and encoded in `server`, off the event loop; `protocol` puts the bytes into the response as
they are. Everything else that is sent is an lsprotocol type and goes through its converter. Fields are lsprotocol's;
tests hold the two against each other.
"""

from __future__ import annotations

from typing import Any

import msgspec
from lsprotocol.types import DocumentHighlightKind, SymbolKind


class Shape(msgspec.Struct, rename="camel", omit_defaults=True, gc=False):
    """What all have in common: names in camel case, nothing where nothing is known."""


class Position(Shape):
    """A place between two characters."""

    line: int
    character: int


class Range(Shape):
    """From one place to another, which is not in it."""

    start: Position
    end: Position


class Location(Shape):
    """A range in a document."""

    uri: str
    range: Range


class LocationLink(Shape):
    """A definition as a whole and its name in it."""

    target_uri: str
    target_range: Range
    target_selection_range: Range


class DocumentHighlight(Shape):
    """A range that is highlighted, and how."""

    range: Range
    kind: DocumentHighlightKind


class SymbolInformation(Shape):
    """A symbol in a flat list."""

    name: str
    kind: SymbolKind
    location: Location
    container_name: str | None = None


class WorkspaceSymbol(SymbolInformation):
    """A symbol that was searched for."""


class HierarchyItem(Shape):
    """A symbol in a hierarchy of types or of calls. `data` comes back with the next question about it."""

    name: str
    kind: SymbolKind
    uri: str
    range: Range
    selection_range: Range
    data: dict[str, str]
    detail: str | None = None


class CallHierarchyItem(HierarchyItem):
    """A function, or a module that calls at its top level."""


class TypeHierarchyItem(HierarchyItem):
    """A type, or an impl block for what is no type of the workspace."""


class CallHierarchyIncomingCall(Shape):
    """A caller, and where in its document it calls."""

    from_: CallHierarchyItem = msgspec.field(name="from")
    from_ranges: list[Range]


class CallHierarchyOutgoingCall(Shape):
    """What is called, and where in the caller's document."""

    to: CallHierarchyItem
    from_ranges: list[Range]


Locations = list[Location] | list[LocationLink] | None
"""The answer to a question for definitions: links where the client takes them."""
DocumentSymbols = msgspec.Raw | list[SymbolInformation] | None
"""The outline: a tree, as `outline` writes it, where the client takes trees."""

_encoder = msgspec.json.Encoder()


def encoded(result: Any) -> Any:
    """A list of shapes as the JSON to send; anything else as it is."""
    if isinstance(result, list) and (not result or isinstance(result[0], Shape)):
        return msgspec.Raw(_encoder.encode(result))
    return result
