"""`isg query` about how things hang together: blast radius."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from cli.conftest import write_files

TEST = {"tests/test_shapes.py": "from app.other import helper\n\n\ndef test_it() -> None:\n    helper(None)\n"}


def asked(isg_here: Any, *arguments: str) -> dict[str, Any]:
    done = isg_here("query", *arguments, "--json")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_blast_radius_lists_tests_apart(workspace: Path, isg_here) -> None:
    write_files(workspace, TEST)
    done = isg_here("query", "blast-radius", "Shape.area")
    assert done.out.splitlines() == [
        "app/other.py:4:5: function helper — calls app.shapes.Shape.area, 1 hop",
        "app/shapes.py:7:9: method area — overrides app.shapes.Shape.area, 1 hop",
        "tests:",
        "tests/test_shapes.py:1:1: module test_shapes — imports app.other.helper, 2 hops",
        "tests/test_shapes.py:4:5: function test_it — calls app.other.helper, 2 hops",
    ]
    assert done.err.endswith("isg: 4 symbols depend on it, 2 of them tests; by hops: 2, 2\n")


def test_blast_radius_as_json(workspace: Path, isg_here) -> None:
    write_files(workspace, TEST)
    found = asked(isg_here, "blast-radius", "Square.area")
    assert (found["count"], found["tests"], found["byHops"], found["truncated"]) == (3, 2, [1, 2], False)
    (first, *_, last) = found["results"]
    assert (first["name"], first["hops"], first["relation"], first["confidence"]) == ("helper", 1, "calls", "possible")
    assert first["via"].endswith("Shape#area().")
    assert (last["name"], last["hops"], last["test"]) == ("test_it", 2, True)


def test_blast_radius_ends_after_some_hops(workspace: Path, isg_here) -> None:
    write_files(workspace, TEST)
    assert asked(isg_here, "blast-radius", "Shape.area", "--hops", "1")["byHops"] == [2]


def test_a_limit_is_told(workspace: Path, isg_here) -> None:
    done = isg_here("query", "blast-radius", "Shape.area", "--limit", "1")
    assert len(done.out.splitlines()) == 1
    assert "only the first 1 results are shown" in done.err


def test_blast_radius_of_what_was_changed(workspace: Path, isg_here) -> None:
    write_files(workspace, TEST)
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *identity, *command], cwd=workspace, check=True)
    other = workspace / "app/other.py"
    other.write_text(other.read_text("utf-8").replace("return shape", "return 2 * shape"), "utf-8")
    found = asked(isg_here, "blast-radius", "--diff", "HEAD")
    assert [one["name"] for one in found["results"]] == ["test_shapes", "test_it"]
    refused = isg_here("query", "references", "--diff", "HEAD")
    assert (refused.code, refused.err) == (2, "isg: --diff goes with blast-radius, not with references\n")


def test_a_question_without_a_target_is_refused(workspace: Path, isg_here) -> None:
    done = isg_here("query", "blast-radius")
    assert (done.code, done.err) == (2, "isg: blast-radius of what? Name a TARGET\n")


def test_dependencies_of_a_module(workspace: Path, isg_here) -> None:
    write_files(
        workspace,
        {
            "app/late.py": "import app.other\n\n\ndef late() -> None:\n"
            "    from app.shapes import Shape, Square\n\n    app.other.helper(Square())\n"
        },
    )
    done = isg_here("query", "dependencies", "app.late")
    assert done.out.splitlines() == [
        "app/other.py:1:1: module other — app.other, runtime: helper",
        "app/shapes.py:1:1: module shapes — app.shapes, deferred: Shape, Square",
    ]
    (other, late) = asked(isg_here, "dependents", "app/shapes.py")["results"]
    assert (other["name"], other["strength"], other["names"]) == ("other", "runtime", ["Shape"])
    assert (late["name"], late["strength"], late["names"]) == ("late", "deferred", ["Shape", "Square"])
    (statement,) = late["imports"]
    assert (statement["path"], statement["range"]["start"]) == ("app/late.py", {"line": 4, "character": 4})


def test_only_modules_have_dependencies(workspace: Path, isg_here) -> None:
    done = isg_here("query", "dependencies", "Shape")
    assert done.code == 2
    assert done.err.startswith("isg: Shape is no module; of other symbols ask for callers")
