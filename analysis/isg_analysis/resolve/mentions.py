"""Finding the mentions of one symbol in a document whose links are not at hand, without linking all of it.

An occurrence can mean a symbol only if it is spelled like it, like an alias an import gives it, or
like one of the words a language has for "this type" or "this module". Only those are resolved.
"""

from __future__ import annotations

from collections.abc import Iterator

from isg_analysis.languages.registry import pack
from isg_analysis.model.facts import BindingKind, Facts
from isg_analysis.model.occurrence import Confidence
from isg_analysis.resolve.program import Program, Ref, Resolver, document_of, is_binding, row_of


def mentions(
    program: Program, resolver: Resolver, language: str, document: int, ref: Ref
) -> Iterator[tuple[int, Confidence]]:
    """The occurrences of a document bound to a symbol (not a module) or a local, in source order."""
    facts = program.facts(document)
    spellings = {_name(program, ref)}
    if not is_binding(ref):
        spellings |= pack(language).self_names
        spellings |= _aliases(facts, resolver, document, ref)
    wanted = {facts.string_ids[name] for name in spellings if name in facts.string_ids}
    if not wanted:
        return
    for occurrence, name in enumerate(facts.occurrences.name):
        if name in wanted:
            found = resolver.resolve(document, occurrence)
            if ref in found.targets:
                yield occurrence, found.confidence


def _name(program: Program, ref: Ref) -> str:
    facts = program.facts(document_of(ref))
    if is_binding(ref):
        return facts.strings[facts.bindings.name[row_of(ref)]]
    return facts.name_of(row_of(ref))


def _aliases(facts: Facts, resolver: Resolver, document: int, ref: Ref) -> set[str]:
    """The names by which the document imports the symbol."""
    bindings = facts.bindings
    imports = [binding for binding, kind in enumerate(bindings.kind) if kind == BindingKind.IMPORT]
    return {
        facts.strings[bindings.name[binding]]
        for binding in imports
        if bindings.occurrence[binding] >= 0 and ref in resolver.resolve(document, bindings.occurrence[binding]).targets
    }
