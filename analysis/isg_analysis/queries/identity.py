"""Which symbol of this document has this id? For what a client gives back later, perhaps after edits."""

from __future__ import annotations

from isg_analysis.languages.registry import pack
from isg_analysis.resolve.names import prefix_of, symbol_ids
from isg_analysis.resolve.program import Ref, symbol_ref
from isg_analysis.resolve.view import View


def identified(view: View, document: int, symbol_id: str) -> Ref | None:
    """The symbol, wherever in the document it stands by now; None when it is gone."""
    language = pack(view.language(document))
    ids = symbol_ids(language, prefix_of(view, document), view.facts(document))
    return symbol_ref(document, ids.index(symbol_id)) if symbol_id in ids else None
