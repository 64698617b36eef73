"""Server floor: from spawning an empty pygls server to its first answer, and the memory it then has."""

from __future__ import annotations

import sys
import time

from bench.client import Client
from bench.running import median_of, private_bytes
from bench.setting import Row, Setting

_COMMAND = [sys.executable, "-m", "bench.empty_server"]


def measure(setting: Setting) -> list[Row]:
    """Puts `server` (seconds) and `memory` (private bytes) into the floors."""
    _, language, path = min((path.stat().st_size, language, path) for language, path in setting.corpus.files)
    opened = path.relative_to(setting.corpus.root).as_posix()
    memory = 0

    def once() -> float:
        nonlocal memory
        began = time.perf_counter()
        with Client(_COMMAND, setting.corpus.root) as client:
            client.initialize({})
            client.open(opened, language)
            client.ask("textDocument/references", opened, 0, 0)
            seconds = time.perf_counter() - began
            memory = private_bytes(client.pid)
        return seconds

    setting.floors["server"] = median_of(setting.runs + 2, once)
    setting.floors["memory"] = memory
    return [
        Row("server floor: empty pygls, spawn to first answer", f"{setting.floors['server']:.2f} s", "1.0 x"),
        Row("memory floor: empty pygls, private", f"{memory / 1e6:.0f} MB"),
    ]
