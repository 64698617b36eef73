"""Questions over stdio: round trips at places spread over the corpus, as a client sees them; the memory afterwards.

The index is complete. Each run is a new server that is asked everything once, requests of all kinds mixed.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any

from bench.client import Client
from bench.places import Place, definitions, mentions
from bench.running import BenchError, private_bytes
from bench.servers import Server, compared, shown
from bench.setting import Row, Setting
from isg_analysis import Workspace

_PLACES = 250
"""Of each kind; a run is four times as many requests."""
_SECONDS = 60.0
"""After so long, a run ends: what it has shown is enough."""
_MUST = {
    "textDocument/definition": "",
    "textDocument/implementation": "",
    "textDocument/references": "p50 <= 5, p95 <= 30 ms",
    "workspace/symbol": "p50 <= 5 ms",
}


def measure(setting: Setting) -> list[Row]:
    """Needs a complete index and the memory floor."""
    with Workspace.open(setting.corpus.root, cache=setting.cache) as workspace, workspace.snapshot() as snapshot:
        languages = sorted({language for language, _ in setting.corpus.files})
        documents = [document for language in languages for document in snapshot.documents(language)]
        used, defined = mentions(snapshot, documents, _PLACES), definitions(snapshot, documents, _PLACES)
    names = [_name(setting, place) for place in defined]
    memory = "private memory above the empty server, after these requests"

    def script(server: Server) -> Mapping[str, str]:
        runs = [_run(server, setting, used, defined, names) for _ in range(setting.runs)]
        values = {
            f"{method}, p50 / p95 / p99": shown([times.get(method, []) for times, _ in runs], 0.5, 0.95, 0.99)
            for method in _MUST
            if all(times.get(method) for times, _ in runs)
        }
        above = statistics.median(size for _, size in runs) - setting.floors["memory"]
        per_lines = above / setting.corpus.lines * 100_000
        return {**values, memory: f"{above / 1e6:.0f} MB, {per_lines / 1e6:.1f} per 100k lines"}

    must = {f"{method}, p50 / p95 / p99": bar for method, bar in _MUST.items()}
    return compared(setting, script, {**must, memory: "< 25 MB per 100k lines"})


def _run(
    server: Server, setting: Setting, used: Sequence[Place], defined: Sequence[Place], names: Sequence[str]
) -> tuple[dict[str, list[float]], int]:
    times: dict[str, list[float]] = {}
    refused: set[str] = set()
    end = time.perf_counter() + _SECONDS
    with server.client(setting.corpus.root) as client:
        client.initialize(server.options)
        for mention, definition, name in zip(used, defined, names, strict=False):
            if time.perf_counter() > end:
                break
            for method, parameters in (
                ("textDocument/definition", _at(client, mention)),
                ("textDocument/implementation", _at(client, definition)),
                ("textDocument/references", {**_at(client, definition), "context": {"includeDeclaration": False}}),
                ("workspace/symbol", {"query": name}),
            ):
                if method in refused:
                    continue
                began = time.perf_counter()
                try:
                    client.request(method, parameters)
                except BenchError:
                    if server.name == "isg":
                        raise
                    refused.add(method)  # a peer need not offer everything
                    times.pop(method, None)
                    continue
                times.setdefault(method, []).append(time.perf_counter() - began)
        return times, private_bytes(client.pid)


def _at(client: Client, place: Place) -> dict[str, Any]:
    uri = client.open_once(place.path, place.language)
    return {"textDocument": {"uri": uri}, "position": {"line": place.line, "character": place.character}}


def _name(setting: Setting, place: Place) -> str:
    """The first letters of the name that stands at a place."""
    with (setting.corpus.root / place.path).open("rb") as file:
        file.seek(place.offset)
        return file.read(4).decode("utf-8", "ignore")
