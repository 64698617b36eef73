"""What an external path is called where it is defined: `std::Debug` for `Debug`, `fmt::Debug` and `std::fmt::Debug`.

The standard library gives nearly every trait and type a name of its own, and re-exports it at several paths: the last
segment tells it. So do other crates, and pass on what a crate of the same family defines: `futures::stream::Stream` and
`futures_core::Stream` are `futures::Stream`. What a module of the workspace passes on is followed to its origin.
"""

from __future__ import annotations

from isg_analysis.languages.rust.resolver.files import ELSEWHERE_REF, TYPE
from isg_analysis.languages.rust.resolver.names import Names, Refs
from isg_analysis.model.facts import BindingKind, Facts, ScopeKind
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.program import Ref

_STANDARD = frozenset({"std", "core", "alloc"})
_OWN = frozenset({"crate", "self", "super"})
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
    if len(path) == 1 and path[0] in (_DERIVED if facts.occurrences.role[occurrence] == Role.DERIVE else _PRELUDE):
        return _standard(path)
    if path[0] in _OWN or names.modules.extern(document, path[0]) is not None:
        path = _followed(names, document, node, frozenset())
    elif len(path) == 1:
        refs = names.named(document, node, TYPE)
        if refs and all(ref < 0 and ref != ELSEWHERE_REF for ref in refs):
            known = names.files.kind(refs[0]) in _NAMED
            return ("std", "result", "Result") if path[0] == "Result" else _standard(path) if known else ()
        scope = facts.occurrences.scope[occurrence]
        module = names.modules.module_of(document, facts.scopes.symbol[scope])
        path = _passed_on(names, module, path[0], frozenset()) if refs else ()
    return _defined(path)


def spelled_outside(
    names: Names, module: Ref, path: tuple[str, ...], refs: Refs, *, derived: bool = False
) -> tuple[str, ...]:
    """The same of a path that stands in no facts, seen from a module; `refs`: what it means."""
    if len(path) == 1 and path[0] in (_DERIVED if derived else _PRELUDE):
        return _standard(path)
    origin = _passed_on(names, module, path[0], frozenset())
    if not origin and len(path) == 1:
        known = bool(refs) and names.files.kind(refs[0]) in _NAMED and ELSEWHERE_REF not in refs
        return _standard(path) if known else ()
    return _defined((*(origin or path[:1]), *path[1:])) if path[0] not in _OWN else ()


def _defined(path: tuple[str, ...]) -> tuple[str, ...]:
    """A whole path as what it leads to is called; nothing for what is not told from others."""
    if not path or path[0] in _STANDARD:
        return _standard(path) if path else ()
    return path if len(path) < 2 or path[-1] in _SHARED else (path[0].partition("_")[0], path[-1])


def _followed(names: Names, document: int, node: int, taken: frozenset[tuple[int, str]]) -> tuple[str, ...]:
    """The segments of a path, what the workspace's modules pass on replaced by where they have it from."""
    facts = names.program.facts(document)
    nodes = facts.nodes
    if nodes.op[node] == Op.PATH:
        base, name = nodes.a[node], facts.strings[facts.occurrences.name[nodes.b[node]]]
        if base < 0:
            return (name,)
        modules = [ref for ref in names.named(document, base, TYPE) if ref >= 0 and _is_module(names, ref)]
        if modules:
            return _passed_on(names, modules[0], name, taken)
        before = _followed(names, document, base, taken)
        return (*before, name) if before else ()
    if nodes.op[node] != Op.NAME:
        return ()
    imported = _imported(facts, nodes.a[node])
    if imported >= 0 and imported != node and (document, str(imported)) not in taken:
        return _followed(names, document, imported, taken | {(document, str(imported))})
    return (facts.strings[facts.occurrences.name[nodes.a[node]]],)


def _passed_on(names: Names, module: Ref, name: str, taken: frozenset[tuple[int, str]]) -> tuple[str, ...]:
    """Where a module of the workspace has a name from that it does not define: by a `use` of it, or by a glob."""
    if (module, name) in taken:
        return ()
    taken |= {(module, name)}
    file, row = names.files.of(module)
    here, bindings = file.facts.bindings_by_scope.get(file.symbols.scope[row], {}), file.bindings
    for binding in here.get(file.facts.string_ids.get(name, -1), ()):
        value = bindings.value[binding]
        if bindings.kind[binding] == BindingKind.IMPORT and file.op(value) == Op.IMPORT_PATH:
            return _followed(names, file.document, file.facts.nodes.a[value], taken)
    for binding in here.get(file.facts.string_ids.get("*", -1), ()):
        for target in names.named(file.document, bindings.value[binding], TYPE):
            found = _passed_on(names, target, name, taken) if target >= 0 and _is_module(names, target) else ()
            if found:
                return found
    return ()


def _is_module(names: Names, ref: Ref) -> bool:
    return names.files.kind(ref) == SymbolKind.MODULE


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
