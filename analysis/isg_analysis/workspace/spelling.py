"""Spelling: under which names may a symbol be mentioned?

Its own, and those that documents give it when they import it, and so on from those. Documents are looked at through the
name index: those that rename a name stand in it under `records.aliased`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Protocol

from isg_analysis.languages.registry import pack
from isg_analysis.model.aliases import aliases
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.program import Program, Ref, document_of, is_binding, row_of
from isg_analysis.workspace.overlay import OverlayDocument
from isg_analysis.workspace.records import aliased

_WORDS = re.compile(r"\w+")
_BY_NAME_ONLY = frozenset({
    SymbolKind.FUNCTION, SymbolKind.METHOD, SymbolKind.FIELD, SymbolKind.VARIANT, SymbolKind.MACRO, SymbolKind.PROPERTY
})  # fmt: skip


class Documents(Program, Protocol):
    """What is looked at."""

    def language(self, document: int) -> str:
        """The name of the document's language."""


class Spelling:
    """Good for one state of what is stored and of what is unsaved."""

    def __init__(self, documents: Documents, unsaved: Mapping[int, OverlayDocument]) -> None:
        """`unsaved`: the documents that stand in for what is stored of them, by number."""
        self._documents, self._unsaved = documents, unsaved
        self._stored: dict[str, list[tuple[int, str]]] = {}
        """Name -> (stored document, another name that it gives it)."""

    def inherit(self, other: Spelling) -> None:
        """Take over what is known of the same stored documents."""
        self._stored = other._stored

    def names(self, ref: Ref) -> frozenset[str]:
        """The names that may stand for a symbol or a local."""
        document, row = document_of(ref), row_of(ref)
        facts = self._documents.facts(document)
        if is_binding(ref):
            return frozenset((facts.strings[facts.bindings.name[row]],))
        return self._with_aliases({facts.name_of(row)} if row else self._module_names(document))

    def words(self, ref: Ref) -> frozenset[str]:
        """The words of the language that may stand for a symbol, whatever its name: "this type", "this module"."""
        if is_binding(ref) or self._documents.facts(document_of(ref)).symbols.kind[row_of(ref)] in _BY_NAME_ONLY:
            return frozenset()
        return pack(self._documents.language(document_of(ref))).self_names

    def traces(self, ref: Ref) -> frozenset[str]:
        """Names of which any document that mentions the symbol has one: `names`, and for modules `words` too."""
        document, row = document_of(ref), row_of(ref)
        is_module = not row or self._documents.facts(document).symbols.kind[row] == SymbolKind.MODULE
        return self.names(ref) | self.words(ref) if is_module else self.names(ref)

    def _module_names(self, document: int) -> set[str]:
        """A module goes by the name of its file, its directory or its package."""
        known, path = pack(self._documents.language(document)), self._documents.path(document)
        label = known.label(known.prefix(self._documents.layout(known.name), path), ())
        return {*path.rsplit(".", 1)[0].split("/")[-2:], *_WORDS.findall(label)}

    def _with_aliases(self, names: set[str]) -> frozenset[str]:
        waiting = list(names)
        while waiting:
            for alias in self._aliases(waiting.pop()):
                if alias not in names:
                    names.add(alias)
                    waiting.append(alias)
        return frozenset(names)

    def _aliases(self, name: str) -> list[str]:
        stored = self._stored.get(name)
        if stored is None:
            stored = self._stored[name] = self._stored_aliases(name)
        given = [alias for document, alias in stored if document not in self._unsaved]
        return given + self._unsaved_aliases.get(name, [])

    def _stored_aliases(self, name: str) -> list[tuple[int, str]]:
        out = []
        for document in self._documents.documents_naming(aliased(name)):
            found = aliases(self._documents.facts(document))
            out += [(document, alias) for known, alias in found if known == name]
        return out

    @cached_property
    def _unsaved_aliases(self) -> dict[str, list[str]]:
        out: dict[str, list[str]] = {}
        for shadow in self._unsaved.values():
            for name, alias in aliases(shadow.facts):
                out.setdefault(name, []).append(alias)
        return out
