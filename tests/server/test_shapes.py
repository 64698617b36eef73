"""Long answers are encoded past lsprotocol: the JSON must be the one that lsprotocol gives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lsprotocol import types
from pygls.protocol import default_converter

from isg_analysis import queries
from isg_analysis.model.text import PositionEncoding
from isg_analysis.queries import Hit
from isg_analysis.resolve.memory import MemoryProgram
from isg_server import convert, outline
from isg_server.shapes import encoded

TEXT = """\
class Shape:
    def area(self) -> float: ...


'é😀'; square: Shape = Shape(); square.area(); square = Shape()
text = '''
é😀'''; Shape
"""
PROGRAM = MemoryProgram({"wörk/shapes.py": TEXT})


class Home:
    def uri(self, path: str) -> str:
        return f"file:///{path}"


HOME = Home()


def hits() -> list[Hit]:
    refs = queries.at(PROGRAM, 1, TEXT.index("Shape"))
    found = queries.references(PROGRAM, refs, include_declaration=True)
    return list(found.hits)


def results(encoding: PositionEncoding) -> list[tuple[Any, type[Any]]]:
    """One result of each kind, with lsprotocol's type for a response with it."""
    nodes = queries.outline(PROGRAM, 1)
    return [
        (convert.locations(HOME, hits(), encoding), types.ReferencesResponse),
        (convert.links(HOME, hits(), encoding), types.DefinitionResponse),
        (outline.document_symbols(nodes, encoding), types.DocumentSymbolResponse),
        (convert.flat_symbols(HOME, nodes, encoding), types.DocumentSymbolResponse),
        ([convert.workspace_symbol(HOME, hit, encoding) for hit in hits()], types.WorkspaceSymbolResponse),
        ([convert.highlight(hit, encoding) for hit in hits()], types.DocumentHighlightResponse),
    ]


@pytest.mark.parametrize("encoding", PositionEncoding)
def test_the_json_is_that_of_lsprotocol(encoding: PositionEncoding) -> None:
    converter = default_converter()
    for result, response in results(encoding):
        answer = json.loads(bytes(encoded(result)))
        assert len(answer) > 1
        sent = {"jsonrpc": "2.0", "id": 1, "result": answer}
        understood = converter.structure(json.loads(json.dumps(sent)), response)
        assert converter.unstructure(understood) == sent


@pytest.mark.parametrize("encoding", PositionEncoding)
def test_spans_are_pairs_of_positions(encoding: PositionEncoding) -> None:
    index = PROGRAM.line_index(1)
    size = len(TEXT.encode())
    for start in range(size + 1):
        for end in range(start, size + 1):
            first, last = index.position(start, encoding), index.position(end, encoding)
            span = (first.line, first.column, last.line, last.column)
            assert index.span(start, end, encoding) == span
            assert index.spans([(start, end)] * 2, encoding) == [span] * 2


def test_what_is_no_list_of_shapes_is_left_to_lsprotocol() -> None:
    location = types.Location("file:///x", types.Range(types.Position(0, 0), types.Position(0, 1)))
    assert encoded(None) is None
    assert encoded([location]) == [location]
    assert bytes(encoded([])) == b"[]"
