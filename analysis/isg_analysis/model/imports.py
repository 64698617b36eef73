"""Strength: when an import happens, and so how tightly it ties one module to another."""

from __future__ import annotations

from enum import IntEnum

from isg_analysis.model.facts import BindingFlag


class Strength(IntEnum):
    """A smaller number is a stronger tie. Stored on disk: append, never renumber."""

    RUNTIME = 1
    """When the module is run."""
    DEFERRED = 2
    """When a function in it is run."""
    TYPE_ONLY = 3
    """Never: for type checkers only."""


def strength_of(flags: int) -> Strength:
    """The strength that an imports row's flags say."""
    if flags & BindingFlag.TYPE_ONLY:
        return Strength.TYPE_ONLY
    return Strength.DEFERRED if flags & BindingFlag.DEFERRED else Strength.RUNTIME
