"""Kinds: which sort of thing an SCIP symbol is, in a few words that every language and indexer can fill.

From SymbolInformation.Kind where the indexer gives one, else from the last descriptor of the symbol.
"""

from __future__ import annotations

from collections.abc import Iterable

_WORDS = {
    "type": (7, 11, 21, 42, 49, 53, 54, 59),
    "type alias": (3, 55),
    "type parameter": (58,),
    "function": (17,),
    "method": (9, 18, 26, 41, 45, 66, 68, 69, 70, 72, 76, 80, 81),
    "field": (15, 77, 79),
    "variant": (12,),
    "constant": (8,),
    "module": (29, 30, 35),
    "macro": (25,),
    "parameter": (37,),
    "self": (27, 44, 52),
}
_BY_NUMBER = {number: word for word, numbers in _WORDS.items() for number in numbers}
_SUFFIXES = {"/": "module", "#": "type", "!": "macro", "]": "type parameter", ")": "parameter", ":": "module"}


def kind_of(symbol: str, kinds: dict[str, int]) -> str:
    """The word for a symbol; `kinds`: numbers of SymbolInformation.Kind by symbol."""
    if symbol.startswith("local "):
        word = _BY_NUMBER.get(kinds.get(symbol, 0), "local")
        return word if word in ("type parameter", "self", "parameter") else "local"
    word = _BY_NUMBER.get(kinds.get(symbol, 0), "")
    if word:
        return word
    if symbol.endswith(")."):
        return "method" if _owner(symbol).endswith(("#", "]")) else "function"
    if symbol.endswith("."):
        return "field" if _owner(symbol).endswith(("#", "]")) else "variable"
    return _SUFFIXES.get(symbol[-1:], "other")


def kind_among(symbols: Iterable[str], kinds: dict[str, int]) -> str:
    """One word for what stands together: the first that is no module, as a package shares the place of its file."""
    words = [kind_of(symbol, kinds) for symbol in sorted(symbols)]
    return next((word for word in words if word != "module"), words[0] if words else "other")


def package_of(symbol: str) -> str:
    """Scheme, manager, package and version of a symbol; empty for a local."""
    return "" if symbol.startswith("local ") else " ".join(symbol.split(" ", 4)[:4])


def last_name(symbol: str) -> str:
    """The name in a symbol's last descriptor; empty for a local."""
    if symbol.startswith("local "):
        return ""
    name = symbol.removesuffix(".").rstrip("#/!:")
    if name.endswith(")"):
        name = name[: name.rfind("(")]
    elif name.endswith("]"):
        name = name[name.rfind("[") + 1 : -1]
    if name.endswith("`"):
        return name[name.rfind("`", 0, -1) + 1 : -1]
    return name[1 + max(name.rfind(mark) for mark in "/#.:!]) ") :]


def _owner(symbol: str) -> str:
    """The symbol without its last descriptor."""
    name = symbol.removesuffix(".")
    if name.endswith(")"):
        name = name[: name.rfind("(")]
    if name.endswith("`"):
        return name[: name.rfind("`", 0, -1)]
    return name[: 1 + max(name.rfind(mark) for mark in "/#.:!])")]
