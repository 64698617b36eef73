"""A client that writes bytes: for what no well-behaved client library would send."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

SECONDS = 30


class Wire:
    """One server process, spoken to by hand. What is not waited for is kept in `passed`."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        assert process.stdin is not None
        assert process.stdout is not None
        self.input: IO[bytes] = process.stdin
        self.output: IO[bytes] = process.stdout
        self.passed: list[dict[str, Any]] = []

    def send(self, message: Any) -> None:
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        self.input.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.input.flush()

    def notify(self, method: str, params: Any = None) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, identifier: int, method: str, params: Any = None) -> dict[str, Any]:
        """Sends a request and waits for what answers it."""
        self.send({"jsonrpc": "2.0", "id": identifier, "method": method, "params": params})
        return self.answer(identifier)

    def answer(self, identifier: int | None) -> dict[str, Any]:
        """The next response with this id."""
        while True:
            message = self.read()
            if "method" not in message and message.get("id") == identifier:
                return message
            self.passed.append(message)

    def read(self) -> dict[str, Any]:
        """The next message of any kind."""
        length = 0
        while line := self.output.readline().strip():
            name, _, value = line.partition(b":")
            if name == b"Content-Length":
                length = int(value)
        assert length, "the server ended"
        message: dict[str, Any] = json.loads(self.output.read(length))
        return message

    def initialize(self, folder: Path | None = None, **more: Any) -> dict[str, Any]:
        uri = folder.as_uri() if folder is not None else None
        params = {"processId": None, "rootUri": uri, "capabilities": {}} | more
        response = self.request(0, "initialize", params)
        self.notify("initialized", {})
        return response

    def exit_code(self) -> int:
        self.input.close()
        return self.process.wait(SECONDS)


@contextmanager
def started(command: tuple[str, ...], environment: dict[str, str]) -> Iterator[Wire]:
    """A server process; killed at the end if it is still there."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
    try:
        yield Wire(process)
    finally:
        process.kill()
        process.wait(SECONDS)
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
