"""Under which names may what stands at a place be spelled? For whoever looks for the documents that an answer needs.

Its own name, the names of what it means, and what imports call these. A local is spelled in its own document alone; a
parameter also where its function is called. Knows the documents that are there: where more of them become known, there
may be more names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from isg_analysis.model.aliases import renamed
from isg_analysis.model.facts import BindingFlag, BindingKind
from isg_analysis.queries.answer import hit
from isg_analysis.queries.definition import at
from isg_analysis.resolve.program import Ref, document_of, is_binding, row_of, symbol_ref
from isg_analysis.resolve.view import View

_MOST_DOCUMENTS = 300
"""In so many documents that spell a name, others for it are looked for: it is a common word beyond."""


def spellings(view: View, document: int, offset: int, *, mentions: bool) -> frozenset[str]:
    """The names; none where no name stands, or one that says nothing elsewhere.

    `mentions`: whether all mentions are asked for, or only what the name means.
    """
    facts = view.facts(document)
    occurrence = facts.occurrence_at(offset)
    if occurrence < 0:
        return frozenset()
    refs = at(view, document, offset)
    if refs and all(map(is_binding, refs)):
        refs = tuple(called for ref in refs for called in _called_with(view, ref)) if mentions else ()
        names = {hit(view, ref).name for ref in refs}
    else:
        written = facts.strings[facts.occurrences.name[occurrence]]
        names = {written, *(hit(view, ref).name for ref in refs)}
        names.update(imported for imported, alias, _ in renamed(facts) if alias == written)
    return frozenset(_all_spellings(view, names, refs) - {""})


def _all_spellings(view: View, names: Iterable[str], refs: Collection[Ref]) -> set[str]:
    """The names of these symbols, and what imports anywhere call them instead, as far as documents are there."""
    found = set(names)
    pending = list(found)
    for name in pending:
        for document in view.documents_naming(name)[:_MOST_DOCUMENTS]:
            for imported, alias, occurrence in renamed(view.facts(document)):
                if imported == name and alias not in found and _means(view, document, occurrence, refs):
                    found.add(alias)
                    pending.append(alias)
    return found


def _means(view: View, document: int, occurrence: int, refs: Collection[Ref]) -> bool:
    return any(target in refs for target in view.meaning(document, occurrence).targets)


def _called_with(view: View, local: Ref) -> list[Ref]:
    """The function that a parameter belongs to, and the type that this belongs to; nothing for other locals."""
    home, row = document_of(local), row_of(local)
    facts = view.facts(home)
    if facts.bindings.kind[row] != BindingKind.PARAMETER or facts.bindings.flags[row] & BindingFlag.SELF:
        return []
    function = facts.scopes.symbol[facts.bindings.scope[row]]
    parent = facts.symbols.parent[function]
    return [symbol_ref(home, symbol) for symbol in (function, parent) if symbol > 0]
