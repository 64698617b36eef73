"""`alias_references` answers about a name that an import gives."""

from __future__ import annotations

import pytest

from isg_analysis import queries
from isg_analysis.resolve.memory import MemoryProgram

FILES = {
    "original.py": "def func(): ...\n\n\nfunc()\n",
    "importer.py": "from original import func as alias\nimport os.path as p\n\nalias(p)\n",
    "reader.py": "from importer import alias\nfrom original import func\n\nalias(func)\n",
    "other.py": "from original import func as alias\n\nalias()\n",
}


def uses(at: str, *, include_declaration: bool = True) -> list[str] | None:
    """`path:line:column` of the uses of the name that stands at one, counted from 1."""
    program = MemoryProgram(FILES)
    path, line, column = at.split(":")
    document = program.document(path)
    assert document is not None
    offset = len("".join(FILES[path].splitlines(keepends=True)[: int(line) - 1])) + int(column) - 1
    found = queries.alias_references(program, document, offset, include_declaration=include_declaration)
    return None if found is None else [_shown(hit) for hit in found.hits]


def _shown(hit: queries.Hit) -> str:
    before = FILES[hit.path][: hit.start]
    return f"{hit.path}:{before.count(chr(10)) + 1}:{hit.start - before.rfind(chr(10))}"


@pytest.mark.parametrize("at", ["importer.py:1:30", "importer.py:4:1"])
def test_a_new_name_is_used_where_it_is_spelled_or_imported_from_there(at: str) -> None:
    assert uses(at) == ["importer.py:1:30", "importer.py:4:1", "reader.py:1:22", "reader.py:4:1"]


def test_a_new_name_of_something_outside_has_uses() -> None:
    assert uses("importer.py:4:7") == ["importer.py:2:19", "importer.py:4:7"]
    assert uses("importer.py:4:7", include_declaration=False) == ["importer.py:4:7"]


@pytest.mark.parametrize("at", ["original.py:1:5", "importer.py:1:22", "reader.py:1:22", "reader.py:4:7"])
def test_what_has_its_own_name_is_no_alias(at: str) -> None:
    assert uses(at) is None


def test_a_name_of_something_outside_is_highlighted() -> None:
    program = MemoryProgram(FILES)
    document = program.document("importer.py")
    assert document is not None
    found = queries.highlights(program, document, FILES["importer.py"].index("(p)") + 1)
    assert [_shown(hit) for hit in found.hits] == ["importer.py:2:19", "importer.py:4:7"]
