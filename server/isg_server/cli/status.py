"""`isg status`: what the index of a workspace holds, how large it is and how long the last run took."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from isg_server.cli.index import errors_by_stage
from isg_server.cli.opening import add_path, has_index, opened, root_of
from isg_server.cli.terminal import EXIT_DONE, print_json, print_line

if TYPE_CHECKING:
    from pathlib import Path

    from isg_analysis import Status

_COUNT_WIDTH = 9


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = commands.add_parser("status", parents=[shared], help="say what the index holds", description=__doc__)
    add_path(parser)
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Report what is stored. Nothing is indexed, and a workspace without an index gets none."""
    root = root_of(arguments)
    if not has_index(root, arguments):
        if arguments.json:
            print_json({"root": str(root), "indexed": False})
        else:
            print_line(f"{root}: not indexed yet; `isg index` does it")
        return EXIT_DONE
    with opened(arguments) as workspace:
        status = workspace.status()
    if arguments.json:
        import msgspec

        print_json({"root": str(root), "indexed": True, **msgspec.to_builtins(status)})
    else:
        for line in _lines(root, status):
            print_line(line)
    return EXIT_DONE


def _lines(root: Path, status: Status) -> Iterator[str]:
    yield f"{root}"
    yield f"index: {status.location}, {status.size_bytes / 1e6:.1f} MB"
    documents = sum(status.documents.values())
    if status.linked < documents:
        yield f"linked: {status.linked:,} of {documents:,} documents so far"
    yield from _table("documents", status.documents)
    for language, held in status.languages.items():
        yield from _table(f"{language} symbols", held.symbols)
        yield from _table(f"{language} relations", held.relations)
    if status.seconds:
        yield "last run"
        yield from (f"  {seconds:>{_COUNT_WIDTH}.2f} s  {stage}" for stage, seconds in status.seconds.items())
    if status.versions:
        yield "versions"
        yield from (f"  {name} {version}" for name, version in sorted(status.versions.items()))
    yield from errors_by_stage(status.errors)


def _table(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    yield f"{title}: {sum(counts.values()):,}"
    for name, count in sorted(counts.items(), key=lambda row: (-row[1], row[0])):
        yield f"  {count:>{_COUNT_WIDTH},}  {name}"
