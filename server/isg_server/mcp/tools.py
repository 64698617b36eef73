"""The tools: which there are, what they take, and what they say, in lines that cost few tokens.

What they take is the commands' (`graph_params`), but for what only an editor can name; what they say is what the
command line prints. Answers are bounded, and say when they were cut. Targets are looked up in the index alone: no path
leads out of the workspace, and nothing is written but the index.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from isg_analysis import IsgError, Snapshot, Workspace
from isg_analysis.context import Request, context
from isg_analysis.context.slices import Section
from isg_analysis.context.tokens import Tokenizer
from isg_analysis.queries.check import KINDS, USUAL, check
from isg_analysis.queries.unreferenced import Likelihood, unreferenced
from isg_analysis.resolve.program import Ref
from isg_server import vocabularies
from isg_server.cli.answers import as_lines
from isg_server.cli.findings import FindingsReport, full
from isg_server.cli.found import Found
from isg_server.cli.query import asked
from isg_server.cli.targets import meaning_or_file
from isg_server.cli.terminal import Refusal, printable
from isg_server.graph_params import (
    BlastRadiusParams,
    ContextParams,
    CyclesParams,
    DependenciesParams,
    SearchParams,
    SymbolParams,
    UnreferencedParams,
)
from isg_server.mcp.freshness import Freshness
from isg_server.mcp.protocol import ToolError

_FOR_EDITORS = ("uri", "position")
_MOST_LISTED = 500
_MOST_TOKENS = 50_000
_MOST_TARGETS = 50
_MOST_FINDINGS = 50
_INSTRUCTIONS = (
    "isg knows the Rust and Python code of this workspace by meaning: definitions, implementations, references and how "
    "things hang together. Ask it instead of searching text. Targets are names (Matcher::find_at, flask.app.Flask), "
    "FILE:LINE:COL counted from 1, or symbol ids. Results marked (possible) may be meant, all others are."
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question on one snapshot."""

    view: Snapshot
    root: Path
    stopped: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class _Tool:
    name: str
    description: str
    params: type[msgspec.Struct]
    ask: Callable[[_Asked, Any], Iterable[str]]


class GraphTools:
    """The tools of one workspace, for `protocol.Conversation`."""

    instructions = _INSTRUCTIONS

    def __init__(self, workspace: Workspace, freshness: Freshness) -> None:
        self._workspace, self._freshness = workspace, freshness

    def listed(self) -> Sequence[Mapping[str, Any]]:
        """See Tools."""
        return [
            {
                "name": tool.name,
                "description": tool.description,
                "inputSchema": schema(tool.params),
                "annotations": {"readOnlyHint": True, "openWorldHint": False},
            }
            for tool in _TOOLS.values()
        ]

    def call(self, name: str, arguments: Mapping[str, Any], stopped: Callable[[], bool]) -> str:
        """See Tools."""
        tool = _TOOLS[name]
        params = _taken(tool.params, arguments)
        for target in (getattr(params, "target", ""), *getattr(params, "targets", ())):
            _confined(self._workspace.root, target)
        try:
            late = not self._freshness.wait(stopped)
            with self._workspace.snapshot() as view:
                view.stopped = stopped
                lines = list(tool.ask(_Asked(view, self._workspace.root, stopped), params))
        except Refusal as refusal:
            raise ToolError("\n".join(_refused(refusal))) from refusal
        except IsgError as problem:
            raise ToolError(str(problem)) from problem
        if late:
            lines.append("The index is still being made: this answer may be incomplete.")
        return "\n".join(lines)


