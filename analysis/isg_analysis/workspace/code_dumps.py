"""Code dumps: many files in one text, as gitingest and repomix write them, taken apart without being unpacked.

Nothing is lost silently: what breaks the form is told by line, and all else is read. The form has to be guessed from
the first header, and a file that itself holds headers of this form can't be told from several files. Blank lines at the
end of a file are not kept: the tools add some and take some away.

| form | a file begins with |
|---|---|
| ruled (gitingest, repomix plain) | `FILE: path` or `File: path` between two lines of `=`, all of one length |
| markdown (repomix) | `## File: path`, then a fence; its closing fence is the last one before the next header |
| xml (repomix) | `<file path="path">`, until `</file>`; under `<repomix>` with XML's escapes |
| json (repomix) | a member of the object `files` |
"""

from __future__ import annotations

import codecs
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import NamedTuple

from isg_analysis.workspace.reading import decode

_RULED = re.compile(rb"\n(FILE|File|DIRECTORY|SYMLINK):[ \t]*([^\r\n]*)")
_RULE = re.compile(rb"={8,}")
_LONG_RULE = b"=" * 64
_RULED_END = re.compile(rb"\n={64}\r?\n(?:Git Diffs|Git Logs|Instruction|End of Codebase)\r?\n={64}(?=\r?\n|\Z)")
# Possessive: a line that does not fit must not be tried in all the ways its blanks could be shared out.
_MARKDOWN = re.compile(rb"\n#{1,6} (?:FILE|File):[ \t]*+`?([^\r\n`]*+)`?[ \t]*+\r?\n(?:[ \t]*+\r?\n)*+(`{3,}|~{3,})?")
_MARKDOWN_END = re.compile(rb"\r?\n\r?\n# (?:Git Diffs|Git Logs|Instruction)[ \t]*(?=\r?\n|\Z)")
_XML = re.compile(rb'\n<file path="([^"\r\n]*)">')
_XML_CLOSE = re.compile(rb"\n</file>[ \t]*(?=\r?\n|\Z)")
_ESCAPED = re.compile(rb'<file path="([^"]*)">(.*?)(</file>|(?=<file path=")|\Z)', re.DOTALL)
_MEMBER = re.compile(rb'\n[ \t]*("(?:[^"\\\n]|\\.)*")[ \t]*:[ \t]*("(?:[^"\\\n]|\\.)*"),?[ \t]*\r?(?=\n|\Z)')

_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffd]")
_DRIVE = re.compile(r"[A-Za-z]:")
_LONGEST_PATH = 4096
_NUMBERED = re.compile(rb" *(\d{1,9}):(?: |(?=\r?$))")
_EMPTY = b"[Empty file]"
_INSTEAD = (b"[Binary file]", b"Error reading file", b"Error: Unable to decode file")
"""What gitingest writes where it could not read a file."""


class Section(NamedTuple):
    """One file. `line`, from 1, is where its header stands. `missing`: its text could not be read when the dump was
    made.
    """

    path: str
    line: int
    text: bytes
    missing: bool


class Problem(NamedTuple):
    """What is wrong at a line, counted from 1."""

    line: int
    message: str


@dataclass(slots=True)
class CodeDump:
    """The files of a dump by their relative POSIX paths, which lead nowhere else, and what was wrong with it."""

    files: dict[str, Section] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class _Part(NamedTuple):
    """A file as it stands in the dump. `at`: the offset of its header."""

    at: int
    path: bytes
    text: bytes


_Tell = Callable[[int, str], None]
"""Takes an offset and what is wrong there."""


def read_dump(raw: bytes) -> CodeDump | None:
    """The files in a dump; None for what is none. Raises DocumentError for what is no text.

    Files are not decoded: one that is binary is no reason to refuse the others.
    """
    raw = decode(raw).text if raw.startswith(_WIDE) else raw.removeprefix(codecs.BOM_UTF8)
    text = b"\n" + raw  # so that every line has a break before it
    parts = _form(text)
    if parts is None:
        return None
    dump, lines = CodeDump(), _Lines(text)

    def tell(at: int, message: str) -> None:
        dump.problems.append(Problem(lines.number(at), message))

    for part in parts(text, tell):
        _take(dump, part, lines.number(part.at), tell)
    dump.problems.sort()
    return dump


