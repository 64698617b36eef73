"""Outside: telling names from outside of the workspace apart, so that what the workspace makes of them can be found.

Resolvers of languages in which outside interfaces are implemented by name answer this besides those of Resolver.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class Outside(Protocol):
    """Pure, as Resolver is."""

    def outside(self, document: int, occurrence: int) -> tuple[str, ...]:
        """The path of what an external occurrence means, the same wherever it is mentioned; empty where not known. Its
        last part is the name.
        """
