"""Symbol ids: the prefix a path gives, and the descriptor of each symbol.

A document's module descriptors are its path relative to the package's source folder: `src/lib.rs` gives none,
`src/a/b.rs` and `src/a/b/mod.rs` give `a/b/`, what lies elsewhere in the package starts with `` `..`/ ``. No text is
read, so an id does not change when another document does; and two documents never share a prefix.
"""

from __future__ import annotations

import posixpath
from typing import Any

from isg_analysis.languages.rust.layout import package_of
from isg_analysis.model import symbol as model
from isg_analysis.model.symbol import SymbolKind, SymbolPrefix, escape

SCHEME, MANAGER = "rust", "cargo"


def prefix(layout: Any, path: str) -> SymbolPrefix:
    """The start of every symbol id in the document at `path`."""
    package = package_of(layout, path)
    if package is None:
        return SymbolPrefix(SCHEME, MANAGER, "", "", _module(path, "", path in layout["clashes"]))
    module = ""
    if path != package["library"]:
        module = _module(path, package["source"], path in layout["clashes"])
    if package["twin"]:
        module = f"{escape(package['root'] or '.')}/{module}"
    return SymbolPrefix(SCHEME, MANAGER, package["name"], package["version"], module)


def _module(path: str, source: str, clash: bool) -> str:
    relative = posixpath.relpath(path, source or ".").removesuffix(".rs")
    if relative.endswith("/mod") and not clash:
        relative = relative[: -len("/mod")]
    return "".join(f"{escape(part)}/" for part in relative.split("/"))


def descriptor(kind: int, name: str, disambiguator: int, signature: str) -> str:
    """One SCIP descriptor; `signature` is the text of an impl block's signature."""
    if kind != SymbolKind.IMPLEMENTATION:
        return model.descriptor(kind, name, disambiguator)
    subject, trait = impl_sides(signature)
    sides = f"[{escape(subject)}]" + (f"[{escape(trait)}]" if trait else "")
    return f"impl#{sides}" + (f"`{disambiguator}`#" if disambiguator else "")


def impl_sides(signature: str) -> tuple[str, str]:
    """(self type, trait or "") of the text of an impl block's signature, at its top level."""
    _, _, text = signature.partition("impl")
    text = text.strip()
    if text.startswith("<"):
        text = text[_closing(text) :].strip()
    at = _top_level(text, " for ")
    trait, subject = (text[:at], text[at + 5 :]) if at >= 0 else ("", text)
    where = _top_level(subject, " where ")
    return (subject[:where] if where >= 0 else subject).strip(), trait.strip()


def _closing(text: str) -> int:
    """The index behind the `>` that closes the `<` the text starts with."""
    depth = 0
    for index, character in enumerate(text):
        if character == "<":
            depth += 1
        elif character == ">" and text[index - 1] not in "-=":
            depth -= 1
            if not depth:
                return index + 1
    return len(text)


def _top_level(text: str, word: str) -> int:
    """Where a word stands outside all brackets, or -1."""
    depth = 0
    for index, character in enumerate(text):
        if character in "<([{":
            depth += 1
        elif character in ")]}" or (character == ">" and text[index - 1 : index] not in ("-", "=")):
            depth -= 1
        elif not depth and character == " " and text.startswith(word, index):
            return index
    return -1
