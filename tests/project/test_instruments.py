"""The benchmark runs to its end on a small corpus: instruments that nobody tries are broken when they are needed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from project.tree import ROOT


@pytest.mark.slow
def test_the_benchmark_gives_every_row(tmp_path: Path) -> None:
    rows = tmp_path / "rows.json"
    corpus = ROOT / "tests" / "workspaces" / "ledger"
    done = subprocess.run(
        [sys.executable, "-m", "bench", str(corpus), "--runs", "1", "--jobs", "1", "--json", str(rows)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (record,) = json.loads(rows.read_text())
    assert record["corpus"].startswith("ledger")
    assert all(row["what"] in done.stdout and row["value"] for row in record["rows"])


def test_a_corpus_that_is_not_there_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "no/such/directory"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "bench: no/such/directory: neither a directory nor of the form name==version\n"
