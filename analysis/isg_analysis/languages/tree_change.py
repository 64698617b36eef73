"""What changed from one text, and one syntax tree, to the next: the edit, and whether it stayed inside a unit.

Two syntax nodes over the same text are taken for the same when their kind and extent agree and no error is inside.
Where there are errors inside, their children must agree in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node, Point

from isg_analysis.languages.tracking import TrackedLowering
from isg_analysis.model.splice import Edit

_BLOCK = 4096


def difference(old: bytes, new: bytes) -> Edit:
    """The smallest single change that makes one text of another; it does not cut characters apart."""
    start = _common(old, new, min(len(old), len(new)), False)
    while start and (_continues(old, start) or _continues(new, start)):
        start -= 1
    behind = _common(old, new, min(len(old), len(new)) - start, True)
    while behind and _continues(old, len(old) - behind):
        behind -= 1
    return Edit(start, len(old) - behind, len(new) - behind)


def _continues(text: bytes, at: int) -> bool:
    return at < len(text) and text[at] & 0xC0 == 0x80


def _common(old: bytes, new: bytes, most: int, backwards: bool) -> int:
    """How many bytes agree at the beginning, or at the end."""

    def agree(first: int, last: int) -> bool:
        if backwards:
            return old[len(old) - last : len(old) - first] == new[len(new) - last : len(new) - first]
        return old[first:last] == new[first:last]

    at = 0
    while at < most and agree(at, min(at + _BLOCK, most)):
        at = min(at + _BLOCK, most)
    size = min(_BLOCK, most - at)
    while size:
        if at + size <= most and agree(at, at + size):
            at += size
        else:
            size //= 2
    return at


def point(text: bytes, offset: int) -> Point:
    """The row and column of an offset, as tree-sitter counts them."""
    return Point(text.count(b"\n", 0, offset), offset - (text.rfind(b"\n", 0, offset) + 1))


def exchanged_run(
    old: Node, new: Node, unit: tuple[int, int, int], lists: frozenset[int], delta: int, broken: bool
) -> list[Node] | None:
    """The syntax nodes that stand in the place of a unit now; None unless all others are where and what they were.

    `unit`: its start, end and kind of node in the old tree. `lists`: the kinds of node that it may stand in.
    `broken`: there are errors in one of the trees.
    """
    start, end, kind = unit
    path: list[tuple[int, int]] = []
    while True:
        olds, news = old.children, new.children
        before = sum(child.end_byte <= start for child in olds)
        behind = sum(child.start_byte >= end for child in olds)
        held = olds[before : len(olds) - behind]
        run = news[before : len(news) - behind]
        if len(news) < before + behind or not held:
            return None
        if not _agree(olds[:before], news[:before], 0, broken):
            return None
        if not _agree(olds[len(olds) - behind :], news[len(news) - behind :], delta, broken):
            return None
        if held[0].start_byte == start and held[-1].kind_id == kind and held[-1].end_byte == end:
            if old.kind_id not in lists:
                return None
            break
        if len(held) != 1 or len(run) != 1:
            return None
        old, new = held[0], run[0]
        if old.kind_id != new.kind_id or old.start_byte != new.start_byte:
            return None
        path.append((old.end_byte, new.end_byte))
    new_end = run[-1].end_byte if run else -1
    if any(after != (new_end if ended == end else ended + delta) for ended, after in path):
        return None
    return run


def is_idle(old: Node, new: Node, edit: Edit, broken: bool, lowering: TrackedLowering) -> bool:
    """Whether a change is of nothing but blanks and comments between definitions."""
    while True:
        olds, news = old.children, new.children
        before = sum(child.end_byte <= edit.start for child in olds)
        behind = sum(child.start_byte >= edit.old_end for child in olds)
        if before + behind > min(len(olds), len(news)):
            return False
        held, run = olds[before : len(olds) - behind], news[before : len(news) - behind]
        if not _agree(olds[:before], news[:before], 0, broken):
            return False
        if not _agree(olds[len(olds) - behind :], news[len(news) - behind :], edit.delta, broken):
            return False
        if old.kind_id in lowering.list_kinds and all(lowering.is_idle(node) for node in (*held, *run)):
            return True
        if len(held) != 1 or len(run) != 1:
            return False
        old, new = held[0], run[0]
        if old.kind_id != new.kind_id or old.start_byte != new.start_byte or old.end_byte <= edit.old_end:
            return False
        if old.kind_id not in lowering.list_kinds | lowering.unit_kinds or old.end_byte + edit.delta != new.end_byte:
            return False


def _agree(olds: Sequence[Node], news: Sequence[Node], delta: int, broken: bool) -> bool:
    """Whether syntax nodes over the same text are the same. Where there is no error inside, kind and extent tell."""
    for old, new in zip(olds, news, strict=True):
        if old.kind_id != new.kind_id or old.start_byte + delta != new.start_byte:
            return False
        if old.end_byte + delta != new.end_byte:
            return False
        if broken and (old.has_error or new.has_error):
            if old.child_count != new.child_count or old.is_missing != new.is_missing:
                return False
            if not _agree(old.children, new.children, delta, broken):
                return False
    return True
