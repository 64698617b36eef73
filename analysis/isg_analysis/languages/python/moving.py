"""Moving: how an import at the top of a module could wait, so that running the module does not need it.

Two ways: under `TYPE_CHECKING`, where every use of its names is an annotation; into the functions that use them, where
every use stands in the body of one. Both are read off the text of the one module; who else takes these names from it,
the caller knows. Nothing is offered unless each place that spells one of the names is understood: a rebinding, a name
in a string of its own (`__all__`), an annotation that a decorator or a base class may look at when it runs are reasons
to leave the import where it is.

What is not seen: code that looks at annotations of functions it was merely given, and imports that are there for what
running the module does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from isg_analysis.languages.python import customs
from isg_analysis.languages.python.conditions import TYPE_CHECKING
from isg_analysis.languages.python.lowering import grammar
from isg_analysis.model.edits import Move, Replacement
from isg_analysis.model.imports import Strength

_REST = re.compile(rb"[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)")
_FUTURE = re.compile(rb"^from[ \t]+__future__[ \t]+import[^\n#]*\bannotations\b", re.MULTILINE)
_UNQUOTABLE = re.compile(rb"[\"'\\\n#]")
_INDENT = b"    "


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the things a statement imports: its text, and the name it binds."""

    text: bytes
    name: bytes


@dataclass(frozen=True, slots=True)
class _Use:
    """Where a name is spelled. `annotation`: the outermost type around it; `function` and `body`: of the outermost
    function whose body it is in; `quoted`: it stands in a string or comment.
    """

    annotation: Node | None
    function: Node | None
    body: Node | None
    quoted: bool = False


class _Unclear(Exception):
    """A place that spells one of the names means something else, or something that is not known here."""


def moves(path: str, text: bytes, start: int, end: int) -> list[Move]:
    """The ways in which the import statement at these offsets could move, weaker ties first. Packages' own modules show
    what they import to others, so nothing moves there.
    """
    root = grammar().tree(text).root_node
    if root.has_error or path.rpartition("/")[2].partition(".")[0] == "__init__":
        return []
    moving = _Moving(text, root)
    statement = next((node for node in root.named_children if node.start_byte == start), None)
    if statement is None or statement.end_byte != end or not moving.owns_its_lines(statement):
        return []
    try:
        parts = list(moving.parts(statement))
        uses = {part: list(moving.uses(part.name, statement)) for part in parts}
    except _Unclear:
        return []
    if not parts or not all(uses.values()):
        return []  # it is there for something else
    names = tuple(part.name.decode("utf-8", "replace") for part in parts)
    found = []
    if (edits := moving.under_type_checking(statement, [use for each in uses.values() for use in each])) is not None:
        found.append(Move(Strength.TYPE_ONLY, names, 0, tuple(edits)))
    if (edits := moving.into_functions(statement, uses)) is not None:
        found.append(Move(Strength.DEFERRED, names, len(edits) - 1, tuple(edits)))
    return found


