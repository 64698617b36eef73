"""Workspace: the door to everything. Opens the index of a root, keeps it up to date, hands out snapshots."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from isg_analysis.errors import WorkspaceError
from isg_analysis.languages.registry import NAMES, language_of, pack
from isg_analysis.model.facts import Facts, FactsError
from isg_analysis.model.links import Links
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.workspace.changes import affected, altered_names
from isg_analysis.workspace.extracting import extract, identities
from isg_analysis.workspace.indexing import SECONDS_KEY, IndexRun, stored_errors
from isg_analysis.workspace.opening import OpenedIndex, checked_root, location, refuse_inside
from isg_analysis.workspace.overlay import FIRST_UNSTORED, Overlay, OverlayDocument
from isg_analysis.workspace.records import decode_document, name_hash
from isg_analysis.workspace.report import Cancelled, IndexReport, ProgressListener, Status
from isg_analysis.workspace.settings import Settings
from isg_analysis.workspace.snapshot import Snapshot
from isg_analysis.workspace.store import known_sids
from isg_storage import DamagedError, Environment, FullError, Reader, ReadOnlyError, StorageError, Table, remove
from isg_storage.keys import numbers, path_key, u32

_FIRST_UNSTORED_KEY = 1 << 31


class Workspace:
    """One root and its index. Thread-safe; indexing runs one at a time. A context manager."""

    def __init__(self, root: Path, index: OpenedIndex, settings: Settings) -> None:
        """Use `open`."""
        self.root = root
        self.settings = settings
        self._index = index
        self._indexing = threading.Lock()
        self._guard = threading.Lock()
        self._overlay = Overlay()
        self._covered = -1
        """The stored version that the overlay was made for."""
        self._numbers: dict[str, int] = {}
        self._keys: dict[bytes, int] = {}
        self._resting: list[Snapshot] = []

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
        run = partial(
            IndexRun,
            jobs=jobs,
            executor=executor,
            progress=progress or (lambda _: None),
            cancelled=cancelled or (lambda: False),
        )
        with self._indexing:
            self._index.check()
            try:
                return run(self.root, self._environment, self.settings).run()
            except (DamagedError, FactsError) as problem:
                self._index.replace(str(problem))
            except (FullError, ReadOnlyError) as problem:
                self._index.move_to_memory(str(problem))
            try:
                return run(self.root, self._environment, self.settings).run()
            except StorageError as problem:
                raise WorkspaceError(f"the index can't be written: {problem}") from problem

    def refresh(self, paths: Sequence[str]) -> IndexReport:
        """Take over what happened on disk to these root-relative paths: changed, created or deleted."""
        del paths  # a stat scan finds them; it also finds what came with them, such as a manifest
        return self.index()

    # -- unsaved documents

    def open_document(self, path: str, text: bytes, language: str | None = None) -> None:
        """Shadow the document at `path` (root-relative) with an unsaved text, until it is closed.

        `language`: where the path does not tell it. A text of no known language is ignored.
        """
        name = language if language in NAMES else language_of(path)
        if name is None:
            return
        facts = Facts(extract(pack(name), text, []))
        with self._guard, self._environment.read() as reader:
            documents = {n: d for n, d in self._settled(reader).items() if d.path != path}
            number, document = self._placed(reader, OverlayDocument(path, name, text, facts, ()))
            self._cover(reader, {**documents, number: document})

    def close_document(self, path: str) -> None:
        """Stop shadowing the document at `path`; what is stored counts again."""
        with self._guard, self._environment.read() as reader:
            documents = {n: d for n, d in self._settled(reader).items() if d.path != path}
            if len(documents) < len(self._overlay.documents):
                self._cover(reader, documents)

    def _settled(self, reader: Reader) -> dict[int, OverlayDocument]:
        """The unsaved documents, with their numbers and link keys in the stored version that `reader` sees."""
        documents = self._overlay.documents
        if self._covered == reader.version:
            return dict(documents)
        return dict(self._placed(reader, document) for document in documents.values())

    def _placed(self, reader: Reader, document: OverlayDocument) -> tuple[int, OverlayDocument]:
        """An unsaved document with the number and the link keys that it has, or would have, when stored."""
        path, known = document.path, pack(document.language)
        raw = reader.get(Table.PATHS, path_key(path))
        number = int.from_bytes(raw, "big") if raw else self._unstored_number(path)
        raw = reader.get(Table.LAYOUTS, known.name.encode())
        layout = msgspec.msgpack.decode(raw) if raw else known.layout({}, [path])
        ids = identities(known, layout, path, document.facts)
        keys = tuple(sid or self._new_key(key) for key, sid in known_sids(reader, number, ids))
        return number, replace(document, keys=keys)

    def _cover(self, reader: Reader, documents: Mapping[int, OverlayDocument]) -> None:
        """Makes these the unsaved documents, over the stored version that `reader` sees."""
        self._overlay = Overlay(self._overlay.version + 1, documents, self._stale(reader, documents))
        self._covered = reader.version

    def _unstored_number(self, path: str) -> int:
        return self._numbers.setdefault(path, FIRST_UNSTORED + len(self._numbers))

    def _new_key(self, key: bytes) -> int:
        """The link key of a symbol that is not stored."""
        return self._keys.setdefault(key, _FIRST_UNSTORED_KEY + len(self._keys))

    def _stale(self, reader: Reader, documents: Mapping[int, OverlayDocument]) -> frozenset[int]:
        """The stored documents whose links unsaved interfaces may change."""

        def facts(number: int) -> Facts:
            record = decode_document(reader.get(Table.DOCUMENTS, u32(number)) or b"")
            return Facts(reader.get(Table.FACTS, record.key) or b"")

        names: set[str] = set()
        for number, document in documents.items():
            before = facts(number) if reader.has(Table.DOCUMENTS, u32(number)) else None
            names |= altered_names(before, document.facts, document.path)

        def naming(name: str) -> Sequence[int]:
            return numbers(reader.values(Table.MENTIONS, name_hash(name)))

        return frozenset(affected(sorted(names), naming, facts) - set(documents))

    # -- asking

    def snapshot(self) -> Snapshot:
        """The workspace as it is now: what is stored, with the unsaved documents over it."""
        reader = self._environment.read()
        with self._guard:
            if self._overlay.documents and self._covered != reader.version:
                self._cover(reader, self._settled(reader))
            wanted = (reader.version, self._overlay.version)
            self._resting = [resting for resting in self._resting if resting.version == wanted]
            if self._resting:
                return self._resting.pop().reopen(reader)
            return Snapshot(reader, self._overlay, self._rest)

    def _rest(self, snapshot: Snapshot) -> None:
        with self._guard:
            self._resting.append(snapshot)

    def status(self) -> Status:
        """What the index holds."""
        with self._environment.read() as reader:
            records = [decode_document(raw) for _, raw in reader.items(Table.DOCUMENTS)]
            symbols: Counter[int] = Counter()
            relations: Counter[int] = Counter()
            for record in records:
                symbols.update(bytes(Facts(reader.get(Table.FACTS, record.key) or b"").symbols.kind))
            for _, packed in reader.items(Table.LINKS):
                relations.update(bytes(Links(packed).edge_kinds))
            seconds = reader.get(Table.STATISTICS, SECONDS_KEY)
            return Status(
                location=str(self._environment.directory),
                documents=dict(sorted(Counter(record.language for record in records).items())),
                symbols={SymbolKind(kind).name.lower(): count for kind, count in sorted(symbols.items())},
                relations={RelationKind(kind).name.lower(): count for kind, count in sorted(relations.items())},
                linked=reader.count(Table.LINKS),
                errors=stored_errors(iter(records)),
                size_bytes=self._environment.size(),
                seconds=msgspec.msgpack.decode(seconds, type=dict[str, float]) if seconds else {},
                versions=_versions(),
            )


def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    out = {}
    for name in ("isg-lsp", "tree-sitter", *(f"tree-sitter-{language}" for language in NAMES)):
        try:
            out[name] = version(name)
        except PackageNotFoundError:
            out[name] = "not installed"
    return out
