"""OpenExtraction: the facts of a document that is being edited, at the cost of the edit.

The syntax tree is kept and edited along. Where the change lies among the definitions of a list (see `stretch`) and
everything outside them stands as it stood, those alone are lowered again and their rows exchanged; else those of the
list around it, and last the whole text. The facts of a text without syntax errors are what extracting all of it gives.

A text with syntax errors is not parsed to its end: its facts go on from those of the last text without (see
`recovery`), until that is mended or so much is different that all of it is extracted anew.

Not thread-safe: a tree belongs to one thread at a time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from tree_sitter import Tree

from isg_analysis.errors import StoppedError
from isg_analysis.languages.constructs import Grammar
from isg_analysis.languages.extracted import Extracted
from isg_analysis.languages.pack import never
from isg_analysis.languages.recovery import recovered
from isg_analysis.languages.stretch import Stretch, Stretches
from isg_analysis.languages.tracking import TrackedLowering
from isg_analysis.languages.tree_change import Step, changed_lists, difference, edit_tree, steps
from isg_analysis.model.builder import MOST_ERRORS, Before, FactsBuilder
from isg_analysis.model.effects import same_outside
from isg_analysis.model.facts import Facts
from isg_analysis.model.splice import Edit, Exchanged, splice
from isg_analysis.model.units import Units

_MOST_IDLE_NAMES = 1024
"""After so many new names the whole text is extracted again, so that names no longer used are forgotten."""


class OpenExtraction:
    """The facts of one text after another. `lowered`: bytes lowered so far, which tells what the edits cost."""

    def __init__(
        self, grammar: Grammar, lowering: Callable[[FactsBuilder], TrackedLowering], text: bytes,
        stopped: Callable[[], bool] = never,
    ) -> None:  # fmt: skip
        """Extract the text; it is valid UTF-8. `stopped`: see LanguagePack.document."""
        self._grammar, self._lowering = grammar, lowering
        self.lowered = 0
        self._asked = lowering(FactsBuilder(b""))
        tree = grammar.tree_in_steps(text, stopped)
        if tree is None:
            raise StoppedError("the extraction was given up")
        self._base = self._extract(text, tree, stopped)
        """What the text now goes on from: the last one without syntax errors, or that was extracted as a whole."""
        self._facts = self._base.facts

    @property
    def facts(self) -> Facts:
        """Of the latest text."""
        return self._facts

    def edit(self, text: bytes) -> Facts:
        """The facts of the document's next text. After an exception the object must not be used any more."""
        base = self._base
        if text != base.text:
            way = steps(base.text, text)
            tree = self._parse(base, way)
            after = self._recover(base, text) if tree is None else None
            if after is not None:
                self._facts = after
                return after
            if base.tree.root_node.has_error:
                tree = None
            if tree is None or not self._follow(base, way, tree):
                self._base = self._extract(text, tree or self._grammar.tree(text))
        self._facts = self._base.facts
        return self._facts

    def _follow(self, base: Extracted, way: list[Step], tree: Tree) -> bool:
        """Exchange what changed with each step of the way, the last of which has this tree; whether that will do."""
        for step in way:
            found = tree if step is way[-1] else self._parse(base, [step])
            if found is None or not self._exchange(base, step.text, found, step.edit):
                return False
        return True

    def _extract(self, text: bytes, tree: Tree, stopped: Callable[[], bool] = never) -> Extracted:
        made = FactsBuilder(text)
        units = made.units = Units()
        lowering = self._lowering(made)
        lowering.stopped = stopped
        lowering.lower(tree.root_node)
        lowering.release()
        self.lowered += len(text)
        return Extracted(text, tree, Facts(made.pack()), units, made.errors, made.strings, len(made.strings))

    def _parse(self, base: Extracted, way: list[Step]) -> Tree | None:
        """The tree of the last text of a way; None where it has syntax errors."""
        before, old = base.text, base.tree.copy()
        starts: Sequence[int] | None = base.facts.line_starts
        for text, edit in way:
            if len(way) == 1 and not base.tree.root_node.has_error and self._is_surely_broken(base, text, edit):
                return None
            edit_tree(old, before, text, edit, starts)
            before, starts = text, None
        return self._grammar.sound_tree(before, old)

    def _is_surely_broken(self, base: Extracted, text: bytes, edit: Edit) -> bool:
        starts = base.units.start
        joined = text[edit.new_end - 1 : edit.new_end] != b"\n"  # what begins behind the edit may go on from it
        first, behind = bisect_right(starts, edit.start) - 1, bisect_left(starts, edit.old_end + joined)
        start, end = starts[first] if first >= 0 else 0, starts[behind] if behind < len(starts) else len(base.text)
        return self._asked.is_surely_broken(text[start : end + edit.delta])

    def _recover(self, base: Extracted, text: bytes) -> Facts | None:
        edit = difference(base.text, text)
        found = recovered(self._grammar, self._lowering, self._asked, base, text, edit)
        if found is None:
            return None
        self.lowered += found.lowered
        return found.facts

    def _exchange(self, base: Extracted, text: bytes, tree: Tree, edit: Edit) -> bool:
        """Exchange the smallest stretch that will do; whether one does."""
        if len(base.errors) >= MOST_ERRORS or len(base.strings) - base.names > _MOST_IDLE_NAMES:
            return False
        lists = changed_lists(base.tree.root_node, tree.root_node, edit, self._asked.list_kinds)
        for depth, changed in enumerate(reversed(lists)):
            begin = changed.old.start_byte
            if edit.start <= begin and begin and begin in base.facts.scopes.start:
                continue  # the scope stays where it is, what is first in it moves
            stretches = Stretches(base.units, changed, (base.text, text), self._asked)
            packed = None
            if not depth and stretches.is_idle():
                packed = self._move(base, text, edit, changed.ends)
            if packed is None:
                found = stretches.find(edit)
                doc = self._asked.doc_of(changed.new, text)
                packed = self._exchange_stretch(base, found, text, edit, doc) if found is not None else None
            if packed is not None:
                base.text, base.tree, base.facts = text, tree, Facts(packed)
                return True
        return False

    def _move(self, base: Extracted, text: bytes, edit: Edit, ends: tuple[tuple[int, int], ...]) -> bytes | None:
        """Where only blanks and comments between definitions changed, what lies behind them moves."""
        joined = edit.start == edit.old_end and edit.start > 0 and not base.text[edit.start - 1 : edit.start].isspace()
        bound = edit.old_end + joined  # what ends here stays, and nothing begins here
        if joined and not base.text[edit.old_end : bound].isspace():
            return None
        if any(old < bound or old + edit.delta != new for old, new in ends):
            return None
        none = (0,) * len(base.units.first)
        made = FactsBuilder(text, Before(base.facts, none, base.strings, base.errors))
        packed = splice(base.facts, base.errors, Exchanged(none, none, bound, bound + edit.delta), edit, made)
        base.errors = made.errors
        base.units.move(bound, edit.delta)
        return packed

    def _exchange_stretch(
        self, base: Extracted, found: Stretch, text: bytes, edit: Edit, doc: bytes | None
    ) -> bytes | None:
        """`doc`: the doc string that the stretch's list gives its owner, if it may give one."""
        units, unit, owner = base.units, found.exchanged, found.place.symbol
        if units.leaking(found.number, found.behind):
            return None
        if not found.heads or doc == base.facts.text(base.facts.symbols.doc[owner]):
            doc = None
        if doc is not None and owner:
            return None
        made = FactsBuilder(text, Before(base.facts, unit.first, base.strings, base.errors))
        fresh = made.units = Units()
        lowering = self._lowering(made)
        lowering.resume(found.place, found.run)
        lowering.release()
        self.lowered += found.run[-1].end_byte - found.run[0].start_byte
        expected = sum(node.kind_id in lowering.unit_kinds for node in found.run)
        if fresh.escaped or fresh.leaking(0, len(fresh)) or sum(1 for _ in fresh.outermost()) != expected:
            return None
        if not same_outside(base.facts, made, unit.first, unit.last):
            return None
        counts = made.counts()
        packed = splice(base.facts, base.errors, unit, edit, made, doc)
        if len(made.errors) >= MOST_ERRORS:
            return None
        bounds = [(bound, count - bound) for bound, count in zip(unit.last, counts, strict=True)]
        units.replace(found.number, found.behind, fresh, edit.delta, unit.old_end, unit.new_end, bounds)
        base.errors = made.errors
        return packed
