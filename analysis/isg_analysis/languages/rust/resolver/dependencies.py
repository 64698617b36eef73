"""Module dependencies: which module of its crate, or of another crate of the workspace, each `use` needs.

It is the last module on the path as it is written: `use crate::a::b::Thing` needs `a::b`, whoever passes `Thing` on
there. `mod x;` declares a part of a module and needs nothing, and a module and one that lies in it belong together:
what they take from each other is no dependency. But `use super::Thing`, where the module around only passes `Thing` on,
needs the module that has it.
"""

from __future__ import annotations

from collections.abc import Iterator

from isg_analysis.languages.rust.resolver.files import ANY, TYPE, File
from isg_analysis.languages.rust.resolver.names import Names
from isg_analysis.model.imports import strength_of
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.program import ModuleDependency, Ref, document_of, is_binding, row_of


def module_dependencies(names: Names, document: int) -> Iterator[ModuleDependency]:
    """See Resolver.dependencies. What one tree takes from one module counts as the first of these statements."""
    file = names.files[document]
    imports, nodes = file.facts.imports, file.facts.nodes
    first: dict[int, int] = {}
    for statement, node in enumerate(imports.node):
        if file.op(node) != Op.IMPORT_PATH:
            continue
        at, target, taken = _last_module(names, file, nodes.a[node])
        if target is None:
            continue
        name = file.name(nodes.b[taken]) if taken >= 0 else ""
        source = names.modules.module_of(document, file.facts.scopes.symbol[imports.scope[statement]])
        if target in _around(names, source):
            at, target = taken, _home(names, document, taken)
        if target is not None and source not in _around(names, target) and target not in _around(names, source):
            strength = strength_of(imports.flags[statement])
            yield ModuleDependency(first.setdefault(at, statement), source, target, strength, name)


def _last_module(names: Names, file: File, node: int) -> tuple[int, Ref | None, int]:
    """The node on a path up to which it names a module, that module, and the node one name further, -1 if none; no
    module where the path leads to none of the workspace, or to one of several.
    """
    taken = -1
    while node >= 0 and file.op(node) in (Op.PATH, Op.NAME):
        found = names.named(file.document, node, TYPE)
        modules = [ref for ref in found if ref >= 0 and names.files.kind(ref) == SymbolKind.MODULE]
        if modules:
            return node, (modules[0] if len(modules) == 1 else None), taken
        if file.op(node) == Op.NAME:
            break
        taken, node = node, file.facts.nodes.a[node]
    return -1, None, -1


def _home(names: Names, document: int, node: int) -> Ref | None:
    """The module of the workspace that what a path means is defined in; None where there is none, or several."""
    if node < 0:
        return None
    homes = {
        names.modules.module_of(document_of(ref), row_of(ref))
        for ref in names.named(document, node, ANY)
        if ref >= 0 and not is_binding(ref)
    }
    return homes.pop() if len(homes) == 1 else None


def _around(names: Names, module: Ref) -> set[Ref]:
    """A module and all those it lies in."""
    out: set[Ref] = set()
    at: Ref | None = module
    while at is not None and at not in out:
        out.add(at)
        at = names.modules.parent(at)
    return out
