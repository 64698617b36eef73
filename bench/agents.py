"""Agents: from spawning `isg mcp` on a complete index to the first answer of a tool, and what later answers take."""

from __future__ import annotations

import json
import statistics
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from bench.places import Place, definitions
from bench.running import BenchError, isg, percentile
from bench.setting import Row, Setting
from isg_analysis import Workspace

_CALLS = 50
_REVISION = "2025-06-18"


def measure(setting: Setting) -> list[Row]:
    """Needs a complete index and the server floor."""
    with Workspace.open(setting.corpus.root, cache=setting.cache) as workspace, workspace.snapshot() as snapshot:
        languages = sorted({language for language, _ in setting.corpus.files})
        documents = [number for language in languages for number in snapshot.documents(language)]
        places = definitions(snapshot, documents, _CALLS)
    if not places:
        raise BenchError("this corpus defines no type and no method")
    runs = [_run(setting, places) for _ in range(setting.runs)]
    started = statistics.median(first for first, _ in runs)
    later = [seconds for _, rest in runs for seconds in rest]
    shown = " / ".join(f"{percentile(later, rank) * 1000:.1f}" for rank in (0.5, 0.95))
    return [
        Row("isg mcp: spawn to the first references", f"{started:.2f} s", f"{setting.ratio(started, 'server')} server"),
        Row("isg mcp: references, p50 / p95", f"{shown} ms of {len(later)}"),
    ]


def _run(setting: Setting, places: list[Place]) -> tuple[float, list[float]]:
    """Seconds until the first answer, and of each call after it."""
    began = time.perf_counter()
    command = isg("mcp", str(setting.corpus.root), cache=setting.cache)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        agent = _Agent(process.stdin, process.stdout)
        about = {"name": "isg-bench", "version": "1"}
        agent.ask("initialize", {"protocolVersion": _REVISION, "capabilities": {}, "clientInfo": about})
        agent.tell("notifications/initialized")
        agent.references(places[0])
        first = time.perf_counter() - began
        later = []
        for place in places:
            asked = time.perf_counter()
            agent.references(place)
            later.append(time.perf_counter() - asked)
        process.stdin.close()
    return first, later


class _Agent:
    """One end of a conversation, a message a line."""

    def __init__(self, writer: IO[bytes], reader: IO[bytes]) -> None:
        self._writer, self._reader, self._number = writer, reader, 0

    def tell(self, method: str) -> None:
        self._send({"method": method})

    def ask(self, method: str, params: Mapping[str, Any]) -> Any:
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        line = self._reader.readline()
        answer = json.loads(line) if line else {}
        if "result" not in answer:
            raise BenchError(f"isg mcp: {method}: {answer.get('error', 'no answer')}")
        return answer["result"]

    def references(self, place: Place) -> None:
        target = f"{Path(place.path).as_posix()}:{place.line + 1}:{place.character + 1}"
        found = self.ask("tools/call", {"name": "references", "arguments": {"target": target}})
        if found.get("isError"):
            raise BenchError(f"isg mcp: {target}: {found['content'][0]['text']}")

    def _send(self, message: Mapping[str, Any]) -> None:
        self._writer.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        self._writer.flush()
