"""Discovery: which files of a directory are documents, which are manifests, and what was left out and why.

A scan of names and sizes: no document is opened (only the first line of executables without an
extension is read). Never goes through a link, so it stays inside the root and ends; never fails for what is in a
directory: what can't be used is reported. The same tree gives the same answer in the same order.

Order of authority, the first that has an opinion decides: what the user excludes, what the user includes, what is
never anybody's source here (version control, dependencies, caches, build results), `.ignore` files,
`.gitignore` files, `.git/info/exclude`.

Siblings: `ignore` (the patterns), `reading` (from a file to its text).
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Protocol

from isg_analysis.errors import WorkspaceError
from isg_analysis.workspace.ignore import Frame, Patterns, ignored, patterns_of
from isg_analysis.workspace.reading import DocumentText, decode, load_document, read_document

__all__ = [
    "DEFINING_NAMES",
    "Discovery",
    "DiscoveryRules",
    "DocumentText",
    "FoundFile",
    "Recognised",
    "Skipped",
    "changed",
    "decode",
    "discover",
    "load_document",
    "read_document",
]

_MAX_IGNORE_FILE = 1 << 18
_VERSION_CONTROL = frozenset({".git", ".hg", ".svn", ".jj", ".bzr", "CVS"})
"""Directories that are never entered, whatever the rules say."""
# fmt: off
_NEVER = frozenset({
    "node_modules", "bower_components", ".yarn", ".pnpm-store", ".venv", "site-packages", "__pypackages__",
    "__pycache__", ".tox", ".nox", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis",
    ".eggs", ".gradle", ".direnv", ".pixi",
})
# fmt: on
"""Directories of these names hold no source of the workspace."""
_MARKS = {
    "pyvenv.cfg": "a virtual environment",
    "conda-meta": "a virtual environment",
    "CACHEDIR.TAG": "a cache",
    ".cargo-checksum.json": "a vendored package",
}
"""A directory that directly holds one of these names is left out."""
_BESIDE = {"target": "Cargo.toml"}
"""A directory of the first name is a build result when it stands beside the second."""
_VENDORED = {"vendor": ("modules.txt", "autoload.php")}
"""A directory of the first name that holds one of the others was filled by a package manager."""
DEFINING_NAMES = frozenset({".git", ".gitignore", ".ignore", *_MARKS}.union(*_VENDORED.values()))
"""A change to a file of one of these names may change which other files are taken."""
_INTERPRETER = re.compile(r"#!\s*(?:\S*/)?(?:env\s+(?:-\S+\s+|\w+=\S+\s+)*)?(?:\S*/)?([^\s/]+)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")


class Recognised(Protocol):
    """What a language says about its files; a LanguagePack does."""

    @property
    def name(self) -> str:
        """As in `LanguagePack`, and so the others."""

    @property
    def extensions(self) -> tuple[str, ...]:
        """With the dot."""

    @property
    def file_names(self) -> tuple[str, ...]:
        """Whole names."""

    @property
    def interpreters(self) -> tuple[str, ...]:
        """Programs in a `#!` line."""

    @property
    def manifests(self) -> tuple[str, ...]:
        """Names of files that say how the workspace is laid out."""


@dataclass(frozen=True, slots=True)
class DiscoveryRules:
    """What to take. `include` and `exclude` are gitignore patterns, as in a file at the root.

    `include` brings back what ignore files or the default excludes leave out (`node_modules/ours/` enters
    `node_modules` for that alone); it does not limit discovery to what it names.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    size_limit: int = 2_000_000
    nested_repositories: bool = False
    ignore_files: bool = True
    default_excludes: bool = True


@dataclass(frozen=True, slots=True, order=True)
class FoundFile:
    """A file by its root-relative POSIX path, with the size in bytes and the time that tell whether it changed."""

    path: str
    language: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True, order=True)
class Skipped:
    """Something that would have been looked at, and why it was not. `path` is safe to print."""

    path: str
    reason: str


@dataclass(slots=True)
class Discovery:
    """Everything that was found, each list in the order of paths. A manifest that two languages want is there twice."""

    documents: list[FoundFile] = field(default_factory=list)
    manifests: list[FoundFile] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def discover(
    root: Path,
    languages: Sequence[Recognised],
    rules: DiscoveryRules | None = None,
    *,
    only: Collection[str] | None = None,
    cancelled: Callable[[], bool] | None = None,
    seen: Callable[[FoundFile], None] | None = None,
) -> Discovery:
    """Look through `root`.

    `only`: root-relative paths of files and directories to look at, with what is below them; whether they are found
    is decided as for all. `cancelled` is asked once per directory; if it says yes, what was found so far comes back.
    `seen` is told of each document as it is found.
    Raises WorkspaceError if `root` is not a directory that can be read.
    """
    try:
        os.scandir(root).close()
    except (OSError, ValueError) as problem:
        text = problem.strerror if isinstance(problem, OSError) else str(problem)
        raise WorkspaceError(f"cannot read {root}: {text}") from problem
    walk = _Walk(root, languages, rules or DiscoveryRules(), only, seen or (lambda _: None))
    while walk.pending and not (cancelled is not None and cancelled()):
        walk.directory(walk.pending.pop())
    found = walk.found
    found.documents.sort(key=attrgetter("path"))
    found.manifests.sort()
    found.skipped = sorted(set(found.skipped))
    return found


