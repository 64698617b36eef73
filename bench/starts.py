"""Starts: from spawning a server to its first full references, with the index complete and with none.

Peers keep no index: their start is the same each time, and their first answer counts as full.
"""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.places import Place, used_definition
from bench.running import BenchError
from bench.servers import Server, compared, isg_server
from bench.setting import Row, Setting
from isg_analysis import Workspace

_WARM = "start on a complete index: spawn to first full references"
_COLD = "start without an index: spawn to first full references"
_ASKED = "start without an index: answers that were not full before it"


def measure(setting: Setting) -> list[Row]:
    """Needs a complete index and the server floor."""
    with Workspace.open(setting.corpus.root, cache=setting.cache) as workspace, workspace.snapshot() as snapshot:
        languages = sorted({language for language, _ in setting.corpus.files})
        place = used_definition(snapshot, [number for name in languages for number in snapshot.documents(name)])
    full = _started(isg_server(setting.cache), setting.corpus.root, place, 0)[2]

    def warm(server: Server) -> Mapping[str, str]:
        least = full if server.name == "isg" else 1
        seconds = [_started(server, setting.corpus.root, place, least)[0] for _ in range(setting.runs + 2)]
        return {_WARM: f"{statistics.median(seconds):.2f} s"}

    def cold(server: Server) -> Mapping[str, str]:
        if server.name != "isg":
            return {}
        with TemporaryDirectory(prefix="isg-bench-cold-") as cache:
            seconds, short = [], []
            for _ in range(setting.runs):
                shutil.rmtree(cache, ignore_errors=True)
                taken, asked, _ = _started(isg_server(Path(cache)), setting.corpus.root, place, full)
                seconds.append(taken)
                short.append(asked - 1)
        return {_COLD: f"{statistics.median(seconds):.2f} s", _ASKED: f"{statistics.median(short):.0f}"}

    rows = compared(setting, warm, {_WARM: "<= 1.5 x server"}) + compared(setting, cold, {})
    return [_with_ratio(row, setting) for row in rows]


def _with_ratio(row: Row, setting: Setting) -> Row:
    if not row.value.endswith(" s"):
        return row
    ratio = setting.ratio(float(row.value.removesuffix(" s")), "server")
    return Row(row.what, row.value, f"{ratio} server", row.must, row.peers)


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
