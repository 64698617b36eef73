"""What the facts of a document that is being edited must be, without going through the edits."""

from __future__ import annotations

from isg_analysis.languages.python.lowering import grammar as python_grammar
from isg_analysis.languages.registry import pack
from isg_analysis.languages.rust.grammar import grammar as rust_grammar
from isg_analysis.model.facts import Facts

_GRAMMARS = {"python": python_grammar, "rust": rust_grammar}


class Expected:
    """Follows the texts of one document.

    Without syntax errors, a text says what extracting all of it gives. With, it says what one edit of `base` makes of
    that: of the last text without, or of one that differed too much from the one before, or of the first.
    """

    def __init__(self, language: str, text: str) -> None:
        self.language, self.base, self.text = language, text, text

    def take(self, text: str) -> None:
        """The next text."""
        self.text = text
        if not _GRAMMARS[self.language]().tree(text.encode()).root_node.has_error:
            self.base = text
        elif text != self.base:
            document = pack(self.language).document(self.base.encode())
            before = document.lowered
            document.edit(text.encode())
            if document.lowered - before >= len(text.encode()):
                self.base = text

    def facts(self) -> Facts:
        """Of the latest text."""
        if self.base == self.text:
            return Facts(pack(self.language).extract(self.text.encode()))
        return pack(self.language).document(self.base.encode()).edit(self.text.encode())
