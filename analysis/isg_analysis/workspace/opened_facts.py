"""OpenedFacts: facts of stored documents, as copies that last or as looks into the map.

A copy serves whoever keeps facts beyond a question, as resolvers do; copies are bounded by their bytes, the ones made
first are let go. A glance copies nothing: most questions want a few numbers of many documents. It is undefined once
the reader is closed.
"""

from __future__ import annotations

from isg_analysis.model.facts import Facts
from isg_analysis.workspace.stored_rows import StoredRows
from isg_storage import Table

_GLANCES = 256
"""A question that looks at more documents opens some of them again."""


class OpenedFacts:
    """Of the documents of one stored version, by number. Raises DamagedError, as `rows` does."""

    def __init__(self, rows: StoredRows, limit: int) -> None:
        """`limit`: bytes of copies to keep."""
        self.limit = limit
        self.copied = 0
        """How many copies were made so far."""
        self._rows = rows
        self._copies: dict[int, Facts] = {}
        self._bytes = 0
        self._glances: dict[int, Facts] = {}

    def copy(self, document: int) -> Facts:
        """The facts of a document, to keep."""
        known = self._copies.get(document)
        if known is None:
            known = Facts(self._rows.copy(Table.FACTS, self._rows.record(document).key))
            self._copies[document] = known
            self.copied += 1
            self._bytes += known.packed_size
            while self._bytes > self.limit and len(self._copies) > 1:
                self._bytes -= self._copies.pop(next(iter(self._copies))).packed_size
        return known

    def glance(self, document: int) -> Facts:
        """The facts of a document, good until `end_glances`."""
        known = self._copies.get(document) or self._glances.get(document)
        if known is None:
            if len(self._glances) >= _GLANCES:
                self._glances.clear()
            known = Facts(self._rows.view(Table.FACTS, self._rows.record(document).key))
            self._glances[document] = known
        return known

    def end_glances(self) -> None:
        """The reader is going to be closed."""
        self._glances.clear()
