"""Who mentions this? Every occurrence of symbols or locals, from links; and the same for one document."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from isg_analysis.languages.registry import pack
from isg_analysis.model.facts import BindingKind
from isg_analysis.model.occurrence import Confidence, Role
from isg_analysis.model.ops import Op
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.queries.aliases import alias_references
from isg_analysis.queries.answer import Answer, Hit, Limits, by_place, hit, occurrence_hit
from isg_analysis.queries.constructors import constructed
from isg_analysis.queries.definition import at, overridden
from isg_analysis.queries.implementations import implementations
from isg_analysis.queries.outside_types import outside_type_mentions
from isg_analysis.queries.relations import incoming
from isg_analysis.queries.stubs import source_of, stub_of
from isg_analysis.resolve.program import Ref, document_of, is_binding, row_of, symbol_ref
from isg_analysis.resolve.view import View

_DEFAULT = Limits()
_MEMBER_KINDS = (SymbolKind.METHOD, SymbolKind.CONSTANT, SymbolKind.TYPE_ALIAS)


def references(
    view: View,
    refs: Sequence[Ref],
    *,
    include_declaration: bool,
    include_possible: bool = False,
    limits: Limits = _DEFAULT,
) -> Answer:
    """Every occurrence bound to one of `refs` or to what goes with it (`counterparts`), certain ones first; of a
    constructor also the calls of its class.

    Occurrences that only *may* mean it are left out unless `include_possible`.
    """
    hits: list[Hit] = []
    declared = dict.fromkeys(refs, include_declaration)
    for ref in refs:
        declared |= {other: True for other in counterparts(view, ref) if other not in declared}
    for ref, with_own in declared.items():
        definition = hit(view, ref)
        for found in _mentions(view, ref):
            if (
                found is not None
                and (include_possible or found.confidence != Confidence.POSSIBLE)
                and (_is_spelled(found) if found.ref != ref else with_own or not _same_place(found, definition))
            ):
                hits.append(found)
                limits.found(found)
            if len(hits) >= limits.results or limits.stopped():
                return Answer(tuple(by_place(hits)), truncated=True)
        if with_own and definition.start < definition.end and (ref in refs or _is_spelled(definition)):
            hits.append(definition)
            limits.found(definition)
    return Answer(tuple(by_place(hits)))


def counterparts(view: View, ref: Ref) -> list[Ref]:
    """What is meant with a symbol, too: in languages of impl blocks, of a trait's member those that impls have for it.
    An associated type is the trait's, whichever impl it is asked of; of an impl's method or constant nothing else is
    meant. Where there are stubs, what the symbol describes or is described by.
    """
    if is_binding(ref) or pack(view.language(document_of(ref))).transitive_implementations:
        return [other for other in (*source_of(view, ref), *stub_of(view, ref)) if other != ref]
    kind = view.glance(document_of(ref)).symbols.kind[row_of(ref)]
    if kind not in _MEMBER_KINDS:
        return []
    declared = overridden(view, ref) if kind == SymbolKind.TYPE_ALIAS else ()
    found = [edge.source for one in declared or (ref,) for edge in incoming(view, one, RelationKind.OVERRIDES)]
    return [other for other in dict.fromkeys([*declared, *found]) if other != ref]


def highlights(view: View, document: int, offset: int) -> Answer:
    """The occurrences in one document of what stands at a byte offset, with their roles."""
    hits: list[Hit] = []
    for ref in at(view, document, offset):
        places = view.mentions(document, ref)
        hits += [occurrence_hit(view, document, place, ref, sure) for place, sure in places]
    named = None if hits else alias_references(view, document, offset, include_declaration=True)
    return named or Answer(tuple(by_place(hits)))


def count_references(view: View, ref: Ref, limits: Limits = _DEFAULT) -> int | None:
    """How many certain mentions `references` finds of a symbol; None where a limit was reached."""
    definition = hit(view, ref)
    others = [hit(view, other) for other in counterparts(view, ref)]
    places = {(other.document, other.start, other.end - other.start) for other in others if _is_spelled(other)}
    for one in (ref, *(other.ref for other in others)):
        for document in view.documents_linking(one):
            rows = view.glance(document).occurrences
            starts, lengths, roles, names = rows.start, rows.length, rows.role, rows.name
            apart = _implementors(view, document, one)
            for place, confidence in view.mentions(document, one):
                if confidence != Confidence.CERTAIN or names[place] in apart:
                    continue
                if not _declares(view, document, place, roles[place], one):
                    places.add((document, starts[place], lengths[place]))
            if len(places) >= limits.results or limits.stopped():
                return None
        for found in _constructions(view, one):
            if found is not None and found.confidence == Confidence.CERTAIN:
                places.add((found.document, found.start, found.end - found.start))
        if len(places) >= limits.results:
            return None
    for found in outside_type_mentions(view, ref):
        if found is not None and (found.ref == ref or _is_spelled(found)):
            places.add((found.document, found.start, found.end - found.start))
        if len(places) >= limits.results or limits.stopped():
            return None
    return sum((document, start) != (definition.document, definition.start) for document, start, _ in places)


def _mentions(view: View, ref: Ref) -> Iterator[Hit | None]:
    """Every mention; None before each document, which may hold none and yet take its time."""
    if is_binding(ref):
        document = document_of(ref)
        for occurrence, confidence in view.mentions(document, ref):
            yield occurrence_hit(view, document, occurrence, ref, confidence)
        yield from _keyword_arguments(view, ref)
        return
    for document in view.documents_linking(ref):
        yield None
        apart, names = _implementors(view, document, ref), view.glance(document).occurrences.name
        for occurrence, confidence in view.mentions(document, ref):
            if not apart or names[occurrence] not in apart:
                yield occurrence_hit(view, document, occurrence, ref, confidence)
    yield from _constructions(view, ref)
    yield from outside_type_mentions(view, ref)


def _constructions(view: View, ref: Ref) -> Iterator[Hit | None]:
    """Where the class is called whose own constructor this is."""
    owner = constructed(view, ref)
    for document in view.documents_linking(owner) if owner is not None else ():
        yield None
        roles = view.glance(document).occurrences.role
        for occurrence, confidence in view.mentions(document, owner) if owner is not None else ():
            if roles[occurrence] == Role.CALL:
                yield occurrence_hit(view, document, occurrence, ref, confidence)


def _implementors(view: View, document: int, ref: Ref) -> Collection[int]:
    """The words that mean a trait in its own document and are no references of it: its `Self` is whatever type
    implements it.
    """
    facts = view.glance(document)
    if document != document_of(ref) or facts.symbols.kind[row_of(ref)] != SymbolKind.INTERFACE:
        return ()
    return {facts.string_ids[word] for word in pack(view.language(document)).pronouns if word in facts.string_ids}


def _keyword_arguments(view: View, parameter: Ref) -> Iterator[Hit | None]:
    """Where other documents name a parameter: `f(name=...)`. Looks into those that mention the function, its class
    or what is derived from it.
    """
    home, row = document_of(parameter), row_of(parameter)
    facts = view.glance(home)
    if facts.bindings.kind[row] != BindingKind.PARAMETER:
        return
    name = facts.strings[facts.bindings.name[row]]
    for document in _documents_of_callers(view, home, facts.scopes.symbol[facts.bindings.scope[row]]):
        yield None
        used = view.glance(document)
        wanted, roles = used.string_ids.get(name, -1), used.occurrences.role
        for occurrence, spelled in enumerate(used.occurrences.name):
            if spelled == wanted and roles[occurrence] == Role.KEYWORD:
                found = view.meaning(document, occurrence)
                if parameter in found.targets:
                    yield occurrence_hit(view, document, occurrence, parameter, found.confidence)


def _documents_of_callers(view: View, home: int, function: int) -> list[int]:
    callees = [symbol_ref(home, function)]
    parent = view.glance(home).symbols.parent[function]
    if parent > 0:
        owner = symbol_ref(home, parent)
        callees += [owner, *(found.ref for found in implementations(view, [owner]).hits)]
    documents = {document for callee in callees for document in view.documents_linking(callee)} - {home}
    return sorted(documents, key=view.path)


def _same_place(found: Hit, definition: Hit) -> bool:
    if found.document == definition.document and found.start == definition.start:
        return True
    occurrence = found.view.glance(found.document).occurrence_at(found.start)
    return _declares(found.view, found.document, occurrence, found.role, definition.ref)


def _is_spelled(found: Hit) -> bool:
    """Whether a symbol's name stands where the symbol does: what only a macro's text names stands at its invocation."""
    facts = found.view.glance(found.document)
    occurrence = facts.occurrence_at(found.start)
    return occurrence < 0 or facts.occurrences.name[occurrence] == facts.symbols.name[row_of(found.ref)]


def _declares(view: View, document: int, occurrence: int, role: int, ref: Ref) -> bool:
    """Whether a mention is what makes the symbol one: its definition, or `mod name;`, which makes a file a module.

    What another class defines and yet means this one gives it a value: `self.name = ...` where a base declares `name`.
    """
    if role == Role.DEFINITION:
        return _owner(view, document, occurrence) in (None, _owner_of(view, ref))
    if role != Role.IMPORT or not pack(view.language(document)).declares_modules:
        return False
    facts = view.glance(document)
    node = facts.occurrences.node[occurrence]
    return node >= 0 and facts.nodes.op[node] == Op.IMPORT_MODULE


def _owner(view: View, document: int, occurrence: int) -> Ref | None:
    """What the symbol belongs to that an occurrence defines; None for a local."""
    definition = view.glance(document).occurrences.definition[occurrence]
    return None if definition < 0 or definition & 1 else _owner_of(view, symbol_ref(document, definition >> 1))


def _owner_of(view: View, ref: Ref) -> Ref | None:
    if is_binding(ref):
        return None
    return symbol_ref(document_of(ref), max(view.glance(document_of(ref)).symbols.parent[row_of(ref)], 0))
