"""What changed from one text, and one syntax tree, to the next: the edit, and the lists of definitions around it.

Two syntax nodes over the same text are taken for the same when their kind and extent agree, in texts without syntax
errors.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from tree_sitter import Node, Point, Tree

from isg_analysis.model.splice import Edit

_BLOCK = 1 << 16
_FAR = 4_096
"""So many bytes that two changes take in between are worth going in two steps."""
_MOST_HALVINGS = 3
_PROBE = 64
"""So many bytes, met once, tell what is the same in two texts."""


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


class Step(NamedTuple):
    """A text, and the edit that makes it of the one before."""

    text: bytes
    edit: Edit


def steps(old: bytes, new: bytes) -> list[Step]:
    """The way from one text to another, the latter included: where places far from each other changed at once, each is
    a step of its own. Only the one step where that does not make it short.
    """
    found = _steps(old, new, _MOST_HALVINGS)
    if len(found) > 1 and any(_is_far(step.edit) for step in found):
        return [Step(new, difference(old, new))]
    return found


def _steps(old: bytes, new: bytes, halvings: int) -> list[Step]:
    edit = difference(old, new)
    if not halvings or not _is_far(edit):
        return [Step(new, edit)]
    between = _unchanged(old, new, edit)
    if between is None:
        return [Step(new, edit)]
    middle = new[: between[1]] + old[between[0] :]
    return _steps(old, middle, halvings - 1) + _steps(middle, new, halvings - 1)


def _is_far(edit: Edit) -> bool:
    return max(edit.old_end, edit.new_end) - edit.start > _FAR


def _unchanged(old: bytes, new: bytes, edit: Edit) -> tuple[int, int] | None:
    """Where something long that both texts have between two changes begins in each; None where none is found."""
    for share in (2, 4, 1):  # in the middle, before it, behind it
        at = edit.start + (edit.old_end - edit.start) // share - (0 if share > 1 else _PROBE * 2)
        probe = old[at : at + _PROBE]
        there = new.find(probe, edit.start, edit.new_end) if len(probe) == _PROBE and at > edit.start else -1
        if there < 0 or new.find(probe, there + 1, edit.new_end) >= 0:
            continue
        back = _common(old[edit.start : at], new[edit.start : there], min(at, there) - edit.start, True)
        start, begin = at - back, there - back
        if back and not (_continues(old, start) or _continues(new, begin)):
            return start, begin
    return None


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


def edit_tree(tree: Tree, old: bytes, new: bytes, edit: Edit, starts: Sequence[int] | None = None) -> None:
    """Tell a tree what was edited. `starts`: where the lines of the old text start, if that is known."""
    if starts is None or b"\r" in old:  # what ends a line to an editor may not do so to tree-sitter
        first, last = _point(old, edit.start), _point(old, edit.old_end)
    else:
        first, last = (_point_among(starts, offset) for offset in (edit.start, edit.old_end))
    lines = new.count(b"\n", edit.start, edit.new_end)
    column = edit.new_end - (new.rfind(b"\n", edit.start, edit.new_end) + 1)
    end = Point(first.row + lines, column if lines else first.column + edit.new_end - edit.start)
    tree.edit(edit.start, edit.old_end, edit.new_end, first, last, end)


def _point(text: bytes, offset: int) -> Point:
    """The row and column of an offset, as tree-sitter counts them."""
    return Point(text.count(b"\n", 0, offset), offset - (text.rfind(b"\n", 0, offset) + 1))


def _point_among(starts: Sequence[int], offset: int) -> Point:
    row = bisect_right(starts, offset) - 1
    return Point(row, offset - starts[row])


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
