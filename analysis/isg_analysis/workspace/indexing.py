"""Indexing: brings the stored graph up to date with the files. Discover, extract, store, link.

One run at a time per workspace. Every stored batch is a transaction and a checkpoint: killed at any
moment, the next run goes on where this one was. Links that a change could affect are dropped in the
transaction that stores the change, so stored links are never older than the facts they were made of.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec

from isg_analysis.languages.registry import pack, packs
from isg_analysis.model.facts import Facts
from isg_analysis.resolve.link import unlinkable
from isg_analysis.workspace import store
from isg_analysis.workspace.discovery import Discovery, DiscoveryRules, FoundFile, discover
from isg_analysis.workspace.extracting import Extracted, File, Task, describe, extract_files
from isg_analysis.workspace.linking import Linked, end_run, link_documents
from isg_analysis.workspace.pool import BatchRun, WorkerPool
from isg_analysis.workspace.records import DocumentRecord, content_key, decode_document, fingerprint
from isg_analysis.workspace.report import Cancelled, IndexReport, Progress, ProgressListener, StageError
from isg_analysis.workspace.settings import Settings
from isg_storage import Environment, Table, Writer
from isg_storage.keys import u32

_SMALL_RUN = 300_000
"""Bytes of source below which starting processes costs more than it saves."""
_BATCH_BYTES = 400_000
_BATCH_FILES = 64
_LINK_BATCH = 24
SECONDS_KEY = b"seconds"


class IndexRun:
    """One run over a workspace. Make it, call `run` once."""

    def __init__(
        self,
        root: Path,
        environment: Environment,
        settings: Settings,
        *,
        jobs: int | None,
        executor: Executor | None,
        progress: ProgressListener,
        cancelled: Cancelled,
    ) -> None:
        self._root, self._environment, self._settings = root, environment, settings
        self._jobs = jobs or settings.jobs or os.cpu_count() or 1
        self._executor, self._progress, self._cancelled = executor, progress, cancelled
        self._report = IndexReport()
        self._known: dict[str, tuple[int, DocumentRecord]] = {}

    def run(self) -> IndexReport:
        """Bring everything up to date. Raises StorageError when the index can't be written."""
        report = self._report
        with _timed(report, "discover"):
            found = discover(self._root, packs(), _rules(self._settings))
            self._read_known()
            report.documents = len(found.documents)
            report.errors += [StageError("discover", skip.path, skip.reason) for skip in found.skipped]
            self._progress(Progress("discover", len(found.documents), len(found.documents)))
            layouts = self._layouts(found)
            self._remove_missing(found)
        files = [
            (file.path, file.language, file.size, file.mtime_ns) for file in found.documents if self._differs(file)
        ]
        with _timed(report, "extract"), self._pool(sum(file[2] for file in files)) as pool:
            self._extract(pool, files, layouts)
        with _timed(report, "link"):
            self._link()
        report.cancelled = self._cancelled()
        report.errors += self._stored_errors()
        self._environment.run(lambda writer: _put_seconds(writer, report))
        return report

    # -- discover

    def _read_known(self) -> None:
        with self._environment.read() as reader:
            for key, raw in reader.items(Table.DOCUMENTS):
                record = decode_document(raw)
                self._known[record.path] = (int.from_bytes(key, "big"), record)

    def _differs(self, file: FoundFile) -> bool:
        known = self._known.get(file.path)
        if known is None:
            return True
        record = known[1]
        return (record.size, record.mtime_ns, record.language) != (file.size, file.mtime_ns, file.language)

    def _layouts(self, found: Discovery) -> dict[str, object]:
        """The layout of each language; where one differs from what is stored, its documents get new names."""
        layouts: dict[str, object] = {}
        for language in packs():
            paths = [file.path for file in found.documents if file.language == language.name]
            wanted = [file.path for file in found.manifests if Path(file.path).name in language.manifests]
            layout = language.layout(self._read_manifests(wanted), paths)
            packed = msgspec.msgpack.encode(layout)
            layouts[language.name] = msgspec.msgpack.decode(packed)
            with self._environment.read() as reader:
                before = reader.get(Table.LAYOUTS, language.name.encode())
            if before != packed:
                self._environment.run(partial(self._rename_documents, language.name, packed, layouts[language.name]))
        return layouts

    def _read_manifests(self, paths: Sequence[str]) -> dict[str, bytes]:
        out = {}
        for path in paths:
            try:
                out[path] = (self._root / path).read_bytes()
            except OSError as problem:
                self._report.errors.append(StageError("discover", path, problem.strerror or str(problem)))
        return out

    def _rename_documents(self, language: str, packed: bytes, layout: object, writer: Writer) -> None:
        writer.put(Table.LAYOUTS, language.encode(), packed)
        for number, record in self._known.values():
            if record.language == language:
                store.put_document(writer, describe(record, store.facts_of(writer, record), b"", layout))
                store.drop_links(writer, number)

    def _remove_missing(self, found: Discovery) -> None:
        present = {file.path for file in found.documents}
        missing = [number for path, (number, _) in self._known.items() if path not in present]
        if missing:
            self._environment.run(partial(self._drop, missing))
            self._known = {path: known for path, known in self._known.items() if path in present}
            self._report.removed = len(missing)

    def _drop(self, numbers: list[int], writer: Writer) -> None:
        names: set[str] = set()
        for number in numbers:
            names |= store.drop_document(writer, number)
        store.drop_affected(writer, names)

    # -- extract

    def _extract(self, pool: WorkerPool, files: list[File], layouts: dict[str, object]) -> None:
        task = Task(
            str(self._root), str(self._environment.directory), fingerprint(), layouts, self._settings.max_file_size
        )
        done = 0

        def stored(batch: list[Extracted]) -> None:
            nonlocal done
            self._environment.run(partial(self._store, batch))
            done += len(batch)
            self._report.extracted += len(batch)
            self._progress(Progress("extract", done, len(files)))

        def lost(file: File, reason: str) -> None:
            stored([_unextracted(file, reason, layouts)])

        self._progress(Progress("extract", 0, len(files)))
        run = BatchRun(pool, partial(extract_files, task), stored, lost, self._cancelled)
        run.run(_batches(files))

    def _store(self, batch: list[Extracted], writer: Writer) -> None:
        names: set[str] = set()
        for found in batch:
            names |= store.put_document(writer, found)
        store.drop_affected(writer, names)

    # -- link

    def _link(self) -> None:
        with self._environment.read() as reader:
            linked = set(reader.keys(Table.LINKS))
            rows = ((key, decode_document(raw)) for key, raw in reader.items(Table.DOCUMENTS) if key not in linked)
            missing = sorted((record.path, record.size, int.from_bytes(key, "big")) for key, record in rows)
            version = reader.version
        done = 0

        def stored(batch: list[Linked]) -> None:
            nonlocal done
            self._environment.run(partial(_store_links, batch))
            done += len(batch)
            self._report.linked += len(batch)
            self._progress(Progress("link", done, len(missing)))

        def lost(document: int, reason: str) -> None:
            stored([Linked(document, unlinkable(), reason)])

        self._progress(Progress("link", 0, len(missing)))
        stamp = f"{os.getpid()} {version}"
        work = partial(link_documents, str(self._environment.directory), fingerprint(), stamp)
        numbers = [number for _, _, number in missing]
        batches = [numbers[at : at + _LINK_BATCH] for at in range(0, len(numbers), _LINK_BATCH)]
        with self._pool(sum(size for _, size, _ in missing)) as pool:
            try:
                BatchRun(pool, work, stored, lost, self._cancelled).run(batches)
            finally:
                end_run()

    def _pool(self, size: int) -> WorkerPool:
        return WorkerPool(self._jobs if size > _SMALL_RUN else 1, self._executor)

    def _stored_errors(self) -> list[StageError]:
        with self._environment.read() as reader:
            return stored_errors(decode_document(raw) for _, raw in reader.items(Table.DOCUMENTS))


