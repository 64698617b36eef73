"""Latency inside the server: queries on one snapshot of a complete index, each at a place not asked about before."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from bench.places import Place, definitions, mentions
from bench.running import percentile
from bench.setting import Row, Setting
from isg_analysis import Workspace, queries
from isg_analysis.context import Request, context
from isg_analysis.model.text import PositionEncoding
from isg_analysis.queries.answer import Limits
from isg_analysis.queries.blast_radius import blast_radius
from isg_analysis.queries.dependencies import dependencies, dependents
from isg_analysis.queries.import_cycles import import_cycles
from isg_analysis.queries.unreferenced import unreferenced
from isg_analysis.resolve.program import is_binding, symbol_ref
from isg_analysis.resolve.view import View
from isg_server import convert, shapes

_PLACES = 500
_LOCATIONS = 1_000
_TIMES = 50
_CONTEXTS = 100
_NODES = 1_000
_WHOLE = 20
_PASSED = object()
"""The answer to a question that is not about what is measured."""


def measure(setting: Setting) -> list[Row]:
    """Needs a complete index."""
    began = time.perf_counter()
    with Workspace.open(setting.corpus.root, cache=setting.cache) as workspace, workspace.snapshot() as snapshot:
        opened = time.perf_counter() - began
        languages = sorted({language for language, _ in setting.corpus.files})
        documents = [document for language in languages for document in snapshot.documents(language)]
        used = mentions(snapshot, documents, _PLACES)
        defined = definitions(snapshot, documents, _PLACES)
    rows = [Row("opening the stored graph", f"{opened * 1000:.1f} ms", "", "< 5 ms")]
    for name, places, ask, must in (
        ("definition", used, _definition, "p50 <= 0.5, p99 <= 2 ms"),
        ("implementation", defined, _implementation, "p50 <= 0.5, p99 <= 2 ms"),
        ("references", defined, _references, ""),
        ("workspace symbols", defined, _symbols, ""),
        ("blast radius up to 1,000 symbols", defined, _blast_radius, "p50 <= 0.5, p99 <= 1 ms"),
        ("the same, its first 100 ranked", defined, _ranked, ""),
        ("callers and callees", defined, _calls, ""),
        ("supertypes and subtypes", defined, _kin, ""),
        ("module dependencies and dependents", defined, _dependencies, ""),
        ("import cycles of a language", defined[:_WHOLE], _cycles, ""),
        ("unreferenced symbols of a document", defined[:_CONTEXTS], _unreferenced, ""),
        ("context of 4,000 tokens", defined[:_CONTEXTS], _context, "p95 <= 50 ms"),
    ):
        rows.append(_row(setting, name, places, ask, must))
    return [*rows, _encoding(setting, [*used, *defined])]


def _row(setting: Setting, name: str, places: Sequence[Place], ask: Callable[[View, Place], Any], must: str) -> Row:
    seconds: list[float] = []
    with Workspace.open(setting.corpus.root, cache=setting.cache) as workspace, workspace.snapshot() as snapshot:
        for place in places:
            began = time.perf_counter()
            if ask(snapshot, place) is _PASSED:
                continue
            seconds.append(time.perf_counter() - began)
    shown = " / ".join(f"{percentile(seconds or [0.0], rank) * 1000:.2f}" for rank in (0.5, 0.95, 0.99))
    return Row(f"{name}, p50 / p95 / p99", f"{shown} ms", "", must)


def _encoding(setting: Setting, places: Sequence[Place]) -> Row:
    """From hits that are known to the bytes of the answer; of the place with the most references."""
    with Workspace.open(setting.corpus.root, cache=setting.cache) as workspace, workspace.snapshot() as snapshot:
        hits = max((_references(snapshot, place).hits for place in places), key=len)[:_LOCATIONS]
        seconds = []
        for _ in range(_TIMES):
            began = time.perf_counter()
            shapes.encoded(convert.locations(_Home(), hits, PositionEncoding.UTF16))
            seconds.append(time.perf_counter() - began)
    what = f"{len(hits):,} locations that are known, as JSON, p50 / p95"
    shown = " / ".join(f"{percentile(seconds, rank) * 1000:.2f}" for rank in (0.5, 0.95))
    return Row(what, f"{shown} ms", "", "1,000 in 5 ms")


class _Home:
    """URIs of a root, as long as most."""

    def uri(self, path: str) -> str:
        return f"file:///home/somebody/project/{path}"


def _definition(view: View, place: Place) -> Any:
    return queries.definition(view, place.document, place.offset)


def _implementation(view: View, place: Place) -> Any:
    return queries.implementations(view, queries.at(view, place.document, place.offset))


def _references(view: View, place: Place) -> Any:
    return queries.references(view, queries.at(view, place.document, place.offset), include_declaration=False)


def _symbols(view: View, place: Place) -> Any:
    symbols = queries.at(view, place.document, place.offset)
    return queries.search(view, queries.hit(view, symbols[0]).name[:4], 100) if symbols else None


def _blast_radius(view: View, place: Place) -> Any:
    """Of what has so many dependents at most: to say so of more costs more."""
    row = list(view.glance(place.document).symbols.name_start).index(place.offset)
    found = blast_radius(view, [symbol_ref(place.document, row)], limits=Limits(nodes=_NODES))
    return _PASSED if found.truncated else found


def _ranked(view: View, place: Place) -> Any:
    found = _blast_radius(view, place)
    return found if found is _PASSED else found.ranked(100)


def _calls(view: View, place: Place) -> Any:
    found = queries.callables(view, queries.at(view, place.document, place.offset))
    return [(queries.callers(view, ref), queries.callees(view, ref)) for ref in found] or _PASSED


def _kin(view: View, place: Place) -> Any:
    found = queries.types(view, queries.at(view, place.document, place.offset))
    return [(queries.supertypes(view, ref), queries.subtypes(view, ref)) for ref in found] or _PASSED


def _dependencies(view: View, place: Place) -> Any:
    module = symbol_ref(place.document, 0)
    return dependencies(view, module), dependents(view, module)


def _cycles(view: View, place: Place) -> Any:
    return import_cycles(view, view.language(place.document))


def _unreferenced(view: View, place: Place) -> Any:
    return unreferenced(view, [place.document])


def _context(view: View, place: Place) -> Any:
    symbols = tuple(ref for ref in queries.at(view, place.document, place.offset) if not is_binding(ref))
    return context(view, Request(symbols, 4_000)) if symbols else _PASSED
