"""Who calls this, and what does it call? Functions, methods, macros, and what is made by calling it.

A call is an occurrence that calls, decorates or invokes; reading a property or writing a struct literal is none.
It belongs to the nearest function around it that has a name (closures and lambdas have none); outside of all
functions, to the module. Calling a class means its constructor, where it has one in the workspace.

What is certain and what is possible is kept apart: a caller that does both is listed twice.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from isg_analysis.model.facts import Facts
from isg_analysis.model.occurrence import Confidence, Role
from isg_analysis.model.ops import Op
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import CALLABLE_KINDS, TYPE_KINDS, SymbolFlag, SymbolKind
from isg_analysis.queries.answer import Answer, Hit, Limits, hit, occurrence_hit
from isg_analysis.queries.constructors import (
    Constructors,
    can_be_called,
    is_class,
    is_constructor,
    kind_of,
    own_constructor,
)
from isg_analysis.queries.relations import Ancestry
from isg_analysis.resolve.dispatch import Dispatch
from isg_analysis.resolve.program import Ref, document_of, is_binding, row_of, symbol_ref
from isg_analysis.resolve.view import View

_DEFAULT = Limits()
_CALLS = frozenset({Role.CALL, Role.MACRO, Role.DECORATOR})
_CALLERS = CALLABLE_KINDS | {SymbolKind.MODULE}
_BASES = (RelationKind.EXTENDS, RelationKind.IMPLEMENTS)


@dataclass(frozen=True, slots=True)
class Calls:
    """`hit`: where a caller or callee is defined, with the confidence of these calls; `places`: the calls themselves,
    in the caller's document and in source order.
    """

    hit: Hit
    places: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """Certain calls first. `truncated`: a limit was reached and there may be more."""

    calls: tuple[Calls, ...] = ()
    truncated: bool = False

    @property
    def answer(self) -> Answer:
        """The callers or callees alone."""
        return Answer(tuple(each.hit for each in self.calls), self.truncated)


def callables(view: View, refs: Iterable[Ref]) -> list[Ref]:
    """Those that can be called; of an overloaded function its implementation alone, where there is one."""
    called = [ref for ref in refs if can_be_called(view, ref)]
    return [ref for ref in called if not _is_signature(view, ref)] or called


def callers(view: View, ref: Ref, *, include_possible: bool = False, limits: Limits = _DEFAULT) -> CallAnswer:
    """The functions and modules that call a symbol.

    Possible are, for one thing, calls that name what it overrides: of a trait's method, of a base class's. For
    another, only with `include_possible`, calls whose receiver is of unknown type.
    """
    found: dict[tuple[int, int], Hit] = {}
    family = _family(view, ref)
    for target, reach in _reached_by(view, ref, limits):
        for document in view.documents_linking(target):
            if len(found) >= limits.results or limits.stopped():
                return _by_caller(view, found, truncated=True)
            for occurrence, place in _calls_of(view, document, target, include_possible):
                if reach == Confidence.POSSIBLE and not _dispatches(view, document, occurrence, family):
                    continue
                place = replace(place, confidence=min(place.confidence, reach))
                known = found.get((document, occurrence))
                if known is None or known.confidence < place.confidence:
                    found[document, occurrence] = place
    return _by_caller(view, found, truncated=False)


def callees(view: View, ref: Ref, *, include_possible: bool = False, limits: Limits = _DEFAULT) -> CallAnswer:
    """What a function or module of the workspace calls, in the order of the first call; a class: what its own
    constructor calls.
    """
    body = own_constructor(view, ref) if is_class(view, ref) else ref
    found: dict[tuple[Ref, Confidence], list[Hit]] = {}
    document = document_of(ref)
    truncated = False
    constructors = Constructors(view)
    for seen, occurrence in enumerate(_calls_in(view.facts(document), row_of(body)) if body is not None else ()):
        if seen >= limits.results or limits.stopped():
            truncated = True
            break
        meaning = view.resolver(document).resolve(document, occurrence)
        if meaning.confidence == Confidence.POSSIBLE and not include_possible:
            continue
        for callee in dict.fromkeys(map(constructors.run_by, callables(view, meaning.targets))):
            place = occurrence_hit(view, document, occurrence, callee, meaning.confidence)
            found.setdefault((callee, meaning.confidence), []).append(place)
    calls = [Calls(hit(view, callee, sure), tuple(places)) for (callee, sure), places in found.items()]
    return CallAnswer(tuple(sorted(calls, key=lambda each: -each.hit.confidence)), truncated)


def _is_signature(view: View, ref: Ref) -> bool:
    return bool(view.facts(document_of(ref)).symbols.flags[row_of(ref)] & SymbolFlag.OVERLOAD)


def _calls_of(view: View, document: int, target: Ref, include_possible: bool) -> Iterator[tuple[int, Hit]]:
    """The calls in a document that name a symbol, with `include_possible` also that may; each with its occurrence."""
    roles = view.facts(document).occurrences.role
    for occurrence, bound in view.mentions(document, target):
        if roles[occurrence] in _CALLS and (bound == Confidence.CERTAIN or include_possible):
            yield occurrence, occurrence_hit(view, document, occurrence, target, bound)


def _by_caller(view: View, found: Mapping[tuple[int, int], Hit], *, truncated: bool) -> CallAnswer:
    places: dict[tuple[Ref, Confidence], list[Hit]] = {}
    for (document, occurrence), place in found.items():
        caller = symbol_ref(document, _caller(view.facts(document), occurrence))
        places.setdefault((caller, place.confidence), []).append(place)
    calls = [
        Calls(hit(view, caller, sure), tuple(sorted(each, key=lambda place: place.start)))
        for (caller, sure), each in places.items()
    ]
    return CallAnswer(
        tuple(sorted(calls, key=lambda each: (-each.hit.confidence, each.hit.path, each.hit.start))), truncated
    )


def _caller(facts: Facts, occurrence: int) -> int:
    """The row of the function or module that an occurrence belongs to."""
    kinds, parents = facts.symbols.kind, facts.symbols.parent
    row = facts.scopes.symbol[facts.occurrences.scope[occurrence]]
    while row > 0 and kinds[row] not in _CALLERS:
        row = parents[row]
    return max(row, 0)


def _calls_in(facts: Facts, row: int) -> Iterator[int]:
    """The calls that belong to a function or module."""
    starts, roles = facts.occurrences.start, facts.occurrences.role
    first, last = (bisect_left(starts, at) for at in (facts.symbols.start[row], facts.symbols.end[row]))
    for occurrence in range(first, last):
        if roles[occurrence] in _CALLS and _caller(facts, occurrence) == row:
            yield occurrence


def _reached_by(view: View, ref: Ref, limits: Limits) -> Iterator[tuple[Ref, Confidence]]:
    """What a call may name to reach a symbol: itself, the classes it constructs, what it overrides."""
    yield ref, Confidence.CERTAIN
    if is_constructor(view, ref):
        for made in Constructors(view).made_by(ref, limits):
            yield made, Confidence.CERTAIN
        return
    for overridden in Ancestry(view, RelationKind.OVERRIDES).above(ref):
        yield overridden, Confidence.POSSIBLE


def _family(view: View, ref: Ref) -> frozenset[Ref] | None:
    """The class of a method and all above it: what a receiver's class must be of; None where that is not known."""
    resolver = view.resolver(document_of(ref))
    owner = resolver.owner(ref) if isinstance(resolver, Dispatch) else None
    return None if owner is None else frozenset({owner, *Ancestry(view, *_BASES).above(owner)})


def _dispatches(view: View, document: int, occurrence: int, family: frozenset[Ref] | None) -> bool:
    """Whether a call of a method may run one that overrides it: not through `super()`, not on a class by its name, not
    on a receiver of another family.
    """
    facts = view.facts(document)
    nodes = facts.nodes
    node = facts.occurrences.node[occurrence]
    if node < 0 or nodes.op[node] != Op.MEMBER:
        return True
    if family is not None and not _may_be_of(view, document, occurrence, family):
        return False
    base = nodes.a[node]
    if base < 0 or nodes.op[base] == Op.SUPER:
        return False
    named = {Op.NAME: nodes.a, Op.MEMBER: nodes.b}.get(Op(nodes.op[base]))
    if named is None:
        return True
    targets = view.resolver(document).resolve(document, named[base]).targets
    return not any(not is_binding(target) and kind_of(view, target) in TYPE_KINDS for target in targets)


def _may_be_of(view: View, document: int, occurrence: int, family: frozenset[Ref]) -> bool:
    resolver = view.resolver(document)
    receivers = resolver.receivers(document, occurrence) if isinstance(resolver, Dispatch) else None
    return receivers is None or not family.isdisjoint(receivers)
