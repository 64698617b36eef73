"""OpenedFacts: facts of stored documents, as copies that last or as looks into the map.

A copy serves whoever keeps facts beyond a question, as resolvers do; copies are bounded by their bytes, the ones made
first are let go. A glance copies nothing: most questions want a few numbers of many documents. It is undefined once
its reader is closed.
"""

from __future__ import annotations

from isg_analysis.model.facts import Facts
from isg_storage import DamagedError, Reader, Table

_GLANCES = 256
"""A question that looks at more documents opens some of them again."""


class OpenedFacts:
    """Of the documents of one stored version, by number. `limit`: bytes of copies to keep."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.copied = 0
        """How many copies were made so far."""
        self._copies: dict[int, Facts] = {}
        self._bytes = 0
        self._glances: dict[int, Facts] = {}

    def copy(self, reader: Reader, document: int, key: bytes) -> Facts:
        """The facts of a document, which are stored under `key`. Raises DamagedError."""
        known = self._copies.get(document)
        if known is None:
            raw = reader.get(Table.FACTS, key)
            if raw is None:
                raise DamagedError(f"there are no facts under {key.hex()}")
            known = self._copies[document] = Facts(raw)
            self.copied += 1
            self._bytes += len(raw)
            while self._bytes > self.limit and len(self._copies) > 1:
                self._bytes -= self._copies.pop(next(iter(self._copies))).packed_size
        return known

    def at_hand(self, document: int) -> Facts | None:
        """The facts of a document if they were opened already; to be treated as a glance."""
        return self._copies.get(document) or self._glances.get(document)

    def glance(self, reader: Reader, document: int, key: bytes) -> Facts:
        """The facts of a document in place, good until `end_glances`. Raises DamagedError."""
        raw = reader.view(Table.FACTS, key)
        if raw is None:
            raise DamagedError(f"there are no facts under {key.hex()}")
        if len(self._glances) >= _GLANCES:
            self._glances.clear()
        found = self._glances[document] = Facts(raw)
        return found

    def end_glances(self) -> None:
        """The reader is going to be closed."""
        self._glances.clear()
