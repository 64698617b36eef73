"""Indexing: brings the stored graph up to date with the files. Discover, extract, store, link.

One run at a time per workspace. Every stored batch is a transaction and a checkpoint: killed at any
moment, the next run goes on where this one was. Links that a change could affect are dropped in the
transaction that stores the change, so stored links are never older than the facts they were made of.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec

from isg_analysis.errors import DocumentError
from isg_analysis.languages.registry import pack, packs
from isg_analysis.model.facts import Facts
from isg_analysis.resolve.link import unlinkable
from isg_analysis.workspace import store
from isg_analysis.workspace.discovery import FoundFile
from isg_analysis.workspace.extracting import (
    Extracted,
    File,
    Task,
    describe,
    described_again,
    extract_files,
    prepare,
)
from isg_analysis.workspace.finding import MANIFESTS_KEY, Found, find, stored_at
from isg_analysis.workspace.intake import Intake
from isg_analysis.workspace.linking import Linked, end_run, link_documents
from isg_analysis.workspace.pacing import Pace
from isg_analysis.workspace.pool import BatchRun, WorkerPool
from isg_analysis.workspace.preferring import Preference
from isg_analysis.workspace.records import DocumentRecord, content_key, decode_document, fingerprint
from isg_analysis.workspace.report import Cancelled, IndexReport, Progress, ProgressListener, StageError
from isg_analysis.workspace.retiring import remove_retired, retire
from isg_analysis.workspace.settings import Settings
from isg_analysis.workspace.source import source_of
from isg_storage import Environment, Reader, Table, Writer
from isg_storage.keys import u32

_SMALL_RUN = 300_000
"""Bytes of source below which starting processes costs more than it saves."""
_LINK_BATCH = 24
_LINK_ROUNDS = 3
_MANY = 100
"""After a change of so many documents facts that nobody uses are cleaned up."""
SECONDS_KEY = b"seconds"
WHOLE_KEY = b"whole"
"""There once everything that was found has been extracted: before, files that changed may be all that is stored."""


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
        preference: Preference | None = None,
        open_paths: Collection[str] = (),
    ) -> None:
        """`open_paths`: of documents that somebody looks at; they are linked before all others."""
        self._root, self._environment, self._settings = root, environment, settings
        self._source = source_of(root)
        self._jobs = jobs or settings.jobs or os.cpu_count() or 1
        self._executor, self._progress, self._cancelled = executor, progress, cancelled
        self._preference = preference or Preference()
        self._open_paths = open_paths
        self._report = IndexReport()
        self._all_extracted = False

    def run(self, only: Collection[str] | None = None) -> IndexReport:
        """Bring everything up to date, or `only` what these root-relative paths concern.

        Raises StorageError when the index can't be written.
        """
        with WorkerPool(self._jobs, self._executor) as pool:
            return self._run(only, pool)

    def _run(self, only: Collection[str] | None, pool: WorkerPool) -> IndexReport:
        report = self._report
        with _timed(report, "discover"):
            found = find(self._source, self._environment, self._settings, only, self._cancelled, self._warming(pool))
            if found is None:
                report.cancelled = True
                return report
            report.errors += [StageError("discover", skip.path, skip.reason) for skip in found.skipped]
            self._progress(Progress("discover", len(found.documents), len(found.documents)))
            layouts = self._layouts(found)
        files = [(file.path, file.language, file.size, file.mtime_ns) for file in found.differing()]
        with _timed(report, "extract"):
            if self._executor is None and sum(file[2] for file in files) <= _SMALL_RUN:
                pool.give_up_processes()
            self._extract(pool, files, layouts, found)
            pool.discard()
        with _timed(report, "link"):
            self._link(found.whole)
        report.cancelled = self._cancelled()
        self._environment.run(partial(self._finish, found.whole))
        with self._environment.read() as reader:
            report.documents = reader.count(Table.DOCUMENTS)
            report.errors += _errors_of(reader, None if found.whole else [file[0] for file in files])
        return report

    def _warming(self, pool: WorkerPool) -> Callable[[FoundFile], None]:
        """Told of each document that is found: lets the processes start while others are looked for, where all of them
        will be extracted.
        """
        with self._environment.read() as reader:
            empty = reader.count(Table.DOCUMENTS) == 0
        languages: set[str] = set()
        size = 0

        def seen(file: FoundFile) -> None:
            nonlocal size
            languages.add(file.language)
            before, size = size, size + file.size
            if empty and before <= _SMALL_RUN < size:
                pool.warm(prepare, tuple(languages))

        return seen

    def _finish(self, whole: bool, writer: Writer) -> None:
        if whole:
            writer.put(Table.STATISTICS, SECONDS_KEY, msgspec.msgpack.encode(self._report.seconds))
            if self._all_extracted:
                writer.put(Table.STATISTICS, WHOLE_KEY, msgspec.msgpack.encode(True))
        if whole or self._report.extracted + self._report.removed >= _MANY:
            remove_retired(writer)

    # -- discover

    def _layouts(self, found: Found) -> dict[str, object]:
        """The layout of each language; where one differs from what is stored, its documents get new names."""
        with self._environment.read() as reader:
            if found.same_paths:
                raws = {language.name: reader.get(Table.LAYOUTS, language.name.encode()) for language in packs()}
                if all(raw is not None for raw in raws.values()):
                    return {name: msgspec.msgpack.decode(raw or b"") for name, raw in raws.items()}
            stored = {} if found.whole else store.languages(reader, found.missing)
        languages = stored | {file.path: file.language for file in found.documents}
        layouts: dict[str, object] = {}
        for language in packs():
            paths = sorted(path for path, name in languages.items() if name == language.name)
            wanted = [path for path in found.manifests if Path(path).name in language.manifests]
            layout = language.layout(self._read_manifests(wanted), paths)
            packed = msgspec.msgpack.encode(layout)
            layouts[language.name] = msgspec.msgpack.decode(packed)
            with self._environment.read() as reader:
                before = reader.get(Table.LAYOUTS, language.name.encode())
            if before != packed:
                self._environment.run(partial(self._rename_documents, language.name, packed, layouts[language.name]))
        if found.whole:
            raw = msgspec.msgpack.encode(found.manifests)
            self._environment.run(lambda writer: writer.put(Table.STATISTICS, MANIFESTS_KEY, raw))
        return layouts

    def _read_manifests(self, paths: Sequence[str]) -> dict[str, bytes]:
        out = {}
        for path in paths:
            try:
                out[path] = self._source.raw(path)
            except DocumentError as problem:
                self._report.errors.append(StageError("discover", path, str(problem)))
        return out

    def _rename_documents(self, language: str, packed: bytes, layout: object, writer: Writer) -> None:
        writer.put(Table.LAYOUTS, language.encode(), packed)
        store.begin_change(writer)
        for key, raw in list(writer.items(Table.DOCUMENTS)):
            record = decode_document(raw)
            if record.language == language:
                found = described_again(record, store.facts_of(writer, record), layout)
                store.put_document(writer, found)
                store.drop_links(writer, int.from_bytes(key, "big"))

    # -- extract

    def _extract(self, pool: WorkerPool, files: list[File], layouts: dict[str, object], found: Found) -> None:
        task = Task(
            str(self._root), str(self._environment.directory), fingerprint(), layouts, self._settings.max_file_size
        )
        done = 0

        def stored(batch: Sequence[Extracted]) -> None:
            self._preference.stored([one.record.path for one in batch])
            self._report.extracted += len(batch)

        def extracted(batch: list[Extracted]) -> None:
            nonlocal done
            intake.take(batch)
            done += len(batch)
            self._progress(Progress("extract", done, len(files)))

        def lost(file: File, reason: str) -> None:
            extracted([_unextracted(file, reason, layouts)])

        self._progress(Progress("extract", 0, len(files)))
        intake = Intake(self._environment, task, found.missing, stored, lambda: self._preference.awaited)
        run = BatchRun(pool, partial(extract_files, task), extracted, lost, self._cancelled)
        self._preference.begin(self._source, files, self._environment, whole=found.whole)
        try:
            run.run(self._preference.batches())
            intake.finish(cancelled=done < len(files))
        finally:
            self._all_extracted = done == len(files)
            self._preference.end(done=self._all_extracted, whole=found.whole)
        self._report.removed = intake.removed

    # -- link

    def _link(self, whole: bool) -> None:
        """Link what has no links; of the whole workspace also what could not be linked the last time.

        Where another process changes documents meanwhile, what was found out too early is not stored, and done again.
        """
        for _ in range(_LINK_ROUNDS):
            with self._environment.read() as reader:
                missing = store.unlinked(reader, failed=whole)
                missing.sort(key=lambda document: (document[0] not in self._open_paths, document[0]))
                stamp = f"{os.getpid()} {reader.version}"
            self._progress(Progress("link", 0, len(missing)))
            if not missing or self._link_some(missing, stamp) or self._cancelled():
                return

    def _link_some(self, missing: list[tuple[str, int, int]], stamp: str) -> bool:
        """Link these (path, size, number); whether all links were stored."""
        done = kept = 0
        pace, waiting = Pace(), list[Linked]()

        def linked(batch: list[Linked]) -> None:
            nonlocal done
            waiting.extend(batch)
            pace.wait(sum(len(one.packed) for one in batch))
            done += len(batch)
            if pace.due:
                stored()
            self._progress(Progress("link", done, len(missing)))

        def stored() -> None:
            nonlocal kept
            with pace.storing():
                count = self._environment.run(partial(_store_links, waiting))
            waiting.clear()
            kept += count
            self._report.linked += count

        def lost(document: int, reason: str) -> None:
            with self._environment.read() as reader:
                linked([Linked(document, unlinkable(), store.epoch(reader), reason)])

        work = partial(link_documents, str(self._environment.directory), fingerprint(), stamp)
        numbers = [number for _, _, number in missing]
        batches = [numbers[at : at + _LINK_BATCH] for at in range(0, len(numbers), _LINK_BATCH)]
        with self._pool(sum(size for _, size, _ in missing)) as pool:
            try:
                BatchRun(pool, work, linked, lost, self._cancelled).run(batches)
                stored()
            finally:
                end_run()
        return kept == len(missing)

    def _pool(self, size: int) -> WorkerPool:
        return WorkerPool(self._jobs if size > _SMALL_RUN else 1, self._executor)


def stored_errors(records: Iterator[DocumentRecord]) -> list[StageError]:
    """The errors kept with documents, by path."""
    out = [StageError(stage, record.path, message) for record in records for stage, message in record.errors]
    return sorted(out, key=lambda error: (error.path, error.stage, error.message))


def _errors_of(reader: Reader, paths: Sequence[str] | None) -> list[StageError]:
    """The errors kept with the documents at these paths, or with all."""
    if paths is None:
        return stored_errors(decode_document(raw) for _, raw in reader.items(Table.DOCUMENTS))
    return stored_errors(record for _, (_, record) in stored_at(reader, paths))


def _store_links(batch: list[Linked], writer: Writer) -> int:
    """Store what is still true; how many that were."""
    epoch = store.epoch(writer)
    kept = 0
    for linked in batch:
        for key, facts in linked.extracted:
            if not writer.has(Table.FACTS, key):
                writer.put(Table.FACTS, key, facts)
                retire(writer, key)  # no document has them: they may go when they are old
        raw = writer.get(Table.DOCUMENTS, u32(linked.document))
        if raw is None or linked.epoch != epoch:
            continue  # another process changed documents while it was being linked
        kept += 1
        store.put_links(writer, linked.document, linked.packed)
        record = decode_document(raw)
        others = tuple(error for error in record.errors if error[0] != "link")
        errors = (*others, ("link", linked.error)) if linked.error else others
        if errors != record.errors:
            store.touch_document(writer, linked.document, msgspec.structs.replace(record, errors=errors))
    return kept


def _unextracted(file: File, reason: str, layouts: dict[str, object]) -> Extracted:
    """An empty document in place of one that could not be extracted."""
    path, name, size, mtime_ns = file
    language = pack(name)
    packed = language.extract(b"")
    key = content_key(name, language.version, b"")
    record = DocumentRecord(path, name, size, mtime_ns, key, (("extract", reason),))
    return describe(record, Facts(packed), packed, layouts[name])


@contextmanager
def _timed(report: IndexReport, stage: str) -> Iterator[None]:
    began = time.perf_counter()
    try:
        yield
    finally:
        report.seconds[stage] = round(time.perf_counter() - began, 4)
