"""Counting what an index holds."""

from __future__ import annotations

from collections import Counter

import msgspec

from isg_analysis.languages.registry import NAMES
from isg_analysis.model.facts import Facts
from isg_analysis.model.links import Links
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.workspace.indexing import SECONDS_KEY, stored_errors
from isg_analysis.workspace.records import decode_document
from isg_analysis.workspace.report import LanguageStatus, Status
from isg_storage import Environment, Reader, Table


def status(environment: Environment) -> Status:
    """Counts from the stored rows; unsaved documents do not count."""
    with environment.read() as reader:
        records = [(key, decode_document(raw)) for key, raw in reader.items(Table.DOCUMENTS)]
        documents = Counter(record.language for _, record in records)
        symbols: dict[str, Counter[int]] = {language: Counter() for language in documents}
        relations: dict[str, Counter[int]] = {language: Counter() for language in documents}
        for key, record in records:
            symbols[record.language].update(_symbol_kinds(reader, record.key))
            relations[record.language].update(_relation_kinds(reader, key))
        seconds = reader.get(Table.STATISTICS, SECONDS_KEY)
        return Status(
            location=str(environment.directory),
            documents=dict(sorted(documents.items())),
            symbols=_named(SymbolKind, sum(symbols.values(), Counter())),
            relations=_named(RelationKind, sum(relations.values(), Counter())),
            languages={
                language: LanguageStatus(
                    documents[language],
                    _named(SymbolKind, symbols[language]),
                    _named(RelationKind, relations[language]),
                )
                for language in sorted(documents)
            },
            linked=reader.count(Table.LINKS),
            errors=stored_errors(record for _, record in records),
            size_bytes=environment.size(),
            seconds=msgspec.msgpack.decode(seconds, type=dict[str, float]) if seconds else {},
            versions=_versions(),
        )


def _symbol_kinds(reader: Reader, key: bytes) -> bytes:
    return bytes(Facts(reader.get(Table.FACTS, key) or b"").symbols.kind)


def _relation_kinds(reader: Reader, document: bytes) -> bytes:
    packed = reader.get(Table.LINKS, document)
    return b"" if packed is None else bytes(Links(packed).edge_kinds)


def _named(kinds: type[SymbolKind] | type[RelationKind], counts: Counter[int]) -> dict[str, int]:
    return {kinds(kind).name.lower(): count for kind, count in sorted(counts.items())}


def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    out = {}
    for name in ("isg-lsp", "tree-sitter", *(f"tree-sitter-{language}" for language in NAMES)):
        try:
            out[name] = version(name)
        except PackageNotFoundError:
            out[name] = "not installed"
    return out
