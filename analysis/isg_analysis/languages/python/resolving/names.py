"""Names: scopes and bindings, what an import finally means, what a module shows.

A *target* is a Ref (symbol or binding), or a Module, Namespace or Foreign thing. Nothing here knows types.
"""

from __future__ import annotations

import builtins
from collections.abc import Sequence

from isg_analysis.languages.python.resolving.documents import DocumentView
from isg_analysis.languages.python.resolving.flags import CONDITIONAL, OVERLOAD, SETTER, UNREACHABLE, UNREACHABLE_SYMBOL
from isg_analysis.languages.python.resolving.modules import Found, Modules
from isg_analysis.languages.python.resolving.values import Foreign, Module, Namespace
from isg_analysis.model.facts import BindingKind, ScopeKind
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.memo import Memo
from isg_analysis.resolve.program import Program, Ref, binding_ref, document_of, row_of, symbol_ref

Target = Ref | Module | Namespace | Foreign
Targets = tuple[Target, ...]

_BUILTINS = frozenset(dir(builtins)) | {
    "__file__", "__name__", "__doc__", "__path__", "__spec__", "__package__", "__loader__", "__dict__", "__builtins__",
    "__class__", "__qualname__", "__module__", "__annotations__", "reveal_type", "WindowsError", "unicode",
}  # fmt: skip
_CROSSED = frozenset({ScopeKind.FUNCTION, ScopeKind.LAMBDA, ScopeKind.COMPREHENSION})
_KEPT_BESIDE = OVERLOAD | SETTER
_MAX_CHAIN = 60


