"""LanguagePack: everything isg knows about one language, and nothing outside the pack's folder names it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from isg_analysis.model.edits import Move
from isg_analysis.model.facts import Facts
from isg_analysis.model.packages import PackageTie
from isg_analysis.model.symbol import SymbolPrefix
from isg_analysis.resolve.program import Program, Resolver


def never() -> bool:
    """Nothing stops the work."""
    return False


class OpenDocument(Protocol):
    """The facts of a document while it is being edited. Not thread-safe."""

    lowered: int
    """Bytes of text turned into facts so far: what the edits cost."""

    @property
    def facts(self) -> Facts:
        """Of the latest text."""

    def edit(self, text: bytes) -> Facts:
        """The facts of the next text: what extracting it gives, at a cost that follows the size of the change.

        Names may be numbered otherwise, and names no longer used may still be listed.
        """


class LanguagePack(Protocol):
    """One language. Instances are stateless apart from the compiled grammar."""

    name: str
    """Lower case, as LSP's language ids: "rust", "python"."""
    extensions: tuple[str, ...]
    """With the dot: (".py", ".pyi")."""
    file_names: tuple[str, ...]
    """Whole names that are of this language."""
    interpreters: tuple[str, ...]
    """Program names in a `#!` line: ("python", "python3")."""
    manifests: tuple[str, ...]
    """File names that `layout` wants to read: ("Cargo.toml",)."""
    version: int
    """Raised whenever the same text would give other facts."""
    self_names: frozenset[str]
    """The words that can mean a type or module without being its name: "Self", "super", "cls"."""
    pronouns: frozenset[str]
    """Those of them that stand for a type wherever it is implemented: a tool that renames the type must leave them."""
    unmentionable: frozenset[str]
    """What may be written in place of a symbol's name and means none anywhere else: Rust's `_`."""
    transitive_implementations: bool
    """Whether what implements a subtype implements the supertype too (subclasses: yes; Rust impls: no)."""

    constructors: tuple[str, ...]
    """The methods that calling a class runs, the first it has; none where types are not made by calling them."""

    declares_modules: bool
    """Whether what looks like an import may be what makes a file a module (Rust's `mod name;`)."""

    runs_modules: bool
    """Whether importing a module runs it (Python), so that modules that import each other may fail."""

    imports_by_path: bool
    """Whether the module that an import needs is told by its words and by which documents there are, not by what stands
    in others.
    """

    comment: str
    """What starts a comment that ends with its line."""

    stubs: tuple[str, ...]
    """The endings of a source and of the stub beside it, which describes it: (".py", ".pyi"); empty without stubs."""

    passes_all: tuple[bytes, ...]
    """Texts that mark a document which passes on names without spelling them: `from m import *`, `use m::*`."""

    def reached_through(self, path: str) -> tuple[str, ...]:
        """The paths of documents, there or not, that decide by which module path the one at `path` is reached."""

    def extract(self, text: bytes) -> bytes:
        """Packed facts of a document. Pure; `text` is valid UTF-8. Broken code gives what can be had."""

    def document(self, text: bytes, stopped: Callable[[], bool] = never) -> OpenDocument:
        """The extraction of a document that is going to be edited; else as `extract`.

        `stopped` is asked after each small step, and may wait: where it says yes, this ends with StoppedError.
        """

    def layout(self, manifests: Mapping[str, bytes], documents: Sequence[str]) -> Any:
        """How paths map to modules: packages, targets, source roots. Made of JSON-like values, so that it can be
        stored and sent to workers. Broken manifests are passed over; `errors` in the result names them.

        `documents`: every path of this language; paths of both are root-relative, POSIX.
        """

    def package_ties(self, layout: Any) -> list[PackageTie]:
        """Which packages of the workspace say that they depend on others of it, in the order of manifests."""

    def package(self, layout: Any, path: str) -> str | None:
        """The folder of the package that a document belongs to; None where that is not known."""

    def prefix(self, layout: Any, path: str) -> SymbolPrefix:
        """The start of every symbol id in the document at `path`."""

    def label(self, prefix: SymbolPrefix, inner: Sequence[str]) -> str:
        """What people call a document's module, or what is in it: "flask.app", "grep_searcher::sink::Sink".

        `inner`: the names in the module, outermost first.
        """

    def is_test(self, path: str, names: Sequence[str]) -> bool:
        """Whether a symbol is part of the tests, by custom. `names`: its own behind those of what it lies in."""

    def custom(self, path: str, kind: int, name: str, head: str) -> str:
        """By what custom a symbol runs without being named: "main", "test", "special" (the language runs it, or lets it
        be), "registered" (a decorator or attribute may keep it) or "generated" (a macro makes it, and may keep it); ""
        where by none. `head`: what is written from the start of its definition to its name.
        """

    def descriptor(self, kind: int, name: str, disambiguator: int, signature: str) -> str:
        """The SCIP descriptor of one symbol; `signature` is its text (Rust names impl blocks by it)."""

    def moves(self, path: str, text: bytes, start: int, end: int) -> list[Move]:
        """How the import statement at these offsets could move so that running its module does not need it, as far as
        its own text tells; weaker ties first. Nothing where that is not certain.
        """

    def resolver(self, program: Program) -> Resolver:
        """A resolver for a view of the workspace."""
