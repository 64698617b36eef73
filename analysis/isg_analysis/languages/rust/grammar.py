"""The compiled Rust grammar with this pack's queries: one per process, made at first use."""

from __future__ import annotations

from functools import cache

import tree_sitter_rust

from isg_analysis.languages.constructs import Grammar

_FILES = ("trivia", "items", "imports", "types", "patterns", "expressions")


@cache
def grammar() -> Grammar:
    """The grammar. Raises tree_sitter.QueryError when the wheel and the queries do not fit."""
    return Grammar(tree_sitter_rust.language(), f"{__package__}.queries", tuple(f"{name}.scm" for name in _FILES))
