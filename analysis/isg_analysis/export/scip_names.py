"""How one document's symbols and bindings are spelled in a SCIP index.

Symbols have their symbol id. A parameter of a named function is spelled as SCIP's parameter
descriptor behind the function's id, since keyword arguments name it from other documents. Every other
binding is `local N`, numbered in the order of asking, which is reproducible. Bindings that one
occurrence means together (a variable assigned in several places) share one number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from isg_analysis.model.facts import BindingKind, ScopeKind
from isg_analysis.model.symbol import escape
from isg_analysis.resolve.names import symbol_id
from isg_analysis.resolve.program import Ref, document_of, is_binding, row_of, symbol_ref
from isg_analysis.resolve.view import View


class Names:
    """The spelling of everything one document mentions. One instance per document and export."""

    def __init__(self, view: View, document: int, meant_together: Iterable[Sequence[Ref]]) -> None:
        """`meant_together`: the targets of each occurrence in the document."""
        self._view = view
        self._document = document
        self._spelled: dict[Ref, str | None] = {}
        self._numbers: dict[Ref, int] = {}
        self._same: dict[Ref, Ref] = {}
        for targets in meant_together:
            if len(targets) > 1:
                self._join([target for target in targets if is_binding(target)])

    def spell(self, ref: Ref) -> str | None:
        """The SCIP symbol; None for what no other document can name."""
        if ref not in self._spelled:
            self._spelled[ref] = self._binding(ref) if is_binding(ref) else self._symbol(ref)
        return self._spelled[ref]

    def _symbol(self, ref: Ref) -> str | None:
        return symbol_id(self._view, ref)

    def _binding(self, ref: Ref) -> str | None:
        owner = self._function_of_parameter(ref)
        if owner is not None:
            facts = self._view.facts(document_of(ref))
            return f"{owner}({escape(facts.strings[facts.bindings.name[row_of(ref)]])})"
        if document_of(ref) != self._document:
            return None
        return f"local {self._numbers.setdefault(self._first(ref), len(self._numbers))}"

    def _function_of_parameter(self, ref: Ref) -> str | None:
        """The id of the function whose own parameter this is; None for closures' parameters and for locals."""
        facts, row = self._view.facts(document_of(ref)), row_of(ref)
        scope = facts.bindings.scope[row]
        if facts.bindings.kind[row] != BindingKind.PARAMETER or facts.scopes.kind[scope] != ScopeKind.FUNCTION:
            return None
        symbol = facts.scopes.symbol[scope]
        if facts.symbols.scope[symbol] != scope:
            return None
        return self.spell(symbol_ref(document_of(ref), symbol))

    def _join(self, bindings: list[Ref]) -> None:
        for binding in bindings[1:]:
            first, second = self._first(bindings[0]), self._first(binding)
            if first != second:
                self._same[max(first, second)] = min(first, second)

    def _first(self, ref: Ref) -> Ref:
        while (earlier := self._same.get(ref)) is not None:
            ref = earlier
        return ref
