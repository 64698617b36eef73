"""The hierarchies of calls and of types, as an editor unfolds them: items, ranges, doubt, edits in between."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from lsprotocol import types
from pygls.protocol import default_converter

from isg_analysis import queries
from isg_analysis.model.text import PositionEncoding
from isg_analysis.resolve.memory import MemoryProgram
from isg_server import convert
from isg_server.shapes import encoded
from server.conftest import Edit, Editor, as_plain

LIB, SHAPES, USE = "src/lib.rs", "app/shapes.py", "app/use.py"
MORE = "app/more.py"
MORE_TEXT = """\
from app.shapes import Shape, Square


class Cube(Square):
    def area(self) -> float:
        return super().area()


def each(shape: Shape, thing) -> float:
    "é😀"; return shape.area() + thing.area()


each(Cube(), Square())
"""


async def calls_at(editor: Editor, path: str, place: str) -> list[types.CallHierarchyItem]:
    params = types.CallHierarchyPrepareParams(editor.document(path), editor.position(path, place))
    return list(await editor.client.text_document_prepare_call_hierarchy_async(params) or ())


async def types_at(editor: Editor, path: str, place: str) -> list[types.TypeHierarchyItem]:
    params = types.TypeHierarchyPrepareParams(editor.document(path), editor.position(path, place))
    return list(await editor.client.text_document_prepare_type_hierarchy_async(params) or ())


async def incoming(editor: Editor, item: types.CallHierarchyItem) -> list[str]:
    found = await editor.client.call_hierarchy_incoming_calls_async(types.CallHierarchyIncomingCallsParams(item))
    assert found is not None
    return [shown(editor, one.from_, one.from_.uri, one.from_ranges) for one in found]


async def outgoing(editor: Editor, item: types.CallHierarchyItem) -> list[str]:
    found = await editor.client.call_hierarchy_outgoing_calls_async(types.CallHierarchyOutgoingCallsParams(item))
    assert found is not None
    return [shown(editor, one.to, item.uri, one.from_ranges) for one in found]


async def supertypes(editor: Editor, item: types.TypeHierarchyItem) -> list[str]:
    found = await editor.client.type_hierarchy_supertypes_async(types.TypeHierarchySupertypesParams(item))
    assert found is not None
    return [shown(editor, one, one.uri, ()) for one in found]


async def subtypes(editor: Editor, item: types.TypeHierarchyItem) -> list[str]:
    found = await editor.client.type_hierarchy_subtypes_async(types.TypeHierarchySubtypesParams(item))
    assert found is not None
    return [shown(editor, one, one.uri, ()) for one in found]


def shown(editor: Editor, item: Any, uri: str, ranges: Any) -> str:
    """`Name (detail): calls`, each call as line and text in the document at `uri`."""
    assert inside(item.selection_range, item.range)
    path = (editor.folder / ".").as_uri().rstrip("/.")
    calls = [f"{one.start.line + 1} {editor.slice(uri.removeprefix(path + '/'), one)}" for one in ranges]
    return f"{item.name} ({item.detail})" + (f": {', '.join(calls)}" if calls else "")


def inside(inner: types.Range, outer: types.Range) -> bool:
    first, last = (outer.start.line, outer.start.character), (outer.end.line, outer.end.character)
    return first <= (inner.start.line, inner.start.character) and (inner.end.line, inner.end.character) <= last


async def test_incoming_calls(edit: Edit, encodings: Any) -> None:
    async with edit(encodings=encodings) as editor:
        (item,) = await calls_at(editor, SHAPES, "def |area")
        assert (item.name, item.kind, item.detail) == ("area", types.SymbolKind.Method, "Shape")
        assert editor.slice(SHAPES, item.selection_range) == "area"
        assert item.range.start.line == 3
        assert await incoming(editor, item) == ["measure (app.use): 5 area"]


async def test_outgoing_calls(edit: Edit, encodings: Any) -> None:
    async with edit(encodings=encodings) as editor:
        (item,) = await calls_at(editor, USE, "return |measure")
        assert await outgoing(editor, item) == ["area (Shape): 5 area"]
        (item,) = await calls_at(editor, USE, "def |again")
        assert await outgoing(editor, item) == ["measure (app.use): 9 measure", "Square (app.shapes): 9 Square"]
        (item,) = await calls_at(editor, LIB, "fn |total")
        assert await outgoing(editor, item) == ["area (Circle): 6 area"]


async def test_calls_at_module_level_are_the_module_s(edit: Edit, encodings: Any) -> None:
    async with edit(encodings=encodings) as editor:
        (item,) = await calls_at(editor, SHAPES, "class |Square")
        callers = await editor.client.call_hierarchy_incoming_calls_async(types.CallHierarchyIncomingCallsParams(item))
        assert callers is not None
        module = next(one for one in callers if one.from_.kind is types.SymbolKind.Module)
        assert shown(editor, module.from_, module.from_.uri, module.from_ranges) == "shapes (app/shapes.py): 13 Square"
        assert await outgoing(editor, module.from_) == ["Square (app.shapes): 13 Square"]
        assert await incoming(editor, module.from_) == []


async def test_what_is_possible_is_said_so_and_unknown_types_only_if_wanted(edit: Edit) -> None:
    for wanted in (False, True):
        async with edit(options={"possibleMatches": wanted}) as editor:
            editor.open(MORE, MORE_TEXT)
            (item,) = await calls_at(editor, MORE, "def |area")
            assert item.detail == "Cube"
            found = await incoming(editor, item)
            assert "measure (app.use · possible): 5 area" in found
            calls = "10 area, 10 area" if wanted else "10 area"
            assert [one for one in found if one.startswith("each")] == [f"each (app.more · possible): {calls}"]


async def test_nothing_can_be_called_at_a_blank_or_a_local(edit: Edit) -> None:
    async with edit() as editor:
        assert await calls_at(editor, USE, "; |big") == []
        assert await calls_at(editor, USE, '"|é😀"') == []
        assert await types_at(editor, USE, '"|é😀"') == []
        assert await types_at(editor, USE, "def |again") == []


async def test_the_types_above_and_below(edit: Edit, encodings: Any) -> None:
    async with edit(encodings=encodings) as editor:
        (item,) = await types_at(editor, SHAPES, "class |Shape")
        assert (item.name, item.kind, item.detail) == ("Shape", types.SymbolKind.Class, "app.shapes")
        assert await supertypes(editor, item) == []
        assert await subtypes(editor, item) == ["Square (app.shapes)"]
        (item,) = await types_at(editor, LIB, "struct |Circle")
        assert await supertypes(editor, item) == ["Shape (None)"]
        (item,) = await types_at(editor, LIB, "impl |Shape")
        assert item.kind is types.SymbolKind.Interface
        assert await subtypes(editor, item) == ["Circle (None)"]


async def test_a_value_leads_to_its_type(edit: Edit) -> None:
    async with edit() as editor:
        (item,) = await types_at(editor, USE, "= |shape.area")
        assert item.name == "Shape"
        (item,) = await types_at(editor, LIB, "fn |area(&self) -> f64 { ")
        assert item.name == "Circle"


async def test_a_blanket_impl_is_named(edit: Edit) -> None:
    async with edit() as editor:
        editor.open(LIB, editor.text(LIB) + "pub trait Big {}\nimpl<T: Shape> Big for T {}\n")
        (item,) = await types_at(editor, LIB, "struct |Circle")
        assert await supertypes(editor, item) == ["Shape (None)", "Big (impl<T: Shape> Big for T)"]
        (item,) = await types_at(editor, LIB, "trait |Big")
        assert await subtypes(editor, item) == ["T (impl<T: Shape> Big for T)"]


async def test_an_item_outlives_edits_and_a_lost_symbol_has_no_calls(edit: Edit) -> None:
    async with edit() as editor:
        (item,) = await calls_at(editor, USE, "def |measure")
        (kind,) = await types_at(editor, SHAPES, "class |Shape")
        assert as_plain(item.data) == {"symbol": "isg python . . app/use/measure()."}
        editor.open(USE)
        editor.replace(USE, "\n\ndef measure", "\n\n# above\n\n\ndef measure")
        editor.replace(USE, "measure(Square())", "measure(Square()) + measure(Square())")
        assert await incoming(editor, item) == ["again (app.use): 12 measure, 12 measure"]
        editor.open(SHAPES)
        editor.replace(SHAPES, "class Square(Shape)", "class Round(Shape): ...\nclass Square(Shape)")
        assert await subtypes(editor, kind) == ["Round (app.shapes)", "Square (app.shapes)"]
        editor.replace(USE, "def measure", "def renamed")
        editor.replace(SHAPES, "class Shape", "class Form")
        assert await incoming(editor, item) == []
        assert await outgoing(editor, item) == []
        assert await subtypes(editor, kind) == []
        assert await supertypes(editor, kind) == []


@pytest.mark.parametrize("data", [None, "text", {"symbol": 3}, {}, {"symbol": ""}])
async def test_an_item_that_is_not_ours_is_answered(edit: Edit, data: Any) -> None:
    async with edit() as editor:
        start = types.Range(types.Position(0, 0), types.Position(0, 0))
        for path in (USE, "app/none.py"):
            uri = editor.document(path).uri
            assert (
                await incoming(
                    editor, types.CallHierarchyItem("x", types.SymbolKind.Class, uri, start, start, data=data)
                )
                == []
            )
            assert (
                await subtypes(
                    editor, types.TypeHierarchyItem("x", types.SymbolKind.Class, uri, start, start, data=data)
                )
                == []
            )


PROGRAM = MemoryProgram(
    {"app.py": "class A:\n    def go(self): 'é😀'; return go()\n\n\nclass B(A): ...\n\n\ndef go(): return A().go()\n"}
)


class Home:
    def uri(self, path: str) -> str:
        return f"file:///{path}"


def results() -> list[tuple[Callable[[PositionEncoding], list[Any]], type[Any]]]:
    at = {queries.hit(PROGRAM, ref).name: ref for ref in (1 << 24 | row << 1 for row in range(1, 5))}
    home, go, base = Home(), at["go"], at["A"]
    calls, kin = queries.callers(PROGRAM, go).calls, queries.subtypes(PROGRAM, base).kin
    return [
        (lambda e: [convert.call_item(home, queries.hit(PROGRAM, go), e)], types.CallHierarchyPrepareResponse),
        (lambda e: [convert.incoming_call(home, one, e) for one in calls], types.CallHierarchyIncomingCallsResponse),
        (
            lambda e: [convert.outgoing_call(home, one, e) for one in queries.callees(PROGRAM, go).calls],
            types.CallHierarchyOutgoingCallsResponse,
        ),
        (lambda e: [convert.type_item(home, queries.hit(PROGRAM, base), e)], types.TypeHierarchyPrepareResponse),
        (lambda e: [convert.kin(home, one, e) for one in kin], types.TypeHierarchySubtypesResponse),
    ]


@pytest.mark.parametrize("encoding", PositionEncoding)
def test_the_json_is_that_of_lsprotocol(encoding: PositionEncoding) -> None:
    converter = default_converter()
    for made, response in results():
        result = made(encoding)
        assert result
        sent = {"jsonrpc": "2.0", "id": 1, "result": json.loads(bytes(encoded(result)))}
        understood = converter.structure(json.loads(json.dumps(sent)), response)
        assert as_json(converter.unstructure(understood)) == sent


def as_json(value: Any) -> Any:
    """lsprotocol keeps `data` as an object of its own."""
    if isinstance(value, dict):
        return {key: as_json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_json(one) for one in value]
    return as_plain(value)
