"""The graph's commands over executeCommand: their arguments are checked, their answers see unsaved text."""

from __future__ import annotations

from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from server.conftest import Edit, Editor, as_plain, write

SHAPES, USE = "app/shapes.py", "app/use.py"


async def told(editor: Editor, command: str, **argument: Any) -> Any:
    params = types.ExecuteCommandParams(command, [argument])
    return as_plain(await editor.client.workspace_execute_command_async(params))


def at(editor: Editor, path: str, place: str) -> dict[str, Any]:
    position = editor.position(path, place)
    return {
        "uri": editor.document(path).uri,
        "position": {"line": position.line, "character": position.character},
    }


async def test_context_of_a_place_with_unsaved_text(edit: Edit) -> None:
    async with edit() as editor:
        editor.open(USE)
        twice = "def twice(shape: Shape) -> float:\n    return 2 * shape.area()\n\n\n"
        editor.replace(USE, "def again", f"{twice}def again")
        found = await told(editor, "isg.llmContext", **at(editor, SHAPES, "def |area"), budget=2_000)
        assert "app.use.twice" in found["text"]
        assert found["tokens"] <= 2_000


async def test_tokens_are_counted_as_asked_or_it_is_told(edit: Edit) -> None:
    async with edit() as editor:
        with pytest.raises(JsonRpcException, match="expected cl100k_base or o200k_base"):
            await told(editor, "isg.llmContext", targets=["Shape"], tokenizer="claude")
        found = await told(editor, "isg.llmContext", targets=["Shape"], budget=300, tokenizer="o200k_base")
        assert 0 < found["tokens"] <= 300
        assert "note" not in found or "tokens are estimated" in found["note"], "as this machine has it"


async def test_blast_radius_by_name(edit: Edit) -> None:
    async with edit() as editor:
        found = await told(editor, "isg.blastRadius", targets=["app.shapes.Shape.area"])
        labels = [one["label"] for one in found["dependents"]]
        assert labels[:2] == ["app.use.measure", "app.shapes.Square.area"], "more depends on the first"
        assert "app.use.again" in labels
        assert found["count"] == sum(found["byHops"]) == len(labels)
        (measure,) = (one for one in found["dependents"] if one["label"] == "app.use.measure")
        assert measure["relation"] == "calls"
        assert measure["location"]["uri"] == editor.document(USE).uri


async def test_cycles_are_grouped_by_knot(workspace: Any, edit: Edit) -> None:
    write(workspace, {"app/a.py": "import app.b\n", "app/b.py": "import app.a\n"})
    async with edit() as editor:
        (knot,) = (await told(editor, "isg.cycles"))["knots"]
        assert knot["size"] == 2
        assert [finding["cycle"] for finding in knot["findings"]] == [["app.a", "app.b"], ["app.b", "app.a"]]
        assert len(knot["findings"][0]["places"]) == 2


async def test_dependencies_between_modules(edit: Edit) -> None:
    async with edit() as editor:
        (needed,) = (await told(editor, "isg.dependencies", uri=editor.document(USE).uri))["modules"]
        assert (needed["label"], needed["strength"], needed["names"]) == ("app.shapes", "runtime", ["Shape", "Square"])
        assert needed["imports"][0]["uri"] == editor.document(USE).uri
        asked = {"uri": editor.document(SHAPES).uri, "direction": "dependents"}
        assert [one["label"] for one in (await told(editor, "isg.dependencies", **asked))["modules"]] == ["app.use"]


async def test_what_nothing_refers_to_with_unsaved_text(edit: Edit) -> None:
    async with edit() as editor:
        editor.open(USE)
        editor.replace(USE, "def again", "def _dead() -> None: ...\n\n\ndef again")
        found = await told(editor, "isg.unreferenced", uri=editor.document(USE).uri)
        (first, second) = found["candidates"]
        assert (first["label"], first["kind"], first["likelihood"]) == ("app.use._dead", "function", "high")
        assert (second["label"], second["reasons"]) == ("app.use.again", ["public"])
        everywhere = await told(editor, "isg.unreferenced", least="high")
        assert [one["label"] for one in everywhere["candidates"]] == ["app.use._dead"]
        assert everywhere["truncated"] is False


async def test_entry_points(workspace: Any, edit: Edit) -> None:
    write(workspace, {"app/run.py": "def main() -> None: ...\n", "tests/test_it.py": "def test_it() -> None: ...\n"})
    async with edit() as editor:
        found = (await told(editor, "isg.entryPoints"))["entryPoints"]
        assert [(one["label"], one["custom"], one["test"]) for one in found] == [
            ("app.run.main", "main", False),
            ("tests.test_it.test_it", "test", True),
        ]


@pytest.mark.parametrize(
    ("argument", "reason"),
    [
        ({"targets": ["Shape"], "budget": 0}, ">= 1"),
        ({"targets": ["Shape"], "budgte": 10}, "budgte"),
        ({"targets": ["Nowhere"]}, "no symbol is called Nowhere"),
        ({}, "targets"),
        ({"targets": ["Shape"], "budget": 1}, "1 tokens do not hold"),
    ],
)
async def test_what_does_not_fit_is_told(edit: Edit, argument: dict[str, Any], reason: str) -> None:
    async with edit() as editor:
        with pytest.raises(JsonRpcException, match=reason):
            await told(editor, "isg.llmContext", **argument)
