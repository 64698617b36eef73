"""Packing: as much of a neighbourhood as a budget of tokens allows.

Best first, each symbol in the longest form that its rank deserves and that fits; what does not fit is passed over and
the next one is tried. No form is ever cut in the middle, and what is printed never has more tokens than the budget.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

from isg_analysis.context.neighbourhood import Neighbour, neighbourhood
from isg_analysis.context.rendering import RENDERERS, Renderer
from isg_analysis.context.slices import Form, Section, Slice, forms, relation_of, section_of, slice_of
from isg_analysis.context.tokens import ESTIMATE, Tokenizer
from isg_analysis.errors import IsgError
from isg_analysis.graph.knots import knots
from isg_analysis.graph.modules import label
from isg_analysis.model.imports import Strength
from isg_analysis.model.occurrence import Confidence
from isg_analysis.queries.answer import Limits
from isg_analysis.queries.blast_radius import blast_radius, is_test
from isg_analysis.resolve.program import Ref, document_of, is_binding, row_of, symbol_ref
from isg_analysis.resolve.view import View

MOST_NEIGHBOURS = 250
_BODIES = 8
"""So many of the nearest may be shown with their bodies."""
_BODY_SHARE = 0.2
"""None of them may take more of the budget than this."""
_TARGET_SHARE = 0.7
_LEAST = 20
"""Tokens: no place, relation and name takes less."""
_ROUNDS = 3
"""So often a text is made again to say how many tokens it has: another number may take another number of tokens."""
_REACH = Limits(nodes=1_000)
_FORMS = {
    0: (Form.EDGE,),
    1: (Form.SIGNATURE, Form.EDGE),
    2: (Form.DOCUMENTED, Form.SIGNATURE, Form.EDGE),
}
_TARGET_FORMS = {
    0: (Form.SIGNATURE, Form.EDGE),
    1: (Form.BODY, Form.OUTLINE, Form.DOCUMENTED, Form.SIGNATURE, Form.EDGE),
    2: (Form.BODY, Form.OUTLINE, Form.DOCUMENTED, Form.SIGNATURE, Form.EDGE),
}


_TIED: WeakKeyDictionary[View, dict[str, list[frozenset[Ref]]]] = WeakKeyDictionary()


class TooSmallError(IsgError):
    """The budget does not hold even the names of the targets."""


@dataclass(frozen=True, slots=True)
class Request:
    """`level`: 0 only edges, 1 signatures, 2 with docs, and bodies of the nearest. `format`: "markdown" or "json".
    `tokenizer`: by which the budget is meant.
    """

    refs: tuple[Ref, ...]
    budget: int = 4_000
    hops: int = 2
    level: int = 2
    include: frozenset[Section] = frozenset(Section)
    format: str = "markdown"
    tokenizer: Tokenizer = ESTIMATE


@dataclass(frozen=True, slots=True)
class Context:
    """The answer. `omitted`: how many neighbours had no room; `cycles` and `reach`: one line each about the targets;
    `tokens`: of what is printed, as far as it is known while it is made.
    """

    budget: int
    slices: tuple[Slice, ...] = ()
    cycles: str = ""
    reach: str = ""
    omitted: int = 0
    text: str = field(default="", repr=False)
    tokens: int = 0


def context(view: View, request: Request) -> Context:
    """The context of some symbols. Raises TooSmallError where the budget does not hold their names."""
    refs = tuple(dict.fromkeys(symbol for ref in request.refs for symbol in _symbols(view, ref)))
    seeds = dict.fromkeys(part for ref in refs for part in _inside(view, ref))
    head = Context(request.budget, (), _cycles(view, refs), _reach(view, refs))
    packed = _Packing(view, RENDERERS[request.format], request, head)
    for ref in refs:
        base = slice_of(view, ref, Section.TARGET, confidence=Confidence.CERTAIN)
        share = int(request.budget * _TARGET_SHARE / len(refs))
        if not packed.add(forms(view, base, _TARGET_FORMS[request.level]), share):
            raise TooSmallError(f"{request.budget} tokens do not hold the name of {base.label}")
    near = neighbourhood(view, seeds, hops=request.hops, most=MOST_NEIGHBOURS)
    omitted = 0
    for place, neighbour in enumerate(near.neighbours):
        omitted += packed.full or not _add(view, packed, neighbour, place, request, seeds)
    return packed.context(omitted)


def _add(
    view: View, packed: _Packing, neighbour: Neighbour, place: int, request: Request, seeds: Collection[Ref]
) -> bool:
    section = section_of(view, neighbour)
    if section not in request.include or packed.shows(neighbour.ref):
        return True
    base = slice_of(
        view,
        neighbour.ref,
        section,
        relation=relation_of(view, neighbour.tie, seeds),
        confidence=neighbour.tie.confidence,
        hops=neighbour.hops,
    )
    wanted = _FORMS[request.level]
    if request.level and packed.shows_part(neighbour.ref):
        return packed.add(forms(view, base, (Form.OUTLINE, Form.EDGE)), int(request.budget * _BODY_SHARE))
    if request.level == 2 and place < _BODIES and neighbour.hops == 1:
        wanted = (Form.BODY, *wanted)
    return packed.add(forms(view, base, wanted), int(request.budget * _BODY_SHARE))


class _Packing:
    """What is in so far, and what room is left."""

    def __init__(self, view: View, renderer: Renderer, request: Request, head: Context) -> None:
        self._view = view
        self._renderer, self._head = renderer, head
        self._budget = request.budget
        self._slices: list[Slice] = []
        self._sections: set[Section] = set()
        self._tokenizer = request.tokenizer
        self._used = self._tokenizer.count(
            renderer.whole(replace(head, omitted=MOST_NEIGHBOURS, tokens=request.budget))
        )
        self._bodies: set[Ref] = set()
        self._around: set[Ref] = set()
        """What something that is in lies in."""

    def add(self, ways: Iterator[Slice], share: int) -> bool:
        """Take the first of the ways that fits and takes no more than its share; an edge may take what is left."""
        left = self._budget - self._used
        for way in ways:
            room = left if way.form is Form.EDGE else min(left, share)
            text = self._renderer.part(way)
            if way.section not in self._sections:
                room -= self._tokenizer.count(self._renderer.heading(way.section))
            if self._tokenizer.at_least(text) > room:
                continue
            cost = self._tokenizer.count(text)
            if cost <= room:
                self._take(way, cost)
                return True
        return False

    def _take(self, way: Slice, cost: int) -> None:
        if way.section not in self._sections:
            self._sections.add(way.section)
            cost += self._tokenizer.count(self._renderer.heading(way.section))
        self._slices.append(way)
        self._used += cost
        self._around.update(_above(self._view, way.ref))
        if way.form is Form.BODY:
            self._bodies.add(way.ref)

    @property
    def full(self) -> bool:
        """Whether there is no room for even the shortest slice."""
        return self._budget - self._used < _LEAST

    def shows_part(self, ref: Ref) -> bool:
        """Whether something that lies in a symbol is in: its body would show that again."""
        return ref in self._around

    def shows(self, ref: Ref) -> bool:
        """Whether a symbol can be read in the body of another one that is in."""
        return any(above in self._bodies for above in _above(self._view, ref))

    def context(self, omitted: int) -> Context:
        """The answer, made to fit: the sum of the parts is but an estimate of the whole."""
        order = list(Section)
        while True:
            slices = sorted(self._slices, key=lambda one: order.index(one.section))
            made = self._settled(replace(self._head, slices=tuple(slices), omitted=omitted, tokens=self._budget))
            if made.tokens <= self._budget:
                return made
            if len(self._slices) <= 1:
                raise TooSmallError(f"{self._budget} tokens hold nothing: {made.tokens} would")
            self._slices.pop()
            omitted += 1

    def _settled(self, made: Context) -> Context:
        """With its text, which may say how many tokens it has, and the number of these."""
        text = self._renderer.whole(made)
        tokens = self._tokenizer.count(text)
        for _ in range(_ROUNDS):
            again = self._renderer.whole(replace(made, tokens=tokens))
            if again == text:
                break
            text, tokens = again, self._tokenizer.count(again)
        return replace(made, text=text, tokens=tokens)


def _symbols(view: View, ref: Ref) -> Iterator[Ref]:
    """The symbol itself; for a local the function it lies in."""
    if not is_binding(ref):
        yield ref
        return
    facts = view.glance(document_of(ref))
    yield symbol_ref(document_of(ref), facts.scopes.symbol[facts.bindings.scope[row_of(ref)]])


def _inside(view: View, ref: Ref) -> Iterator[Ref]:
    """A symbol with all that lies in it."""
    document, top = document_of(ref), row_of(ref)
    inside = {top}
    yield ref
    for row, parent in enumerate(view.glance(document).symbols.parent):
        if row > top and parent in inside:
            inside.add(row)
            yield symbol_ref(document, row)


def _above(view: View, ref: Ref) -> Iterator[Ref]:
    """What a symbol lies in, from the inside out; last the module."""
    document, row = document_of(ref), row_of(ref)
    parents = view.glance(document).symbols.parent
    while row > 0:
        row = parents[row]
        yield symbol_ref(document, row)


def _cycles(view: View, refs: Sequence[Ref]) -> str:
    """Which of the targets' modules are tied to others by imports at run time."""
    modules = {symbol_ref(document_of(ref), 0) for ref in refs}
    told = []
    for language in sorted({view.language(document_of(ref)) for ref in refs}):
        for knot in _tied(view, language):
            told += [(label(view, module), len(knot) - 1) for module in modules & knot]
    return "; ".join(f"{name} is tied to {others} more" for name, others in sorted(told)) or "none"


def _tied(view: View, language: str) -> list[frozenset[Ref]]:
    """The knots of modules, found once for each view."""
    known = _TIED.setdefault(view, {})
    if language not in known:
        needs: dict[Ref, set[Ref]] = {}
        for source, target, strength in view.ties(language):
            if strength == Strength.RUNTIME:
                needs.setdefault(source, set()).add(target)
        known[language] = knots({source: frozenset(targets) for source, targets in needs.items()})
    return known[language]


def _reach(view: View, refs: Sequence[Ref]) -> str:
    """How much depends on the targets."""
    found = blast_radius(view, refs, limits=_REACH)
    dependents = [ref for level in found.levels for refs in level for ref in refs]
    files = len({document_of(ref) for ref in dependents})
    tests = sum(is_test(view, ref) for ref in dependents)
    more = " at least" if found.truncated else ""
    return f"{len(dependents)} symbols{more} in {files} files depend on it, {tests} of them tests"
