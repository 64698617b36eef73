"""PACK: Python as a language pack. Importing this module loads neither the grammar nor the resolver."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from isg_analysis.languages.pack import LanguagePack, OpenDocument, never
from isg_analysis.languages.python import customs
from isg_analysis.model.edits import Move
from isg_analysis.model.packages import PackageTie
from isg_analysis.model.symbol import SymbolPrefix, descriptor
from isg_analysis.resolve.program import Program, Resolver


class PythonPack:
    """See LanguagePack."""

    name = "python"
    extensions: tuple[str, ...] = (".py", ".pyi")
    file_names: tuple[str, ...] = ()
    interpreters: tuple[str, ...] = ("python", "python3", "pypy3")
    manifests: tuple[str, ...] = ("pyproject.toml", "setup.cfg", "setup.py", "conftest.py")
    version = 10
    self_names = frozenset({"cls", "super", "Self"})
    pronouns: frozenset[str] = frozenset()
    unmentionable: frozenset[str] = frozenset()
    transitive_implementations = True
    declares_modules = False
    runs_modules = True
    imports_by_path = True
    comment = "#"
    constructors: tuple[str, ...] = ("__init__", "__new__")

    stubs: tuple[str, ...] = (".py", ".pyi")
    passes_all: tuple[bytes, ...] = (b"import *",)

    def reached_through(self, path: str) -> tuple[str, ...]:
        """The `__init__` files of the packages around it."""
        parts = path.split("/")[:-1]
        above = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
        return tuple(f"{directory}/{name}" for directory in above for name in ("__init__.py", "__init__.pyi"))

    def extract(self, text: bytes) -> bytes:
        """See LanguagePack."""
        from isg_analysis.languages.python.lowering import extract

        return extract(text)

    def document(self, text: bytes, stopped: Callable[[], bool] = never) -> OpenDocument:
        """See LanguagePack."""
        from isg_analysis.languages.python.tracking import document

        return document(text, stopped)

    def layout(self, manifests: Mapping[str, bytes], documents: Sequence[str]) -> Any:
        """See LanguagePack."""
        from isg_analysis.languages.python.layout import read_layout

        return read_layout(manifests, documents)

    def package_ties(self, layout: Any) -> list[PackageTie]:
        """None: distributions of one workspace that depend on each other are not read."""
        del layout
        return []

    def package(self, layout: Any, path: str) -> str | None:
        """None: see `package_ties`."""
        del layout, path
        return None

    def prefix(self, layout: Any, path: str) -> SymbolPrefix:
        """See LanguagePack."""
        from isg_analysis.languages.python.layout import symbol_prefix

        return symbol_prefix(layout, path)

    def label(self, prefix: SymbolPrefix, inner: Sequence[str]) -> str:
        """`flask.app`: as it is imported."""
        return ".".join((*(part.strip("`") for part in prefix.module.split("/") if part), *inner))

    def is_test(self, path: str, names: Sequence[str]) -> bool:
        """What pytest and unittest find: files in `tests`, `test_x.py`, `x_test.py`, `tests.py`, `conftest.py`."""
        del names
        *folders, file = path.split("/")
        stem = file.rsplit(".", 1)[0]
        named = stem.startswith("test_") or stem.endswith("_test") or stem in ("tests", "test", "conftest")
        return named or not {"tests", "test"}.isdisjoint(folders)

    def custom(self, path: str, kind: int, name: str, head: str) -> str:
        """See LanguagePack; decorators of the standard library that only change what they decorate register nothing."""
        return customs.custom(kind, name, head, tested=self.is_test(path, ()))

    def descriptor(self, kind: int, name: str, disambiguator: int, signature: str) -> str:
        """See LanguagePack."""
        del signature
        return descriptor(kind, name, disambiguator)

    def moves(self, path: str, text: bytes, start: int, end: int) -> list[Move]:
        """See LanguagePack."""
        from isg_analysis.languages.python.moving import moves

        return moves(path, text, start, end)

    def resolver(self, program: Program) -> Resolver:
        """See LanguagePack."""
        from isg_analysis.languages.python.resolver import PythonResolver

        return PythonResolver(program)


PACK: LanguagePack = PythonPack()
