"""A small language client: starts a server, asks, waits for the answer. Synchronous, for one thread.

It does what editors do and no more, so that a measurement is of the server. Server's requests get the
answer "nothing"; notifications are kept in `notifications`.
"""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from bench.running import BenchError

PATIENCE = 120.0
"""Seconds to wait for one answer."""
_PROVIDERS = {
    "textDocument/definition": "definitionProvider",
    "textDocument/implementation": "implementationProvider",
    "textDocument/references": "referencesProvider",
    "workspace/symbol": "workspaceSymbolProvider",
}


class LostError(BenchError):
    """The server has ended or keeps silent: nothing more can be asked of it."""


class Client:
    """One server process. Use it as a context manager: it shuts the server down."""

    def __init__(self, command: Sequence[str], root: Path) -> None:
        """Spawns the server; `initialize` comes next."""
        self.root = root
        self.version = ""
        self._capabilities: dict[str, Any] = {}
        self.notifications: list[dict[str, Any]] = []
        self._next = 0
        self._early: dict[Any, dict[str, Any]] = {}
        """Responses that nobody has waited for yet."""
        self._opened: set[str] = set()
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._incoming: queue.Queue[dict[str, Any] | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self._process.poll() is None:
                self.request("shutdown", None)
                self.notify("exit", None)
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(10)
        finally:
            self._process.kill()
            self._process.wait()

    def abandon(self) -> None:
        """End a server that does not answer any more, without asking it to."""
        self._process.kill()
        self._process.wait()

    def initialize(self, options: dict[str, Any]) -> None:
        """The handshake; from then on it is known what the server offers, and its version if it tells."""
        capabilities = {
            "window": {"workDoneProgress": True},
            "general": {"positionEncodings": ["utf-16"]},
            "workspace": {"configuration": True, "workspaceFolders": True},
            "textDocument": {"documentSymbol": {"hierarchicalDocumentSymbolSupport": True}},
            "experimental": {"serverStatusNotification": True},
        }
        folder = {"uri": self.root.as_uri(), "name": self.root.name}
        found = self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": folder["uri"],
                "workspaceFolders": [folder],
                "capabilities": capabilities,
                "initializationOptions": options,
            },
        )
        self._capabilities = found["capabilities"]
        self.version = (found.get("serverInfo") or {}).get("version") or ""
        self.notify("initialized", {})

    def offers(self, method: str) -> bool:
        """Whether the server says that it answers a question of this sort."""
        return bool(self._capabilities.get(_PROVIDERS[method]))

    def open(self, path: str, language: str) -> str:
        """didOpen with the text on disk; returns the URI."""
        file = self.root / path
        document = {
            "uri": file.as_uri(),
            "languageId": language,
            "version": 1,
            "text": file.read_text("utf-8", "replace"),
        }
        self.notify("textDocument/didOpen", {"textDocument": document})
        self._opened.add(file.as_uri())
        return file.as_uri()

    def open_once(self, path: str, language: str) -> str:
        """Opens a document unless it is open, and waits until the server has taken it in; returns the URI."""
        uri = (self.root / path).as_uri()
        if uri not in self._opened:
            self.open(path, language)
            self.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
        return uri

    def ask(self, method: str, path: str, line: int, character: int) -> Any:
        """A request about a position; references come without the declaration."""
        parameters: dict[str, Any] = {
            "textDocument": {"uri": (self.root / path).as_uri()},
            "position": {"line": line, "character": character},
        }
        if method.endswith("references"):
            parameters["context"] = {"includeDeclaration": False}
        return self.request(method, parameters)

    def request(self, method: str, parameters: Any) -> Any:
        """Send a request and wait for its result. Raises BenchError for an error, LostError for an end or a silence."""
        response = self.wait(self.send(method, parameters), method)
        if "error" in response:
            raise BenchError(f"{method}: {response['error']['message']}")
        return response.get("result")

    def send(self, method: str, parameters: Any) -> int:
        """Send a request; returns its number."""
        self._next += 1
        self._send({"id": self._next, "method": method, "params": parameters})
        return self._next

    def wait(self, number: int, method: str = "a request") -> dict[str, Any]:
        """Wait for the response to a request."""
        while number not in self._early:
            try:
                message = self._incoming.get(timeout=PATIENCE)
            except queue.Empty:
                raise LostError(f"{method}: no answer after {PATIENCE:.0f} s") from None
            if message is None:
                raise LostError(f"{method}: the server has ended")
            if "method" in message:
                self._react(message)
            else:
                self._early[message.get("id")] = message
        return self._early.pop(number)

    def notify(self, method: str, parameters: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": parameters})

    def listen(self, seconds: float) -> bool:
        """Take in the next message, if one comes in time; whether one did."""
        try:
            message = self._incoming.get(timeout=seconds)
        except queue.Empty:
            return False
        if message is None:
            raise BenchError("the server has ended")
        if "method" in message:
            self._react(message)
        return True

    def _react(self, message: dict[str, Any]) -> None:
        if "id" not in message:
            self.notifications.append(message)
            return
        asked = message["params"].get("items") if message["method"] == "workspace/configuration" else None
        self._send({"id": message["id"], "result": [None] * len(asked) if asked is not None else None})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        pipe: IO[bytes] | None = self._process.stdin
        assert pipe is not None
        pipe.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        pipe.flush()

    def _read(self) -> None:
        pipe: IO[bytes] | None = self._process.stdout
        assert pipe is not None
        while header := pipe.readline():
            length = 0
            while header.strip():
                name, _, value = header.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
                header = pipe.readline()
            self._incoming.put(json.loads(pipe.read(length)))
        self._incoming.put(None)
