"""`isg dump`: writes out what is stored, in a form that is the same for the same files; `--check` examines it instead.

Nothing is indexed: what is shown is what is there. An index that is damaged is reported by `--check` and left as it is.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from isg_server.cli.export import written
from isg_server.cli.opening import add_path, cache_of, has_index, opened, root_of
from isg_server.cli.terminal import EXIT_DONE, EXIT_FOUND, JSON_VERSION, Refusal, printable


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = commands.add_parser("dump", parents=[shared], help="write out or check the index", description=__doc__)
    add_path(parser)
    parser.add_argument("--check", action="store_true", help="examine whether all that is stored fits together")
    parser.add_argument("--format", choices=["text", "json"], default="text", help="json: for a dump, an object a line")
    parser.add_argument("-o", "--output", default="-", metavar="FILE", help='the file to write ("-": standard output)')
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the dump, or what the check has found: then the exit code tells whether it found anything."""
    root = root_of(arguments)
    if not has_index(root, arguments):
        raise Refusal(f"{root}: not indexed yet; `isg index` does it")
    if arguments.check:
        return _check(root, arguments)
    with opened(arguments) as workspace, workspace.snapshot() as snapshot:
        from isg_analysis.workspace.dump import dump, dumped_documents

        if arguments.format == "json":
            _write(arguments.output, _as_json(dumped_documents(snapshot)))
        else:
            _write(arguments.output, map(printable, dump(snapshot)))
    return EXIT_DONE


def _check(root: Path, arguments: argparse.Namespace) -> int:
    from isg_analysis import Workspace
    from isg_analysis.workspace.checking import check_index

    found = check_index(Workspace.location(root, cache_of(arguments)))
    if arguments.format == "json":
        _write(arguments.output, _as_json([{"version": JSON_VERSION, "root": str(root), "broken": found}]))
    else:
        lines = [f"{' '.join(filter(None, (one.table, one.key)))}: expected {one.expected}" for one in found]
        said = f"{len(found)} findings" if found else "all that is stored fits together"
        _write(arguments.output, map(printable, [*lines, f"{root}: {said}"]))
    return EXIT_FOUND if found else EXIT_DONE


def _as_json(objects: Iterable[Any]) -> Iterator[str]:
    import msgspec

    return (msgspec.json.encode(one).decode() for one in objects)


def _write(output: str, lines: Iterable[str]) -> None:
    with written(output) as sink:
        for line in lines:
            sink.write(line.encode("utf-8", "backslashreplace") + b"\n")
