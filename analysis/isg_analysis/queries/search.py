"""Which symbols are called something like this? Fuzzy, ranked search over every symbol's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from isg_analysis.model.symbol import SymbolKind
from isg_analysis.queries.answer import Answer, listed_hit
from isg_analysis.resolve.program import symbol_ref
from isg_analysis.resolve.symbol_names import Found, SymbolNames
from isg_analysis.resolve.view import View

_RANKS = [3] * (max(SymbolKind) + 1)
for _kind, _rank in {
    SymbolKind.CLASS: 0, SymbolKind.INTERFACE: 0, SymbolKind.ENUM: 0, SymbolKind.FUNCTION: 1, SymbolKind.METHOD: 2,
    SymbolKind.MACRO: 1, SymbolKind.TYPE_ALIAS: 1, SymbolKind.CONSTANT: 2,
}.items():  # fmt: skip
    _RANKS[_kind] = _rank

_RANKED = 1_000
"""So many matches of one sort are ranked; what comes behind them by path is not looked at."""


def search(view: View, text: str, limit: int, wanted_in: Callable[[int], bool] | None = None) -> Answer:
    """Symbols whose name holds the letters of `text` in order, at most `limit`, best first.

    Best is: the whole name, its beginning, the beginning of a word in it, any part of it, scattered letters; then
    types, functions, others; then shorter names. Case counts where `text` has capitals. An empty text gives the
    first symbols by path. `wanted_in`: in which documents to look; None: in all.
    """
    names, wanted = view.symbol_names(), text.strip()
    if wanted_in is not None:
        names = names.only(wanted_in)
    most = _RANKED if wanted else limit
    ranked: dict[int, _Rank] = {}
    for scan in _scans(names, wanted, most + 1):
        ranked = scan | ranked
        if len(ranked) > limit:
            break
    hits = [
        listed_hit(view, symbol_ref(*names.symbol(order)), names.name(order), SymbolKind(kind))
        for *_, order, kind in sorted(ranked.values())[:limit]
    ]
    return Answer(tuple(hits), truncated=len(ranked) > limit)


_Rank = tuple[int, int, int, int, int]
"""What a match is compared by: how near it is, which kind comes first, the name's length, the order; and its kind."""


def _scans(names: SymbolNames, wanted: str, most: int) -> Iterator[dict[int, _Rank]]:
    """Symbols by order, from the best matches to the weakest; a scan may repeat what an earlier one found."""
    ignore_case, length = wanted == wanted.lower(), len(wanted)
    if not wanted:
        yield {order: (0, 0, 0, order, kind) for order, kind, _, _ in names.all(most)}
        return
    begun = names.beginning(wanted, ignore_case=ignore_case, most=most)
    if len(begun) == most:  # else all of that name are among them
        called = names.called(wanted, ignore_case=ignore_case, most=most)
        yield {order: (0, _RANKS[kind], size, order, kind) for order, kind, _, size in called}
    yield {order: (size != length, _RANKS[kind], size, order, kind) for order, kind, _, size in begun}
    inside = names.containing(wanted, ignore_case=ignore_case, most=most)
    yield {found[0]: (_distance(names, found), _RANKS[found[1]], found[3], found[0], found[1]) for found in inside}
    letters = names.scattered(wanted, ignore_case=ignore_case, most=most)
    yield {order: (4, _RANKS[kind], size, order, kind) for order, kind, _, size in letters}


def _distance(names: SymbolNames, found: Found) -> int:
    """Of a name that holds what is looked for: whether a word begins there."""
    order, _, at, _ = found
    name = names.name(order)
    return 2 if at and (name[at - 1] == "_" or name[at].isupper()) else 3