def changed(found: Iterable[FoundFile], known: Mapping[str, tuple[int, int]]) -> tuple[list[FoundFile], list[str]]:
    """The files that are new or whose (size, mtime_ns) is not the known one; and the known paths that are gone."""
    found = list(found)
    differing = [file for file in found if known.get(file.path) != (file.size, file.mtime_ns)]
    return differing, sorted(known.keys() - {file.path for file in found})


@dataclass(frozen=True, slots=True)
class _Directory:
    path: str
    """Of the file system."""
    prefix: str
    """Root-relative with a slash at the end; "" for the root."""
    git: Frame | None
    ignore: Frame | None
    only_included: bool
    """It is ignored, and entered only because an include names something below."""
    included: bool
    """An include names it or a directory above."""


class _Walk:
    def __init__(
        self,
        root: Path,
        languages: Sequence[Recognised],
        rules: DiscoveryRules,
        only: Collection[str] | None,
        seen: Callable[[FoundFile], None],
    ) -> None:
        self.found = Discovery()
        self._seen = seen
        self.pending = [_Directory(os.fspath(root), "", None, None, False, False)]
        self._root = root
        self._rules = rules
        self._by_extension = {extension: one.name for one in languages for extension in one.extensions}
        self._by_name = {name: one.name for one in languages for name in one.file_names}
        self._by_interpreter = {name: one.name for one in languages for name in one.interpreters}
        self._manifests: dict[str, list[str]] = {}
        for one in languages:
            for name in one.manifests:
                self._manifests.setdefault(name, []).append(one.name)
        self._include, self._exclude = Patterns(rules.include), Patterns(rules.exclude)
        self._entered = {above for pattern in rules.include for above in _literal_directories(pattern)}
        self._only = None if only is None else frozenset(path.rstrip("/") for path in only)
        self._above = {above for path in self._only or () for above in _directories_above(path)}

    def directory(self, here: _Directory) -> None:
        """Sort out what is directly in a directory, and put its directories on the list."""
        try:
            with os.scandir(here.path) as scan:
                entries = list(scan)
        except OSError as problem:
            if not isinstance(problem, (FileNotFoundError, NotADirectoryError)):  # gone since it was listed
                self._skip(here.prefix, f"cannot be read: {problem.strerror}")
            return
        names = {entry.name for entry in entries}
        if here.prefix and not here.included:
            reason = self._left_out(here, names)
            if reason:
                if reason == "a nested repository":
                    self._skip(here.prefix, reason)
                return
        here = self._with_ignore_files(here, names)
        for entry in entries:
            try:
                self._entry(here, entry, names)
            except OSError as problem:
                if not isinstance(problem, FileNotFoundError):
                    self._skip(here.prefix + entry.name, f"cannot be read: {problem.strerror}")

    def _left_out(self, here: _Directory, names: set[str]) -> str:
        """Why the directory is not gone through, by what is in it; "" if it is."""
        if ".git" in names and not self._rules.nested_repositories:
            return "a nested repository"
        if not self._rules.default_excludes:
            return ""
        name = here.prefix[:-1].rpartition("/")[2]
        if any(mark in names for mark in _VENDORED.get(name, ())):
            return "vendored packages"
        return next((reason for mark, reason in _MARKS.items() if mark in names), "")

    def _with_ignore_files(self, here: _Directory, names: set[str]) -> _Directory:
        if not self._rules.ignore_files:
            return here
        git, ignore = here.git, here.ignore
        if ".git" in names:
            # The rules of the repository around this one end here.
            exclude = _exclude_of(os.path.join(here.path, ".git", "info"))
            git = Frame(exclude, len(here.prefix), None) if exclude else None
        if ".gitignore" in names and (patterns := _patterns_in(os.path.join(here.path, ".gitignore"))):
            git = Frame(patterns, len(here.prefix), git)
        if ".ignore" in names and (patterns := _patterns_in(os.path.join(here.path, ".ignore"))):
            ignore = Frame(patterns, len(here.prefix), ignore)
        return _Directory(here.path, here.prefix, git, ignore, here.only_included, here.included)

    def _entry(self, here: _Directory, entry: os.DirEntry[str], names: set[str]) -> None:
        path = here.prefix + entry.name
        if entry.is_dir(follow_symlinks=False):
            if self._asked_for(path, directory=True):
                self._subdirectory(here, entry, path, names)
        elif self._asked_for(path, directory=False):
            self._file(here, entry, path)

    def _asked_for(self, path: str, directory: bool) -> bool:
        if self._only is None or path in self._only or (directory and path in self._above):
            return True
        return any(above in self._only for above in _directories_above(path))

    def _subdirectory(self, here: _Directory, entry: os.DirEntry[str], path: str, names: set[str]) -> None:
        name, inside = entry.name, path + "/"
        if name in _VERSION_CONTROL or self._exclude.ignores(inside):
            return
        included = here.included or self._include.ignores(inside) is True
        only_included = False
        if not included:
            beside = _BESIDE.get(name)
            never = self._rules.default_excludes and (name in _NEVER or (beside is not None and beside in names))
            if here.only_included or never or self._ignored(here, inside):
                if path not in self._entered:
                    return
                only_included = True
        elif self._rules.default_excludes and name in _NEVER and not self._include.ignores(inside):
            return  # an included directory's own caches and dependencies are not meant
        if _CONTROL.search(name):
            self._skip(inside, "its name can't be written in a URI and a message alike")
            return
        self.pending.append(_Directory(entry.path, inside, here.git, here.ignore, only_included, included))

    def _file(self, here: _Directory, entry: os.DirEntry[str], path: str) -> None:
        name = entry.name
        wanted = self._manifests.get(name)
        language = self._by_name.get(name) or self._by_extension.get(os.path.splitext(name)[1])
        maybe_script = language is None and "." not in name and bool(self._by_interpreter) and os.name == "posix"
        link = entry.is_symlink()
        if language is None and wanted is None and not (entry.is_dir() if link else maybe_script):
            return
        if self._exclude.ignores(path):
            return
        if not (here.included or self._include.ignores(path)) and (here.only_included or self._ignored(here, path)):
            return
        if link:
            self._link(entry.path, path)
            return
        if not entry.is_file(follow_symlinks=False):
            return  # a pipe, a socket, a device
        self._regular_file(entry, path, language, wanted or [])

    def _regular_file(self, entry: os.DirEntry[str], path: str, language: str | None, wanted: list[str]) -> None:
        state = entry.stat(follow_symlinks=False)
        if language is None and not wanted:
            language = self._script_language(entry.path, state)
            if language is None:
                return
        if _CONTROL.search(entry.name):
            self._skip(path, "its name can't be written in a URI and a message alike")
        elif state.st_size > self._rules.size_limit:
            self._skip(path, f"larger than {self._rules.size_limit} bytes")
        else:
            if language is not None:
                file = FoundFile(path, language, state.st_size, state.st_mtime_ns)
                self.found.documents.append(file)
                self._seen(file)
            for one in wanted:
                self.found.manifests.append(FoundFile(path, one, state.st_size, state.st_mtime_ns))

    def _ignored(self, here: _Directory, path: str) -> bool:
        answer = ignored(here.ignore, path)
        return bool(ignored(here.git, path) if answer is None else answer)

    def _script_language(self, path: str, state: os.stat_result) -> str | None:
        if not state.st_mode & 0o111 or state.st_size < 4:
            return None
        found = _INTERPRETER.match(_head(path, 256).partition(b"\n")[0].decode("utf-8", "replace"))
        if found is None:
            return None
        return self._by_interpreter.get(found[1]) or self._by_interpreter.get(found[1].rstrip("0123456789."))

    def _link(self, place: str, path: str) -> None:
        """Report a link, unless it leads to another place in the root: what is there is found there."""
        target = os.path.realpath(place)
        if not os.path.exists(target):
            self._skip(path, "a link to nothing, or to itself")
        elif not os.path.join(target, "").startswith(os.path.join(os.path.realpath(self._root), "")):
            self._skip(path, "a link out of the workspace")

    def _skip(self, path: str, reason: str) -> None:
        safe = _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), path)
        self.found.skipped.append(Skipped(safe, reason))


