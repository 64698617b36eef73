"""`isg ingest`: makes a code dump, as gitingest and repomix write it, a workspace, without unpacking it.

What breaks the dump's form is reported by line, and all else is indexed. From then on the dump's name, or DIR, is the
PATH of every other command.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isg_server.cli import index
from isg_server.cli.opening import brought_up_to_date, cache_of, opened
from isg_server.cli.terminal import EXIT_DONE, Refusal, print_json, print_line, say

if TYPE_CHECKING:
    from isg_analysis import IndexReport


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "ingest", parents=[shared], help="index a code dump without unpacking it", description=__doc__
    )
    parser.add_argument("path", metavar="DUMP", help="what gitingest or repomix wrote")
    parser.add_argument("--output", metavar="DIR", help="keep the index in this new directory, not in the cache")
    parser.add_argument("--jobs", type=index.jobs, metavar="N", help="worker processes (default: one per processor)")
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Index, then print the summary. A dump that is malformed in places does not fail the command."""
    dump = Path(arguments.path).expanduser()
    if not dump.is_file():
        raise Refusal(f"{arguments.path}: {'not a file' if dump.exists() else 'there is no such file'}")
    if arguments.output is not None:
        _put_aside(arguments, dump)
    with opened(arguments) as workspace:
        report = brought_up_to_date(workspace, jobs=arguments.jobs)
        root = workspace.root
    _print(arguments, root, report)
    return EXIT_DONE


def _put_aside(arguments: argparse.Namespace, dump: Path) -> None:
    """Make the directory that was asked for, and ask for it as the later commands will."""
    from isg_analysis.workspace.ingested import remember
    from isg_analysis.workspace.source import checked_source

    checked_source(dump)
    directory = Path(arguments.output).expanduser()
    remember(directory, dump, cache_of(arguments))
    arguments.path = str(directory)


def _print(arguments: argparse.Namespace, root: Path, report: IndexReport) -> None:
    if arguments.json:
        print_json(index.as_json(root, report) | {"path": arguments.path})
        return
    for line in index.as_lines(root, report):
        print_line(line)
    say(f"ask it with --path {arguments.path}")
