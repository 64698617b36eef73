"""`isg mcp`: the graph's questions as tools for coding agents, by the Model Context Protocol on stdin and stdout.

The index follows the files while it runs. Ends when the client closes its end.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from isg_server import __version__
from isg_server.cli.opening import add_path, opened
from isg_server.cli.terminal import EXIT_DONE


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = commands.add_parser("mcp", parents=[shared], help="serve tools to a coding agent", description=__doc__)
    add_path(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until the client is gone."""
    from isg_server.serve import take_stdio

    reader, writer = take_stdio()
    sys.stdout = sys.stderr  # from now on for people; the client has a stream of its own
    from isg_server.mcp.freshness import Freshness
    from isg_server.mcp.protocol import Conversation
    from isg_server.mcp.tools import GraphTools

    with opened(arguments) as workspace, Freshness(workspace) as freshness:
        if workspace.root.is_dir():
            os.chdir(workspace.root)  # relative paths are the workspace's, wherever the agent started this
        Conversation(reader, writer, GraphTools(workspace, freshness), __version__).run()
    return EXIT_DONE
