"""`isg index`: brings the index of a workspace up to date and reports what could not be read."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from isg_server.cli.opening import add_path, brought_up_to_date, opened
from isg_server.cli.terminal import EXIT_DONE, print_json, print_line

if TYPE_CHECKING:
    from pathlib import Path

    from isg_analysis import IndexReport, StageError


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = commands.add_parser("index", parents=[shared], help="bring the index up to date", description=__doc__)
    add_path(parser)
    parser.add_argument("--jobs", type=jobs, metavar="N", help="worker processes (default: one per processor)")
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Index, then print the summary. Files that can't be read are reported and do not fail the command."""
    with opened(arguments) as workspace:
        report = brought_up_to_date(workspace, jobs=arguments.jobs)
        root = workspace.root
    if arguments.json:
        print_json(as_json(root, report))
    else:
        for line in as_lines(root, report):
            print_line(line)
    return EXIT_DONE


def errors_by_stage(errors: list[StageError]) -> Iterator[str]:
    """The error report: one block per stage, by path."""
    stages: dict[str, list[StageError]] = {}
    for error in errors:
        stages.setdefault(error.stage, []).append(error)
    for stage, found in sorted(stages.items()):
        yield f"{stage}: {_counted(len(found), 'problem')}"
        for error in sorted(found, key=lambda error: (error.path, error.message)):
            yield f"  {error.path}: {error.message}"


def as_lines(root: Path, report: IndexReport) -> Iterator[str]:
    """The summary, as people read it."""
    changes = f"{report.extracted} read anew, {report.linked} linked, {report.removed} removed"
    seconds = sum(report.seconds.values())
    yield f"{root}: {_counted(report.documents, 'document')} ({changes}) in {seconds:.2f} s"
    if not report.documents:
        yield "nothing to index: no file of a known language, or all are excluded"
    yield from errors_by_stage(report.errors)


def as_json(root: Path, report: IndexReport) -> dict[str, Any]:
    """The summary, as programs get it."""
    errors = [{"stage": error.stage, "path": error.path, "message": error.message} for error in report.errors]
    return {
        "root": str(root),
        "documents": report.documents,
        "extracted": report.extracted,
        "linked": report.linked,
        "removed": report.removed,
        "errors": errors,
        "seconds": report.seconds,
    }


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def jobs(text: str) -> int:
    """A number of processes. Raises ArgumentTypeError."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a number of processes from 1 on, not {text!r}")
    return int(text)
