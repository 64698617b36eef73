"""Ignore files, as git reads them: which paths a `.gitignore` (or `.ignore`) excludes.

The rules are git's: the last pattern that matches decides; deeper files override shallower ones; a
pattern with a slash before its end is anchored to the directory of its file; a trailing slash means
directories only; `!` takes back. Matching is of one path at a time and never of what is above it: the
walk does not enter ignored directories, which is what makes nothing below one come back.

`tests/discovery` compares this with git itself. A general-purpose matcher would not do: libraries match
a path together with all its parents, which costs more and differs where a negation meets a directory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"!-~",
    "lower": "a-z",
    "print": r" -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\s",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}
_MAX_PATTERN = 4096  # characters: no path is longer
_MAX_PATTERNS = 4000  # in one file; what comes after them is not read
# Pieces of a pattern. Every other piece is a regular expression for one character.
_STAR, _SLASH, _DEEP = "*", "/", "**"
_SPECIAL = re.compile(r"[*?\[\\]")


@dataclass(frozen=True)
class Pattern:
    """One line. `regex` matches a whole path relative to the file's directory, with "/" behind a directory's."""

    regex: str
    ignores: bool

    def matches(self, path: str) -> bool:
        """Whether it names the path itself (not what is above or below)."""
        return self._compiled.fullmatch(path) is not None

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.regex, re.DOTALL)  # when first needed: few of them ever are


class Patterns:
    """The patterns of one file. Falsy when there are none."""

    __slots__ = ("_any", "_each")

    def __init__(self, lines: Iterable[str]) -> None:
        """`lines`: of the file, without line ends."""
        parsed = list(islice(filter(None, map(parse, lines)), _MAX_PATTERNS))
        self._each = parsed[::-1]
        # Most paths match nothing: one expression says so at once.
        self._any = re.compile("|".join(pattern.regex for pattern in parsed), re.DOTALL) if parsed else None

    def __bool__(self) -> bool:
        return self._any is not None

    def ignores(self, path: str) -> bool | None:
        """True: ignored; False: taken back by `!`; None: no pattern matches. A directory's path ends in "/"."""
        if self._any is None or self._any.fullmatch(path) is None:
            return None
        return next((pattern.ignores for pattern in self._each if pattern.matches(path)), None)


@dataclass(frozen=True, slots=True)
class Frame:
    """The ignore file of one directory, and those of the directories around it."""

    patterns: Patterns
    prefix: int
    """Length of the directory's path with its slash: what to cut off a path before matching."""
    outer: Frame | None


def ignored(frame: Frame | None, path: str) -> bool | None:
    """What the innermost ignore file that has a matching pattern says about a path, as `Patterns.ignores`."""
    while frame is not None:
        answer = frame.patterns.ignores(path[frame.prefix :])
        if answer is not None:
            return answer
        frame = frame.outer
    return None


