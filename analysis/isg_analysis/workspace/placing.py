"""Placing: the number and the link keys that an unsaved document has, or would have, when stored.

From one text to the next, what is known of symbols whose ids are the same is taken over: typing costs the symbols that
came, and a comparison of the others. Sibling: `store.known_sids`, which says what the keys are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from isg_analysis.languages.registry import pack
from isg_analysis.model.facts import Facts
from isg_analysis.model.symbol import SymbolKind, sig_hash
from isg_analysis.resolve.names import descriptor_of, whole_id
from isg_analysis.workspace.extracting import unique_ids
from isg_analysis.workspace.overlay import OverlayDocument, UnsavedText
from isg_analysis.workspace.store import epoch, known_sids
from isg_storage import Reader, Table
from isg_storage.keys import path_key

_MOST_IDLE_KEYS = 4096
"""With so many more keys than symbols, keys of symbols that are gone are forgotten."""


class Placing:
    """The place of one path, for one text after another of one language."""

    def __init__(self, path: str, language: str, unstored: Callable[[str], int], new_key: Callable[[bytes], int]):
        """`unstored` numbers paths that are not stored, `new_key` symbols that are not, by the key they would get."""
        self._path, self._language = path, pack(language)
        self._unstored, self._new_key = unstored, new_key
        self._tails = _Tails(self._language.name)
        self._epoch = -1
        self._placed: tuple[UnsavedText, OverlayDocument] | None = None
        self._number = 0
        self._prefix: Any = None
        self._keys: dict[str, int] = {}

    def place(self, reader: Reader, unsaved: UnsavedText) -> tuple[int, OverlayDocument]:
        """The number of the document, and the document, as `reader` sees what is stored."""
        facts, now = unsaved.facts(), epoch(reader)
        if now != self._epoch:
            self._begin(reader)
            self._epoch = now
        elif self._placed is not None and self._placed[0] is unsaved:
            return self._number, self._placed[1]
        ids = unique_ids(self._tails.of(facts))
        if len(self._keys) > len(ids) + _MOST_IDLE_KEYS:
            self._keys.clear()
        known = self._keys
        for text in ids:
            if text not in known:
                known[text] = self._key(reader, text)
        keys = tuple([known[text] for text in ids])
        document = OverlayDocument(self._path, self._language.name, unsaved.text, facts, keys)
        self._placed = unsaved, document
        return self._number, document

    @property
    def language(self) -> str:
        """Of the texts."""
        return self._language.name

    def _begin(self, reader: Reader) -> None:
        raw = reader.get(Table.PATHS, path_key(self._path))
        self._number = int.from_bytes(raw, "big") if raw else self._unstored(self._path)
        raw = reader.get(Table.LAYOUTS, self._language.name.encode())
        layout = msgspec.msgpack.decode(raw) if raw else self._language.layout({}, [self._path])
        self._prefix = self._language.prefix(layout, self._path)
        self._keys.clear()

    def _key(self, reader: Reader, text: str) -> int:
        tail, mark, count = text.partition("\0")
        digest = sig_hash(whole_id(self._prefix, tail) + mark + count)
        ((key, sid),) = known_sids(reader, self._number, [digest])
        return sid or self._new_key(key)


class _Tails:
    """The descriptors of all symbols of a document behind its prefix, by row; kept where the symbol is the same."""

    def __init__(self, language: str) -> None:
        self._language = pack(language)
        self._rows: list[tuple[int, str, int, bytes]] = []
        self._parents: list[int] = []
        self._tails: list[str] = []

    def of(self, facts: Facts) -> list[str]:
        """Of the next text's symbols."""
        rows, parents = _described(facts), list(facts.symbols.parent)
        if rows != self._rows or parents != self._parents:
            self._tails = self._changed(facts, rows, parents)
            self._rows, self._parents = rows, parents
        return self._tails

    def _changed(self, facts: Facts, rows: list[tuple[int, str, int, bytes]], parents: list[int]) -> list[str]:
        """Rows agree at the beginning and at the end of the two documents; a symbol is the same if its parent is."""
        old, known, above = self._rows, self._tails, self._parents
        most = min(len(rows), len(old))
        first = next((at for at in range(most) if rows[at] != old[at] or parents[at] != above[at]), most)
        behind = next((at for at in range(most - first) if rows[-1 - at] != old[-1 - at]), most - first)
        moved, last = len(rows) - len(old), len(old) - behind
        tails = known[:first]
        for row in range(first, last + moved):
            tails.append(tails[parents[row]] + descriptor_of(self._language, facts, row) if row else "")
        lain_in = [at if at < first else at + moved if at >= last else None for at in above[last:]]
        if lain_in == parents[last + moved :]:
            return tails + known[last:]
        for row in range(last + moved, len(rows)):
            parent, before = parents[row], row - moved
            if tails[parent] == known[above[before]]:
                tails.append(known[before])
            else:
                tails.append(tails[parent] + descriptor_of(self._language, facts, row))
        return tails


def _described(facts: Facts) -> list[tuple[int, str, int, bytes]]:
    """What the descriptor of each symbol is made of."""
    symbols, strings = facts.symbols, facts.strings
    signatures: list[bytes] = [b""] * len(symbols.kind)
    for row, kind in enumerate(symbols.kind):
        if kind == SymbolKind.IMPLEMENTATION:
            signatures[row] = facts.text(symbols.signature[row])
    return list(zip(symbols.kind, [strings[at] for at in symbols.name], symbols.disambiguator, signatures, strict=True))
