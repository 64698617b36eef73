"""Typed edges between symbols."""

from __future__ import annotations

from enum import IntEnum


class RelationKind(IntEnum):
    """Kinds of edge. Stored on disk: append, never renumber.

    The arrow goes from the symbol that says it to the symbol it is said of: a subclass EXTENDS its base;
    an impl block IMPLEMENTS its trait and EXTENDS its self type; a method OVERRIDES the one it replaces.
    """

    CONTAINS = 1
    CALLS = 2
    USES = 3
    IMPLEMENTS = 4
    EXTENDS = 5
    OVERRIDES = 6
    IMPORTS = 7


DECLARED = frozenset({RelationKind.IMPLEMENTS, RelationKind.EXTENDS, RelationKind.OVERRIDES})
"""What symbols say of themselves; calls, uses and imports come from what stands in them."""
