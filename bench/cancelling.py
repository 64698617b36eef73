"""Cancelling over stdio: from `$/cancelRequest` to the response, of a request that is worked on and of one that waits
behind it; and from cancelling the former to the answer of a small question, which tells that the work has ended.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from bench.client import Client
from bench.servers import isg_server, shown
from bench.setting import Row, Setting

_TIMES = 50
_BEGUN = 0.02
"""Seconds after which the long request is being worked on and, since it holds up others, not yet left to itself."""
_LONG = ("workspace/executeCommand", {"command": "isg.unreferenced", "arguments": [{"limit": 1_000_000}]})
"""Looks at every symbol. What has ended by then all the same, in a small corpus, does not count."""
_CANCELLED = -32800


@dataclass(slots=True)
class _Seen:
    """Seconds, by what was cancelled."""

    running: list[float] = field(default_factory=list)
    queued: list[float] = field(default_factory=list)
    next: list[float] = field(default_factory=list)


def measure(setting: Setting) -> list[Row]:
    """Needs a complete index."""
    language, path = setting.corpus.files[0]
    server, seen = isg_server(setting.cache), _Seen()
    with server.client(setting.corpus.root) as client:
        client.initialize(server.options)
        uri = client.open_once(path.relative_to(setting.corpus.root).as_posix(), language)
        outline = ("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
        for _ in range(_TIMES):
            _once(client, outline, seen)
    titles = {
        "$/cancelRequest to the response, request running, p50 / p99": seen.running,
        "$/cancelRequest to the response, request queued, p50 / p99": seen.queued,
        "$/cancelRequest to the answer of the next question, p50 / p99": seen.next,
    }
    return [
        Row(title, shown([values], 0.5, 0.99) if values else "had ended", "", "< 50 ms")
        for title, values in titles.items()
    ]


def _once(client: Client, small: tuple[str, Any], seen: _Seen) -> None:
    running = client.send(*_LONG)
    time.sleep(_BEGUN)
    queued = client.send(*small)
    seen.queued += _cancelled(client, queued)
    began = time.perf_counter()
    cancelled = _cancelled(client, running)
    client.request(*small)
    if cancelled:
        seen.running += cancelled
        seen.next.append(time.perf_counter() - began)


def _cancelled(client: Client, number: int) -> list[float]:
    """Seconds from cancelling a request to its response; none where it had been answered by then."""
    began = time.perf_counter()
    client.notify("$/cancelRequest", {"id": number})
    response = client.wait(number)
    seconds = time.perf_counter() - began
    return [seconds] if response.get("error", {}).get("code") == _CANCELLED else []
