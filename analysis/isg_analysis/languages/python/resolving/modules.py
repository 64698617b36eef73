"""Modules: from dotted names to documents, as Python's import system would find them below the source roots."""

from __future__ import annotations

import sys
from functools import cached_property

from isg_analysis.languages.python.resolving.documents import Documents, DocumentView
from isg_analysis.languages.python.resolving.values import Foreign, Module, Namespace
from isg_analysis.resolve.program import Program

Found = Module | Namespace | Foreign

_SUFFIXES = ("/__init__.py", ".py", "/__init__.pyi", ".pyi")


class Modules(Documents):
    """Import resolution. A name nobody in the workspace provides is Foreign: it comes from outside."""

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self._absolute: dict[tuple[str, str], Found] = {}
        self._below: dict[tuple[str, str], Found | None] = {}

    @cached_property
    def _roots(self) -> list[str]:
        return list(self.program.layout("python")["roots"])

    @cached_property
    def _directories(self) -> frozenset[str]:
        """Directories with Python files somewhere below."""
        out: set[str] = set()
        for document in self.program.documents("python"):
            directory = self.program.path(document).rpartition("/")[0]
            while directory and directory not in out:
                out.add(directory)
                directory = directory.rpartition("/")[0]
        return frozenset(out)

    @cached_property
    def _packages(self) -> frozenset[str]:
        """Directories with an `__init__` file."""
        paths = (self.program.path(document) for document in self.program.documents("python"))
        return frozenset(path.rpartition("/")[0] for path in paths if path.endswith(("/__init__.py", "/__init__.pyi")))

    def module_below(self, directory: str, name: str) -> Found | None:
        """The module or package called `name` directly in a directory."""
        key = directory, name
        if key not in self._below:
            base = f"{directory}/{name}" if directory else name
            found: Found | None = None
            for suffix in _SUFFIXES:
                document = self.program.document(base + suffix)
                if document is not None:
                    found = Module(document)
                    break
            else:
                if base in self._directories:
                    found = Namespace(base)
            self._below[key] = found
        return self._below[key]

    def submodule(self, parent: Found, name: str) -> Found | None:
        """`parent.name` as a module; None where a workspace package has none of that name."""
        if isinstance(parent, Foreign):
            return Foreign(f"{parent.name}.{name}")
        if isinstance(parent, Namespace):
            return self.module_below(parent.directory, name)
        path = self.program.path(parent.document)
        directory, _, last = path.rpartition("/")
        if not last.startswith("__init__."):
            return None
        return self.module_below(directory, name)

    def top_level(self, view: DocumentView, name: str) -> Found:
        """What `import name` gives in a document."""
        directory = view.path.rpartition("/")[0]
        key = directory, name
        found = self._absolute.get(key)
        if found is None:
            found = self._absolute[key] = self._find_top_level(directory, name)
        return found

    def _find_top_level(self, directory: str, name: str) -> Found:
        namespace: Namespace | None = None
        for root in self._search_path(directory, name):
            found = self.module_below(root, name)
            if isinstance(found, Module):
                return found
            if isinstance(found, Namespace) and namespace is None:
                namespace = found
        if namespace is not None and name not in sys.stdlib_module_names:
            return namespace
        return Foreign(name)

    def _search_path(self, directory: str, name: str) -> list[str]:
        """Directories around the importing file that are no packages, nearest first, between the configured roots."""
        if name in sys.stdlib_module_names:
            return [root for root in self._roots if root in self._project_roots]
        around = []
        outer = directory
        while True:
            if outer not in self._packages:
                around.append(outer)
            if not outer:
                break
            outer = outer.rpartition("/")[0]
        enclosing = [root for root in self._roots if root in around]
        return list(dict.fromkeys([*enclosing, *self._project_roots, *around, *self._roots]))

    @cached_property
    def _project_roots(self) -> list[str]:
        layout = self.program.layout("python")
        return [root for project in layout["projects"] for root in project["roots"]]

    def relative(self, view: DocumentView, dots: int) -> Found | None:
        """The package that `from . import` (one dot), `from .. import` ... starts from."""
        directory = view.path.rpartition("/")[0]
        for _ in range(dots - 1):
            if not directory:
                return None
            directory = directory.rpartition("/")[0]
        for suffix in ("__init__.py", "__init__.pyi"):
            document = self.program.document(f"{directory}/{suffix}" if directory else suffix)
            if document is not None:
                return Module(document)
        return Namespace(directory)