class _Lines:
    """From offsets in a text, behind the break that was put before it, to line numbers."""

    def __init__(self, text: bytes) -> None:
        self._breaks = [found.start() for found in re.finditer(rb"\n", text)]

    def number(self, at: int) -> int:
        return bisect_right(self._breaks, at)


def _form(text: bytes) -> Callable[[bytes, _Tell], Iterator[_Part]] | None:
    """How to take the text apart: the form whose header comes first."""
    head = text[:4096].lstrip()
    if head.startswith(b"{") and b'"files"' in text:
        return _json
    if head.startswith(b"<repomix>"):
        return _escaped_xml
    first: dict[int, Callable[[bytes, _Tell], Iterator[_Part]]] = {}
    for found in _RULED.finditer(text):
        if _rule_above(text, found.start()) or _rule_below(text, found.end()):
            first[found.start()] = _ruled
            break
    for pattern, parts in ((_MARKDOWN, _markdown), (_XML, _xml)):
        header = pattern.search(text)
        if header is not None and (pattern is _XML or header[2]):
            first[header.start()] = parts
    return first[min(first)] if first else None


# -- between rules


def _ruled(text: bytes, tell: _Tell) -> Iterator[_Part]:
    candidates = [
        (found, _rule_above(text, found.start()), _rule_below(text, found.end())) for found in _RULED.finditer(text)
    ]
    width = next((above for _, above, below in candidates if above and above == below), 0) or next(
        above or below for _, above, below in candidates if above or below
    )
    headers = [one for one in candidates if width in one[1:]]
    last = headers[-1][0].end()
    trailer = _RULED_END.search(text, last)
    if trailer is None and b"\n" + _LONG_RULE in text[: headers[0][0].start()]:
        tell(len(text), "the end of the dump is missing: its last file may be cut off")
    for at, (found, above, below) in enumerate(headers):
        word, path = found[1].decode(), found[2].strip()
        name = path.decode("utf-8", "replace")
        if above != width:
            tell(found.start(), f"no line of {width} = above the header of {name!r}")
        begin = _line_end(text, found.end())
        if below == width:
            begin = _line_end(text, begin + 1)
        else:
            tell(found.start(), f"no line of {width} = below the header of {name!r}")
        if at + 1 < len(headers):
            following, rule, _ = headers[at + 1]
            end = text.rfind(b"\n", 0, following.start()) if rule == width else following.start()
        else:
            end = trailer.start() if trailer is not None else len(text)
        if word not in ("DIRECTORY", "SYMLINK"):
            yield _Part(found.start(), path, text[begin + 1 : max(end, begin + 1)])


def _rule_above(text: bytes, at: int) -> int:
    """The length of the rule that is the line before the break at `at`; 0 for another line."""
    return _rule(text[text.rfind(b"\n", 0, at) + 1 : at]) if at > 0 else 0


def _rule_below(text: bytes, end: int) -> int:
    begin = _line_end(text, end) + 1
    return _rule(text[begin : _line_end(text, begin)])


def _rule(line: bytes) -> int:
    stripped = line.strip()
    return len(stripped) if _RULE.fullmatch(stripped) else 0


def _line_end(text: bytes, at: int) -> int:
    end = text.find(b"\n", at)
    return len(text) if end < 0 else end


# -- repomix's other forms


def _markdown(text: bytes, tell: _Tell) -> Iterator[_Part]:
    fence = next(found[2] for found in _MARKDOWN.finditer(text) if found[2])
    headers = [found for found in _MARKDOWN.finditer(text) if found[2] in (fence, None)]
    closing = re.compile(rb"\n" + fence + rb"[ \t]*(?=\r?\n|\Z)")
    trailer = _MARKDOWN_END.search(text, headers[-1].end())
    for at, found in enumerate(headers):
        end = headers[at + 1].start() if at + 1 < len(headers) else trailer.start() if trailer else len(text)
        name = found[1].decode("utf-8", "replace")
        if found[2] is None:
            if closing.search(text, found.end(), end):
                tell(found.start(), f"no fence below the header of {name!r}: it is left out")
            continue
        begin = _line_end(text, found.end())
        closes = [close.start() for close in closing.finditer(text, begin, end)]
        if not closes:
            tell(found.start(), f"{name!r} is not closed by a fence: it may be cut off")
        yield _Part(found.start(), found[1].strip(), text[begin + 1 : closes[-1] if closes else end])