class _Moving:
    """Looks at one module. The tree is one without errors."""

    def __init__(self, text: bytes, root: Node) -> None:
        self._text, self._root = text, root
        self._labels = grammar().bare

    def label(self, node: Node | None) -> str:
        return "" if node is None else self._labels.get(node.kind_id, "")

    def source(self, node: Node) -> bytes:
        return self._text[node.start_byte : node.end_byte]

    # -- the statement

    def owns_its_lines(self, node: Node) -> bool:
        """Whether nothing but a comment stands in the lines of a node, and it is not indented."""
        return self._indent(node) == b"" and _REST.match(self._text, node.end_byte) is not None

    def _indent(self, node: Node) -> bytes | None:
        """The blanks before a node; None where something else stands there."""
        before = self._text[self._text.rfind(b"\n", 0, node.start_byte) + 1 : node.start_byte]
        return before if not before.strip(b" \t") else None

    def _line_end(self, node: Node) -> int:
        """Where the line behind the last one of a node begins."""
        found = self._text.find(b"\n", node.end_byte)
        return found + 1 if found >= 0 else len(self._text)

    def parts(self, statement: Node) -> Iterator[_Part]:
        """What a statement imports. Raises _Unclear for `*` and for what is marked as passed on (`a as a`)."""
        kind = self.label(statement)
        if kind not in ("import.from", "import.module"):
            raise _Unclear
        named = [child for child in statement.named_children if self.label(child) != "leaf.ignored"]
        for child in named[1:] if kind == "import.from" else named:
            match self.label(child):
                case "import.dotted":
                    yield _Part(self.source(child), self.source(child.named_children[0]))
                case "import.aliased":
                    dotted, alias = child.named_children[0], child.named_children[-1]
                    if self.source(dotted) == self.source(alias):
                        raise _Unclear
                    yield _Part(self.source(child), self.source(alias))
                case _:
                    raise _Unclear

    # -- the uses

    def uses(self, name: bytes, statement: Node) -> Iterator[_Use]:
        """Every use of a name outside of the statement."""
        spelled = re.compile(rb"(?<![\w\x80-\xff])%b(?![\w\x80-\xff])" % re.escape(name))
        for found in spelled.finditer(self._text):
            if statement.start_byte <= found.start() < statement.end_byte:
                continue
            node = self._root.named_descendant_for_byte_range(*found.span())
            use = self._use(node, name) if node is not None else None
            if use is not None:
                yield use

    def _use(self, node: Node, name: bytes) -> _Use | None:
        """What it means that a node spells the name; None where it is another one's, or only talked about."""
        if self.label(node) == "leaf.ignored":
            if b"type:" in self.source(node):
                raise _Unclear
            return None
        if self.label(node) == "expr.name":
            return self._named(node)
        while self.label(node) != "expr.str":
            if node.parent is None:
                raise _Unclear
            node = node.parent
        around = self._around(node)
        if around.annotation is not None:
            return _Use(around.annotation, around.function, around.body, quoted=True)
        if self.source(node).strip(b"\"'") == name:
            raise _Unclear
        return None

    def _named(self, node: Node) -> _Use | None:
        parent = node.parent
        first = parent is not None and parent.named_children[0].id == node.id
        match self.label(parent):
            case "expr.member" if not first:
                return None
            case "expr.keyword" if first:
                return None
            case "stmt.global" | "stmt.nonlocal" | "import.dotted" | "import.aliased":
                raise _Unclear
        return self._around(node)

    def _around(self, node: Node) -> _Use:
        annotation = function = body = None
        child = node
        while (parent := child.parent) is not None:
            if self.label(parent) == "type.any":
                annotation = parent
            if self.label(parent) == "definition.function" and self.label(child) == "stmt.block":
                function, body = parent, child
            child = parent
        return _Use(annotation, function, body)

    # -- under TYPE_CHECKING

    def under_type_checking(self, statement: Node, uses: Sequence[_Use]) -> list[Replacement] | None:
        """The edits that put a statement there, None where a use would miss it when it runs."""
        quoted: dict[int, Replacement] = {}
        for use in uses:
            if use.annotation is None or self._is_looked_at(use.annotation):
                return None
            if not use.quoted and self._is_evaluated(use.annotation):
                written = self.source(use.annotation)
                if _UNQUOTABLE.search(written):
                    return None
                place = use.annotation.start_byte, use.annotation.end_byte
                quoted[place[0]] = Replacement(*place, b'"%b"' % written)
        return [*self._moved(statement), *quoted.values()]

    def _is_evaluated(self, annotation: Node) -> bool:
        """Whether Python runs an annotation as it comes to it: not those of locals, aliases and type parameters."""
        match self.label(annotation.parent):
            case "definition.function" | "parameter.typed" | "parameter.default":
                pass
            case "stmt.assign":
                home = self._nearest(annotation, "definition.function", "definition.class")
                if self.label(home) == "definition.function":
                    return False
            case _:
                return False
        return _FUTURE.search(self._text) is None

    def _is_looked_at(self, annotation: Node) -> bool:
        """Whether a decorator, base class or metaclass may look at an annotation when the module runs."""
        home = self._nearest(annotation, "definition.function", "definition.class")
        decorated = home is not None and self.label(home.parent) == "definition.decorated"
        if home is None or (
            self.label(home) == "definition.function" and self.label(annotation.parent) == "stmt.assign"
        ):
            return False
        if self.label(home) == "definition.function":
            return decorated and not customs.changes_only(self._decorators(home))
        return decorated or any(self.label(child) == "expr.arguments" for child in home.named_children)

    def _decorators(self, home: Node) -> str:
        assert home.parent is not None
        return self._text[home.parent.start_byte : home.start_byte].decode("utf-8", "replace")

    def _nearest(self, node: Node, *labels: str) -> Node | None:
        around = node.parent
        while around is not None and self.label(around) not in labels:
            around = around.parent
        return around

    def _moved(self, statement: Node) -> Iterator[Replacement]:
        """Into the block that there is, or into one in the statement's place."""
        start, end = statement.start_byte, self._line_end(statement)
        line = self._text[start:end]
        eol = b"\r\n" if line.endswith(b"\r\n") else b"\n"
        line = line if line.endswith(b"\n") else line + eol
        for node in self._root.named_children:
            first = self._first_for_type_checkers(node)
            indent = self._indent(first) if first is not None else None
            if first is not None and indent:
                at = first.start_byte - len(indent)
                yield Replacement(start, end, b"")
                yield Replacement(at, at, _indented(line, indent))
                return
        known = re.compile(rb"\bTYPE_CHECKING\b")
        before = (node for node in self._root.named_children if node.start_byte < start)
        imported = any(self.label(node) == "import.from" and known.search(self.source(node)) for node in before)
        head = b"" if imported else b"from typing import TYPE_CHECKING" + eol + eol
        yield Replacement(start, end, b"%bif TYPE_CHECKING:%b%b" % (head, eol, _indented(line, _INDENT)))

    def _first_for_type_checkers(self, node: Node) -> Node | None:
        """The first statement under `if TYPE_CHECKING:`, if a node is that."""
        if self.label(node) != "stmt.if" or not TYPE_CHECKING.match(self.source(node.named_children[0])):
            return None
        block = next((child for child in node.named_children if self.label(child) == "stmt.block"), None)
        return block.named_children[0] if block is not None and block.named_children else None

    # -- into functions

    def into_functions(self, statement: Node, uses: dict[_Part, list[_Use]]) -> list[Replacement] | None:
        """The edits that put it into each function with a use, None where there are uses elsewhere."""
        needed: dict[int, tuple[Node, list[_Part]]] = {}
        for part, places in uses.items():
            for use in places:
                if use.body is None:
                    return None
                taken = needed.setdefault(use.body.start_byte, (use.body, []))[1]
                if part not in taken:
                    taken.append(part)
        end = self._line_end(statement)
        eol = b"\r\n" if self._text[:end].endswith(b"\r\n") else b"\n"
        edits = [Replacement(statement.start_byte, end, b"")]
        for body, parts in needed.values():
            first = self._first_statement(body)
            indent = self._indent(first) if first is not None else None
            if first is None or not indent:
                return None
            at = first.start_byte - len(indent)
            edits.append(Replacement(at, at, indent + self._rebuilt(statement, parts) + eol))
        return edits

    def _first_statement(self, body: Node) -> Node | None:
        """The first one that is not the doc string; None where there is no other."""
        statements = [child for child in body.named_children if self.label(child) != "leaf.ignored"]
        first = statements[0] if statements else None
        if first is not None and self.label(first) == "stmt.expression" and first.named_child_count == 1:
            told = self.label(first.named_children[0]) in ("expr.str", "expr.strings")
            return (statements[1] if len(statements) > 1 else None) if told else first
        return first

    def _rebuilt(self, statement: Node, parts: Sequence[_Part]) -> bytes:
        listed = b", ".join(part.text for part in parts)
        if self.label(statement) == "import.module":
            return b"import " + listed
        return b"from %b import %b" % (self.source(statement.named_children[0]), listed)


def _indented(lines: bytes, indent: bytes) -> bytes:
    return b"".join(indent + line if line.strip() else line for line in lines.splitlines(keepends=True))
