"""The module tree: which document is which module of which crate.

Found from below, so that one question opens few documents: a file's parent is looked for where Rust would have it, and
believed when it says `mod name;`. Files named by #[path] are found by asking the package's documents once. A document
in several crates is taken in the first (library, then binaries, tests ...); one that nobody declares is its own crate.
"""

from __future__ import annotations

import posixpath
from typing import Any

from isg_analysis.languages.rust.layout import package_of
from isg_analysis.languages.rust.resolver.files import STUBS, Files
from isg_analysis.model.facts import BindingKind
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.program import Ref, document_of, row_of, symbol_ref

_OWNERS = ("mod.rs", "lib.rs", "main.rs")
"""Files whose submodules lie in their own folder; so do those of every target's root."""


class ModuleTree:
    """Modules are Refs: of a document's row 0, or of an inline module's symbol."""

    def __init__(self, files: Files, layout: Any) -> None:
        self._files = files
        self._program = files.program
        self._layout = layout
        self._targets = {path for package in layout["packages"] for path in package["targets"]}
        self._roots = {package["root"]: package for package in layout["packages"]}
        self._packages: dict[int, dict[str, Any] | None] = {}
        self._parents: dict[int, Ref | None] = {}
        self._placed: dict[str, dict[str, Ref]] = {}
        self._crates: dict[int, int] = {}

    def package(self, document: int) -> dict[str, Any] | None:
        """The package of a document, as in the layout."""
        if document == STUBS:
            return None
        if document not in self._packages:
            self._packages[document] = package_of(self._layout, self._program.path(document))
        return self._packages[document]

    def crate(self, document: int) -> int:
        """The root document of the crate a document belongs to."""
        if document == STUBS:
            return STUBS
        found = self._crates.get(document)
        if found is None:
            at, seen = document, {document}
            while (parent := self.file_parent(at)) is not None and document_of(parent) not in seen:
                at = document_of(parent)
                seen.add(at)
            found = self._crates[document] = at
        return found

    def parent(self, module: Ref) -> Ref | None:
        """The module that contains a module; None for a crate's root."""
        file, row = self._files.of(module)
        if row:
            row = file.parents[row]
            while row > 0 and file.kinds[row] != SymbolKind.MODULE:
                row = file.parents[row]
            return symbol_ref(file.document, max(row, 0))
        return self.file_parent(file.document)

    def module_of(self, document: int, symbol: int) -> Ref:
        """The nearest module around a symbol, itself included."""
        file = self._files[document]
        while symbol > 0 and file.kinds[symbol] != SymbolKind.MODULE:
            symbol = file.parents[symbol]
        return symbol_ref(document, max(symbol, 0))

    def extern(self, document: int, name: str) -> int | None:
        """The root document of the workspace crate that a crate knows under that name."""
        package = self.package(document)
        if package is None:
            return None
        if name == package["crate"] and package["library"]:
            return self._program.document(package["library"])
        root = package["dependencies"].get(name)
        library = self._roots[root]["library"] if root is not None else ""
        return self._program.document(library) if library else None

    def file_parent(self, document: int) -> Ref | None:
        """The module that declares a document's module; None for a crate's root."""
        if document == STUBS:
            return None
        if document not in self._parents:
            self._parents[document] = None
            self._parents[document] = self._find_parent(document)
        return self._parents[document]

    def _find_parent(self, document: int) -> Ref | None:
        path = self._program.path(document)
        if path in self._targets:
            return None
        package = self.package(document)
        folder, _, stem = path.removesuffix(".rs").rpartition("/")
        if stem == "mod":
            folder, _, stem = folder.rpartition("/")
        inline: list[str] = []
        while True:
            for candidate in self._hosts(folder, package):
                module = self._declares(candidate, inline, stem, path)
                if module is not None:
                    return module
            if not folder or len(inline) > 4:
                break
            folder, _, last = folder.rpartition("/")
            inline.insert(0, last)
        key = package["root"] if package is not None else ""
        if key not in self._placed:
            self._placed[key] = self._placed_by_path(package)
        return self._placed[key].get(path)

    def _hosts(self, folder: str, package: dict[str, Any] | None) -> list[int]:
        """Documents whose `mod x;` could mean a file in that folder."""
        paths = [f"{folder}.rs", posixpath.join(folder, "mod.rs")]
        targets = package["targets"] if package is not None else [posixpath.join(folder, "lib.rs")]
        paths += [target for target in targets if posixpath.dirname(target) == folder]
        numbers = (self._program.document(path) for path in paths)
        return [number for number in numbers if number is not None]

    def _declares(self, document: int, inline: list[str], name: str, path: str) -> Ref | None:
        """The module of a document that declares the file at `path` as `name` inside inline modules."""
        module = symbol_ref(document, 0)
        for part in inline:
            inner = [ref for ref in self._files.members(module, part) if self._files.kind(ref) == SymbolKind.MODULE]
            if not inner:
                return None
            module = inner[0]
        for binding in self.declarations(module, name):
            if self._program.document(path) in self.file_of(document, binding):
                return module
        return None

    def declarations(self, module: Ref, name: str) -> list[int]:
        """The bindings `mod name;` of a module."""
        file, row = self._files.of(module)
        known = file.facts.string_ids.get(name, -1)
        found = file.facts.bindings_by_scope.get(file.symbols.scope[row], {}).get(known, ())
        return [b for b in found if file.op(file.bindings.value[b]) == Op.IMPORT_MODULE]

    def file_of(self, document: int, binding: int) -> tuple[int, ...]:
        """The documents a `mod x;` binding names; a cfg_attr'd file may be missing."""
        file = self._files[document]
        node = file.bindings.value[binding]
        scope = file.bindings.scope[binding]
        module = row_of(self.module_of(document, file.facts.scopes.symbol[scope]))
        inline: list[str] = []
        while module > 0:
            inline.insert(0, file.strings[file.symbols.name[module]])
            module = row_of(self.module_of(document, file.parents[module]))
        path = self._program.path(document)
        folder, _, name = path.rpartition("/")
        written = file.facts.nodes.b[node]
        own = name in _OWNERS or path in self._targets or self._is_placed(document)
        if not own and (inline or written < 0):
            folder = posixpath.join(folder, name.removesuffix(".rs"))
        base = posixpath.join(folder, *inline)
        if written >= 0:
            guesses = [posixpath.normpath(posixpath.join(base, file.strings[written]))]
        else:
            shown = file.strings[file.bindings.name[binding]]
            guesses = [posixpath.join(base, f"{shown}.rs"), posixpath.join(base, shown, "mod.rs")]
        numbers = (self._program.document(guess) for guess in guesses)
        return tuple(number for number in numbers if number is not None)

    def _is_placed(self, document: int) -> bool:
        """Whether a #[path] names the document: then it owns its folder as a mod.rs does."""
        package = self.package(document)
        placed = self._placed.get(package["root"] if package is not None else "")
        return placed is not None and self._program.path(document) in placed

    def _placed_by_path(self, package: dict[str, Any] | None) -> dict[str, Ref]:
        """path -> module, for every #[path] in a package's documents."""
        out: dict[str, Ref] = {}
        root = package["root"] if package is not None else None
        for document in self._program.documents("rust"):
            if (root is None) != (self.package(document) is None) or (
                root is not None and (self.package(document) or {})["root"] != root
            ):
                continue
            file = self._files[document]
            for binding, kind in enumerate(file.bindings.kind):
                node = file.bindings.value[binding]
                if kind == BindingKind.IMPORT and file.op(node) == Op.IMPORT_MODULE and file.facts.nodes.b[node] >= 0:
                    module = self.module_of(document, file.facts.scopes.symbol[file.bindings.scope[binding]])
                    for number in self.file_of(document, binding):
                        out.setdefault(self._program.path(number), module)
        return out
