"""Slices: what could be said about each symbol, in several forms from the longest to the shortest."""

from __future__ import annotations

import textwrap
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from isg_analysis.context.neighbourhood import Neighbour, Tie
from isg_analysis.graph.modules import label
from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.queries.answer import hit
from isg_analysis.queries.blast_radius import is_test
from isg_analysis.resolve.program import Ref, document_of, row_of, symbol_ref
from isg_analysis.resolve.view import View

_LONGEST_DOC = {True: 800, False: 240}
"""Characters of a doc comment: of a target's, of another one's."""


class Section(StrEnum):
    """Where a slice stands, in the order of the answer."""

    TARGET = "target"
    DEPENDENCIES = "dependencies"
    SUPERTYPES = "supertypes"
    IMPLEMENTATIONS = "implementations"
    CALLERS = "callers"
    TESTS = "tests"
    SIBLINGS = "siblings"


class Form(StrEnum):
    """How much is said, most first."""

    BODY = "body"
    OUTLINE = "outline"
    DOCUMENTED = "documented"
    SIGNATURE = "signature"
    EDGE = "edge"


@dataclass(frozen=True, slots=True)
class Slice:
    """One symbol in one form. Lines count from 1. `relation`: what it has to do with the target; `text`: code, "" for
    an edge; `doc`: its doc comment where the form has one.
    """

    ref: Ref
    section: Section
    label: str
    path: str
    line: int
    last_line: int
    kind: str
    language: str
    relation: str
    confidence: Confidence
    hops: int
    form: Form
    text: str = ""
    doc: str = ""


_OUTWARD = {
    RelationKind.CALLS: "called",
    RelationKind.USES: "used",
    RelationKind.IMPORTS: "imported",
    RelationKind.EXTENDS: "extended",
    RelationKind.IMPLEMENTS: "implemented",
    RelationKind.OVERRIDES: "overridden",
}
_INWARD = {
    RelationKind.CALLS: "calls it",
    RelationKind.USES: "uses it",
    RelationKind.IMPORTS: "imports it",
    RelationKind.EXTENDS: "extends it",
    RelationKind.IMPLEMENTS: "implements it",
    RelationKind.OVERRIDES: "overrides it",
}
_TYPING = frozenset({RelationKind.EXTENDS, RelationKind.IMPLEMENTS, RelationKind.OVERRIDES})


def section_of(view: View, neighbour: Neighbour) -> Section:
    """Where a neighbour belongs."""
    tie = neighbour.tie
    if is_test(view, neighbour.ref):
        return Section.TESTS
    if tie.kind is None:
        return Section.SIBLINGS
    if tie.kind in _TYPING:
        return Section.SUPERTYPES if tie.outward else Section.IMPLEMENTATIONS
    return Section.DEPENDENCIES if tie.outward else Section.CALLERS


def relation_of(view: View, tie: Tie, seeds: Collection[Ref]) -> str:
    """What a neighbour has to do with the target, or with what is nearer to it."""
    if tie.kind is None:
        return "beside it"
    if tie.via in seeds:
        return _OUTWARD[tie.kind] if tie.outward else _INWARD[tie.kind]
    near = label(view, tie.via)
    return f"{_OUTWARD[tie.kind]} by {near}" if tie.outward else _INWARD[tie.kind].replace("it", near)


def forms(view: View, base: Slice, wanted: Sequence[Form]) -> Iterator[Slice]:
    """The slice in those of the wanted forms that it can have, in their order."""
    found = hit(view, base.ref)
    doc = found.doc.strip()
    for form in wanted:
        match form:
            case Form.BODY:
                text, note = _source(view, base.ref), ""
            case Form.OUTLINE:
                text, note = "\n".join(_outline(view, base.ref)), ""
            case Form.DOCUMENTED:
                text, note = found.signature, _shortened(doc, _LONGEST_DOC[base.section is Section.TARGET])
            case Form.SIGNATURE:
                text, note = found.signature, ""
            case Form.EDGE:
                text, note = "", ""
        if (text or form is Form.EDGE) and (note or form is not Form.DOCUMENTED):
            yield replace(base, form=form, text=text, doc=note)


def slice_of(
    view: View, ref: Ref, section: Section, *, relation: str = "", confidence: Confidence, hops: int = 0
) -> Slice:
    """A symbol without any text yet."""
    document, row = document_of(ref), row_of(ref)
    symbols, lines = view.glance(document).symbols, view.glance(document).line_starts
    return Slice(
        ref=ref,
        section=section,
        label=label(view, ref),
        path=view.path(document),
        line=_line(lines, symbols.name_start[row]) if row else 1,
        last_line=_line(lines, max(symbols.end[row] - 1, 0)),
        kind=SymbolKind(symbols.kind[row]).name.lower(),
        language=view.language(document),
        relation=relation,
        confidence=confidence,
        hops=hops,
        form=Form.EDGE,
    )


def _line(starts: Sequence[int], offset: int) -> int:
    return bisect_right(starts, offset)


def _source(view: View, ref: Ref) -> str:
    """The definition as it is written, moved to the left; "" where its text is not at hand."""
    document, row = document_of(ref), row_of(ref)
    text, symbols = view.text(document), view.glance(document).symbols
    if text is None or not row:
        return ""
    start, end = symbols.start[row], symbols.end[row]
    before = text[text.rfind(b"\n", 0, start) + 1 : start]
    indent = before if not before.strip() else b""
    return textwrap.dedent((indent + text[start:end]).decode("utf-8", "replace")).rstrip()


def _outline(view: View, ref: Ref) -> Iterator[str]:
    """The signature, and below it those of what a type or module directly holds."""
    document, row = document_of(ref), row_of(ref)
    facts = view.glance(document)
    own = hit(view, ref).signature
    if own:
        yield own
    for inner, parent in enumerate(facts.symbols.parent):
        if parent == row and inner and facts.symbols.kind[inner] != SymbolKind.TYPE_PARAMETER:
            signature = hit(view, symbol_ref(document, inner)).signature or facts.name_of(inner)
            yield f"    {signature}" if own else signature


def _shortened(doc: str, most: int) -> str:
    """Whole paragraphs as far as there is room, else whole words."""
    if len(doc) <= most:
        return doc
    paragraphs = doc[:most].rpartition("\n\n")[0]
    return paragraphs or doc[:most].rsplit(None, 1)[0] + " ..."
