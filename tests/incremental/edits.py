"""Edits: what can happen to a workspace in a session, chosen by numbers so that a script of them can be shrunk."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from incremental.sources import MANIFESTS, MODULES, NAMES, SNIPPETS
from isg_analysis.languages.registry import language_of

_BREAKERS = ("(", "{", "'''", "class (:\n", "fn (\n", "\n\\\n", "]")
_ITEM = re.compile(r"^(?=\S)", re.MULTILINE)


@dataclass(slots=True)
class Files:
    """What is on disk, what an editor holds unsaved, and how it all began."""

    original: Mapping[str, str]
    disk: dict[str, str] = field(default_factory=dict)
    unsaved: dict[str, str] = field(default_factory=dict)

    @property
    def texts(self) -> dict[str, str]:
        """The files as an editor sees them."""
        return self.disk | self.unsaved

    def sources(self) -> list[str]:
        """The documents there are, sorted."""
        return sorted(path for path in self.texts if language_of(path))


Numbers = Sequence[int]
Edit = Callable[[Files, str, Numbers], dict[str, str | None]]
"""(files, a document, numbers to choose by) -> new texts; None: the document is deleted."""


def _items(text: str) -> list[str]:
    return [part for part in _ITEM.split(text) if part]


def insert(files: Files, path: str, by: Numbers) -> dict[str, str | None]:
    """A snippet between two lines."""
    lines = files.texts[path].splitlines(keepends=True)
    snippets = SNIPPETS[language_of(path) or ""]
    lines.insert(by[0] % (len(lines) + 1), snippets[by[1] % len(snippets)])
    return {path: "".join(lines)}


def append(files: Files, path: str, by: Numbers) -> dict[str, str | None]:
    """A snippet at the end: what is indented goes on with the last item."""
    snippets = SNIPPETS[language_of(path) or ""]
    return {path: files.texts[path] + snippets[by[1] % len(snippets)]}


def delete(files: Files, path: str, by: Numbers) -> dict[str, str | None]:
    """A few lines."""
    lines = files.texts[path].splitlines(keepends=True)
    at = by[0] % (len(lines) + 1)
    del lines[at : at + 1 + by[1] % 3]
    return {path: "".join(lines)}


def rename(files: Files, path: str, by: Numbers) -> dict[str, str | None]:
    """One name by another, in one document or at one place of it."""
    names = NAMES[language_of(path) or ""]
    old, new = names[by[0] % len(names)], names[by[1] % len(names)]
    count = 0 if by[2] % 2 else 1
    return {path: re.sub(rf"\b{old}\b", new, files.texts[path], count=count)}


def move_item(files: Files, path: str, by: Numbers) -> dict[str, str | None]:
    """An item to another document of the language."""
    others = [other for other in files.sources() if language_of(other) == language_of(path) and other != path]
    items = _items(files.texts[path])
    if not others or not items:
        return {}
    other = others[by[1] % len(others)]
    moved = items.pop(by[0] % len(items))
    return {path: "".join(items), other: files.texts[other] + moved}


def break_syntax(files: Files, path: str, by: Numbers) -> dict[str, str | None]:
    """Something that does not belong there."""
    text = files.texts[path]
    at = by[0] % (len(text) + 1)
    return {path: text[:at] + _BREAKERS[by[1] % len(_BREAKERS)] + text[at:]}


def mend(files: Files, path: str, by: Numbers) -> dict[str, str | None]:
    """The text a document began with, whether it is there or not."""
    del path
    paths = sorted(files.original)
    wanted = paths[by[0] % len(paths)]
    return {wanted: files.original[wanted]}


def remove(files: Files, path: str, by: Numbers) -> dict[str, str | None]:
    """A document is deleted."""
    del files, by
    return {path: None}


def move_module(files: Files, path: str, by: Numbers) -> dict[str, str | None]:
    """A document gets another place."""
    places = MODULES[language_of(path) or ""]
    place = places[by[0] % len(places)]
    return {path: None, place: files.texts[path]} if place != path else {}


def manifest(files: Files, path: str, by: Numbers) -> dict[str, str | None]:
    """A manifest says something else."""
    del path
    name = sorted(MANIFESTS)[by[0] % len(MANIFESTS)]
    line = MANIFESTS[name][by[1] % len(MANIFESTS[name])]
    key = line.split(" ")[0]
    text = files.disk.get(name, files.original[name])
    return {name: re.sub(rf"^{key} = .*$", line, text, flags=re.MULTILINE)}


EDITS: tuple[Edit, ...] = (
    insert, insert, append, append, delete, rename, rename, rename, move_item, break_syntax, mend, mend, remove,
    move_module, manifest,
)  # fmt: skip
"""Common ones more often."""
