"""Intra-doc links: [`Type::method`] in a line of documentation, and what it leads to.

A link is read from the text when somebody asks about a place in it. Names are looked up where the documented symbol
stands: behind `//!` inside it, behind `///` around it, where `Self` is the type that it is or belongs to.
"""

from __future__ import annotations

import re

from isg_analysis.languages.rust.resolver.files import ANY, MACRO, TYPE, VALUE, File
from isg_analysis.languages.rust.resolver.members import Members
from isg_analysis.languages.rust.resolver.names import Refs
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.program import Ref, symbol_ref

_COMMENT = re.compile(rb"\s*//([/!])")
_PATH = rb"(?:::)?[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*"
_TARGET = rb"`?(?:(\w+)@)?(" + _PATH + rb")(\(\)|!)?`?"
_LINK = re.compile(rb"\[" + _TARGET + rb"\](?!\(|:)|\]\(" + _TARGET + rb"\)|\]:\s*" + _TARGET + rb"\s*$")
_NAMED = re.compile(rb"\[([^\]]+)\]")
_KINDS = {
    b"struct": TYPE, b"enum": TYPE, b"union": TYPE, b"trait": TYPE, b"mod": TYPE, b"module": TYPE, b"type": TYPE,
    b"fn": VALUE, b"function": VALUE, b"method": VALUE, b"const": VALUE, b"constant": VALUE, b"static": VALUE,
    b"value": VALUE, b"macro": MACRO, b"()": VALUE, b"!": MACRO,
}  # fmt: skip


def linked(resolver: Members, document: int, text: bytes, offset: int) -> tuple[Ref, ...]:
    """See DocLinks."""
    start = text.rfind(b"\n", 0, offset) + 1
    line = text[start : (text.find(b"\n", offset) + 1 or len(text) + 1) - 1]
    comment = _COMMENT.match(line)
    if comment is None:
        return ()
    file = resolver.files[document]
    owner, outside = _documented(file, offset, inner=comment.group(1) == b"!")
    for found in _LINK.finditer(line):
        kind, path, mark = next(found.group(at, at + 1, at + 2) for at in (1, 4, 7) if found.group(at + 1))
        if found.start() <= offset - start <= found.end():
            namespace = _KINDS.get(mark or kind or b"", ANY)
            defined = _defined_below(text, start, path) if not (kind or mark) else None
            refs = _meant(resolver, file, owner, outside, (defined or path).decode(), namespace)
            return tuple(dict.fromkeys(ref for ref in refs if ref >= 0))
    return ()


def _defined_below(text: bytes, start: int, label: bytes) -> bytes | None:
    """The path that a line further down in the comment gives a label: [label]: path."""
    for line in text[start:].splitlines():
        if not line.lstrip().startswith(b"//"):
            return None
        named, target = _NAMED.search(line), _LINK.search(line)
        if named and target and target.group(8) and named.group(1).strip(b"`") == label:
            return target.group(8)
    return None


def _documented(file: File, offset: int, inner: bool) -> tuple[int, int]:
    """(the symbol that a comment is about, the symbol around which names are looked up)."""
    symbols, found = file.symbols, 0
    for row in range(1, len(file.kinds)):
        if symbols.start[row] <= offset < symbols.end[row] and (inner or offset < symbols.name_start[row]):
            found = row
    return found, found if inner else max(symbols.parent[found], 0)


def _meant(resolver: Members, file: File, owner: int, outside: int, path: str, namespace: int) -> Refs:
    first, *rest = [part for part in path.split("::") if part]
    refs = _first(resolver, file, owner, outside, first, TYPE if rest else namespace)
    for place, name in enumerate(rest):
        wanted = namespace if place == len(rest) - 1 else TYPE
        refs = tuple(found for ref in refs if ref >= 0 for found in _inside(resolver, ref, name, wanted))
    return refs


def _first(resolver: Members, file: File, owner: int, outside: int, name: str, namespace: int) -> Refs:
    module = resolver.modules.module_of(file.document, outside)
    if name == "Self":
        return resolver.self_type(file, owner)
    if name == "crate":
        return (symbol_ref(resolver.modules.crate(file.document), 0),)
    if name in ("self", "super"):
        above = module if name == "self" else resolver.modules.parent(module)
        return (above,) if above is not None else ()
    at = outside
    while at > 0 and file.symbols.scope[at] < 0:
        at = file.parents[at]
    scope = max(file.symbols.scope[at], 0)
    found = [resolver.lexical(file, scope, file.symbols.end[0], name, one) for one in _each(namespace)]
    return tuple(ref for refs in found for ref in refs if not ref & 1)


def _inside(resolver: Members, ref: Ref, name: str, namespace: int) -> Refs:
    """A module's item, a type's or trait's member."""
    if resolver.files.kind(ref) == SymbolKind.MODULE:
        if name == "super":
            above = resolver.modules.parent(ref)
            return (above,) if above is not None else ()
        return tuple(found for one in _each(namespace) for found in resolver.in_module(ref, name, one))
    term = resolver.term_of(ref)
    direct = tuple(resolver.files.members(ref, name))
    if direct or term is None:
        return direct
    return tuple(found for found, _ in resolver.own_items(term, name))


def _each(namespace: int) -> list[int]:
    return [one for one in (TYPE, VALUE, MACRO) if one & namespace]
