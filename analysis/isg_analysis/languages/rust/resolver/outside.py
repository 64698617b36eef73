"""What an external path is called where it is defined: `std::Debug` for `Debug`, `fmt::Debug` and `std::fmt::Debug`.

The standard library gives nearly every trait and type a name of its own, and re-exports it at several paths: the last
segment tells it. What lies in another crate goes by the whole path that is written or imported.
"""

from __future__ import annotations

from isg_analysis.languages.rust.resolver.files import ELSEWHERE_REF, TYPE, File
from isg_analysis.languages.rust.resolver.names import Names
from isg_analysis.model.facts import BindingKind, ScopeKind
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
_DERIVED = frozenset(
    {"Clone", "Copy", "Debug", "Default", "Eq", "Hash", "Ord", "PartialEq", "PartialOrd"}
)  # derived without an import


def outside_name(names: Names, document: int, occurrence: int) -> str:
    """See Outside."""
    file = names.files[document]
    node = file.occurrences.node[occurrence]
    if file.op(node) not in (Op.NAME, Op.PATH):
        return ""
    path = _written(file, node)
    if path[0] in _STANDARD:
        return _standard(path)
    if len(path) > 1:
        return "" if path[0] in ("crate", "self", "super", "Self") else "::".join(path)
    if file.occurrences.role[occurrence] == Role.DERIVE and path[0] in _DERIVED:
        return _standard(path)
    refs = names.named(document, node, TYPE)
    known = refs and all(ref < 0 and ref != ELSEWHERE_REF for ref in refs)
    return _standard(path) if known and names.files.kind(refs[0]) in _NAMED else ""


def _standard(path: tuple[str, ...]) -> str:
    last = path[-1]
    if last not in _SHARED:
        return f"std::{last}"
    module = next((part for part in reversed(path[1:-1]) if part != "prelude"), "")
    return f"std::{module}::{last}" if module else ""


def _written(file: File, node: int) -> tuple[str, ...]:
    """The segments of a path, its first one replaced by what the document imports under that name."""
    segments: list[str] = []
    while file.op(node) == Op.PATH:
        segments.append(file.name(file.facts.nodes.b[node]))
        node = file.facts.nodes.a[node]
    if file.op(node) != Op.NAME:
        return tuple(reversed(segments)) or ("",)
    first = file.facts.nodes.a[node]
    imported = _imported(file, first)
    return (*(_written(file, imported) if imported >= 0 else (file.name(first),)), *reversed(segments))


def _imported(file: File, occurrence: int) -> int:
    """The path that a `use` around an occurrence binds to its name; -1 if none does."""
    name, scope = file.occurrences.name[occurrence], file.occurrences.scope[occurrence]
    kinds, values = file.bindings.kind, file.bindings.value
    if file.occurrences.role[occurrence] == Role.IMPORT:
        return -1
    while scope >= 0:
        for binding in file.facts.bindings_by_scope.get(scope, {}).get(name, ()):
            value = values[binding]
            if kinds[binding] == BindingKind.IMPORT and file.op(value) == Op.IMPORT_PATH:
                return file.facts.nodes.a[value]
        if file.facts.scopes.kind[scope] == ScopeKind.MODULE:
            return -1
        scope = file.facts.scopes.parent[scope]
    return -1
