"""Globs: what `use path::*` leads to, worked out for all globs that depend on each other together.

Which module a glob takes names from is a name itself, and may come through a glob: one of the same scope, of the scope
around it, of a crate's root. Asked one by one, such globs lead to each other in every possible order. Here they are
worked out as the compiler does it: at first none of them leads anywhere; then the path of each is looked up with what
the others were found to lead to before, until nothing changes. A glob whose path needs no other is settled at once.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import NamedTuple

from isg_analysis.languages.rust.resolver.files import ELSEWHERE_REF, EXTERNAL_REF, TYPE, File, Files
from isg_analysis.languages.rust.resolver.memo import by_node
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.memo import Answers, Memo
from isg_analysis.resolve.program import Ref

Scope = tuple[int, int]
"""A document, and the row of one of its scopes."""
_ROUNDS = 8
"""So many more than there are globs are enough, as every round settles one at least. Paths that go round in circles,
each taking away what another one rests on, would go on for ever.
"""
_TRIES = 4
"""So often a scope is looked at by itself before all are: its globs may lead on to each other."""


class Lead(NamedTuple):
    """A module or an enum from which a glob takes all names; `flags`: the BindingFlags of the glob."""

    target: Ref
    flags: int


Leads = tuple[Lead, ...]


class Globs:
    """What the globs of each scope lead to."""

    def __init__(self, files: Files, answers: Answers, named: Callable[[int, int, int], tuple[Ref, ...]]) -> None:
        """`named`: what a naming node of a document means in a namespace."""
        self._files = files
        self._answers = answers
        self._named = named
        self._leads: Memo[Scope, Leads] = by_node(answers, (), self._find_leads)
        self._drafts: dict[Scope, Leads] | None = None
        """While globs are worked out together: what they were found to lead to before."""

    def written(self, file: File, scope: int) -> list[int]:
        """The bindings `*` of a scope."""
        known = file.facts.string_ids.get("*", -1)
        return file.facts.bindings_by_scope.get(scope, {}).get(known, []) if known >= 0 else []

    def leads(self, file: File, scope: int) -> Leads:
        """What the globs of a scope lead to."""
        if not self.written(file, scope):
            return ()
        key = file.document, scope
        known = self._leads.known(key)
        if known is not None:
            return known
        if self._drafts is None:
            return self._work_out(key)
        self._answers.drafted += 1
        return self._drafts.setdefault(key, ())

    def lead_outside(self, file: File, scope: int) -> bool:
        """Whether one of the globs of a scope takes in names of another crate, which nobody here knows."""
        return any(lead.target in (EXTERNAL_REF, ELSEWHERE_REF) for lead in self.leads(file, scope))

    def _work_out(self, key: Scope) -> Leads:
        drafts = self._drafts = {key: ()}
        try:
            with self._answers.apart():
                self._settle(drafts)
        finally:
            self._drafts = None
        return drafts[key]

    def _settle(self, drafts: dict[Scope, Leads]) -> None:
        """Work the drafts out, and all that they are found to need."""
        answers = self._answers
        given_up, rounds, known, settled = answers.given_up, 0, 0, False
        while not settled and answers.given_up == given_up and rounds < len(drafts) + _ROUNDS:
            rounds += 1
            self._spread(drafts, list(drafts)[known:])
            known = len(drafts)
            settled = not self._step(drafts, list(drafts)) and len(drafts) == known
        if answers.given_up == given_up:
            for key, leads in drafts.items():
                if self._leads.known(key) is None:
                    self._leads.keep(key, leads)

    def _spread(self, drafts: dict[Scope, Leads], new: list[Scope]) -> None:
        """Find what new scopes need, and what that needs. What was there before is left for later: it may need all."""
        tries = dict.fromkeys(new, 0)
        while new:
            known = len(drafts)
            changed = self._step(drafts, new)
            for key in changed:
                tries[key] += 1
            new = [key for key in changed if tries[key] < _TRIES]
            found = list(islice(drafts, known, None))
            tries.update(dict.fromkeys(found, 0))
            new += found

    def _step(self, drafts: dict[Scope, Leads], keys: list[Scope]) -> list[Scope]:
        """Look some of the globs up with what all were found to lead to before. Those that lead elsewhere now."""
        found = {key: self._leads(key) for key in keys}
        self._answers.drafts.clear()
        changed = [key for key, leads in found.items() if leads != drafts[key]]
        drafts.update(found)
        return changed

    def _find_leads(self, key: Scope) -> Leads:
        document, scope = key
        file = self._files[document]
        out: list[Lead] = []
        for glob in self.written(file, scope):
            for target in self._named(document, file.bindings.value[glob], TYPE):
                if self._files.kind(target) in (SymbolKind.MODULE, SymbolKind.ENUM):
                    out.append(Lead(target, file.bindings.flags[glob]))
        return tuple(dict.fromkeys(out))
