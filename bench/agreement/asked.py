"""Asked: a language server that has taken its workspace in, and its answers as sets of places.

What lies outside of the corpus is left out, so that servers which read dependencies and servers which do not compare.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.agreement.sampling import DEFINITION, REFERENCES
from bench.client import Client, LostError
from bench.places import Place
from bench.running import BenchError
from bench.servers import Server
from isg_server.uris import to_path

Spot = tuple[str, int, int]
"""A path, a line and a column as LSP counts."""

_STATUS = "experimental/serverStatus"
_SETTLING = 3.0
"""Seconds without any progress under way after which a server that does not tell its status counts as ready."""
_TRIES = 5


class Asked:
    """A context manager: the server runs inside."""

    def __init__(self, server: Server, root: Path, documents: Collection[str]) -> None:
        self.name = server.name
        self._server, self._root, self._documents = server, root, frozenset(documents)
        self._client = server.client(root)

    def __enter__(self) -> Self:
        self._client.__enter__()
        self._client.initialize(self._server.options)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(subprocess.TimeoutExpired, BenchError):  # a judge that does not end in time is killed
            self._client.__exit__(kind, value, trace)

    def wait(self, first: Place, seconds: float) -> float:
        """Waits until the server says that it is ready, or nothing has been under way for a while; the seconds it took.

        Raises BenchError when it does not get there in time.
        """
        began = quiet = time.monotonic()
        while time.monotonic() - began < seconds:
            self.answer(DEFINITION, first)
            busy = _busy(self._client)
            if busy is None and time.monotonic() - quiet > _SETTLING:
                return time.monotonic() - began
            if busy is False:
                return time.monotonic() - began
            if busy:
                quiet = time.monotonic()
            time.sleep(0.5)
        raise BenchError(f"{self.name}: not ready after {seconds:.0f} s")

    def verdict(self, request: str, place: Place) -> frozenset[Spot] | None:
        """The places that it gives; None where it does not know what stands there at all."""
        known = self.answer(DEFINITION, place)
        if known is None or request == DEFINITION:
            return known
        return self.answer(request, place) or frozenset()

    def knows(self, spot: Spot, language: str) -> bool:
        """Whether it knows what stands at a place."""
        path, line, character = spot
        return self.answer(DEFINITION, Place(path, language, -1, -1, line, character)) is not None

    def answer(self, request: str, place: Place) -> frozenset[Spot] | None:
        """The places in the corpus that it gives; None where it says nothing at all, or fails."""
        uri = self._client.open_once(place.path, place.language)
        parameters: dict[str, Any] = {
            "textDocument": {"uri": uri},
            "position": {"line": place.line, "character": place.character},
        }
        if request == REFERENCES:
            parameters["context"] = {"includeDeclaration": False}
        found = self._tried(request, parameters)
        if not found:
            return None
        spots = (self._spot(one) for one in (found if isinstance(found, list) else [found]))
        return frozenset(spot for spot in spots if spot is not None)

    def _tried(self, request: str, parameters: Any) -> Any:
        """The result; some servers refuse while they take an edit in."""
        for _ in range(_TRIES):
            try:
                return self._client.request(request, parameters)
            except LostError:
                raise
            except BenchError:
                time.sleep(0.2)
        return None

    def _spot(self, location: dict[str, Any]) -> Spot | None:
        uri = location.get("targetUri") or location["uri"]
        start = (location.get("targetSelectionRange") or location["range"])["start"]
        path = to_path(uri)
        if path is None or not path.is_relative_to(self._root):
            return None
        relative = path.relative_to(self._root).as_posix()
        return (relative, start["line"], start["character"]) if relative in self._documents else None


def _busy(client: Client) -> bool | None:
    """Whether the server says that it is working; None where it does not say and has no progress under way."""
    status = [message["params"] for message in client.notifications if message["method"] == _STATUS]
    if status:
        return not status[-1].get("quiescent", True)
    tokens: set[Any] = set()
    for message in client.notifications:
        if message["method"] == "$/progress":
            kind = message["params"]["value"].get("kind")
            (tokens.discard if kind == "end" else tokens.add)(message["params"]["token"])
    return True if tokens else None