def stored_errors(records: Iterator[DocumentRecord]) -> list[StageError]:
    """The errors kept with documents, by path."""
    out = [StageError(stage, record.path, message) for record in records for stage, message in record.errors]
    return sorted(out, key=lambda error: (error.path, error.stage, error.message))


def _store_links(batch: list[Linked], writer: Writer) -> None:
    for linked in batch:
        raw = writer.get(Table.DOCUMENTS, u32(linked.document))
        if raw is None:
            continue  # removed by another process while it was being linked
        store.put_links(writer, linked.document, linked.packed)
        record = decode_document(raw)
        kept = tuple(error for error in record.errors if error[0] != "link")
        errors = (*kept, ("link", linked.error)) if linked.error else kept
        if errors != record.errors:
            store.touch_document(writer, linked.document, msgspec.structs.replace(record, errors=errors))


def _unextracted(file: File, reason: str, layouts: dict[str, object]) -> Extracted:
    """An empty document in place of one that could not be extracted."""
    path, name, size, mtime_ns = file
    language = pack(name)
    packed = language.extract(b"")
    key = content_key(name, language.version, b"")
    record = DocumentRecord(path, name, size, mtime_ns, key, (("extract", reason),))
    return describe(record, Facts(packed), packed, layouts[name])


def _batches(files: list[File]) -> Iterator[list[File]]:
    """Neighbouring files, in batches that are neither many files nor many bytes."""
    batch: list[File] = []
    size = 0
    for file in files:
        if batch and (size + file[2] > _BATCH_BYTES or len(batch) == _BATCH_FILES):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += file[2]
    if batch:
        yield batch


def _rules(settings: Settings) -> DiscoveryRules:
    return DiscoveryRules(
        include=settings.include,
        exclude=settings.exclude,
        size_limit=settings.max_file_size,
        nested_repositories=settings.nested_repositories,
    )


@contextmanager
def _timed(report: IndexReport, stage: str) -> Iterator[None]:
    began = time.perf_counter()
    try:
        yield
    finally:
        report.seconds[stage] = round(time.perf_counter() - began, 4)


def _put_seconds(writer: Writer, report: IndexReport) -> None:
    writer.put(Table.STATISTICS, SECONDS_KEY, msgspec.msgpack.encode(report.seconds))
