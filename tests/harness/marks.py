"""Reads the caret comments of a block: what is claimed of which range.

    fn area(&self) -> f64;
    // ^^^^ def: Shape::area

Carets mark characters of the nearest line above that is no mark itself. `<-` in place of the carets
marks the word that starts where the comment starts, for what stands in the first columns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate

from harness.markdown import FileBlock, SpecError

KINDS = frozenset(
    {
        "def", "ref", "possible", "unresolved", "external", "nothing", "impls", "declares", "goes", "type",
        "callers", "callees", "supertypes", "subtypes", "here",
    }
)  # fmt: skip
_MARK = re.compile(r"^(\s*)(?://|#)(?:\s*(\^+)|\s*<-)\s*(.*)$")
_CLAIM = re.compile(r"^(\w+):\s*(.*)$")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Mark:
    """A claim about a range. `start`, `end`: bytes in the block's text; `line`: of the mark, in the Markdown."""

    kind: str
    keys: tuple[str, ...]
    path: str
    start: int
    end: int
    line: int

    @property
    def place(self) -> tuple[str, int, int]:
        """Where the claim holds."""
        return self.path, self.start, self.end


def marks_of(block: FileBlock) -> list[Mark]:
    """The marks in a block, in order. Raises SpecError for a mark that says nothing known."""
    starts = [0, *accumulate(len(line.encode()) + 1 for line in block.lines)]
    out: list[Mark] = []
    above = -1
    for row, line in enumerate(block.lines):
        found = _MARK.match(line)
        if not found:
            above = row
            continue
        at = block.line + row
        if above < 0:
            raise SpecError(at, "there is no code above this mark")
        first, last = _columns(found, block.lines[above], at)
        code = block.lines[above]
        start, end = (starts[above] + len(code[:column].encode()) for column in (first, last))
        kind, keys = _claim(found[3], at)
        out.append(Mark(kind, keys, block.path, start, end, at))
    return out


def _columns(found: re.Match[str], code: str, at: int) -> tuple[int, int]:
    if found[2]:
        first, last = found.span(2)
    else:
        word = _WORD.match(code, len(found[1]))
        if not word:
            raise SpecError(at, "no word starts in the column of this comment, in the line above")
        first, last = word.span()
    if last > len(code):
        raise SpecError(at, "the carets go past the end of the line they mark")
    return first, last


def _claim(text: str, at: int) -> tuple[str, tuple[str, ...]]:
    claim = _CLAIM.match(text.strip())
    if not claim or claim[1] not in KINDS:
        raise SpecError(at, f"not a mark: {text.strip()!r}; known are {', '.join(sorted(KINDS))}")
    keys = tuple(key.strip() for key in claim[2].split(",") if key.strip())
    bare = claim[1] in {"unresolved", "external", "nothing"}
    if (
        (bare and keys)
        or (claim[1] in {"def", "here"} and len(keys) != 1)
        or (claim[1] in {"ref", "possible"} and not keys)
    ):
        raise SpecError(
            at, f"`{claim[1]}:` takes {'no key' if bare else 'one key' if claim[1] in {'def', 'here'} else 'keys'}"
        )
    return claim[1], keys
