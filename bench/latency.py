"""Latency inside the server: queries on one snapshot of a complete index, each at a place not asked about before."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from bench.places import Place, definitions, mentions
from bench.running import percentile
from bench.setting import Row, Setting
from isg_analysis import Workspace, queries
from isg_analysis.model.text import PositionEncoding
from isg_analysis.resolve.view import View
from isg_server import convert, shapes

_PLACES = 500
_LOCATIONS = 1_000
_TIMES = 50


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
    ):
        rows.append(_row(setting, name, places, ask, must))
    return [*rows, _encoding(setting, defined)]


def _row(setting: Setting, name: str, places: Sequence[Place], ask: Callable[[View, Place], Any], must: str) -> Row:
    seconds: list[float] = []
    with Workspace.open(setting.corpus.root, cache=setting.cache) as workspace, workspace.snapshot() as snapshot:
        for place in places:
            began = time.perf_counter()
            ask(snapshot, place)
            seconds.append(time.perf_counter() - began)
    shown = " / ".join(f"{percentile(seconds, rank) * 1000:.2f}" for rank in (0.5, 0.95, 0.99))
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
