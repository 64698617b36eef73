"""Finding: what is on disk compared with what is stored, for the whole workspace or for some paths of it.

Some paths are enough unless one of them changes which others count (manifests, ignore files, marks of directories that
are left out) or is a directory.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import msgspec

from isg_analysis.languages.registry import packs
from isg_analysis.workspace.discovery import DEFINING_NAMES, Discovery, DiscoveryRules, FoundFile, Skipped
from isg_analysis.workspace.records import DocumentRecord, decode_document
from isg_analysis.workspace.settings import Settings
from isg_analysis.workspace.source import Source
from isg_storage import Environment, Reader, Table
from isg_storage.keys import path_key

MANIFESTS_KEY = b"manifests"


@dataclass(slots=True)
class Found:
    """What a run has to do. `known` is what is stored: of everything, or of the paths that were asked about.

    `whole`: everything was looked at. `same_paths`: no document appeared or went, and no manifest was looked at.
    """

    documents: list[FoundFile]
    manifests: list[str]
    skipped: list[Skipped]
    known: dict[str, tuple[int, DocumentRecord]]
    whole: bool
    same_paths: bool
    missing: list[int]

    def differing(self) -> list[FoundFile]:
        """The files to extract: those that were asked about; of all files, those that look changed."""
        return [file for file in self.documents if not self.whole or _differs(file, self.known.get(file.path))]


def find(
    source: Source,
    environment: Environment,
    settings: Settings,
    only: Collection[str] | None,
    cancelled: Callable[[], bool],
    seen: Callable[[FoundFile], None],
) -> Found | None:
    """Look at the whole workspace, or at `only` these root-relative paths if that is enough. None: cancelled.

    `seen` is told of each document as it is found.
    """
    rules, cut = _rules(settings), False

    def stopped() -> bool:
        nonlocal cut
        cut = cut or cancelled()
        return cut

    with environment.read() as reader:
        if only is None or _needs_all(source, reader, only):
            found = source.discover(packs(), rules, cancelled=stopped, seen=seen)
            known = {record.path: (number, record) for number, record in _stored(reader)}
            manifests = sorted({file.path for file in found.manifests})
            whole = True
        else:
            found = source.discover(packs(), rules, only=only, cancelled=stopped, seen=seen)
            known = dict(stored_at(reader, only))
            manifests = stored_manifests(reader)
            whole = False
    if cut:
        return None
    present = {file.path for file in found.documents}
    missing = [number for path, (number, _) in known.items() if path not in present]
    same = not whole and not missing and known.keys() == present and _same_languages(found, known)
    known = {path: row for path, row in known.items() if path in present}
    return Found(found.documents, manifests, found.skipped, known, whole, same, missing)


def stored_manifests(reader: Reader) -> list[str]:
    """The manifests that the last look at everything found."""
    raw = reader.get(Table.STATISTICS, MANIFESTS_KEY)
    return msgspec.msgpack.decode(raw, type=list[str]) if raw is not None else []


def _needs_all(source: Source, reader: Reader, paths: Iterable[str]) -> bool:
    names = DEFINING_NAMES.union(*(language.manifests for language in packs()))
    if reader.get(Table.STATISTICS, MANIFESTS_KEY) is None:
        return True
    for path in paths:
        if path.rpartition("/")[2] in names or "/.git/" in f"/{path}/" or source.is_directory(path):
            return True
        prefix = f"{path.rstrip('/')}/".encode("utf-8", "surrogateescape")
        if any(True for _ in reader.keys(Table.PATHS, prefix)):
            return True  # a directory that is gone
    return False


def _differs(file: FoundFile, known: tuple[int, DocumentRecord] | None) -> bool:
    if known is None:
        return True
    record = known[1]
    return (record.size, record.mtime_ns, record.language) != (file.size, file.mtime_ns, file.language)


def _same_languages(found: Discovery, known: dict[str, tuple[int, DocumentRecord]]) -> bool:
    return all(known[file.path][1].language == file.language for file in found.documents)


def _stored(reader: Reader) -> Iterable[tuple[int, DocumentRecord]]:
    for key, raw in reader.items(Table.DOCUMENTS):
        yield int.from_bytes(key, "big"), decode_document(raw)


def stored_at(reader: Reader, paths: Iterable[str]) -> Iterable[tuple[str, tuple[int, DocumentRecord]]]:
    """(path, (number, record)) of the documents that are stored for these paths."""
    for path in paths:
        number = reader.get(Table.PATHS, path_key(path))
        raw = reader.get(Table.DOCUMENTS, number) if number is not None else None
        if number is not None and raw is not None:
            yield path, (int.from_bytes(number, "big"), decode_document(raw))


def _rules(settings: Settings) -> DiscoveryRules:
    return DiscoveryRules(
        include=settings.include,
        exclude=settings.exclude,
        size_limit=settings.max_file_size,
        nested_repositories=settings.nested_repositories,
    )
