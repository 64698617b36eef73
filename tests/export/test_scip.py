"""The SCIP index as a whole: valid, complete, and bound to the places the language's rules say."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from export.scip_reader import Document, Index, Occurrence, is_symbol, read_index
from isg_analysis.export.scip import DEFINITION, IMPORT, READ, Tool, write_index
from isg_analysis.resolve.memory import MemoryProgram

PYTHON = {
    "shapes/__init__.py": "from shapes.base import Shape\n",
    "shapes/base.py": '''"""Shapes."""


class Shape:
    """What has an area."""

    def area(self, scale=1):
        raise NotImplementedError
''',
    "shapes/square.py": """from shapes import Shape


class Square(Shape):
    def area(self, scale=1):
        side = 2
        side = side + 1
        return side * scale


def sum_of(values):
    total = 0
    for value in values:
        total = total + value
    return total


SQUARE = Square()
π = Square().area(scale=3)
""",
    "unknown.py": "def run(thing):\n    return thing.area()\n",
}

RUST = {
    "Cargo.toml": '[package]\nname = "shapes"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": """pub mod square;

/// What has an area.
pub trait Shape {
    fn area(&self) -> f64;
}
""",
    "src/square.rs": """use crate::Shape;

pub struct Square(pub f64);

impl Shape for Square {
    fn area(&self) -> f64 {
        let side = self.0;
        side * side
    }
}
""",
}


def exported(files: dict[str, str]) -> Index:
    sink = io.BytesIO()
    view = MemoryProgram(files)
    count = write_index(view, Path("/work space"), Tool("1.2.3"), sink)
    index = read_index(sink.getvalue())
    assert len(index.documents) == count
    return index


@pytest.fixture(scope="module")
def python() -> Index:
    return exported(PYTHON)


@pytest.fixture(scope="module")
def rust() -> Index:
    return exported(RUST)


def at(files: dict[str, str], document: Document, line: int, word: str, nth: int = 0) -> list[Occurrence]:
    """The occurrences on the nth mention of a word in a line (from 1)."""
    text = files[document.relative_path].split("\n")[line - 1].encode()
    column = -1
    for _ in range(nth + 1):
        column = text.index(word.encode(), column + 1)
    place = [line - 1, column, column + len(word.encode())]
    return [occurrence for occurrence in document.occurrences if occurrence.range == place]


def only(files: dict[str, str], document: Document, line: int, word: str, nth: int = 0) -> Occurrence:
    (found,) = at(files, document, line, word, nth)
    return found


def test_the_metadata_names_tool_and_root(python: Index) -> None:
    assert (python.tool, python.tool_version, python.text_encoding) == ("isg", "1.2.3", 1)
    assert python.project_root == "file:///work%20space"


@pytest.mark.parametrize("files", [PYTHON, RUST], ids=["python", "rust"])
def test_every_part_is_valid(files: dict[str, str]) -> None:
    index = exported(files)
    assert [document.relative_path for document in index.documents] == sorted(
        path for path in files if not path.endswith(".toml")
    )
    for document in index.documents:
        assert document.language in ("python", "rust")
        assert document.position_encoding == 1
        for occurrence in document.occurrences:
            assert is_symbol(occurrence.symbol), occurrence
            assert len(occurrence.range) in (3, 4)
            assert (len(occurrence.enclosing_range) in (3, 4)) if occurrence.enclosing_range else True
        ranges = [(occurrence.range[0], occurrence.range[1]) for occurrence in document.occurrences]
        assert ranges == sorted(ranges)
        named = [symbol.symbol for symbol in document.symbols]
        assert len(named) == len(set(named))
        defined = {o.symbol for o in document.occurrences if o.symbol_roles & DEFINITION}
        assert set(named) == defined


@pytest.mark.parametrize("files", [PYTHON, RUST], ids=["python", "rust"])
def test_every_relationship_ends_at_a_definition(files: dict[str, str]) -> None:
    index = exported(files)
    for document in index.documents:
        for symbol in document.symbols:
            for relationship in symbol.relationships:
                assert index.definitions(relationship.symbol), relationship


def test_the_same_bytes_every_time() -> None:
    first, second = io.BytesIO(), io.BytesIO()
    for sink in (first, second):
        write_index(MemoryProgram(PYTHON), Path("/w"), Tool("1"), sink)
    assert first.getvalue() == second.getvalue()


def test_a_module_is_defined_at_the_start_of_its_document(python: Index) -> None:
    document = python.document("shapes/base.py")
    (module,) = [o for o in document.occurrences if o.range == [0, 0, 0]]
    assert module.symbol_roles == DEFINITION
    assert document.symbols[0].symbol == module.symbol
    assert document.symbols[0].kind == 29


def test_an_import_means_the_final_definition(python: Index) -> None:
    document = python.document("shapes/square.py")
    imported = only(PYTHON, document, 1, "Shape")
    assert imported.symbol_roles == IMPORT
    assert python.definitions(imported.symbol) == [("shapes/base.py", 3, 6)]
    assert only(PYTHON, document, 4, "Shape").symbol == imported.symbol


def test_a_dotted_path_in_an_import_means_its_module_as_a_whole(python: Index) -> None:
    package = python.document("shapes/__init__.py")
    (whole,) = at(PYTHON, package, 1, "shapes.base")
    (component,) = at(PYTHON, package, 1, "base")
    assert whole.symbol == component.symbol
    assert whole.symbol_roles == IMPORT


def test_a_definition_has_its_extent_its_doc_and_its_signature(python: Index) -> None:
    document = python.document("shapes/base.py")
    definition = only(PYTHON, document, 4, "Shape")
    assert definition.enclosing_range[0] == 3
    about = document.information("Shape")
    assert about.documentation == ["What has an area."]
    assert about.kind == 7
    signature = document.information("area").signature
    assert signature is not None
    assert signature.language == "python"
    assert "area(self, scale=1)" in signature.text.replace(" = ", "=")


def test_a_subclass_implements_and_its_method_overrides(python: Index) -> None:
    base, square = python.document("shapes/base.py"), python.document("shapes/square.py")
    (extends,) = square.information("Square").relationships
    assert (extends.symbol, extends.is_implementation, extends.is_reference) == (base.information("Shape").symbol, 1, 0)
    (overrides,) = square.information("area").relationships
    assert (overrides.symbol, overrides.is_implementation, overrides.is_reference) == (
        base.information("area").symbol,
        1,
        1,
    )


def test_a_local_is_one_symbol_however_often_it_is_assigned(python: Index) -> None:
    document = python.document("shapes/square.py")
    side = only(PYTHON, document, 8, "side").symbol
    assert side.startswith("local ")
    assert only(PYTHON, document, 6, "side").symbol == side
    assert only(PYTHON, document, 7, "side", nth=1).symbol == side
    assert document.information("side").enclosing_symbol == document.information("area").symbol
    total = only(PYTHON, document, 15, "total").symbol
    assert total != side
    assert only(PYTHON, document, 14, "total", nth=1).symbol == total


def test_a_keyword_argument_means_the_parameter(python: Index) -> None:
    document = python.document("shapes/square.py")
    keyword = only(PYTHON, document, 19, "scale")
    assert keyword.symbol == document.information("area").symbol + "(scale)"
    assert python.definitions(keyword.symbol) == [("shapes/square.py", 4, 19)]


def test_columns_are_bytes(python: Index) -> None:
    document = python.document("shapes/square.py")
    assert only(PYTHON, document, 19, "Square").range == [18, 5, 11]
    assert only(PYTHON, document, 18, "Square").symbol_roles == READ


def test_what_is_not_certain_is_left_out(python: Index) -> None:
    document = python.document("unknown.py")
    assert at(PYTHON, document, 2, "area") == []


def test_an_impl_block_implements_its_trait_and_its_methods_the_traits(rust: Index) -> None:
    library, square = rust.document("src/lib.rs"), rust.document("src/square.rs")
    trait, method = library.information("Shape").symbol, library.information("area").symbol
    here = at(RUST, square, 5, "Square")
    assert sorted(o.symbol_roles & DEFINITION for o in here) == [0, 1]
    (block,) = [o.symbol for o in here if o.symbol_roles & DEFINITION]
    (about,) = [symbol for symbol in square.symbols if symbol.symbol == block]
    assert [(r.symbol, r.is_implementation, r.is_reference) for r in about.relationships] == [(trait, 1, 0)]
    overriding = square.information("area").relationships
    assert [(r.symbol, r.is_implementation, r.is_reference) for r in overriding] == [(method, 1, 1)]


def test_a_use_means_the_trait(rust: Index) -> None:
    square = rust.document("src/square.rs")
    assert rust.definitions(only(RUST, square, 1, "Shape").symbol) == [("src/lib.rs", 3, 10)]


def test_an_empty_workspace_gives_an_index_with_metadata_alone() -> None:
    index = exported({})
    assert index.documents == []
    assert index.tool == "isg"


@pytest.mark.parametrize(
    ("symbol", "valid"),
    [
        ("python pip flask 3.0 flask/app/Flask#run().", True),
        ("rust cargo a . b/`impl Shape for &'a T`#area(+1).", True),
        ("s . . . a/f().(x)", True),
        ("s . two  words 1 a/[T]", True),
        ("local 12", True),
        ("local a b", False),
        ("rust cargo a 0.1.0 ", False),
        ("rust cargo a 0.1.0 b c/", False),
        ("rust cargo a 0.1.0 b", False),
        ("rust cargo  0.1.0 b/", False),
    ],
)
def test_the_grammar_these_tests_go_by(symbol: str, valid: bool) -> None:
    assert is_symbol(symbol) is valid
