"""Indexers: makes the two indexes of a corpus, isg's own and a judge's, where the corpus is copied to.

A judge is a command line with `{corpus}` and `{output}` in it. It may write into the corpus and need the network
(Cargo and pip do), hence the copy.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

from bench.running import TIMEOUT, BenchError, isg, run

JUDGES = {
    "rust-analyzer": "rust-analyzer scip {corpus} --output {output}",
    "scip-python": "scip-python index --cwd {corpus} --project-name corpus --output {output}",
}
"""By name: the command lines of the judges we know. Their first word is looked up in PATH."""
_IGNORED = shutil.ignore_patterns("target", ".git", "node_modules", ".venv")


def judge_command(text: str) -> str:
    """The command line of a judge by name, by path (`/opt/bin/rust-analyzer`), or as it is. Raises BenchError."""
    if "{output}" in text:
        return text
    known = JUDGES.get(Path(text).name)
    if known is None:
        raise BenchError(f"{text}: neither one of {', '.join(JUDGES)} nor a command with {{corpus}} and {{output}}")
    return shlex.quote(text) + known[known.index(" ") :]


def index_with_judge(command: str, corpus: Path, output: Path) -> None:
    """Run a judge on a copy of a corpus. Raises BenchError when it makes no index."""
    copy = output.with_suffix(".corpus")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(corpus, copy, ignore=_IGNORED, symlinks=True)
    words = [word.format(corpus=copy, output=output) for word in shlex.split(command)]
    try:
        with output.with_suffix(".log").open("wb") as log:
            subprocess.run(words, cwd=copy, stdout=log, stderr=log, timeout=TIMEOUT, check=False)
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise BenchError(f"{words[0]}: {problem}") from problem
    finally:
        shutil.rmtree(copy, ignore_errors=True)
    if not output.is_file():
        raise BenchError(f"{words[0]} made no index: see {output.with_suffix('.log')}")


def index_with_isg(corpus: Path, output: Path) -> None:
    """Index a corpus anew and export it. Raises BenchError."""
    cache = output.with_suffix(".cache")
    shutil.rmtree(cache, ignore_errors=True)
    run(isg("index", str(corpus), cache=cache))
    run([*isg("export", "scip", str(corpus), cache=cache), "-o", str(output)])
    shutil.rmtree(cache, ignore_errors=True)
