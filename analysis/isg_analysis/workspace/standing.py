"""Standing: which documents are stored with which facts, so that two stored versions can be told apart.

Asked for when resolvers go from one snapshot to the next: what they remember holds where facts are the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from isg_analysis.workspace.records import decode_document
from isg_analysis.workspace.store import epoch
from isg_storage import Reader, Table

_MOST_CHANGED = 64
"""With more documents changed at once, following is not worth it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a reader sees of documents and layouts. `epoch`: another number after each change of documents."""

    epoch: int
    documents: dict[bytes, bytes]
    layouts: tuple[tuple[bytes, bytes], ...]

    @classmethod
    def of(cls, reader: Reader, before: Standing | None = None) -> Standing:
        """The standing that a reader sees; `before`, if nothing changed since."""
        now = epoch(reader)
        if before is not None and before.epoch == now:
            return before
        return cls(now, dict(reader.items(Table.DOCUMENTS)), tuple(reader.items(Table.LAYOUTS)))

    def replaced(self, after: Standing) -> dict[int, bytes] | None:
        """The documents whose facts are others afterwards, with the keys of the facts they had.

        None where more is different than facts, or too many are.
        """
        if self.epoch == after.epoch:
            return {}
        if self.layouts != after.layouts or self.documents.keys() != after.documents.keys():
            return None
        out: dict[int, bytes] = {}
        for number, raw in self.documents.items():
            if after.documents[number] != raw:
                old, new = decode_document(raw), decode_document(after.documents[number])
                if (old.path, old.language) != (new.path, new.language):
                    return None
                if old.key != new.key:
                    out[int.from_bytes(number, "big")] = old.key
        return out if len(out) <= _MOST_CHANGED else None
