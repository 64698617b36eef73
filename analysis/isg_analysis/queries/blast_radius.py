"""Blast radius: what depends on these symbols, directly or by way of others?

Walks edges backwards, breadth first: from a symbol to those whose text calls, uses, extends, implements or overrides
it. A type stands for all that belongs to it. What a method overrides may run the method, so what depends on that
depends on it too, possibly. A module that merely imports a symbol, or uses it at its top level, is where a walk ends:
what else it holds need not care.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from isg_analysis.languages.registry import pack
from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import TYPE_KINDS, SymbolKind
from isg_analysis.queries.answer import Limits
from isg_analysis.queries.relations import outgoing
from isg_analysis.resolve.names import simple_name
from isg_analysis.resolve.program import Ref, document_of, is_binding, row_of, symbol_ref
from isg_analysis.resolve.view import View

_DEFAULT = Limits(nodes=10_000)
_OWNERS = TYPE_KINDS | {SymbolKind.IMPLEMENTATION}
_ROW = symbol_ref(1, 0) - 1
"""The bits of a Ref that are 0 for a module: taken apart here, since a walk looks at thousands."""
_CERTAIN, _POSSIBLE = int(Confidence.CERTAIN), int(Confidence.POSSIBLE)


@dataclass(frozen=True, slots=True)
class Dependent:
    """`hops`: how many edges away; `kind` and `via`: how it depends on what is one hop nearer, the strongest way if
    there are several. POSSIBLE where no path of certain edges of this length leads here.
    """

    ref: Ref
    hops: int
    kind: RelationKind
    via: Ref
    confidence: Confidence
    test: bool


@dataclass(frozen=True)
class BlastRadius:
    """`seeds`: what was asked about, with what belongs to it. `levels[h]`: what is h + 1 hops away, certain and then
    possible. Valid as long as its view is open: `ranked` looks at it once more.
    """

    view: View = field(repr=False)
    seeds: tuple[Ref, ...]
    levels: tuple[tuple[frozenset[Ref], frozenset[Ref]], ...]
    truncated: bool = False

    @cached_property
    def count(self) -> int:
        """How many symbols depend on the seeds."""
        return sum(len(sure) + len(maybe) for sure, maybe in self.levels)

    def ranked(self, limit: int | None = None) -> list[Dependent]:
        """The dependents: near ones first, then certain ones, then those on which more of the others depend, then by
        path and position.
        """
        return list(islice(self._ranked(), limit))

    def _ranked(self) -> Iterator[Dependent]:
        nearer: Collection[Ref] = self._starts()
        for hop, (sure, maybe) in enumerate(self.levels, 1):
            how = self._how(nearer, sure | maybe)
            nearer = sure | maybe
            weights = Counter(target for target, source, _, _ in self.view.edges_to(nearer) if source != target)
            rows = [
                (confidence, -weights[ref], self.view.path(document_of(ref)), ref)
                for confidence, refs in ((-_CERTAIN, sure), (-_POSSIBLE, maybe))
                for ref in refs
            ]
            for confidence, _, _, ref in sorted(rows):
                kind, via = how[ref]
                yield Dependent(ref, hop, RelationKind(kind), via, Confidence(-confidence), is_test(self.view, ref))

    def _starts(self) -> set[Ref]:
        return {*self.seeds, *_overridden(self.view, self.seeds)}

    def _how(self, nearer: Collection[Ref], level: Collection[Ref]) -> dict[Ref, tuple[int, Ref]]:
        """(kind, via) of each symbol of a level: certain edges first, then by kind."""
        best: dict[Ref, tuple[int, int, Ref]] = {}
        for target, source, kind, confidence in self.view.edges_to(nearer):
            found = (-confidence, kind, target)
            if source in level and found < best.get(source, (1, 0, 0)):
                best[source] = found
        return {ref: (kind, via) for ref, (_, kind, via) in best.items()}


def blast_radius(view: View, refs: Iterable[Ref], *, hops: int = 64, limits: Limits = _DEFAULT) -> BlastRadius:
    """Everything that depends on the symbols, up to a number of hops. Locals have no blast radius."""
    asked = [ref for ref in refs if not is_binding(ref)]
    seeds = tuple(dict.fromkeys(part for ref in asked for part in _parts(view, ref)))
    sure: Set[Ref]
    maybe: Set[Ref]
    sure, maybe = set(seeds), set(_overridden(view, seeds)).difference(seeds)
    known = sure | maybe
    levels: list[tuple[frozenset[Ref], frozenset[Ref]]] = []
    room, truncated = limits.nodes, False
    while (sure or maybe) and not truncated and len(levels) < hops:
        certain, possible = view.dependents(sure)
        sure, maybe = certain - known, possible.union(*view.dependents(maybe)) - certain - known
        if len(sure) + len(maybe) > room:
            sure, maybe = _first(view, sure, maybe, room)
            truncated = True
        if sure or maybe:
            levels.append((frozenset(sure), frozenset(maybe)))
        room -= len(sure) + len(maybe)
        known |= sure | maybe
        truncated = truncated or limits.stopped()
        sure, maybe = sure.difference(_modules(sure)), maybe.difference(_modules(maybe)) if maybe else maybe
    return BlastRadius(view, seeds, tuple(levels), truncated)


def _modules(refs: Collection[Ref]) -> list[Ref]:
    """Those that are modules: where a walk ends."""
    return [ref for ref in refs if not ref & _ROW]


def _first(view: View, sure: Collection[Ref], maybe: Collection[Ref], room: int) -> tuple[set[Ref], set[Ref]]:
    """As many as there is room for: certain ones first, then by path and position."""
    order = sorted(sure, key=lambda ref: (view.path(document_of(ref)), ref))
    order += sorted(maybe, key=lambda ref: (view.path(document_of(ref)), ref))
    kept = set(order[:room])
    return kept.intersection(sure), kept.intersection(maybe)


def _overridden(view: View, seeds: Iterable[Ref]) -> list[Ref]:
    """What members among the seeds override, and what that overrides, and so on."""
    found: dict[Ref, None] = {}
    for ref in seeds:
        if _is_member(view, ref):
            waiting = [ref]
            for one in waiting:
                above = [edge.target for edge in outgoing(view, one, RelationKind.OVERRIDES)]
                waiting += [target for target in above if target not in found]
                found.update(dict.fromkeys(above))
    return list(found)


def _is_member(view: View, ref: Ref) -> bool:
    symbols = view.glance(document_of(ref)).symbols
    parent = symbols.parent[row_of(ref)]
    return parent > 0 and symbols.kind[parent] in _OWNERS


def _parts(view: View, ref: Ref) -> Iterator[Ref]:
    """A symbol and all that belongs to it: what lies in it, and the impl blocks of a type with what lies in them."""
    document, row = document_of(ref), row_of(ref)
    symbols = view.glance(document).symbols
    yield ref
    if not row:
        yield from (symbol_ref(document, inner) for inner in range(1, len(symbols.kind)))
        return
    if symbols.kind[row] in TYPE_KINDS:
        for _, source, kind, _ in view.edges_to([ref]):
            home = view.glance(document_of(source)).symbols
            if kind == RelationKind.EXTENDS and home.kind[row_of(source)] == SymbolKind.IMPLEMENTATION:
                yield from _inside(view, source)
    yield from _inside(view, ref)


def _inside(view: View, ref: Ref) -> Iterator[Ref]:
    document = document_of(ref)
    symbols = view.glance(document).symbols
    inside = {row_of(ref)}
    for row in range(row_of(ref), len(symbols.kind)):
        if row in inside or symbols.parent[row] in inside:
            inside.add(row)
            yield symbol_ref(document, row)


def is_test(view: View, ref: Ref) -> bool:
    """Whether a symbol is part of the tests, by the custom of its language."""
    document, row = document_of(ref), row_of(ref)
    custom, path = pack(view.language(document)), view.path(document)
    if custom.is_test(path, ()):
        return True
    facts = view.glance(document)
    names: list[str] = []
    while row > 0:
        names.append(simple_name(facts, row))
        row = facts.symbols.parent[row]
    return custom.is_test(path, names[::-1])
