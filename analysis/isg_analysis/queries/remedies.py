"""What could be written to be rid of a finding: a comment that leaves it out, or an import that happens later.

Every remedy is sound by what the workspace tells, or is not there. Places are byte offsets in the text of the view.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from isg_analysis.languages.registry import pack
from isg_analysis.model.edits import Move, Replacement
from isg_analysis.model.facts import BindingKind, Facts
from isg_analysis.model.ops import Op
from isg_analysis.queries.findings import IGNORE
from isg_analysis.resolve.program import Ref, document_of, symbol_ref
from isg_analysis.resolve.view import View

_DOUBTFUL = re.compile(rb"[\"'`\r]|/\*|\\\Z")
"""What may make the end of a line the inside of a string or a comment, or join it to the next one."""


def ignoring(view: View, document: int, start: int, end: int, code: str) -> Replacement | None:
    """The change by which a comment leaves out findings of a code at a place. None where a comment may be none."""
    text = view.text(document)
    return None if text is None else ignoring_in(text, pack(view.language(document)).comment, start, end, code)


def ignoring_in(text: bytes, comment: str, start: int, end: int, code: str) -> Replacement | None:
    """As `ignoring`, in a text. `comment`: what starts a comment to the end of a line."""
    lines = text.rfind(b"\n", 0, start) + 1, _line_end(text, end)
    known = IGNORE.search(text, *lines)
    if known is not None:
        if known[1] is None:
            return None  # it is left out already
        at = known.end() - 1
        return Replacement(at, at, b", " * bool(known[1].strip()) + code.encode())
    if _DOUBTFUL.search(text[end : lines[1]]):
        return None
    return Replacement(len(text[: lines[1]].rstrip(b" \t")), lines[1], f"  {comment} isg: ignore[{code}]".encode())


def _line_end(text: bytes, at: int) -> int:
    """The end of a line, before what ends it."""
    end = text.find(b"\n", at)
    end = end if end >= 0 else len(text)
    return end - text[:end].endswith(b"\r")


def moves(view: View, document: int, start: int, end: int) -> list[Move]:
    """The ways in which the import statement at a place could happen later, weaker ties first, as far as nobody in the
    workspace takes from this module what it would hold no longer.
    """
    text = view.text(document)
    if text is None:
        return []
    found = pack(view.language(document)).moves(view.path(document), text, start, end)
    return found if found and not _taken(view, symbol_ref(document, 0), found[0].names) else []


def _taken(view: View, module: Ref, names: Collection[str]) -> bool:
    """Whether another document takes one of these names from a module, or may: it has the module as a whole, and says
    the name of a member of something.
    """
    document = document_of(module)
    importers = {document_of(source) for source, target, _ in view.ties(view.language(document)) if target == module}
    for importer in importers - {document}:
        facts = view.glance(importer)
        for one in view.dependencies(importer) if not set(names).isdisjoint(facts.strings) else ():
            if one.target == module and (one.name in names if one.name else _says(facts, names)):
                return True
    return False


def _says(facts: Facts, names: Collection[str]) -> bool:
    """Whether a document names one of these as a member, or takes all names of some module."""
    if BindingKind.GLOB in facts.bindings.kind:
        return True
    nodes, strings, spelled = facts.nodes, facts.strings, facts.occurrences.name
    members = (at for op, at in zip(nodes.op, nodes.b, strict=True) if op in (Op.MEMBER, Op.PATH) and at >= 0)
    return any(strings[spelled[at]] in names for at in members)