def _xml(text: bytes, tell: _Tell) -> Iterator[_Part]:
    headers = list(_XML.finditer(text))
    for at, found in enumerate(headers):
        end = headers[at + 1].start() if at + 1 < len(headers) else len(text)
        closes = [close.start() for close in _XML_CLOSE.finditer(text, found.end() - 1, end)]
        if not closes:
            tell(found.start(), f"{found[1].decode('utf-8', 'replace')!r} is not closed: it may be cut off")
        yield _Part(found.start(), found[1], text[_line_end(text, found.end()) + 1 : closes[-1] if closes else end])


def _escaped_xml(text: bytes, tell: _Tell) -> Iterator[_Part]:
    for found in _ESCAPED.finditer(text):
        path = unescape(found[1].decode("utf-8", "replace")).encode()
        if not found[3]:
            tell(found.start(), f"{path.decode()!r} is not closed: it may be cut off")
        yield _Part(found.start(), path, unescape(found[2].decode("utf-8", "replace")).encode())


def _json(text: bytes, tell: _Tell) -> Iterator[_Part]:
    try:
        json.loads(text)
    except ValueError as problem:
        tell(getattr(problem, "pos", 0), f"not JSON from here on: {getattr(problem, 'msg', problem)}")
    for found in _MEMBER.finditer(text, text.find(b'"files"')):
        try:
            path, content = json.loads(found[1]), json.loads(found[2])
            yield _Part(found.start(), path.encode(), content.encode())
        except ValueError as problem:  # also of half a surrogate pair
            tell(found.start(), f"not readable: {problem}")


# -- one file


def _take(dump: CodeDump, part: _Part, line: int, tell: _Tell) -> None:
    name = part.path.decode("utf-8", "replace")
    path, wrong = _relative(name)
    if wrong:
        tell(part.at, f"{_UNSAFE.sub('?', name)!r} {wrong}: it is left out")
    elif path in dump.files:
        tell(part.at, f"{path!r} was there before, at line {dump.files[path].line}: it is left out")
    else:
        missing = part.text.startswith(_INSTEAD) and b"\n" not in part.text.strip()
        dump.files[path] = Section(path, line, _content(part.text), missing)


def _relative(name: str) -> tuple[str, str]:
    """The path in POSIX form, and what is wrong with it."""
    path = name.replace("\\", "/")
    parts = [one for one in path.split("/") if one not in ("", ".")]
    if not parts or path.endswith("/"):
        return "", "is no path of a file"
    if path.startswith("/") or _DRIVE.match(path):
        return "", "is an absolute path"
    if ".." in parts:
        return "", "leads out of the dump"
    if len(path) > _LONGEST_PATH or _UNSAFE.search(path):
        return "", "can't be written in a URI and a message alike"
    return "/".join(parts), ""


def _content(text: bytes) -> bytes:
    kept = text.rstrip(b"\r\n")
    if not kept or kept.strip() == _EMPTY:
        return b""
    first = _NUMBERED.match(kept)
    if first is not None and first[1] == b"1":
        kept = _without_numbers(kept)
    return kept + b"\n"


def _without_numbers(text: bytes) -> bytes:
    """The text without the line numbers that repomix writes where it is asked to; as it is if it has none."""
    lines = text.split(b"\n")
    found = [_NUMBERED.match(line) for line in lines]
    if all(one is not None and int(one[1]) == at for at, one in enumerate(found, 1)):
        return b"\n".join(line[one.end() :] for line, one in zip(lines, found, strict=True) if one is not None)
    return text
