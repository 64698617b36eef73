"""Constructs: what a language pack's queries find in a parsed tree.

A query file labels syntax nodes. Each pattern's outermost capture has a dotted name, the label
("definition.function", "expr.call"); its other captures are the construct's parts ("name", "body"):

    (call function: (_) @function arguments: (_) @arguments) @expr.call

Where several patterns label one node, the last in the file wins. A pattern that labels a bare node
kind and has no parts, `(identifier) @expr.name` alone on its line, costs nothing per node: it becomes
a table entry and serves where no other pattern labels the node.

Guarantees: no node type of any grammar is known outside the query files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from importlib import resources

from tree_sitter import Language, Node, Parser, Point, Query, QueryCursor, Range, Tree

Parts = dict[str, list[Node]]

_BARE = re.compile(r"^\((\w+)\)\s+@([a-z_]+\.[a-z_.]+)[ \t]*(?:;.*)?$", re.MULTILINE)
_LABEL = re.compile(r"@([a-z_]+\.[a-z_.]+)")


class Grammar:
    """A tree-sitter language with the query files of its pack, compiled once per process."""

    def __init__(self, language: object, package: str, files: tuple[str, ...]) -> None:
        """`language`: the grammar wheel's capsule; `files`: names of .scm resources in `package`, in order.

        Raises tree_sitter.QueryError for a query that does not fit the grammar, ValueError for an unknown kind.
        """
        self.language = Language(language)
        source = "\n".join(resources.files(package).joinpath(name).read_text("utf-8") for name in files)
        self.labels = frozenset(_LABEL.findall(source))
        self.bare: dict[int, str] = {}
        for name, label in _BARE.findall(source):
            kind = self.language.id_for_node_kind(name, True)
            if not kind:
                raise ValueError(f"{package}: no node kind {name!r} in the grammar")
            self.bare[kind] = label
        self._query = Query(self.language, _BARE.sub("", source))

    def tree(self, text: bytes, old: Tree | None = None) -> Tree:
        """The text's tree; `old`: an earlier one, edited. Broken text gives ERROR nodes, never an exception."""
        parser = Parser(self.language)
        return parser.parse(text, old) if old is not None else parser.parse(text)

    def sound_tree(self, text: bytes, old: Tree | None = None) -> Tree | None:
        """As `tree`, for a text without syntax errors; None, as soon as that is known, for one with."""
        tree = self._watched(text, old, lambda failed: failed)
        return None if tree is None or tree.root_node.has_error else tree

    def tree_in_steps(self, text: bytes, stopped: Callable[[], bool]) -> Tree | None:
        """As `tree`, asking after each small step whether to stop; None where it was to."""
        return self._watched(text, None, lambda _: stopped())

    def _watched(self, text: bytes, old: Tree | None, stopped: Callable[[bool], bool]) -> Tree | None:
        """`stopped` is asked again and again, and told whether an error was met by then."""
        given = bytearray()

        def read(offset: int, _: object) -> bytearray:
            given[:] = memoryview(text)[offset:]
            return given

        def progress(_: int, failed: bool) -> bool:
            return stopped(failed)

        parser = Parser(self.language)
        try:
            if old is None:
                return parser.parse(read, progress_callback=progress)
            return parser.parse(read, old, progress_callback=progress)
        except ValueError:  # stopped
            return None
        finally:
            given.clear()  # the binding keeps what it was given for ever, once for each time: so always the same

    def parse_parts(self, text: bytes, parts: Sequence[tuple[int, int]]) -> Node:
        """The root node of the tree of parts of the text, as if nothing else were there; offsets are the whole's."""
        ranges = [Range(Point(0, start), Point(0, end), start, end) for start, end in parts]
        return Parser(self.language, included_ranges=ranges).parse(text).root_node

    def parse_range(self, text: bytes, start: int, end: int) -> Node:
        """The root node of the tree of a part of the text; offsets are those of the whole."""
        part = Range(Point(0, start), Point(0, end), start, end)
        return Parser(self.language, included_ranges=[part]).parse(text).root_node

    def constructs(self, root: Node) -> dict[int, tuple[str, Parts]]:
        """Node id -> (label, parts) for every node under `root` that a pattern with parts or predicates labels."""
        found: dict[int, tuple[int, str, Parts]] = {}
        labels: dict[int, str] = {}
        for pattern, captures in QueryCursor(self._query).matches(root):
            label = labels.get(pattern)
            if label is None:
                label = labels[pattern] = next(name for name in captures if "." in name)
            node = captures[label][0].id
            known = found.get(node)
            if known is None or pattern >= known[0]:
                found[node] = (pattern, label, captures)
        return {node: (label, parts) for node, (_, label, parts) in found.items()}
