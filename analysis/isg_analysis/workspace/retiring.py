"""Retiring: facts that no document uses any more are kept for the text to come back, the most recent of them.

Whenever a document gives up facts, their key goes to the end of a list. Cleaning goes through it from its end and
removes what lies beyond a number of bytes, unless a document uses it again. It is part of runs that look at everything
or changed much, never of a single save; and no edit or question waits for it.
"""

from __future__ import annotations

from isg_analysis.workspace.records import decode_document
from isg_storage import Table, Writer
from isg_storage.keys import u32

KEPT_BYTES = 64_000_000
_MOST_REMOVED = 2_000
"""At a time: the rest goes the next time."""
_MOST_REPEATED = 1_000
"""So many more entries than facts are put up with."""
RETIRED = b"retired "
"""STATISTICS: keys that begin so, with a u32 behind it that grows; the value is a key of FACTS."""
NEXT_RETIRED = b"next retired"
"""HEADER: the u32 that the next of them gets."""


def retire(writer: Writer, key: bytes) -> None:
    """A document has given up the facts under a key."""
    raw = writer.get(Table.HEADER, NEXT_RETIRED) or u32(0)
    writer.put(Table.STATISTICS, RETIRED + raw, key)
    writer.put(Table.HEADER, NEXT_RETIRED, u32(int.from_bytes(raw, "big") + 1))


def remove_retired(writer: Writer, kept_bytes: int = KEPT_BYTES, most: int = _MOST_REMOVED) -> int:
    """Remove the facts nobody uses but the most recent `kept_bytes` of them, and no more than `most` at a time.

    How many were removed.
    """
    listed = list(writer.items(Table.STATISTICS, RETIRED))
    sizes = {key: len(writer.view(Table.FACTS, key) or b"") for key in {key for _, key in listed}}
    if sum(sizes.values()) <= kept_bytes and len(listed) <= 2 * len(sizes) + _MOST_REPEATED:
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
        if held > kept_bytes and removed < most:
            writer.delete(Table.STATISTICS, place)
            removed += writer.delete(Table.FACTS, key)
    return removed
