"""What questions about the graph take, from editors (`graph_commands`) and from coding agents (`mcp`) alike.

Names no LSP type: a position is plain numbers.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from isg_analysis.context.slices import Section

Count = Annotated[int, Meta(ge=1)]
Budget = Annotated[int, Meta(ge=1, description="at most so many tokens; never exceeded")]
Hops = Annotated[int, Meta(ge=1, description="how far to look, in relations between symbols")]
Limit = Annotated[int, Meta(ge=1, description="list at most so many")]
Level = Annotated[
    Literal[0, 1, 2],
    Meta(description="0: only what hangs together, 1: signatures, 2: with docs, and bodies of the nearest"),
]
Sections = Annotated[list[Section], Meta(description="only these sections; all of them if there are none")]
Names = Annotated[
    list[str],
    Meta(description="symbols by name (Matcher::find_at, flask.app.Flask), symbol id or FILE:LINE:COL; or files"),
]


Vocabulary = Annotated[
    str | None,
    Meta(
        description="count by a real tokenizer that is on this machine: cl100k_base, o200k_base, a .tiktoken file of "
        "one of these names, or a tokenizer.json; an estimate otherwise"
    ),
]


class At(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A position as LSP has it."""

    line: Annotated[int, Meta(ge=0)]
    character: Annotated[int, Meta(ge=0)]


class Targets(msgspec.Struct, rename="camel", kw_only=True):
    """What is asked about: `uri` with a `position` (a symbol) or without (the file), or the names in `targets`."""

    uri: str | None = None
    position: At | None = None
    targets: Names = []


class ContextParams(Targets, kw_only=True, forbid_unknown_fields=True):
    """See `isg context`."""

    budget: Budget = 4_000
    hops: Hops = 2
    level: Level = 2
    format: Literal["markdown", "json"] = "markdown"
    include: Sections = []
    tokenizer: Vocabulary = None


class BlastRadiusParams(Targets, kw_only=True, forbid_unknown_fields=True):
    """`limit`: of the dependents that are listed; `nodes`: of those that are counted."""

    hops: Hops = 64
    limit: Limit = 100
    nodes: Annotated[int, Meta(ge=1, description="count at most so many")] = 10_000


class CyclesParams(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """`kinds`: codes of findings, see docs/findings.md."""

    kinds: Annotated[
        list[str],
        Meta(
            description="import-cycle, inheritance-cycle (these unless given), deferred-import-cycle, "
            "type-only-import-cycle, call-cycle, type-cycle"
        ),
    ] = []


class DependenciesParams(Targets, kw_only=True, forbid_unknown_fields=True):
    """`direction`: what the module needs, or what needs it."""

    direction: Literal["dependencies", "dependents"] = "dependencies"


class ListingParams(msgspec.Struct, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """`uri`: of a document, to list of it alone."""

    uri: str | None = None
    limit: Limit = 10_000


class UnreferencedParams(ListingParams, kw_only=True, forbid_unknown_fields=True):
    """`least`: how likely what is listed must be dead code."""

    least: Annotated[Literal["low", "medium", "high"], Meta(description="how likely it must be dead code")] = "medium"


class SymbolParams(msgspec.Struct, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """One symbol, and how many results to list. `possible`: what may mean the symbol, too."""

    target: Annotated[
        str,
        Meta(description="a symbol by name (Matcher::find_at, flask.app.Flask), symbol id or FILE:LINE:COL from 1"),
    ]
    limit: Limit = 50
    possible: Annotated[bool, Meta(description="list what may mean the symbol, too, marked so")] = False


class SearchParams(msgspec.Struct, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A name, or letters of it in order."""

    query: Annotated[str, Meta(min_length=1, description="a name, or letters of it in order")]
    limit: Limit = 50
