"""The Rust pack: what isg asks of it. Light to import: grammar and resolver load at first use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from isg_analysis.languages.pack import OpenDocument, never
from isg_analysis.languages.rust import customs, naming, ties
from isg_analysis.languages.rust import layout as cargo
from isg_analysis.model.edits import Move
from isg_analysis.model.packages import PackageTie
from isg_analysis.model.symbol import SymbolPrefix
from isg_analysis.resolve.program import Program, Resolver


class RustPack:
    """See LanguagePack. Stateless."""

    name = "rust"
    extensions = (".rs",)
    file_names: tuple[str, ...] = ()
    interpreters: tuple[str, ...] = ("rust-script", "run-cargo-script")
    manifests = ("Cargo.toml",)
    version = 14
    self_names = frozenset({"Self", "self", "super", "crate", "$crate"})
    pronouns = frozenset({"Self"})
    unmentionable = frozenset({"_"})
    transitive_implementations = False
    declares_modules = True
    runs_modules = False
    imports_by_path = False
    comment = "//"
    constructors: tuple[str, ...] = ()

    stubs: tuple[str, ...] = ()
    passes_all: tuple[bytes, ...] = (b"::*", b"::{*", b", *")

    def reached_through(self, path: str) -> tuple[str, ...]:
        """The files in which its parent modules may be."""
        parts = path.split("/")[:-1]
        above = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
        files = ("lib.rs", "main.rs", "mod.rs")
        return tuple(path for directory in above for path in (f"{directory}.rs", *(f"{directory}/{n}" for n in files)))

    def extract(self, text: bytes) -> bytes:
        """Packed facts of a document."""
        from isg_analysis.languages.rust.extraction import extract

        return extract(text)

    def document(self, text: bytes, stopped: Callable[[], bool] = never) -> OpenDocument:
        """See LanguagePack."""
        from isg_analysis.languages.rust.tracking import document

        return document(text, stopped)

    def layout(self, manifests: Mapping[str, bytes], documents: Sequence[str]) -> Any:
        """Packages, targets and dependencies: see `layout`."""
        return cargo.layout(manifests, documents)

    def package_ties(self, layout: Any) -> list[PackageTie]:
        """What the workspace's Cargo.toml files say of each other's packages."""
        return ties.ties_of(layout)

    def package(self, layout: Any, path: str) -> str | None:
        """The folder of the package with the longest path that holds it."""
        found = cargo.package_of(layout, path)
        return None if found is None else str(found["root"])

    def prefix(self, layout: Any, path: str) -> SymbolPrefix:
        """`rust cargo mycrate 0.1.0 store/`."""
        return naming.prefix(layout, path)

    def label(self, prefix: SymbolPrefix, inner: Sequence[str]) -> str:
        """`grep_searcher::sink`: from the crate's name on."""
        outer = [part.strip("`") for part in prefix.module.split("/") if part]
        return "::".join((prefix.package.replace("-", "_") or "crate", *outer, *inner))

    def is_test(self, path: str, names: Sequence[str]) -> bool:
        """Files in a `tests` or `benches` folder, modules called `tests` or `test`."""
        *folders, file = path.removesuffix(".rs").split("/")
        if not {"tests", "benches"}.isdisjoint(folders) or "tests" in names:
            return True
        return not {"tests", "test"}.isdisjoint((file, *names[:-1]))

    def custom(self, path: str, kind: int, name: str, head: str) -> str:
        """See LanguagePack; attributes of the language itself register nothing, but for those that give to a linker."""
        del path
        return customs.custom(kind, name, head)

    def descriptor(self, kind: int, name: str, disambiguator: int, signature: str) -> str:
        """As SCIP's; impl blocks as `impl#[Type][Trait]`."""
        return naming.descriptor(kind, name, disambiguator, signature)

    def moves(self, path: str, text: bytes, start: int, end: int) -> list[Move]:
        """None: a `use` does nothing when the program runs."""
        del path, text, start, end
        return []

    def resolver(self, program: Program) -> Resolver:
        """A resolver for a view of the workspace."""
        from isg_analysis.languages.rust.resolver.resolver import RustResolver

        return RustResolver(program)


PACK = RustPack()
