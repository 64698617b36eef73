"""What is imported is declared: nobody relies on a package that another one happens to bring along."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from project.tree import ROOT, files_of, shown

OURS = frozenset({"isg_server", "isg_analysis", "isg_storage", "bench", "harness", "project"})
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def names(requirements: list[str]) -> frozenset[str]:
    """The modules that requirements bring, by their usual spelling."""
    return frozenset(re.split(r"[^\w.-]", requirement)[0].replace("-", "_") for requirement in requirements)


def test_the_three_roots_import_what_is_declared() -> None:
    sources = [path for path in files_of(".py") if shown(path).startswith(("server/", "analysis/", "storage/"))]
    extras = PROJECT["optional-dependencies"]
    declared = names(PROJECT["dependencies"] + extras["tokens"] + extras["huggingface"])
    assert undeclared(sources, declared | {"tiktoken_ext"}) == set()  # tiktoken brings it


def test_the_instruments_import_what_is_declared() -> None:
    declared = names(PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"])
    assert undeclared([path for path in files_of(".py") if shown(path).startswith("bench/")], declared) == set()


def undeclared(sources: list[Path], declared: frozenset[str]) -> set[str]:
    """`file: module` for every import of something else."""
    known = declared | OURS | sys.stdlib_module_names
    return {f"{shown(path)}: {module}" for path in sources for module in imported(path) if module not in known}


def imported(path: Path) -> Iterator[str]:
    """The first parts of all module names that a file imports."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]
