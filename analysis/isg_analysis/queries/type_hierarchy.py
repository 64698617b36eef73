"""What stands above and below a type? One step at a time, as clients unfold it.

Above: the traits a trait extends and the traits a type implements, by its own impl blocks, by derive, or by a blanket
impl for whatever has some traits; a class's bases. Below: a trait's subtraits and the types that implement it, with an
impl block itself where it is for no type of the workspace; a class's subclasses.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from isg_analysis.model.occurrence import Confidence, Role
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import CALLABLE_KINDS, TYPE_KINDS, SymbolKind
from isg_analysis.queries.answer import Answer, Hit, Limits, definition_place, hit
from isg_analysis.queries.constructors import kind_of
from isg_analysis.queries.definition import meaning
from isg_analysis.queries.made_blocks import traits_made_for, types_made_for
from isg_analysis.queries.relations import incoming, outgoing
from isg_analysis.resolve.program import Ref, Resolution, document_of, is_binding, row_of, symbol_ref
from isg_analysis.resolve.view import View, occurrences_of

_DEFAULT = Limits()
_ABOVE = (RelationKind.EXTENDS, RelationKind.IMPLEMENTS)


@dataclass(frozen=True, slots=True)
class Kin:
    """A type above or below another. `blanket`: the signature of the blanket impl that makes it so, else ""."""

    hit: Hit
    blanket: str = ""


@dataclass(frozen=True, slots=True)
class KinAnswer:
    """Certain ones first. `truncated`: a limit was reached and there may be more."""

    kin: tuple[Kin, ...] = ()
    truncated: bool = False

    @property
    def answer(self) -> Answer:
        """The types alone."""
        return Answer(tuple(each.hit for each in self.kin), self.truncated)


def types_at(view: View, document: int, offset: int) -> Answer:
    """The types meant at a byte offset: what a type's name or alias stands for, a value's type, a member's owner."""
    found = meaning(view, document, offset)
    refs = types(view, found.targets) or _of_value(view, document, offset, found)
    return Answer(tuple(hit(view, ref, found.confidence) for ref in dict.fromkeys(refs)))


def types(view: View, refs: Iterable[Ref]) -> list[Ref]:
    """Those of the symbols that are types; for an alias what it stands for, where that is known."""
    out: list[Ref] = []
    for ref in refs:
        if not is_binding(ref) and kind_of(view, ref) in TYPE_KINDS:
            out += _named_by(view, ref) if kind_of(view, ref) is SymbolKind.TYPE_ALIAS else [ref]
    return out


def supertypes(view: View, ref: Ref, limits: Limits = _DEFAULT) -> KinAnswer:
    """What a type directly extends or implements."""
    return _gathered(view, _above(view, ref), limits)


def subtypes(view: View, ref: Ref, limits: Limits = _DEFAULT) -> KinAnswer:
    """What directly extends or implements a type."""
    return _gathered(view, _below(view, ref), limits)


Found = tuple[Ref, Confidence, str]


def _gathered(view: View, found: Iterator[Found], limits: Limits) -> KinAnswer:
    """Each type once, by the surest way to it; a plain way before a blanket impl."""
    best: dict[Ref, Found] = {}
    truncated = False
    for seen, each in enumerate(found):
        if len(best) >= limits.results or seen >= limits.nodes or limits.stopped():
            truncated = True
            break
        known = best.get(each[0])
        if known is None or (each[1], not each[2]) > (known[1], not known[2]):
            best[each[0]] = each
    kin = [Kin(hit(view, ref, sure), blanket) for ref, sure, blanket in best.values()]
    kin.sort(key=lambda each: (-each.hit.confidence, each.hit.path, each.hit.start))
    return KinAnswer(tuple(kin), truncated)


def _above(view: View, ref: Ref) -> Iterator[Found]:
    for edge in outgoing(view, ref, *_ABOVE):
        yield edge.target, edge.confidence, ""
    if kind_of(view, ref) is SymbolKind.INTERFACE:
        return
    traits = {edge.target: edge.confidence for edge in outgoing(view, ref, RelationKind.IMPLEMENTS)}
    for block in _blocks_of(view, ref):
        for edge in outgoing(view, block, RelationKind.IMPLEMENTS):
            traits.setdefault(edge.target, edge.confidence)
            yield edge.target, edge.confidence, ""
    for trait in traits_made_for(view, ref):
        traits.setdefault(trait, Confidence.CERTAIN)
        yield trait, Confidence.CERTAIN, ""
    yield from _by_blanket(view, traits)


def _below(view: View, ref: Ref) -> Iterator[Found]:
    for edge in incoming(view, ref, *_ABOVE):
        if kind_of(view, edge.source) is not SymbolKind.IMPLEMENTATION:
            yield edge.source, edge.confidence, ""
        elif edge.kind is RelationKind.IMPLEMENTS:
            selves = outgoing(view, edge.source, RelationKind.EXTENDS)
            for own in selves:
                yield own.target, min(own.confidence, edge.confidence), ""
            if not selves:
                blanket = _signature(view, edge.source) if _parameter(view, edge.source) is not None else ""
                yield edge.source, edge.confidence, blanket
    yield from ((own, Confidence.CERTAIN, "") for own in types_made_for(view, ref))


