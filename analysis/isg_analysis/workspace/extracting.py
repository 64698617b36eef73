"""Extraction, as it runs in pool workers: a file's text in, everything to store about it out.

Imports nothing of the server. Reads the files it is given and the stored facts, and writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from isg_analysis.errors import DocumentError
from isg_analysis.languages.pack import LanguagePack
from isg_analysis.languages.registry import pack
from isg_analysis.model.aliases import aliases
from isg_analysis.model.facts import Facts
from isg_analysis.model.symbol import sig_hash
from isg_analysis.resolve.names import symbol_ids
from isg_analysis.resolve.symbol_places import pack_places
from isg_analysis.workspace.records import DocumentRecord, aliased, content_key, name_hash
from isg_analysis.workspace.source import source_of
from isg_storage import Environment, Reader, Table

cached_hash = lru_cache(maxsize=200_000)(name_hash)


@dataclass(frozen=True, slots=True)
class Extracted:
    """All that is stored about one document. `facts` is empty where the facts are stored already.

    `identities`: the 16-byte SigHash of each symbol, by row. `mentions`: 8-byte hash of each name in the document,
    and of `aliased` for each that it gives another name. `definitions`: 8-byte hash of each symbol's name, by row.
    `places`: what `resolve.symbol_places` makes.
    """

    record: DocumentRecord
    facts: bytes
    identities: bytes
    mentions: bytes
    definitions: bytes
    places: bytes


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker needs to know besides the files: where they are, how paths map to modules, what is known."""

    root: str
    location: str
    fingerprint: bytes
    layouts: dict[str, Any]
    limit: int


File = tuple[str, str, int, int]
"""(path, language, size, mtime_ns)"""


def prepare(languages: Sequence[str]) -> None:
    """Load what extraction in these languages needs: the first text would pay for it."""
    for name in languages:
        pack(name).extract(b"")


def extract_files(task: Task, files: list[File]) -> list[Extracted]:
    """Extract a batch. A text whose facts are stored already is not parsed again. A file that can't be read comes
    back as an empty document with an error; nothing is raised for one file's sake.
    """
    location = Path(task.location)
    with Environment.open(location, task.fingerprint, read_only=True) as environment, environment.read() as reader:
        return [_extract_file(task, reader, file) for file in files]


def extract_anew(task: Task, record: DocumentRecord) -> Extracted:
    """Extract a file again whose stored facts were relied on, and have been removed meanwhile."""
    return _extract_file(task, None, (record.path, record.language, record.size, record.mtime_ns))


def _extract_file(task: Task, reader: Reader | None, file: File) -> Extracted:
    path, name, size, mtime_ns = file
    language = pack(name)
    errors: list[tuple[str, str]] = []
    try:
        text, remark = source_of(Path(task.root)).load(path, task.limit)
        if remark:
            errors.append(("read", remark))
    except DocumentError as problem:
        text = b""
        errors.append(("read", str(problem)))
    key = content_key(name, language.version, text)
    packed, fresh = reader.get(Table.FACTS, key) if reader is not None else None, b""
    if packed is None:
        packed = fresh = extract(language, text, errors)
    file_record = DocumentRecord(path, name, size, mtime_ns, key, tuple(errors))
    return describe(file_record, Facts(packed), fresh, task.layouts[name])


def extract(language: LanguagePack, text: bytes, errors: list[tuple[str, str]]) -> bytes:
    """The packed facts of a text. A failing pack is reported in `errors`, and the facts are an empty text's."""
    try:
        return language.extract(text)
    except Exception as problem:  # a defect of a pack must not stop the index: reported with its type
        errors.append(("extract", f"{type(problem).__name__}: {problem}"))
        return language.extract(b"")


def describe(record: DocumentRecord, facts: Facts, fresh: bytes, layout: Any) -> Extracted:
    """Everything to store about a document; `fresh`: its facts' bytes if they are not stored yet."""
    language = pack(record.language)
    names = facts.strings
    renamed = {aliased(name) for name, _ in aliases(facts)}
    return Extracted(
        record=msgspec.structs.replace(
            record, errors=record.errors + tuple(("parse", message) for message in facts.errors)
        ),
        facts=fresh,
        identities=b"".join(identities(language, layout, record.path, facts)),
        mentions=b"".join(sorted({cached_hash(name) for name in (*names, *renamed) if name})),
        definitions=b"".join(cached_hash(names[name]) for name in facts.symbols.name),
        places=pack_places(facts),
    )


def described_again(record: DocumentRecord, facts: Facts, layout: Any) -> Extracted:
    """The same document under another layout."""
    errors = tuple(error for error in record.errors if error[0] != "parse")
    return describe(msgspec.structs.replace(record, errors=errors), facts, b"", layout)


def identities(language: LanguagePack, layout: Any, path: str, facts: Facts) -> list[bytes]:
    """The SigHash of each symbol of a document, by row; those that share a symbol id are told apart by a number."""
    return [sig_hash(text) for text in unique_ids(symbol_ids(language, language.prefix(layout, path), facts))]


def unique_ids(ids: list[str]) -> list[str]:
    """The ids with a number behind those that another symbol of the document has too."""
    if len(set(ids)) == len(ids):
        return ids
    seen: dict[str, int] = {}
    out = []
    for text in ids:
        count = seen.get(text, 0)
        seen[text] = count + 1
        out.append(f"{text}\0{count}" if count else text)
    return out
