"""Where else is this? From what a stub describes to its source, and back, in languages that have stubs.

A symbol's counterpart has the same names around it in the file beside; there may be several (overloads), or none.
"""

from __future__ import annotations

from collections.abc import Sequence

from isg_analysis.languages.registry import pack
from isg_analysis.resolve.program import Ref, document_of, is_binding, row_of, symbol_ref
from isg_analysis.resolve.view import View


def source_of(view: View, ref: Ref) -> Sequence[Ref]:
    """What a symbol of a stub describes; itself where it is of none, or the source is not there or does not have it."""
    endings = pack(view.language(document_of(ref))).stubs
    return (_beside(view, ref, endings[1], endings[0]) if endings else ()) or (ref,)


def stub_of(view: View, ref: Ref) -> Sequence[Ref]:
    """What describes a symbol of a source in the stub beside it; itself where nothing does."""
    endings = pack(view.language(document_of(ref))).stubs
    return (_beside(view, ref, endings[0], endings[1]) if endings else ()) or (ref,)


def _beside(view: View, ref: Ref, ending: str, other: str) -> Sequence[Ref]:
    path = view.path(document_of(ref))
    document = view.document(path.removesuffix(ending) + other) if path.endswith(ending) else None
    if document is None or is_binding(ref):
        return ()
    facts, row, names = view.facts(document_of(ref)), row_of(ref), list[str]()
    while row > 0:
        names.append(facts.name_of(row))
        row = facts.symbols.parent[row]
    there, rows = view.facts(document), [0]
    for name in reversed(names):
        string = there.string_ids.get(name, -1)
        rows = [inner for one in rows for inner in there.members.get(one, {}).get(string, ())]
    return [symbol_ref(document, one) for one in rows]
