"""Impl blocks among the tokens of a macro: those that its text writes, and those that an invocation expands to.

Knows tokens only, as `expansion` does. Of an impl block only the head is read, and the names in its body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from isg_analysis.languages.rust.expansion import Group, Rule, Token, Tree, flat

_NAME = re.compile(rb"(?:r#)?[A-Za-z_]\w*\Z")
_MEMBERS = {b"fn": 0, b"const": 1, b"type": 2}
_MODIFIERS = frozenset((b"async", b"const", b"extern", b"fn", b"unsafe"))
"""What `const` stands before in `const fn`."""
_HEADLESS = frozenset((b"dyn", b"mut", b"const", b"for", b"impl"))
"""Words that come before the name of a type."""
_STANDARD = frozenset(
    b"assert assert_eq assert_ne compile_error concat debug_assert debug_assert_eq eprintln format format_args matches "
    b"panic print println stringify thread_local todo unimplemented unreachable vec write writeln".split()
)
_TYPES = frozenset((b"struct", b"enum", b"union"))
_ENDING = frozenset((b";", b"fn", b"impl", b"mod", b"trait", *_TYPES))
_BEFORE = frozenset((b";", b"unsafe", b"default"))
_INSIDE = {b"<": 1, b">": -1}


class Written(NamedTuple):
    """A type or trait: the segments of the path that heads it, without arguments, and all its tokens."""

    segments: tuple[Token, ...]
    tokens: tuple[Token, ...]


class Member(NamedTuple):
    """`fn`, `const` and `type` are 0, 1 and 2."""

    kind: int
    name: Token


class Block(NamedTuple):
    """`impl Trait for Type { members }`; no trait where it is inherent."""

    trait: Written | None
    subject: Written
    members: tuple[Member, ...]


class Derive(NamedTuple):
    """One trait of `#[derive(Trait)] struct Name`."""

    trait: Written
    subject: Written


class Call(NamedTuple):
    """`path!(arguments)`."""

    path: tuple[Token, ...]
    arguments: tuple[Tree, ...]


def written(trees: Sequence[Tree]) -> Iterator[Block | Derive | Call]:
    """The impl blocks, derives and invocations among items, in order."""
    at = 0
    derived: list[Written] = []
    while at < len(trees):
        tree = trees[at]
        following = trees[at + 1] if at + 1 < len(trees) else None
        word = tree.text if isinstance(tree, Token) else b""
        if word == b"impl" and _begins(trees, at):
            end = _body(trees, at)
            block = _block(trees[at + 1 : end], trees[end]) if end < len(trees) else None
            if block is not None:
                yield block
            at = end
        elif word == b"!" and isinstance(following, Group) and (path := _path_before(trees, at)):
            yield Call(path, following.inner)
        elif word == b"#" and isinstance(following, Group):
            derived += _derived(following.inner)
        elif word in _TYPES and isinstance(following, Token) and _is_name(following.text):
            yield from (Derive(trait, Written((following,), (following,))) for trait in derived)
        if word in _ENDING or (isinstance(tree, Group) and tree.opening.text == b"{"):
            derived = []
        at += 1


def _derived(attribute: Sequence[Tree]) -> Iterator[Written]:
    """The traits in `derive(A, b::C)`."""
    first, named = (*attribute, None, None)[:2]
    if not isinstance(first, Token) or first.text != b"derive" or not isinstance(named, Group):
        return
    part: list[Tree] = []
    for tree in (*named.inner, Token(b",", -1, -1)):
        if not isinstance(tree, Token) or tree.text != b",":
            part.append(tree)
        elif (path := _written(part)) is not None:
            yield path
            part = []


def makes(name: bytes, rules: Sequence[Rule]) -> set[str]:
    """What a macro's text writes impl blocks of, and which others it invokes, whose blocks are its own then: the last
    names of traits and types, and of macros with a `!`; `$` and `$!` stand for what an invocation says.
    """
    out: set[str] = set()
    for rule in rules:
        for each in written(tuple(_unrolled(rule.transcriber))):
            if not isinstance(each, Call):
                out.update(_shown(path.segments) for path in (each.trait, each.subject) if path is not None)
                continue
            called, passed = each.path[-1].text, [tree.text for tree in each.arguments if isinstance(tree, Token)]
            if called not in _STANDARD and called != name:
                out.add(f"{_shown(each.path)}!")
                out.update(f"{word.decode()}!" for word in passed if len(each.arguments) == 1 and _NAME.match(word))
    return out - {""}


def _unrolled(trees: Sequence[Tree]) -> Iterator[Tree]:
    """The trees of a transcriber as if each repetition were there once. A variable becomes one token."""
    at = 0
    while at < len(trees):
        tree = trees[at]
        following = trees[at + 1] if at + 1 < len(trees) else None
        if isinstance(tree, Token) and tree.text == b"$" and following is not None:
            at += 2
            if isinstance(following, Token):
                crate = following.text == b"crate"
                yield following if crate else Token(b"$" + following.text, -1, -1)
                continue
            yield from _unrolled(following.inner)
            while at < len(trees) and (operator := trees[at]) and isinstance(operator, Token):
                at += 1
                if operator.text in (b"*", b"+", b"?"):
                    break
            continue
        yield Group(tree.opening, tuple(_unrolled(tree.inner)), tree.closing) if isinstance(tree, Group) else tree
        at += 1


def _shown(path: Sequence[Token]) -> str:
    last = path[-1].text.decode("utf-8", "replace") if path else ""
    return "$" if last.startswith("$") else last


def _is_name(word: bytes) -> bool:
    return bool(_NAME.match(word)) or word[:1] == b"$"


def _path_before(trees: Sequence[Tree], behind: int) -> tuple[Token, ...]:
    """The segments of the path that ends before a place."""
    out: list[Token] = []
    at = behind - 1
    while at >= 0 and isinstance(tree := trees[at], Token) and _is_name(tree.text):
        out.insert(0, tree)
        joint = trees[at - 1] if at else None
        if not isinstance(joint, Token) or joint.text != b"::":
            break
        at -= 2
    return tuple(out)


def _begins(trees: Sequence[Tree], at: int) -> bool:
    """Whether an item can begin at a place: `impl` is also a type's first word."""
    before = trees[at - 1] if at else None
    return not isinstance(before, Token) or before.text in _BEFORE


