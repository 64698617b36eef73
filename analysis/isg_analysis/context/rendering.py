"""Rendering: a context as Markdown, for people and models, and as JSON, for programs (docs/context.schema.json)."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any, Protocol

from isg_analysis.context.slices import Form, Section, Slice
from isg_analysis.model.occurrence import Confidence

if TYPE_CHECKING:
    from isg_analysis.context.packing import Context

_TITLES = {
    Section.TARGET: "Target",
    Section.DEPENDENCIES: "Depends on",
    Section.SUPERTYPES: "Extends and implements",
    Section.IMPLEMENTATIONS: "Implementations",
    Section.CALLERS: "Used by",
    Section.TESTS: "Tests",
    Section.SIBLINGS: "Beside it",
}


class Renderer(Protocol):
    """One format. `part` and `heading` are what a slice and its section add to the whole."""

    def whole(self, context: Context) -> str:
        """The document."""

    def part(self, one: Slice) -> str:
        """One slice."""

    def heading(self, section: Section) -> str:
        """What begins a section."""


class Markdown:
    """Headings for sections, a line with place and relation for each slice, code in fences."""

    def whole(self, context: Context) -> str:
        """The document."""
        targets = ", ".join(f"`{one.label}`" for one in context.slices if one.section is Section.TARGET)
        parts = [f"# Context of {targets}\n\nBlast radius: {context.reach}. Import cycles: {context.cycles}.\n"]
        for section, slices in groupby(context.slices, key=lambda one: one.section):
            parts += [self.heading(section), *(self.part(one) for one in slices)]
        if context.omitted:
            parts.append(f"\n{context.omitted} more had no room in {context.budget} tokens.\n")
        return "".join(parts)

    def part(self, one: Slice) -> str:
        """One slice."""
        doubt = "" if one.confidence == Confidence.CERTAIN else ", possible"
        told = f" ({one.relation}{doubt})" if one.relation else ""
        line = f"- `{one.path}:{one.line}` {one.kind} `{one.label}`{told}\n"
        if one.form is Form.EDGE:
            return line
        fence = "```"
        while fence in one.text:
            fence += "`"
        doc = "".join(f"> {line}\n" if line else ">\n" for line in one.doc.splitlines())
        return f"{line}{doc}{fence}{one.language}\n{one.text}\n{fence}\n"

    def heading(self, section: Section) -> str:
        """What begins a section."""
        return f"\n## {_TITLES[section]}\n\n"


class Json:
    """One object, each slice on a line of its own."""

    def whole(self, context: Context) -> str:
        """The document."""
        head: dict[str, Any] = {
            "version": 1,
            "budget": context.budget,
            "tokens": context.tokens,
            "blastRadius": context.reach,
            "cycles": context.cycles,
            "omitted": context.omitted,
        }
        slices = ",\n".join(_dumped(_as_object(one)) for one in context.slices)
        return f'{_dumped(head)[:-1]},"items":[\n{slices}\n]}}\n'

    def part(self, one: Slice) -> str:
        """One slice."""
        return f"{_dumped(_as_object(one))},\n"

    def heading(self, section: Section) -> str:
        """Nothing: each item names its section."""
        del section
        return ""


RENDERERS: dict[str, Renderer] = {"markdown": Markdown(), "json": Json()}
"""By the name of the format."""


def as_markdown(context: Context) -> str:
    """The context as Markdown."""
    return RENDERERS["markdown"].whole(context)


def as_json(context: Context) -> str:
    """The context as JSON."""
    return RENDERERS["json"].whole(context)


def _as_object(one: Slice) -> dict[str, Any]:
    out: dict[str, Any] = {
        "section": one.section.value,
        "label": one.label,
        "path": one.path,
        "line": one.line,
        "lastLine": one.last_line,
        "kind": one.kind,
        "relation": one.relation,
        "confidence": Confidence(one.confidence).name.lower(),
        "hops": one.hops,
        "form": one.form.value,
    }
    if one.text:
        out["text"] = one.text
    if one.doc:
        out["doc"] = one.doc
    return out


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
