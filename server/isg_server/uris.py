"""Between `file:` URIs and paths of this machine. Everything that is not a local file has no path.

Knows nothing of LSP's types, so that the command line can use it at no cost.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

WINDOWS = sys.platform == "win32"


def to_path(uri: str) -> Path | None:
    """The path a `file:` URI names, with `.` and `..` folded away; None for any other scheme or a broken URI.

    No link is followed and the file need not exist. Bytes that are not UTF-8 survive the way to `to_uri`.
    """
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.scheme != "file" or not parts.path:
        return None
    text = os.fsdecode(unquote_to_bytes(parts.path))
    if "\0" in text:
        return None
    if parts.netloc not in ("", "localhost"):
        if not WINDOWS:
            return None
        text = f"//{parts.netloc}{text}"
    elif WINDOWS and len(text) > 2 and text[0] == "/" and text[2] == ":":
        text = text[1:]
    return Path(os.path.normpath(text))


def to_uri(path: Path) -> str:
    """The `file:` URI of an absolute path."""
    text = path.as_posix()
    if WINDOWS and text.startswith("//"):
        return "file:" + quote_from_bytes(os.fsencode(text))
    return "file://" + quote_from_bytes(os.fsencode(text if text.startswith("/") else f"/{text}"))


def quoted(path: str) -> str:
    """A POSIX path as a part of a URI."""
    return quote_from_bytes(os.fsencode(path))


def relative(path: Path, root: Path) -> str | None:
    """The POSIX path of `path` below `root`, or None if it lies elsewhere. Compares spellings, follows no link."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return None
