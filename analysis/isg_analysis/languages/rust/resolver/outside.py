"""What an external path is called where it is defined: `std::Debug` for `Debug`, `fmt::Debug` and `std::fmt::Debug`.

The standard library gives nearly every trait and type a name of its own, and re-exports it at several paths: the last
segment tells it. What lies in another crate goes by the whole path that is written or imported.
"""

from __future__ import annotations

from isg_analysis.languages.rust.resolver.files import ELSEWHERE_REF, TYPE
from isg_analysis.languages.rust.resolver.names import Names
from isg_analysis.model.facts import BindingKind, Facts, ScopeKind
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolKind

_STANDARD = frozenset({"std", "core", "alloc"})
_SHARED = frozenset(
    {
        "Builder", "Drain", "Entry", "Error", "Incoming", "IntoIter", "Iter", "IterMut", "Keys", "Range", "Result",
        "Values", "Write",
    }
)  # fmt: skip
"""Names that several items of the standard library have; the module they are in belongs to theirs."""
_NAMED = frozenset({SymbolKind.INTERFACE, SymbolKind.CLASS, SymbolKind.ENUM})
_DERIVED = frozenset({"Clone", "Copy", "Debug", "Default", "Eq", "Hash", "Ord", "PartialEq", "PartialOrd"})
"""Derived without an import."""
_PRELUDE = frozenset(
    {
        "AsMut", "AsRef", "Box", "Clone", "Copy", "Default", "DoubleEndedIterator", "Drop", "Eq", "ExactSizeIterator",
        "Extend", "Fn", "FnMut", "FnOnce", "From", "FromIterator", "Into", "IntoIterator", "Iterator", "Option", "Ord",
        "PartialEq", "PartialOrd", "Send", "Sized", "String", "Sync", "ToOwned", "ToString", "TryFrom", "TryInto",
        "Unpin", "Vec",
    }
)  # fmt: skip
"""Known without an import."""


def outside_name(names: Names, document: int, occurrence: int) -> tuple[str, ...]:
    """See Outside. What is written decides where it can; other files are not looked at then."""
    facts = names.program.facts(document)
    node = facts.occurrences.node[occurrence]
    if node < 0 or facts.nodes.op[node] not in (Op.NAME, Op.PATH):
        return ()
    path = _written(facts, node, frozenset({node}))
    if path[0] in _STANDARD:
        return _standard(path)
    if len(path) > 1:
        return () if path[0] in ("crate", "self", "super", "Self") else path
    if path[0] in (_DERIVED if facts.occurrences.role[occurrence] == Role.DERIVE else _PRELUDE):
        return _standard(path)
    refs = names.named(document, node, TYPE)
    known = refs and all(ref < 0 and ref != ELSEWHERE_REF for ref in refs)
    return _standard(path) if known and names.files.kind(refs[0]) in _NAMED else ()


def _standard(path: tuple[str, ...]) -> tuple[str, ...]:
    last = path[-1]
    if last not in _SHARED:
        return ("std", last)
    module = next((part for part in reversed(path[1:-1]) if part != "prelude"), "")
    return ("std", module, last) if module else ()


def _written(facts: Facts, node: int, taken: frozenset[int]) -> tuple[str, ...]:
    """The segments of a path, its first one replaced by what the document imports under that name; not by an import
    that led here: in `use a::a` the first is a crate.
    """
    segments: list[str] = []
    nodes, names = facts.nodes, facts.occurrences.name
    while node >= 0 and nodes.op[node] == Op.PATH:
        segments.append(facts.strings[names[nodes.b[node]]])
        node = nodes.a[node]
    if node < 0 or nodes.op[node] != Op.NAME:
        return tuple(reversed(segments)) or ("",)
    first = nodes.a[node]
    imported = _imported(facts, first)
    if imported < 0 or imported in taken:
        return (facts.strings[names[first]], *reversed(segments))
    return (*_written(facts, imported, taken | {imported}), *reversed(segments))


def _imported(facts: Facts, occurrence: int) -> int:
    """The path that a `use` around an occurrence binds to its name; -1 if none does."""
    wanted, bindings, nodes = facts.occurrences.name[occurrence], facts.bindings, facts.nodes
    around: list[int] | None = None
    for binding, name in enumerate(bindings.name):
        if name != wanted or bindings.kind[binding] != BindingKind.IMPORT:
            continue
        around = around or _scopes_around(facts, facts.occurrences.scope[occurrence])
        value = bindings.value[binding]
        if bindings.scope[binding] in around and value >= 0 and nodes.op[value] == Op.IMPORT_PATH:
            return nodes.a[value]
    return -1


def _scopes_around(facts: Facts, scope: int) -> list[int]:
    """The scopes whose imports are seen from one: up to the module's."""
    out = [scope]
    while facts.scopes.kind[scope] != ScopeKind.MODULE and facts.scopes.parent[scope] >= 0:
        scope = facts.scopes.parent[scope]
        out.append(scope)
    return out
