"""Turns problems into text: where in the Markdown, the code with its carets, what was found instead."""

from __future__ import annotations

from pathlib import Path

from harness.check import Place, Problem
from harness.markdown import FileBlock, Spec


def render(problems: list[Problem], spec: Spec, edit: int, path: Path) -> str:
    """One paragraph per problem."""
    blocks = spec.files(edit)
    return "\n\n".join(_paragraph(problem, blocks, path) for problem in problems)


def _paragraph(problem: Problem, blocks: dict[str, FileBlock], path: Path) -> str:
    place = problem.place
    if place is None:
        return "\n".join([f"{path}:{problem.line}: {problem.claim}", *(f"    {line}" for line in problem.found)])
    line, code, column, width = _code(place, blocks[place[0]])
    gutter = f"{line:>5} | "
    carets = " " * (len(gutter) + column) + "^" * width
    found = [f"{' ' * len(gutter)}found: {line}" for line in problem.found]
    return "\n".join([f"{path}:{problem.line or line}: {place[0]}", gutter + code, f"{carets} {problem.claim}", *found])


def _code(place: Place, block: FileBlock) -> tuple[int, str, int, int]:
    """Markdown line, its text, column and width in characters of a place."""
    before = block.text.encode()[: place[1]].decode()
    row = before.count("\n")
    column = len(before) - (before.rfind("\n") + 1)
    width = len(block.text.encode()[place[1] : place[2]].decode())
    return block.line + row, block.lines[row], column, max(width, 1)
