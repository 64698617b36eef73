"""What runs in Rust though no code names it."""

from __future__ import annotations

import re

from isg_analysis.model.symbol import SymbolKind

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_ATTRIBUTE = re.compile(r"#\s*\[\s*(?:unsafe\s*\(\s*)?([\w:]+)")
_PLAIN = frozenset({
    "allow", "warn", "deny", "forbid", "expect", "cfg", "cfg_attr", "doc", "inline", "cold", "must_use", "derive",
    "path", "macro_export", "macro_use", "deprecated", "repr", "non_exhaustive", "link", "link_name", "ignore",
    "should_panic", "track_caller", "automatically_derived", "target_feature", "feature", "rustfmt", "clippy",
    "diagnostic",
})  # fmt: skip
"""Attributes that do not make anything run."""
_KEYWORD = re.compile(r"\b(?:fn|struct|enum|union|trait|type|const|static|macro_rules|macro|let)\b")
_LET_BE = re.compile(r"\b(?:allow|expect)\s*\([^)]*\b(?:dead_code|unused)\b")
_TESTS = frozenset({"test", "bench"})


def custom(kind: int, name: str, head: str) -> str:
    """See LanguagePack."""
    head = _COMMENT.sub("", head)
    attributes = _ATTRIBUTE.findall(head)
    if any(path.rsplit("::", 1)[-1] in _TESTS for path in attributes):
        return "test"
    if kind == SymbolKind.FUNCTION and name == "main":
        return "main"
    if name.startswith("_") or _LET_BE.search(head):
        return "special"
    if any(path.split("::", 1)[0] not in _PLAIN for path in attributes):
        return "registered"
    return "" if _KEYWORD.search(head) else "generated"
