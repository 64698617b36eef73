"""What changed from one text, and one syntax tree, to the next: the edit, and the lists of definitions around it.

Two syntax nodes over the same text are taken for the same when their kind and extent agree, in texts without syntax
errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tree_sitter import Node, Point

from isg_analysis.model.splice import Edit

_BLOCK = 4096


def difference(old: bytes, new: bytes) -> Edit:
    """The smallest single change that makes one text of another; it does not cut characters apart.

    Of the places where as much could have come or gone with the same result, it is that at the start of a line.
    """
    start = _common(old, new, min(len(old), len(new)), False)
    while start and (_continues(old, start) or _continues(new, start)):
        start -= 1
    behind = _common(old, new, min(len(old), len(new)) - start, True)
    while behind and _continues(old, len(old) - behind):
        behind -= 1
    moved = _to_line(old, new, start, behind)
    return Edit(start - moved, len(old) - behind - moved, len(new) - behind - moved)


def _to_line(old: bytes, new: bytes, start: int, behind: int) -> int:
    """How far back the same change could begin at the start of a line, where something only came or only went."""
    longer = new if start == len(old) - behind else old
    if min(len(old), len(new)) - behind != start:
        return 0
    at, end = start, len(longer) - behind
    while at and longer[at - 1] != 0x0A:
        if longer[at - 1] != longer[end - 1]:
            return 0
        at, end = at - 1, end - 1
    return start - at


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


class ChangedList(NamedTuple):
    """A syntax node that holds definitions, inside which a text changed, in both trees.

    `before`, `behind`: how many of its children are the same in both, from the first on and from the last. `ends`:
    where the node and those it stands in, but for the root, ended and end.
    """

    old: Node
    new: Node
    olds: list[Node]
    news: list[Node]
    before: int
    behind: int
    ends: tuple[tuple[int, int], ...]


def changed_lists(old: Node, new: Node, edit: Edit, kinds: frozenset[int]) -> list[ChangedList]:
    """The lists of these kinds that a change lies inside of, outermost first. Neither tree has errors.

    Everything beside them is the same in both trees.
    """
    out: list[ChangedList] = []
    ends: tuple[tuple[int, int], ...] = ()
    while old.kind_id == new.kind_id:
        olds, news = old.children, new.children
        before, behind = _agreeing(olds, news, edit)
        if old.kind_id in kinds:
            out.append(ChangedList(old, new, olds, news, before, behind, ends))
        if len(olds) - before - behind != 1 or len(news) - before - behind != 1:
            break
        old, new = olds[before], news[before]
        if old.start_byte != new.start_byte:
            break
        ends = (*ends, (old.end_byte, new.end_byte))
    return out


def _agreeing(olds: Sequence[Node], news: Sequence[Node], edit: Edit) -> tuple[int, int]:
    """How many children agree at the beginning and at the end. Kind and extent tell, where nothing changed inside."""
    most, before, behind = min(len(olds), len(news)), 0, 0
    while before < most and olds[before].end_byte <= edit.start and _agree(olds[before], news[before], 0):
        before += 1
    most -= before
    while behind < most:
        old = olds[-1 - behind]
        if old.start_byte < edit.old_end or not _agree(old, news[-1 - behind], edit.delta):
            break
        behind += 1
    return before, behind


def _agree(old: Node, new: Node, delta: int) -> bool:
    return (
        old.kind_id == new.kind_id and old.start_byte + delta == new.start_byte and old.end_byte + delta == new.end_byte
    )
