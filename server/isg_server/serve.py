"""`isg serve`: one client, over standard input and output or over TCP.

The real descriptors 0 and 1 are moved away before anything else is imported: a library or a worker that prints or reads
then meets standard error and nothing, instead of the protocol. Returns the exit code: 0 only if `shutdown` came before
`exit`.
"""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from functools import partial
from io import RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING

from isg_server import __version__
from isg_server.logs import Logs

if TYPE_CHECKING:
    from isg_server.compiled import KeptCode
    from isg_server.heap import Tidying
    from isg_server.protocol import Protocol
    from isg_server.server import Server
    from isg_server.transport import MessageQueue

GRACE = 2.0
"""How long what is running may take to stop at the end, in seconds."""
TURN = 0.0005
"""Seconds that a computing thread keeps the interpreter while others wait for it. A message passes through three
threads: at Python's 5 ms, each step would cost that much while the index is being built.
"""
STARTED = 3.0
"""Seconds after which libraries have generated most of what they will: some comes with the first message of a kind."""
COLLECTING = (3_000, 5, 1_000_000)
"""After how many new objects garbage is looked for among the young, after how many of these looks among what outlived
one, and after how many of those among all: never, but while nothing goes on (`_collect`). It would take up to 20 ms,
in which nobody is answered, at a moment when something was just asked.
"""
PIPE = 1 << 20
"""Bytes that may be on their way to the client: a longer answer takes a turn of both processes for each part of it."""
PAUSE = 0.25
"""Seconds that a look among all waits at most for a moment in which nothing is asked."""


def serve_stdio(cache: Path | None = None) -> int:
    """Serves the process that started this one; returns the exit code. `cache`: see `_serve`."""
    reader, writer = take_stdio()
    return _serve(reader, writer, cache)


def serve_tcp(host: str, port: int, cache: Path | None = None) -> int:
    """Listens, serves the first client that connects, and ends with it; returns the exit code. `cache`: see `_serve`.

    Port 0 takes a free one; the address is told on standard error. Raises TransportError if it can't listen there.
    """
    from isg_server.errors import TransportError

    try:
        with socket.create_server((host, port), family=_family(host)) as listening:
            address, bound = listening.getsockname()[:2]
            if not ipaddress.ip_address(address).is_loopback:
                sys.stderr.write("isg: warning: anyone who can reach this address can read the workspace\n")
            sys.stderr.write(f"isg: listening on {address}:{bound}\n")
            sys.stderr.flush()
            connection, _ = listening.accept()
    except OSError as error:
        raise TransportError(f"can't listen on {host}:{port}: {error.strerror or error}") from error
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection:
        stream = connection.makefile("rwb", buffering=0)
        return _serve(stream, stream, cache)


def take_stdio() -> tuple[RawIOBase, RawIOBase]:
    """The streams to the client; descriptor 0 is null from now on, and 1 is standard error."""
    reader = os.fdopen(os.dup(0), "rb", buffering=0)
    writer = os.fdopen(os.dup(1), "wb", buffering=0)
    if sys.platform == "linux":
        import fcntl

        with suppress(OSError):  # no pipe, or the user has many such
            fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, PIPE)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    if sys.platform == "win32":
        import msvcrt

        for stream in (reader, writer):
            msvcrt.setmode(stream.fileno(), os.O_BINARY)
    return reader, writer


def _serve(reader: RawIOBase, writer: RawIOBase, cache: Path | None) -> int:
    """`cache`: the directory for all that is kept, whatever the client's settings say; None leaves it to them."""
    logs = Logs()
    sys.setswitchinterval(TURN)
    gc.disable()  # importing makes many lasting objects: collecting meanwhile finds nothing
    from platformdirs import user_cache_path

    from isg_server.compiled import kept_in
    from isg_server.heap import share_one

    share_one()
    generated = kept_in((cache or user_cache_path("isg", appauthor=False)) / "code")
    generated.begin()
    from isg_server.server import Server

    server = Server(__version__, cache, logs)
    gc.set_threshold(*COLLECTING)
    gc.enable()
    gc.freeze()
    try:
        code, clean = asyncio.run(_converse(server, reader, writer, generated))
    except KeyboardInterrupt:
        return 1
    finally:
        logs.close()
    if not clean:
        sys.stderr.flush()
        os._exit(code)  # a thread that does not stop must not keep the process
    return code


async def _converse(server: Server, reader: RawIOBase, writer: RawIOBase, generated: KeptCode) -> tuple[int, bool]:
    """Handles messages in order until the session is over or the client is gone.

    Returns the exit code and whether everything that was running has stopped.
    """
    from isg_server.heap import Tidying
    from isg_server.transport import FrameReader, FrameWriter

    loop = asyncio.get_running_loop()
    protocol = server.protocol
    protocol.begin(loop)
    if sys.platform != "win32":
        loop.add_signal_handler(signal.SIGTERM, protocol.finish, 1)
    protocol.set_writer(FrameWriter(writer, lambda: protocol.finish(1)))
    queue: MessageQueue = asyncio.Queue()
    FrameReader(reader, loop, queue).start()
    tidying = Tidying(partial(_give_back, server), collect=partial(_collect, server))
    handling = asyncio.ensure_future(_handle(server, queue, tidying))
    settled = loop.call_later(STARTED, loop.run_in_executor, None, _settle, protocol, generated)
    code = await protocol.finished
    handling.cancel()
    tidying.close()
    settled.cancel()
    generated.end()
    try:
        await asyncio.wait_for(protocol.session.close(), GRACE)
    except TimeoutError:
        return code, False
    return code, True


def _settle(protocol: Protocol, generated: KeptCode) -> None:
    """All is imported and generated: what that left behind goes, and what lasts is not looked through again."""
    protocol.make_ready()
    generated.end()
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _give_back(server: Server) -> None:
    """Nothing goes on: gives back memory that only makes the next question faster, and little."""
    from isg_server.heap import give_back

    for root in server.protocol.session.roots:
        root.workspace.rest()
    give_back()


def _collect(server: Server) -> None:
    """Nothing goes on for a while: finds all garbage."""
    server.protocol.session.line.wait_for_rest(time.monotonic() + PAUSE)
    gc.collect()


async def _handle(server: Server, queue: MessageQueue, tidying: Tidying) -> None:
    while (message := await queue.get()) is not None:
        tidying.told()
        server.protocol.receive(message)
        await asyncio.sleep(0)  # a request takes its place in line before the next message is looked at
    server.protocol.finish(1)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
