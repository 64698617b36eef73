"""DocLinks: what the names in documentation mean. Comments hold no occurrences, so it is asked for with the text.

Resolvers of languages whose documentation links to symbols answer this besides the questions of Resolver.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from isg_analysis.resolve.program import Ref


@runtime_checkable
class DocLinks(Protocol):
    """Pure, as Resolver is."""

    def linked(self, document: int, text: bytes, offset: int) -> tuple[Ref, ...]:
        """What the link at a byte offset of a document's documentation leads to; empty where there is none."""