def _blocks_of(view: View, ref: Ref) -> list[Ref]:
    """The impl blocks of a type."""
    sources = [edge.source for edge in incoming(view, ref, RelationKind.EXTENDS)]
    return [source for source in sources if kind_of(view, source) is SymbolKind.IMPLEMENTATION]


# -- blanket impls: `impl<T: Bound> Trait for T`


def _by_blanket(view: View, traits: dict[Ref, Confidence]) -> Iterator[Found]:
    """The traits that a type has because it has others. Possible only, where a bound can't be checked."""
    queue, tried = list(traits), set[Ref]()
    for trait in queue:
        above = [edge.target for edge in outgoing(view, trait, RelationKind.EXTENDS)]
        for block in _bounded_by(view, trait):
            bounds = _bounds(view, block)
            if block in tried or not bounds - {None} <= {*queue, *above}:
                continue  # where it lacks a trait that is found later, that trait leads here again
            tried.add(block)
            for edge in outgoing(view, block, RelationKind.IMPLEMENTS):
                yield edge.target, _sure(view, bounds), _signature(view, block)
                above.append(edge.target)
        queue += [ref for ref in dict.fromkeys(above) if ref not in queue]


def _sure(view: View, bounds: frozenset[Ref | None]) -> Confidence:
    """Whether the bounds are checked by the names of the traits: not those from elsewhere, not type arguments."""
    plain = all(ref is not None and not _has_arguments(view, ref) for ref in bounds)
    return Confidence.CERTAIN if plain else Confidence.POSSIBLE


def _has_arguments(view: View, ref: Ref) -> bool:
    return view.facts(document_of(ref)).symbols.generics[row_of(ref)] >= 0


def _bounded_by(view: View, trait: Ref) -> Iterator[Ref]:
    """The blanket impls that ask for a trait."""
    for document, occurrence, confidence in occurrences_of(view, trait):
        facts = view.facts(document)
        if confidence != Confidence.CERTAIN or facts.occurrences.role[occurrence] != Role.TYPE:
            continue
        row = facts.scopes.symbol[facts.occurrences.scope[occurrence]]
        if facts.symbols.kind[row] == SymbolKind.IMPLEMENTATION:
            block = symbol_ref(document, row)
            if trait in _bounds(view, block):
                yield block


def _parameter(view: View, block: Ref) -> Ref | None:
    """The type parameter that an impl block is for, if it is for one."""
    document = document_of(block)
    start, _ = definition_place(view, block)
    targets = meaning(view, document, start).targets
    found = (ref for ref in targets if not is_binding(ref) and kind_of(view, ref) is SymbolKind.TYPE_PARAMETER)
    return next(found, None)


def _bounds(view: View, block: Ref) -> frozenset[Ref | None]:
    """The traits that a blanket impl asks for; None stands for those from elsewhere. Empty for other impls."""
    if _parameter(view, block) is None:
        return frozenset()
    document, row = document_of(block), row_of(block)
    facts = view.facts(document)
    head = facts.symbols.scope[row]
    starts, scopes, roles = facts.occurrences.start, facts.occurrences.scope, facts.occurrences.role
    first, last = (bisect_left(starts, at) for at in (facts.symbols.start[row], facts.symbols.end[row]))
    out: set[Ref | None] = set()
    for occurrence in range(first, last):
        if scopes[occurrence] == head and roles[occurrence] == Role.TYPE:
            targets = view.resolver(document).resolve(document, occurrence).targets
            out.update(ref for ref in targets if not is_binding(ref) and kind_of(view, ref) is SymbolKind.INTERFACE)
            if not targets:
                out.add(None)
    return frozenset(out)


def _named_by(view: View, alias: Ref) -> list[Ref]:
    document = document_of(alias)
    occurrence = view.facts(document).symbols.occurrence[row_of(alias)]
    return list(view.resolver(document).type_definition(document, occurrence) if occurrence >= 0 else ()) or [alias]


def _of_value(view: View, document: int, offset: int, found: Resolution) -> list[Ref]:
    """The type of a value, the type a method belongs to."""
    symbols = [ref for ref in found.targets if not is_binding(ref)]
    if any(kind_of(view, ref) in CALLABLE_KINDS for ref in symbols):
        owners = [_owner(view, ref) for ref in symbols]
        return [owner for each in owners for owner in each]
    occurrence = view.facts(document).occurrence_at(offset)
    found_types = view.resolver(document).type_definition(document, occurrence) if occurrence >= 0 else ()
    return [ref for ref in found_types if kind_of(view, ref) not in CALLABLE_KINDS]


def _owner(view: View, ref: Ref) -> list[Ref]:
    document = document_of(ref)
    owner = symbol_ref(document, max(view.facts(document).symbols.parent[row_of(ref)], 0))
    if kind_of(view, owner) is SymbolKind.IMPLEMENTATION:
        return [edge.target for edge in outgoing(view, owner, RelationKind.EXTENDS)]
    return [owner] if kind_of(view, owner) in TYPE_KINDS else []


def _signature(view: View, ref: Ref) -> str:
    return hit(view, ref).signature
