"""Which symbols are called something like this? Fuzzy, ranked search over every symbol's name."""

from __future__ import annotations

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


_RANKED = 1_000
"""So many matches of one sort are ranked; what comes behind them by path is not looked at."""


def search(view: View, text: str, limit: int) -> Answer:
    """Symbols whose name holds the letters of `text` in order, at most `limit`, best first.

    Best is: the whole name, its beginning, the beginning of a word in it, any part of it, scattered letters; then
    types, functions, others; then shorter names. Case counts where `text` has capitals. An empty text gives the
    first symbols by path.
    """
    found: dict[int, tuple[int, Named]] = {}
    wanted = text.strip()
    for scan in _scans(view.symbol_names(), wanted):
        for named in scan:
            if named.kind not in _HIDDEN:
                found.setdefault(named.order, (_distance(named, wanted), named))
            if len(found) > (_RANKED if wanted else limit):
                break
        if len(found) > limit:
            break
    best = sorted(found.values(), key=lambda pair: (pair[0], _rank(pair[1]), len(pair[1].name), pair[1].order))
    hits = tuple(hit(view, symbol_ref(named.document, named.row)) for _, named in best[:limit])
    return Answer(hits, truncated=len(found) > limit)


def _scans(names: SymbolNames, wanted: str) -> Iterator[Iterator[Named]]:
    """From the best matches to the weakest; a scan may repeat what an earlier one found."""
    if not wanted:
        yield names.all()
        return
    ignore_case = wanted == wanted.lower()
    yield names.called(wanted, ignore_case=ignore_case)
    yield names.beginning(wanted, ignore_case=ignore_case)
    yield names.containing(wanted, ignore_case=ignore_case)
    yield names.scattered(wanted, ignore_case=ignore_case)


def _distance(named: Named, wanted: str) -> int:
    at, name = named.at, named.name
    if name.lower().startswith(wanted.lower(), at):
        if at == 0:
            return 0 if len(name) == len(wanted) else 1
        return 2 if name[at - 1] == "_" or name[at].isupper() else 3
    return 4 if wanted else 0


def _rank(named: Named) -> int:
    return _KIND_RANK.get(SymbolKind(named.kind), 3)
