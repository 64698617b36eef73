"""`isg export json|dot|mermaid|graphml`: what each holds, and that equal files give equal bytes."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import networkx
import pytest

from cli.conftest import write_files

CYCLE = {
    "loop/__init__.py": "",
    "loop/a.py": 'import loop.b\n\n\ndef ping() -> None:\n    """Says \\"#\\"."""\n    loop.b.pong()\n',
    "loop/b.py": "import loop.a\n\n\ndef pong() -> None:\n    from app.other import helper\n\n    helper(None)\n",
}


def test_modules_as_json(workspace: Path, isg_here) -> None:
    write_files(workspace, CYCLE)
    done = isg_here("export", "json")
    assert (done.code, done.err) == (0, "isg: 7 nodes and 4 edges exported\n")
    document = json.loads(done.out)
    assert (document["version"], document["truncated"]) == (1, False)
    labels = [node["label"] for node in document["nodes"]]
    assert labels == ["app", "app.other", "app.shapes", "loop", "loop.a", "loop.b", "rusty"]
    edges = {(labels[e["source"]], labels[e["target"]]): (e["strength"], e.get("names")) for e in document["edges"]}
    assert edges == {
        ("app.other", "app.shapes"): ("runtime", ["Shape"]),
        ("loop.a", "loop.b"): ("runtime", ["pong"]),
        ("loop.b", "loop.a"): ("runtime", None),
        ("loop.b", "app.other"): ("deferred", ["helper"]),
    }
    assert [node.get("knot", 0) for node in document["nodes"]] == [0, 0, 0, 0, 1, 1, 0]
    assert networkx.node_link_graph(document, edges="edges").number_of_edges() == 4


def test_the_neighbourhood_of_a_module(workspace: Path, isg_here) -> None:
    write_files(workspace, CYCLE)
    near = json.loads(isg_here("export", "json", "app/other.py").out)
    assert [node["label"] for node in near["nodes"]] == ["app.other", "app.shapes", "loop.b"]
    far = json.loads(isg_here("export", "json", "app.other", "--hops", "2").out)
    assert [node["label"] for node in far["nodes"]] == ["app.other", "app.shapes", "loop.a", "loop.b"]


def test_the_neighbourhood_of_a_symbol(workspace: Path, isg_here) -> None:
    assert isg_here("export", "dot", "Square.area").out.splitlines() == [
        "digraph isg {",
        "  rankdir=LR;",
        "  node [shape=box];",
        '  n0 [label="app.shapes.Shape.area", tooltip="app/shapes.py:2"];',
        '  n1 [label="app.shapes.Square.area", tooltip="app/shapes.py:7"];',
        '  n1 -> n0 [label="overrides"];',
        "}",
    ]


def test_mermaid_shows_what_is_tied_and_what_comes_later(workspace: Path, isg_here) -> None:
    write_files(workspace, CYCLE)
    assert isg_here("export", "mermaid", "loop.b").out.splitlines() == [
        "flowchart LR",
        '  n0["app.other"]',
        '  n1["loop.a"]',
        '  n2["loop.b"]',
        "  n1 ==> n2",
        "  n2 -.-> n0",
        "  n2 ==> n1",
    ]


def test_every_symbol_as_graphml(workspace: Path, isg_here) -> None:
    graph = networkx.read_graphml(io.StringIO(isg_here("export", "graphml", "--whole").out))
    labels = networkx.get_node_attributes(graph, "label")
    assert {"app.shapes.Square.area", "rusty::Canvas::draw"} <= {*labels.values()}
    edges = {(labels[one], labels[other], data["relation"]) for one, other, data in graph.edges(data=True)}
    assert ("app.shapes.Square", "app.shapes.Shape", "extends") in edges
    assert ("app.other.helper", "app.shapes.Shape.area", "calls") in edges


@pytest.mark.parametrize("format", ["json", "dot", "mermaid", "graphml"])
def test_the_same_bytes_in_every_process(workspace: Path, tmp_path: Path, isg, format: str) -> None:
    write_files(workspace, CYCLE)
    for seed in ("0", "1"):
        cache, out = tmp_path / f"cache{seed}", tmp_path / f"out{seed}"
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = isg("export", format, "--whole", "-o", out, "--cache-dir", cache, env=environment)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "out0").read_bytes() == (tmp_path / "out1").read_bytes()


def test_names_can_not_break_a_format(workspace: Path, isg_here) -> None:
    write_files(workspace, {'odd/a "b" <c>\\n#.py': "def one() -> None: ...\n"})
    for format in ("json", "dot", "mermaid", "graphml"):
        done = isg_here("export", format)
        assert done.code == 0, done.err
        if format == "json":
            assert any('"b" <c>\\n#' in node["label"] for node in json.loads(done.out)["nodes"])
        if format == "dot":
            assert 'a \\"b\\" <c>\\\\n#' in done.out
        if format == "mermaid":
            assert "a #quot;b#quot; #lt;c#gt;\\n#35;" in done.out
        if format == "graphml":
            assert networkx.read_graphml(io.StringIO(done.out)).number_of_nodes() == 5


def test_what_can_not_be_exported(workspace: Path, isg_here) -> None:
    assert isg_here("export", "scip").err == "isg: where to? Name a file with --output\n"
    assert "two" in isg_here("export", "scip", ".", "--path", ".", "-o", "-").err
    assert "--whole" in isg_here("export", "json", "Shape", "--whole").err
    assert isg_here("export", "json", "Nowhere").code == 2
    assert isg_here("export", "json", "--hops", "0").code == 2
