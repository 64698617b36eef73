"""Source: where the texts of a workspace come from, a directory or a code dump.

A source has no state, so that workers make their own of the root's path. What a dump holds is kept as long as the file
is the same. Everything past this module asks a source, and can't tell which kind it is.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Protocol

from isg_analysis.errors import DocumentError, WorkspaceError
from isg_analysis.workspace.code_dumps import CodeDump, Section, read_dump
from isg_analysis.workspace.discovery import Discovery, DiscoveryRules, FoundFile, Recognised, Skipped, discover
from isg_analysis.workspace.ignore import Patterns
from isg_analysis.workspace.reading import DocumentText, decode, load_document

_LARGEST_DUMP = 1 << 30
_MOST_RAW = 1 << 24
"""No document is larger."""


class Source(Protocol):
    """The files of a workspace, by root-relative POSIX paths."""

    def discover(
        self,
        languages: Sequence[Recognised],
        rules: DiscoveryRules,
        *,
        only: Collection[str] | None = None,
        cancelled: Callable[[], bool] | None = None,
        seen: Callable[[FoundFile], None] | None = None,
    ) -> Discovery:
        """As `discovery.discover`. Size and time of a file, whatever they are, tell whether it changed."""

    def load(self, path: str, limit: int) -> DocumentText:
        """As `reading.load_document`."""

    def raw(self, path: str) -> bytes:
        """The bytes of a file, as far as a document may go. Raises DocumentError."""

    def is_directory(self, path: str) -> bool:
        """Whether there are files below this path."""


def source_of(root: Path) -> Source:
    """The source at a path; that there is one is found out when it is asked, or by `checked_source`."""
    return Dump(root) if root.is_file() else Directory(root)


def checked_source(root: Path) -> Source:
    """The source at a path. Raises WorkspaceError for what is neither a directory nor a dump, or can't be read."""
    try:
        if root.is_file():
            source = Dump(root)
            source.read()
            return source
        if not root.is_dir():
            raise WorkspaceError(f"{root} is neither a directory nor a code dump")
        os.scandir(root).close()
    except OSError as problem:
        raise WorkspaceError(f"{root}: {problem.strerror or problem}") from problem
    return Directory(root)


class Directory:
    """The files of a directory."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def discover(
        self,
        languages: Sequence[Recognised],
        rules: DiscoveryRules,
        *,
        only: Collection[str] | None = None,
        cancelled: Callable[[], bool] | None = None,
        seen: Callable[[FoundFile], None] | None = None,
    ) -> Discovery:
        """See Source."""
        return discover(self._root, languages, rules, only=only, cancelled=cancelled, seen=seen)

    def load(self, path: str, limit: int) -> DocumentText:
        """See Source."""
        return load_document(self._root / path, limit)

    def raw(self, path: str) -> bytes:
        """See Source."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            with open(os.open(self._root / path, flags), "rb", buffering=0) as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise DocumentError("not a regular file")
                return file.read(_MOST_RAW) or b""
        except (OSError, ValueError) as problem:
            raise DocumentError(getattr(problem, "strerror", None) or str(problem)) from problem

    def is_directory(self, path: str) -> bool:
        """See Source."""
        return (self._root / path).is_dir()


class Dump:
    """The files in a code dump. What a dump holds was chosen by whoever made it: only what the user excludes, and what
    is too large, is left out. In place of a time there is a hash of the text.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self) -> CodeDump:
        """All that is in it. Raises WorkspaceError for what is no dump."""
        try:
            state = self._root.stat()
            return _read(self._root, state.st_size, state.st_mtime_ns)
        except OSError as problem:
            raise WorkspaceError(f"{self._root}: {problem.strerror or problem}") from problem

    def discover(
        self,
        languages: Sequence[Recognised],
        rules: DiscoveryRules,
        *,
        only: Collection[str] | None = None,
        cancelled: Callable[[], bool] | None = None,
        seen: Callable[[FoundFile], None] | None = None,
    ) -> Discovery:
        """See Source. What is wrong with the dump is told as what was left out, at `dump:line`."""
        dump, found = self.read(), Discovery()
        for problem in dump.problems:
            found.skipped.append(Skipped(f"{self._root.name}:{problem.line}", problem.message))
        exclude = Patterns(rules.exclude)
        for path, section in sorted(dump.files.items()):
            if cancelled is not None and cancelled():
                break
            if (only is None or _among(path, only)) and not _excluded(exclude, path):
                _sort(found, section, languages, rules.size_limit, seen)
        return found

    def load(self, path: str, limit: int) -> DocumentText:
        """See Source."""
        raw = self.raw(path)
        if len(raw) > limit:
            raise DocumentError(f"larger than {limit} bytes")
        return decode(raw)

    def raw(self, path: str) -> bytes:
        """See Source."""
        try:
            section = self.read().files.get(path)
        except WorkspaceError as problem:
            raise DocumentError(str(problem)) from problem
        if section is None:
            raise DocumentError("not in the dump")
        if section.missing:
            raise DocumentError(f"could not be read when the dump was made (line {section.line})")
        return section.text[:_MOST_RAW]

    def is_directory(self, path: str) -> bool:
        """See Source."""
        return any(one.startswith(f"{path}/") for one in self.read().files)


@lru_cache(maxsize=1)
def _read(root: Path, size: int, _mtime_ns: int) -> CodeDump:
    if size > _LARGEST_DUMP:
        raise WorkspaceError(f"{root}: larger than {_LARGEST_DUMP} bytes")
    try:
        dump = read_dump(root.read_bytes())
    except DocumentError as problem:
        raise WorkspaceError(f"{root} is neither a directory nor a code dump: {problem}") from problem
    if dump is None:
        raise WorkspaceError(f"{root} is neither a directory nor a code dump: no header of a file is in it")
    return dump


def _sort(
    found: Discovery,
    section: Section,
    languages: Sequence[Recognised],
    limit: int,
    seen: Callable[[FoundFile], None] | None,
) -> None:
    """Put a file where it belongs; what is neither a document nor a manifest belongs nowhere."""
    name, suffix = PurePosixPath(section.path).name, PurePosixPath(section.path).suffix
    language = next((one.name for one in languages if name in one.file_names or suffix in one.extensions), None)
    wanted = [one.name for one in languages if name in one.manifests]
    if language is None and not wanted:
        return
    if len(section.text) > limit:
        found.skipped.append(Skipped(section.path, f"larger than {limit} bytes"))
        return
    digest = int.from_bytes(hashlib.blake2b(section.text, digest_size=8).digest()) >> 1
    if language is not None:
        file = FoundFile(section.path, language, len(section.text), digest)
        found.documents.append(file)
        if seen is not None:
            seen(file)
    found.manifests += [FoundFile(section.path, one, len(section.text), digest) for one in wanted]


def _among(path: str, only: Collection[str]) -> bool:
    return any(path == one or path.startswith(f"{one.rstrip('/')}/") for one in only)


def _excluded(patterns: Patterns, path: str) -> bool:
    ends = [at + 1 for at, letter in enumerate(path) if letter == "/"] + [len(path)]
    return any(patterns.ignores(path[:end]) for end in ends)
