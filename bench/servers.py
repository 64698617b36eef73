"""The servers that are measured: isg, and peers that run the same scripts in the same run.

A script is a function of a server that gives a value per row of the table. A peer that does not offer what a script
asks for has no value there; why is said on standard error.
"""

from __future__ import annotations

import shlex
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench.client import Client
from bench.running import BenchError, percentile
from bench.setting import Row, Setting

Script = Callable[["Server"], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Server:
    """A command that serves over stdio, and its initializationOptions."""

    name: str
    command: tuple[str, ...]
    options: dict[str, Any] = field(default_factory=dict)

    def client(self, root: Path) -> Client:
        """A client of a process of its own; to be used as a context manager, and to be initialised with `options`."""
        return Client(self.command, root)


def isg_server(cache: Path) -> Server:
    """isg, with its indexes under `cache`."""
    command = (sys.executable, "-m", "isg_server.cli", "serve", "--stdio")
    return Server("isg", command, {"cacheDirectory": str(cache)})


def peer(command_line: str) -> Server:
    """A peer; called by its command's name."""
    command = tuple(shlex.split(command_line))
    return Server(Path(command[0]).name, command)


def judge_server(command_line: str, options: dict[str, Any]) -> Server:
    """A peer with initializationOptions of its own."""
    return replace(peer(command_line), options=options)


def compared(setting: Setting, script: Script, must: Mapping[str, str], cache: Path | None = None) -> list[Row]:
    """Rows of what a script gives for isg (with the setting's cache or another one) and for each peer."""
    own = script(isg_server(cache or setting.cache))
    peers = [_tried(script, peer(command)) for command in setting.peers]
    return [
        Row(what, value, "", must.get(what, ""), tuple(theirs.get(what, "-") for theirs in peers))
        for what, value in own.items()
    ]


def _tried(script: Script, server: Server) -> Mapping[str, str]:
    print(f"    {server.name} ...", file=sys.stderr)
    try:
        return script(server)
    except (BenchError, OSError) as problem:
        print(f"    {server.name}: {problem}", file=sys.stderr)
        return {}


def shown(runs: Sequence[Sequence[float]], *ranks: float) -> str:
    """Percentiles of each run's seconds, the medians of them over the runs, in milliseconds; and of how many."""
    values = [statistics.median(percentile(run, rank) for run in runs if run) * 1000 for rank in ranks]
    return f"{' / '.join(f'{value:.1f}' for value in values)} ms of {sum(map(len, runs)):,}"
