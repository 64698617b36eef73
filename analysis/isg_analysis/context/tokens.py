"""Tokens: how many a text has for a language model, by an estimate that errs on the safe side or by a real tokenizer.

Byte-pair tokenizers split text before they merge: into words with the character before them, digits by threes, runs of
punctuation and of white space. The same is done here, and each piece costs somewhat more than pieces of its kind and
length cost on average. Vocabularies are not at hand everywhere, and the same question must give the same bytes on every
machine; so a real one is asked only where the caller brings it. docs/context.md has the measurements.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_PIECES = re.compile(
    r"(?P<word>[^\r\n\w]?[A-Za-z]+)|(?P<number>[0-9]{1,3})|(?P<wide>[^\x00-\x7f]+)"
    r"|(?P<mark> ?[^\s\w]+[\r\n]*|_+)|(?P<space>\s*[\r\n]+|\s+(?!\S)|\s+)"
)
_LETTERS, _MARKS, _SPACES = 6, 3, 16
"""So many characters of a kind cost one token."""
_MARGIN = 12
"""One more for so many: for texts of odd words, such as hexadecimal numbers."""


def at_least(text: str) -> int:
    """Fewer than this `count_tokens` never says; costs next to nothing."""
    return sum(map(len, text.split())) // _LETTERS


def count_tokens(text: str) -> int:
    """At most how many tokens a text has."""
    total = 0
    for piece in _PIECES.finditer(text):
        size = piece.end() - piece.start()
        match piece.lastgroup:
            case "word":
                total += -(-size // _LETTERS)
            case "wide":
                total += -(-2 * len(piece[0].encode("utf-8", "replace")) // 3)
            case "mark":
                total += -(-size // _MARKS)
            case "space":
                total += -(-size // _SPACES)
            case _:
                total += 1
    return total + total // _MARGIN


def _nothing(_: str) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """`count`: how many tokens a text has. `at_least`: a number that is never above that, and cheaper."""

    count: Callable[[str], int]
    at_least: Callable[[str], int] = _nothing


ESTIMATE = Tokenizer(count_tokens, at_least)
