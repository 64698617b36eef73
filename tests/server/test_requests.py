"""Every request, in both encodings, on lines with wide characters before the symbols.

Nothing here changes the workspace: tests whose clients are alike share a server.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types

from server.conftest import FILES, SECONDS, Edit, Editor, apart, opened, write

LIB, SHAPES, USE = "src/lib.rs", "app/shapes.py", "app/use.py"
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def edit(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Edit]:
    """As everywhere, but an editor with these capabilities is opened once; what a test opened in it, is closed."""
    home = tmp_path_factory.mktemp("requests")
    folder = write(home / "wörk space", FILES)
    async with AsyncExitStack() as stack:
        known: dict[str, Editor] = {}

        @asynccontextmanager
        async def edit(**given: Any) -> AsyncIterator[Editor]:
            key = repr(sorted(given.items()))
            async with asyncio.timeout(SECONDS):
                if key not in known:
                    known[key] = await stack.enter_async_context(opened(folder, apart(home), **given))
                editor = known[key]
                yield editor
                for path in list(editor.texts):
                    editor.close(path)
                editor.folder = folder

        yield edit


async def test_implementation_of_types(edit: Edit, encodings: Any) -> None:
    async with edit(encodings=encodings) as editor:
        assert await editor.implementation(LIB, "trait |Shape") == ["src/lib.rs:3: Circle"]
        assert await editor.implementation(LIB, "impl |Shape") == ["src/lib.rs:3: Circle"]
        found = await editor.implementation(USE, "shape: |Shape")
        assert found == ["app/shapes.py:1: Shape", "app/shapes.py:8: Square"]


async def test_implementation_of_members(edit: Edit, encodings: Any) -> None:
    async with edit(encodings=encodings) as editor:
        assert await editor.implementation(LIB, "Shape { fn |area") == ["src/lib.rs:3: area"]
        assert await editor.implementation(USE, "shape.|area") == ["app/shapes.py:4: area", "app/shapes.py:9: area"]


async def test_references(edit: Edit, encodings: Any) -> None:
    async with edit(encodings=encodings) as editor:
        found = await editor.references(SHAPES, "class |Square")
        assert found == ["app/shapes.py:13: Square", "app/use.py:1: Square", "app/use.py:9: Square"]
        found = await editor.references(LIB, "struct |Circle")
        assert found == ["src/lib.rs:3: Circle", "src/lib.rs:6: Circle"]


async def test_references_with_the_declaration(edit: Edit, encodings: Any) -> None:
    async with edit(encodings=encodings) as editor:
        found = await editor.references(LIB, "struct |Circle", declaration=True)
        assert found == ["src/lib.rs:2: Circle", "src/lib.rs:3: Circle", "src/lib.rs:6: Circle"]
        found = await editor.references(USE, "|big = ", declaration=True)
        assert found == ["app/use.py:5: big", "app/use.py:5: big"]


async def test_definition(edit: Edit, encodings: Any) -> None:
    async with edit(encodings=encodings) as editor:
        assert await editor.definition(USE, "shape.|area") == ["app/shapes.py:4: area"]
        assert await editor.definition(USE, "return |big") == ["app/use.py:5: big"]
        assert await editor.definition(LIB, "shape.|area") == ["src/lib.rs:3: area"]
        assert await editor.definition(LIB, "size + |size") == ["src/lib.rs:6: size"]


async def test_nothing_is_known_of_blank_places(edit: Edit) -> None:
    async with edit() as editor:
        assert await editor.definition(USE, '"|é😀"') == []
        assert await editor.references(USE, '"|é😀"') == []
        assert await editor.implementation(USE, '"|é😀"') == []


async def test_declaration_is_the_overridden_member(edit: Edit, encodings: Any) -> None:
    async with edit(encodings=encodings) as editor:
        position = editor.position(LIB, "Circle { fn |area")
        params = types.DeclarationParams(editor.document(LIB), position)
        found = await editor.client.text_document_declaration_async(params)
        assert editor.shown(found) == ["src/lib.rs:1: area"]


async def test_type_definition(edit: Edit, encodings: Any) -> None:
    async with edit(encodings=encodings) as editor:
        for path, place, expected in (
            (USE, "= |shape.area", "app/shapes.py:1: Shape"),
            (LIB, "= |shape.area", "src/lib.rs:2: Circle"),
        ):
            params = types.TypeDefinitionParams(editor.document(path), editor.position(path, place))
            found = await editor.client.text_document_type_definition_async(params)
            assert editor.shown(found) == [expected]


async def test_links_hold_the_whole_definition(edit: Edit) -> None:
    async with edit(links=True) as editor:
        params = types.DefinitionParams(editor.document(USE), editor.position(USE, "shape.|area"))
        found = await editor.client.text_document_definition_async(params)
        assert isinstance(found, list)
        assert [type(one) for one in found] == [types.LocationLink]
        link = found[0]
        assert isinstance(link, types.LocationLink)
        assert editor.shown(found) == ["app/shapes.py:4: area"]
        assert (link.target_range.start.line, link.target_range.end.line) == (3, 4)


async def outline(editor: Editor, path: str) -> Any:
    return await editor.client.text_document_document_symbol_async(types.DocumentSymbolParams(editor.document(path)))


def tree(editor: Editor, path: str, nodes: Any) -> list[Any]:
    """Names as the selection range shows them, with kinds and children."""
    shown = []
    for node in nodes:
        assert (node.range.start.line, node.range.start.character) <= (
            node.selection_range.start.line,
            node.selection_range.start.character,
        )
        name = editor.slice(path, node.selection_range)
        shown.append((name, node.kind.name, tree(editor, path, node.children or ())))
    return shown


async def test_document_symbols_as_a_tree(edit: Edit, encodings: Any) -> None:
    async with edit(encodings=encodings) as editor:
        assert tree(editor, SHAPES, await outline(editor, SHAPES)) == [
            ("Shape", "Class", [("area", "Method", [])]),
            ("Square", "Class", [("area", "Method", [])]),
            ("MARK", "Constant", []),
            ("SQUARE", "Constant", []),
        ]
        assert tree(editor, LIB, await outline(editor, LIB)) == [
            ("Shape", "Interface", [("area", "Method", [])]),
            ("Circle", "Class", [("radius", "Field", [])]),
            ("Circle", "Object", [("area", "Method", [])]),
            ("total", "Function", []),
        ]


async def test_document_symbols_as_a_list(edit: Edit) -> None:
    async with edit(hierarchical=False) as editor:
        found = await outline(editor, SHAPES)
        assert all(isinstance(one, types.SymbolInformation) for one in found)
        shown = [(one.name, one.location.range.start.line) for one in found]
        assert shown == [("Shape", 0), ("area", 3), ("Square", 7), ("area", 8), ("MARK", 12), ("SQUARE", 12)]
        assert [one.container_name for one in found][1::2] == ["Shape", "Square", "app.shapes"]


async def test_workspace_symbols_are_fuzzy_and_ranked(edit: Edit, encodings: Any) -> None:
    async with edit(encodings=encodings) as editor:
        found = await editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("shape"))
        assert found is not None
        shown = [(one.name, editor.shown([one.location])[0]) for one in found]
        assert sorted(shown[:2]) == [("Shape", "app/shapes.py:1: Shape"), ("Shape", "src/lib.rs:1: Shape")]
        found = await editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("sqre"))
        assert {one.name for one in found or ()} == {"Square", "SQUARE"}


async def hover(editor: Editor, path: str, place: str) -> types.Hover | None:
    params = types.HoverParams(editor.document(path), editor.position(path, place))
    return await editor.client.text_document_hover_async(params)


async def test_hover_in_markdown(edit: Edit, encodings: Any) -> None:
    async with edit(encodings=encodings) as editor:
        found = await hover(editor, LIB, "fn |total")
        assert found is not None
        assert isinstance(found.contents, types.MarkupContent)
        assert found.contents.kind is types.MarkupKind.Markdown
        text = found.contents.value
        assert text.startswith("```rust\npub fn total(shape: &Circle) -> f64\n```")
        assert "Adds é😀 up." in text
        assert "function · defined in src/lib.rs" in text
        assert found.range is not None
        assert editor.slice(LIB, found.range) == "total"


async def test_hover_in_plain_text(edit: Edit) -> None:
    async with edit(markdown=False) as editor:
        found = await hover(editor, USE, "shape: |Shape")
        assert found is not None
        assert isinstance(found.contents, types.MarkupContent)
        assert found.contents.kind is types.MarkupKind.PlainText
        assert found.contents.value.startswith("class Shape")
        assert "What has an area: é😀." in found.contents.value
        assert "1 implementation" in found.contents.value
        assert "`" not in found.contents.value
        assert await hover(editor, USE, '"|é😀"') is None


async def test_highlights_tell_reads_from_writes(edit: Edit, encodings: Any) -> None:
    async with edit(encodings=encodings) as editor:
        params = types.DocumentHighlightParams(editor.document(LIB), editor.position(LIB, "let |size"))
        found = await editor.client.text_document_document_highlight_async(params)
        kinds = [(editor.slice(LIB, one.range), one.kind) for one in found or ()]
        write, read = types.DocumentHighlightKind.Write, types.DocumentHighlightKind.Read
        assert kinds == [("size", write), ("size", read), ("size", read)]


async def test_a_moniker_is_the_symbol_id(edit: Edit, encodings: Any) -> None:
    async with edit(encodings=encodings) as editor:
        params = types.MonikerParams(editor.document(LIB), editor.position(LIB, "struct |Circle"))
        found = await editor.client.text_document_moniker_async(params)
        assert found is not None
        assert [one.identifier for one in found] == ["rust cargo shapes 0.1.0 Circle#"]
        params = types.MonikerParams(editor.document(LIB), editor.position(LIB, "let |size"))
        assert await editor.client.text_document_moniker_async(params) is None


@pytest.mark.parametrize("uri", ["file:///nowhere/x.txt", "untitled:Untitled-1", "git:/a.py?ref", "nonsense"])
async def test_what_is_no_source_file_gets_empty_answers(edit: Edit, uri: str) -> None:
    async with edit() as editor:
        document = types.TextDocumentIdentifier(uri)
        item = types.TextDocumentItem(uri, "python", 1, "class A: ...")
        editor.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        start = types.Position(0, 6)
        assert await editor.client.text_document_definition_async(types.DefinitionParams(document, start)) is None
        assert await editor.client.text_document_hover_async(types.HoverParams(document, start)) is None
        symbols = types.DocumentSymbolParams(document)
        assert await editor.client.text_document_document_symbol_async(symbols) is None


async def test_a_document_outside_of_every_root_is_answered_from_its_own_text(edit: Edit, tmp_path: Path) -> None:
    text = "class Lone: ...\n\n\n'é😀', Lone()\n"
    async with edit() as editor:
        path = (tmp_path / "lone.py").as_posix()
        editor.folder = tmp_path
        editor.open("lone.py", text)
        assert await editor.definition("lone.py", ", |Lone") == ["lone.py:1: Lone"]
        editor.replace("lone.py", "class Lone", "\nclass Lone")
        assert await editor.references("lone.py", "class |Lone", declaration=True) == [
            "lone.py:2: Lone",
            "lone.py:5: Lone",
        ]
        editor.close("lone.py")
        symbols = types.DocumentSymbolParams(types.TextDocumentIdentifier(f"file://{path}"))
        assert await editor.client.text_document_document_symbol_async(symbols) is None


async def test_positions_beyond_the_text_are_answered(edit: Edit) -> None:
    async with edit() as editor:
        far = types.Position(2**31 - 1, 2**31 - 1)
        params = types.DefinitionParams(editor.document(USE), far)
        assert await editor.client.text_document_definition_async(params) is None
