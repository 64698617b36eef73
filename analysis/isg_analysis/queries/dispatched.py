"""What can run here? *Go to implementation* from a place, where the language chooses by the receiver's class.

A class answers with itself and what is derived from it, an interface also with the classes that satisfy it without
saying so. A member answers with every body that the receiver's class allows: the inherited or declared one, and those
that override it in the receiver's family; never a sibling's. Where the receiver is not known there is no answer.

Sibling: `implementations` answers about symbols wherever they are mentioned, for every language.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from isg_analysis.model.occurrence import Confidence, Role
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import TYPE_KINDS, SymbolFlag, SymbolKind
from isg_analysis.queries.answer import Answer, Limits, by_place, hit
from isg_analysis.queries.definition import meaning
from isg_analysis.queries.implementations import mention_implemented
from isg_analysis.queries.relations import incoming
from isg_analysis.resolve.dispatch import Dispatch
from isg_analysis.resolve.program import Ref, document_of, is_binding, row_of
from isg_analysis.resolve.view import View

_DEFAULT = Limits()
_BELOW = (RelationKind.EXTENDS, RelationKind.IMPLEMENTS)


def implementations_at(view: View, document: int, offset: int, limits: Limits = _DEFAULT) -> Answer:
    """The implementations of what stands at a byte offset."""
    found, resolver = meaning(view, document, offset), view.resolver(document)
    occurrence = view.facts(document).occurrence_at(offset)
    if occurrence < 0:
        return Answer()
    if not isinstance(resolver, Dispatch):
        return mention_implemented(view, document, occurrence, found, limits)
    if found.confidence != Confidence.CERTAIN:
        return Answer()
    search = _Search(view, resolver, limits)
    receivers = resolver.receivers(document, occurrence)
    refs = [ref for ref in found.targets if not is_binding(ref)]
    writes, reads = _use(view, document, occurrence)
    for ref in resolver.bodies(refs, writes=writes, reads=reads):
        search.add(ref, receivers)
    return search.answer()


def _use(view: View, document: int, occurrence: int) -> tuple[bool, bool]:
    """(whether what stands there is written, whether it is read); an accessor's own name counts as its use."""
    facts = view.facts(document)
    definition = facts.occurrences.definition[occurrence]
    if definition < 0 or definition & 1:
        writes = facts.occurrences.role[occurrence] == Role.WRITE
    else:
        writes = bool(facts.symbols.flags[definition >> 1] & (SymbolFlag.SETTER | SymbolFlag.INSTANCE))
    return writes, not writes


class _Search:
    """One question's findings and what is left of its limits."""

    def __init__(self, view: View, resolver: Dispatch, limits: Limits) -> None:
        self._view = view
        self._resolver = resolver
        self._limits = limits
        self._found: dict[Ref, None] = {}
        self._visited = 0
        self._cut = False

    def answer(self) -> Answer:
        """All that was found."""
        return Answer(tuple(by_place([hit(self._view, ref) for ref in self._found])), self._cut)

    def add(self, ref: Ref, receivers: Sequence[Ref] | None) -> None:
        """What implements one symbol, asked of receivers of some classes."""
        self._keep(ref)
        if self._kind(ref) in TYPE_KINDS:
            for one in self._family([ref]):
                self._keep(one)
            return
        owner = self._resolver.owner(ref)
        if owner is None or receivers == ():
            return
        family = self._family(receivers or [owner])
        for one in self._walk([ref], (RelationKind.OVERRIDES,)):
            if self._resolver.owner(one) in family:
                self._keep(one)
        name = self._view.facts(document_of(ref)).name_of(row_of(ref))
        for one in self._satisfying(receivers or [owner]):
            for member in self._resolver.members(one, name):
                self._keep(member)

    def _kind(self, ref: Ref) -> int:
        return SymbolKind(self._view.facts(document_of(ref)).symbols.kind[row_of(ref)])

    def _keep(self, ref: Ref) -> None:
        if ref not in self._found and not self._full():
            self._found[ref] = None
            self._limits.found(hit(self._view, ref))

    def _full(self) -> bool:
        limits = self._limits
        if len(self._found) >= limits.results or self._visited >= limits.nodes or limits.stopped():
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
        """Breadth first against the relations, what it starts from included."""
        queue = list(dict.fromkeys(start))
        seen = set(queue)
        for ref in queue:
            self._visited += 1
            if self._full():
                break
            for edge in incoming(self._view, ref, *kinds):
                if edge.source not in seen and edge.confidence == Confidence.CERTAIN:
                    seen.add(edge.source)
                    queue.append(edge.source)
        return queue
