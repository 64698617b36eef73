"""`isg export`: writes the graph in another tool's format.

SCIP holds the whole workspace, and only what is bound for certain: it can't say that a binding is merely possible. The
other formats hold which module imports which, what lies around a TARGET, or every symbol.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from isg_server import __version__
from isg_server.cli.opening import add_path, brought_up_to_date, opened
from isg_server.cli.terminal import EXIT_DONE, Refusal, say

if TYPE_CHECKING:
    from isg_analysis import Workspace
    from isg_analysis.export.graphs import Graph
    from isg_analysis.resolve.view import View

_PATIENCE = 0.5  # seconds
_FORMATS = ("scip", "json", "dot", "mermaid", "graphml")


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "export", parents=[shared], help="write the graph for other tools", description=__doc__
    )
    parser.add_argument("format", choices=_FORMATS, help="the format")
    parser.add_argument(
        "subject",
        nargs="?",
        metavar="PATH|TARGET",
        help="scip: the workspace; else a module, file or symbol, of which the neighbourhood is written",
    )
    add_path(parser, option=True)
    parser.add_argument("--hops", type=_hops, default=1, metavar="N", help="how far around TARGET (%(default)s)")
    parser.add_argument("--whole", action="store_true", help="every symbol and relation, instead of the modules")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help='the file to write; "-": standard output, the default but for scip'
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Bring the index up to date and write it out, whole or not at all."""
    if arguments.format == "scip":
        if arguments.output is None:
            raise Refusal("where to? Name a file with --output")
        if arguments.subject is not None and arguments.path is not None:
            raise Refusal("give one workspace, not two")
        arguments.path = arguments.subject or arguments.path
    elif arguments.whole and arguments.subject is not None:
        raise Refusal("--whole leaves nothing out: give no TARGET with it")
    with opened(arguments) as workspace:
        brought_up_to_date(workspace, patience=_PATIENCE)
        (_scip if arguments.format == "scip" else _as_graph)(workspace, arguments)
    return EXIT_DONE


def _scip(workspace: Workspace, arguments: argparse.Namespace) -> None:
    from isg_analysis.export.scip import Tool, write_index

    with workspace.snapshot() as snapshot, written(arguments.output) as sink:
        documents = write_index(snapshot, workspace.root, Tool(__version__), sink, between=snapshot.shrink)
    say(f"{documents} documents exported")


def _as_graph(workspace: Workspace, arguments: argparse.Namespace) -> None:
    from isg_analysis.export.graph_formats import FORMATS

    with workspace.snapshot() as snapshot:
        graph = _graph(snapshot, arguments, workspace.root)
    with written(arguments.output or "-") as sink:
        FORMATS[arguments.format](graph, sink)
    cut = "; there are more around it" if graph.truncated else ""
    say(f"{len(graph.nodes)} nodes and {len(graph.edges)} edges exported{cut}")


def _graph(view: View, arguments: argparse.Namespace, root: Path) -> Graph:
    from isg_analysis.export.graphs import is_module, modules, neighbourhood, symbols
    from isg_analysis.resolve.program import is_binding
    from isg_server.cli.targets import meaning_or_file

    if arguments.subject is None:
        return symbols(view) if arguments.whole else modules(view)
    refs = [ref for ref in meaning_or_file(view, arguments.subject, root).refs if not is_binding(ref)]
    if not refs:
        raise Refusal(f"{arguments.subject}: a local is no part of the graph")
    if all(is_module(view, ref) for ref in refs):
        return modules(view, refs, hops=arguments.hops)
    return neighbourhood(view, refs, hops=arguments.hops)


def _hops(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 on, not {text!r}")
    return int(text)


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
