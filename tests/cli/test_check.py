"""`isg check`: cycles in every format, exit codes, and the baseline."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.conftest import write_files
from isg_analysis.queries.check import KINDS, USUAL
from isg_server.cli import check

TIED = {
    "p/__init__.py": "",
    "p/a.py": "from p.b import one, two\n\n\nclass Shape: ...\n",
    "p/b.py": "ü = 1; from p.a import Shape\none = two = Shape\n",
    "p/c.py": "import p.a\n",
    "p/late.py": "def run():\n    import p.later\n",
    "p/later.py": "import p.late\n",
}


@pytest.fixture
def tied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with a cycle of two modules, and one that is deferred."""
    root = write_files(tmp_path / "tied", TIED)
    monkeypatch.chdir(root)
    return root


def test_a_workspace_without_cycles_is_clean(workspace: Path, isg_here) -> None:
    done = isg_here("check")
    assert (done.code, done.out, done.err) == (0, "Nothing found.\n", "")


def test_full_tells_the_path_and_what_to_cut(tied: Path, isg_here) -> None:
    done = isg_here("check")
    cut = "Cheapest to cut: p.b imports p.a (Shape)."
    assert done.code == 1
    assert done.out.splitlines() == [
        f"p/a.py:1:1: warning[import-cycle] Import cycle: p.a -> p.b -> p.a. {cut}",
        "    p/b.py:1:8: p.b imports p.a",
        f"p/b.py:1:8: warning[import-cycle] Import cycle: p.b -> p.a -> p.b. {cut}",
        "    p/a.py:1:1: p.a imports p.b",
        "2 findings in 2 files.",
    ]


def test_concise_has_one_line_each(tied: Path, isg_here) -> None:
    lines = isg_here("check", "--output-format", "concise", "--kind", "deferred-import-cycle").out.splitlines()
    assert [line.split(" Deferred")[0] for line in lines] == ["p/late.py:2:5: hint[deferred-import-cycle]"]


def test_json_has_the_shape_of_the_other_commands(tied: Path, isg_here) -> None:
    document = json.loads(isg_here("check", "--output-format", "json").out)
    assert document["version"] == 1
    first, second = document["findings"]
    assert (first["path"], first["code"], first["severity"]) == ("p/a.py", "import-cycle", "warning")
    assert first["cycle"] == ["p.a", "p.b"]
    assert first["cut"] == [{"source": "p.b", "target": "p.a", "names": ["Shape"]}]
    assert first["key"] == second["key"] == "import-cycle: p.a -> p.b -> p.a"
    assert second["range"]["start"] == {"line": 0, "character": 7}, "in UTF-16 units"
    assert [related["path"] for related in second["related"]] == ["p/a.py"]


def test_sarif_names_its_rules_and_places(tied: Path, isg_here) -> None:
    document = json.loads(isg_here("check", "--output-format", "sarif").out)
    (run,) = document["runs"]
    assert document["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["import-cycle"]
    first, second = run["results"]
    assert first["level"] == "warning"
    place = second["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "p/b.py"
    assert place["region"] == {"startLine": 1, "startColumn": 8, "endLine": 1, "endColumn": 29}
    assert first["partialFingerprints"] != second["partialFingerprints"]


def test_github_escapes_what_would_end_a_command(tied: Path, isg_here) -> None:
    first = isg_here("check", "--output-format", "github").out.splitlines()[0]
    assert first.startswith("::warning title=isg import-cycle,file=p/a.py,line=1,endLine=1,col=1,endColumn=25::Import")


def test_gitlab_gives_a_code_quality_report(tied: Path, isg_here) -> None:
    issues = json.loads(isg_here("check", "--output-format", "gitlab").out)
    assert [(issue["location"]["path"], issue["severity"]) for issue in issues] == [
        ("p/a.py", "major"),
        ("p/b.py", "major"),
    ]
    assert len({issue["fingerprint"] for issue in issues}) == 2


def test_the_number_of_jobs_does_not_show(tied: Path, isg_here) -> None:
    outcomes = []
    for jobs in ("1", "2"):
        isg_here("clean")
        outcomes.append(isg_here("check", "--output-format", "json", "--jobs", jobs).out)
    assert outcomes[0] == outcomes[1]


def test_packages_are_found_in_their_manifests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, isg_here) -> None:
    files = {
        f"{name}/{path}": text
        for name, other in (("one", "two"), ("two", "one"))
        for path, text in {
            "Cargo.toml": f'[package]\nname = "{name}"\n[dependencies]\n{other} = {{ path = "../{other}" }}\n',
            "src/lib.rs": "",
        }.items()
    }
    monkeypatch.chdir(write_files(tmp_path / "packages", files))
    done = isg_here("check")
    assert done.code == 1
    cut = "Cheapest to cut: two depends on one."
    assert done.out.splitlines()[:2] == [
        f"one/Cargo.toml:4:1: error[package-cycle] Package cycle: one -> two -> one. {cut}",
        "    two/Cargo.toml:4:1: two depends on one",
    ]
    first, _ = json.loads(isg_here("check", "--output-format", "json").out)["findings"]
    assert (first["path"], first["range"]["end"]) == ("one/Cargo.toml", {"line": 3, "character": 3})


def test_every_kind_can_be_asked_for() -> None:
    assert (check._KINDS, check._USUAL) == (KINDS, USUAL), "the command does not load what finds them to say so"


def test_exit_zero(tied: Path, isg_here) -> None:
    assert isg_here("check", "--exit-zero").code == 0


def test_a_baseline_hides_what_was_there_and_shows_what_is_new(tied: Path, isg_here) -> None:
    assert "--update-baseline makes it" in isg_here("check", "--baseline", "known.json").err
    made = isg_here("check", "--baseline", "known.json", "--update-baseline")
    assert (made.code, made.err) == (0, "isg: known.json: 1 cycle\n")
    assert isg_here("check", "--baseline", "known.json").out == "Nothing found (2 more in the baseline).\n"
    moved = "\n\n# moved\nfrom p.b import one, two\n\n\nclass Shape: ...\n"
    (tied / "p/a.py").write_text(moved, "utf-8")
    assert isg_here("check", "--baseline", "known.json").code == 0, "lines do not matter"
    (tied / "p/d.py").write_text("import p.e\n", "utf-8")
    (tied / "p/e.py").write_text("import p.d\n", "utf-8")
    done = isg_here("check", "--baseline", "known.json", "--output-format", "concise")
    assert [line.split(":")[0] for line in done.out.splitlines()] == ["p/d.py", "p/e.py"]
    assert done.code == 1


def test_a_baseline_says_what_is_gone(tied: Path, isg_here) -> None:
    isg_here("check", "--baseline", "known.json", "--update-baseline")
    (tied / "p/b.py").write_text("one = two = 1\n", "utf-8")
    done = isg_here("check", "--baseline", "known.json")
    assert (done.code, done.err) == (
        0,
        "isg: known.json: 1 of 1 listed no longer occur; --update-baseline takes them out\n",
    )


@pytest.mark.parametrize("text", ["", "[]", '{"version": 2, "findings": []}', '{"version": 1, "findings": [1]}'])
def test_a_broken_baseline_is_refused(tied: Path, isg_here, text: str) -> None:
    (tied / "known.json").write_text(text, "utf-8")
    done = isg_here("check", "--baseline", "known.json")
    assert done.code == 2
    assert "not a baseline" in done.err


def test_updating_needs_a_file(tied: Path, isg_here) -> None:
    done = isg_here("check", "--update-baseline")
    assert (done.code, done.err) == (2, "isg: --update-baseline needs --baseline FILE\n")
