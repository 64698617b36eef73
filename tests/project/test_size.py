"""Hard limits: what is longer than this has two subjects. Look for the seam, not for a way around the limit."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from project.tree import files_of, shown

FILE_LINES = 600
FUNCTION_LINES = 60
# Material that is indexed, not code of ours that is read.
_MATERIAL = ("tests/workspaces/",)


def test_no_file_is_too_long() -> None:
    sources = files_of(".py", ".pyi", ".ts", ".tsx", ".js", ".mjs", ".lua", ".scm", outside=_MATERIAL)
    sizes = {shown(path): len(path.read_text("utf-8").splitlines()) for path in sources}
    assert {path: lines for path, lines in sizes.items() if lines > FILE_LINES} == {}


def test_no_function_is_too_long() -> None:
    long = {
        name: lines
        for path in files_of(".py", outside=_MATERIAL)
        for name, lines in _functions(path)
        if lines > FUNCTION_LINES
    }
    assert long == {}


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{shown(path)}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1
