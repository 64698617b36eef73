"""Expansion: what a `macro_rules!` makes of an invocation's tokens. Knows tokens only; nothing of facts or trees.

Rules are tried in order; a fragment ends where Rust's rules on what may follow it let it end. No hygiene. What is not
understood expands to None, never to something else: a rule whose matcher has an unknown fragment ends the search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

_MOST_TOKENS = 100_000
_TOKEN = re.compile(
    rb"""(?P<doc>///(?!/)[^\n]*|/\*\*(?![*/]).*?\*/)
    |(?P<blank>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<text>b?r(?P<hashes>\#*)".*?"(?P=hashes)|[bc]?"(?:[^"\\]|\\.)*"|b?'(?:[^'\\\n]|\\[^'\n]+|\\')'
    |'[A-Za-z_]\w*|(?:r\#)?[A-Za-z_]\w*|\d\w*(?:\.\d\w*)?
    |::|->|=>|==|!=|<=|&&|\|\||\.\.=|\.\.\.|\.\.|[-+*/%^&|]=|.)""",
    re.DOTALL | re.VERBOSE,
)
_CLOSING = {b"(": b")", b"[": b"]", b"{": b"}"}
_CLOSED = frozenset(_CLOSING.values())
_FRAGMENTS = frozenset(
    b"ident tt ty expr expr_2021 path pat pat_param stmt block item meta vis lifetime literal".split()
)


class Token(NamedTuple):
    """`origin`: where it stands in the document, if it is one of the invocation's; else -1. `place`: where it stands in
    the text it was read from.
    """

    text: bytes
    origin: int
    place: int


@dataclass(frozen=True, slots=True)
class Group:
    """What stands between brackets, with them."""

    opening: Token
    inner: tuple[Tree, ...]
    closing: Token


Tree = Token | Group


@dataclass(frozen=True, slots=True)
class Variable:
    """`$name:fragment` in a matcher."""

    name: bytes
    fragment: bytes


@dataclass(frozen=True, slots=True)
class Repetition:
    """`$( ... ) separator operator`, in a matcher (of patterns) or a transcriber (of trees)."""

    inner: tuple[Pattern, ...]
    separator: bytes
    operator: bytes


@dataclass(frozen=True, slots=True)
class Nested:
    """A bracketed part of a matcher."""

    opening: bytes
    inner: tuple[Pattern, ...]


Pattern = bytes | Variable | Repetition | Nested


class Rule(NamedTuple):
    """One `(matcher) => { transcriber }`; no matcher where it is not understood."""

    matcher: tuple[Pattern, ...] | None
    transcriber: tuple[Tree, ...]


class NotUnderstood(Exception):
    """A macro or its invocation uses what is not described here."""


Found = dict[bytes, "Bound"]
Bound = tuple[Tree, ...] | list[Found]
"""What a variable stands for; of one inside a repetition, what the repetition's rounds found."""


def token_trees(text: bytes, start: int, end: int, origins: Sequence[int] | None) -> tuple[Tree, ...]:
    """The token trees of a part of a text. `origins`: per byte where it stands in the document, -1 for nowhere; None
    for the document itself. Raises NotUnderstood for brackets that do not match.
    """
    return tuple(_trees(_tokens(text, start, end, origins)))


def trees_of(tokens: Iterable[Token]) -> tuple[Tree, ...]:
    """The trees of tokens. Raises NotUnderstood for brackets that do not match."""
    return tuple(_trees(tokens))


def flat(trees: Sequence[Tree]) -> list[Token]:
    """The tokens of trees."""
    out: list[Token] = []
    _flatten(trees, out)
    return out


def group_at(text: bytes, opening: int) -> Group:
    """The group that opens at an offset of a document, as what a macro makes of it has it: standing nowhere. Raises
    NotUnderstood where it does not close.
    """
    tree = next(_trees(_tokens(text, opening, len(text), _NOWHERE)), None)
    if isinstance(tree, Group):
        return tree
    raise NotUnderstood


def _trees(tokens: Iterable[Token]) -> Iterator[Tree]:
    """The outermost trees of tokens, as they close."""
    stack: list[tuple[Token, list[Tree]]] = []
    inside: list[Tree] = []
    for token in tokens:
        if token.text in _CLOSING:
            stack.append((token, inside))
            inside = []
            continue
        tree: Tree = token
        if token.text in _CLOSED:
            if not stack or _CLOSING[stack[-1][0].text] != token.text:
                raise NotUnderstood
            opening, outer = stack.pop()
            tree = Group(opening, tuple(inside), token)
            inside = outer
        if stack:
            inside.append(tree)
        else:
            yield tree
    if stack:
        raise NotUnderstood


_NOWHERE: Sequence[int] = ()


def _tokens(text: bytes, start: int, end: int, origins: Sequence[int] | None) -> Iterator[Token]:
    """`origins`: see `token_trees`; _NOWHERE for a text that stands nowhere."""
    for match in _TOKEN.finditer(text, start, end):
        kind = match.lastgroup
        if kind == "text":
            place = match.start()
            origin = place if origins is None else origins[place] if origins else -1
            yield Token(match.group(), origin, place)
        elif kind == "doc":  # a macro sees the attribute that a doc comment stands for
            for piece in (b"#", b"[", b"doc", b"=", b'""', b"]"):
                yield Token(piece, -1, -1)


def rules_of(trees: Sequence[Tree]) -> tuple[Rule, ...]:
    """The rules inside a macro definition's brackets, as `group_at` gives them."""
    rules = []
    groups = [tree for tree in trees if isinstance(tree, Group)]
    for matcher, transcriber in zip(groups[::2], groups[1::2], strict=False):
        try:
            patterns: tuple[Pattern, ...] | None = _patterns(matcher.inner)
        except NotUnderstood:
            patterns = None
        rules.append(Rule(patterns, transcriber.inner))
    return tuple(rules)


def _patterns(trees: Sequence[Tree]) -> tuple[Pattern, ...]:
    out: list[Pattern] = []
    at = 0
    while at < len(trees):
        tree = trees[at]
        if isinstance(tree, Group):
            out.append(Nested(tree.opening.text, _patterns(tree.inner)))
        elif tree.text != b"$":
            out.append(tree.text)
        else:
            following = trees[at + 1] if at + 1 < len(trees) else None
            if isinstance(following, Group):
                separator, operator, at = _repeated(trees, at + 2)
                out.append(Repetition(_patterns(following.inner), separator, operator))
                continue
            fragment = trees[at + 3] if at + 3 < len(trees) else None
            if following is None or not isinstance(fragment, Token) or fragment.text not in _FRAGMENTS:
                raise NotUnderstood
            out.append(Variable(following.text, fragment.text))
            at += 3
        at += 1
    return tuple(out)


def _repeated(trees: Sequence[Tree], at: int) -> tuple[bytes, bytes, int]:
    """The separator, the operator, and what follows behind them."""
    words = [tree.text if isinstance(tree, Token) else b"" for tree in trees[at : at + 2]]
    if words and words[0] in (b"*", b"+", b"?"):
        return b"", words[0], at + 1
    if len(words) > 1 and words[1] in (b"*", b"+"):
        return words[0], words[1], at + 2
    raise NotUnderstood


def expanded(rules: Sequence[Rule], arguments: Sequence[Tree]) -> list[Token] | None:
    """The tokens an invocation expands to; None where no rule takes its arguments, or one is not understood."""
    for rule in rules:
        if rule.matcher is None:
            return None
        found: Found = {}
        try:
            if _matched(rule.matcher, arguments, 0, found) != len(arguments):
                continue
            out: list[Token] = []
            _transcribe(rule.transcriber, found, out)
        except NotUnderstood:
            return None
        return out
    return None


def _matched(patterns: Sequence[Pattern], trees: Sequence[Tree], at: int, found: Found) -> int:
    """Match patterns one behind the other; where they end, or -1."""
    for pattern in patterns:
        if isinstance(pattern, bytes):
            tree = trees[at] if at < len(trees) else None
            at = at + 1 if isinstance(tree, Token) and tree.text == pattern else -1
        elif isinstance(pattern, Nested):
            tree = trees[at] if at < len(trees) else None
            inside = isinstance(tree, Group) and tree.opening.text == pattern.opening
            whole = (
                inside and isinstance(tree, Group) and _matched(pattern.inner, tree.inner, 0, found) == len(tree.inner)
            )
            at = at + 1 if whole else -1
        elif isinstance(pattern, Variable):
            end = _FRAGMENT_END.get(pattern.fragment, _end_of_expression)(trees, at)
            if end > at or (end == at and pattern.fragment == b"vis"):
                found[pattern.name] = _fragment(pattern.fragment, trees[at:end])
                at = end
            else:
                at = -1
        else:
            at = _matched_often(pattern, trees, at, found)
        if at < 0:
            return -1
    return at


def _fragment(kind: bytes, trees: Sequence[Tree]) -> tuple[Tree, ...]:
    """What a variable stands for; an expression keeps together whatever stands beside it."""
    if kind.startswith(b"expr") and len(trees) > 1:
        return (Group(Token(b"(", -1, -1), tuple(trees), Token(b")", -1, -1)),)
    return tuple(trees)


def _matched_often(pattern: Repetition, trees: Sequence[Tree], at: int, found: Found) -> int:
    rounds: list[Found] = []
    while at < len(trees) or not rounds:
        here: Found = {}
        begin = at
        if rounds and pattern.separator:
            tree = trees[at]
            if not isinstance(tree, Token) or tree.text != pattern.separator:
                break
            begin += 1
        end = _matched(pattern.inner, trees, begin, here)
        if end <= begin:
            break
        rounds.append(here)
        at = end
        if pattern.operator == b"?":
            break
    if not rounds and pattern.operator == b"+":
        return -1
    for name in _names(pattern.inner):
        found[name] = rounds
    return at


def _names(patterns: Sequence[Pattern]) -> Iterator[bytes]:
    for pattern in patterns:
        if isinstance(pattern, Variable):
            yield pattern.name
        elif isinstance(pattern, Repetition | Nested):
            yield from _names(pattern.inner)


def _transcribe(trees: Sequence[Tree], found: Found, out: list[Token]) -> None:
    at, end = 0, len(trees)
    if len(out) > _MOST_TOKENS:
        raise NotUnderstood
    while at < end:
        tree = trees[at]
        if isinstance(tree, Group):
            out.append(tree.opening)
            _transcribe(tree.inner, found, out)
            out.append(tree.closing)
        elif tree.text != b"$":
            out.append(tree)
        else:
            at = _transcribe_variable(trees, at + 1, found, out)
            continue
        at += 1


def _transcribe_variable(trees: Sequence[Tree], at: int, found: Found, out: list[Token]) -> int:
    """What follows a `$`; returns where to go on."""
    tree = trees[at] if at < len(trees) else None
    if isinstance(tree, Group):
        separator, _, behind = _repeated(trees, at + 1)
        for number, here in enumerate(_rounds(tree.inner, found)):
            if number and separator:
                out.append(Token(separator, -1, -1))
            _transcribe(tree.inner, found | here, out)
        return behind
    if tree is None or tree.text == b"$":
        raise NotUnderstood
    bound = found.get(tree.text)
    if bound is None:
        out.append(tree)  # `$crate`
        if tree.text != b"crate":
            raise NotUnderstood
    elif isinstance(bound, list):
        raise NotUnderstood
    else:
        _flatten(bound, out)
    return at + 1


def _rounds(trees: Sequence[Tree], found: Found) -> list[Found]:
    """The rounds of the repetition whose variables are used among the trees."""
    for tree, following in zip_longest(trees, trees[1:]):
        if isinstance(tree, Group):
            try:
                return _rounds(tree.inner, found)
            except NotUnderstood:
                continue
        if tree.text == b"$" and isinstance(following, Token):
            bound = found.get(following.text)
            if isinstance(bound, list):
                return bound
    raise NotUnderstood


def _flatten(trees: Sequence[Tree], out: list[Token]) -> None:
    for tree in trees:
        if isinstance(tree, Token):
            out.append(tree)
        else:
            out.append(tree.opening)
            _flatten(tree.inner, out)
            out.append(tree.closing)


def _word(trees: Sequence[Tree], at: int) -> bytes:
    tree = trees[at] if at < len(trees) else None
    return tree.text if isinstance(tree, Token) else tree.opening.text if tree is not None else b""


def _is_identifier(word: bytes) -> bool:
    return (
        bool(word)
        and (word[:1].isalpha() or word[0] == 0x5F)
        and word[:1] not in (b'"',)
        and word[-1:] not in (b'"', b"'")
    )


def _end_of_tree(trees: Sequence[Tree], at: int) -> int:
    return at + 1 if at < len(trees) else -1


def _end_of_identifier(trees: Sequence[Tree], at: int) -> int:
    word = _word(trees, at)
    return at + 1 if _is_identifier(word) and word != b"_" else -1


def _end_of_lifetime(trees: Sequence[Tree], at: int) -> int:
    word = _word(trees, at)
    return at + 1 if word[:1] == b"'" and not word.endswith(b"'") else -1


def _end_of_literal(trees: Sequence[Tree], at: int) -> int:
    word = _word(trees, at)
    if word == b"-":
        at, word = at + 1, _word(trees, at + 1)
    literal = word[:1].isdigit() or word[-1:] in (b'"', b"'", b"#") or word in (b"true", b"false")
    return at + 1 if literal and word != b"#" else -1


def _end_of_block(trees: Sequence[Tree], at: int) -> int:
    return at + 1 if _word(trees, at) == b"{" else -1


def _end_of_visibility(trees: Sequence[Tree], at: int) -> int:
    if _word(trees, at) != b"pub":
        return at
    following = trees[at + 1] if at + 1 < len(trees) else None
    restricted = isinstance(following, Group) and _word(following.inner, 0) in (b"crate", b"self", b"super", b"in")
    return at + 2 if restricted else at + 1


def _run(trees: Sequence[Tree], at: int, stops: frozenset[bytes], angles: bool) -> int:
    """Where the trees from `at` on come to a stop, outside angle brackets."""
    depth, begin = 0, at
    while at < len(trees):
        word = _word(trees, at)
        if depth == 0 and word in stops and at > begin:
            break
        if depth == 0 and word in stops and word not in (b"{", b"[", b"("):
            break
        if word == b"<" and (angles or _word(trees, at - 1) == b"::"):
            depth += 1
        elif word == b">":
            if depth == 0 and angles:
                break
            depth = max(depth - 1, 0)
        at += 1
    return at


_AFTER_TYPE = frozenset((b"{", b",", b";", b"=", b"=>", b":", b"|", b"as", b"where"))
_AFTER_EXPRESSION = frozenset((b",", b";", b"=>"))
_AFTER_PATTERN = frozenset((b",", b"=>", b"=", b"if", b"in"))


def _end_of_type(trees: Sequence[Tree], at: int) -> int:
    return _run(trees, at, _AFTER_TYPE, angles=True)


def _end_of_expression(trees: Sequence[Tree], at: int) -> int:
    return _run(trees, at, _AFTER_EXPRESSION, angles=False)


def _end_of_pattern(trees: Sequence[Tree], at: int) -> int:
    return _run(trees, at, _AFTER_PATTERN, angles=False)


def _end_of_meta(trees: Sequence[Tree], at: int) -> int:
    return _run(trees, at, frozenset((b",", b";")), angles=False)


def _end_of_statement(trees: Sequence[Tree], at: int) -> int:
    return _run(trees, at, frozenset((b";",)), angles=False)


def _end_of_item(trees: Sequence[Tree], at: int) -> int:
    """Behind the `;` or the braces that end an item."""
    while _word(trees, at) == b"#":
        at += 2
    until_semicolon = False
    first = at
    while at < len(trees):
        word = _word(trees, at)
        if at - first < 4 and word in (b"use", b"const", b"static", b"type"):
            until_semicolon = True
        if word in (b"fn", b"impl", b"trait", b"mod"):
            until_semicolon = False
        at += 1
        if word == b";" or (word == b"{" and not until_semicolon):
            return at
    return -1


_FRAGMENT_END = {
    b"tt": _end_of_tree, b"ident": _end_of_identifier, b"lifetime": _end_of_lifetime, b"literal": _end_of_literal,
    b"block": _end_of_block, b"vis": _end_of_visibility, b"ty": _end_of_type, b"path": _end_of_type,
    b"pat": _end_of_pattern, b"pat_param": _end_of_pattern, b"meta": _end_of_meta, b"stmt": _end_of_statement,
    b"item": _end_of_item,
}  # fmt: skip
