"""Reading a document: from a file's bytes to UTF-8 text, in bounded time and memory.

What comes out is what an editor would show: without a byte order mark, so that offsets agree with the
client's, and in UTF-8 whatever the file is in. It never blocks on a pipe or a device and never
follows a link at the path's end.
"""

from __future__ import annotations

import codecs
import os
import re
import stat
import time
from pathlib import Path
from typing import NamedTuple

from isg_analysis.errors import DocumentError

_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_OPEN_FLAGS |= getattr(os, "O_BINARY", 0)
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with the other's
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# PEP 263: in a comment, on one of the first two lines. Emacs and Vim write and read it in other languages too.
_DECLARED = re.compile(rb"\A(?:[^\n]*\n)?[ \t\f]*(?:#|//|/\*)[^\n]*?coding[:=][ \t]*([-\w.]+)")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# Encodings a source file may really be in: those that Python knows, read text, and keep ASCII as it is.
_KNOWN = re.compile(
    r"(iso8859-\d+|cp\d+|mac-\w+|koi8-\w|euc_\w+|shift_jis\w*|gb\w+|big5\w*|ascii|latin.*|utf-8|tis-620)"
)

# Editors that write in place empty the file first: one that was emptied a moment ago is looked at again before its
# symbols are given up. Files that are made empty cost this once.
_MOMENT = 0.25  # seconds
_PAUSE = 0.01
_LOOKS = 5


class DocumentText(NamedTuple):
    """A document's text, and what there is to say about how it was read ("" usually)."""

    text: bytes
    remark: str


def read_document(path: Path, limit: int) -> bytes:
    """The text of the file as valid UTF-8 without a byte order mark.

    `limit`: most bytes to accept. Raises DocumentError for what can't be read, is no regular file, is too large or
    is binary. Bytes that are in no known encoding become one character each; `load_document` tells.
    """
    return load_document(path, limit).text


def load_document(path: Path, limit: int) -> DocumentText:
    """Like `read_document`, with a remark when the file is not UTF-8."""
    try:
        raw, written = _read(path, limit)
        for _ in range(_LOOKS):
            if raw or not 0 <= time.time() - written < _MOMENT:
                break
            time.sleep(_PAUSE)
            raw, written = _read(path, limit)
    except (OSError, ValueError) as problem:
        text = problem.strerror if isinstance(problem, OSError) else str(problem)
        raise DocumentError(f"cannot be read: {text}") from problem
    if len(raw) > limit:
        raise DocumentError(f"larger than {limit} bytes")
    return decode(raw)


def _read(path: Path, limit: int) -> tuple[bytes, float]:
    """The file's bytes, at most one more than `limit`, and when it was written (seconds since the epoch)."""
    descriptor = os.open(path, _OPEN_FLAGS)
    with open(descriptor, "rb", buffering=0) as file:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise DocumentError("not a regular file")
        if state.st_size > limit:
            raise DocumentError(f"larger than {limit} bytes")
        raw = file.read(limit + 1) or b""
        while len(raw) <= limit and (more := file.read(limit + 1 - len(raw))):
            raw += more
        return raw, state.st_mtime


def decode(raw: bytes) -> DocumentText:
    """The text in a file's bytes. Raises DocumentError if they are not text."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return DocumentText(_transcode(raw, encoding), "")
    raw = raw.removeprefix(codecs.BOM_UTF8)
    if b"\0" in raw:
        raise DocumentError("binary")
    if raw.isascii() or _is_utf8(raw):
        return DocumentText(raw, "")
    if declared := _declared(raw):
        return DocumentText(_transcode(raw, declared), "")
    if _CONTROL.search(raw):
        raise DocumentError("binary")
    return DocumentText(raw.decode("latin-1").encode(), "not UTF-8, and it declares no encoding: read as Latin-1")


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _declared(raw: bytes) -> str | None:
    found = _DECLARED.match(raw[:1024])
    if found is None:
        return None
    try:
        name = codecs.lookup(found[1].decode("ascii", "replace")).name
    except (LookupError, ValueError):
        return None
    return name if _KNOWN.fullmatch(name) else None


def _transcode(raw: bytes, encoding: str) -> bytes:
    try:
        text = raw.decode(encoding)
        if "\0" in text:
            raise DocumentError("binary")
        return text.encode()
    except UnicodeError as problem:
        raise DocumentError(f"not the {encoding} that it says it is") from problem
