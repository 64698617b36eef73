"""Who uses this name? The references of a name that an import gives: `import x as name`.

Asked of the new name, what it stands for is not the question: other names of the same thing are left out, and there is
an answer where it comes from outside the workspace. Sibling: `references` has all mentions of a thing, by any name.
"""

from __future__ import annotations

from collections.abc import Iterator

from isg_analysis.model.occurrence import Confidence
from isg_analysis.queries.answer import Answer, Hit, Limits, by_place, occurrence_hit
from isg_analysis.resolve.aliasing import Renames
from isg_analysis.resolve.program import Ref, is_binding, row_of
from isg_analysis.resolve.view import View

_DEFAULT = Limits()


def alias_references(
    view: View, document: int, offset: int, *, include_declaration: bool, limits: Limits = _DEFAULT
) -> Answer | None:
    """None where no such name stands at the byte offset."""
    resolver, occurrence = view.resolver(document), view.glance(document).occurrence_at(offset)
    if occurrence < 0 or not isinstance(resolver, Renames):
        return None
    alias = resolver.alias(document, occurrence)
    if alias is None:
        return None
    declared = view.glance(document).bindings.occurrence[row_of(alias)]
    hits: list[Hit] = []
    for found, place in _uses(view, resolver, (document, occurrence), alias):
        if include_declaration or (found, place) != (document, declared):
            hits.append(occurrence_hit(view, found, place, alias, Confidence.CERTAIN))
            limits.found(hits[-1])
        if len(hits) >= limits.results or limits.stopped():
            return Answer(tuple(by_place(hits)), truncated=True)
    return Answer(tuple(by_place(hits)))


def _uses(view: View, resolver: Renames, place: tuple[int, int], alias: Ref) -> Iterator[tuple[int, int]]:
    """(document, occurrence): its own document's uses, and mentions by this name where it is imported from there."""
    document, occurrence = place
    facts = view.facts(document)
    spelled = facts.occurrences.name[occurrence]
    for at, name in enumerate(facts.occurrences.name):
        if name == spelled and resolver.alias(document, at) == alias:
            yield document, at
    if facts.bindings.scope[row_of(alias)]:
        return
    for ref in view.meaning(document, occurrence).targets:
        for other in view.documents_linking(ref) if not is_binding(ref) else ():
            there = view.facts(other)
            wanted = there.string_ids.get(facts.strings[spelled], -1)
            for at, confidence in view.mentions(other, ref) if wanted >= 0 and other != document else ():
                named = there.occurrences.name[at] == wanted and confidence == Confidence.CERTAIN
                if named and resolver.alias(other, at) is None:
                    yield other, at
