"""Where is this defined? From a place in a document to the symbols or locals meant there."""

from __future__ import annotations

from collections.abc import Sequence

from isg_analysis.languages.registry import pack
from isg_analysis.model.facts import BindingKind
from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.queries.answer import Answer, Hit, by_place, hit, occurrence_hit
from isg_analysis.queries.relations import outgoing
from isg_analysis.queries.stubs import source_of, stub_of
from isg_analysis.resolve.doc_links import DocLinks
from isg_analysis.resolve.injecting import Injects
from isg_analysis.resolve.program import UNRESOLVED, Ref, Resolution, document_of, is_binding, row_of
from isg_analysis.resolve.view import View

_VARIABLES = (SymbolKind.VARIABLE, SymbolKind.CONSTANT, SymbolKind.FIELD)
_ASSOCIATED = (SymbolKind.CONSTANT, SymbolKind.TYPE_ALIAS)


def meaning(view: View, document: int, offset: int) -> Resolution:
    """What the occurrence at a byte offset means; unresolved where none stands."""
    occurrence = view.glance(document).occurrence_at(offset)
    return UNRESOLVED if occurrence < 0 else view.meaning(document, occurrence)


def meanings(view: View, document: int, offset: int) -> Resolution:
    """All that the name at a byte offset means at once: of `Point { x }` the field and the local."""
    facts = view.glance(document)
    occurrence, starts, lengths = facts.occurrence_at(offset), facts.occurrences.start, facts.occurrences.length
    if occurrence < 0:
        return UNRESOLVED
    place = starts[occurrence], lengths[occurrence]
    near = range(max(occurrence - 1, 0), min(occurrence + 2, len(starts)))
    found = [view.meaning(document, one) for one in near if (starts[one], lengths[one]) == place]
    sure = max(one.confidence for one in found)
    targets = dict.fromkeys(ref for one in found if one.confidence == sure for ref in one.targets)
    return Resolution(tuple(targets), sure)


def at(view: View, document: int, offset: int) -> tuple[Ref, ...]:
    """The symbols or locals meant at a byte offset, certain or possible."""
    return meanings(view, document, offset).targets


def meant(view: View, document: int, offset: int) -> Answer:
    """What stands at a byte offset, at its own definition: what other questions are asked about."""
    found = meanings(view, document, offset)
    return Answer(tuple(by_place([hit(view, ref, found.confidence) for ref in found.targets])))


def definition(view: View, document: int, offset: int) -> Answer:
    """Where what stands at a byte offset is defined: an associated type or constant by the trait it is of, what a stub
    describes in its source, a parameter that is filled in by its name by what fills it in. A link in documentation
    leads to what it names.
    """
    if view.glance(document).occurrence_at(offset) < 0:
        return Answer(tuple(by_place([hit(view, ref) for ref in _linked(view, document, offset)])))
    found = meanings(view, document, offset)
    refs = [
        ref for target in found.targets
        for ref in (_of_trait(view, target) or _injected(view, target, (document, offset)) or source_of(view, target))
    ]  # fmt: skip
    return Answer(tuple(by_place(_places(view, refs, found.confidence))))


def _places(view: View, refs: Sequence[Ref], confidence: Confidence) -> list[Hit]:
    """Where symbols and locals are defined, and where they are declared again with a type."""
    hits = [hit(view, ref, confidence) for ref in refs]
    return hits + [one for ref in refs for one in _declared_again(view, ref, confidence)]


def _declared_again(view: View, ref: Ref, confidence: Confidence) -> Sequence[Hit]:
    document, row = document_of(ref), row_of(ref)
    facts = view.glance(document)
    rows, symbols = facts.bindings, facts.symbols
    if is_binding(ref):
        typed, scope, name = rows.type[row], rows.scope[row], rows.name[row]
    else:
        scope, name = symbols.scope[max(symbols.parent[row], 0)], symbols.name[row]
        typed = symbols.type[row] if symbols.kind[row] in _VARIABLES and row else -1
    if typed < 0:
        return ()
    return [
        occurrence_hit(view, document, rows.occurrence[one], ref, confidence)
        for one in view.facts(document).bindings_by_scope.get(scope, {}).get(name, ())
        if rows.kind[one] == BindingKind.NARROW and rows.type[one] >= 0 and rows.occurrence[one] >= 0
    ]


def _linked(view: View, document: int, offset: int) -> Sequence[Ref]:
    """What a link in a comment names."""
    resolver, text = view.resolver(document), view.text(document)
    return resolver.linked(document, text, offset) if isinstance(resolver, DocLinks) and text is not None else ()


def _of_trait(view: View, ref: Ref) -> Sequence[Ref]:
    """What a trait has for an associated type or constant of an impl block."""
    if is_binding(ref) or pack(view.language(document_of(ref))).transitive_implementations:
        return ()
    return overridden(view, ref) if view.glance(document_of(ref)).symbols.kind[row_of(ref)] in _ASSOCIATED else ()


def _injected(view: View, ref: Ref, asked: tuple[int, int]) -> Sequence[Ref]:
    """What fills in a parameter, asked at the parameter itself (document, offset)."""
    document, offset = asked
    if not is_binding(ref) or document_of(ref) != document:
        return ()
    place, kind = hit(view, ref), view.glance(document).bindings.kind[row_of(ref)]
    at_itself = kind == BindingKind.PARAMETER and place.start <= offset <= place.end
    resolver = view.resolver(document) if at_itself else None
    given = resolver.injected(ref) if isinstance(resolver, Injects) else None
    return () if given is None else (given,)


def declaration(view: View, document: int, offset: int) -> Answer:
    """What an overriding member overrides (a trait's or base class's); else what is meant, and of `Point { x }` the
    field. What a stub describes is declared there.
    """
    found = meanings(view, document, offset)
    members = [ref for ref in found.targets if not is_binding(ref)]
    refs = [ref for member in members for ref in overridden(view, member)] or members or found.targets
    declared = [stub for ref in refs for stub in stub_of(view, ref)]
    return Answer(tuple(by_place(_places(view, declared, found.confidence))))


def overridden(view: View, ref: Ref) -> Sequence[Ref]:
    """The members a member directly overrides."""
    if is_binding(ref):
        return ()
    return [edge.target for edge in outgoing(view, ref, RelationKind.OVERRIDES)]


def type_definition(view: View, document: int, offset: int) -> Answer:
    """Where the type of the value at a byte offset is defined; empty where the type is not known."""
    occurrence = view.glance(document).occurrence_at(offset)
    if occurrence < 0:
        return Answer()
    types = view.resolver(document).type_definition(document, occurrence)
    return Answer(tuple(by_place([hit(view, ref) for ref in types])))
