"""`isg context`: targets by name, by file and by diff."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from isg_analysis.context import count_tokens


def git(root: Path, *arguments: str) -> None:
    own = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *own, *arguments], cwd=root, check=True, capture_output=True)


def test_a_symbol_within_a_budget(workspace: Path, isg_here) -> None:
    done = isg_here("context", "Shape.area", "--budget", "300")
    assert done.code == 0
    assert done.out.startswith("# Context of `app.shapes.Shape.area`\n")
    assert "`app.shapes.Square.area` (overrides it)" in done.out
    assert count_tokens(done.out) <= 300


def test_a_file_and_several_targets(workspace: Path, isg_here) -> None:
    done = isg_here("context", "app/shapes.py", "Draw", "--format", "json", "--level", "1", "--include", "callers")
    document = json.loads(done.out)
    assert [item["label"] for item in document["items"][:2]] == ["app.shapes", "rusty::Draw"]
    assert {item["section"] for item in document["items"]} == {"target", "callers"}


def test_what_a_diff_touches(workspace: Path, isg_here) -> None:
    git(workspace, "init", "-q")
    git(workspace, "add", ".")
    git(workspace, "commit", "-qm", "first")
    assert isg_here("context", "--diff", "HEAD").err == "isg: nothing that is indexed differs from HEAD\n"
    shapes = workspace / "app" / "shapes.py"
    shapes.write_text(shapes.read_text("utf-8").replace("return 1.0", "return 2.0"), "utf-8")
    done = isg_here("context", "--diff", "HEAD")
    assert done.out.startswith("# Context of `app.shapes.Square.area`\n")


def test_what_can_not_be_asked(workspace: Path, isg_here) -> None:
    assert isg_here("context").err == "isg: what is the context to be of? Name a TARGET, or give --diff REV\n"
    assert "'nothing' is no section" in isg_here("context", "Draw", "--include", "nothing").err
    assert "do not hold the name" in isg_here("context", "Draw", "--budget", "3").err
    assert isg_here("context", "--diff", "--help").code == 2
    refused = isg_here("context", "--diff", "nowhere")
    assert (refused.code, refused.err.splitlines()[0][:9]) == (2, "isg: git ")
