"""Which symbols are called something like this? Fuzzy, ranked search over every symbol's name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from isg_analysis.model.symbol import SymbolKind
from isg_analysis.queries.answer import Answer, hit
from isg_analysis.resolve.program import symbol_ref
from isg_analysis.resolve.symbol_names import Named, SymbolNames
from isg_analysis.resolve.view import View

_HIDDEN = frozenset({SymbolKind.IMPLEMENTATION, SymbolKind.TYPE_PARAMETER})
_KIND_RANK = {
    SymbolKind.CLASS: 0, SymbolKind.INTERFACE: 0, SymbolKind.ENUM: 0, SymbolKind.FUNCTION: 1, SymbolKind.METHOD: 2,
    SymbolKind.MACRO: 1, SymbolKind.TYPE_ALIAS: 1, SymbolKind.CONSTANT: 2,
}  # fmt: skip


def search(view: View, text: str, limit: int) -> Answer:
    """Symbols whose name holds the letters of `text` in order, at most `limit`, best first.

    Best is: the whole name, its beginning, a part of it, scattered letters; then types, functions, others; then
    shorter names. Case counts where `text` has capitals. An empty text gives the first symbols by path.
    """
    names = view.symbol_names()
    found: dict[int, Named] = {}
    for tier in _tiers(names, text.strip()):
        fresh = [named for named in tier if named.kind not in _HIDDEN and named.name and named.order not in found]
        fresh.sort(key=lambda named: (_rank(named), len(named.name) if text else 0, named.order))
        found.update((named.order, named) for named in fresh)
        if len(found) > limit:
            break
    best = list(found.values())[:limit]
    hits = tuple(hit(view, symbol_ref(named.document, named.row)) for named in best)
    return Answer(hits, truncated=len(found) > limit)


def _tiers(names: SymbolNames, wanted: str) -> Iterator[Iterator[Named]]:
    if not wanted:
        yield names.all()
        return
    ignore_case = wanted == wanted.lower()
    whole = re.escape(wanted)
    scattered = ".*?".join(re.escape(letter) for letter in wanted)
    for pattern in (whole, f"{whole}.*", f".*(?:_|\\b){whole}.*", f".*{whole}.*", f".*?{scattered}.*"):
        yield names.scan(pattern, ignore_case=ignore_case)


def _rank(named: Named) -> int:
    return _KIND_RANK.get(SymbolKind(named.kind), 3)
