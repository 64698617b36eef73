"""Workspace: the door to everything. Opens the index of a root, keeps it up to date, hands out snapshots."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from isg_analysis.errors import WorkspaceError
from isg_analysis.languages.registry import NAMES, language_of, pack
from isg_analysis.model.facts import FactsError
from isg_analysis.workspace.extracting import identities
from isg_analysis.workspace.indexing import IndexRun
from isg_analysis.workspace.opening import OpenedIndex, checked_root, location, refuse_inside
from isg_analysis.workspace.overlay import FIRST_UNSTORED, FIRST_UNSTORED_KEY, Overlay, OverlayDocument, UnsavedText
from isg_analysis.workspace.preferring import Preference
from isg_analysis.workspace.records import content_key, decode_document
from isg_analysis.workspace.report import Cancelled, IndexReport, ProgressListener, Status
from isg_analysis.workspace.settings import Settings
from isg_analysis.workspace.snapshot import Snapshot
from isg_analysis.workspace.status import status
from isg_analysis.workspace.store import known_sids
from isg_analysis.workspace.surroundings import Staleness
from isg_storage import DamagedError, Environment, FullError, Reader, ReadOnlyError, StorageError, Table, remove
from isg_storage.keys import path_key

_RELEASE_EVERY = 64
"""After so many snapshots the pages they looked at are given back."""


class Workspace:
    """One root and its index. Thread-safe; indexing runs one at a time. A context manager."""

    def __init__(self, root: Path, index: OpenedIndex, settings: Settings) -> None:
        """Use `open`."""
        self.root = root
        self.settings = settings
        self._index = index
        self._indexing = threading.Lock()
        self._guard = threading.Lock()
        self._preference = Preference()
        self._overlay = Overlay()
        self._staleness = Staleness({})
        self._unsaved: dict[str, UnsavedText] = {}
        self._covered = -1
        """The stored version that the overlay was made for."""
        self._numbers: dict[str, int] = {}
        self._keys: dict[bytes, int] = {}
        self._resting: list[Snapshot] = []
        self._asked = 0

    @classmethod
    def open(cls, root: Path, *, cache: Path | None = None, settings: Settings | None = None) -> Self:
        """Open the index of the directory `root`, made empty if there is none; reads no source file.

        `cache`: the directory that holds all indexes, instead of the user's. Where it can't be written, the index
        is kept in a temporary directory for this session and `messages` says so. Raises WorkspaceError.
        """
        settings = settings or Settings()
        root = checked_root(root)
        refuse_inside(root, cache or settings.cache)
        return cls(root, OpenedIndex(location(root, cache or settings.cache)), settings)

    @property
    def messages(self) -> Sequence[str]:
        """What the user should know about the index: that it was damaged, or is kept for this session only."""
        return self._index.messages

    @property
    def complete(self) -> bool:
        """Whether an index of the whole workspace is stored: all that was found when it was last indexed, linked."""
        with self._environment.read() as reader:
            return 0 < reader.count(Table.DOCUMENTS) == reader.count(Table.LINKS)

    @property
    def _environment(self) -> Environment:
        return self._index.environment

    @staticmethod
    def location(root: Path, cache: Path | None = None) -> Path:
        """Where the index of a root is kept."""
        return location(root, cache)

    @classmethod
    def clean(cls, root: Path, cache: Path | None = None) -> bool:
        """Remove the index of a root; whether there was one. Raises WorkspaceError while this process has it open."""
        try:
            return remove(location(root, cache))
        except StorageError as problem:
            raise WorkspaceError(str(problem)) from problem

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the index. Snapshots that are still open stay good."""
        self._index.close()

    # -- keeping up to date

    def index(
        self,
        *,
        jobs: int | None = None,
        executor: Executor | None = None,
        progress: ProgressListener | None = None,
        cancelled: Cancelled | None = None,
    ) -> IndexReport:
        """Bring the stored graph up to date with the files on disk.

        `executor`: where extraction and linking run, instead of `jobs` processes of its own (default: one per core).
        `progress` is called in this thread. Raises WorkspaceError when the index can't be written.
        """
        return self._indexed(None, jobs, executor, progress, cancelled)

    def refresh(self, paths: Sequence[str]) -> IndexReport:
        """Take over what happened on disk to these root-relative paths: changed, created or deleted.

        Looks at nothing else, unless one of them decides what else there is (manifests, ignore files, directories).
        The report's errors are those of these documents.
        """
        return self._indexed(frozenset(paths), None, None, None, None)

    def _indexed(
        self,
        only: Collection[str] | None,
        jobs: int | None,
        executor: Executor | None,
        progress: ProgressListener | None,
        cancelled: Cancelled | None,
    ) -> IndexReport:
        make = partial(
            IndexRun,
            jobs=jobs,
            executor=executor,
            progress=progress or (lambda _: None),
            cancelled=cancelled or (lambda: False),
            preference=self._preference,
        )
        with self._indexing:
            self._index.check()
            try:
                return self._run(lambda again: self._new_run(make).run(None if again else only))
            finally:
                self._environment.release_pages()

    def _new_run(self, make: Callable[[Path, Environment, Settings], IndexRun]) -> IndexRun:
        return make(self.root, self._environment, self.settings)

    def _run(self, run: Callable[[bool], IndexReport]) -> IndexReport:
        """Run; once more, over everything, in an empty or a temporary index where the one there is turned out to be
        unusable.
        """
        try:
            return run(False)
        except (DamagedError, FactsError) as problem:
            self._index.replace(str(problem))
        except (FullError, ReadOnlyError) as problem:
            self._index.move_to_memory(str(problem))
        try:
            return run(True)
        except StorageError as problem:
            raise WorkspaceError(f"the index can't be written: {problem}") from problem

    def prefer(self, names: Sequence[str]) -> None:
        """Extract the documents that hold these names before all others, in the run that is on and in the next one.

        Callable from any thread, before and during `index`. During a run it searches the texts that are still to be
        extracted, in the calling thread.
        """
        self._preference.ask(names)

    def wait_for(self, names: Sequence[str], seconds: float) -> bool:
        """`prefer`, and wait until every document that holds the names is stored, but not longer than this.

        Whether it is so. From then on, answers about these names are complete.
        """
        return self._preference.wait(names, seconds, self.complete)

    # -- unsaved documents

    def open_document(self, path: str, text: bytes, language: str | None = None) -> None:
        """Shadow the document at `path` (root-relative) with an unsaved text, until it is closed.

        `language`: where the path does not tell it. A text of no known language is ignored.
        """
        name = language if language in NAMES else language_of(path)
        if name is None:
            return
        key = content_key(name, pack(name).version, text)
        with self._guard, self._environment.read() as reader:
            self._unsaved[path] = UnsavedText(path, name, text, key, self._unsaved.get(path))
            self._cover(reader)

    def close_document(self, path: str) -> None:
        """Stop shadowing the document at `path`; what is stored counts again."""
        with self._guard, self._environment.read() as reader:
            if self._unsaved.pop(path, None) is not None:
                self._cover(reader)

    def _cover(self, reader: Reader) -> None:
        """Make the overlay for the stored version that `reader` sees. A text that is stored as it is needs none."""
        documents = dict(
            self._placed(reader, unsaved) for unsaved in self._unsaved.values() if not _is_stored(reader, unsaved)
        )
        if documents or self._overlay.documents:
            self._overlay = Overlay(self._overlay.version + 1, documents)
            if self._covered != reader.version or not self._staleness.serves(documents):
                self._staleness = Staleness(documents)
        self._covered = reader.version

    def _placed(self, reader: Reader, unsaved: UnsavedText) -> tuple[int, OverlayDocument]:
        """An unsaved document with the number and the link keys that it has, or would have, when stored."""
        path, known, facts = unsaved.path, pack(unsaved.language), unsaved.facts()
        raw = reader.get(Table.PATHS, path_key(path))
        number = int.from_bytes(raw, "big") if raw else self._unstored_number(path)
        raw = reader.get(Table.LAYOUTS, known.name.encode())
        layout = msgspec.msgpack.decode(raw) if raw else known.layout({}, [path])
        ids = identities(known, layout, path, facts)
        keys = tuple(sid or self._new_key(key) for key, sid in known_sids(reader, number, ids))
        return number, OverlayDocument(path, known.name, facts, keys)

    def _unstored_number(self, path: str) -> int:
        return self._numbers.setdefault(path, FIRST_UNSTORED + len(self._numbers))

    def _new_key(self, key: bytes) -> int:
        """The link key of a symbol that is not stored."""
        return self._keys.setdefault(key, FIRST_UNSTORED_KEY + len(self._keys))

    # -- asking

    def snapshot(self) -> Snapshot:
        """The workspace as it is now: what is stored, with the unsaved documents over it."""
        reader = self._environment.read()
        with self._guard:
            if self._unsaved and self._covered != reader.version:
                self._cover(reader)
            wanted = (reader.version, self._overlay.version)
            before = self._resting
            self._resting = [resting for resting in before if resting.version == wanted]
            if self._resting:
                return self._resting.pop().reopen(reader)
            made = Snapshot(reader, self._overlay, self._staleness, self._rest)
            if before:
                made.inherit(before[-1])
            return made

    def _rest(self, snapshot: Snapshot) -> None:
        with self._guard:
            self._resting.append(snapshot)
            self._asked += 1
        if self._asked % _RELEASE_EVERY == 0:
            self._environment.release_pages()

    def status(self) -> Status:
        """What the index holds."""
        return status(self._environment)


def _is_stored(reader: Reader, unsaved: UnsavedText) -> bool:
    """Whether the file holds just this text."""
    number = reader.get(Table.PATHS, path_key(unsaved.path))
    record = reader.get(Table.DOCUMENTS, number) if number is not None else None
    return record is not None and decode_document(record).key == unsaved.key
