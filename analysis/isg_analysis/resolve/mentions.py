"""Finding the mentions of one symbol in a document whose links are not at hand, without linking all of it.

An occurrence can mean a symbol only if it is spelled like it, like an alias that some document gives it, or like one
of the words a language has for "this type" or "this module". Only those are resolved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from isg_analysis.model.occurrence import Confidence
from isg_analysis.resolve.program import Program, Ref, Resolver


def mentions(
    program: Program, resolver: Resolver, document: int, ref: Ref, spellings: Collection[str]
) -> Iterator[tuple[int, Confidence]]:
    """The occurrences of a document bound to a symbol or a local that is spelled in one of these ways, in source
    order.
    """
    facts = program.facts(document)
    wanted = {facts.string_ids[name] for name in spellings if name in facts.string_ids}
    if not wanted:
        return
    for occurrence, name in enumerate(facts.occurrences.name):
        if name in wanted:
            found = resolver.resolve(document, occurrence)
            if ref in found.targets:
                yield occurrence, found.confidence
