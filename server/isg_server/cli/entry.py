"""`isg`: reads the arguments, runs one command and turns whatever happens into an exit code."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence

from isg_server import __version__
from isg_server.cli import (
    check,
    clean,
    context,
    doctor,
    dump,
    export,
    index,
    ingest,
    mcp,
    query,
    serve,
    status,
    terminal,
)

_REPORT_TO = "https://github.com/isg-lsp/isg/issues"
_COMMANDS = (serve, mcp, index, ingest, status, query, context, check, export, dump, clean, doctor)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code and never raises. `argv` is without the program's name."""
    terminal.prepare_streams()
    code = terminal.EXIT_DONE
    try:
        code = _run(argv)
        sys.stdout.flush()
    except BrokenPipeError:
        terminal.abandon_stdout()
        return terminal.EXIT_DONE
    except OSError as problem:  # a full disk shows only when the last of the output is written
        terminal.abandon_stdout()
        if code == terminal.EXIT_DONE:
            terminal.say(f"the output can't be written: {problem.strerror or problem}")
        return code or terminal.EXIT_USAGE
    return code


def _run(argv: Sequence[str] | None) -> int:
    try:
        arguments = make_parser().parse_args(argv)
    except SystemExit as ended:  # argparse has printed its help or its complaint
        return ended.code if isinstance(ended.code, int) else terminal.EXIT_USAGE
    try:
        code: int = arguments.run(arguments)
        return code
    except BrokenPipeError:
        raise
    except (KeyboardInterrupt, terminal.Interrupted):
        terminal.say("interrupted; what was indexed so far is kept")
        return terminal.EXIT_INTERRUPTED
    except Exception as problem:
        return _explain(problem, arguments)


def _explain(problem: Exception, arguments: argparse.Namespace) -> int:
    """Say what went wrong in one line; a traceback only where it was asked for."""
    wants_traceback = arguments.traceback or os.environ.get("ISG_TRACEBACK") == "1"
    if wants_traceback:
        traceback.print_exception(problem)
    refusal = _as_refusal(problem)
    if refusal is not None:
        terminal.print_refusal(refusal, as_json=getattr(arguments, "json", False))
        return terminal.EXIT_USAGE
    kind = f"{type(problem).__name__}: {problem}".rstrip(": ")
    how = "" if wants_traceback else " with the output of the same command with --traceback"
    terminal.say(f"internal error: {kind}. Please report it at {_REPORT_TO}{how}")
    return terminal.EXIT_DEFECT


def _as_refusal(problem: Exception) -> terminal.Refusal | None:
    """The problem as something the user can act on, or None for a defect of isg."""
    if isinstance(problem, terminal.Refusal):
        return problem
    if isinstance(problem, OSError):
        where = f"{problem.filename}: " if problem.filename else ""
        return terminal.Refusal(f"{where}{problem.strerror or problem}")
    for module, base in (("isg_analysis.errors", "IsgError"), ("isg_server.errors", "ServerError")):
        if module in sys.modules and isinstance(problem, getattr(sys.modules[module], base)):
            return terminal.Refusal(str(problem))
    return None


def make_parser() -> argparse.ArgumentParser:
    """Every command and option there is; the documentation is checked against it."""
    parser = argparse.ArgumentParser(
        prog="isg",
        description="A language server that keeps the interface signature graph of a workspace.",
        epilog="Exit codes: 0 done, 1 something was found (check, dump --check), 2 wrong argument, configuration or "
        "file, 101 internal error, 130 interrupted.",
    )
    parser.add_argument("--version", action="version", version=f"isg {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    shared = argparse.ArgumentParser(add_help=False)
    group = shared.add_argument_group("for every command")
    group.add_argument(
        "--cache-dir", metavar="DIR", help="where indexes are kept, instead of the user's cache directory"
    )
    group.add_argument("--traceback", action="store_true", help="show where an error came from (also ISG_TRACEBACK=1)")
    for command in _COMMANDS:
        command.add(commands, shared)
    return parser
