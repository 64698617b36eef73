"""`text expected:` fences: compared, told as a difference, and rewritten by --update-specs."""

from __future__ import annotations

from pathlib import Path

from harness.collector import SpecFile, failures, in_memory
from harness.markdown import Expected, parse

SPEC = "## A test\n\n```python\nclass A:\n    def b(self): ...\n```\n\n```text expected: outline main.py\n{answer}```\n"
RIGHT = "class A 1-2 public\n  method b 2-2 public\n"


def run(answer: str, updates: list[list[str]] | None = None) -> str:
    """What is said about a specification with this answer; updates are collected where a list is given."""
    (spec,) = parse(SPEC.format(answer=answer))

    def update(expected: Expected, lines: list[str]) -> bool:
        if updates is not None:
            updates.append(lines)
        return updates is not None

    with in_memory(spec) as view_after:
        return failures(spec, 0, view_after(0), Path("spec.md"), update)


def test_the_right_answer_passes() -> None:
    assert run(RIGHT) == ""


def test_another_answer_is_told_line_by_line() -> None:
    message = run("class A 1-2 public\n")
    assert message.splitlines()[0] == "spec.md:8: expected outline main.py"
    assert "    +   method b 2-2 public" in message


def test_an_update_takes_todays_answer() -> None:
    updates: list[list[str]] = []
    assert run("", updates) == ""
    assert updates == [RIGHT.splitlines()]


def test_updates_are_written_from_the_last_to_the_first(tmp_path: Path) -> None:
    path = tmp_path / "spec.md"
    path.write_text("```text\nold\n```\n```text\n```\n")
    file = SpecFile.__new__(SpecFile)
    file.path = path
    file.updates = {
        2: (Expected("outline", "", ("old",), 2), ["new", "lines"]),
        5: (Expected("outline", "", (), 5), ["more"]),
    }
    file.rewrite()
    assert path.read_text() == "```text\nnew\nlines\n```\n```text\nmore\n```\n"
