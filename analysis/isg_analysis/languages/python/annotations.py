"""Types written inside strings: a small recursive-descent reader that gives the same nodes as the real thing.

It knows names, members, subscripts, calls, `|`, lists, literals and nested quotes. Anything else ends the reading: the
nodes made so far stand, nothing is guessed. A text that breaks off is no type.
"""

from __future__ import annotations

import re

from isg_analysis.model.builder import FactsBuilder
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op

_TOKEN = re.compile(
    rb"""\s*(?:(?P<name>[^\W\d]\w*|[\x80-\xff][\w\x80-\xff]*)|(?P<dots>\.\.\.)|(?P<number>-?\d+)
    |(?P<string>"[^"\n]*"|'[^'\n]*')|(?P<mark>[\[\](),.|*=]))""",
    re.VERBOSE,
)
_UNFINISHED = (b"|", b".", b"[", b"(", b"*")
_MAX_DEPTH = 40


def lower_annotation(facts: FactsBuilder, text: bytes, start: int, end: int, scope: int) -> int:
    """The node of the type written in text[start:end], or -1 where it is not one."""
    tokens = [
        (match.lastgroup or "", match.start(match.lastgroup or 0), match.end())
        for match in _TOKEN.finditer(text, start, end)
    ]
    covered = sum(_written(text[first:stop]) for _, first, stop in tokens)
    if covered != _written(text[start:end]) or (tokens and text[tokens[-1][1] : tokens[-1][2]] in _UNFINISHED):
        return -1
    return _Reader(facts, text, tokens, scope).union(0)


def _written(text: bytes) -> int:
    """How many bytes of it are no space."""
    return sum(len(part) for part in text.split())


class _Reader:
    def __init__(self, facts: FactsBuilder, text: bytes, tokens: list[tuple[str, int, int]], scope: int) -> None:
        self._facts = facts
        self._text = text
        self._tokens = tokens
        self._scope = scope
        self._at = 0

    def _mark(self) -> bytes:
        if self._at >= len(self._tokens):
            return b""
        kind, start, end = self._tokens[self._at]
        return self._text[start:end] if kind == "mark" else b""

    def union(self, depth: int) -> int:
        """type ('|' type)*"""
        nodes = [self._postfix(depth)]
        while self._mark() == b"|":
            self._at += 1
            nodes.append(self._postfix(depth))
        return nodes[0] if len(nodes) == 1 else self._facts.node(Op.UNION, self._facts.items(nodes))

    def _listed(self, closing: bytes, depth: int) -> int:
        nodes = []
        while self._at < len(self._tokens) and self._mark() != closing:
            before = self._at
            keyword = closing == b")" and self._is_keyword()
            nodes.append(self._keyword(depth) if keyword else self.union(depth + 1))
            if self._mark() == b",":
                self._at += 1
            elif self._at == before:
                break
        self._at += 1
        return self._facts.items(nodes)

    def _postfix(self, depth: int) -> int:
        node = self._atom(depth)
        while True:
            mark = self._mark()
            if mark == b"." and self._at + 1 < len(self._tokens) and self._tokens[self._at + 1][0] == "name":
                self._at += 1
                node = self._named(Op.MEMBER, node)
            elif mark == b"[" and depth < _MAX_DEPTH:
                self._at += 1
                node = self._facts.node(Op.GENERIC, node, self._listed(b"]", depth))
            elif mark == b"(" and node >= 0 and depth < _MAX_DEPTH:
                self._at += 1
                node = self._called(node, depth)
            else:
                return node

    def _called(self, callee: int, depth: int) -> int:
        """`name(...)`: what `Annotated` may hold beside the type."""
        occurrence = self._facts.occurrence_of(callee)
        if occurrence >= 0:
            self._facts.role(occurrence, Role.CALL)
        return self._facts.node(Op.CALL, callee, self._listed(b")", depth))

    def _is_keyword(self) -> bool:
        following = self._tokens[self._at + 1 : self._at + 2]
        named = self._at < len(self._tokens) and self._tokens[self._at][0] == "name"
        return named and any(self._text[start:end] == b"=" for _, start, end in following)

    def _keyword(self, depth: int) -> int:
        """`name=value` in a call."""
        _, start, end = self._tokens[self._at]
        self._at += 2
        name, value = self._text[start:end].decode("utf-8", "replace"), self.union(depth + 1)
        return self._facts.named(Op.KEYWORD, value, start, end, name, Role.KEYWORD, self._scope)

    def _named(self, op: Op, base: int) -> int:
        _, start, end = self._tokens[self._at]
        self._at += 1
        name = self._text[start:end].decode("utf-8", "replace")
        return self._facts.named(op, base, start, end, name, Role.TYPE, self._scope)

    def _atom(self, depth: int) -> int:
        if self._at >= len(self._tokens) or depth >= _MAX_DEPTH:
            return -1
        kind, start, end = self._tokens[self._at]
        if kind == "name":
            if self._text[start:end] == b"None":
                self._at += 1
                return self._facts.node(Op.LITERAL, self._facts.string("None"))
            return self._named(Op.NAME, -1)
        mark = self._mark()
        if mark in (b"]", b")", b","):
            return -1
        self._at += 1
        if mark == b"[":
            return self._facts.node(Op.ARRAY, self._listed(b"]", depth), self._facts.string("list"))
        if mark == b"(":
            return self._facts.node(Op.TUPLE, self._listed(b")", depth))
        if mark == b"*":
            return self._facts.node(Op.STAR, self._postfix(depth + 1), 1)
        if kind == "string" and end - start > 2:
            inner = lower_annotation(self._facts, self._text, start + 1, end - 1, self._scope)
            return self._facts.node(Op.STRING_TYPE, inner)
        return self._facts.node(Op.UNKNOWN)
