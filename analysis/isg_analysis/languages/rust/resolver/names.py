"""Names and paths: lexical scopes, modules, imports, globs, re-exports, macros.

Every lookup is for one namespace and gives Refs: several where alternatives stand side by side (under cfg), none when
the name is unknown, EXTERNAL_REF (or another negative Ref) when it lies outside the workspace.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence

from isg_analysis.languages.rust.marks import LEADING
from isg_analysis.languages.rust.resolver.files import (
    ANY,
    ELSEWHERE_REF,
    EXTERNAL_REF,
    MACRO,
    NAMESPACE,
    STUBS,
    TYPE,
    VALUE,
    File,
    Files,
)
from isg_analysis.languages.rust.resolver.globs import Globs
from isg_analysis.languages.rust.resolver.memo import by_module, by_place, by_ref
from isg_analysis.languages.rust.resolver.modules import ModuleTree
from isg_analysis.model.facts import BindingFlag, BindingKind, ScopeKind
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolFlag, SymbolKind
from isg_analysis.resolve.footprints import defined
from isg_analysis.resolve.memo import Answers, Memo
from isg_analysis.resolve.program import Program, Ref, binding_ref, document_of, is_binding, symbol_ref

Refs = tuple[Ref, ...]
STANDARD: Refs = (EXTERNAL_REF,)
ELSEWHERE: Refs = (ELSEWHERE_REF,)

_ROLE_NAMESPACE = {
    Role.TYPE: TYPE, Role.BASE: TYPE, Role.READ: VALUE, Role.WRITE: VALUE, Role.CALL: VALUE, Role.MACRO: MACRO,
    Role.DECORATOR: MACRO, Role.DERIVE: TYPE | MACRO, Role.IMPORT: ANY, Role.TEXT: VALUE, Role.KEYWORD: VALUE,
}  # fmt: skip
NAMESPACE_OF_ROLE = [_ROLE_NAMESPACE.get(Role(role), VALUE) if role else VALUE for role in range(max(Role) + 1)]
_STANDARD = frozenset({"std", "core", "alloc", "proc_macro", "test"})
PRIMITIVES = frozenset({
    "bool", "char", "str", "usize", "isize", "u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128",
    "f32", "f64",
})  # fmt: skip
"""Types that any item of their name hides: they are no keywords."""
_LOCALS = (BindingKind.LOCAL, BindingKind.PARAMETER, BindingKind.LABEL)


class Names(ABC):
    """Lookup of simple names and module paths. Members of types are in `members`."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.answers = Answers(program.steady)
        self.files = Files(program, self.answers.footprints)
        self.modules = ModuleTree(self.files, self.answers, program.layout("rust"))
        self.globs = Globs(self.files, self.answers, self.named)
        self._traits: Memo[Ref, frozenset[Ref]] = by_ref(self.answers, frozenset(), self._find_traits)
        self._in_module: Memo[tuple[Ref, str, int], Refs] = by_module(self.answers, (), self._find_in_module)
        self._named: Memo[tuple[int, int, int], Refs] = by_place(self.answers, (), self._find_named)

    def definitions(self, name: str) -> Sequence[Ref]:
        """Every symbol of the workspace's Rust with this name."""
        self.answers.footprints.note(defined(name))
        return self.program.definitions(name, "rust")

    @abstractmethod
    def associated(self, document: int, base: int, name: str, namespace: int) -> Refs:
        """What `base::name` means where `base` is a type: see Members."""

    def named(self, document: int, node: int, namespace: int) -> Refs:
        """What a naming node (NAME, PATH, GENERIC, QUALIFIED, IMPORT_PATH ...) means in a namespace."""
        return self._named((document, node, namespace))

    def _find_named(self, key: tuple[int, int, int]) -> Refs:
        document, node, namespace = key
        file = self.files[document]
        op = file.op(node)
        if op == Op.NAME:
            occurrence = file.facts.nodes.a[node]
            if file.facts.nodes.b[node] == LEADING:
                found = (
                    self._from_root(document, file.name(occurrence), namespace)
                    if self._starts_at_root(document)
                    else self._leading_crate(file, occurrence)
                )
                if found:
                    return found
            return self._simple(file, occurrence, namespace)
        if op == Op.PATH:
            return self._path(file, node, namespace)
        if op in (Op.GENERIC, Op.IMPORT_PATH):
            return self.named(document, file.facts.nodes.a[node], namespace)
        if op == Op.IMPORT_MODULE:
            at = file.facts.nodes.a[file.facts.nodes.a[node]]
            return self._module_file(file, at) if namespace & TYPE else ()
        return ()

    def _starts_at_root(self, document: int) -> bool:
        """Whether `use` trees and `::name` start at the crate's root: before edition 2018."""
        package = self.modules.package(document)
        return package is not None and package["edition"] == "2015"

    def _from_root(self, document: int, name: str, namespace: int) -> Refs:
        """A name of the crate's root; nothing for the keywords that lead a path."""
        return self.in_module(symbol_ref(self.modules.crate(document), 0), name, namespace)

    def _leading_crate(self, file: File, occurrence: int) -> Refs:
        """The crate that leads a `use` path: a glob may not hide it there, only what is written out in sight."""
        name = file.name(occurrence)
        crate = self._crate_named(file.document, name)
        if not crate:
            return ()
        known = file.facts.string_ids.get(name, -1)
        at = file.occurrences.scope[occurrence]
        while at >= 0:
            for binding in file.facts.bindings_by_scope.get(at, {}).get(known, ()):
                if file.bindings.occurrence[binding] != occurrence:
                    return ()
            if file.facts.scopes.kind[at] == ScopeKind.MODULE:
                break
            at = file.facts.scopes.parent[at]
        return crate

    def _module_file(self, file: File, occurrence: int) -> Refs:
        scope = file.occurrences.scope[occurrence]
        module = self.modules.module_of(file.document, file.facts.scopes.symbol[scope])
        out: list[Ref] = []
        for binding in self.modules.declarations(module, file.name(occurrence)):
            if file.bindings.occurrence[binding] == occurrence:
                out += [symbol_ref(number, 0) for number in self.modules.file_of(file.document, binding)]
        return tuple(out)

    def _simple(self, file: File, occurrence: int, namespace: int) -> Refs:
        """A NAME: keywords of paths, then lexical scopes."""
        name = file.name(occurrence)
        scope = file.occurrences.scope[occurrence]
        if name in ("crate", "super", "self", "Self", "$crate"):
            found = self._keyword(file, name, scope, occurrence)
            if found is not None:
                return found
        return self.lexical(file, scope, file.occurrences.start[occurrence], name, namespace, occurrence)

    def _keyword(self, file: File, name: str, scope: int, occurrence: int) -> Refs | None:
        document = file.document
        symbol = file.facts.scopes.symbol[scope]
        if name == "Self":
            return self.self_type(file, symbol)
        if name in ("crate", "$crate"):
            return (symbol_ref(self.modules.crate(document), 0),)
        module = self.modules.module_of(document, symbol)
        if name == "super":
            parent = self.modules.parent(module)
            return (parent,) if parent is not None else ()
        return (module,) if file.occurrences.role[occurrence] in (Role.TYPE, Role.IMPORT) else None

    def self_type(self, file: File, symbol: int) -> Refs:
        """What `Self` names inside a symbol: the impl's self type, the trait, the type."""
        while symbol > 0:
            kind = file.kinds[symbol]
            if kind == SymbolKind.IMPLEMENTATION:
                return self.named(file.document, file.head(file.symbols.type[symbol]), TYPE)
            if kind in (SymbolKind.INTERFACE, SymbolKind.CLASS, SymbolKind.ENUM, SymbolKind.UNION):
                return (symbol_ref(file.document, symbol),)
            symbol = file.parents[symbol]
        return ()

    def lexical(self, file: File, scope: int, offset: int, name: str, namespace: int, occurrence: int = -1) -> Refs:
        """A simple name seen from a scope at an offset."""
        known = file.facts.string_ids.get(name, -1)
        scopes, table = file.facts.scopes, file.facts.bindings_by_scope
        glob = file.facts.string_ids.get("*", -2)
        outside: Refs = ()
        at = scope
        while at >= 0:
            if scopes.kind[at] == ScopeKind.MODULE:
                return self._beyond(file, symbol_ref(file.document, scopes.symbol[at]), name, namespace) or outside
            here = table.get(at)
            if here is not None:
                found = self._bound(file, here.get(known, ()), offset, namespace, occurrence)
                if not found and glob in here:
                    found = self._globbed(file, at, name, namespace)
                    outside = outside or (ELSEWHERE if self.globs.lead_outside(file, at) else ())
                if found:
                    return found
            at = scopes.parent[at]
        return ()

    def _bound(self, file: File, bindings: list[int] | tuple[int, ...], offset: int, namespace: int, own: int) -> Refs:
        """What the bindings of one scope give a name: the last visible local, else items and imports."""
        row = file.bindings
        if namespace & VALUE or (bindings and row.kind[bindings[0]] == BindingKind.LABEL):
            seen: list[Ref] = []
            for binding in reversed(bindings):
                if row.kind[binding] in _LOCALS and row.visible[binding] <= offset:
                    seen.append(binding_ref(file.document, binding))
                    if not row.flags[binding] & BindingFlag.FALLBACK:
                        break  # a `let` under cfg leaves the one before it in sight
            if seen:
                return tuple(seen)
        return self._items(file, bindings, namespace, own)

    def _items(self, file: File, bindings: list[int] | tuple[int, ...], namespace: int, own: int = -1) -> Refs:
        """Symbols and imports among bindings, in one namespace."""
        row, out = file.bindings, []
        for binding in bindings:
            kind = row.kind[binding]
            if kind == BindingKind.SYMBOL:
                symbol = row.symbol[binding]
                if NAMESPACE[file.kinds[symbol]] & namespace and not (
                    namespace == VALUE and self._is_braced(file, symbol)
                ):
                    out.append(symbol_ref(file.document, row.symbol[binding]))
            elif (
                kind == BindingKind.IMPORT
                and not row.flags[binding] & BindingFlag.ANONYMOUS
                and (own < 0 or row.occurrence[binding] != own)
            ):
                out += self.named(file.document, row.value[binding], namespace)
        if namespace == VALUE and len(out) > 1:
            plain = [ref for ref in out if ref < 0 or is_binding(ref) or self.files.kind(ref) != SymbolKind.CLASS]
            out = plain or out
        if len(out) > 1:  # of alternatives under cfg, the described ones
            inside = [ref for ref in out if ref >= 0]
            out = inside or [ref for ref in out if ref not in (EXTERNAL_REF, ELSEWHERE_REF)] or out[:1]
        return tuple(dict.fromkeys(out))

    def _is_braced(self, file: File, symbol: int) -> bool:
        """Whether the symbol is a struct with named fields: its name is no value."""
        if file.kinds[symbol] != SymbolKind.CLASS:
            return False
        members = file.facts.members.get(symbol, {}).values()
        fields = [rows[0] for rows in members if file.kinds[rows[0]] == SymbolKind.FIELD]
        return bool(fields) and not file.strings[file.symbols.name[fields[0]]].isdigit()

    def in_module(self, module: Ref, name: str, namespace: int) -> Refs:
        """What a module shows under a name: items, imports, then globs."""
        return self._in_module((module, name, namespace))

    def _find_in_module(self, key: tuple[Ref, str, int]) -> Refs:
        module, name, namespace = key
        if module == EXTERNAL_REF:
            return self._stub(name, namespace)
        if module == ELSEWHERE_REF:
            return ELSEWHERE
        file, row = self.files.of(module)
        found = self._written(file, row, name, namespace)
        return self._globbed(file, file.symbols.scope[row], name, namespace) if found is None else found

    def _written(self, file: File, row: int, name: str, namespace: int, users: Collection[Ref] = ()) -> Refs | None:
        """What a module itself has under a name; None if nothing.

        Of that only what all the `users`, which are modules too, may use.
        """
        known = file.facts.string_ids.get(name, -1)
        bindings = file.facts.bindings_by_scope.get(file.symbols.scope[row], {}).get(known, ())
        found = self._items(file, bindings, namespace) if bindings else ()
        if found and users:
            module = symbol_ref(file.document, row)
            shown = [binding for binding in bindings if self._is_shown(file, binding, module, users)]
            return found if len(shown) == len(bindings) else self._items(file, shown, namespace)
        if not found and namespace & MACRO and row == 0 and self.modules.file_parent(file.document) is None:
            found = self._exported(file.document, name)
        return found or None

    def _is_shown(self, file: File, binding: int, module: Ref, users: Collection[Ref]) -> bool:
        """Whether a binding in a module may be used in others."""
        symbol = file.bindings.symbol[binding]
        if file.bindings.kind[binding] != BindingKind.SYMBOL:
            return self._reaches(file.bindings.flags[binding], module, users)
        flags = file.flags[symbol]
        if flags & SymbolFlag.EXPORTED_MACRO:
            return True
        shown = BindingFlag.REEXPORT if flags & SymbolFlag.PUBLIC else 0
        return self._reaches(shown | (BindingFlag.RESTRICTED if flags & SymbolFlag.RESTRICTED else 0), module, users)

    def _reaches(self, flags: int, module: Ref, users: Collection[Ref]) -> bool:
        """Whether what a module binds with such BindingFlags may be used in others."""
        if not flags & BindingFlag.REEXPORT:
            return all(self.modules.encloses(module, user) for user in users)
        if flags & BindingFlag.RESTRICTED:
            crate = self.modules.crate(document_of(module))
            return all(self.modules.crate(document_of(user)) == crate for user in users)
        return True

    def _globbed(self, file: File, scope: int, name: str, namespace: int) -> Refs:
        """What the globs of a scope give a name. Of modules outside only what is described there is known.

        Goes on through the globs of modules that don't have the name themselves, once through each.
        """
        leads = self.globs.leads(file, scope)
        if not leads:
            return ()
        out: list[Ref] = []
        user = self.modules.module_of(file.document, file.facts.scopes.symbol[scope])
        seen = {user} if file.facts.scopes.kind[scope] == ScopeKind.MODULE else set()
        ahead = [(lead.target, user) for lead in leads]
        for target, through in ahead:
            if target in seen:
                continue
            seen.add(target)
            if self.files.kind(target) == SymbolKind.ENUM:
                variants = self.files.members(target, name)
                out += [ref for ref in variants if NAMESPACE[self.files.kind(ref)] & namespace]
            elif target < 0:
                found = self.in_module(target, name, namespace)
                out += [ref for ref in found if ref not in (EXTERNAL_REF, ELSEWHERE_REF)]
            elif (shown := self._written(*self.files.of(target), name, namespace, {user, through})) is not None:
                out += shown
            else:
                ahead += self._onward(target, user, through)
        inside = [ref for ref in out if ref >= 0] or [ref for ref in out if ref not in (EXTERNAL_REF, ELSEWHERE_REF)]
        return tuple(dict.fromkeys(inside or out))

    def _onward(self, module: Ref, *users: Ref) -> list[tuple[Ref, Ref]]:
        """Where the globs of a module lead that others may use; and the module."""
        file, row = self.files.of(module)
        leads = self.globs.leads(file, file.symbols.scope[row])
        return [(lead.target, module) for lead in leads if self._reaches(lead.flags, module, users)]

    def _opaque(self, module: Ref) -> Refs:
        """ELSEWHERE where a module takes in unknown names by a glob."""
        file, row = self.files.of(module)
        return ELSEWHERE if self.globs.lead_outside(file, file.symbols.scope[row]) else ()

    def _stub(self, name: str, namespace: int) -> Refs:
        """A name of the standard library: described in the stubs, or only known to be outside."""
        file = self.files[STUBS]
        known = file.facts.string_ids.get(name, -1)
        here = file.facts.bindings_by_scope.get(0, {}).get(known, ())
        return self._items(file, here, namespace) or STANDARD

    def _beyond(self, file: File, module: Ref, name: str, namespace: int) -> Refs:
        """A name that no scope inside the module has: the module, macros, crates, the prelude."""
        found = self.in_module(module, name, namespace)
        if found and not (found == ELSEWHERE and namespace == TYPE and self._names_crate(file.document, name)):
            return found
        if namespace & MACRO:
            macros = self.textual_macro(file.document, module, name)
            if macros or namespace == MACRO:
                return macros or ELSEWHERE
        if namespace & TYPE:
            crate = self._crate_named(file.document, name)
            if crate:
                return crate
        return self._prelude(name, namespace) or self._opaque(module)

    def _names_crate(self, document: int, name: str) -> bool:
        """Whether a crate of the workspace has the name: `use log::log` takes a macro out of it, no more."""
        return self.modules.is_extern(document, name)

    def _crate_named(self, document: int, name: str) -> Refs:
        root = self.modules.extern(document, name)
        if root is not None:
            return (symbol_ref(root, 0),)
        if self.modules.is_extern(document, name):
            return ELSEWHERE  # its root is not at hand
        if name in _STANDARD:
            return STANDARD
        return self._extern_item(self.files[self.modules.crate(document)], name)

    def _extern_item(self, root: File, name: str) -> Refs:
        """`extern crate a as name;` in the crate's root makes a name that every module of it sees."""
        known = root.facts.string_ids.get(name, -1)
        out: list[Ref] = []
        for binding in root.facts.bindings_by_scope.get(0, {}).get(known, ()):
            node = root.bindings.value[binding]
            if root.bindings.kind[binding] == BindingKind.IMPORT and root.op(node) == Op.IMPORT_PATH:
                path = root.facts.nodes.a[node]
                if root.op(path) == Op.PATH and root.facts.nodes.a[path] < 0:
                    found = self.modules.extern(root.document, root.name(root.facts.nodes.b[path]))
                    out += [symbol_ref(found, 0)] if found is not None else ELSEWHERE
        return tuple(out)

    def _prelude(self, name: str, namespace: int) -> Refs:
        """Names every module sees: those of the stubs' `prelude` module."""
        file = self.files[STUBS]
        known = file.facts.string_ids.get(name)
        prelude = self.files.members(EXTERNAL_REF, "prelude")
        if known is None or not prelude:
            return ()
        scope = file.symbols.scope[prelude[0] % (1 << 24) >> 1]
        bindings = file.facts.bindings_by_scope.get(scope, {}).get(known, ())
        return self._items(file, bindings, namespace)

    def textual_macro(self, document: int, module: Ref, name: str) -> Refs:
        """A macro_rules! by textual scope: enclosing modules, the crate's other files, `#[macro_use]` crates."""
        at: Ref | None = module
        while at is not None:
            found = self._macros_of(at, name)
            if found:
                return found
            at = self.modules.parent(at)
        exported: list[Ref] = []
        inside: list[Ref] = []
        for ref in self.definitions(name):
            if self.files.kind(ref) == SymbolKind.MACRO:
                if self.modules.crate(document_of(ref)) == self.modules.crate(document):
                    inside += [ref] if self._leaks(ref, module) else []
                elif self._flags(ref) & SymbolFlag.EXPORTED_MACRO and self._uses_macros_of(document, ref):
                    exported.append(ref)
        return tuple(inside or exported)

    def _leaks(self, macro: Ref, user: Ref) -> bool:
        """Whether `#[macro_use]` on every module in between lets a macro out to a module that encloses its user."""
        around: set[Ref] = set()
        at: Ref | None = user
        while at is not None:
            around.add(at)
            at = self.modules.parent(at)
        module = self.files.parent(macro)
        while module not in around:
            if self.files.kind(module) != SymbolKind.MODULE or not self._lets_macros_out(module):
                return False
            above = self.modules.parent(module)
            if above is None:
                return False
            module = above
        return True

    def _lets_macros_out(self, module: Ref) -> bool:
        above = self.modules.file_parent(document_of(module)) if not module & 0xFFFFFF else None
        if above is None:
            return False
        host = self.files[document_of(above)]
        path = self.program.path(document_of(module)).removesuffix("/mod.rs").removesuffix(".rs")
        for binding in self.modules.declarations(above, path.rpartition("/")[2]):
            if host.bindings.flags[binding] & BindingFlag.AUGMENTED:
                return True
        return False

    def _macros_of(self, module: Ref, name: str) -> Refs:
        file, row = self.files.of(module)
        known = file.facts.string_ids.get(name, -1)
        here = file.facts.bindings_by_scope.get(file.symbols.scope[row], {}).get(known, ())
        return self._items(file, here, MACRO)

    def _uses_macros_of(self, document: int, macro: Ref) -> bool:
        """Whether the crate says `#[macro_use] extern crate` of the macro's crate."""
        root = self.files[self.modules.crate(document)]
        wanted = (symbol_ref(self.modules.crate(document_of(macro)), 0),)
        return any(
            flags & BindingFlag.AUGMENTED
            and root.bindings.kind[binding] == BindingKind.IMPORT
            and self.named(root.document, root.bindings.value[binding], TYPE) == wanted
            for binding, flags in enumerate(root.bindings.flags)
        )

    def _exported(self, root: int, name: str) -> Refs:
        """#[macro_export] macros live in their crate's root; so do the functions of a proc-macro crate."""
        out = []
        for ref in self.definitions(name):
            kind = self.files.kind(ref)
            package = self.modules.package(document_of(ref)) if kind == SymbolKind.FUNCTION else None
            exported = kind == SymbolKind.MACRO and self._flags(ref) & SymbolFlag.EXPORTED_MACRO
            procedural = package is not None and package["macros"] and self._flags(ref) & SymbolFlag.PUBLIC
            if (exported or procedural) and self.modules.crate(document_of(ref)) == root:
                out.append(ref)
        return tuple(out)

    def _flags(self, ref: Ref) -> int:
        file, row = self.files.of(ref)
        return file.flags[row]

    def _path(self, file: File, node: int, namespace: int) -> Refs:
        """`base::name` and `::name`."""
        base, occurrence = file.facts.nodes.a[node], file.facts.nodes.b[node]
        name = file.name(occurrence)
        if base < 0:
            if name == "self":
                return (symbol_ref(self.modules.crate(file.document), 0),)
            if self._starts_at_root(file.document) and (found := self._from_root(file.document, name, namespace)):
                return found
            return self._crate_named(file.document, name) or ELSEWHERE
        if file.op(base) != Op.QUALIFIED and not self._is_type_head(file, base):
            containers = self.named(file.document, base, TYPE)
            modules = [ref for ref in containers if self.files.kind(ref) == SymbolKind.MODULE]
            if modules:
                return self._in_modules(modules, name, namespace)
            head = file.name(file.facts.nodes.a[base]) if file.op(base) == Op.NAME and not containers else "Self"
            if head != "Self" and head not in PRIMITIVES:
                return ELSEWHERE if head[:1].islower() else ()
        return self.associated(file.document, base, name, namespace)

    def _is_type_head(self, file: File, base: int) -> bool:
        """Whether what leads a path is a type for certain, so that no module needs to be looked for."""
        op = file.op(base)
        return op == Op.GENERIC or (op == Op.NAME and file.name(file.facts.nodes.a[base]) == "Self")

    def _in_modules(self, modules: list[Ref], name: str, namespace: int) -> Refs:
        out: list[Ref] = []
        for module in modules:
            if name == "super":
                parent = self.modules.parent(module)
                out += [parent] if parent is not None else []
            elif name == "self":
                out.append(module)
            else:
                out += self.in_module(module, name, namespace) or self._opaque(module)
        inside = [ref for ref in out if ref >= 0]
        return tuple(dict.fromkeys(inside or out))

    def sees_trait(self, file: File, scope: int, trait: Ref) -> bool:
        """Whether a trait is in scope at a place, so that its methods can be called there."""
        scopes = file.facts.scopes
        while scope >= 0:
            if scopes.kind[scope] == ScopeKind.MODULE:
                return trait in self._traits(symbol_ref(file.document, scopes.symbol[scope]))
            if trait in self._traits_in(file, scope):
                return True
            scope = scopes.parent[scope]
        return False

    def _find_traits(self, module: Ref) -> frozenset[Ref]:
        file, row = self.files.of(module)
        return frozenset(self._traits_in(file, file.symbols.scope[row]))

    def _traits_in(self, file: File, scope: int) -> set[Ref]:
        """The traits that one scope defines, imports or takes in by globs."""
        user = self.modules.module_of(file.document, file.facts.scopes.symbol[scope])
        out = self._traits_written(file, scope)
        seen = {user} if file.facts.scopes.kind[scope] == ScopeKind.MODULE else set()
        ahead = [lead.target for lead in self.globs.leads(file, scope)]
        for target in ahead:
            if target not in seen and target >= 0 and self.files.kind(target) == SymbolKind.MODULE:
                seen.add(target)
                other, row = self.files.of(target)
                out |= self._traits_written(other, other.symbols.scope[row])
                ahead += [onward for onward, _ in self._onward(target, user)]
        return out

    def _traits_written(self, file: File, scope: int) -> set[Ref]:
        """The traits that one scope defines or imports by name."""
        out: set[Ref] = set()
        row = file.bindings
        for bindings in file.facts.bindings_by_scope.get(scope, {}).values():
            for binding in bindings:
                kind = row.kind[binding]
                if kind == BindingKind.SYMBOL and file.kinds[row.symbol[binding]] == SymbolKind.INTERFACE:
                    out.add(symbol_ref(file.document, row.symbol[binding]))
                elif kind == BindingKind.IMPORT:
                    out.update(self.named(file.document, row.value[binding], TYPE))
        return out
