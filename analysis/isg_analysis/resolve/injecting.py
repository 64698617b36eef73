"""Injecting: parameters that a framework fills in by their names, as a test runner does with fixtures.

Resolvers of languages that know such frameworks answer this question besides those of Resolver.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from isg_analysis.resolve.program import Ref


@runtime_checkable
class Injects(Protocol):
    """Pure, as Resolver is."""

    def injected(self, parameter: Ref) -> Ref | None:
        """The function whose value a parameter is given by name; None for other parameters and locals."""
