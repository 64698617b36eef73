"""What runs in Python though no code names it."""

from __future__ import annotations

import re

from isg_analysis.model.symbol import SymbolKind

_DECORATOR = re.compile(r"^\s*@\s*([\w.]+)", re.MULTILINE)
_PLAIN = frozenset({
    "property", "staticmethod", "classmethod", "abstractmethod", "override", "overload", "final", "dataclass",
    "cache", "lru_cache", "cached_property", "wraps", "contextmanager", "asynccontextmanager", "total_ordering",
    "singledispatch", "singledispatchmethod", "deprecated", "runtime_checkable", "getter", "setter", "deleter",
    "unique", "no_type_check", "coroutine",
})  # fmt: skip
"""Decorators that only change what they decorate, by the last part of their names."""
_TESTING = re.compile(
    r"test|Test|.*Tests?(Case)?$|pytest_|(set|tear)(Up|Down)|(setup|teardown)_|load_tests$|asyncSetUp|asyncTearDown"
)


def custom(kind: int, name: str, head: str, *, tested: bool) -> str:
    """See LanguagePack. `tested`: it stands in a file that is part of the tests."""
    if name.startswith("__") and name.endswith("__"):
        return "special"
    if tested and _TESTING.match(name):
        return "test"
    if kind == SymbolKind.FUNCTION and name == "main":
        return "main"
    return "" if changes_only(head) else "registered"


def changes_only(head: str) -> bool:
    """Whether the decorators in the head of a definition are all known to do no more than change what they decorate."""
    return all(path.rsplit(".", 1)[-1] in _PLAIN for path in _DECORATOR.findall(head))