def _body(trees: Sequence[Tree], at: int) -> int:
    """Where the braces of the item that begins at a place are."""
    while at < len(trees):
        tree = trees[at]
        if isinstance(tree, Group) and tree.opening.text == b"{":
            break
        at += 1
    return at


def _block(head: Sequence[Tree], body: Tree) -> Block | None:
    """An impl block by what stands between `impl` and its body; None for a negative one, and what is none."""
    begin = _behind_angles(head, 0)
    parts: list[list[Tree]] = [[]]
    depth = 0
    for at in range(begin, len(head)):
        tree = head[at]
        word = tree.text if isinstance(tree, Token) else b""
        if depth == 0 and word == b"where":
            break
        if depth == 0 and word == b"for" and not _is_ranked(head, at):
            parts.append([])
            continue
        depth = max(depth + _INSIDE.get(word, 0), 0)
        parts[-1].append(tree)
    subject = _written(parts[-1])
    trait = _written(parts[0]) if len(parts) == 2 else None
    if len(parts) > 2 or subject is None or not isinstance(body, Group) or (len(parts) == 2 and trait is None):
        return None
    if isinstance(parts[0][0], Token) and parts[0][0].text == b"!":
        return None
    return Block(trait, subject, tuple(_members(body.inner)))


def _is_ranked(trees: Sequence[Tree], at: int) -> bool:
    following = trees[at + 1] if at + 1 < len(trees) else None
    return isinstance(following, Token) and following.text == b"<"


def _behind_angles(trees: Sequence[Tree], at: int) -> int:
    """Behind the angle brackets that open at a place, if some do."""
    depth, begin = 0, at
    while at < len(trees):
        tree = trees[at]
        depth += _INSIDE.get(tree.text, 0) if isinstance(tree, Token) else 0
        at += 1
        if depth <= 0:
            break
    return at if at > begin and isinstance(first := trees[begin], Token) and first.text == b"<" else begin


def _written(trees: Sequence[Tree]) -> Written | None:
    segments: list[Token] = []
    depth = 0
    for at, tree in enumerate(trees):
        word = tree.text if isinstance(tree, Token) else b""
        if depth == 0 and (word in (b"+", b"fn") or (isinstance(tree, Group) and tree.opening.text != b"(")):
            break
        if depth == 0 and isinstance(tree, Token) and _is_name(word) and word not in _HEADLESS:
            joined = at > 0 and isinstance(before := trees[at - 1], Token) and before.text == b"::"
            segments = [*segments, tree] if joined else [tree]
        depth = max(depth + _INSIDE.get(word, 0), 0)
    return Written(tuple(segments), tuple(flat(trees))) if trees else None


def _members(trees: Sequence[Tree]) -> Iterator[Member]:
    """What an impl block's body defines: `fn`, `const` and `type`, followed by a name, outside of inner brackets."""
    for tree, name in pairwise(trees):
        word = tree.text if isinstance(tree, Token) else b""
        if word in _MEMBERS and isinstance(name, Token) and _NAME.match(name.text) and name.text not in _MODIFIERS:
            yield Member(_MEMBERS[word], name)
