"""MCP over standard input and output: JSON-RPC, one message a line.

Speaks the revisions that begin with `initialize`; a client of a later one falls back to these when it is told that its
first method is not known. Tools are asked one after the other on a thread of their own, so that a ping is answered and
a call is cancelled meanwhile. Written out instead of taken from the protocol's own SDK, which would bring 27 packages
and a second of start-up for what are five methods; the tests speak to it with that SDK where it is installed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import RawIOBase
from typing import Any, Protocol

import msgspec

REVISIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
"""Of the protocol, oldest first."""
_PARSE_ERROR, _INVALID_REQUEST, _METHOD_NOT_FOUND, _INVALID_PARAMS, _INTERNAL = -32700, -32600, -32601, -32602, -32603
_LONGEST_LINE = 1 << 24


class Tools(Protocol):
    """What is offered."""

    instructions: str
    """For the model, about all of them."""

    def listed(self) -> Sequence[Mapping[str, Any]]:
        """Every tool: `name`, `description`, `inputSchema`."""

    def call(self, name: str, arguments: Mapping[str, Any], stopped: Callable[[], bool]) -> str:
        """What a tool says. Raises KeyError for an unknown one, ToolError for what can't be answered."""


class ToolError(Exception):
    """What was asked can't be answered as asked; the sentence is for the model, which may ask otherwise."""


class _Refused(Exception):
    """A request that gets an error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Conversation:
    """With one client. Call `run` once."""

    def __init__(self, reader: RawIOBase, writer: RawIOBase, tools: Tools, version: str) -> None:
        self._reader, self._writer, self._tools, self._version = reader, writer, tools, version
        self._writing = threading.Lock()
        self._running: dict[int | str, threading.Event] = {}
        """Calls that are not answered yet, and whether they are cancelled."""

    def run(self) -> None:
        """Answer until the client closes its end; what it still waits for then is given up."""
        with ThreadPoolExecutor(1, thread_name_prefix="isg-mcp") as worker:
            try:
                for line in _lines(self._reader):
                    self._receive(line, worker)
            finally:
                for stopped in list(self._running.values()):
                    stopped.set()
                worker.shutdown(cancel_futures=True)

    def _receive(self, line: bytes, worker: ThreadPoolExecutor) -> None:
        try:
            message = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._fail(None, _PARSE_ERROR, "not JSON")
            return
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            self._fail(None, _INVALID_REQUEST, "not a JSON-RPC 2.0 message")
            return
        method, params = message.get("method"), message.get("params")
        if not isinstance(method, str):
            return  # an answer; nothing was asked
        params = params if isinstance(params, dict) else {}
        if "id" not in message:
            self._notice(method, params)
            return
        number = message["id"]
        if not isinstance(number, int | str):
            self._fail(None, _INVALID_REQUEST, "an id is a number or a string")
        elif method == "tools/call":
            stopped = self._running[number] = threading.Event()
            worker.submit(self._call, number, params, stopped)
        else:
            self._answer(number, method, params)

    def _notice(self, method: str, params: Mapping[str, Any]) -> None:
        if method == "notifications/cancelled":
            number = params.get("requestId")
            stopped = self._running.get(number) if isinstance(number, int | str) else None
            if stopped is not None:
                stopped.set()

    def _answer(self, number: int | str, method: str, params: Mapping[str, Any]) -> None:
        match method:
            case "initialize":
                self._reply(number, self._greeting(params))
            case "ping":
                self._reply(number, {})
            case "tools/list":
                self._reply(number, {"tools": self._tools.listed()})
            case _:
                self._fail(number, _METHOD_NOT_FOUND, f"there is no method {method}")

    def _greeting(self, params: Mapping[str, Any]) -> dict[str, Any]:
        wanted = params.get("protocolVersion")
        return {
            "protocolVersion": wanted if wanted in REVISIONS else REVISIONS[-1],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "isg", "version": self._version},
            "instructions": self._tools.instructions,
        }

    def _call(self, number: int | str, params: Mapping[str, Any], stopped: threading.Event) -> None:
        try:
            text, failed = self._said(params, stopped)
            if not stopped.is_set():  # nobody waits for the answer to a cancelled call
                self._reply(number, {"content": [{"type": "text", "text": text}], "isError": failed})
        except _Refused as refused:
            self._fail(number, refused.code, refused.message)
        except Exception as problem:  # a defect of ours must not end the conversation
            self._fail(number, _INTERNAL, f"internal error: {type(problem).__name__}: {problem}")
        finally:
            self._running.pop(number, None)

    def _said(self, params: Mapping[str, Any], stopped: threading.Event) -> tuple[str, bool]:
        name, arguments = params.get("name"), params.get("arguments")
        try:
            given = arguments if isinstance(arguments, dict) else {}
            return self._tools.call(str(name), given, stopped.is_set), False
        except KeyError as problem:
            if problem.args != (name,):
                raise
            raise _Refused(_INVALID_PARAMS, f"there is no tool {name}") from None
        except ToolError as problem:
            return str(problem), True

    def _reply(self, number: int | str, result: Mapping[str, Any]) -> None:
        self._write({"jsonrpc": "2.0", "id": number, "result": result})

    def _fail(self, number: int | str | None, code: int, message: str) -> None:
        self._write({"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": message}})

    def _write(self, message: Mapping[str, Any]) -> None:
        waiting = memoryview(msgspec.json.encode(message) + b"\n")
        with self._writing:
            while waiting:
                waiting = waiting[self._writer.write(waiting) or 0 :]


def _lines(reader: RawIOBase) -> Any:
    """The lines of a stream; one that never ends is given up."""
    rest = b""
    while part := reader.read(1 << 16):
        *whole, rest = (rest + part).split(b"\n")
        yield from (line for line in whole if line.strip())
        if len(rest) > _LONGEST_LINE:
            return
