"""Findings over stdio: from an edit that makes a cycle of two modules, or breaks it, to the diagnostics that say so.

Two modules of one package are opened, of which the first imports the second and not the other way round; the second
gets an import of the first, and loses it again. The clock stops when the diagnostics of the first file are pushed,
which was not edited.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from bench.client import Client
from bench.running import BenchError
from bench.servers import Server, isg_server, shown
from bench.setting import Row, Setting
from isg_analysis import Workspace
from isg_analysis.graph.modules import ModuleGraph, module_graph
from isg_analysis.model.imports import Strength
from isg_analysis.resolve.program import document_of

_PAIRS, _TIMES = 5, 4
_PATIENCE = 30.0
_QUIET = 0.5
"""Seconds without a message, after which the server has nothing more to say."""


def measure(setting: Setting) -> list[Row]:
    """Needs a complete index. Of Python alone: in Rust modules may need each other. No row where none imports one."""
    pairs = _pairs(setting) if any(language == "python" for language, _ in setting.corpus.files) else []
    if not pairs:
        return []
    seconds = [_run(isg_server(setting.cache), setting, pairs) for _ in range(setting.runs)]
    values = shown(seconds, 0.5, 0.95)
    return [Row("edit to the diagnostics of another file, p50 / p95", values, "", "< 200 ms")]


def _pairs(setting: Setting) -> list[tuple[str, str, str]]:
    """(path of a module, path of one that it imports, how the first is called), spread over the corpus."""
    with Workspace.open(setting.corpus.root, cache=setting.cache) as workspace, workspace.snapshot() as snapshot:
        graph = module_graph(snapshot, "python")
        ties = graph.ties[Strength.RUNTIME]
        found = [
            (
                snapshot.path(document_of(graph.modules[source])),
                snapshot.path(document_of(graph.modules[target])),
                source,
            )
            for source in sorted(ties)
            for target in sorted(ties[source])
            if source not in ties.get(target, ()) and _package(graph, source) == _package(graph, target) != ""
        ]
        step = max(len(found) // _PAIRS, 1)
        return [(first, second, graph.labels[source]) for first, second, source in found[::step][:_PAIRS]]


def _package(graph: ModuleGraph, module: int) -> str:
    """The first part of a module's name, if there are more."""
    return graph.labels[module].partition(".")[0] if "." in graph.labels[module] else ""


def _run(server: Server, setting: Setting, pairs: Sequence[tuple[str, str, str]]) -> list[float]:
    seconds: list[float] = []
    with server.client(setting.corpus.root) as client:
        client.initialize(server.options)
        for first, second, name in pairs:
            watched, edited = (client.open_once(path, "python") for path in (first, second))
            _settle(client)
            for number in range(_TIMES):
                line = f"import {name}\n" if number % 2 == 0 else ""
                before, began = _told(client, watched), time.perf_counter()
                _type(client, edited, number + 2, line)
                while _told(client, watched) == before:
                    if time.perf_counter() - began > _PATIENCE:
                        raise BenchError(f"no news of {first} when an import of {name} came or went in {second}")
                    client.listen(_PATIENCE)
                seconds.append(time.perf_counter() - began)
                _settle(client)
    return seconds


def _settle(client: Client) -> None:
    while client.listen(_QUIET):
        pass


def _told(client: Client, uri: str) -> int:
    """How often diagnostics of a file have come."""
    came = (one for one in client.notifications if one["method"] == "textDocument/publishDiagnostics")
    return sum(one["params"]["uri"] == uri for one in came)


def _type(client: Client, uri: str, version: int, line: str) -> None:
    """Put a line before the first one, or, where none is given, take that away again."""
    end = {"line": 0 if line else 1, "character": 0}
    change = {"range": {"start": {"line": 0, "character": 0}, "end": end}, "text": line}
    client.notify(
        "textDocument/didChange",
        {"textDocument": {"uri": uri, "version": version}, "contentChanges": [change]},
    )
