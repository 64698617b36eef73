"""OpenExtraction: the facts of a document that is being edited, at the cost of the edit.

The syntax tree is kept and edited along. Where the change lies inside a unit (see `model.units`) and everything outside
it stands as it stood, that unit alone is lowered again and its rows exchanged; else the next larger unit, and last the
whole text. The facts always say what extracting the whole text says.

Guarantees: a text with syntax errors, and the one after it, are parsed from scratch: where errors are, what the parser
makes of a text depends on how it came there.

Not thread-safe: a tree belongs to one thread at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node, Tree

from isg_analysis.languages.constructs import Grammar
from isg_analysis.languages.tracking import Place, TrackedLowering
from isg_analysis.languages.tree_change import difference, exchanged_run, is_idle, point
from isg_analysis.model.builder import MOST_ERRORS, Before, FactsBuilder
from isg_analysis.model.effects import same_outside
from isg_analysis.model.facts import Facts
from isg_analysis.model.splice import Edit, Exchanged, splice
from isg_analysis.model.units import Units

_FARTHEST = 4096
"""As far behind its end a unit may be looked for that blanks were written behind."""
_MOST_IDLE_NAMES = 1024
"""After so many new names the whole text is extracted again, so that names no longer used are forgotten."""


@dataclass(slots=True)
class _Extracted:
    """A text with its tree, its facts, and what it takes to go on from them."""

    text: bytes
    tree: Tree
    facts: Facts
    units: Units
    errors: Sequence[tuple[int, str]]
    strings: dict[str, int]
    names: int
    """How many names there were when the whole text was last extracted."""

    @property
    def is_broken(self) -> bool:
        """Whether there are syntax errors."""
        return self.tree.root_node.has_error


class OpenExtraction:
    """The facts of one text after another. `lowered`: bytes lowered so far, which tells what the edits cost."""

    def __init__(self, grammar: Grammar, lowering: Callable[[FactsBuilder], TrackedLowering], text: bytes) -> None:
        """Extract the text; it is valid UTF-8."""
        self._grammar, self._lowering = grammar, lowering
        self.lowered = 0
        self._lists = lowering(FactsBuilder(b"")).list_kinds
        self._now = self._extract(text, grammar.tree(text))
        self._sound: _Extracted | None = None
        """The last text without syntax errors, where the one now has some that could not be kept inside a unit: what
        mends them is likely to be a small change of that one.
        """

    @property
    def facts(self) -> Facts:
        """Of the latest text."""
        return self._now.facts

    def edit(self, text: bytes) -> Facts:
        """The facts of the document's next text. After an exception the object must not be used any more."""
        now = self._now
        if text == now.text:
            return now.facts
        edit = difference(now.text, text)
        tree = self._parse(text, edit)
        after = self._exchange(now, text, tree, edit)
        if after is None and self._sound is not None:
            after = self._exchange(self._sound, text, tree, difference(self._sound.text, text))
        if after is None:
            if not now.is_broken:
                self._sound = now
            after = self._extract(text, tree)
        if not after.is_broken or after is self._sound:
            self._sound = None
        self._now = after
        return after.facts

    def _extract(self, text: bytes, tree: Tree) -> _Extracted:
        made = FactsBuilder(text)
        units = made.units = Units()
        lowering = self._lowering(made)
        lowering.lower(tree.root_node)
        lowering.release()
        self.lowered += len(text)
        return _Extracted(text, tree, Facts(made.pack()), units, made.errors, made.strings, len(made.strings))

    def _parse(self, text: bytes, edit: Edit) -> Tree:
        if self._now.is_broken:
            return self._grammar.tree(text)
        before, old = self._now.text, self._now.tree.copy()
        old.edit(
            edit.start, edit.old_end, edit.new_end,
            point(before, edit.start), point(before, edit.old_end), point(text, edit.new_end),
        )  # fmt: skip
        tree = self._grammar.tree(text, old)
        return self._grammar.tree(text) if tree.root_node.has_error else tree

    def _exchange(self, now: _Extracted, text: bytes, tree: Tree, edit: Edit) -> _Extracted | None:
        """Exchange the smallest unit that will do in what is known of another text, which is used up by it; None where
        none does.
        """
        if len(now.errors) >= MOST_ERRORS or len(now.strings) - now.names > _MOST_IDLE_NAMES:
            return None
        old, new = now.tree.root_node, tree.root_node
        if old.kind_id != new.kind_id:
            return None
        broken = old.has_error or new.has_error
        packed = self._move(now, old, new, edit, text, broken)
        if packed is None:
            for number in _around(now, edit):
                bounds = (now.units.start[number], now.units.end[number], now.units.kind[number])
                run = exchanged_run(old, new, bounds, self._lists, edit.delta, broken)
                if run is not None:
                    packed = self._exchange_unit(now, number, text, edit, run)
                if packed is not None:
                    break
        if packed is None:
            return None
        now.text, now.tree, now.facts = text, tree, Facts(packed)
        return now

    def _move(self, now: _Extracted, old: Node, new: Node, edit: Edit, text: bytes, broken: bool) -> bytes | None:
        """Where only blanks and comments between definitions changed, what lies behind them moves."""
        none = (0,) * len(now.units.first)
        made = FactsBuilder(text, Before(now.facts, none, now.strings, now.errors))
        lowering = self._lowering(made)
        found = is_idle(old, new, edit, broken, lowering)
        lowering.release()
        if not found:
            return None
        if not edit.old_end:  # offset 0 stands for no offset in some columns
            return None
        joined = edit.start == edit.old_end and not now.text[edit.start - 1 : edit.start].isspace()
        bound = edit.old_end + joined  # what ends here stays, and nothing begins here
        if joined and not now.text[edit.old_end : bound].isspace():
            return None
        packed = splice(now.facts, now.errors, Exchanged(none, none, bound, bound + edit.delta), edit, made)
        now.errors = made.errors
        now.units.move(bound, edit.delta)
        return packed

    def _exchange_unit(self, now: _Extracted, number: int, text: bytes, edit: Edit, run: list[Node]) -> bytes | None:
        units = now.units
        first, last = units.counts(number, last=False), units.counts(number, last=True)
        made = FactsBuilder(text, Before(now.facts, first, now.strings, now.errors))
        fresh = made.units = Units()
        lowering = self._lowering(made)
        accepted = lowering.accepts(run)
        if accepted:
            place = (units.scope, units.symbol, units.frame, units.state, units.deep)
            lowering.resume(Place(*(column[number] for column in place)), run)
            self.lowered += run[-1].end_byte - run[0].start_byte
        lowering.release()
        if not accepted or fresh.escaped or not fresh.start or any(fresh.leaks[at] for at in fresh.outermost()):
            return None
        if not same_outside(now.facts, made, first, last):
            return None
        unit = Exchanged(first, last, units.end[number], run[-1].end_byte)
        counts = made.counts()
        packed = splice(now.facts, now.errors, unit, edit, made)
        if len(made.errors) >= MOST_ERRORS:
            return None
        bounds = [(bound, count - bound) for bound, count in zip(last, counts, strict=True)]
        units.replace(number, fresh, edit.delta, unit.old_end, unit.new_end, bounds)
        now.errors = made.errors
        return packed


def _around(now: _Extracted, edit: Edit) -> Iterator[int]:
    """The units that hold the edit, or end before it with only blanks between; innermost first."""
    units = now.units
    for number in units.begun(edit.start):
        if units.leaks[number]:
            continue
        end = units.end[number]
        if end >= edit.old_end or (edit.old_end - end < _FARTHEST and not now.text[end : edit.old_end].strip()):
            yield number
