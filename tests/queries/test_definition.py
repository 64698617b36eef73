"""`definition` leads to where something is worked on, rather than to where its name is bound."""

from __future__ import annotations

from isg_analysis import queries
from isg_analysis.model.text import PositionEncoding
from isg_analysis.queries import Answer
from isg_analysis.resolve.memory import MemoryProgram

CONFTEST = """import pytest


@pytest.fixture
def shape():
    return 1
"""
TEST = """import pytest


class TestShape:
    @pytest.fixture
    def shape(self):
        return 2

    def test_inside(self, shape):
        assert shape


def test_outside(shape, size):
    assert shape


def helper(shape): ...
"""
STUB = "class A:\n    def run(self): ...\n\ndef b(): ...\n"
SOURCE = "class A:\n    def run(self): ...\n"


def asked(files: dict[str, str], path: str, text: str, into: int = 0) -> tuple[MemoryProgram, int, int]:
    """A program, and the place of a text that the file has once."""
    program = MemoryProgram(files)
    document = program.document(path)
    assert document is not None
    assert files[path].count(text) == 1
    return program, document, files[path].index(text) + into


def lines(answer: Answer) -> list[str]:
    """`path:line`, counted from 1, of each result."""
    return [f"{hit.path}:{hit.range(PositionEncoding.UTF8)[0].line + 1}" for hit in answer.hits]


def test_a_parameter_that_a_fixture_fills_in_leads_to_the_fixture() -> None:
    files = {"conftest.py": CONFTEST, "test_shape.py": TEST}
    for text, places in {
        "test_inside(self, |": ["test_shape.py:6"],
        "test_outside(|": ["conftest.py:5"],
        "test_outside(shape, |": ["test_shape.py:13"],
        "helper(|": ["test_shape.py:17"],
    }.items():
        before = text.rstrip("|")
        assert lines(queries.definition(*asked(files, "test_shape.py", before, len(before)))) == places, text


def test_a_use_of_such_a_parameter_leads_to_the_parameter() -> None:
    files = {"conftest.py": CONFTEST, "test_shape.py": TEST}
    place = asked(files, "test_shape.py", "size):\n    assert ", len("size):\n    assert "))
    assert lines(queries.definition(*place)) == ["test_shape.py:13"]


def test_what_a_stub_describes_is_defined_in_the_source() -> None:
    files = {"a.pyi": STUB, "a.py": SOURCE}
    assert lines(queries.definition(*asked(files, "a.pyi", "A"))) == ["a.py:1"]
    assert lines(queries.definition(*asked(files, "a.pyi", "run"))) == ["a.py:2"]
    assert lines(queries.definition(*asked(files, "a.pyi", "b()"))) == ["a.pyi:4"]


def test_a_stub_and_its_source_have_the_same_references() -> None:
    files = {"a.pyi": STUB, "a.py": SOURCE, "use.py": "from a import A\n\nA()\n"}
    both = []
    for path in ("a.pyi", "a.py"):
        program, document, offset = asked(files, path, "A")
        found = queries.references(program, queries.at(program, document, offset), include_declaration=True)
        both.append(lines(found))
    assert both == [["a.py:1", "a.pyi:1", "use.py:1", "use.py:3"]] * 2


def test_a_variable_that_is_annotated_again_is_defined_there_too() -> None:
    files = {
        "a.py": "if x:\n    a: int = 1\nelse:\n    a: str\na = 2\n\nclass B:\n    c: int\n    c: str\n\nprint(a, B.c)\n"
    }
    assert lines(queries.definition(*asked(files, "a.py", "(a", 1))) == ["a.py:2", "a.py:4"]
    assert lines(queries.definition(*asked(files, "a.py", "B.c", 2))) == ["a.py:8", "a.py:9"]
    assert lines(queries.declaration(*asked(files, "a.py", "B.c", 2))) == ["a.py:8", "a.py:9"]
