"""Commands that ask the graph, such as `isg.llmContext` and `isg.blastRadius`. Schemas in docs/commands.md; what they
take is in `graph_params`.

Each takes one object and gives one; both are checked. They are questions like any request: answered in turn, on one
snapshot, and given up in time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from lsprotocol import types

from isg_analysis import Snapshot, queries
from isg_analysis.context import Request, context
from isg_analysis.context.slices import Section
from isg_analysis.graph.modules import label
from isg_analysis.queries.answer import Limits
from isg_analysis.queries.blast_radius import blast_radius
from isg_analysis.queries.check import KINDS, USUAL, check
from isg_analysis.queries.dependencies import dependencies, dependents
from isg_analysis.queries.unreferenced import Likelihood, entry_points, unreferenced
from isg_analysis.resolve.program import Ref, symbol_ref
from isg_analysis.resolve.view import View
from isg_server import convert
from isg_server.asking import Asking
from isg_server.commands import plain
from isg_server.errors import RequestError
from isg_server.graph_params import (
    At,
    BlastRadiusParams,
    ContextParams,
    CyclesParams,
    DependenciesParams,
    ListingParams,
    Targets,
    UnreferencedParams,
)
from isg_server.roots import Root


def llm_context(asking: Asking, params: ContextParams) -> dict[str, Any]:
    """What a language model should know of the targets: `text` in the format asked for, and its `tokens`; with `note`
    where they could not be counted as was asked.
    """
    from isg_server.vocabularies import VocabularyError, chosen

    try:
        tokenizer, note = chosen(params.tokenizer)
    except VocabularyError as problem:
        raise RequestError(str(problem)) from problem
    _, view, refs = _meant(asking, params)
    wanted = frozenset(params.include) or frozenset(Section)
    made = context(view, Request(refs, params.budget, params.hops, params.level, wanted, params.format, tokenizer))
    return {"text": made.text, "tokens": made.tokens, "omitted": made.omitted} | ({"note": note} if note else {})


def blast(asking: Asking, params: BlastRadiusParams) -> dict[str, Any]:
    """What depends on the targets, near ones first."""
    home, view, refs = _meant(asking, params)
    found = blast_radius(view, refs, hops=params.hops, limits=Limits(nodes=params.nodes, stopped=asking.patience.ended))
    encoding = asking.features.encoding
    dependents = [
        {
            "label": label(view, one.ref),
            "hops": one.hops,
            "relation": one.kind.name.lower(),
            "via": label(view, one.via),
            "confidence": one.confidence.name.lower(),
            "test": one.test,
            "location": convert.locations(home, [queries.hit(view, one.ref)], encoding)[0],
        }
        for one in found.ranked(params.limit)
    ]
    levels = [len(sure) + len(maybe) for sure, maybe in found.levels]
    return {"count": found.count, "byHops": levels, "truncated": found.truncated, "dependents": dependents}


def cycles(asking: Asking, params: CyclesParams) -> dict[str, Any]:
    """Every finding, grouped by what ties it together: `knots`, each with its `findings` and what to `cut`."""
    for kind in params.kinds:
        if kind not in KINDS:
            raise RequestError(f"{kind!r} is no kind of finding; there are {', '.join(KINDS)}")
    knots: list[dict[str, Any]] = []
    for root, view in asking.snapshots():
        by_knot: dict[tuple[Any, ...], dict[str, Any]] = {}
        for finding in check(view, params.kinds or USUAL):
            key = finding.code, finding.knot, finding.cut or finding.key
            knot = by_knot.setdefault(key, {"code": finding.code, "size": finding.knot, "cut": [], "findings": []})
            knot["cut"] = [{"source": c.source, "target": c.target, "names": c.names} for c in finding.cut]
            places = [_place(asking, root, view, place) for place in (finding.place, *finding.hops)]
            knot["findings"].append({"cycle": finding.cycle, "severity": finding.severity, "places": places})
        knots += by_knot.values()
    return {"knots": knots}


def module_ties(asking: Asking, params: DependenciesParams) -> dict[str, Any]:
    """The modules that the targets need, or that need them: `modules`."""
    home, view, refs = _meant(asking, params)
    ask = dependencies if params.direction == "dependencies" else dependents
    modules = [
        {
            "label": label(view, tie.module),
            "strength": tie.strength.name.lower(),
            "names": tie.names,
            "location": convert.locations(home, [queries.hit(view, tie.module)], asking.features.encoding)[0],
            "imports": convert.locations(
                home,
                [queries.Hit(view, one.document, one.start, one.end, tie.module) for one in tie.imports],
                asking.features.encoding,
            ),
        }
        for ref in refs
        for tie in ask(view, ref)
    ]
    return {"modules": modules}


def dead_code(asking: Asking, params: UnreferencedParams) -> dict[str, Any]:
    """What nothing refers to, likely dead code first: `candidates`."""
    least, truncated = Likelihood[params.least.upper()], False
    rows: list[dict[str, Any]] = []
    for home, view, within in _listed(asking, params.uri):
        limits = Limits(results=params.limit, stopped=asking.patience.ended)
        found = unreferenced(view, within, least, limits)
        truncated = truncated or found.truncated
        rows += [
            _row(asking, home, view, one.ref) | {"likelihood": one.likelihood.name.lower(), "reasons": one.reasons}
            for one in found.candidates
        ]
    return {"candidates": rows[: params.limit], "truncated": truncated or len(rows) > params.limit}


def entries(asking: Asking, params: ListingParams) -> dict[str, Any]:
    """What custom runs without its being named: `entryPoints`."""
    rows: list[dict[str, Any]] = []
    for home, view, within in _listed(asking, params.uri):
        limits = Limits(results=params.limit + 1, stopped=asking.patience.ended)
        found = entry_points(view, within, limits)
        rows += [_row(asking, home, view, one.ref) | {"custom": one.custom, "test": one.test} for one in found]
    return {"entryPoints": rows[: params.limit], "truncated": len(rows) > params.limit or asking.patience.ended()}


def _listed(asking: Asking, uri: str | None) -> Iterator[tuple[convert.Home, View, list[int] | None]]:
    """The views to list of, each with the documents in it that are wanted; None: all of them."""
    if uri is None:
        yield from ((root, snapshot, None) for root, snapshot in asking.snapshots())
        return
    target = asking.document(uri)
    if target is None:
        raise RequestError(f"{uri} is not indexed")
    yield target.home, target.view, [target.document]


def _row(asking: Asking, home: convert.Home, view: View, ref: Ref) -> dict[str, Any]:
    found = queries.hit(view, ref)
    kind = found.kind.name.lower() if found.kind is not None else "local"
    location = convert.locations(home, [found], asking.features.encoding)[0]
    return {"label": label(view, ref), "kind": kind, "location": location}


def _place(asking: Asking, root: Root, view: View, place: Any) -> dict[str, Any]:
    start, end = place.span(view, asking.features.encoding)
    return {
        "uri": root.uri(place.path(view)),
        "range": {
            "start": {"line": start.line, "character": start.column},
            "end": {"line": end.line, "character": end.column},
        },
        "message": place.message,
    }


def _meant(asking: Asking, params: Targets) -> tuple[convert.Home, View, tuple[Ref, ...]]:
    """The view to ask and the symbols in it. Raises RequestError where there are none."""
    if params.uri is not None:
        return _at(asking, params.uri, params.position)
    for root, snapshot in asking.snapshots():
        refs = _named(snapshot, params.targets)
        if refs:
            return root, snapshot, refs
    names = ", ".join(params.targets)
    raise RequestError(f"no symbol is called {names}" if names else "give a uri, or names as targets")


def _at(asking: Asking, uri: str, position: At | None) -> tuple[convert.Home, View, tuple[Ref, ...]]:
    if position is None:
        target = asking.document(uri)
        if target is None:
            raise RequestError(f"{uri} is not indexed")
        return target.home, target.view, (symbol_ref(target.document, 0),)
    place = asking.place(uri, types.Position(position.line, position.character))
    refs = asking.meant(place) if place is not None else ()
    if place is None or not refs:
        raise RequestError("nothing is known about this place")
    return place.home, place.view, refs


def _named(snapshot: Snapshot, names: Sequence[str]) -> tuple[Ref, ...]:
    return tuple(dict.fromkeys(ref for name in names for ref in queries.lookup(snapshot, name).refs))


Command = tuple[type[msgspec.Struct], Callable[[Asking, Any], dict[str, Any]]]
_COMMANDS: dict[str, Command] = {
    "isg.llmContext": (ContextParams, llm_context),
    "isg.blastRadius": (BlastRadiusParams, blast),
    "isg.cycles": (CyclesParams, cycles),
    "isg.dependencies": (DependenciesParams, module_ties),
    "isg.unreferenced": (UnreferencedParams, dead_code),
    "isg.entryPoints": (ListingParams, entries),
}


def answer(asking: Asking, name: str, arguments: Sequence[Any]) -> msgspec.Raw:
    """What a command gives, as JSON. Raises RequestError for an argument that does not fit, saying what."""
    form, ask = _COMMANDS[name]
    try:
        params = msgspec.convert(plain(arguments[0]) if arguments else {}, form)
    except msgspec.ValidationError as problem:
        raise RequestError(f"{name}: {problem}") from None
    return msgspec.Raw(msgspec.json.encode(ask(asking, params)))
