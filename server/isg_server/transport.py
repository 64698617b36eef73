"""LSP's base protocol: framed JSON over a pair of byte streams.

Reading happens in a thread of its own, so that neither a slow client nor a long request holds up the other; whole
messages arrive on the event loop in order. What can't be read as JSON arrives as a `Malformed`, and the stream goes on
with the next frame. Knows nothing of what messages mean.
"""

from __future__ import annotations

import asyncio
import json
import select
import threading
from collections.abc import Callable
from dataclasses import dataclass
from io import RawIOBase
from typing import Any

CHUNK = 1 << 16
MAX_MESSAGE = 1 << 30
MAX_HEADER = 1 << 16


@dataclass(frozen=True, slots=True)
class Malformed:
    """A frame whose body is no JSON object (or array); `reason` is one sentence."""

    reason: str


Message = dict[str, Any] | Malformed
"""One incoming message."""
MessageQueue = asyncio.Queue[Message | None]
"""Incoming messages in order; None is the end."""


class FrameReader(threading.Thread):
    """Feeds every message of `stream` to `queue`, then None at the end of the stream.

    `stream` is unbuffered: a thread that hangs in a buffered one keeps its lock, and the interpreter can't exit.
    """

    def __init__(self, stream: RawIOBase, loop: asyncio.AbstractEventLoop, queue: MessageQueue) -> None:
        super().__init__(name="isg-read", daemon=True)
        self._stream, self._loop, self._queue = stream, loop, queue
        self._buffer = bytearray()

    def run(self) -> None:
        """Reads until the stream ends or breaks."""
        try:
            while (length := self._header()) is not None:
                if length < 0:
                    self._put(Malformed("a header without a usable Content-Length"))
                    continue
                while len(self._buffer) < length:
                    self._fill(length - len(self._buffer))
                body = bytes(self._buffer[:length])
                del self._buffer[:length]
                for message in decode(body):
                    self._put(message)
        except (OSError, ValueError, EOFError):  # the stream ended, was closed or reset
            pass
        finally:
            self._put(None)

    def _header(self) -> int | None:
        """The body's length; -1 if the header names none that is sensible; None if it has no end."""
        length, seen = -1, False
        while True:
            while (end := self._buffer.find(b"\n")) < 0:
                if len(self._buffer) > MAX_HEADER:
                    return None
                self._fill(CHUNK)
            line = bytes(self._buffer[:end]).strip()
            del self._buffer[: end + 1]
            if not line:
                if seen:
                    return length
                continue  # stray blank lines between frames
            seen = True
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length" and value.strip().isdigit():
                stated = int(value) if len(value) < 20 else MAX_MESSAGE + 1
                length = stated if stated <= MAX_MESSAGE else -1

    def _fill(self, size: int) -> None:
        data = self._stream.read(max(size, CHUNK))
        if not data:
            raise EOFError
        self._buffer += data

    def _put(self, message: Message | None) -> None:
        try:
            self._loop.call_soon_threadsafe(self._queue.put_nowait, message)
        except RuntimeError:  # the loop is closed: nobody listens any more
            return


class FrameWriter:
    """What pygls writes its frames to. A client that is gone is told once, through `lost`; then output is dropped."""

    def __init__(self, stream: RawIOBase, lost: Callable[[], None]) -> None:
        self._stream, self._lost, self._open = stream, lost, True

    def write(self, data: bytes) -> None:
        """Sends one whole frame."""
        rest = memoryview(data)
        try:
            while self._open and rest:
                written = self._stream.write(rest)
                if written is None:  # the client made the pipe non-blocking, and it is full
                    select.select([], [self._stream], [])
                rest = rest[written or 0 :]
        except (OSError, ValueError):
            self._open = False
            self._lost()

    def close(self) -> None:
        """Stops sending; the stream itself belongs to who opened it."""
        self._open = False


def decode(body: bytes) -> list[Message]:
    """The messages of one body: one, or those of a JSON-RPC batch."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        return [Malformed(f"the message is not JSON: {error}")]
    values = value if isinstance(value, list) and value else [value]
    return [one if isinstance(one, dict) else Malformed("the message is not a JSON object") for one in values]
