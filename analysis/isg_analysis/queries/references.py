"""Who mentions this? Every occurrence of symbols or locals, from links; and the same for one document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from isg_analysis.model.facts import BindingKind
from isg_analysis.model.occurrence import Confidence, Role
from isg_analysis.queries.answer import Answer, Hit, Limits, by_place, hit, occurrence_hit
from isg_analysis.queries.definition import at
from isg_analysis.queries.implementations import implementations
from isg_analysis.resolve.program import Ref, document_of, is_binding, row_of, symbol_ref
from isg_analysis.resolve.view import View, occurrences_of

_DEFAULT = Limits()


def references(
    view: View,
    refs: Sequence[Ref],
    *,
    include_declaration: bool,
    include_possible: bool = False,
    limits: Limits = _DEFAULT,
) -> Answer:
    """Every occurrence bound to one of `refs`, certain ones first.

    Occurrences that only *may* mean it are left out unless `include_possible`.
    """
    hits: list[Hit] = []
    for ref in refs:
        definition = hit(view, ref)
        for found in _mentions(view, ref):
            if found.confidence == Confidence.POSSIBLE and not include_possible:
                continue
            if not include_declaration and _same_place(found, definition):
                continue
            hits.append(found)
            if len(hits) >= limits.results or limits.stopped():
                return Answer(tuple(by_place(hits)), truncated=True)
        if include_declaration and definition.start < definition.end:
            hits.append(definition)
    return Answer(tuple(by_place(hits)))


def highlights(view: View, document: int, offset: int) -> Answer:
    """The occurrences in one document of what stands at a byte offset, with their roles."""
    hits: list[Hit] = []
    for ref in at(view, document, offset):
        places = view.mentions(document, ref)
        hits += [occurrence_hit(view, document, place, ref, sure) for place, sure in places]
    return Answer(tuple(by_place(hits)))


def count_references(view: View, ref: Ref, limits: Limits = _DEFAULT) -> int:
    """How many certain mentions a symbol has, its definition not counted; stops at the limit."""
    return len(references(view, [ref], include_declaration=False, limits=limits).hits)


def _mentions(view: View, ref: Ref) -> Iterator[Hit]:
    if is_binding(ref):
        document = document_of(ref)
        for occurrence, confidence in view.mentions(document, ref):
            yield occurrence_hit(view, document, occurrence, ref, confidence)
        yield from _keyword_arguments(view, ref)
        return
    for document, occurrence, confidence in occurrences_of(view, ref):
        yield occurrence_hit(view, document, occurrence, ref, confidence)


def _keyword_arguments(view: View, parameter: Ref) -> Iterator[Hit]:
    """Where other documents name a parameter: `f(name=...)`. Looks into those that mention the function, its class
    or what is derived from it.
    """
    home, row = document_of(parameter), row_of(parameter)
    facts = view.facts(home)
    if facts.bindings.kind[row] != BindingKind.PARAMETER:
        return
    name = facts.strings[facts.bindings.name[row]]
    for document in _documents_of_callers(view, home, facts.scopes.symbol[facts.bindings.scope[row]]):
        occurrences = view.facts(document).occurrences
        wanted = view.facts(document).string_ids.get(name, -1)
        for occurrence, spelled in enumerate(occurrences.name):
            if spelled == wanted and occurrences.role[occurrence] == Role.KEYWORD:
                found = view.resolver(document).resolve(document, occurrence)
                if parameter in found.targets:
                    yield occurrence_hit(view, document, occurrence, parameter, found.confidence)


def _documents_of_callers(view: View, home: int, function: int) -> list[int]:
    callees = [symbol_ref(home, function)]
    parent = view.facts(home).symbols.parent[function]
    if parent > 0:
        owner = symbol_ref(home, parent)
        callees += [owner, *(found.ref for found in implementations(view, [owner]).hits)]
    documents = {document for callee in callees for document in view.documents_linking(callee)} - {home}
    return sorted(documents, key=view.path)


def _same_place(found: Hit, definition: Hit) -> bool:
    return found.role == Role.DEFINITION or (found.document == definition.document and found.start == definition.start)