def schema(params: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON schema of what a tool takes: that of the command, without what only an editor can name."""
    (found,), parts = msgspec.json.schema_components([params], ref_template="#/$defs/{name}")
    own = parts.pop(found["$ref"].rpartition("/")[2])
    properties = {name: form for name, form in own["properties"].items() if name not in _FOR_EDITORS}
    made = {"type": "object", "properties": properties, "additionalProperties": False}
    if "targets" in properties:
        properties["targets"] = {**properties["targets"], "minItems": 1, "maxItems": _MOST_TARGETS}
        properties["targets"].pop("default")
    required = [name for name in properties if "default" not in properties[name]]
    used = {
        name: part for name, part in parts.items() if f'#/$defs/{name}"' in msgspec.json.encode(properties).decode()
    }
    return made | ({"required": required} if required else {}) | ({"$defs": used} if used else {})


def _taken(params: type[msgspec.Struct], arguments: Mapping[str, Any]) -> Any:
    for name in _FOR_EDITORS:
        if name in arguments:
            raise ToolError(f"there is no argument {name}")
    try:
        taken = msgspec.convert(dict(arguments), params)
    except msgspec.ValidationError as problem:
        raise ToolError(str(problem)) from None
    targets = getattr(taken, "targets", None)
    if targets is not None and not 0 < len(targets) <= _MOST_TARGETS:
        raise ToolError(f"give 1 to {_MOST_TARGETS} targets")
    return taken


def _confined(root: Path, target: str) -> None:
    """Refuse a target that, taken for a path, leads out of the workspace. Looks at nothing on disk."""
    if target.startswith("~") or not Path(os.path.normpath(root / target)).is_relative_to(root):
        raise ToolError(f"{target}: not inside the workspace {root}")


def _refused(refusal: Refusal) -> Iterator[str]:
    yield refusal.message
    yield from (printable(line) for line in refusal.listing[:_MOST_LISTED])
    if refusal.near:
        yield f"did you mean: {', '.join(map(printable, refusal.near))}"


# -- what each says


def _listed(found: Found, limit: int, nothing: str) -> Iterator[str]:
    hits = found.answer.hits[: min(limit, _MOST_LISTED)]
    if not hits:
        yield nothing
        return
    for at, line in enumerate(as_lines(hits, aligned=False, details=found.details)):
        if at == found.apart:
            yield "tests:"
        yield printable(line)
    if found.summary:
        yield found.summary
    if found.answer.truncated or len(hits) < len(found.answer.hits):
        yield f"Only the first {len(hits)} are listed."


def _about_symbol(question: str) -> Callable[[_Asked, SymbolParams], Iterable[str]]:
    def ask(about: _Asked, params: SymbolParams) -> Iterable[str]:
        options = {"limit": params.limit, "possible": params.possible}
        found = asked(about.view, about.root, question, params.target, **options)
        return _listed(found, params.limit, f"no {question} of {params.target}")

    return ask


def _search(about: _Asked, params: SearchParams) -> Iterable[str]:
    found = asked(about.view, about.root, "symbols", params.query, limit=min(params.limit, _MOST_LISTED))
    return _listed(found, params.limit, f"no symbol is called like {params.query}")


def _blast_radius(about: _Asked, params: BlastRadiusParams) -> Iterable[str]:
    for target in params.targets:
        found = asked(about.view, about.root, "blast-radius", target, limit=params.nodes, hops=params.hops)
        yield from _of_several(params.targets, target)
        yield from _listed(found, params.limit, f"nothing depends on {target}")


def _dependencies(about: _Asked, params: DependenciesParams) -> Iterable[str]:
    for target in params.targets:
        found = asked(about.view, about.root, params.direction, target)
        yield from _of_several(params.targets, target)
        yield from _listed(found, _MOST_LISTED, f"no {params.direction} of {target}")


def _of_several(targets: Sequence[str], target: str) -> Iterator[str]:
    if len(targets) > 1:
        yield f"{target}:"


def _cycles(about: _Asked, params: CyclesParams) -> Iterable[str]:
    for kind in params.kinds:
        if kind not in KINDS:
            raise ToolError(f"{kind!r} is no kind of finding; there are {', '.join(KINDS)}")
    findings = check(about.view, tuple(params.kinds) or USUAL)
    if not findings:
        yield "no cycles"
        return
    yield from map(printable, full(FindingsReport(about.view, findings[:_MOST_FINDINGS])))
    if len(findings) > _MOST_FINDINGS:
        yield f"Only the first {_MOST_FINDINGS} of {len(findings)} findings are listed."


def _unreferenced(about: _Asked, params: UnreferencedParams) -> Iterable[str]:
    from isg_analysis import queries
    from isg_analysis.queries import Answer, Limits

    limit = min(params.limit, _MOST_LISTED)
    limits = Limits(results=limit, stopped=about.stopped)
    found = unreferenced(about.view, None, Likelihood[params.least.upper()], limits)
    rows = found.candidates[:limit]
    hits = tuple(queries.hit(about.view, one.ref) for one in rows)
    details = tuple(": ".join(filter(None, (one.likelihood.name.lower(), ", ".join(one.reasons)))) for one in rows)
    return _listed(Found(Answer(hits, found.truncated), details=details), limit, "every symbol is referred to")


def _context(about: _Asked, params: ContextParams) -> Iterable[str]:
    refs: dict[Ref, None] = {}
    for target in params.targets:
        refs.update(dict.fromkeys(meaning_or_file(about.view, target, about.root).refs))
    budget, wanted = min(params.budget, _MOST_TOKENS), frozenset(params.include) or frozenset(Section)
    tokenizer, note = _counting(params.tokenizer)
    request = Request(tuple(refs), budget, params.hops, params.level, wanted, params.format, tokenizer)
    return [re.sub(r"\n\Z", "", context(about.view, request).text), *filter(None, [note])]


def _counting(wanted: str | None) -> tuple[Tokenizer, str]:
    """The tokenizer of a name, and what is to be said of it. Not of a file: an agent may not have any file read."""
    if wanted is not None and wanted not in vocabularies.NAMES:
        raise Refusal(f"{wanted}: here a tokenizer is chosen by its name: {' or '.join(vocabularies.NAMES)}")
    return vocabularies.chosen(wanted)


_TOOLS = {
    tool.name: tool
    for tool in (
        _Tool("search_symbols", "Find symbols by name, or by letters of it in order.", SearchParams, _search),
        _Tool(
            "definition", "Where a symbol is defined, with its signature.", SymbolParams, _about_symbol("definition")
        ),
        _Tool(
            "implementations",
            "What implements a trait, protocol or base class, or overrides a method.",
            SymbolParams,
            _about_symbol("implementations"),
        ),
        _Tool(
            "references", "Every place that mentions a symbol, by meaning.", SymbolParams, _about_symbol("references")
        ),
        _Tool("callers", "The functions that call a function.", SymbolParams, _about_symbol("callers")),
        _Tool("callees", "The functions that a function calls.", SymbolParams, _about_symbol("callees")),
        _Tool(
            "supertypes",
            "The traits and base classes of a type, one step up.",
            SymbolParams,
            _about_symbol("supertypes"),
        ),
        _Tool("subtypes", "The types below a trait or class, one step down.", SymbolParams, _about_symbol("subtypes")),
        _Tool(
            "blast_radius",
            "Everything that depends on symbols or files, near ones first, tests apart: what a change may break.",
            BlastRadiusParams,
            _blast_radius,
        ),
        _Tool(
            "dependencies",
            "The modules that a module needs, or (direction: dependents) that need it, and the names that cross.",
            DependenciesParams,
            _dependencies,
        ),
        _Tool("cycles", "Cycles of imports or inheritance, and what is cheapest to cut.", CyclesParams, _cycles),
        _Tool(
            "unreferenced",
            "What nothing refers to: candidates for dead code, likely ones first, with what speaks against it.",
            UnreferencedParams,
            _unreferenced,
        ),
        _Tool(
            "context",
            "What to know of symbols or files before changing them, within a budget of tokens: their code, what they "
            "depend on, implementations, callers, tests.",
            ContextParams,
            _context,
        ),
    )
}
