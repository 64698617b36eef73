"""The module tree: which document is which module of which crate.

Found from below, so that one question opens few documents: a file's parent is looked for where Rust would have it, and
believed when it says `mod name;`. Files named by #[path] are found by asking the package's documents once. A document
in several crates is taken in the first (library, then binaries, tests ...); one that nobody declares is its own crate.
"""

from __future__ import annotations

import posixpath
from typing import Any, NamedTuple

from isg_analysis.languages.rust.layout import package_of
from isg_analysis.languages.rust.resolver.files import STUBS, Files
from isg_analysis.languages.rust.resolver.memo import by_document, by_value
from isg_analysis.model.facts import BindingKind
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.memo import Answers, Memo
from isg_analysis.resolve.program import Program, Ref, document_of, row_of, symbol_ref

_OWNERS = ("mod.rs", "lib.rs", "main.rs")
"""Files whose submodules lie in their own folder; so do those of every target's root."""

_MOST_NESTED = 64
"""Modules within each other; files that declare each other would go on for ever."""


class Place(NamedTuple):
    """Where a document's module is declared: its `parent`, None for a crate's root; whether #[path] says so."""

    parent: Ref | None
    by_path: bool


_NOWHERE = Place(None, False)


class ModuleTree:
    """Modules are Refs: of a document's row 0, or of an inline module's symbol."""

    def __init__(self, files: Files, answers: Answers, layout: Any) -> None:
        self._files = files
        self._program = files.program
        self._layout = layout
        self._targets = {path for package in layout["packages"] for path in package["targets"]}
        self._roots = {package["root"]: package for package in layout["packages"]}
        self._target_folders = {package["root"]: _by_folder(package["targets"]) for package in layout["packages"]}
        self._packages: dict[int, dict[str, Any] | None] = {}
        self._places: Memo[int, Place] = by_document(answers, _NOWHERE, self._find_place)
        self._placed: Memo[str | None, dict[str, Ref]] = by_value(answers, {}, self._find_placed)
        self._placing: Memo[int, tuple[tuple[str, Ref], ...]] = by_document(answers, (), self._find_placing)

    def follow(self, program: Program) -> None:
        """Go on with a Program of the same paths and layout."""
        self._program = program

    def package(self, document: int) -> dict[str, Any] | None:
        """The package of a document, as in the layout."""
        if document == STUBS:
            return None
        if document not in self._packages:
            self._packages[document] = package_of(self._layout, self._program.path(document))
        return self._packages[document]

    def crate(self, document: int) -> int:
        """The root document of the crate a document belongs to."""
        at, seen = document, {document}
        while (parent := self.file_parent(at)) is not None and document_of(parent) not in seen:
            at = document_of(parent)
            seen.add(at)
        return at

    def parent(self, module: Ref) -> Ref | None:
        """The module that contains a module; None for a crate's root."""
        file, row = self._files.of(module)
        if row:
            row = file.parents[row]
            while row > 0 and file.kinds[row] != SymbolKind.MODULE:
                row = file.parents[row]
            return symbol_ref(file.document, max(row, 0))
        return self.file_parent(file.document)

    def encloses(self, module: Ref, other: Ref) -> bool:
        """Whether a module is another one, or one around it."""
        at: Ref | None = other
        for _ in range(_MOST_NESTED):
            if at is None or at == module:
                return at == module
            at = self.parent(at)
        return False

    def module_of(self, document: int, symbol: int) -> Ref:
        """The nearest module around a symbol, itself included."""
        file = self._files[document]
        while symbol > 0 and file.kinds[symbol] != SymbolKind.MODULE:
            symbol = file.parents[symbol]
        return symbol_ref(document, max(symbol, 0))

    def extern(self, document: int, name: str) -> int | None:
        """The root document of the workspace crate that a crate knows under that name."""
        library = self._library(document, name)
        return self._program.document(library) if library else None

    def is_extern(self, document: int, name: str) -> bool:
        """Whether a crate knows a crate of the workspace under that name, be its root at hand or not."""
        return bool(self._library(document, name))

    def _library(self, document: int, name: str) -> str:
        package = self.package(document)
        if package is None:
            return ""
        if name == package["crate"] and package["library"]:
            return str(package["library"])
        root = package["dependencies"].get(name)
        return str(self._roots[root]["library"]) if root is not None else ""

    def file_parent(self, document: int) -> Ref | None:
        """The module that declares a document's module; None for a crate's root."""
        return self._places(document).parent if document != STUBS else None

    def _find_place(self, document: int) -> Place:
        path = self._program.path(document)
        if path in self._targets:
            return _NOWHERE
        package = self.package(document)
        folder, _, stem = path.removesuffix(".rs").rpartition("/")
        if stem == "mod":
            folder, _, stem = folder.rpartition("/")
        inline: list[str] = []
        while True:
            for candidate in self._hosts(folder, package):
                module = self._declares(candidate, inline, stem, path)
                if module is not None:
                    return Place(module, False)
            if not folder or len(inline) > 4:
                break
            folder, _, last = folder.rpartition("/")
            inline.insert(0, last)
        found = self._placed(package["root"] if package is not None else None).get(path)
        return Place(found, True) if found is not None else _NOWHERE

    def _hosts(self, folder: str, package: dict[str, Any] | None) -> list[int]:
        """Documents whose `mod x;` could mean a file in that folder."""
        paths = [f"{folder}.rs", posixpath.join(folder, "mod.rs")]
        if package is not None:
            paths += self._target_folders[package["root"]].get(folder, ())
        else:
            paths.append(posixpath.join(folder, "lib.rs"))
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
        return self._places(document).by_path

    def _find_placed(self, root: str | None) -> dict[str, Ref]:
        """path -> module, for every #[path] in the documents of the package at a root; None: of no package."""
        out: dict[str, Ref] = {}
        for document in self._program.documents("rust"):
            package = self.package(document)
            if (package["root"] if package is not None else None) == root:
                for path, module in self._placing(document):
                    out.setdefault(path, module)
        return out

    def _find_placing(self, document: int) -> tuple[tuple[str, Ref], ...]:
        """(path, module) for every #[path] in a document."""
        out: list[tuple[str, Ref]] = []
        file = self._files[document]
        if Op.IMPORT_MODULE not in file.ops:
            return ()
        for binding, kind in enumerate(file.bindings.kind):
            node = file.bindings.value[binding]
            if kind == BindingKind.IMPORT and file.op(node) == Op.IMPORT_MODULE and file.facts.nodes.b[node] >= 0:
                module = self.module_of(document, file.facts.scopes.symbol[file.bindings.scope[binding]])
                out += [(self._program.path(number), module) for number in self.file_of(document, binding)]
        return tuple(out)


def _by_folder(paths: list[str]) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for path in paths:
        out.setdefault(posixpath.dirname(path), []).append(path)
    return out
