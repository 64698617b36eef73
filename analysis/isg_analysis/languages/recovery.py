"""Recovery: the facts of a text with syntax errors, going on from those of the last text without.

What a parser makes of broken text depends on its way there, and an open bracket takes in all that follows. So the text
is not parsed to its end: the definitions that the change touches are parsed alone, behind the headers of what they
stand in, and lowered as far as that goes; all others stay as they were. Where that would lose a symbol that the text
still holds, or is too long to be parsed at each keystroke, the definitions stay as they were too, are marked stale, and
mentions that the change touches mean nothing.

A pure function of the two texts, but for how the parser reads the part alone. Never stored.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tree_sitter import Node

from isg_analysis.languages.constructs import Grammar
from isg_analysis.languages.extracted import Extracted
from isg_analysis.languages.stretch import Stretches
from isg_analysis.languages.tracking import Place, TrackedLowering
from isg_analysis.languages.tree_change import ChangedList
from isg_analysis.model.builder import MOST_ERRORS, Before, FactsBuilder
from isg_analysis.model.effects import rows_before_kept
from isg_analysis.model.facts import Facts
from isg_analysis.model.splice import Edit, Exchanged, splice
from isg_analysis.model.symbol import SymbolFlag
from isg_analysis.model.units import SYMBOLS

_MOST_ALONE = 8_192
"""So many bytes of definitions are parsed alone."""
_MOST_CHANGED = 4_096
"""Where so many bytes are different, what stayed is not worth more than what came."""


_LONGEST = 65_535
_WORD = re.compile(rb"[\w\x80-\xff]")
_PLACES = (
    ("symbols", ("start", "end", "name_start", "name_end")), ("scopes", ("start", "end")), ("bindings", ("visible",)),
    ("imports", ("start", "end")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recovered:
    """`lowered`: how many bytes of the text were."""

    facts: Facts
    lowered: int


@dataclass(frozen=True, slots=True)
class _Part:
    """The definitions that a change touches: their rows, where the walk was, and their bytes in the new text.

    `path`: the syntax nodes from the root's child to the list they stand in, and `lists` those of them that are lists.
    """

    exchanged: Exchanged
    place: Place
    leaks: bool
    start: int
    end: int
    path: list[Node]


def recovered(
    grammar: Grammar, lowering: Callable[[FactsBuilder], TrackedLowering], asked: TrackedLowering, base: Extracted,
    text: bytes, edit: Edit,
) -> Recovered | None:  # fmt: skip
    """The facts of a broken text; None where all of it had better be extracted. `asked`: a lowering of no text."""
    if len(base.errors) >= MOST_ERRORS:
        return None
    innermost: _Part | None = None
    for part in _parts(base, text, edit, asked):
        innermost = innermost or part
        if part.end - part.start > _MOST_ALONE:
            break
        if not part.leaks:
            facts = _lowered_alone(grammar, lowering, base, text, edit, part)
            if facts is not None:
                return Recovered(facts, part.end - part.start)
            break
    if edit.new_end - edit.start > _MOST_CHANGED:
        return None
    return Recovered(_stale(base, text, edit, innermost), 0)


def _parts(base: Extracted, text: bytes, edit: Edit, asked: TrackedLowering) -> Iterator[_Part]:
    """What an edit touches, the smallest first."""
    opened, closed = text[edit.start : edit.start + 1], text[edit.new_end - 1 : edit.new_end]
    lists: list[tuple[ChangedList, list[Node]]] = []
    node = base.tree.root_node
    path: list[Node] = []
    while True:
        olds = node.children
        before = sum(child.end_byte < edit.start + (opened == b"\n") for child in olds)
        behind = sum(child.start_byte > edit.old_end - (closed == b"\n") for child in olds)
        before = min(before, len(olds) - behind)
        if node.kind_id in asked.list_kinds:
            lists.append((ChangedList(node, node, olds, olds, before, behind, ()), path))
        if len(olds) - before - behind != 1:
            break
        node = olds[before]
        path = [*path, node]
    for changed, above in reversed(lists):
        part = _part(base, text, edit, Stretches(base.units, changed, (base.text, base.text), asked), above)
        if part is not None:
            yield part


def _part(base: Extracted, text: bytes, edit: Edit, near: Stretches, path: list[Node]) -> _Part | None:
    units, olds = base.units, near.changed.olds
    first, last = near.changed.before, len(olds) - near.changed.behind
    covered = near.covered(first, last)
    if covered is None:
        return None
    line = base.text.rfind(b"\n", 0, edit.start) + 1
    start = edit.start
    if not base.text[line:start].strip():
        start = line + len(text[line:]) - len(text[line:].lstrip(b" \t"))
    if covered:
        first, last = near.widened(first, last, covered)
        start = min(start, units.start[covered[0]])
    before, after = near.neighbour(first, -1), near.neighbour(last, 1)
    left = near.unit_at(before) if before is not None else None
    right = near.unit_at(after) if after is not None else None
    if left is not None:
        start = max(start, units.end[left])
    end = (units.start[right] if right is not None else _end_of(near.changed.old, base.text)) + edit.delta
    if covered:
        rows = units.counts(covered[0], last=False), units.counts(covered[-1], last=True)
        bound, number, leaks = units.end[covered[-1]], covered[0], any(units.leaks[at] for at in covered)
    else:
        number = right if right is not None else left if left is not None else -1
        if number < 0 or (left is not None and right is not None and _gap(base, left, right)):
            return None
        counts = units.counts(number, last=number != right)
        rows, bound, leaks = (counts, counts), end - edit.delta, False
    if not start <= edit.new_end <= end or bound > end - edit.delta:
        return None
    place = Place(
        units.scope[number], units.symbol[number], units.frame[number], units.state[number], units.deep[number]
    )
    return _Part(Exchanged(*rows, bound, end), place, leaks, start, end, path)


def _gap(base: Extracted, left: int, right: int) -> bool:
    return base.units.counts(left, last=True) != base.units.counts(right, last=False)


def _end_of(node: Node, text: bytes) -> int:
    """Where what may be written at the end of a list ends: before what closes it, or what follows it."""
    last = node.children[-1] if node.child_count else None
    if node.parent is not None and last is not None and not last.is_named:
        return last.start_byte
    around: Node | None = node
    while around is not None:
        if around.next_sibling is not None:
            return around.next_sibling.start_byte
        around = around.parent
    return len(text)


def _lowered_alone(
    grammar: Grammar, lowering: Callable[[FactsBuilder], TrackedLowering], base: Extracted, text: bytes, edit: Edit,
    part: _Part,
) -> Facts | None:  # fmt: skip
    unit = part.exchanged
    made = FactsBuilder(text, Before(base.facts, unit.first, base.strings, base.errors))
    walk = lowering(made)
    run = _parsed_alone(grammar, text, edit, part, walk.list_kinds)
    if run is not None:
        walk.resume(part.place, run)
    walk.release()
    if not run or not rows_before_kept(base.facts, made, unit.first) or _loses(base.facts, made, unit, edit):
        return None
    inserted = unit.first == unit.last
    end = part.end if inserted else min(run[-1].end_byte, part.end)  # what closes the list may have closed it
    unit = Exchanged(unit.first, unit.last, unit.old_end, end)
    return Facts(splice(base.facts, base.errors, unit, edit, made))


def _parsed_alone(grammar: Grammar, text: bytes, edit: Edit, part: _Part, kinds: frozenset[int]) -> list[Node] | None:
    """The syntax nodes of a part, parsed behind the headers of what it stands in and before what closes them."""
    headers: list[tuple[int, int]] = []
    closers: list[tuple[int, int]] = []
    opened = None
    for node in part.path:
        opened = node if opened is None else opened
        if node.kind_id in kinds:
            first, last = node.children[0], node.children[-1]
            headers.append((opened.start_byte, node.start_byte if first.is_named else first.end_byte))
            if not last.is_named:
                closers.append((last.start_byte + edit.delta, last.end_byte + edit.delta))
            opened = None
    parts = [*headers, (part.start, part.end), *reversed(closers)]
    if any(end > start for (_, end), (start, _) in pairwise(parts)):
        return None
    node = grammar.parse_parts(text, parts)
    for known in part.path:
        starts = (known.start_byte, part.start)
        found = [child for child in node.children if child.kind_id == known.kind_id and child.start_byte in starts]
        if not found:
            return None
        node = found[-1]
    if not part.path and node.kind_id not in kinds:
        return [node]
    return [child for child in node.children if part.start <= child.start_byte < part.end]


def _loses(facts: Facts, made: FactsBuilder, unit: Exchanged, edit: Edit) -> bool:
    """Whether a symbol is gone whose name the change left alone."""
    old, new = facts.symbols, made.columns["symbols"]
    first, last = unit.first[SYMBOLS], unit.last[SYMBOLS]
    kept = Counter(
        old.name[row] for row in range(first, last)
        if old.name_end[row] < edit.start or old.name_start[row] > edit.old_end
    )  # fmt: skip
    kept.subtract(new["name"][first:])
    return any(count > 0 for count in kept.values())


def _stale(base: Extracted, text: bytes, edit: Edit, part: _Part | None) -> Facts:
    """The facts of the base at the places that its text has now."""
    none = (0,) * len(base.units.first)
    made = FactsBuilder(text, Before(base.facts, none, base.strings, base.errors))
    raw = bytearray(splice(base.facts, base.errors, Exchanged(none, none, edit.old_end, edit.new_end), edit, made))
    facts: Any = Facts(memoryview(raw))
    if edit.start < edit.old_end:
        _clamp(base.facts, facts, edit)
    symbols, occurrences, known = facts.symbols, facts.occurrences, base.facts.occurrences
    if part is not None:
        for row in range(part.exchanged.first[SYMBOLS], part.exchanged.last[SYMBOLS]):
            symbols.flags[row] |= SymbolFlag.STALE
    for row in range(bisect_left(known.start, edit.start - _LONGEST), bisect_left(known.start, edit.old_end + 1)):
        start, end = known.start[row], known.start[row] + known.length[row]
        before, behind = text[edit.start : edit.start + 1], text[edit.new_end - 1 : edit.new_end]
        if end < edit.start + (not _WORD.match(before)) or start > edit.old_end - (not _WORD.match(behind)):
            continue
        if known.definition[row] < 0:
            occurrences.name[row] = 0
        occurrences.start[row] = min(occurrences.start[row], edit.new_end)
        occurrences.length[row] = min(occurrences.length[row], edit.new_end - occurrences.start[row])
    return Facts(bytes(raw))


def _clamp(before: Facts, after: Any, edit: Edit) -> None:
    """What began or ended in the bytes that are gone does so where they were."""
    for table, columns in _PLACES:
        for column in columns:
            places, moved = getattr(getattr(before, table), column), getattr(getattr(after, table), column)
            for row, place in enumerate(places):
                if edit.start < place < edit.old_end:
                    moved[row] = min(place, edit.new_end)
