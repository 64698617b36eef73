"""PythonLowering: one document's text to facts. The concerns are split over the modules it is put together from:

frames (names and where they are bound), definitions, expressions, annotations (types in strings), statements,
matching, imports, signatures.
"""

from __future__ import annotations

from functools import cache

import tree_sitter_python
from tree_sitter import Node

from isg_analysis.languages.constructs import Grammar
from isg_analysis.languages.python.frames import Frame
from isg_analysis.languages.python.imports import ImportLowering
from isg_analysis.languages.python.matching import MatchLowering

_PACKAGE = "isg_analysis.languages.python.queries"
_FILES = ("symbols.scm", "imports.scm", "statements.scm", "patterns.scm", "expressions.scm", "recovery.scm")


@cache
def grammar() -> Grammar:
    """The Python grammar with this pack's queries, compiled at first use."""
    return Grammar(tree_sitter_python.language(), _PACKAGE, _FILES)


class PythonLowering(MatchLowering, ImportLowering):
    """All handlers together."""

    def run(self) -> bytes:
        """As in Lowering. Only the recovery patterns have parts, and they serve only broken documents."""
        root = self._grammar.parse(self.text)
        if root.has_error:
            self._constructs = self._grammar.constructs(root)
        self.document(root)
        return self.facts.pack()

    def lambda_parameters(self, listed: Node, inner: object) -> None:
        """Bind a lambda's parameters as a function's are."""
        assert isinstance(inner, Frame)
        self._parameters(listed, inner)


def extract(text: bytes) -> bytes:
    """The packed facts of a Python document."""
    return PythonLowering(grammar(), text).run()
