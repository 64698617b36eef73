"""Overlay: the unsaved documents of this editor, in memory only.

An Overlay value is immutable; each change makes a new one with the next version. It shadows whole
documents: a view skips the stored rows of what it holds, and computes anew the links of the stored
documents that its changed interfaces could affect (`staleness.Staleness`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from isg_analysis.languages.pack import OpenDocument
from isg_analysis.languages.registry import pack
from isg_analysis.model.facts import Facts
from isg_analysis.workspace.extracting import extract
from isg_analysis.workspace.preparing import Preparation

FIRST_UNSTORED = 1 << 30
"""Document numbers from here on belong to documents that are only in the overlay."""
FIRST_UNSTORED_KEY = 1 << 31
"""Link keys from here on belong to symbols that are only in the overlay."""


class UnsavedText:
    """The text an editor holds of a document. `key`: its content key, which tells whether it is what is stored.

    `before`: the text it held so far, if there is one. Its extraction goes on with this one, so that an edit costs
    what it changes; texts whose facts nobody asked for are passed over.
    """

    def __init__(self, path: str, language: str, text: bytes, key: bytes, before: UnsavedText | None = None) -> None:
        self.path, self.language, self.text, self.key = path, language, text, key
        self._facts: Facts | None = None
        self._extraction: OpenDocument | None = None
        self._preparation: Preparation | None = None
        """The same, on its way."""
        self._opened: bytes | None = None
        """The text the document was opened with, as long as nothing was extracted."""
        if before is not None and before.language == language:
            self._extraction, before._extraction = before._extraction, None
            self._preparation, before._preparation = before._preparation, None
            self._opened = before.text if before._opened is None else before._opened

    def facts(self) -> Facts:
        """The facts of the text, extracted when first needed."""
        if self._facts is None:
            self._facts = self._extracted()
        return self._facts

    def prepare(self) -> Preparation | None:
        """What can be done ahead for the next text; None where it is done, or being done."""
        if self._facts is not None or self._extraction is not None or self._preparation is not None:
            return None
        self._preparation = Preparation(pack(self.language), self.text if self._opened is None else self._opened)
        return self._preparation

    def forget(self) -> None:
        """Keep nothing for a next text: it costs as much as the first one again."""
        if self._preparation is not None:
            self._preparation.drop()
        self._facts = self._extraction = self._preparation = None

    def _extracted(self) -> Facts:
        known, extraction, preparation = pack(self.language), self._extraction, self._preparation
        self._extraction = self._preparation = None
        if extraction is None and preparation is not None:
            extraction = preparation.take()
        try:
            if extraction is None:
                extraction = known.document(self.text if self._opened is None else self._opened)
            facts = extraction.edit(self.text)
        except Exception:  # a defect of a pack must not take the document away
            return Facts(extract(known, self.text, []))
        self._extraction = extraction
        return facts


@dataclass(frozen=True, slots=True)
class OverlayDocument:
    """One unsaved document. `keys` are the link keys of its symbols, by row: stored sids, or new ones."""

    path: str
    language: str
    text: bytes
    facts: Facts
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Overlay:
    """The unsaved documents by number; each version differs from the one before."""

    version: int = 0
    documents: Mapping[int, OverlayDocument] = field(default_factory=dict)