def patterns_of(text: str) -> Patterns:
    """The patterns of a file's text."""
    return Patterns(line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n"))


def parse(line: str) -> Pattern | None:
    """One line; None for blank lines, comments and patterns that can't match anything."""
    if not line or line[0] == "#" or len(line) > _MAX_PATTERN:
        return None
    line = _without_trailing_spaces(line)
    ignores = not line.startswith("!")
    line = line[not ignores :]
    directories_only = line.endswith("/")
    if directories_only:
        line = line[:-1]
    anchored = "/" in line
    pieces = _pieces(line.removeprefix("/"), anchored)
    if not pieces or line.endswith("/"):
        return None
    body = _expression(pieces if anchored else [_DEEP, *pieces])
    return Pattern(body + ("/" if directories_only else "/?"), ignores)


def _without_trailing_spaces(line: str) -> str:
    end = len(line)
    while end and line[end - 1] == " ":
        backslashes = len(line[: end - 1]) - len(line[: end - 1].rstrip("\\"))
        if backslashes % 2:
            break
        end -= 1
    return line[:end]


def _pieces(pattern: str, anchored: bool) -> list[str] | None:
    """A pattern without the slashes at its ends, taken apart; None if it can't match anything."""
    out: list[str] = []
    at = 0
    while at < len(pattern):
        character = pattern[at]
        if character == "*":
            end = at
            while end < len(pattern) and pattern[end] == "*":
                end += 1
            # Git compares what is before the first special character by itself, so that "**" behind it stands at the
            # beginning of what is left: "/a**" reaches into directories, "/?a**" does not.
            begins = pattern[at - 1 : at] in ("", "/") or not _SPECIAL.search(pattern, 0, at)
            deep = anchored and end - at > 1 and begins and pattern[end : end + 1] in ("", "/")
            out.append(_DEEP if deep else _STAR)
            at = end + (deep and end < len(pattern))  # what is deep takes its slash along
        elif character == "[":
            bracket = _bracket(pattern, at)
            if bracket is None:
                return None
            piece, at = bracket
            out.append(piece)
        elif character == "\\" and at + 1 == len(pattern):
            return None
        else:
            at += character == "\\"
            out.append("[^/]" if character == "?" else _SLASH if pattern[at] == "/" else re.escape(pattern[at]))
            at += 1
    return out


def _expression(pieces: list[str]) -> str:
    """The regular expression of a pattern.

    Atomic groups keep the time linear: of all ways to match what stands between two stars, the first is as good as
    any other, so there is nothing to go back for.
    """
    parts = _split(pieces, _DEEP)
    out = [_components(parts[0])]
    for part in parts[1:-1]:
        if part:
            out.append(f"(?>(?:[^/]*/)*?{_components(part)})")
    if len(parts) > 1:
        inside = not parts[-2] or parts[-2][-1] == _SLASH  # "a/**" is everything inside, without "a/" itself
        rest = f"(?:[^/]*/)*?{_components(parts[-1])}" if parts[-1] else ".+" if inside else ".*"
        out.append(rest)
    return "".join(out)


def _components(pieces: list[str]) -> str:
    return "/".join(_component(part) for part in _split(pieces, _SLASH))


def _component(pieces: list[str]) -> str:
    first, *others = ["".join(part) for part in _split(pieces, _STAR)]
    if not others:
        return first
    if not any((first, *others)):
        return "[^/]+"  # a name is never empty
    return first + "".join(f"(?>[^/]*?{part})" for part in others[:-1] if part) + f"[^/]*{others[-1]}"


def _split(pieces: list[str], at: str) -> list[list[str]]:
    out: list[list[str]] = [[]]
    for piece in pieces:
        if piece == at:
            out.append([])
        else:
            out[-1].append(piece)
    return out


def _bracket(pattern: str, at: int) -> tuple[str, int] | None:
    """A bracket expression and where it ends; None if it is not closed (it then matches nothing)."""
    at += 1
    negated = pattern[at : at + 1] in ("!", "^")
    at += negated
    parts: list[str] = []
    first = True
    while first or pattern[at : at + 1] != "]":
        first = False
        if at >= len(pattern):
            return None
        if pattern.startswith("[:", at) and (end := pattern.find(":]", at)) > 0:
            name = pattern[at + 2 : end]
            if name not in _CLASSES:
                return None
            parts.append(_CLASSES[name])
            at = end + 2
            continue
        low, at = _one(pattern, at)
        high = low
        if pattern[at : at + 1] == "-" and pattern[at + 1 : at + 2] not in ("", "]"):
            high, at = _one(pattern, at + 1)
        if low and high and low <= high:
            parts.append(f"{re.escape(low)}-{re.escape(high)}")
    inside = "".join(parts)
    if not inside:
        return (r"[^/]" if negated else r"(?!)"), at + 1
    return f"(?!/)[{'^' if negated else ''}{inside}]", at + 1


def _one(pattern: str, at: int) -> tuple[str, int]:
    """One character of a bracket expression, with its backslash taken off."""
    if pattern[at] == "\\" and at + 1 < len(pattern):
        return pattern[at + 1], at + 2
    return pattern[at], at + 1
