"""Measures how far two SCIP indexes of one tree agree, by kind of symbol, with the classes of disagreement.

    python -m bench.agreement OURS.scip ORACLE.scip [--root CORPUS]
    python -m bench.agreement --corpus CORPUS --judge rust-analyzer --into DIRECTORY

The second form makes the indexes first: ours with isg, the oracle's with the judge (kept, so that the next run only
makes ours).
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import cache
from pathlib import Path

from bench.agreement.compare import Texts, compare
from bench.agreement.index import read_index
from bench.agreement.indexers import index_with_isg, index_with_judge, judge_command
from bench.agreement.report import record, shown
from bench.corpus import corpus
from bench.running import BenchError


def main() -> int:
    """Print the tables; 2 when there is nothing to compare."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.agreement", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("indexes", nargs="*", type=Path, metavar="SCIP", help="ours, then the oracle's")
    parser.add_argument("--corpus", help="make the indexes: a directory or name==version")
    parser.add_argument(
        "--judge", help="rust-analyzer, scip-python, a path to one, or a command with {corpus} {output}"
    )
    parser.add_argument("--into", type=Path, help="where the indexes that are made are kept")
    parser.add_argument("--root", type=Path, help="the tree: tells operators from names")
    parser.add_argument("--under", default="", help="only documents whose path starts with this")
    parser.add_argument("--examples", type=int, default=3, help="of each class (default: 3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    arguments = parser.parse_args()
    try:
        ours, oracle, root = _indexes(arguments)
    except BenchError as problem:
        print(f"bench.agreement: {problem}", file=sys.stderr)
        return 2
    texts = _texts(root) if root is not None else None
    found = compare(read_index(ours, arguments.under), read_index(oracle, arguments.under), texts)
    print(shown(found, arguments.examples))
    if arguments.json:
        arguments.json.write_text(json.dumps(record(found), indent=1) + "\n")
    return 0


def _indexes(arguments: argparse.Namespace) -> tuple[Path, Path, Path | None]:
    """Our index, the oracle's, and the tree if it is known. Raises BenchError."""
    if arguments.corpus is None:
        if len(arguments.indexes) != 2:
            raise BenchError("two indexes to compare, or --corpus")
        return arguments.indexes[0], arguments.indexes[1], arguments.root
    if arguments.judge is None or arguments.into is None:
        raise BenchError("--corpus needs --judge and --into")
    command = judge_command(arguments.judge)
    tree = corpus(arguments.corpus)
    arguments.into.mkdir(parents=True, exist_ok=True)
    into = arguments.into.resolve()
    ours, oracle = into / f"{tree.root.name}.isg.scip", into / f"{tree.root.name}.scip"
    if not oracle.is_file():
        index_with_judge(command, tree.root, oracle)
    index_with_isg(tree.root, ours)
    return ours, oracle, tree.root


def _texts(root: Path) -> Texts:
    """Reads each document once."""

    @cache
    def lines(path: str) -> list[str]:
        return (root / path).read_text("utf-8", "replace").split("\n")

    return lines


if __name__ == "__main__":
    sys.exit(main())
