"""A SCIP index (https://github.com/sourcegraph/scip) of a whole snapshot.

Written document by document: nothing of one is kept for the next. Positions are UTF-8
columns. What is bound for certain is exported, everything else is left out: SCIP has no way to say
that a binding is only possible. Field numbers are those of scip.proto and stand in the enums below.

Sibling: `scip_names` spells symbols, parameters and locals.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from isg_analysis.export.protobuf import integer, message, packed, text
from isg_analysis.export.scip_names import Names
from isg_analysis.languages.registry import NAMES, pack
from isg_analysis.model.facts import BindingFlag, BindingKind
from isg_analysis.model.links import Edge
from isg_analysis.model.occurrence import Confidence, Role
from isg_analysis.model.ops import Op
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.signature import decode
from isg_analysis.model.symbol import SymbolFlag, SymbolKind
from isg_analysis.resolve.program import Ref, binding_ref, is_binding, row_of, symbol_ref
from isg_analysis.resolve.view import View

DEFINITION, IMPORT, WRITE, READ = 1, 2, 4, 8
"""scip.SymbolRole."""

_UTF8 = 1  # TextEncoding.UTF8 and PositionEncoding.UTF8CodeUnitOffsetFromLineStart
_PARAMETER, _VARIABLE = 37, 61
_ABSTRACT_METHOD, _STATIC_METHOD = 66, 80

_KINDS = {  # scip.SymbolInformation.Kind; an impl block has none
    SymbolKind.MODULE: 29,
    SymbolKind.CLASS: 7,
    SymbolKind.INTERFACE: 21,
    SymbolKind.ENUM: 11,
    SymbolKind.UNION: 59,
    SymbolKind.FUNCTION: 17,
    SymbolKind.METHOD: 26,
    SymbolKind.FIELD: 15,
    SymbolKind.CONSTANT: 8,
    SymbolKind.VARIABLE: _VARIABLE,
    SymbolKind.VARIANT: 12,
    SymbolKind.TYPE_ALIAS: 55,
    SymbolKind.TYPE_PARAMETER: 58,
    SymbolKind.MACRO: 25,
    SymbolKind.PROPERTY: 41,
}
_ROLES: dict[int, int] = {
    Role.IMPORT: IMPORT,
    Role.WRITE: WRITE,
    Role.READ: READ,
    Role.CALL: READ,
    Role.DECORATOR: READ,
}
_IMPLEMENTING = frozenset({RelationKind.EXTENDS, RelationKind.IMPLEMENTS, RelationKind.OVERRIDES})
_LOCAL_BINDINGS = frozenset({BindingKind.PARAMETER, BindingKind.LOCAL, BindingKind.LABEL})
_NOT_DEFINING = BindingFlag.AUGMENTED | BindingFlag.DELETED


def _nothing() -> None:
    """What happens between two documents unless the caller says otherwise."""


@dataclass(frozen=True, slots=True)
class Tool:
    """What stands in the index about its maker."""

    version: str
    arguments: tuple[str, ...] = ()


def write_index(view: View, root: Path, tool: Tool, sink: BinaryIO, *, between: Callable[[], None] = _nothing) -> int:
    """Write the index of every document to `sink`; returns how many there were. `root` is absolute.

    `between` is called behind each document: the view may let go of what it keeps then.
    """
    sink.write(message(1, _metadata(root, tool)))
    written = 0
    for language in NAMES:
        for document in view.documents(language):
            sink.write(message(2, document_message(view, document)))
            written += 1
            between()
    return written


def document_message(view: View, document: int) -> bytes:
    """The body of one scip.Document."""
    export = _Document(view, document)
    occurrences = export.occurrences()
    parts = [
        text(1, view.path(document)),
        *(message(2, body) for body in occurrences),
        *(message(3, body) for body in export.symbols()),
        text(4, view.language(document)),
        integer(6, _UTF8),
    ]
    return b"".join(parts)


def _metadata(root: Path, tool: Tool) -> bytes:
    about = text(1, "isg") + text(2, tool.version) + b"".join(text(3, argument) for argument in tool.arguments)
    return message(2, about) + text(3, root.as_uri()) + integer(4, _UTF8)


class _Document:
    """One document on its way out."""

    def __init__(self, view: View, document: int) -> None:
        self._view = view
        self._document = document
        self._facts = view.facts(document)
        self._targets = _certain_targets(view, document)
        self._names = Names(view, document, self._targets.values())
        self._encoded: dict[str, bytes] = {}
        self._defined: dict[Ref, None] = {}

    def occurrences(self) -> list[bytes]:
        """The bodies of scip.Occurrence in source order."""
        rows = self._facts.occurrences
        placed = [*self._unnamed_definitions(), *self._imported_modules()]
        strings, pronouns = self._facts.strings, pack(self._view.language(self._document)).pronouns
        for occurrence, start in enumerate(rows.start):
            end = start + rows.length[occurrence]
            if start == end or strings[rows.name[occurrence]] in pronouns:  # written by a macro; not the type's name
                continue
            own = self._defines(occurrence)
            own_name = None
            if own is not None:
                own_name = self._names.spell(own)
                if own_name is not None:
                    placed.append((start, end, self._definition(own, own_name, start, end)))
            role = _ROLES.get(rows.role[occurrence], 0)
            names = (self._names.spell(target) for target in self._targets.get(occurrence, ()))
            for name in dict.fromkeys(names):
                if name is not None and name != own_name:
                    placed.append((start, end, self._occurrence(start, end, name, role)))
        placed.sort(key=lambda row: row[:2])
        return [body for _, _, body in placed]

    def symbols(self) -> Iterator[bytes]:
        """The bodies of scip.SymbolInformation, one per distinct symbol that `occurrences` defined."""
        relationships: dict[str, dict[bytes, None]] = {}
        for edge in self._view.links(self._document).edges():
            body = self._relationship(edge)
            source = self._names.spell(symbol_ref(self._document, edge.source)) if body else None
            if source is not None:
                relationships.setdefault(source, {})[body] = None
        seen: set[str] = set()
        for ref in self._defined:
            name = self._names.spell(ref)
            if name is None or name in seen:
                continue
            seen.add(name)
            related = b"".join(message(4, body) for body in relationships.get(name, {}))
            about = self._binding_parts(row_of(ref)) if is_binding(ref) else self._symbol_parts(row_of(ref))
            yield text(1, name) + about[0] + related + about[1]

    def _unnamed_definitions(self) -> Iterator[tuple[int, int, bytes]]:
        """Definitions no identifier stands for: the module at the start of the text, impl blocks at their type."""
        symbols = self._facts.symbols
        for row, occurrence in enumerate(symbols.occurrence):
            if occurrence >= 0:
                continue
            start, end = (symbols.name_start[row], symbols.name_end[row]) if row else (0, 0)
            ref = symbol_ref(self._document, row)
            name = self._names.spell(ref)
            if name is not None:
                yield start, end, self._definition(ref, name, start, end)

    def _imported_modules(self) -> Iterator[tuple[int, int, bytes]]:
        """Dotted module paths in imports, as a whole: SCIP indexers name the module meant by all of `a.b.c`.

        The range holds those of its components, which are occurrences of the packages on the way.
        """
        nodes, rows, seen = self._facts.nodes, self._facts.occurrences, set[int]()
        for node in self._facts.imports.node:
            module = nodes.a[node] if nodes.op[node] == Op.IMPORT_FROM else node
            last = nodes.a[module] if nodes.op[module] == Op.IMPORT_MODULE else -1
            if last < 0 or nodes.op[last] != Op.PATH or nodes.a[last] < 0 or last in seen:
                continue
            seen.add(last)
            first, final = last, nodes.b[last]
            while nodes.a[first] >= 0:
                first = nodes.a[first]
            start, end = rows.start[nodes.b[first]], rows.start[final] + rows.length[final]
            for name in map(self._names.spell, self._targets.get(final, ())):
                if name is not None:
                    yield start, end, self._occurrence(start, end, name, IMPORT)

    def _defines(self, occurrence: int) -> Ref | None:
        """The symbol or local that the occurrence introduces. Imports introduce nothing: they mention."""
        definition = self._facts.occurrences.definition[occurrence]
        if definition < 0:
            return None
        row = definition >> 1
        if not definition & 1:
            return symbol_ref(self._document, row)
        bindings = self._facts.bindings
        if bindings.kind[row] not in _LOCAL_BINDINGS or bindings.flags[row] & _NOT_DEFINING:
            return None
        return binding_ref(self._document, row)

    def _definition(self, ref: Ref, name: str, start: int, end: int) -> bytes:
        self._defined[ref] = None
        body = self._occurrence(start, end, name, DEFINITION)
        if is_binding(ref):
            return body
        symbols, row = self._facts.symbols, row_of(ref)
        return body + packed(7, self._range(symbols.start[row], symbols.end[row]))

    def _occurrence(self, start: int, end: int, name: str, role: int) -> bytes:
        spelled = self._encoded.get(name)
        if spelled is None:
            spelled = self._encoded[name] = text(2, name)
        return packed(1, self._range(start, end)) + spelled + integer(3, role)

    def _range(self, start: int, end: int) -> list[int]:
        """Line and column of both ends; the second line is left out where it is the first."""
        starts = self._facts.line_starts
        first = max(bisect_right(starts, start) - 1, 0)
        if first + 1 == len(starts) or end < starts[first + 1]:
            return [first, start - starts[first], end - starts[first]]
        last = bisect_right(starts, end) - 1
        return [first, start - starts[first], last, end - starts[last]]

    def _symbol_parts(self, row: int) -> tuple[bytes, bytes]:
        """The fields of a symbol's information before and behind its relationships."""
        symbols = self._facts.symbols
        doc = self._facts.text(symbols.doc[row]).decode("utf-8", "replace")
        signature = decode(self._facts.text(symbols.signature[row])).text
        shown = self._facts.name_of(row) or self._view.path(self._document).rpartition("/")[2]
        behind = integer(5, self._kind(row)) + text(6, shown)
        if signature:
            behind += message(7, text(4, self._view.language(self._document)) + text(5, signature))
        return text(3, doc), behind

    def _binding_parts(self, row: int) -> tuple[bytes, bytes]:
        bindings = self._facts.bindings
        kind = _PARAMETER if bindings.kind[row] == BindingKind.PARAMETER else _VARIABLE
        behind = integer(5, kind) + text(6, self._facts.strings[bindings.name[row]])
        around = symbol_ref(self._document, self._facts.scopes.symbol[bindings.scope[row]])
        return b"", behind + text(8, self._names.spell(around) or "")

    def _kind(self, row: int) -> int:
        kind, flags = SymbolKind(self._facts.symbols.kind[row]), self._facts.symbols.flags[row]
        if kind is SymbolKind.METHOD and flags & SymbolFlag.ABSTRACT:
            return _ABSTRACT_METHOD
        if kind is SymbolKind.METHOD and flags & SymbolFlag.STATIC:
            return _STATIC_METHOD
        return _KINDS.get(kind, 0)

    def _relationship(self, edge: Edge) -> bytes:
        """The body of a scip.Relationship; empty for what SCIP does not say.

        An impl block EXTENDS its self type, which it does not implement.
        """
        in_impl = self._facts.symbols.kind[edge.source] == SymbolKind.IMPLEMENTATION
        if edge.kind not in _IMPLEMENTING or (in_impl and edge.kind == RelationKind.EXTENDS):
            return b""
        target = self._view.ref_of(edge.target) if edge.confidence == Confidence.CERTAIN else None
        name = self._names.spell(target) if target is not None else None
        if name is None:
            return b""
        return text(1, name) + integer(2, int(edge.kind == RelationKind.OVERRIDES)) + integer(3, 1)


def _certain_targets(view: View, document: int) -> dict[int, list[Ref]]:
    """What each occurrence means, for those whose meaning is certain."""
    links, occurrences = view.links(document), view.facts(document).occurrences
    out: dict[int, list[Ref]] = {}
    for occurrence, (keys, confidence) in links.bound().items():
        if confidence == Confidence.CERTAIN:
            out[occurrence] = [ref for ref in map(view.ref_of, keys) if ref is not None]
    for occurrence, binding in links.locals:
        out.setdefault(occurrence, []).append(binding_ref(document, binding))
    resolve = view.resolver(document).resolve
    for occurrence, role in enumerate(occurrences.role):
        # Links leave out what another document's parameter list defines.
        if role == Role.KEYWORD and occurrence not in out:
            found = resolve(document, occurrence)
            if found.confidence == Confidence.CERTAIN:
                out[occurrence] = list(found.targets)
    return out
