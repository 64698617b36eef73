"""Reads a specification file: headings, files, edits and expected answers, each with its line.

Knows Markdown and nothing of what the code in it means. Sibling: `marks` reads the caret comments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_PATHS = {"rust": "src/lib.rs", "python": "main.py", "toml": "Cargo.toml"}
"""Where a block without a name line goes, by the word behind its fence."""

_NAME = re.compile(r"^`([^`]+)`:?$")
_FENCE = re.compile(r"^(`{3,})(.*)$")
_EDIT = re.compile(r"^(\w+) after edit (\d+)$")
_EXPECTED = re.compile(r"^text expected: (\w+)(?: (.+))?$")


class SpecError(Exception):
    """The specification itself is malformed. `line` is 1-based in its Markdown file."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class FileBlock:
    """One text of one file. `line`: where its first line stands in the Markdown; `edit`: 0 for the first text."""

    path: str
    lines: tuple[str, ...]
    line: int
    edit: int = 0

    @property
    def text(self) -> str:
        """The file's content."""
        return "".join(f"{line}\n" for line in self.lines)


@dataclass(frozen=True, slots=True)
class Expected:
    """A fence that holds the answer to a query. `line`: its first content line; `edit`: the texts it is asked of."""

    query: str
    argument: str
    lines: tuple[str, ...]
    line: int
    edit: int = 0


@dataclass(slots=True)
class Spec:
    """One heading: one test."""

    title: str
    line: int
    blocks: list[FileBlock] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)

    def edits(self) -> list[int]:
        """The states to check, in order: 0, then every edit there is."""
        return sorted({block.edit for block in self.blocks} | {0})

    def files(self, edit: int) -> dict[str, FileBlock]:
        """Every file's text once the edits up to `edit` are made."""
        out: dict[str, FileBlock] = {}
        for block in sorted(self.blocks, key=lambda block: block.edit):
            if block.edit <= edit:
                out[block.path] = block
        return out


def read(path: Path) -> list[Spec]:
    """The specifications of a Markdown file. Raises SpecError for what cannot be understood."""
    return parse(path.read_text("utf-8"))


def parse(text: str) -> list[Spec]:
    """The specifications in a Markdown text: one per `## ` heading that has code under it."""
    specs: list[Spec] = []
    lines = text.split("\n")
    named, at = "", 0
    while at < len(lines):
        line = lines[at]
        fence = _FENCE.match(line)
        if fence:
            end = _end_of_fence(lines, at, fence[1])
            if specs:
                _add_block(specs[-1], fence[2].strip(), named, tuple(lines[at + 1 : end]), at + 2)
            named, at = "", end
        elif line.startswith("## "):
            specs.append(Spec(line[3:].strip(), at + 1))
        elif line.strip():
            name = _NAME.match(line.strip())
            named = name[1] if name else ""
        at += 1
    return [spec for spec in specs if spec.blocks]


def _end_of_fence(lines: list[str], start: int, ticks: str) -> int:
    for at in range(start + 1, len(lines)):
        if lines[at].rstrip() == ticks:
            return at
    raise SpecError(start + 1, "this fence is never closed")


def _add_block(spec: Spec, label: str, named: str, lines: tuple[str, ...], line: int) -> None:
    state = max((block.edit for block in spec.blocks), default=0)
    expected = _EXPECTED.match(label)
    if expected:
        spec.expected.append(Expected(expected[1], (expected[2] or "").strip(), lines, line, state))
        return
    edit = _EDIT.match(label)
    language = edit[1] if edit else label
    number = int(edit[2]) if edit else 0
    path = named or DEFAULT_PATHS.get(language, "")
    if not path:
        raise SpecError(line - 1, f"a {label or 'nameless'!r} block needs its path in backticks on the line before")
    if number < state:
        raise SpecError(line - 1, f"this block belongs before those of edit {state}")
    if any((block.path, block.edit) == (path, number) for block in spec.blocks):
        raise SpecError(line - 1, f"{path} has two texts at edit {number}")
    spec.blocks.append(FileBlock(path, lines, line, number))
