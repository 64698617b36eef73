"""Files: facts of the documents a resolver has touched, with the lookups it repeats.

One file beside the workspace's own stands under the number STUBS: the pack's `std.rs`, signatures of the standard
library written in Rust. A Ref into it is negative; outside the resolver it shows as EXTERNAL.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources

from isg_analysis.model.facts import Facts
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.footprints import Footprints, surface
from isg_analysis.resolve.program import Program, Ref, document_of, row_of, symbol_ref

STUBS = -1
EXTERNAL_REF: Ref = symbol_ref(STUBS, 0)
"""The standard library's root, whose modules are not told apart: `std::io::Error` is looked up as `Error`."""
ELSEWHERE_REF: Ref = symbol_ref(STUBS, 1)
"""What is known to lie in some other crate and is described nowhere: the first item of `std.rs`."""

TYPE, VALUE, MACRO = 1, 2, 4
ANY = TYPE | VALUE | MACRO
_BYTES_KEPT = 3_000_000
_BYTES_KEPT_STEADY = 48_000_000
"""How many bytes of packed facts are kept open; the most where all documents are gone through, whose facts are kept
anyway: names that many documents define lead to all of them again and again.
"""

_NAMESPACES = {
    SymbolKind.MODULE: TYPE,
    SymbolKind.CLASS: TYPE | VALUE,
    SymbolKind.INTERFACE: TYPE,
    SymbolKind.ENUM: TYPE,
    SymbolKind.UNION: TYPE,
    SymbolKind.TYPE_ALIAS: TYPE,
    SymbolKind.TYPE_PARAMETER: TYPE | VALUE,
    SymbolKind.VARIANT: TYPE | VALUE,
    SymbolKind.FUNCTION: VALUE,
    SymbolKind.METHOD: VALUE,
    SymbolKind.CONSTANT: VALUE,
    SymbolKind.VARIABLE: VALUE,
    SymbolKind.MACRO: MACRO,
}
NAMESPACE = [_NAMESPACES.get(SymbolKind(kind), 0) if kind else 0 for kind in range(max(SymbolKind) + 1)]
"""By symbol kind: the namespaces its name lives in."""


def _stubs() -> bytes:
    """The text of the standard library's stubs."""
    return resources.files(__package__.rpartition(".")[0]).joinpath("std.rs").read_bytes()


class File:
    """One document's columns as plain lists, and names by number."""

    __slots__ = (
        "bindings", "document", "facts", "flags", "kinds", "occurrences", "ops", "parents",
        "strings", "symbols",
    )  # fmt: skip

    def __init__(self, document: int, facts: Facts) -> None:
        self.document = document
        self.facts = facts
        self.strings = facts.strings
        self.symbols = facts.symbols
        self.bindings = facts.bindings
        self.occurrences = facts.occurrences
        self.kinds = bytes(facts.symbols.kind)
        self.flags = facts.symbols.flags
        self.parents = facts.symbols.parent
        self.ops = bytes(facts.nodes.op)

    def op(self, node: int) -> int:
        """The operation of a node; 0 for -1."""
        return self.ops[node] if node >= 0 else 0

    def name(self, occurrence: int) -> str:
        """The name at an occurrence."""
        return self.strings[self.occurrences.name[occurrence]]

    def items(self, node: int) -> list[int]:
        """The nodes of a LIST; empty for -1."""
        return list(self.facts.items(node))

    def head(self, node: int) -> int:
        """The naming node inside GENERIC, or the node itself."""
        while node >= 0 and self.ops[node] == Op.GENERIC:
            node = self.facts.nodes.a[node]
        return node


class Files:
    """The files of a Program, opened as they are needed, the ones opened first let go where they are many.

    Whoever looks into a file rests on what it shows to others; on more, if the file is his own.
    """

    def __init__(self, program: Program, footprints: Footprints) -> None:
        self.program = program
        self._footprints = footprints
        self._noting = not program.steady
        self._most = _BYTES_KEPT_STEADY if program.steady else _BYTES_KEPT
        self._files: dict[int, File] = {}
        self._held = 0

    def __getitem__(self, document: int) -> File:
        if self._noting and document >= 0 and document << 1 not in self._footprints.top.tokens:
            self._footprints.note(surface(document))
        found = self._files.get(document)
        return found if found is not None else self._open(document)

    def _open(self, document: int) -> File:
        facts = self.program.described("rust", _stubs()) if document == STUBS else self.program.facts(document)
        found = self._files[document] = File(document, facts)
        self._held += facts.packed_size
        while self._held > self._most and len(self._files) > 1:
            oldest = next(iter(self._files))
            if oldest == STUBS:  # everybody needs it
                self._files[STUBS] = self._files.pop(STUBS)
            else:
                self.forget(oldest)
        return found

    def follow(self, program: Program, changed: Iterable[int]) -> None:
        """Go on with a Program in which some documents are different."""
        self.program = program
        for document in changed:
            self.forget(document)

    def forget(self, document: int) -> None:
        """Let go of a file; it is opened again when it is needed."""
        file = self._files.pop(document, None)
        if file is not None:
            self._held -= file.facts.packed_size

    def of(self, ref: Ref) -> tuple[File, int]:
        """The file and symbol row of a Ref."""
        return self[document_of(ref)], row_of(ref)

    def kind(self, ref: Ref) -> int:
        """The symbol kind of a Ref."""
        return self[document_of(ref)].kinds[row_of(ref)]

    def name(self, ref: Ref) -> str:
        """The symbol's name."""
        file, row = self.of(ref)
        return file.strings[file.symbols.name[row]]

    def parent(self, ref: Ref) -> Ref:
        """The symbol that contains a symbol (row 0 contains itself)."""
        file, row = self.of(ref)
        return symbol_ref(file.document, max(file.parents[row], 0))

    def members(self, ref: Ref, name: str) -> list[Ref]:
        """The symbols directly inside a symbol under a name."""
        file, row = self.of(ref)
        known = file.facts.string_ids.get(name)
        rows = file.facts.members.get(row, {}).get(known, ()) if known is not None else ()
        return [symbol_ref(file.document, found) for found in rows]
