"""Latency inside the server: queries on one snapshot of a complete index, each at a place not asked about before."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from bench.places import Place, definitions, mentions
from bench.running import percentile
from bench.setting import Row, Setting
from isg_analysis import Workspace, queries
from isg_analysis.resolve.view import View

_PLACES = 500


def measure(setting: Setting) -> list[Row]:
    """Needs a complete index."""
    began = time.perf_counter()
    with Workspace.open(setting.corpus.root, cache=setting.cache) as workspace, workspace.snapshot() as snapshot:
        opened = time.perf_counter() - began
        languages = sorted({language for language, _ in setting.corpus.files})
        documents = [document for language in languages for document in snapshot.documents(language)]
        used = mentions(snapshot, documents, _PLACES)
        defined = definitions(snapshot, documents, _PLACES)
    rows = [Row("opening the stored graph", f"{opened * 1000:.1f} ms", "", "< 500 ms")]
    for name, places, ask, must in (
        ("definition", used, _definition, "p99 < 1 ms"),
        ("implementation", defined, _implementation, "p99 < 1 ms"),
        ("references", defined, _references, ""),
        ("workspace symbols", defined, _symbols, ""),
    ):
        rows.append(_row(setting, name, places, ask, must))
    return rows


def _row(setting: Setting, name: str, places: Sequence[Place], ask: Callable[[View, Place], Any], must: str) -> Row:
    seconds: list[float] = []
    with Workspace.open(setting.corpus.root, cache=setting.cache) as workspace, workspace.snapshot() as snapshot:
        for place in places:
            began = time.perf_counter()
            ask(snapshot, place)
            seconds.append(time.perf_counter() - began)
    shown = " / ".join(f"{percentile(seconds, rank) * 1000:.2f}" for rank in (0.5, 0.95, 0.99))
    return Row(f"{name}, p50 / p95 / p99", f"{shown} ms", "", must)


def _definition(view: View, place: Place) -> Any:
    return queries.definition(view, place.document, place.offset)


def _implementation(view: View, place: Place) -> Any:
    return queries.implementations(view, queries.at(view, place.document, place.offset))


def _references(view: View, place: Place) -> Any:
    return queries.references(view, queries.at(view, place.document, place.offset), include_declaration=False)


def _symbols(view: View, place: Place) -> Any:
    symbols = queries.at(view, place.document, place.offset)
    return queries.search(view, queries.hit(view, symbols[0]).name[:4], 100) if symbols else None
