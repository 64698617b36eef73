"""MemoryProgram: a Program over a handful of texts held in memory, with nothing stored.

For specifications, experiments and callers that have texts but no workspace on disk. It answers as
a stored workspace does; it is not meant for thousands of documents.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from isg_analysis.languages.pack import LanguagePack
from isg_analysis.languages.registry import language_of, pack
from isg_analysis.model.facts import Facts
from isg_analysis.model.links import Links, OutwardPlace
from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import SymbolPlace, SymbolPrefix
from isg_analysis.model.text import LineIndex
from isg_analysis.resolve.described import extracted
from isg_analysis.resolve.link import link
from isg_analysis.resolve.outside import outward_places
from isg_analysis.resolve.program import (
    DeclaredRelation,
    ModuleDependency,
    Ref,
    Resolution,
    Resolver,
    document_of,
    is_binding,
    symbol_ref,
)
from isg_analysis.resolve.symbol_names import NameText, SymbolNames, name_lines
from isg_analysis.resolve.view import document_ties, line_index, linked_mentions


class MemoryProgram:
    """An immutable Program made of {root-relative path: text}."""

    steady = False

    def __init__(self, files: Mapping[str, str]) -> None:
        self._texts = {path: files[path].encode() for path in sorted(files)}
        self._languages: dict[int, LanguagePack] = {}
        self._paths: dict[int, str] = {}
        for path in self._texts:
            language = language_of(path)
            if language is not None:
                number = len(self._paths) + 1
                self._paths[number] = path
                self._languages[number] = pack(language)
        self._numbers = {path: number for number, path in self._paths.items()}
        self._facts: dict[int, Facts] = {}
        self._resolvers: dict[str, Resolver] = {}
        self._layouts: dict[str, Any] = {}
        self._links: dict[int, Links] = {}
        self._keys: dict[Ref, int] = {}
        self._refs: list[Ref] = []

    def text(self, document: int) -> bytes:
        """The document's text."""
        return self._texts[self._paths[document]]

    def language(self, document: int) -> str:
        """The name of the document's language."""
        return self._languages[document].name

    def facts(self, document: int) -> Facts:
        """See Program."""
        found = self._facts.get(document)
        if found is None:
            found = self._facts[document] = Facts(self._languages[document].extract(self.text(document)))
        return found

    def glance(self, document: int) -> Facts:
        """See View."""
        return self.facts(document)

    def line_index(self, document: int) -> LineIndex:
        """See View."""
        return line_index(self.facts(document))

    def path(self, document: int) -> str:
        """See Program."""
        return self._paths[document]

    def document(self, path: str) -> int | None:
        """See Program."""
        return self._numbers.get(path)

    def documents(self, language: str) -> Sequence[int]:
        """See Program."""
        return [number for number, known in self._languages.items() if known.name == language]

    def documents_naming(self, name: str) -> Sequence[int]:
        """See Program."""
        return [number for number in self._paths if name in self.facts(number).string_ids]

    def definitions(self, name: str, language: str) -> Sequence[Ref]:
        """See Program."""
        out = []
        for number in self.documents(language):
            facts = self.facts(number)
            wanted = facts.string_ids.get(name, -1)
            out += [symbol_ref(number, row) for row, at in enumerate(facts.symbols.name) if at == wanted]
        return out

    def described(self, language: str, text: bytes) -> Facts:
        """See Program."""
        return Facts(extracted(language, text))

    def layout(self, language: str) -> Any:
        """See Program."""
        if language not in self._layouts:
            known = pack(language)
            manifests = {p: t for p, t in self._texts.items() if p.rsplit("/", 1)[-1] in known.manifests}
            self._layouts[language] = known.layout(manifests, [self._paths[n] for n in self.documents(language)])
        return self._layouts[language]

    def meaning(self, document: int, occurrence: int) -> Resolution:
        """See View."""
        return self.resolver(document).resolve(document, occurrence)

    def declared_relations(self, document: int) -> Sequence[DeclaredRelation]:
        """See View."""
        return self.resolver(document).relations(document)

    def outgoing_relations(self, ref: Ref, *kinds: RelationKind) -> Sequence[DeclaredRelation]:
        """See View."""
        return [one for one in self.declared_relations(document_of(ref)) if one.source == ref and one.kind in kinds]

    def outward(
        self, path: Sequence[str], language: str, member: str = "", kind: int = 0
    ) -> Iterator[tuple[int, list[OutwardPlace]]]:
        """See View."""
        for document in self.documents(language):
            if places := outward_places(self, self.resolver(document), document, path, member, kind):
                yield document, places

    def incoming_relations(self, ref: Ref, *kinds: RelationKind) -> Sequence[DeclaredRelation]:
        """See View."""
        return [relation for kind in sorted(kinds) for relation in self._incoming.get((ref, kind), ())]

    def prefix(self, document: int) -> SymbolPrefix:
        """See View."""
        known = self._languages[document]
        return known.prefix(self.layout(known.name), self._paths[document])

    def resolver(self, document: int) -> Resolver:
        """The resolver for a document's language."""
        known = self._languages[document]
        if known.name not in self._resolvers:
            self._resolvers[known.name] = known.resolver(self)
        return self._resolvers[known.name]

    def links(self, document: int) -> Links:
        """See View."""
        found = self._links.get(document)
        if found is None:
            packed = link(self, self.resolver(document), document, self.key_of)
            found = self._links[document] = Links(packed)
        return found

    def dependencies(self, document: int) -> Sequence[ModuleDependency]:
        """See View."""
        return self.resolver(document).dependencies(document)

    def ties(self, language: str) -> Iterable[tuple[Ref, Ref, int]]:
        """See View."""
        for document in self.documents(language):
            yield from document_ties(self, document)

    def mentions(self, document: int, ref: Ref) -> Iterable[tuple[int, Confidence]]:
        """See View."""
        return linked_mentions(self.links(document), ref, 0 if is_binding(ref) else self.key_of(ref))

    def key_of(self, ref: Ref) -> int:
        """See View."""
        found = self._keys.get(ref)
        if found is None:
            found = self._keys[ref] = len(self._keys) + 1
            self._refs.append(ref)
        return found

    def ref_of(self, key: int) -> Ref | None:
        """See View."""
        return self._refs[key - 1]

    def documents_linking(self, ref: Ref) -> Sequence[int]:
        """See View."""
        key = self.key_of(ref)
        return [number for number in self._paths if any(True for _ in self.links(number).occurrences_of(key))]

    def edges_to(self, refs: Collection[Ref]) -> Iterable[tuple[Ref, Ref, int, int]]:
        """See View."""
        for ref in refs:
            yield from self._edges.get(self.key_of(ref), ())

    def dependents(self, refs: Collection[Ref]) -> tuple[frozenset[Ref], frozenset[Ref]]:
        """See View."""
        edges = list(self.edges_to(refs))
        certain = frozenset(source for _, source, _, sure in edges if sure == Confidence.CERTAIN)
        return certain, frozenset(source for _, source, _, _ in edges) - certain

    @cached_property
    def _edges(self) -> dict[int, list[tuple[Ref, Ref, int, int]]]:
        """Key of a symbol -> the edges that point at it."""
        out: dict[int, list[tuple[Ref, Ref, int, int]]] = {}
        for document in self._paths:
            for edge in self.links(document).edges():
                target = self._refs[edge.target - 1]
                row = (target, symbol_ref(document, edge.source), edge.kind, edge.confidence)
                out.setdefault(edge.target, []).append(row)
        return out

    def symbol_place(self, ref: Ref) -> SymbolPlace | None:
        """See View."""
        del ref
        return None  # all facts are at hand

    def symbol_names(self) -> SymbolNames:
        """See View."""
        return SymbolNames(NameText((number, name_lines(self.facts(number))) for number in self._paths))

    @cached_property
    def _incoming(self) -> dict[tuple[Ref, RelationKind], list[DeclaredRelation]]:
        out: dict[tuple[Ref, RelationKind], list[DeclaredRelation]] = {}
        for document in self._paths:
            for relation in self.resolver(document).relations(document):
                out.setdefault((relation.target, relation.kind), []).append(relation)
        return out
