"""Workspace: the door to everything. Opens the index of a root, keeps it up to date, hands out snapshots."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from isg_analysis.errors import DocumentError, IsgError, WorkspaceError
from isg_analysis.languages.registry import NAMES, language_of, pack
from isg_analysis.model.facts import FactsError
from isg_analysis.workspace.indexing import WHOLE_KEY, IndexRun
from isg_analysis.workspace.opening import OpenedIndex, checked_root, location, refuse_inside
from isg_analysis.workspace.overlay import FIRST_UNSTORED, FIRST_UNSTORED_KEY, Overlay, OverlayDocument, UnsavedText
from isg_analysis.workspace.placing import Placing
from isg_analysis.workspace.preferring import Preference
from isg_analysis.workspace.preparing import Courtesy
from isg_analysis.workspace.records import content_key, decode_document
from isg_analysis.workspace.report import Cancelled, IndexReport, ProgressListener, Status
from isg_analysis.workspace.settings import Settings
from isg_analysis.workspace.snapshot import Snapshot
from isg_analysis.workspace.source import source_of
from isg_analysis.workspace.staleness import Staleness
from isg_analysis.workspace.status import status
from isg_analysis.workspace.store import epoch
from isg_analysis.workspace.stored_names import StoredNames
from isg_storage import DamagedError, Environment, FullError, Reader, ReadOnlyError, StorageError, Table, remove
from isg_storage.keys import path_key

_READY_BYTES = 80_000
"""Of so much text that nobody has edited yet, the first edit is prepared for; of the last one in any case."""
_PAGES_KEPT = 8_000_000
"""Bytes of the index that were looked at and are kept mapped; when they are more, all are given back."""


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
        self._ready: list[UnsavedText] = []
        """Those that are prepared for an edit and have not seen one, the oldest first."""
        self._covered = -1
        """The stored version that the overlay was made for."""
        self._epoch = -1
        """The epoch of the stored documents that the overlay was made for."""
        self._placings: dict[str, Placing] = {}
        self._resolving: set[str] = set()
        """The languages that questions can be asked about at once."""
        self._numbers: dict[str, int] = {}
        self._keys: dict[bytes, int] = {}
        self._names = StoredNames()
        self._resting: list[Snapshot] = []
        self.on_damage: Callable[[], object] = lambda: None
        """Called in the thread that first meets damage, or has put an empty index in the place of another: `index`
        should be called then.
        """

    @classmethod
    def open(cls, root: Path, *, cache: Path | None = None, settings: Settings | None = None) -> Self:
        """Open the index of the directory or code dump `root`, made empty if there is none; reads no other file.

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
        with self._watching(), self._environment.read() as reader:
            linked = 0 < reader.count(Table.DOCUMENTS) == reader.count(Table.LINKS)
            return linked and reader.has(Table.STATISTICS, WHOLE_KEY)

    @property
    def edition(self) -> object:
        """Stands for the index. Another one as soon as that, which was damaged or outdated, has made room for an empty
        one: an answer of which it is not the same before and after may lack anything.
        """
        return self._index.environment

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
        for unsaved in list(self._unsaved.values()):
            unsaved.forget()
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
            open_paths=frozenset(self._unsaved),
        )
        with self._indexing:
            if self._index.check():
                self._begin_anew()
                only = None  # nothing is there of all the others
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
        for again in (False, True, True):
            try:
                return run(again)
            except (DamagedError, FactsError) as problem:
                self._index.replace(str(problem))
            except (FullError, ReadOnlyError) as problem:
                self._index.move_to_memory(str(problem))
            except StorageError as problem:
                raise WorkspaceError(f"the index can't be written: {problem}") from problem
            self._begin_anew()
        raise WorkspaceError("the index can't be written: what was just made is damaged")

    def _begin_anew(self) -> None:
        """Let go of all that was learned from an index that another one has replaced."""
        with self._guard:
            self._resting.clear()
            self._placings.clear()
            self._covered = self._epoch = -1
        self.on_damage()

    @contextmanager
    def _watching(self) -> Iterator[None]:
        """Damage that is met inside becomes a WorkspaceError."""
        environment = self._environment
        try:
            yield
        except Exception as problem:
            error = self._damaged(environment, problem)
            if error is None:
                raise
            raise error from problem

    def _damaged(self, environment: Environment, problem: Exception) -> WorkspaceError | None:
        """What to say where damage was met, or where it is the likeliest reason; the next run sees to it."""
        if isinstance(problem, DamagedError | FactsError):
            if environment is self._environment and self._index.suspect(str(problem)):
                self.on_damage()
            return WorkspaceError(f"the index is damaged and will be made anew: {problem}")
        if isinstance(problem, IsgError) or environment is not self._environment or environment.trusted:
            return None
        self.on_damage()
        return WorkspaceError(f"the index may be damaged and will be examined: {type(problem).__name__}: {problem}")

    def prefer(self, names: Sequence[str]) -> None:
        """Extract the documents that hold these names before all others, in the run that is on and in the next one.

        Callable from any thread, before and during `index`. During a run it searches the texts that are still to be
        extracted, in the calling thread.
        """
        self._preference.ask(names)

    def wait_for(
        self,
        names: Sequence[str],
        seconds: float,
        *,
        meanwhile: Callable[[], bool] | None = None,
        stopped: Callable[[], bool] | None = None,
    ) -> bool:
        """`prefer`, and wait until every document that holds the names is stored, but not longer than this.

        Whether it is so. From then on, answers about these names are complete. `meanwhile` is called once when it is
        known what is waited for, and says whether that is still wanted. `stopped` is asked again and again.
        """
        edition, complete = self.edition, self.complete
        return self._preference.wait(names, seconds, complete, edition, meanwhile, stopped or (lambda: False))

    # -- unsaved documents

    def open_document(self, path: str, text: bytes, language: str | None = None, *, anew: bool = False) -> None:
        """Shadow the document at `path` (root-relative) with an unsaved text, until it is closed.

        `language`: where the path does not tell it. A text of no known language is ignored. `anew`: an editor has just
        opened it, so that it does not go on from the text there was.
        """
        name = language if language in NAMES else language_of(path)
        if name is None:
            return
        key = content_key(name, pack(name).version, text)
        with self._watching(), self._guard, self._environment.read() as reader:
            before = self._unsaved.get(path)
            if before is not None and anew:
                before.forget()
                before = None
            self._unsaved[path] = UnsavedText(path, name, text, key, before)
            self._cover(reader)

    def close_document(self, path: str) -> None:
        """Stop shadowing the document at `path`; what is stored counts again."""
        with self._watching(), self._guard, self._environment.read() as reader:
            self._placings.pop(path, None)
            unsaved = self._unsaved.pop(path, None)
            if unsaved is not None:
                unsaved.forget()
                self._cover(reader)

    def prepare(self, path: str, courtesy: Courtesy) -> None:
        """Make ready for the first edit of an open document, in this thread, while others ask. To be called some time
        after each `open_document`: where nothing is to be done, that is all that happens.
        """
        with self._guard:
            unsaved = self._unsaved.get(path)
            preparation = unsaved.prepare() if unsaved is not None else None
            if unsaved is None or preparation is None:
                return
            self._keep_ready(unsaved)
        preparation.run(courtesy)
        with self._watching(), self._guard, self._environment.read() as reader:
            if self._unsaved.get(path) is unsaved and preparation.done:
                self._placed(reader, unsaved)
        if unsaved.language not in self._resolving:
            self._resolving.add(unsaved.language)
            with self.snapshot(alone=True) as view:
                number = view.document(path)
                if number is not None:
                    view.resolver(number)  # loads its modules

    def _keep_ready(self, unsaved: UnsavedText) -> None:
        self._ready = [one for one in self._ready if self._unsaved.get(one.path) is one]
        self._ready.append(unsaved)
        size = sum(len(one.text) for one in self._ready)
        while size > _READY_BYTES and len(self._ready) > 1:
            oldest = self._ready.pop(0)
            size -= len(oldest.text)
            oldest.forget()
            self._placings.pop(oldest.path, None)

    def _cover(self, reader: Reader) -> None:
        """Make the overlay for the stored version that `reader` sees. A text that is stored as it is needs none."""
        documents = dict(
            self._placed(reader, unsaved) for unsaved in self._unsaved.values() if not _is_stored(reader, unsaved)
        )
        if documents or self._overlay.documents:
            self._overlay = Overlay(self._overlay.version + 1, documents)
            now = epoch(reader)
            self._staleness = Staleness(documents, self._staleness if self._epoch == now else None)
            self._epoch = now
        self._covered = reader.version

    def _placed(self, reader: Reader, unsaved: UnsavedText) -> tuple[int, OverlayDocument]:
        """An unsaved document with the number and the link keys that it has, or would have, when stored."""
        placing = self._placings.get(unsaved.path)
        if placing is None or placing.language != unsaved.language:
            placing = Placing(unsaved.path, unsaved.language, self._unstored_number, self._new_key)
            self._placings[unsaved.path] = placing
        return placing.place(reader, unsaved)

    def _unstored_number(self, path: str) -> int:
        return self._numbers.setdefault(path, FIRST_UNSTORED + len(self._numbers))

    def _new_key(self, key: bytes) -> int:
        """The link key of a symbol that is not stored."""
        return self._keys.setdefault(key, FIRST_UNSTORED_KEY + len(self._keys))

    # -- asking

    def saved(self) -> Snapshot:
        """What is stored alone, as `snapshot(alone=True)` of a workspace without unsaved documents."""
        damaged = partial(self._damaged, self._environment)
        reader = self._environment.read()
        return Snapshot(reader, Overlay(), Staleness({}), text_on_disk=self._text_on_disk, damaged=damaged)

    def snapshot(self, *, alone: bool = False, provisional: bool = False) -> Snapshot:
        """The workspace as it is now: what is stored, with the unsaved documents over it.

        `alone`: takes over nothing that earlier ones have learned and leaves nothing behind. For work beside the
        questions, which then keep what they know. `provisional`, with `alone`: stored documents mean what they meant
        before the unsaved texts, whatever these change for them.
        """
        environment = self._environment
        reader, damaged = environment.read(), partial(self._damaged, environment)
        with self._watching(), self._guard:
            if self._unsaved and self._covered != reader.version:
                self._cover(reader)
            wanted = (reader.version, self._overlay.version)
            if alone:
                staleness = Staleness({}) if provisional else self._staleness
                return Snapshot(reader, self._overlay, staleness, text_on_disk=self._text_on_disk, damaged=damaged)
            before = self._resting
            self._resting = [resting for resting in before if resting.version == wanted]
            if self._resting:
                _let_go(resting for resting in before if resting.version != wanted)
                return self._resting.pop().reopen(reader)
            if self._names.environment is not environment:
                self._names = StoredNames(environment)
            made = Snapshot(
                reader,
                self._overlay,
                self._staleness,
                partial(self._rest, environment),
                text_on_disk=self._text_on_disk,
                damaged=damaged,
                names=self._names,
            )
            if before:
                made.inherit(before[-1])
                _let_go(before)
            return made

    def _text_on_disk(self, path: str) -> bytes | None:
        try:
            return source_of(self.root).load(path, self.settings.max_file_size).text
        except DocumentError:
            return None

    def _rest(self, environment: Environment, snapshot: Snapshot) -> None:
        with self._guard:
            if environment is self._environment:
                self._resting.append(snapshot)
        self._environment.release_pages(beyond=_PAGES_KEPT)

    def rest(self) -> None:
        """Nothing is asked for now: give back the pages of the index. Where it is closed, there are none."""
        with suppress(StorageError):
            self._environment.release_pages()

    def work_ahead(self, seconds: float) -> bool:
        """Spend a while on what questions about the unsaved texts will need. Whether there is more of it to do."""
        with self._watching(), self._environment.read() as reader:
            with self._guard:
                if self._unsaved and self._covered != reader.version:
                    self._cover(reader)
                staleness = self._staleness
            final = staleness.affected(reader, seconds).final
        self._environment.release_pages(beyond=_PAGES_KEPT)
        return not final

    def status(self) -> Status:
        """What the index holds."""
        with self._watching():
            return status(self._environment)


def _let_go(snapshots: Iterable[Snapshot]) -> None:
    for snapshot in snapshots:
        snapshot.let_go()


def _is_stored(reader: Reader, unsaved: UnsavedText) -> bool:
    """Whether the file holds just this text."""
    number = reader.get(Table.PATHS, path_key(unsaved.path))
    record = reader.get(Table.DOCUMENTS, number) if number is not None else None
    return record is not None and decode_document(record).key == unsaved.key
