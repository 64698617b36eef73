"""Warm start: from spawning `isg serve` on a complete index to its first references; its memory after 200 requests."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from bench.client import Client
from bench.places import Place, definitions, mentions, used_definition
from bench.running import BenchError, median_of, percentile, private_bytes
from bench.setting import Row, Setting
from isg_analysis import Workspace

SERVE = [sys.executable, "-m", "isg_server.cli", "serve", "--stdio"]
_METHODS = ("textDocument/references", "textDocument/implementation", "textDocument/definition", "textDocument/hover")


def measure(setting: Setting) -> list[Row]:
    """Needs a complete index and the server floor."""
    with Workspace.open(setting.corpus.root, cache=setting.cache) as workspace, workspace.snapshot() as snapshot:
        languages = sorted({language for language, _ in setting.corpus.files})
        documents = [document for language in languages for document in snapshot.documents(language)]
        first = used_definition(snapshot, documents)
        places = mentions(snapshot, documents, 100) + definitions(snapshot, documents, 100)
    seconds = median_of(setting.runs + 2, lambda: _first_answer(setting, first))
    memory, latencies = _after_requests(setting, places)
    above = memory - setting.floors["memory"]
    per_lines = above / setting.corpus.lines * 100_000
    return [
        Row(
            "warm start: spawn to first references",
            f"{seconds:.2f} s",
            setting.ratio(seconds, "server"),
            "<= 1.5 x server",
        ),
        Row(
            "memory above the empty server, after 200 requests",
            f"{above / 1e6:.0f} MB",
            f"{per_lines / 1e6:.1f} MB/100k lines",
            "< 25 MB/100k lines",
        ),
        Row("round trip of these requests, p50 / p99", _milliseconds(latencies, 0.5, 0.99)),
    ]


def _first_answer(setting: Setting, place: Place) -> float:
    began = time.perf_counter()
    with Client(SERVE, setting.corpus.root) as client:
        client.initialize({"cacheDirectory": str(setting.cache)})
        client.open(place.path, place.language)
        found = client.ask("textDocument/references", place.path, place.line, place.character)
        seconds = time.perf_counter() - began
    if not found:
        raise BenchError(f"{place.path}:{place.line + 1}: the warm server found no references where there are some")
    return seconds


def _after_requests(setting: Setting, places: Sequence[Place]) -> tuple[int, list[float]]:
    latencies: list[float] = []
    with Client(SERVE, setting.corpus.root) as client:
        client.initialize({"cacheDirectory": str(setting.cache)})
        for number, place in enumerate(places):
            began = time.perf_counter()
            client.ask(_METHODS[number % len(_METHODS)], place.path, place.line, place.character)
            latencies.append(time.perf_counter() - began)
        return private_bytes(client.pid), latencies


def _milliseconds(seconds: Sequence[float], *ranks: float) -> str:
    return " / ".join(f"{percentile(seconds, rank) * 1000:.1f}" for rank in ranks) + " ms"
