"""How hits are shown: as JSON for programs, as lines `path:line:column: kind name — detail` for people.

JSON ranges are LSP's (from 0, in UTF-16 units); printed positions are what a person counts (from 1,
in characters), and what `isg query` takes as FILE:LINE:COL.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from isg_analysis.model.occurrence import Confidence, Role
from isg_analysis.model.text import PositionEncoding

if TYPE_CHECKING:
    from isg_analysis.queries import Hit

_WIDEST = 60  # beyond it columns are not aligned to the longest row
_LONGEST_DETAIL = 160


def as_json(hit: Hit) -> dict[str, Any]:
    """One result."""
    return {
        "path": hit.path,
        "range": range_as_json(hit),
        "symbol": hit.symbol_id,
        "name": shown_name(hit),
        "kind": kind_word(hit),
        "role": Role(hit.role).name.lower(),
        "container": hit.container,
        "signature": hit.signature,
        "confidence": "certain" if hit.confidence == Confidence.CERTAIN else "possible",
    }


def range_as_json(hit: Hit) -> dict[str, Any]:
    """The range of a name."""
    start, end = hit.range(PositionEncoding.UTF16)
    return {
        "start": {"line": start.line, "character": start.column},
        "end": {"line": end.line, "character": end.column},
    }


def as_lines(hits: Sequence[Hit], *, aligned: bool, details: Sequence[str] = ()) -> list[str]:
    """One line per hit. `aligned`: in columns, for reading; else with single spaces, for further tools. `details`: what
    to say of each, instead of its signature or its line.
    """
    sources = _Sources()
    said = [_doubted(hit, detail) for hit, detail in zip(hits, details, strict=False)]
    rows = [(_place(hit), _what(hit), said[at] if said else _detail(hit, sources)) for at, hit in enumerate(hits)]
    place_width = _width([place for place, _, _ in rows]) if aligned else 0
    what_width = _width([what for _, what, _ in rows]) if aligned else 0
    return [
        f"{place:<{place_width}} {what:<{what_width}} — {detail}" if detail else f"{place:<{place_width}} {what}"
        for place, what, detail in rows
    ]


def candidate_lines(hits: Sequence[Hit]) -> list[str]:
    """The meanings among which the user has to choose, each with the two ways to name it."""
    return [f"{_place(hit)} {_what(hit)} — {hit.symbol_id}" for hit in hits]


def kind_word(hit: Hit) -> str:
    """The kind as `isg status` counts it; locals and parameters are "local"."""
    return "local" if hit.kind is None else hit.kind.name.lower()


def shown_name(hit: Hit) -> str:
    """The name; an impl block, which has none, goes by the type it is for."""
    return hit.name or hit.parsed.self_type


def _place(hit: Hit) -> str:
    start, _ = hit.range(PositionEncoding.UTF32)
    return f"{hit.path}:{start.line + 1}:{start.column + 1}:"


def _what(hit: Hit) -> str:
    word = kind_word(hit) if hit.role == Role.DEFINITION else Role(hit.role).name.lower()
    return f"{word} {shown_name(hit)}".rstrip()


def _detail(hit: Hit, sources: _Sources) -> str:
    """The signature of what is defined here, or the line in which something is mentioned."""
    signature = hit.signature if hit.role == Role.DEFINITION else ""
    detail = " ".join(signature.split()) or sources.line(hit)
    if len(detail) > _LONGEST_DETAIL:
        detail = f"{detail[:_LONGEST_DETAIL]}…"
    return _doubted(hit, detail)


def _doubted(hit: Hit, detail: str) -> str:
    return detail if hit.confidence == Confidence.CERTAIN else f"{detail} (possible)".lstrip()


def _width(cells: Sequence[str]) -> int:
    return min(max(map(len, cells), default=0), _WIDEST)


class _Sources:
    """Lines of the documents hits lie in; the one last asked for is kept, since hits come document by document."""

    def __init__(self) -> None:
        self._document = -1
        self._lines: list[bytes] = []

    def line(self, hit: Hit) -> str:
        """The line that the hit begins in, stripped; "" when the text has changed meanwhile."""
        if hit.document != self._document:
            # As line numbers are counted: at LF, CRLF and CR only, which str.splitlines exceeds.
            self._document, self._lines = hit.document, (hit.view.text(hit.document) or b"").splitlines()
        number = hit.range(PositionEncoding.UTF8)[0].line
        return self._lines[number].strip().decode("utf-8", "replace") if number < len(self._lines) else ""
