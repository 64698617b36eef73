"""`isg clean`: deletes the index of a workspace. The next command that needs one makes it anew."""

from __future__ import annotations

import argparse
from typing import Any

from isg_server.cli.opening import add_path, cache_of, has_index, root_of
from isg_server.cli.terminal import EXIT_DONE, print_line


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = commands.add_parser("clean", parents=[shared], help="delete the index", description=__doc__)
    add_path(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Delete the index if there is one."""
    from isg_analysis import Workspace

    root = root_of(arguments)
    existed = has_index(root, arguments)
    Workspace.clean(root, cache_of(arguments))
    print_line(f"{root}: {'index deleted' if existed else 'there is no index'}")
    return EXIT_DONE
