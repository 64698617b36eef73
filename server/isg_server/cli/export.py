"""`isg export`: writes the graph in another tool's format. There is one: SCIP.

Only what is bound for certain is exported: SCIP can't say that a binding is merely possible.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from isg_server import __version__
from isg_server.cli.opening import add_path, brought_up_to_date, opened
from isg_server.cli.terminal import EXIT_DONE, Refusal, say

_PATIENCE = 0.5  # seconds


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = commands.add_parser("export", parents=[shared], help="write the graph as SCIP", description=__doc__)
    parser.add_argument("format", choices=["scip"], help="the format")
    add_path(parser)
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help='the file to write; "-": standard output')
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Bring the index up to date and write it out, whole or not at all."""
    from isg_analysis.export.scip import Tool, write_index

    with opened(arguments) as workspace:
        brought_up_to_date(workspace, patience=_PATIENCE)
        with workspace.snapshot() as snapshot, written(arguments.output) as sink:
            documents = write_index(snapshot, workspace.root, Tool(__version__), sink, between=snapshot.shrink)
    say(f"{documents} documents exported")
    return EXIT_DONE


@contextmanager
def written(output: str) -> Iterator[BinaryIO]:
    """Where to write; a file takes its name only when all is in it. Raises Refusal."""
    if output == "-":
        yield sys.stdout.buffer
        return
    target = Path(output)
    if target.is_dir():
        raise Refusal(f"{output}: is a directory")
    if not target.parent.is_dir():
        raise Refusal(f"{target.parent}: there is no such directory")
    if target.exists() and not target.is_file():  # a device or a pipe can't be replaced, only written to
        with target.open("wb") as sink:
            yield sink
        return
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as sink:
            yield sink
        os.chmod(name, _usual_mode())
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _usual_mode() -> int:
    """The mode of a newly made file; mkstemp's own is private."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
