"""Making: impl blocks that no document's facts hold, because a macro of another document makes them.

Facts are a function of one document's text, so an invocation of another document's macro is not expanded in them. Who
asks what implements something has it expanded then: resolvers of languages with such macros answer this besides the
questions of Resolver. Neither symbols nor edges stand for what they tell; it is places.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from isg_analysis.resolve.program import Ref

Concern = Ref | tuple[int | str, ...]
"""What an impl block is of or for: a symbol, the path of what lies outside (see `resolve.outside`), or the shape of a
type without a name: its Op, with what tells it from others of that Op (see `queries.impl_blocks`).
"""
Texts = Callable[[int], bytes | None]
"""The text of a document; None where it is not at hand."""


class Spot(NamedTuple):
    """A name in a document: byte offsets."""

    document: int
    start: int
    end: int


class MadeMember(NamedTuple):
    """A member of such a block, and its places. `kind` is a SymbolKind."""

    name: str
    kind: int
    spots: tuple[Spot, ...]


class MadeBlock(NamedTuple):
    """An impl block. Its places are its self type's: where the invocation says it, else the invocation, and the
    macro's text. `outside`, `outside_subject`: the paths of a trait and a type from outside (see `resolve.outside`).
    """

    traits: tuple[Ref, ...]
    outside: tuple[str, ...]
    subjects: tuple[Ref, ...]
    outside_subject: tuple[str, ...]
    spots: tuple[Spot, ...]
    members: tuple[MadeMember, ...]


@runtime_checkable
class Making(Protocol):
    """Pure, as Resolver is, of the documents' texts."""

    def made_near(self, name: str) -> Sequence[int]:
        """The documents in which macros may make impl blocks of what has this name, or "" any, by path."""

    def made(self, document: int, what: Concern, texts: Texts) -> tuple[MadeBlock, ...] | None:
        """The impl blocks of or for something that macros of other documents make in this one, and of those that its
        own macros make what stands in their texts; None where a text is not at hand.
        """
