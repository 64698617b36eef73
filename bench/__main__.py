"""`python -m bench [CORPUS ...]`: measures isg and prints one table per corpus."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

from bench import (
    agents,
    cancelling,
    cold_index,
    editor_starts,
    edits,
    endurance,
    findings,
    ingesting,
    latency,
    parse_floor,
    questions,
    second_index,
    server_floor,
    starts,
)
from bench.corpus import corpus
from bench.running import BenchError
from bench.servers import peer_titles
from bench.setting import Row, Setting
from bench.table import heading, table

DEFAULT_CORPORA = ("django==5.2.8", str(Path(__file__).parent.parent / "tests" / "workspaces" / "sift"))
# The floors first; then what makes the index before what reads it.
_FLOORS = (parse_floor, server_floor, cold_index)
_MEASUREMENTS = (
    second_index,
    starts,
    editor_starts,
    questions,
    edits,
    cancelling,
    findings,
    agents,
    ingesting,
    latency,
)
_WHEN_ASKED = (endurance,)


def _name_of(measurement: ModuleType) -> str:
    return measurement.__name__.removeprefix("bench.")


def main() -> int:
    """Measure; 2 when a measurement can't be made."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "corpora", nargs="*", metavar="CORPUS", default=DEFAULT_CORPORA, help="a directory or name==version"
    )
    parser.add_argument("--runs", type=int, default=3, help="measure so many times and take the median (default: 3)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: one per core)")
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="COMMAND",
        help="measure this language server too, where it can do what is asked; may be repeated",
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        choices=sorted(map(_name_of, (*_MEASUREMENTS, *_WHEN_ASKED))),
        help="beside the floors and the cold index, measure only this; may be repeated",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there, too")
    arguments = parser.parse_args()
    record = []
    try:
        for name in arguments.corpora or DEFAULT_CORPORA:
            title, peers, rows = _measured(name, arguments.runs, arguments.jobs, tuple(arguments.peer), arguments.only)
            record.append({"corpus": title, "peers": peers, "rows": [asdict(row) for row in rows]})
    except BenchError as problem:
        print(f"bench: {problem}", file=sys.stderr)
        return 2
    if arguments.json:
        arguments.json.write_text(json.dumps(record, indent=2) + "\n")
    return 0


def _measured(
    name: str, runs: int, jobs: int, peers: tuple[str, ...], only: Collection[str]
) -> tuple[str, list[str], list[Row]]:
    with tempfile.TemporaryDirectory(prefix="isg-bench-") as scratch:
        setting = Setting(corpus(name, Path(scratch)), Path(scratch) / "cache", runs, jobs, peers)
        print(heading(setting))
        rows: list[Row] = []
        known = (*_MEASUREMENTS, *_WHEN_ASKED)
        wanted = [one for one in known if _name_of(one) in only] if only else _MEASUREMENTS
        for measurement in (*_FLOORS, *wanted):
            print(f"  measuring {_name_of(measurement)} ...", file=sys.stderr)
            rows += measurement.measure(setting)
        titles = peer_titles(setting)
    print(table(rows, titles), end="\n\n")
    return heading(setting), titles, rows


if __name__ == "__main__":
    sys.exit(main())
