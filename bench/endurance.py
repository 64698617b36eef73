"""Endurance: the memory of a server after many edits and questions, beside that after the first few.

One session, one edit and one question in turn, over documents that are all opened first and stay open. What the places
are asked is what an editor asks while somebody types: definition, references, implementation, the outline.
"""

from __future__ import annotations

import time
from itertools import cycle
from typing import Any

from bench.client import Client
from bench.places import Place, mentions
from bench.running import private_bytes, resident_bytes
from bench.servers import isg_server
from bench.setting import Row, Setting
from isg_analysis import Workspace

_FIRST, _ALL = 500, 10_000
_DOCUMENTS = 20
_REPEATED = 10
"""Places in one document that are edited before the next document is."""
_REST = 8.0
"""Seconds without an edit or a question before memory is looked at."""
_SECONDS = 300.0
"""After so long it ends: how far it came is told."""
_METHODS = (
    "textDocument/definition",
    "textDocument/references",
    "textDocument/documentSymbol",
    "textDocument/implementation",
)


def measure(setting: Setting) -> list[Row]:
    """Needs a complete index."""
    with Workspace.open(setting.corpus.root, cache=setting.cache) as workspace, workspace.snapshot() as snapshot:
        languages = sorted({language for language, _ in setting.corpus.files})
        documents = [document for language in languages for document in snapshot.documents(language)]
        places = mentions(snapshot, documents[:: max(len(documents) // _DOCUMENTS, 1)][:_DOCUMENTS], 10 * _DOCUMENTS)
    server = isg_server(setting.cache)
    with server.client(setting.corpus.root) as client:
        client.initialize(server.options)
        done, first = _session(client, places)
        resident, private = _memory(client)
    what = f"resident memory after {done:,} edits and as many questions, beside {_FIRST}"
    sizes = f"{resident / 1e6:.0f} MB, private {private / 1e6:.0f} MB"
    return [Row(what, sizes, f"{resident / first[0]:.2f} x, private {private / first[1]:.2f} x", "<= 1.10 x")]


def _memory(client: Client) -> tuple[int, int]:
    """Resident and private memory at rest: what a server does behind the answers is over by then."""
    time.sleep(_REST)
    return resident_bytes(client.pid), private_bytes(client.pid)


def _session(client: Client, places: list[Place]) -> tuple[int, tuple[int, int]]:
    """How many edits were made; resident and private memory after the first ones."""
    first, end, done = (0, 0), time.perf_counter() + _SECONDS, 0
    by_document: dict[str, list[Place]] = {}
    for place in places:
        by_document.setdefault(place.path, []).append(place)
    versions = dict.fromkeys(by_document, 1)
    for path, inside in by_document.items():
        client.open_once(path, inside[0].language)
    methods = cycle(_METHODS)
    for path in cycle(by_document):
        uri = client.open_once(path, by_document[path][0].language)
        for place in (place for place in by_document[path][:_REPEATED] for _ in ("added", "taken away")):
            added = _toggle(client, uri, versions, place)
            client.request(method := next(methods), _parameters(method, uri, place, added))
            done += 1
            if done == _FIRST:
                first = _memory(client)
        if done >= _ALL or (first[0] and time.perf_counter() > end):
            return done, first
    return done, first


def _toggle(client: Client, uri: str, versions: dict[str, int], place: Place) -> int:
    """Types a blank line above the place, and takes it away the next time; how many lines are added now."""
    versions[place.path] += 1
    added = 1 - versions[place.path] % 2
    here, below = {"line": place.line, "character": 0}, {"line": place.line + 1, "character": 0}
    change: dict[str, Any] = {"range": {"start": here, "end": here if added else below}, "text": "\n" * added}
    document = {"uri": uri, "version": versions[place.path]}
    client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
    return added


def _parameters(method: str, uri: str, place: Place, added: int) -> dict[str, Any]:
    parameters: dict[str, Any] = {"textDocument": {"uri": uri}}
    if method != "textDocument/documentSymbol":
        parameters["position"] = {"line": place.line + added, "character": place.character}
    if method == "textDocument/references":
        parameters["context"] = {"includeDeclaration": False}
    return parameters
