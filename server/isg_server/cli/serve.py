"""`isg serve`: the language server, over standard input and output or a TCP port."""

from __future__ import annotations

import argparse
from typing import Any

from isg_server.cli.opening import cache_of
from isg_server.cli.terminal import EXIT_DONE, Refusal

_LOOPBACK = "127.0.0.1"


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the command. `--stdio` may come more than once, and editors pass their process id: accept both."""
    parser = commands.add_parser("serve", parents=[shared], help="run the language server", description=__doc__)
    transport = parser.add_mutually_exclusive_group()
    transport.add_argument("--stdio", action="store_true", help="speak over standard input and output (the default)")
    transport.add_argument("--tcp", metavar="HOST:PORT", help="listen on a port; HOST is 127.0.0.1 when left out")
    parser.add_argument("--clientProcessId", dest="client_process_id", type=int, metavar="PID", help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until the client says exit."""
    address = address_of(arguments.tcp) if arguments.tcp is not None else None
    from isg_server.serve import serve_stdio, serve_tcp

    cache = cache_of(arguments)
    code = serve_stdio(cache) if address is None else serve_tcp(*address, cache)
    return EXIT_DONE if code is None else code


def address_of(text: str) -> tuple[str, int]:
    """HOST:PORT, [IPv6]:PORT, :PORT or PORT. Raises Refusal."""
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise Refusal(f"--tcp {text}: expected HOST:PORT with a port from 0 to 65535")
    return host.removeprefix("[").removesuffix("]") or _LOOPBACK, int(port)
