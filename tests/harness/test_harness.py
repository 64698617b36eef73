"""The harness itself: a specification that does not hold must fail, and say where and what is there instead."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from harness.collector import Open, failures, in_memory, in_store
from harness.markdown import SpecError, parse
from harness.marks import marks_of

PATH = Path("spec.md")
HELD = """\
    class Circle:
    #     ^^^^^^ def: Circle
        def area(self): ...
        #   ^^^^ def: Circle.area
    shape = Circle()
    #       ^^^^^^ ref: Circle
    shape.area()
    #     ^^^^ ref: Circle.area
"""


def said(code: str, opener: Open = in_memory) -> str:
    """What the harness says about one Python file, as the only file of a specification; "" if all holds."""
    (spec,) = parse(f"# File\n\n## A test\n\n```python\n{dedent(code)}```\n")
    with opener(spec) as view_after:
        return "\n".join(failures(spec, edit, view_after(edit), PATH) for edit in spec.edits())


def test_what_holds_passes() -> None:
    assert said(HELD) == ""


def test_what_holds_in_memory_holds_in_a_stored_workspace() -> None:
    assert said(HELD, in_store) == ""
    assert "not marked: ref: Circle" in said(HELD.replace("    #       ^^^^^^ ref: Circle\n", ""), in_store)


def test_a_wrong_key_is_told_with_the_code_and_what_was_found() -> None:
    message = said(HELD.replace("^^^^ ref: Circle.area", "^^^^ ref: Circle"))
    assert message.splitlines()[:4] == [
        "spec.md:13: main.py",
        "   12 | shape.area()",
        "              ^^^^ ref: Circle",
        "        found: call: certain Circle.area (method area at main.py:3:9)",
    ]


def test_a_mention_without_a_mark_is_told_where_it_stands() -> None:
    message = said(HELD.replace("    #       ^^^^^^ ref: Circle\n", ""))
    assert message.splitlines()[:3] == [
        "spec.md:10: main.py",
        "   10 | shape = Circle()",
        "                ^^^^^^ not marked: ref: Circle",
    ]


def test_a_mark_where_no_name_is_says_so() -> None:
    assert "found: nothing: no name was extracted here" in said("x = 1 + 2\n#     ^ unresolved:\n")


def test_a_range_that_is_not_a_name_says_so() -> None:
    message = said(HELD.replace("#     ^^^^^^ def: Circle", "#     ^^^ def: Circle"))
    assert "nothing of exactly this range, but a name 6 bytes long overlaps it" in message


def test_nothing_must_be_nothing() -> None:
    assert said("x = 1 + 2\n#     ^ nothing:\n") == ""
    assert "nothing:" in said("x = 1\n# <- nothing:\n")


def test_unresolved_and_external_are_two_things() -> None:
    assert said("import os\n#      ^^ external:\nunknown_name\n# <- unresolved:\n") == ""
    assert "found: read: unresolved" in said("unknown_name\n# <- external:\n")


def test_the_first_columns_are_marked_with_an_arrow() -> None:
    assert said("value = 1\n# <- def: value\nprint(value)\n#     ^^^^^ ref: value\n") == ""


def test_carets_count_characters_not_bytes() -> None:
    assert said('name = 1\n# <- def: name\nprint("äöü𝄞", name)\n#             ^^^^ ref: name\n') == ""


def test_implementations_are_closed_world() -> None:
    code = """\
        class Shape: ...
        #     ^^^^^ def: Shape
        #     ^^^^^ impls: Circle
        class Circle(Shape): ...
        #     ^^^^^^ def: Circle
        #            ^^^^^ ref: Shape
        class Square(Shape): ...
        #            ^^^^^ ref: Shape
    """
    message = said(code)
    assert "impls: Circle" in message
    assert "found: not expected: class Square at main.py:7:7, which no `def:` names" in message


@pytest.mark.parametrize("opener", [in_memory, in_store])
def test_after_an_edit_the_new_text_holds(opener: Open) -> None:
    spec = "## A test\n```python\ndef f(): ...\n#   ^ def: f\nf()\n# <- ref: f\n```\n"
    after = "```python after edit 1\ndef g(): ...\n#   ^ def: g\nf()\n# <- unresolved:\n```\n"
    (parsed,) = parse(spec + after)
    assert parsed.edits() == [0, 1]
    with opener(parsed) as view_after:
        assert [failures(parsed, edit, view_after(edit), PATH) for edit in parsed.edits()] == ["", ""]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("# ^^^ deff: x", "not a mark"),
        ("# ^^^ def: x, y", "takes one key"),
        ("# ^^^ ref:", "takes keys"),
        ("# ^^^^^^^^^^^^ ref: x", "past the end"),
        ("# ^^^ ref: ghost", "no `def: ghost` in this test"),
    ],
)
def test_a_malformed_mark_is_refused(line: str, message: str) -> None:
    assert message in said(f"value\n{line}\n")


def test_a_fence_that_never_ends_is_refused() -> None:
    with pytest.raises(SpecError, match="never closed") as caught:
        parse("## A test\n\n```python\nx = 1\n")
    assert caught.value.line == 3


def test_only_headings_with_code_are_tests() -> None:
    specs = parse("# Title\n\n## Prose only\n\nWords.\n\n## Two\n\n```python\nx = 1\n```\n")
    assert [(spec.title, spec.line) for spec in specs] == [("Two", 7)]


def test_marks_of_one_line_stack() -> None:
    (spec,) = parse("## T\n`src/a.rs`\n```rust\nfn area() {}\n// ^^^^ def: area\n// ^^^^ impls:\n```\n")
    marks = marks_of(spec.files(0)["src/a.rs"])
    assert [(mark.kind, mark.start, mark.end, mark.line) for mark in marks] == [("def", 3, 7, 5), ("impls", 3, 7, 6)]
