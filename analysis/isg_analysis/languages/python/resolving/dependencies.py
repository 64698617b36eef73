"""Module dependencies: which module of the workspace each import statement needs.

As grimp and pylint count: `from p import m` depends on `p.m` where that is a module, and on `p` otherwise; that Python
runs the `__init__` of every package around it is not counted, nor is a module's import of itself. Stubs are never run:
what they import is for type checkers.
"""

from __future__ import annotations

from collections.abc import Iterator

from isg_analysis.languages.python.resolving.documents import DocumentView
from isg_analysis.languages.python.resolving.modules import Found
from isg_analysis.languages.python.resolving.names import Names
from isg_analysis.languages.python.resolving.values import Module
from isg_analysis.model.facts import BindingFlag
from isg_analysis.model.imports import Strength, strength_of
from isg_analysis.model.ops import Op
from isg_analysis.resolve.program import ModuleDependency, symbol_ref


def module_dependencies(names: Names, view: DocumentView) -> Iterator[ModuleDependency]:
    """See Resolver.dependencies."""
    imports, own = view.facts.imports, symbol_ref(view.number, 0)
    is_stub = view.path.endswith(".pyi")
    for statement, node in enumerate(imports.node):
        if imports.flags[statement] & BindingFlag.UNREACHABLE:
            continue
        found, name = _needed(names, view, node)
        if isinstance(found, Module) and found.document != view.number:
            strength = Strength.TYPE_ONLY if is_stub else strength_of(imports.flags[statement])
            yield ModuleDependency(statement, own, symbol_ref(found.document, 0), strength, name)


def _needed(names: Names, view: DocumentView, node: int) -> tuple[Found | None, str]:
    """(what an import names, the name it takes from there)."""
    if view.op[node] != Op.IMPORT_FROM:
        return names.imported_module(view, node), ""
    module, name = names.imported_module(view, view.a[node]), view.name(view.b[node])
    below = names.submodule(module, name) if module is not None else None
    return (below, "") if isinstance(below, Module) else (module, name)
