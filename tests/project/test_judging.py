"""The live judge: majorities, places that are the same on one line, and that a server agrees with itself."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from bench.agreement.asked import Spot
from bench.agreement.sampling import REFERENCES, Sample
from bench.agreement.verdicts import Tally, Verdicts
from bench.places import Place

from project.tree import ROOT

SAMPLE = Sample(REFERENCES, "function", Place("a.py", "python", 1, 4, 0, 4))
A, B, C = ("a.py", 1, 0), ("a.py", 2, 0), ("b.py", 3, 0)


def judged(ours: set[Spot] | None, *judges: set[Spot]) -> Tally:
    found = Verdicts()
    given = None if ours is None else frozenset(ours)
    found.judge(SAMPLE, given, [frozenset(one) for one in judges], lambda spot: spot[0])
    return found.tallies[REFERENCES, "function"]


def counts(tally: Tally) -> tuple[int, int, int]:
    return tally.both, tally.ours, tally.theirs


def test_places_are_counted() -> None:
    tally = judged({A, B}, {B, C})
    assert counts(tally) == (1, 1, 1)
    assert (tally.precision, tally.recall, tally.f1) == (50, 50, 50)
    assert counts(judged(None, {A})) == (0, 0, 1)
    assert counts(judged({A}, set())) == (0, 1, 0)


def test_more_than_half_of_the_judges_decide() -> None:
    assert counts(judged({A}, {A, B}, {A, C}, {B})) == (1, 0, 1)
    assert counts(judged({A, C}, {A}, {C})) == (0, 2, 0)


def test_another_column_of_the_line_is_the_same_place() -> None:
    assert counts(judged({("a.py", 1, 6)}, {A})) == (1, 0, 0)
    assert counts(judged({A}, {("a.py", 1, 6)}, {("a.py", 1, 9)}, set())) == (1, 0, 0)
    assert counts(judged({A, ("a.py", 1, 6)}, {A})) == (1, 1, 0)


def test_the_place_asked_about_and_what_no_judge_knows_do_not_count() -> None:
    assert counts(judged({("a.py", 0, 4)}, {("a.py", 0, 4), B})) == (0, 0, 1)
    tally = judged({A})
    assert (tally.judged, tally.unjudged) == (0, 1)


def test_what_no_judge_knows_is_told_apart() -> None:
    found = Verdicts()
    found.judge(SAMPLE, frozenset({A, B, C}), [frozenset({A})], str, lambda spot: spot != B)
    tally = found.tallies[REFERENCES, "function"]
    assert (counts(tally), tally.undecided) == ((1, 2, 0), 1)
    assert (tally.f1, round(tally.decided_f1, 1)) == (50, 66.7)


def test_what_a_minority_of_the_judges_gives_is_contested() -> None:
    tally = judged({A, B, C}, {A, B}, {A}, set())
    assert (counts(tally), tally.contested) == ((1, 2, 0), 1)
    assert (round(tally.precision, 1), tally.uncontested_precision) == (33.3, 50)


def test_judges_are_measured_by_their_majority() -> None:
    found = Verdicts()
    found.compare_judges(SAMPLE, {"one": frozenset({A}), "two": frozenset({A, B}), "three": None})
    assert {name: counts(tally) for (_, name), tally in found.scale.items()} == {
        "one": (1, 0, 0),
        "two": (1, 1, 0),
        "three": (0, 0, 1),
    }


def test_differences_say_what_is_there() -> None:
    found = Verdicts()
    found.judge(SAMPLE, frozenset({A}), [frozenset({C})], lambda spot: f"in {spot[0]}")
    assert [(one.spot, one.missing, one.what) for one in found.differences] == [
        (C, True, "in b.py"),
        (A, False, "in a.py"),
    ]


@pytest.mark.slow
def test_a_server_agrees_with_itself(tmp_path: Path) -> None:
    judge = shlex.join([sys.executable, "-m", "isg_server.cli", "serve", "--stdio"])
    options = json.dumps({"cacheDirectory": str(tmp_path / "cache")})
    corpus, figures = ROOT / "tests" / "workspaces" / "ledger", tmp_path / "figures.json"
    done = subprocess.run(
        [
            sys.executable, "-m", "bench.agreement.requests", str(corpus), "--language", "python", "--judge", judge,
            "--options", options, "--places", "3", "--json", str(figures), "--examples", str(tmp_path / "examples"),
        ],
        cwd=ROOT, capture_output=True, text=True, timeout=170, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = json.loads(figures.read_text())
    assert {key.partition(",")[0].rpartition("/")[2] for key in rows} == {"definition", "implementation", "references"}
    assert all(row["missing"] == row["ours alone"] == 0 for row in rows.values())
    assert sum(row["both"] for row in rows.values()) > 20
    assert (tmp_path / "examples").read_text() == ""