class Names(Modules):
    """Lexical look-up and imports."""

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self._shown = self.memo_of_names(self._find_shown, self._below_module)
        self._brought_in: Memo[tuple[int, int], Targets] = self.memo_of_nodes(self._find_brought_in, ())

    def name_targets(self, view: DocumentView, occurrence: int) -> Targets:
        """What the name at an occurrence means, looked up from its scope."""
        occurrences = view.occurrences
        scope, name = view.frame(occurrences.scope[occurrence]), occurrences.name[occurrence]
        rows, where = self.visible(view, scope, name, occurrences.start[occurrence])
        if rows:
            return self.bindings_targets(view, rows)
        if where is not None:
            return where
        text = view.strings[name]
        return (Foreign(f"builtins.{text}"),) if text in _BUILTINS else self._from_foreign_star(view, text)

    def _from_foreign_star(self, view: DocumentView, name: str) -> Targets:
        """A name that nothing here gives, where one module from outside gives what it likes."""
        modules = self.foreign_stars(view)
        return (Foreign(f"{modules[0].name}.{name}"),) if len(modules) == 1 else ()

    def visible(self, view: DocumentView, frame: int, name: int, offset: int) -> tuple[Sequence[int], Targets | None]:
        """(bindings that a name may mean, None), or ((), what star imports give), from the inside out."""
        scope, crossed, use_frame = frame, False, frame
        kinds, parents = view.scopes.kind, view.scopes.parent
        late: Sequence[int] = ()
        while scope >= 0:
            kind = kinds[scope]
            if not (crossed and kind == ScopeKind.CLASS):
                ordered = scope == use_frame and kind != ScopeKind.COMPREHENSION
                rows = self._reaching(view, scope, name, offset if ordered else -1)
                if rows:
                    first = view.bindings.kind[rows[0]]
                    if first == BindingKind.GLOBAL:
                        return self.visible(view, 0, name, -1) if scope else ((), None)
                    if first != BindingKind.NONLOCAL and rows[0] >= 0:
                        return rows, None
                elif not late and scope == use_frame:
                    late = self._reaching(view, scope, name, -1)
                    if late and kind == ScopeKind.FUNCTION:
                        return late, None
                given = self._from_stars(view, scope, name)
                if given:
                    return (), given
            crossed = crossed or kind in _CROSSED
            scope = view.frame(parents[scope]) if parents[scope] >= 0 else -1
        later = late and view.bindings.kind[late[0]] not in (BindingKind.GLOBAL, BindingKind.NONLOCAL)
        if later and view.strings[name] not in _BUILTINS:
            return late, None
        return (), None

    def _reaching(self, view: DocumentView, scope: int, name: int, offset: int) -> Sequence[int]:
        """The definitions of a scope that may be in force: before `offset` where it is one (-1: at the end)."""
        rows = view.defining(scope, name)
        if not rows:
            return ()
        if len(rows) == 1:
            row = rows[0]
            at = view.bindings.occurrence[row]
            return () if offset >= 0 and at >= 0 and view.occurrences.start[at] > offset else rows
        out: list[int] = []
        bindings, occurrences = view.bindings, view.occurrences
        for row in rows:
            at = bindings.occurrence[row]
            if at >= 0 and offset >= 0 and occurrences.start[at] > offset:
                continue
            if out and offset >= 0 and self._is_heading(view, row, offset):
                continue
            if out and at >= 0 and occurrences.scope[at] == scope and self._replaces(view, out, row):
                out = []
            out.append(row)
        flags = bindings.flags
        return [row for row in out if not flags[row] & UNREACHABLE] or out

    def _is_heading(self, view: DocumentView, row: int, offset: int) -> bool:
        """Whether a place is among the bases of the class that a binding is of: its name means what was before."""
        symbol = view.bindings.symbol[row]
        scope = view.symbols.scope[symbol] if symbol >= 0 else -1
        if scope < 0 or view.scopes.kind[scope] != ScopeKind.CLASS:
            return False
        return view.symbols.name_end[symbol] <= offset < view.scopes.start[scope]

    def _replaces(self, view: DocumentView, before: list[int], row: int) -> bool:
        """Whether an unconditional definition makes the earlier ones unreachable: not among overloads, accessors."""
        symbol, earlier = view.bindings.symbol[row], view.bindings.symbol[before[-1]]
        if earlier < 0:
            return True
        flags = view.symbols.flags
        if symbol >= 0 and flags[symbol] & _KEPT_BESIDE:
            return False
        return not flags[earlier] & _KEPT_BESIDE

    def bindings_targets(self, view: DocumentView, rows: Sequence[int]) -> Targets:
        """The targets of several bindings, in order, each once."""
        if len(rows) == 1:
            return self.binding_targets(view, rows[0])
        out: dict[Target, None] = {}
        for row in rows:
            out.update(dict.fromkeys(self.binding_targets(view, row)))
        return tuple(out)

    def binding_targets(self, view: DocumentView, row: int) -> Targets:
        """A symbol, a local, or what an import finally names."""
        kind = view.bindings.kind[row]
        if kind == BindingKind.SYMBOL:
            return (symbol_ref(view.number, view.bindings.symbol[row]),)
        if kind == BindingKind.IMPORT:
            return self.import_targets(view, view.bindings.value[row])
        return (binding_ref(view.number, row),)

    def import_targets(self, view: DocumentView, node: int) -> Targets:
        """What an IMPORT_MODULE or IMPORT_FROM node brings in."""
        if view.op[node] == Op.IMPORT_MODULE:
            found = self.imported_module(view, node)
            return (found,) if found is not None else ()
        return self._brought_in((view.number, node))

    def _find_brought_in(self, key: tuple[int, int]) -> Targets:
        view, node = self.view(key[0]), key[1]
        module = self.imported_module(view, view.a[node])
        return self.member_of_module(module, view.name(view.b[node])) if module is not None else ()

    def alias_at(self, view: DocumentView, occurrence: int) -> Ref | None:
        """See Renames.alias."""
        occurrences = view.occurrences
        name, node = occurrences.name[occurrence], occurrences.node[occurrence]
        scope = view.frame(occurrences.scope[occurrence])
        if occurrences.role[occurrence] == Role.IMPORT:
            named = [row for row in view.defining(scope, name) if view.bindings.occurrence[row] == occurrence]
        elif node >= 0 and view.op[node] == Op.NAME:
            named = list(self.visible(view, scope, name, occurrences.start[occurrence])[0])
        else:
            return None
        renamed = bool(named) and all(self._renames(view, row) for row in named)
        return binding_ref(view.number, named[0]) if renamed else None

    def _renames(self, view: DocumentView, row: int) -> bool:
        """Whether a binding is of an import that gives another name than the one it imports."""
        if view.bindings.kind[row] != BindingKind.IMPORT:
            return False
        node = view.bindings.value[row]
        named = node if view.op[node] == Op.IMPORT_FROM else view.a[node]
        return named >= 0 and view.occurrences.name[view.b[named]] != view.bindings.name[row]

    def imported_module(self, view: DocumentView, node: int) -> Found | None:
        """The module an IMPORT_MODULE node names."""
        if node in view.imported:
            known: Found | None = view.imported[node]
            return known
        found = self.path_module(view, view.a[node], len(view.strings[view.b[node]]))
        view.imported[node] = found
        return found

    def path_module(self, view: DocumentView, node: int, dots: int) -> Found | None:
        """The module a PATH node names, `dots` leading dots before its first component."""
        names: list[str] = []
        while node >= 0:
            names.append(view.name(view.b[node]))
            node = view.a[node]
        if not names and not dots:
            return None  # `from import x`, half written
        names.reverse()
        found = self.relative(view, dots) if dots else self.top_level(view, names.pop(0))
        for name in names:
            if found is None:
                return None
            found = self.submodule(found, name)
        return found

    def member_of_module(self, module: Found, name: str) -> Targets:
        """`module.name`: what its scope binds, else its submodule."""
        if not isinstance(module, Module):
            found = self.submodule(module, name)
            return (found,) if found is not None else ()
        return self._shown((module.document, name))

    def _below_module(self, key: tuple[int, str]) -> Targets:
        """The submodule of that name."""
        below = self.submodule(Module(key[0]), key[1])
        return (below,) if below is not None else ()

    def _find_shown(self, key: tuple[int, str]) -> Targets:
        view, module, name = self.view(key[0]), Module(key[0]), key[1]
        string = view.string_ids.get(name, -1)
        rows: list[int] = []
        if string >= 0:
            rows = [
                row for row in self._reaching(view, 0, string, -1)
                if not self._imports_itself(view, row, module, name)
            ]  # fmt: skip
        if rows:
            found = self.bindings_targets(view, rows)
            if found:
                return found
        found = self._stars(view, 0, name) or self._below_module(key)
        return found or (() if name.startswith("_") else self._shown_elsewhere(view, name))

    def _shown_elsewhere(self, view: DocumentView, name: str) -> Targets:
        """A name that the module's own text does not give: its stub does, or what cannot be looked into."""
        stub = self.program.document(f"{view.path}i") if view.path.endswith(".py") else None
        found = self.member_of_module(Module(stub), name) if stub is not None else ()
        if found:
            return found
        dynamic = view.defining(0, view.string_ids.get("__getattr__", -1))
        return (Foreign(name),) if dynamic else self._from_foreign_star(view, name)

    def _imports_itself(self, view: DocumentView, row: int, module: Module, name: str) -> bool:
        """`from . import name` in a package's `__init__`: the submodule, not a binding to look into."""
        if view.bindings.kind[row] != BindingKind.IMPORT:
            return False
        node = view.bindings.value[row]
        if view.op[node] != Op.IMPORT_FROM or view.name(view.b[node]) != name:
            return False
        return self.imported_module(view, view.a[node]) == module

    def _from_stars(self, view: DocumentView, scope: int, name: int) -> Targets:
        if view.star < 0 or not view.by_scope.get(scope, {}).get(view.star):
            return ()
        return self._stars(view, scope, view.strings[name])

    def _stars(self, view: DocumentView, scope: int, name: str) -> Targets:
        """What `from m import *` in a scope gives under a name; the last statement that has it wins."""
        if view.star < 0:
            return ()
        for row in reversed(view.by_scope.get(scope, {}).get(view.star, ())):
            module = self.imported_module(view, view.bindings.value[row])
            if isinstance(module, Module) and module.document != view.number and self.shows(module, name):
                found = self.member_of_module(module, name)
                if found:
                    return found
        return ()

    def shows(self, module: Module, name: str) -> bool:
        """Whether `from module import *` brings the name: `__all__` says so, or the name is public."""
        view = self.view(module.document)
        exports = view.memo.get("__all__ names")
        if exports is None:
            occurrences = view.occurrences
            exports = frozenset(
                occurrences.name[at] for at, role in enumerate(occurrences.role)
                if role == Role.TEXT and view.op[occurrences.node[at]] == Op.NAME
            )  # fmt: skip
            view.memo["__all__ names"] = exports
        if view.string_ids.get(name, -1) in exports:
            return True
        return not name.startswith("_") and not exports

    def foreign_stars(self, view: DocumentView) -> list[Foreign]:
        """The modules from outside of which star imports bring names nobody here can know."""
        known = view.memo.get("foreign stars")
        if known is None:
            rows = view.by_scope.get(0, {}).get(view.star, ()) if view.star >= 0 else ()
            modules = (self.imported_module(view, view.bindings.value[row]) for row in rows)
            known = view.memo["foreign stars"] = [one for one in modules if isinstance(one, Foreign)]
        found: list[Foreign] = known
        return found

    def static_targets(self, view: DocumentView, node: int, depth: int = 0) -> Targets:
        """What a NAME or a MEMBER of modules and classes means, without looking at any type."""
        if node < 0 or depth > _MAX_CHAIN:
            return ()
        op = view.op[node]
        if op == Op.NAME:
            return self.name_targets(view, view.a[node])
        if op == Op.STRING_TYPE:
            return self.static_targets(view, view.a[node], depth + 1)
        if op in (Op.GENERIC, Op.INDEX):
            return self.static_targets(view, view.a[node], depth + 1)
        if op != Op.MEMBER:
            return ()
        name = view.name(view.b[node])
        out: dict[Target, None] = {}
        for target in self.static_targets(view, view.a[node], depth + 1):
            if isinstance(target, int):
                out.update(dict.fromkeys(self.static_member(target, name)))
            else:
                out.update(dict.fromkeys(self.member_of_module(target, name)))
        return tuple(out)

    def static_member(self, ref: Ref, name: str) -> Targets:
        """A member written in a class's own body."""
        view = self.view(document_of(ref))
        if ref & 1:
            return ()
        return tuple(symbol_ref(view.number, row) for row in self.own_members(view, row_of(ref), name))

    def own_members(self, view: DocumentView, symbol: int, name: str) -> Sequence[int]:
        """The symbols a class itself declares under a name; replaced ones left out."""
        found = view.facts.members.get(symbol)
        rows = found.get(view.string_ids.get(name, -1)) if found else None
        if not rows:
            return ()
        kinds = view.symbols.kind
        if len(rows) == 1:
            return () if kinds[rows[0]] == SymbolKind.TYPE_PARAMETER else rows
        flags = view.symbols.flags
        out: list[int] = []
        for row in rows:
            if kinds[row] == SymbolKind.TYPE_PARAMETER:
                continue
            keeps = out and (flags[row] | flags[out[-1]]) & (_KEPT_BESIDE | CONDITIONAL)
            if out and not keeps:
                out = []
            out.append(row)
        return [row for row in out if not flags[row] & UNREACHABLE_SYMBOL] or out
