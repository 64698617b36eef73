"""Dispatch: which bodies can run where a member is used, in languages that choose by the receiver's class.

Resolvers of such languages answer these questions besides those of Resolver. What follows from them is worked out when
it is asked for and never stored: whether a class satisfies an interface changes with documents that do not name it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from isg_analysis.resolve.program import Ref


@runtime_checkable
class Dispatch(Protocol):
    """Pure, as Resolver is."""

    def receivers(self, document: int, occurrence: int) -> Sequence[Ref] | None:
        """The classes of the value whose member the occurrence names; None where it names none or they are unknown.

        Empty where exactly what the occurrence means is run: `super().run()`.
        """

    def bodies(self, document: int, occurrence: int, refs: Sequence[Ref]) -> Sequence[Ref]:
        """What runs where symbols are mentioned by an occurrence (-1: anywhere): of overloads the implementation, of a
        property the getter, the setter or the deleter. A function that no class holds is no implementation of itself.
        """

    def alike(self, ref: Ref, other: Ref) -> bool:
        """Whether two members run for the same use: not where one is a getter and the other a setter."""

    def values(self, ref: Ref) -> Sequence[int]:
        """The other occurrences in its document at which a member's own class declares it or gives it a value."""

    def assigned(self, ref: Ref, name: str) -> Sequence[Ref]:
        """The attributes of a name that a class gives a value to through the receiver, where a base declares them."""

    def members(self, ref: Ref, name: str) -> Sequence[Ref]:
        """What a class has under a name, inherited or its own."""

    def owner(self, ref: Ref) -> Ref | None:
        """The class that a member belongs to."""

    def candidates(self, interface: Ref) -> Sequence[Ref] | None:
        """Classes of which some, or what is derived from them, may satisfy an interface without naming it; None for
        a class that can't be satisfied this way.
        """

    def satisfies(self, ref: Ref, interface: Ref) -> bool:
        """Whether a class has the members of an interface, with signatures of their shape."""

    def beneath(self, path: Sequence[str]) -> Sequence[Sequence[str]] | None:
        """The path of a class that lies outside, and those of what is derived from it and lies outside, too, as far as
        the language says; None for the class that every class is derived from.
        """
