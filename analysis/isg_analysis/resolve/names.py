"""Names of symbols at the border: symbol ids and qualified names, made from facts and the pack's prefix."""

from __future__ import annotations

import re

from isg_analysis.languages.pack import LanguagePack
from isg_analysis.languages.registry import pack
from isg_analysis.model.facts import Facts
from isg_analysis.model.signature import decode
from isg_analysis.model.symbol import SymbolKind, SymbolPrefix
from isg_analysis.resolve.program import Ref, document_of, row_of
from isg_analysis.resolve.view import View

_ROOT = "crate/"
_SIMPLE = re.compile(r"^(?:&\s*(?:'\w+\s+)?(?:mut\s+)?|dyn\s+)*(?:\w+::)*(\w+)")


def prefix_of(view: View, document: int) -> SymbolPrefix:
    """The start of every symbol id of a document."""
    return view.prefix(document)


def symbol_id(view: View, ref: Ref) -> str:
    """The global name of a symbol in SCIP's grammar."""
    document = document_of(ref)
    facts = view.glance(document)
    language = pack(view.language(document))
    tail = ""
    row = row_of(ref)
    while row > 0:
        tail = descriptor_of(language, facts, row) + tail
        row = facts.symbols.parent[row]
    return whole_id(prefix_of(view, document), tail)


def symbol_ids(language: LanguagePack, prefix: SymbolPrefix, facts: Facts) -> list[str]:
    """The ids of all symbols of a document, by row. Parents come before what they contain."""
    tails = [""]
    for row in range(1, len(facts.symbols.kind)):
        tails.append(tails[facts.symbols.parent[row]] + descriptor_of(language, facts, row))
    return [whole_id(prefix, tail) for tail in tails]


def whole_id(prefix: SymbolPrefix, tail: str) -> str:
    """A symbol id has at least one descriptor: a package's root module, which has no name, is called `crate/`."""
    return f"{prefix}{tail}" if tail or prefix.module else f"{prefix}{_ROOT}"


def qualified_name(view: View, ref: Ref) -> tuple[str, ...]:
    """Package, module path, containers and name, outermost first: ("flask", "flask", "app", "Flask", "run")."""
    document, row = document_of(ref), row_of(ref)
    facts = view.glance(document)
    parts: list[str] = []
    while row > 0:
        parts.append(simple_name(facts, row))
        row = facts.symbols.parent[row]
    package = prefix_of(view, document).package.replace("-", "_")
    return (package, *module_name(view, document), *reversed(parts))


def shown_name(facts: Facts, row: int) -> str:
    """What to call a symbol: its name; an impl block is called by its self type, as written."""
    if facts.symbols.kind[row] == SymbolKind.IMPLEMENTATION:
        return decode(facts.text(facts.symbols.signature[row])).self_type
    return facts.name_of(row)


def simple_name(facts: Facts, row: int) -> str:
    """`shown_name` without references, paths and type arguments: `Stats` for `&'a crate::Stats<T>`."""
    name = shown_name(facts, row)
    if facts.symbols.kind[row] != SymbolKind.IMPLEMENTATION:
        return name
    found = _SIMPLE.match(name)
    return found[1] if found else name


def module_name(view: View, document: int) -> tuple[str, ...]:
    """The components of the document's module path."""
    module = prefix_of(view, document).module
    return tuple(part.strip("`") for part in module.split("/") if part)


def descriptor_of(language: LanguagePack, facts: Facts, row: int) -> str:
    """The last descriptor of a symbol's id."""
    symbols = facts.symbols
    kind = symbols.kind[row]
    signature = decode(facts.text(symbols.signature[row])).text if kind == SymbolKind.IMPLEMENTATION else ""
    return language.descriptor(kind, facts.name_of(row), symbols.disambiguator[row], signature)
