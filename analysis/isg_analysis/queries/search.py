"""Which symbols are called something like this? Fuzzy, ranked search over every symbol's name."""

from __future__ import annotations

from collections.abc import Iterator

from isg_analysis.model.symbol import SymbolKind
from isg_analysis.queries.answer import Answer, hit
from isg_analysis.resolve.program import symbol_ref
from isg_analysis.resolve.symbol_names import Named, SymbolNames
from isg_analysis.resolve.view import View

_RANKS = [3] * (max(SymbolKind) + 1)
for _kind, _rank in {
    SymbolKind.CLASS: 0, SymbolKind.INTERFACE: 0, SymbolKind.ENUM: 0, SymbolKind.FUNCTION: 1, SymbolKind.METHOD: 2,
    SymbolKind.MACRO: 1, SymbolKind.TYPE_ALIAS: 1, SymbolKind.CONSTANT: 2,
}.items():  # fmt: skip
    _RANKS[_kind] = _rank

_RANKED = 1_000
"""So many matches of one sort are ranked; what comes behind them by path is not looked at."""


def search(view: View, text: str, limit: int) -> Answer:
    """Symbols whose name holds the letters of `text` in order, at most `limit`, best first.

    Best is: the whole name, its beginning, the beginning of a word in it, any part of it, scattered letters; then
    types, functions, others; then shorter names. Case counts where `text` has capitals. An empty text gives the
    first symbols by path.
    """
    names, wanted = view.symbol_names(), text.strip()
    most = _RANKED if wanted else limit
    found: dict[int, Named] = {}
    for scan in _scans(names, wanted, most + 1):
        for named in scan:
            found.setdefault(named.order, named)
            if len(found) > most:
                break
        if len(found) > limit:
            break
    spelled = wanted.lower()
    ranked = [(_distance(named, spelled), _RANKS[named.kind], len(named.name), named.order) for named in found.values()]
    hits = tuple(hit(view, symbol_ref(*names.symbol(order))) for *_, order in sorted(ranked)[:limit])
    return Answer(hits, truncated=len(found) > limit)


def _scans(names: SymbolNames, wanted: str, most: int) -> Iterator[list[Named]]:
    """From the best matches to the weakest; a scan may repeat what an earlier one found."""
    if not wanted:
        yield names.all(most)
        return
    ignore_case = wanted == wanted.lower()
    begun = names.beginning(wanted, ignore_case=ignore_case, most=most)
    if len(begun) == most:  # else all of that name are among them
        yield names.called(wanted, ignore_case=ignore_case, most=most)
    yield begun
    yield names.containing(wanted, ignore_case=ignore_case, most=most)
    yield names.scattered(wanted, ignore_case=ignore_case, most=most)


def _distance(named: Named, wanted: str) -> int:
    _, _, at, name = named
    if not name.lower().startswith(wanted, at):
        return 4
    if at == 0:
        return 0 if len(name) == len(wanted) else 1
    return 2 if name[at - 1] == "_" or name[at].isupper() else 3
