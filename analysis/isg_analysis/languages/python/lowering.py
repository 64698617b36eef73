"""PythonLowering: one document's text to facts. The concerns are split over the modules it is put together from:

frames (names and where they are bound), definitions, expressions, annotations (types in strings), statements,
matching, imports, signatures.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import tree_sitter_python
from tree_sitter import Node

from isg_analysis.languages.constructs import Grammar
from isg_analysis.languages.python.frames import Frame
from isg_analysis.languages.python.imports import ImportLowering
from isg_analysis.languages.python.matching import MatchLowering
from isg_analysis.model.builder import FactsBuilder

_PACKAGE = "isg_analysis.languages.python.queries"
_FILES = ("symbols.scm", "imports.scm", "statements.scm", "patterns.scm", "expressions.scm", "recovery.scm")


@cache
def grammar() -> Grammar:
    """The Python grammar with this pack's queries, compiled at first use."""
    return Grammar(tree_sitter_python.language(), _PACKAGE, _FILES)


class PythonLowering(MatchLowering, ImportLowering):
    """All handlers together."""

    def lower(self, root: Node) -> None:
        """As in Lowering. Only the recovery patterns have parts, and they serve only broken documents."""
        if root.has_error:
            self._constructs = self._grammar.constructs(root)
        self.document(root)

    def release(self) -> None:
        """As in Lowering."""
        super().release()
        self._by_kind.clear()

    def lambda_parameters(self, listed: Node, inner: object) -> None:
        """Bind a lambda's parameters as a function's are."""
        assert isinstance(inner, Frame)
        self._parameters(listed, inner)


def extract(text: bytes) -> bytes:
    """The packed facts of a Python document."""
    with _collecting_later():
        return PythonLowering(grammar(), FactsBuilder(text)).run()


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Hold the cyclic collector off: an extraction makes many rows and no cycles; collecting costs a tenth of it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
