"""Ties: which package of the workspace says in which line of its Cargo.toml that it depends on which other.

TOML is read by `tomllib`, which tells no lines: they are looked for in the text, by the tables' heads and the keys that
the values were found under. In the layout a tie is [source folder, target folder, whether for development only, path,
number of the line, its text, start and end in it].
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import Any

from isg_analysis.model.packages import Line, PackageTie

DEVELOPMENT = ("dev-dependencies", "dev_dependencies")
"""Cargo lets these depend on what depends on the package."""

_HEAD = re.compile(r"""\s*\[(?!\[)(?P<path>(?:"[^"]*"|'[^']*'|[^\]"'])*)\]""")
_PART = re.compile(r"""\"[^\"]*\"|'[^']*'|[^.\s"']+""")
_KEY = re.compile(r"\s*(?P<quote>[\"']?)(?P<name>[^\"'=.\s#\[]+)(?P=quote)\s*[.=]")


def found_ties(written: Iterable[tuple[str, str, str, str]], manifests: Mapping[str, bytes]) -> list[list[Any]]:
    """The ties of (source folder, target folder, kind of table, key), in this order, without repetition."""
    lines: dict[str, list[str]] = {}
    out: dict[tuple[str, str, bool], list[Any]] = {}
    for source, target, kind, key in written:
        path = posixpath.join(source, "Cargo.toml")
        if path not in lines:
            lines[path] = manifests[path].decode("utf-8", "replace").splitlines()
        number, start, end = _place(lines[path], kind, key)
        text = lines[path][number] if number < len(lines[path]) else ""
        development = kind in DEVELOPMENT
        out.setdefault((source, target, development), [source, target, development, path, number, text, start, end])
    return list(out.values())


def ties_of(layout: Mapping[str, Any]) -> list[PackageTie]:
    """The ties that a layout holds."""
    return [
        PackageTie(source, target, development, Line(path, number, text), start, end)
        for source, target, development, path, number, text, start, end in layout["ties"]
    ]


def _place(lines: list[str], kind: str, key: str) -> tuple[int, int, int]:
    """(number of the line, start and end of the key in bytes); the start of the file where it can't be told."""
    inside = False
    for number, line in enumerate(lines):
        if line.lstrip().startswith("["):
            head = _HEAD.match(line)
            path = [part.strip("\"'") for part in _PART.findall(head["path"])] if head is not None else []
            path = path[2:] if path[:1] == ["target"] else path
            inside = path == [kind]
            if path == [kind, key]:
                at = line.rindex(key)
                return number, *_bytes(line, at, at + len(key))
        elif inside and (found := _KEY.match(line)) is not None and found["name"] == key:
            return number, *_bytes(line, *found.span("name"))
    return 0, 0, 0


def _bytes(line: str, start: int, end: int) -> tuple[int, int]:
    return len(line[:start].encode()), len(line[:end].encode())
