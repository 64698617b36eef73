"""Conditions that reading decides: what a type checker takes a branch's condition for, and types in comments.

`TYPE_CHECKING` is true; `sys.version_info` is that of the newest Python known here. Platforms are not decided: a
workspace is read on another one than it runs on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

PYTHON = (3, 14)
"""The version that comparisons with `sys.version_info` are decided for."""

_VERSION = re.compile(
    rb"(?:sys\.)?version_info(?P<part>\[0\]|\.major|\[:2\])?\s*(?P<operator>>=|<=|<|>|==|!=)\s*"
    rb"(?P<version>\(\s*\d+\s*(?:,\s*\d+\s*)*,?\s*\)|\d+)\Z"
)
TYPE_CHECKING = re.compile(rb"(?:\w+\.)?TYPE_CHECKING\Z")
"""A condition that holds for type checkers only."""
_CONSTANTS = {b"True": True, b"False": False, b"1": True, b"0": False}
_COMMENT = re.compile(rb"[ \t]*:?[ \t]*#[ \t]*type:[ \t]*(?!ignore\b)(?P<type>[^#\n]*[^#\s])")
_SIGNATURE = re.compile(
    rb"\s*(?:#(?![ \t]*type:)[^\n]*\n\s*)*"
    rb"#[ \t]*type:[ \t]*\((?P<taken>[^#\n]*)\)[ \t]*->[ \t]*(?P<given>[^#\n]*[^#\s])"
)
_OPENING, _CLOSING = b"[(", b"])"


def decided(condition: bytes) -> bool | None:
    """What the text of a condition is for a type checker; None where that is not decided by reading."""
    for word, settles in ((b" or ", True), (b" and ", False)):
        parts = _joined(condition, word) if word in condition else ()
        if len(parts) > 1:
            each = {decided(part) for part in parts}
            return settles if settles in each else None if None in each else not settles
    if condition.startswith(b"("):
        return decided(condition[1:-1].strip()) if condition.endswith(b")") else None
    if condition.startswith(b"not "):
        inner = decided(condition[4:].strip())
        return None if inner is None else not inner
    if condition in _CONSTANTS:
        return _CONSTANTS[condition]
    if TYPE_CHECKING.match(condition):
        return True
    version = _VERSION.match(condition)
    return _compared(version) if version is not None else None


def _joined(condition: bytes, word: bytes) -> list[bytes]:
    """The operands of a condition that a word joins outside of all brackets; itself where it has none."""
    parts = [b""]
    for part in condition.split(word):
        whole = parts[-1].count(b"(") == parts[-1].count(b")")
        if parts[-1] and whole:
            parts.append(part)
        else:
            parts[-1] += (word if parts[-1] else b"") + part
    return [part.strip() for part in parts]


def _compared(found: re.Match[bytes]) -> bool:
    written = tuple(int(number) for number in re.findall(rb"\d+", found["version"]))
    mine: tuple[int, ...] = PYTHON
    if found["part"] in (b"[0]", b".major"):
        mine = PYTHON[:1]
    elif found["part"] is None and len(written) <= len(PYTHON):
        mine = (*PYTHON, 0)
    match found["operator"]:
        case b">=":
            return mine >= written
        case b"<=":
            return mine <= written
        case b">":
            return mine > written
        case b"<":
            return mine < written
        case b"==":
            return mine == written
        case _:
            return mine != written


def type_comment(text: bytes, end: int) -> tuple[int, int] | None:
    """Where the type stands in a `# type:` comment that follows in the same line."""
    found = _COMMENT.match(text, end)
    return found.span("type") if found is not None else None


def signature_comment(text: bytes, start: int) -> tuple[list[tuple[int, int]], tuple[int, int]] | None:
    """Where the parameters' types and the result's stand in `# type: (A, B) -> R` at the start of a body."""
    found = _SIGNATURE.match(text, start)
    if found is None:
        return None
    return list(_parts(text, *found.span("taken"))), found.span("given")


def _parts(text: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts between the commas that no bracket holds."""
    depth, first = 0, start
    for at in range(start, end):
        depth += (text[at] in _OPENING) - (text[at] in _CLOSING)
        if text[at : at + 1] == b"," and not depth:
            yield first, at
            first = at + 1
    if text[first:end].strip():
        yield first, end
