"""TARGET of `isg query`: from what a person types to the symbols meant.

A target is a place, FILE:LINE:COL as compilers and `isg query` itself print it, or a name: plain,
qualified, or a symbol id. A name that several symbols have is refused with the list of them; so is
a name that nothing has, with near ones. A guess is never made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from isg_analysis import queries
from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.symbol import CALLABLE_KINDS
from isg_analysis.model.text import Position, PositionEncoding
from isg_analysis.resolve.program import document_of, row_of, symbol_ref
from isg_analysis.resolve.view import line_index
from isg_server.cli.answers import as_json, candidate_lines
from isg_server.cli.terminal import Refusal

if TYPE_CHECKING:
    from isg_analysis.queries import Hit
    from isg_analysis.resolve.program import Ref
    from isg_analysis.resolve.view import View

_PLACE = re.compile(r"(?P<file>.+?):(?P<line>\d{1,9})(?::(?P<column>\d{1,9}))?")
_DISAMBIGUATOR = re.compile(r"\(\+\d+\)")


@dataclass(frozen=True, slots=True)
class Place:
    """A document and a byte offset in it."""

    document: int
    offset: int


@dataclass(frozen=True, slots=True)
class Meaning:
    """The symbols or locals a target stands for, at least one. POSSIBLE: any one of them.

    `passed_over`: how many symbols of the same name, inside functions, are not meant.
    """

    refs: tuple[Ref, ...]
    confidence: Confidence = Confidence.CERTAIN
    passed_over: int = 0


def meaning_of(view: View, target: str, root: Path) -> Meaning:
    """What a target stands for.

    Raises Refusal: no such file or place, a name that is unknown, ambiguous, or not resolved where it stands.
    """
    place = place_of(view, target, root)
    if place is None:
        return _named(view, target)
    found = queries.meant(view, place.document, place.offset).hits
    if not found:
        if view.facts(place.document).occurrence_at(place.offset) < 0:
            raise Refusal(f"{target}: there is no name at this place")
        raise Refusal(f"{target}: what this name means is not known; it may come from outside the workspace")
    return Meaning(tuple(hit.ref for hit in found), min(hit.confidence for hit in found))


def meaning_or_file(view: View, target: str, root: Path) -> Meaning:
    """As `meaning_of`; a file of the workspace means its module."""
    document = _document(view, target, root)
    return Meaning((symbol_ref(document, 0),)) if document is not None else meaning_of(view, target, root)


def place_of(view: View, target: str, root: Path) -> Place | None:
    """The place a target names, or None when it has not the form of one. Raises Refusal when there is no such place."""
    match = _PLACE.fullmatch(target)
    if match is None:
        file, colon, rest = target.partition(":")
        if colon and not rest.startswith(":") and _document(view, file, root) is not None:
            raise Refusal(f"{target}: expected FILE:LINE:COL, both numbers counted from 1")
        return None
    if match["column"] is None:
        raise Refusal(f"{target}: the column is missing; expected FILE:LINE:COL")
    document = _document(view, match["file"], root)
    if document is None:
        raise Refusal(_why_not_indexed(match["file"], root))
    return Place(document, _offset(view, document, target, int(match["line"]), int(match["column"])))


def _offset(view: View, document: int, target: str, line: int, column: int) -> int:
    if line < 1 or column < 1:
        raise Refusal(f"{target}: lines and columns are counted from 1")
    facts = view.facts(document)
    index, size = line_index(facts), facts.symbols.end[0]
    if line > len(index.starts):
        raise Refusal(f"{target}: the file has {len(index.starts)} lines")
    wanted = Position(line - 1, column - 1)
    offset = index.offset(wanted, PositionEncoding.UTF32, size)
    reached = index.position(offset, PositionEncoding.UTF32)
    if reached < wanted:
        raise Refusal(f"{target}: line {line} has {reached.column} columns")
    return offset


def _document(view: View, file: str, root: Path) -> int | None:
    """The document a path means: from the current directory first, then from the root."""
    for base in (Path.cwd(), root):
        path = _relative(base / Path(file).expanduser(), root)
        document = view.document(path) if path is not None else None
        if document is not None:
            return document
    return None


def _relative(path: Path, root: Path) -> str | None:
    resolved = path.resolve()
    return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else None


def _why_not_indexed(file: str, root: Path) -> str:
    existing = [path for base in (Path.cwd(), root) if (path := base / Path(file).expanduser()).exists()]
    if not existing:
        return f"{file}: there is no such file"
    if all(_relative(path, root) is None for path in existing):
        return f"{file}: not inside the workspace {root}; name another one with --path"
    return f"{file}: not indexed: of no known language, excluded, or not readable (`isg status` lists problems)"


def _named(view: View, name: str) -> Meaning:
    """The symbol of that name, with its alternatives under conditions or as overloads. Raises Refusal.

    What is defined inside a function can't be named from outside of it: such symbols count only
    when there are no others.
    """
    found = queries.lookup(view, name)
    if not found.refs:
        raise Refusal(f"{name!r}: no symbol has this name", near=found.near)
    refs = [ref for ref in found.refs if not _inside_function(view, ref)] or found.refs
    hits = [queries.hit(view, ref) for ref in refs]
    if len({_DISAMBIGUATOR.sub("()", hit.symbol_id) for hit in hits}) > 1:
        raise _ambiguous(name, hits)
    return Meaning(tuple(refs), passed_over=len(found.refs) - len(refs))


def _inside_function(view: View, ref: Ref) -> bool:
    symbols = view.facts(document_of(ref)).symbols
    row = symbols.parent[row_of(ref)]
    while row > 0:
        if symbols.kind[row] in CALLABLE_KINDS:
            return True
        row = symbols.parent[row]
    return False


def _ambiguous(name: str, hits: Sequence[Hit]) -> Refusal:
    return Refusal(
        f"{name!r} is the name of {len(hits)} symbols: choose one by FILE:LINE:COL, a longer name or its symbol id",
        candidates=[as_json(hit) for hit in hits],
        listing=candidate_lines(hits),
    )
