"""The family of a class and of its members, for languages that choose by the receiver's class (`resolve.dispatch`).

A class has itself, what is derived from it and, where it is an interface, the classes that satisfy it unsaid. A member
has the bodies that receivers of some classes may run: the one it is found at, and those that override it in the
families of these classes; an attribute has all places at which they give it a value. What stands where it is never run
is left out; what a stub describes is shown in its source; the signatures of an overloaded function count only where
there is no body.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import TYPE_KINDS, SymbolFlag, SymbolKind
from isg_analysis.queries.answer import Answer, Hit, Limits, by_place, hit, occurrence_hit
from isg_analysis.queries.relations import incoming
from isg_analysis.queries.stubs import source_of
from isg_analysis.resolve.dispatch import Dispatch
from isg_analysis.resolve.program import Ref, document_of, row_of
from isg_analysis.resolve.view import View

_BELOW = (RelationKind.EXTENDS, RelationKind.IMPLEMENTS)
_ASSIGNED = (SymbolKind.FIELD, SymbolKind.PROPERTY, SymbolKind.METHOD)
_FEW = 8
"""So many classes are sooner gone through than all that define a name."""
_UNREACHABLE = int(SymbolFlag.UNREACHABLE)
_OVERLOAD = int(SymbolFlag.OVERLOAD)


class _Descent:
    """Which classes are some classes, or derived from them. Asked upwards, one at a time: what overrides a member of a
    much used base belongs to few of the thousands of classes below it.
    """

    def __init__(self, view: View, bases: Iterable[Ref]) -> None:
        self._view = view
        self._below = set(bases)
        self._apart: set[Ref] = set()

    def includes(self, ref: Ref) -> bool:
        """Not where the only way there is by what is never run, or not certain."""
        queue = [ref]
        for one in queue:
            if one in self._below:
                self._below.add(ref)
                return True
            if one not in self._apart and not _flags(self._view, one) & _UNREACHABLE:
                edges = self._view.outgoing_relations(one, *_BELOW)
                above = [edge.target for edge in edges if edge.confidence == Confidence.CERTAIN]
                queue += [target for target in above if target not in queue]
        self._apart.update(queue)
        return False


class Families:
    """One question's findings and what is left of its limits."""

    def __init__(self, view: View, resolver: Dispatch, limits: Limits) -> None:
        self._view = view
        self._resolver = resolver
        self._limits = limits
        self._kept: set[Ref] = set()
        self._hits: list[Hit] = []
        self._signatures: list[Hit] = []
        self._visited = 0
        self._cut = False

    def answer(self) -> Answer:
        """All that was found."""
        for signature in () if self._hits else self._signatures:
            self._found(signature)
        return Answer(tuple(by_place(self._hits)), self._cut)

    def keep(self, refs: Iterable[Ref]) -> None:
        """Symbols as they are, as many as the limits allow."""
        for ref in refs:
            if self._full():
                return
            if not self._flags(ref) & _UNREACHABLE:
                self._keep(ref)

    def add(self, ref: Ref, receivers: Sequence[Ref] | None) -> None:
        """What implements one symbol, asked of receivers of some classes; None where they are not known."""
        if self._flags(ref) & _UNREACHABLE:
            return
        self._keep(ref)
        if self._kind(ref) in TYPE_KINDS:
            for one in self._family([ref]):
                self._keep(one)
            return
        owner = self._resolver.owner(ref)
        if owner is None or receivers == ():
            return
        classes = receivers or [owner]
        satisfying = self._satisfying(classes)
        descent = _Descent(self._view, [*classes, *satisfying])
        for one in self._walk([ref], (RelationKind.OVERRIDES,)):
            if self._belongs(one, descent) and self._alike(one, ref):
                self._keep(one)
        name = self._view.glance(document_of(ref)).name_of(row_of(ref))
        if self._kind(ref) in _ASSIGNED:
            self._keep_values(ref, name, [*classes, *satisfying], descent)
        for one in satisfying:
            for member in self._resolver.members(one, name):
                if self._alike(member, ref):
                    self._keep(member)

    def _belongs(self, ref: Ref, descent: _Descent) -> bool:
        owner = self._resolver.owner(ref)
        return owner is not None and descent.includes(owner)

    def _alike(self, ref: Ref, other: Ref) -> bool:
        return self._kind(ref) != SymbolKind.PROPERTY or self._resolver.alike(ref, other)

    def _kind(self, ref: Ref) -> int:
        return self._view.glance(document_of(ref)).symbols.kind[row_of(ref)]

    def _flags(self, ref: Ref) -> int:
        return _flags(self._view, ref)

    def _keep(self, ref: Ref) -> None:
        if ref in self._kept:
            return
        self._kept.add(ref)
        for one in source_of(self._view, ref):
            self._kept.add(one)
            if self._flags(one) & _OVERLOAD:
                self._signatures.append(hit(self._view, one))
                continue
            self._found(hit(self._view, one))
            for occurrence in self._resolver.values(one) if self._kind(one) == SymbolKind.FIELD else ():
                self._found(occurrence_hit(self._view, document_of(one), occurrence, one, Confidence.CERTAIN))

    def _found(self, found: Hit) -> None:
        if not self._full():
            self._hits.append(found)
            self._limits.found(found)

    def _keep_values(self, ref: Ref, name: str, classes: Sequence[Ref], descent: _Descent) -> None:
        """What classes of the family assign through the receiver to a member that a base declares, and not they."""
        family = self._few(classes)
        for owner in family if family is not None else self._owners(ref, name, descent):
            if self._full():
                return
            if self._view.glance(document_of(owner)).number_of(name) < 0:
                continue
            assigned = self._resolver.assigned(owner, name)
            for given in assigned if any(self._kind(one) == SymbolKind.FIELD for one in assigned) else ():
                if given not in self._kept and not self._flags(given) & _UNREACHABLE:
                    self._keep(given)

    def _few(self, classes: Sequence[Ref]) -> list[Ref] | None:
        """These and all classes below them; None where they are many, and who has such a member is sooner found."""
        family = list(dict.fromkeys(classes))
        seen = set(family)
        for one in family:
            edges = incoming(self._view, one, *_BELOW)
            if len(seen) + len(edges) > _FEW:
                return None
            for edge in edges:
                if edge.source not in seen and edge.confidence == Confidence.CERTAIN:
                    seen.add(edge.source)
                    if not self._flags(edge.source) & _UNREACHABLE:
                        family.append(edge.source)
        return family

    def _owners(self, ref: Ref, name: str, descent: _Descent) -> Iterator[Ref]:
        """The classes of the family that have a field of a name."""
        named = self._view.definitions(name, self._view.language(document_of(ref)))
        owners = (self._resolver.owner(one) for one in named if self._kind(one) == SymbolKind.FIELD)
        return (one for one in dict.fromkeys(owners) if one is not None and descent.includes(one))

    def _full(self) -> bool:
        limits = self._limits
        if len(self._hits) >= limits.results or self._visited >= limits.nodes or limits.stopped():
            self._cut = True
        return self._cut

    def _family(self, classes: Iterable[Ref]) -> dict[Ref, None]:
        """Classes, what satisfies them, and everything derived from those."""
        start = list(classes)
        return dict.fromkeys([*self._walk(start, _BELOW), *self._satisfying(start)])

    def _satisfying(self, classes: Iterable[Ref]) -> list[Ref]:
        out: list[Ref] = []
        for interface in classes:
            possible = self._resolver.candidates(interface)
            if possible is not None:
                out += [one for one in self._walk(possible, _BELOW) if self._resolver.satisfies(one, interface)]
        return out

    def _walk(self, start: Iterable[Ref], kinds: tuple[RelationKind, ...]) -> list[Ref]:
        """Breadth first against the relations, what it starts from included; not to what is never run."""
        queue = list(dict.fromkeys(start))
        seen = set(queue)
        for ref in queue:
            self._visited += 1
            if self._full():
                break
            for edge in incoming(self._view, ref, *kinds):
                if edge.source not in seen and edge.confidence == Confidence.CERTAIN:
                    seen.add(edge.source)
                    if not self._flags(edge.source) & _UNREACHABLE:
                        queue.append(edge.source)
        return queue


def _flags(view: View, ref: Ref) -> int:
    return view.glance(document_of(ref)).symbols.flags[row_of(ref)]
