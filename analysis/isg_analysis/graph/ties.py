"""Ties: which module needs which, kept by symbol from one version of a workspace to the next, and the knots in it.

Modules are meant by their Refs, good as long as their documents stay as they are: a document in which a module
stands inside another one has those looked at again that lead there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from isg_analysis.graph.components import Components
from isg_analysis.model.imports import Strength
from isg_analysis.resolve.program import Ref, document_of, row_of, symbol_ref

Tie = tuple[Ref, Ref, int]
"""(module, module it needs, Strength), as `View.ties` has them."""


class Ties:
    """Of the modules of one language. Ties that are weaker than `weakest` are left out."""

    def __init__(self, ties: Iterable[Tie], weakest: Strength) -> None:
        self._strengths = [strength for strength in Strength if strength <= weakest]
        self._own: dict[Strength, dict[Ref, tuple[Ref, ...]]] = {strength: {} for strength in self._strengths}
        self._levels = {strength: Components() for strength in self._strengths}
        self._inner: dict[int, set[Ref]] = {}
        """Document -> modules inside of its own one that need something."""
        self._importers: dict[int, set[int]] = {}
        """Document -> documents that have needed modules inside of its own one."""
        self._put({}, ties)

    def knots(self, strength: Strength) -> Collection[frozenset[Ref]]:
        """The knots of what ties up to a strength hold together."""
        return self._levels[strength].knots

    def within(self, modules: Collection[Ref], weakest: Strength) -> list[Tie]:
        """The ties up to a strength among some modules."""
        return [
            (source, target, strength)
            for strength in self._strengths
            if strength <= weakest
            for source in modules
            for target in self._own[strength].get(source, ())
            if target in modules
        ]

    def of(self, document: int) -> set[Tie]:
        """The ties of a document."""
        modules = (symbol_ref(document, 0), *self._inner.get(document, ()))
        return {
            (module, target, strength)
            for strength in self._strengths
            for module in modules
            for target in self._own[strength].get(module, ())
        }

    def importers(self, documents: Iterable[int]) -> set[int]:
        """Documents whose ties name modules by places that may be others when these documents change."""
        return set().union(*(self._importers.get(document, ()) for document in documents))

    def replace(self, documents: Collection[int], ties: Iterable[Tie]) -> None:
        """Some documents have these ties now, and no others."""
        gone: dict[Ref, list[tuple[Ref, Strength]]] = {}
        for document in documents:
            gone[symbol_ref(document, 0)] = []
            gone.update((module, []) for module in self._inner.pop(document, ()))
        self._put(gone, ties)

    def _put(self, now: dict[Ref, list[tuple[Ref, Strength]]], ties: Iterable[Tie]) -> None:
        """`now`: modules that lose what they had."""
        for source, target, strength in ties:
            now.setdefault(source, []).append((target, Strength(strength)))
            if row_of(source):
                self._inner.setdefault(document_of(source), set()).add(source)
            if row_of(target):
                self._importers.setdefault(document_of(target), set()).add(document_of(source))
        upto: dict[Ref, set[Ref]] = {module: set() for module in now}
        for strength in self._strengths:
            own = self._own[strength]
            for module, needed in now.items():
                targets = {target for target, how in needed if how == strength}
                if targets:
                    own[module] = tuple(targets)
                else:
                    own.pop(module, None)
                upto[module] |= targets
            self._levels[strength].replace(upto)
