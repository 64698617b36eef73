"""Questions over stdio: round trips at places spread over the corpus, as a client sees them; the memory afterwards.

The index is complete. Each run is a new server that is asked everything once, requests of all kinds mixed, in an order
that is drawn once: what a slow server has answered when its time is over is a sample of the whole corpus. A fast answer
may be an empty one, so how many had something in them is told too.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bench.client import Client, LostError
from bench.places import Place, definitions, mentions
from bench.running import BenchError, private_bytes
from bench.servers import NOT_OFFERED, Script, Server, compared, shown
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
_REST = 5.0
"""Seconds from the last answer until memory is looked at: servers tidy up when nothing is asked."""
_MEMORY = "private memory of the server and its children, 5 s after these requests"
_ABOVE = "the same above the empty server, per 100,000 lines"


@dataclass(slots=True)
class _Session:
    """One run with one server, by method: the seconds of round trips, and how many answers had something in them.

    `offered`: the methods that it says it answers; `private`: bytes at the end, 0 where it has ended by itself.
    """

    offered: tuple[str, ...]
    times: dict[str, list[float]] = field(default_factory=dict)
    answered: dict[str, int] = field(default_factory=dict)
    private: int = 0


def measure(setting: Setting) -> list[Row]:
    """Needs a complete index and the memory floor."""
    with Workspace.open(setting.corpus.root, cache=setting.cache) as workspace, workspace.snapshot() as snapshot:
        languages = sorted({language for language, _ in setting.corpus.files})
        documents = [document for language in languages for document in snapshot.documents(language)]
        used, defined = mentions(snapshot, documents, _PLACES), definitions(snapshot, documents, _PLACES)
    asked = [(mention, place, _name(setting, place)) for mention, place in zip(used, defined, strict=False)]
    random.Random(1).shuffle(asked)

    def once(server: Server) -> _Session:
        return _run(server, setting, asked)

    def values(runs: Sequence[_Session]) -> Mapping[str, str]:
        cells = {_title(method): _cell(runs, method) for method in _MUST}
        private = statistics.median([run.private for run in runs if run.private] or [0])
        if not private:
            return cells
        per_lines = (private - setting.floors["memory"]) / setting.corpus.lines * 100_000
        return {**cells, _MEMORY: f"{private / 1e6:.0f} MB", _ABOVE: f"{per_lines / 1e6:.1f} MB"}

    must = {_title(method): bar for method, bar in _MUST.items()}
    return compared(setting, Script(once, values), {**must, _ABOVE: "< 25 MB"})


def _title(method: str) -> str:
    return f"{method}, p50 / p95 / p99"


def _cell(runs: Sequence[_Session], method: str) -> str:
    if not any(method in run.offered for run in runs):
        return NOT_OFFERED
    asked = sum(len(run.times.get(method, ())) for run in runs)
    if not asked:
        return "no answer"
    answered = sum(run.answered.get(method, 0) for run in runs) / asked
    return f"{shown([run.times.get(method, []) for run in runs], 0.5, 0.95, 0.99)}, {answered:.0%} not empty"


def _run(server: Server, setting: Setting, asked: Sequence[tuple[Place, Place, str]]) -> _Session:
    with server.client(setting.corpus.root) as client:
        client.initialize(server.options)
        session = _Session(tuple(filter(client.offers, _MUST)))
        try:
            _ask_all(client, server, session, asked)
        except LostError as problem:
            if server.name == "isg":
                raise
            print(f"    {server.name}: {problem}", file=sys.stderr)  # what it has answered by then counts
            with suppress(OSError, BenchError):  # it may have ended
                session.private = private_bytes(client.pid)
            client.abandon()
            return session
        time.sleep(_REST)
        session.private = private_bytes(client.pid)
    return session


def _ask_all(client: Client, server: Server, session: _Session, asked: Sequence[tuple[Place, Place, str]]) -> None:
    end = time.perf_counter() + _SECONDS
    for mention, definition, name in asked:
        if time.perf_counter() > end:
            break
        for method, parameters in (
            ("textDocument/definition", _at(client, mention)),
            ("textDocument/implementation", _at(client, definition)),
            ("textDocument/references", {**_at(client, definition), "context": {"includeDeclaration": False}}),
            ("workspace/symbol", {"query": name}),
        ):
            if method in session.offered:
                _ask(client, server, session, method, parameters)


def _ask(client: Client, server: Server, session: _Session, method: str, parameters: dict[str, Any]) -> None:
    began = time.perf_counter()
    try:
        found = client.request(method, parameters)
    except LostError:
        raise
    except BenchError:
        if server.name == "isg":
            raise
        return  # a peer may fail at one place and not at another
    session.times.setdefault(method, []).append(time.perf_counter() - began)
    session.answered[method] = session.answered.get(method, 0) + bool(found)


def _at(client: Client, place: Place) -> dict[str, Any]:
    uri = client.open_once(place.path, place.language)
    return {"textDocument": {"uri": uri}, "position": {"line": place.line, "character": place.character}}


def _name(setting: Setting, place: Place) -> str:
    """The first letters of the name that stands at a place."""
    with (setting.corpus.root / place.path).open("rb") as file:
        file.seek(place.offset)
        return file.read(4).decode("utf-8", "ignore")
