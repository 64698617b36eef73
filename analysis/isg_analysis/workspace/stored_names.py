"""StoredNames: the names of all stored symbols, read once for all snapshots of one state of the documents."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Mapping

from isg_analysis.resolve.symbol_names import NameText, SymbolNames, name_lines
from isg_analysis.workspace.overlay import OverlayDocument
from isg_analysis.workspace.store import epoch
from isg_storage import Environment, Reader, Table
from isg_storage.keys import path_key


class StoredNames:
    """Of one environment. Thread-safe. Keeps what was asked for last."""

    def __init__(self, environment: Environment | None = None) -> None:
        self.environment = environment
        self._guard = threading.Lock()
        self._epoch = -1
        self._text = NameText(())

    def text(self, reader: Reader) -> NameText:
        """The names that a reader sees."""
        now = epoch(reader)
        with self._guard:
            if self._epoch != now:
                rows = ((int.from_bytes(number, "big"), number) for _, number in reader.items(Table.PATHS))
                self._text = NameText((number, (reader.get(Table.NAMES, key) or b"").decode()) for number, key in rows)
                self._epoch = now
            return self._text


def names_under(stored: NameText, unsaved: Mapping[int, OverlayDocument], path_of: Callable[[int], str]) -> SymbolNames:
    """All names, where unsaved documents stand in for stored ones. `path_of`: the path of a stored document."""
    known = set(stored.numbers) if unsaved else set()
    placed = []
    for number, document in unsaved.items():
        key = path_key(document.path)
        if number in known:
            place = stored.numbers.index(number)
        else:
            place = bisect_left(stored.numbers, key, key=lambda other: path_key(path_of(other)))
        placed.append((place, key, number, name_lines(document.facts)))
    placed.sort()
    changed = NameText((number, lines) for _, _, number, lines in placed)
    return SymbolNames(stored, changed, [place for place, *_ in placed])
