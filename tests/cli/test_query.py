"""`isg query`: targets in every form, what is refused and how, text and JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def results(outcome: Any) -> list[tuple[str, int, str, str]]:
    """(path, line from 0, name, kind) of each result."""
    assert outcome.code == 0, outcome.err
    document = json.loads(outcome.out)
    assert document["version"] == 1
    assert document["truncated"] is False
    return [(r["path"], r["range"]["start"]["line"], r["name"], r["kind"]) for r in document["results"]]


SHAPE = ("app/shapes.py", 0, "Shape", "class")
SHAPE_AREA = ("app/shapes.py", 1, "area", "method")
SQUARE = ("app/shapes.py", 5, "Square", "class")
SQUARE_AREA = ("app/shapes.py", 6, "area", "method")


@pytest.mark.parametrize(
    "target",
    ["Shape", "shapes.Shape", "app.shapes.Shape", "app::shapes::Shape", "app/shapes.py:1:7", "app/other.py:4:19"],
)
def test_implementations_by_every_kind_of_target(workspace: Path, isg_here, target: str) -> None:
    assert results(isg_here("query", "implementations", target, "--json")) == [SHAPE, SQUARE]


def test_a_symbol_id_is_a_target(workspace: Path, isg_here) -> None:
    (found,) = json.loads(isg_here("query", "definition", "Shape", "--json").out)["results"]
    assert results(isg_here("query", "implementations", found["symbol"], "--json")) == [SHAPE, SQUARE]


def test_implementations_of_a_method(workspace: Path, isg_here) -> None:
    assert results(isg_here("query", "implementations", "Shape.area", "--json")) == [SHAPE_AREA, SQUARE_AREA]
    assert results(isg_here("query", "implementations", "Draw::draw", "--json")) == [
        ("rust/src/lib.rs", 7, "draw", "method")
    ]


def test_implementations_of_a_trait(workspace: Path, isg_here) -> None:
    (found,) = results(isg_here("query", "implementations", "Draw", "--json"))
    assert found == ("rust/src/lib.rs", 6, "Canvas", "implementation")


def test_implementations_of_a_trait_from_outside(workspace: Path, isg_here) -> None:
    with (workspace / "rust/src/lib.rs").open("a") as file:
        file.write("impl Default for Canvas { fn default() -> Self { Canvas } }\n#[derive(Default)]\nstruct Other;\n")
    found = results(isg_here("query", "implementations", "rust/src/lib.rs:10:6", "--json"))
    assert found == [("rust/src/lib.rs", 9, "Canvas", "implementation"), ("rust/src/lib.rs", 10, "Other", "class")]


def test_a_result_has_the_published_keys(workspace: Path, isg_here) -> None:
    (found,) = json.loads(isg_here("query", "definition", "Shape.area", "--json").out)["results"]
    assert found["path"] == "app/shapes.py"
    assert found["range"] == {"start": {"line": 1, "character": 8}, "end": {"line": 1, "character": 12}}
    assert (found["name"], found["kind"], found["container"], found["confidence"]) == (
        "area",
        "method",
        "Shape",
        "certain",
    )
    assert found["signature"].startswith("def area(self) -> float")
    assert found["symbol"].endswith("Shape#area().")


def test_references_with_and_without_the_definition(workspace: Path, isg_here) -> None:
    mentions = {("app/other.py", 0), ("app/other.py", 3), ("app/shapes.py", 5), ("app/shapes.py", 10)}
    without = results(isg_here("query", "references", "Shape", "--json"))
    assert {found[:2] for found in without} == mentions
    with_it = results(isg_here("query", "references", "Shape", "--json", "--declaration"))
    assert {found[:2] for found in with_it} == mentions | {("app/shapes.py", 0)}


def test_lines_for_people(workspace: Path, isg_here) -> None:
    done = isg_here("query", "implementations", "Shape")
    assert done.out.splitlines() == [
        "app/shapes.py:1:7: class Shape — class Shape",
        "app/shapes.py:6:7: class Square — class Square(Shape)",
    ]
    done = isg_here("query", "references", "helper", "--path", workspace)
    assert done.code == 2
    lines = isg_here("query", "references", "app.shapes.Shape.area").out.splitlines()
    assert lines == [
        "app/other.py:5:15: call area — ü = shape.area(); return shape.area()",
        "app/other.py:5:36: call area — ü = shape.area(); return shape.area()",
    ]


def test_columns_count_characters_and_json_counts_utf16(workspace: Path, isg_here) -> None:
    (workspace / "app/wide.py").write_text('from app.shapes import Shape\ns = "🚀🚀"; t = Shape()\n', "utf-8")
    done = isg_here("query", "definition", "app/wide.py:2:15")
    assert done.out.startswith("app/shapes.py:1:7: class Shape")
    found = json.loads(isg_here("query", "references", "Shape", "--json").out)["results"]
    (wide,) = [r for r in found if r["path"] == "app/wide.py" and r["range"]["start"]["line"] == 1]
    assert wide["range"]["start"]["character"] == 16


def test_a_place_may_be_named_from_where_one_stands(workspace: Path, isg_here, monkeypatch: pytest.MonkeyPatch) -> None:
    isg_here("index")
    monkeypatch.chdir(workspace / "app")
    for file in ("shapes.py", "app/shapes.py", workspace / "app/shapes.py"):
        assert results(isg_here("query", "implementations", f"{file}:1:7", "--json")) == [SHAPE, SQUARE], file


def test_an_unknown_name_is_refused_with_near_ones(workspace: Path, isg_here) -> None:
    done = isg_here("query", "implementations", "Shap")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("isg: 'Shap': no symbol has this name\n")
    assert "Shape" in done.err
    error = json.loads(isg_here("query", "definition", "Shap", "--json").out)["error"]
    assert "Shape" in error["near"]


def test_an_ambiguous_name_lists_its_candidates(workspace: Path, isg_here) -> None:
    done = isg_here("query", "references", "helper")
    assert (done.code, done.out) == (2, "")
    first, *listed = done.err.splitlines()
    assert first.startswith("isg: 'helper' is the name of 2 symbols")
    assert [line.split(" — ")[0] for line in listed] == [
        "  app/other.py:4:5: function helper",
        "  app/shapes.py:11:5: function helper",
    ]
    error = json.loads(isg_here("query", "references", "helper", "--json").out)["error"]
    assert [candidate["path"] for candidate in error["candidates"]] == ["app/other.py", "app/shapes.py"]
    for candidate in error["candidates"]:
        assert isg_here("query", "references", candidate["symbol"]).code == 0


def test_what_is_inside_a_function_makes_no_name_ambiguous(workspace: Path, isg_here) -> None:
    (workspace / "app/late.py").write_text("def test():\n    class Shape: ...\n\n    class Only: ...\n")
    done = isg_here("query", "definition", "Shape")
    assert (done.code, done.out) == (0, "app/shapes.py:1:7: class Shape — class Shape\n")
    assert done.err.startswith("isg: 1 more of this name, inside functions")
    assert isg_here("query", "definition", "Only").out.startswith("app/late.py:4:11: class Only")
    assert isg_here("query", "definition", "late.test.Shape").out.startswith("app/late.py:2:11: class Shape")


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("app/shapes.py:1", "the column is missing"),
        ("app/shapes.py:0:1", "counted from 1"),
        ("app/shapes.py:1:0", "counted from 1"),
        ("app/shapes.py:999:1", "the file has 13 lines"),
        ("app/shapes.py:1:99", "line 1 has 12 columns"),
        ("app/shapes.py:x:y", "expected FILE:LINE:COL"),
        ("app/shapes.py:5:1", "there is no name at this place"),
        ("app/shapes.py:3:15", "what this name means is not known"),
        ("app/none.py:1:1", "there is no such file"),
        ("rust/Cargo.toml:1:1", "not indexed"),
        ("", "no symbol has this name"),
        ("::", "no symbol has this name"),
        ("a b", "no symbol has this name"),
    ],
)
def test_targets_that_mean_nothing(workspace: Path, isg_here, target: str, message: str) -> None:
    done = isg_here("query", "definition", target)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_a_file_outside_the_workspace_is_refused(workspace: Path, tmp_path: Path, isg_here) -> None:
    (tmp_path / "outside.py").write_text("x = 1\n")
    done = isg_here("query", "definition", f"{tmp_path / 'outside.py'}:1:1")
    assert done.code == 2
    assert "not inside the workspace" in done.err


def test_no_result_is_an_answer(workspace: Path, isg_here) -> None:
    done = isg_here("query", "implementations", "app.other.helper")
    assert (done.code, done.out) == (0, "")
    assert done.err == "isg: no implementations of app.other.helper\n"


def test_symbols_are_ranked_and_limited(workspace: Path, isg_here) -> None:
    done = isg_here("query", "symbols", "shape", "--json")
    assert json.loads(done.out)["results"][0]["name"] == "Shape"
    limited = isg_here("query", "symbols", "a", "--limit", "1", "--json")
    document = json.loads(limited.out)
    assert (len(document["results"]), document["truncated"]) == (1, True)
    assert "there are more" in isg_here("query", "symbols", "a", "--limit", "1").err


def test_symbols_refuses_a_name_like_nothing(workspace: Path, isg_here) -> None:
    assert isg_here("query", "symbols", "zzzz").code == 2


def test_the_limit_is_said_to_cut(workspace: Path, isg_here) -> None:
    document = json.loads(isg_here("query", "references", "Shape", "--limit", "2", "--json").out)
    assert (len(document["results"]), document["truncated"]) == (2, True)
    document = json.loads(isg_here("query", "references", "Shape", "--limit", "4", "--json").out)
    assert (len(document["results"]), document["truncated"]) == (4, False)


def test_a_stale_index_is_brought_up_to_date_first(workspace: Path, isg_here) -> None:
    isg_here("index")
    (workspace / "app/more.py").write_text("from app.shapes import Shape\n\n\nclass Circle(Shape): ...\n")
    stale = results(isg_here("query", "implementations", "Shape", "--json", "--no-index"))
    assert stale == [SHAPE, SQUARE]
    fresh = results(isg_here("query", "implementations", "Shape", "--json"))
    assert fresh == [("app/more.py", 3, "Circle", "class"), SHAPE, SQUARE]


def test_an_empty_workspace_knows_no_name(tmp_path: Path, isg_here) -> None:
    (tmp_path / "empty").mkdir()
    done = isg_here("query", "references", "x", "--path", tmp_path / "empty")
    assert done.code == 2
    assert "no symbol has this name" in done.err


def test_callers_are_certain_or_possible(workspace: Path, isg_here) -> None:
    assert isg_here("query", "callers", "Shape.area").out == (
        "app/other.py:4:5: function helper — def helper(shape: Shape) -> float\n"
    )
    (found,) = json.loads(isg_here("query", "callers", "Square.area", "--json").out)["results"]
    assert (found["name"], found["confidence"]) == ("helper", "possible")
    assert [call["start"] for call in found["calls"]] == [{"line": 4, "character": 14}, {"line": 4, "character": 35}]


def test_callees_of_functions_and_modules(workspace: Path, isg_here) -> None:
    (workspace / "app/late.py").write_text("from app.shapes import Square\n\nSquare().area()\n")
    assert results(isg_here("query", "callees", "other.helper", "--json")) == [("app/shapes.py", 1, "area", "method")]
    assert results(isg_here("query", "callees", "app.late", "--json")) == [SQUARE, SQUARE_AREA]
    done = isg_here("query", "callees", "Square.area")
    assert (done.code, done.out, done.err) == (0, "", "isg: no callees of Square.area\n")


def test_types_above_and_below(workspace: Path, isg_here) -> None:
    with (workspace / "rust/src/lib.rs").open("a") as file:
        file.write("pub trait Show {}\nimpl<T: Draw> Show for T {}\n")
    assert results(isg_here("query", "subtypes", "Shape", "--json")) == [SQUARE]
    assert results(isg_here("query", "supertypes", "Square", "--json")) == [("app/shapes.py", 0, "Shape", "class")]
    above = json.loads(isg_here("query", "supertypes", "Canvas", "--json").out)["results"]
    assert [(one["name"], one["blanket"]) for one in above] == [("Draw", ""), ("Show", "impl<T: Draw> Show for T")]
    assert isg_here("query", "subtypes", "Shape.area").out == ""
