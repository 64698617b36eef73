"""Small questions to a View that the checks and the answers share."""

from __future__ import annotations

from isg_analysis.model.facts import Facts
from isg_analysis.model.signature import decode
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.model.text import PositionEncoding
from isg_analysis.resolve.program import Ref, document_of, is_binding, row_of
from isg_analysis.resolve.view import View, line_index


def document_at(view: View, path: str) -> int:
    """The document at a path; -1 for a file of no known language."""
    found = view.document(path)
    return -1 if found is None else found


def name_range(view: View, ref: Ref) -> tuple[int, int]:
    """The bytes of a symbol's or binding's name."""
    facts, row = view.facts(document_of(ref)), row_of(ref)
    if not is_binding(ref):
        return facts.symbols.name_start[row], facts.symbols.name_end[row]
    at = facts.bindings.occurrence[row]
    if at < 0:
        return 0, 0
    start = facts.occurrences.start[at]
    return start, start + facts.occurrences.length[at]


def shown(view: View, ref: Ref) -> str:
    """A symbol or binding in words: `struct Circle at src/shape.rs:2:12`."""
    document, row = document_of(ref), row_of(ref)
    facts, path = view.facts(document), view.path(document)
    if is_binding(ref):
        what = f"local {facts.strings[facts.bindings.name[row]]}"
    elif row == 0:
        return f"module {path}"
    else:
        what = f"{SymbolKind(facts.symbols.kind[row]).name.lower().replace('_', ' ')} {title(facts, row)}"
    line, column = place_of(facts, name_range(view, ref)[0])
    return f"{what} at {path}:{line}:{column}"


def title(facts: Facts, row: int) -> str:
    """A symbol's name; for one without, such as an impl block, its signature."""
    return facts.name_of(row) or decode(facts.text(facts.symbols.signature[row])).text


def place_of(facts: Facts, offset: int) -> tuple[int, int]:
    """1-based line and column, in characters."""
    position = line_index(facts).position(offset, PositionEncoding.UTF32)
    return position.line + 1, position.column + 1
