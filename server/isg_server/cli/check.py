"""`isg check`: looks for cycles. The index is brought up to date first.

Exit codes: 0 nothing found, 1 something found, 2 wrong argument, configuration or file.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isg_server.baseline import read_baseline, write_baseline
from isg_server.cli.opening import add_path, brought_up_to_date, opened
from isg_server.cli.terminal import EXIT_DONE, EXIT_FOUND, Refusal, printable, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isg_analysis.queries.findings import Finding

_PATIENCE = 0.5  # seconds
_FORMATS = ("full", "concise", "json", "sarif", "github", "gitlab")
_KINDS = (
    "import-cycle", "deferred-import-cycle", "type-only-import-cycle", "package-cycle", "dev-package-cycle",
    "inheritance-cycle", "call-cycle", "type-cycle",
)  # fmt: skip
_USUAL = ("import-cycle", "package-cycle", "inheritance-cycle")


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = commands.add_parser("check", parents=[shared], help="look for cycles", description=__doc__)
    add_path(parser)
    parser.add_argument(
        "--output-format",
        choices=_FORMATS,
        default="full",
        metavar="FORMAT",
        help=", ".join(_FORMATS) + " (%(default)s)",
    )
    parser.add_argument(
        "--kind",
        action="append",
        choices=_KINDS,
        metavar="KIND",
        help=f"what to look for, may be repeated: {', '.join(_KINDS)} (default: {' and '.join(_USUAL)})",
    )
    parser.add_argument("--baseline", metavar="FILE", help="leave out the findings that this file lists")
    parser.add_argument("--update-baseline", action="store_true", help="make the file list what is found now")
    parser.add_argument("--jobs", type=_jobs, metavar="N", help="index with N processes instead of one per core")
    parser.add_argument("--exit-zero", action="store_true", help="exit with 0 whatever is found")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Report what is found and not in the baseline."""
    from isg_analysis.queries.check import check
    from isg_server.cli.findings import FORMATS, FindingsReport

    if arguments.update_baseline and arguments.baseline is None:
        raise Refusal("--update-baseline needs --baseline FILE")
    kinds = tuple(dict.fromkeys(arguments.kind or _USUAL))
    with opened(arguments) as workspace:
        brought_up_to_date(workspace, jobs=arguments.jobs, patience=_PATIENCE)
        with workspace.snapshot() as snapshot:
            findings = check(snapshot, kinds)
            new = _against_baseline(findings, arguments)
            report = FindingsReport(snapshot, new, len(findings) - len(new))
            for line in FORMATS[arguments.output_format](report):
                sys.stdout.write(f"{_safe(line, arguments.output_format)}\n")
    return EXIT_FOUND if new and not arguments.exit_zero else EXIT_DONE


def _against_baseline(findings: Sequence[Finding], arguments: argparse.Namespace) -> Sequence[Finding]:
    """The findings that the baseline does not have, after it was updated where that is wanted."""
    if arguments.baseline is None:
        return findings
    path, now = Path(arguments.baseline), {finding.key for finding in findings}
    if arguments.update_baseline:
        write_baseline(path, now)
        say(f"{path}: {len(now)} cycle{'s' * (len(now) != 1)}")
        return ()
    known = read_baseline(path)
    gone = len(known - now)
    if gone:
        say(f"{path}: {gone} of {len(known)} listed no longer occur; --update-baseline takes them out")
    return [finding for finding in findings if finding.key not in known]


def _safe(line: str, output_format: str) -> str:
    """What people read goes without control characters; JSON has escaped them."""
    return printable(line) if output_format in ("full", "concise", "github") else line


def _jobs(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a number of processes from 1 on, not {text!r}")
    return int(text)
