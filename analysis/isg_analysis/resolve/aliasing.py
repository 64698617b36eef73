"""Aliasing: imports that give what they import another name, in languages where the new name is a name of its own.

Resolvers of such languages answer this question besides those of Resolver.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from isg_analysis.resolve.program import Ref


@runtime_checkable
class Renames(Protocol):
    """Pure, as Resolver is."""

    def alias(self, document: int, occurrence: int) -> Ref | None:
        """The local that `import x as name` binds, where the occurrence is that name or a use of it in its document;
        None where it is anything else.
        """