def _patterns_in(path: str) -> Patterns:
    """The patterns of an ignore file; none if it can't be read. A link is not followed: git does not either."""
    return patterns_of(_head(path, _MAX_IGNORE_FILE).decode("utf-8", "surrogateescape"))


def _exclude_of(directory: str) -> Patterns:
    """The patterns that a repository keeps to itself; none if `.git` or `.git/info` is a link, or a file."""
    inside = all(_is_directory(path) for path in (os.path.dirname(directory), directory))
    return _patterns_in(os.path.join(directory, "exclude")) if inside else Patterns(())


def _is_directory(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def _head(path: str, size: int) -> bytes:
    """The first bytes of a regular file; none of anything else."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with open(os.open(path, flags), "rb", buffering=0) as file:
            return file.read(size) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
    except OSError:
        return b""


def _directories_above(path: str) -> Iterable[str]:
    at = path.rfind("/")
    while at > 0:
        yield path[:at]
        at = path.rfind("/", 0, at)


def _literal_directories(pattern: str) -> Iterable[str]:
    """The directories to enter for what an include pattern names, as far as it is without wildcards."""
    parts: list[str] = []
    for part in pattern.strip("/").split("/")[:-1]:
        if any(character in part for character in "*?[\\"):
            break
        parts.append(part)
        yield "/".join(parts)
