"""The servers that are measured: isg, and peers that run the same scripts in the same run.

A script is run as often as the setting says, each time by every server in turn, so that a machine that grows slower
does so for all of them. What a peer says that it does not offer is called so in its column; where it fails there is no
value, and why is said on standard error.
"""

from __future__ import annotations

import shlex
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from bench.client import Client
from bench.running import BenchError, percentile
from bench.setting import Row, Setting

NOT_OFFERED = "not offered"
"""The value of a peer in a row about a request that its capabilities leave out."""
Run = TypeVar("Run")


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


@dataclass(frozen=True, slots=True)
class Script(Generic[Run]):
    """`once`: what one run with a server gives. `values`: what all runs of one server come to, by row."""

    once: Callable[[Server], Run]
    values: Callable[[Sequence[Run]], Mapping[str, str]]


def compared(setting: Setting, script: Script[Run], must: Mapping[str, str], more_runs: int = 0) -> list[Row]:
    """Rows of what a script gives for isg and for each peer."""
    own, *peers = _interleaved(setting, script.once, setting.runs + more_runs)
    values = [script.values(runs) if runs else {} for runs in peers]
    return [
        Row(what, value, "", must.get(what, ""), tuple(theirs.get(what, "-") for theirs in values))
        for what, value in script.values(own).items()
    ]


def _interleaved(setting: Setting, once: Callable[[Server], Run], times: int) -> list[list[Run]]:
    """What the runs of each server gave, isg's first. A peer that fails is not run again."""
    servers = [isg_server(setting.cache), *map(peer, setting.peers)]
    runs: list[list[Run]] = [[] for _ in servers]
    failed: set[int] = set()
    for _ in range(times):
        for number, server in enumerate(servers):
            if number in failed:
                continue
            try:
                runs[number].append(once(server))
            except (BenchError, OSError) as problem:
                if not number:
                    raise
                print(f"    {server.name}: {problem}", file=sys.stderr)
                failed.add(number)
    return runs


def peer_titles(setting: Setting) -> list[str]:
    """What the peers are called, each with the version that it tells."""
    titles = []
    for server in map(peer, setting.peers):
        try:
            with server.client(setting.corpus.root) as client:
                client.initialize(server.options)
                titles.append(f"{server.name} {client.version}".strip())
        except (BenchError, OSError) as problem:
            print(f"    {server.name}: {problem}", file=sys.stderr)
            titles.append(server.name)
    return titles


def shown(runs: Sequence[Sequence[float]], *ranks: float) -> str:
    """Percentiles of each run's seconds, the medians of them over the runs, in milliseconds; and of how many."""
    if not any(runs):
        return "no answer"
    values = [statistics.median(percentile(run, rank) for run in runs if run) * 1000 for rank in ranks]
    return f"{' / '.join(f'{value:.1f}' for value in values)} ms of {sum(map(len, runs)):,}"
