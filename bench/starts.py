"""Starts: from spawning a server to its first full references, with the index complete and with none.

Full is what the server itself gives at rest. Peers keep no index: their start is the same each time.
"""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.client import PATIENCE
from bench.places import Place, used_definition
from bench.running import BenchError
from bench.servers import Script, Server, compared, isg_server
from bench.setting import Row, Setting
from isg_analysis import Workspace

_WARM = "start on a complete index: spawn to first full references"
_COLD = "start without an index: spawn to first full references"
_ASKED = "start without an index: answers that were not full before it"
_REST = 5.0
"""Seconds in which a server's answer stays the same when it is at rest."""


def measure(setting: Setting) -> list[Row]:
    """Needs a complete index and the server floor."""
    with Workspace.open(setting.corpus.root, cache=setting.cache) as workspace, workspace.snapshot() as snapshot:
        languages = sorted({language for language, _ in setting.corpus.files})
        place = used_definition(snapshot, [number for name in languages for number in snapshot.documents(name)])
    full: dict[str, int] = {}

    def once(server: Server) -> float:
        if server.name not in full:
            full[server.name] = _at_rest(server, setting.corpus.root, place)
        return _started(server, setting.corpus.root, place, full[server.name])[0]

    def values(runs: Sequence[float]) -> Mapping[str, str]:
        return {_WARM: f"{statistics.median(runs):.2f} s"}

    (warm,) = compared(setting, Script(once, values), {_WARM: "<= 1.5 x server"}, more_runs=2)
    return [_with_ratio(warm, setting), *_cold(setting, place, full["isg"], warm.peers)]


def _cold(setting: Setting, place: Place, full: int, peers: tuple[str, ...]) -> list[Row]:
    """Of isg; the peers' values are those of the other start."""
    with TemporaryDirectory(prefix="isg-bench-cold-") as cache:
        seconds, short = [], []
        for _ in range(setting.runs):
            shutil.rmtree(cache, ignore_errors=True)
            taken, asked, _ = _started(isg_server(Path(cache)), setting.corpus.root, place, full)
            seconds.append(taken)
            short.append(asked - 1)
    cold = Row(_COLD, f"{statistics.median(seconds):.2f} s", peers=peers)
    return [_with_ratio(cold, setting), Row(_ASKED, f"{statistics.median(short):.0f}", peers=("-",) * len(peers))]


def _with_ratio(row: Row, setting: Setting) -> Row:
    ratio = setting.ratio(float(row.value.removesuffix(" s")), "server")
    return replace(row, ratio=f"{ratio} server")


def _at_rest(server: Server, root: Path, place: Place) -> int:
    """How many places it gives when the answer does not change any more."""
    with server.client(root) as client:
        client.initialize(server.options)
        client.open(place.path, place.language)
        count, since = 0, time.perf_counter()
        while not count or time.perf_counter() - since < _REST:
            found = client.ask("textDocument/references", place.path, place.line, place.character) or ()
            if len(found) != count:
                count, since = len(found), time.perf_counter()
            elif not count and time.perf_counter() - since > PATIENCE:
                raise BenchError(f"{server.name}: {place.path}:{place.line + 1}: no references")
            time.sleep(0.1)
    return count


def _started(server: Server, root: Path, place: Place, least: int) -> tuple[float, int, int]:
    """Seconds until an answer with at least so many places; how often that was asked for; how many they were."""
    began = time.perf_counter()
    with server.client(root) as client:
        client.initialize(server.options)
        client.open(place.path, place.language)
        for asked in range(1, 10_000):
            found = client.ask("textDocument/references", place.path, place.line, place.character) or ()
            if len(found) >= least:
                return time.perf_counter() - began, asked, len(found)
            time.sleep(0.01)
    raise BenchError(f"{server.name}: {place.path}:{place.line + 1}: never {least} references")
