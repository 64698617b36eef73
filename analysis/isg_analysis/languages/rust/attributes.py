"""Attributes, derives and doc comments: collected in front of an item and handed to its handler."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tree_sitter import Node

from isg_analysis.languages.constructs import Grammar, Parts
from isg_analysis.languages.rust.control import Control
from isg_analysis.model.builder import FactsBuilder
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolFlag

_WORD = re.compile(rb"\s*(\w+)")
_PATH = re.compile(rb"(?:::\s*)?[A-Za-z_]\w*(?:\s*::\s*[A-Za-z_]\w*)*")
_SEGMENT = re.compile(rb"[A-Za-z_]\w*")
_STRING = re.compile(rb'=\s*r?#*"((?:[^"\\]|\\.)*)"', re.DOTALL)
_BUILT_IN = frozenset(
    b"allow warn deny forbid expect cfg cfg_attr doc inline cold must_use derive path macro_export macro_use "
    b"deprecated repr non_exhaustive no_mangle link link_name export_name ignore should_panic track_caller "
    b"automatically_derived target_feature feature no_std no_core recursion_limit type_length_limit test "
    b"global_allocator used proc_macro proc_macro_derive proc_macro_attribute windows_subsystem bench "
    b"rustfmt clippy diagnostic unsafe default".split()
)
_FLAGS = {
    b"cfg": SymbolFlag.CONDITIONAL,
    b"cfg_attr": SymbolFlag(0),
    b"deprecated": SymbolFlag.DEPRECATED,
    b"macro_export": SymbolFlag.EXPORTED_MACRO,
}


@dataclass(slots=True)
class Attributes:
    """What stands in front of one item."""

    start: int = -1
    docs: list[str] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    flags: int = 0
    path: str = ""
    macro_use: Node | None = None
    """The attribute `#[macro_use]`."""
    inner: bool = False
    """Whether a doc comment of what encloses the item stands among its own."""

    def doc(self) -> bytes:
        """The doc comment, its markers taken off."""
        return "\n".join(self.docs).strip("\n").encode()


_NONE = Attributes()


class Commented(Control):
    """`sequence_of` collects attributes; `attributes()` hands them over, once."""

    def __init__(self, grammar: Grammar, facts: FactsBuilder) -> None:
        super().__init__(grammar, facts)
        self._inner_docs: dict[int, list[str]] = {}

    _pending = _NONE

    def sequence_of(self, children: Sequence[Node]) -> int:
        """Lower statements or items in the current scope; see Control."""
        trivia, value = self._trivia, -1
        pending: Attributes | None = None
        for child in children:
            if child.kind_id not in trivia:
                self._pending, pending = pending or _NONE, None
                value = self.visit(child)
                continue
            if self._inner_trivia(child):
                if pending is not None:
                    pending.inner = True
                continue
            pending = pending or Attributes()
            if self._outer_trivia(child, pending) and pending.start < 0:
                pending.start = child.start_byte
        self._pending = _NONE
        return value

    def is_conditional(self) -> bool:
        """Whether a `#[cfg]` stands before the statement being lowered."""
        return bool(self.attributes().flags & SymbolFlag.CONDITIONAL)

    def attributes(self) -> Attributes:
        """What was collected for the item being lowered; empty when asked again."""
        found, self._pending = self._pending, _NONE
        return found

    def _inner_trivia(self, node: Node) -> bool:
        start = node.start_byte
        head = self.text[start : start + 3]
        if head in (b"//!", b"/*!"):
            self._inner_doc(node)
            return True
        return head == b"#![" or head[:2] == b"#!"

    def _outer_trivia(self, node: Node, pending: Attributes) -> bool:
        """Add a comment or attribute; False for a comment that documents nothing."""
        start, end = node.start_byte, node.end_byte
        head = self.text[start : start + 4]
        if head[:1] == b"#":
            self._attribute(node, pending)
            return True
        if head.startswith((b"///", b"/**")) and head not in (b"////", b"/***", b"/**/"):
            pending.docs.append(_undecorated(self.text[start:end].decode()))
            return True
        return False

    def _inner_doc(self, node: Node) -> None:
        if self.facts.units is not None:
            self.facts.units.leak()
        known = self._inner_docs.setdefault(self.symbol, [])
        known.append(_undecorated(self.source(node)))

    def document(self, root: Node) -> None:
        """Frame the walk: inner doc comments go to the symbol that encloses them."""
        super().document(root)
        for symbol, lines in self._inner_docs.items():
            if self.facts.columns["symbols"]["doc"][symbol] < 0:
                self.facts.slot(symbol, doc=self.facts.stored_text("\n".join(lines).strip("\n").encode()))

    def _attribute(self, node: Node, pending: Attributes) -> None:
        raw = self.text[node.start_byte : node.end_byte]
        word = _WORD.match(raw, 2)
        name = word.group(1) if word else b""
        pending.flags |= _FLAGS.get(name, 0)
        if name == b"macro_use":
            pending.macro_use = node
        elif name in (b"doc", b"path"):
            text = _STRING.search(raw)
            if text is not None:
                shown = text.group(1).decode()
                if name == b"doc":
                    pending.docs.append(shown)
                else:
                    pending.path = shown
        elif name == b"derive" or name not in _BUILT_IN:
            pending.nodes.append(node)

    def decorations(self, found: Attributes, wrapper: int) -> int:
        """The LIST of an item's derives and attribute macros, as NAME and PATH nodes, the macro in whose arguments it
        stands first; -1 without any.
        """
        nodes = [wrapper] if wrapper >= 0 else []
        for node in found.nodes:
            raw = self.text[node.start_byte : node.end_byte]
            if raw.startswith(b"#[derive"):
                nodes += [self._written_path(node, m, Role.DERIVE) for m in _PATH.finditer(raw, raw.find(b"("))]
            elif (first := _PATH.search(raw)) is not None:
                nodes.append(self._written_path(node, first, Role.DECORATOR))
        return self.facts.items(nodes) if nodes else -1

    def macros_named(self, attribute: Node, base: int) -> None:
        """The names in `#[macro_use(a, b)]` before the crate of a path."""
        raw = self.text[attribute.start_byte : attribute.end_byte]
        for name in _SEGMENT.finditer(raw, raw.find(b"(") + 1 or len(raw)):
            start, end = attribute.start_byte + name.start(), attribute.start_byte + name.end()
            self.facts.named(Op.PATH, base, start, end, name.group().decode(), Role.MACRO, self.scope)

    def _written_path(self, node: Node, match: re.Match[bytes], role: int) -> int:
        """A path found in an attribute's text; its last segment has the role."""
        segments = list(_SEGMENT.finditer(match.string, match.start(), match.end()))
        value = -1
        absolute = match.group().startswith(b"::")
        for index, segment in enumerate(segments):
            op = Op.PATH if index or absolute else Op.NAME
            start, end = node.start_byte + segment.start(), node.start_byte + segment.end()
            kind = role if index == len(segments) - 1 else Role.TYPE
            value = self.facts.named(op, value, start, end, segment.group().decode(), kind, self.scope)
        return value

    def trivia_comment(self, node: Node, parts: Parts) -> int:
        """A comment between the parts of an expression."""
        del node, parts
        return -1

    trivia_attribute = trivia_inner = trivia_comment


def _undecorated(comment: str) -> str:
    """The text of one doc comment."""
    if comment.startswith("//"):
        text = comment[3:].rstrip("\r\n")
        return text[1:] if text.startswith(" ") else text
    lines = comment[3:-2].split("\n")
    shown = [lines[0].strip(), *(line.strip().removeprefix("*").removeprefix(" ") for line in lines[1:])]
    return "\n".join(shown).strip()
