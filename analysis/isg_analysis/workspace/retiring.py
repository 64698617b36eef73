"""Retiring: facts that no document uses any more are kept for the text to come back, the most recent of them.

Whenever a document gives up facts, their key goes to the end of a list. Cleaning goes through it from its end and
removes what lies beyond a number of bytes, unless a document uses it again.
"""

from __future__ import annotations

from isg_analysis.workspace.records import decode_document
from isg_storage import Table, Writer
from isg_storage.keys import u32

KEPT_BYTES = 64_000_000
_PREFIX = b"retired "
_NEXT = b"next retired"


def retire(writer: Writer, key: bytes) -> None:
    """A document has given up the facts under a key."""
    raw = writer.get(Table.HEADER, _NEXT) or u32(0)
    writer.put(Table.STATISTICS, _PREFIX + raw, key)
    writer.put(Table.HEADER, _NEXT, u32(int.from_bytes(raw, "big") + 1))


def remove_retired(writer: Writer, kept_bytes: int = KEPT_BYTES) -> int:
    """Remove the facts nobody uses but the most recent `kept_bytes` of them; how many there were."""
    listed = list(writer.items(Table.STATISTICS, _PREFIX))
    sizes = {key: len(writer.view(Table.FACTS, key) or b"") for key in {key for _, key in listed}}
    if sum(sizes.values()) <= kept_bytes:
        return 0
    used = {decode_document(raw).key for _, raw in writer.items(Table.DOCUMENTS)}
    seen: set[bytes] = set()
    held = removed = 0
    for place, key in reversed(listed):
        if key in used or key in seen:
            writer.delete(Table.STATISTICS, place)
            continue
        seen.add(key)
        held += sizes[key]
        if held > kept_bytes:
            writer.delete(Table.STATISTICS, place)
            removed += writer.delete(Table.FACTS, key)
    return removed
