"""Code actions: what can be done about a finding, as edits of the text the client has, or by a command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from isg_analysis.model.text import PositionEncoding
from isg_server.client import ClientFeatures
from isg_server.documents import Edit as Change
from isg_server.documents import OpenDocuments
from isg_server.settings import merge, offered
from server.conftest import Edit, Editor, as_plain, text_capabilities, write
from server.test_diagnostics import pushed, until

A, B = "p/a.py", "p/b.py"
TIED = {
    "p/__init__.py": "",
    A: 'ü = "😀"\nfrom p.b import Line\n\n\ndef draw(on: Line) -> None: ...\n',
    B: "from p.a import draw\n\n\nclass Line:\n    def show(self) -> None:\n        draw(self)\n",
}
MOVE, INTO, IGNORE, ADD = (
    "Import under TYPE_CHECKING",
    "Move the import into the function that uses it",
    "Ignore this finding here",
    "Add to the baseline",
)
KEY = "import-cycle: p.a -> p.b -> p.a"
BASELINE = {"diagnostics": {"baseline": "known.json"}}


@pytest.fixture
def tied(workspace: Path) -> Path:
    """The workspace with a cycle of two modules in it."""
    return write(workspace, TIED)


async def actions(
    editor: Editor, path: str, found: list[types.Diagnostic], only: list[types.CodeActionKind] | None = None
) -> list[types.CodeAction | types.Command]:
    context = types.CodeActionContext(found, only)
    params = types.CodeActionParams(editor.document(path), found[0].range, context)
    return list(await editor.client.text_document_code_action_async(params) or ())


async def found_in(editor: Editor, path: str) -> list[types.Diagnostic]:
    await until(lambda: bool(pushed(editor, path)))
    return pushed(editor, path)


def applied(text: str, edits: list[Any]) -> str:
    """The text after a client made these edits."""
    documents = OpenDocuments()
    document = documents.open("file:///a.py", "python", 1, text)
    assert document is not None
    lines = text.split("\n")
    for edit in sorted(edits, key=lambda edit: (edit.range.start.line, edit.range.start.character), reverse=True):
        start, end = edit.range.start, edit.range.end
        assert start.line < len(lines)
        change = Change(edit.new_text, as_position(start), as_position(end))
        document.apply([change], 2, PositionEncoding.UTF16)
    return document.text.decode()


def as_position(position: types.Position) -> Any:
    from isg_analysis.model.text import Position

    return Position(position.line, position.character)


async def test_findings_can_be_mended_left_out_or_kept_as_known(tied: Path, edit: Edit) -> None:
    async with edit(options=BASELINE) as editor:
        offered_kinds = editor.capabilities.code_action_provider
        assert isinstance(offered_kinds, types.CodeActionOptions)
        assert list(offered_kinds.code_action_kinds or ()) == ["quickfix"]
        editor.open(A)
        editor.replace(A, '"😀"', '"😀😀"')
        found = await found_in(editor, A)
        offered_now = await actions(editor, A, found)
        assert [action.title for action in offered_now] == [MOVE, IGNORE, ADD]
        move, ignore, _ = offered_now  # lsprotocol takes an action with a command in it for a command
        assert isinstance(move, types.CodeAction)
        assert isinstance(ignore, types.CodeAction)
        assert list(move.diagnostics or ()) == found
        assert move.edit is not None
        (change,) = move.edit.document_changes or ()
        assert isinstance(change, types.TextDocumentEdit)
        assert (change.text_document.uri, change.text_document.version) == (editor.document(A).uri, editor.version)
        assert applied(editor.text(A), list(change.edits)).splitlines() == [
            'ü = "😀😀"',
            "from typing import TYPE_CHECKING",
            "",
            "if TYPE_CHECKING:",
            "    from p.b import Line",
            "",
            "",
            'def draw(on: "Line") -> None: ...',
        ]
        assert [action.title for action in await actions(editor, B, await found_in(editor, B))] == [INTO, IGNORE, ADD]
        assert await actions(editor, A, found, only=[types.CodeActionKind.Refactor]) == []
        assert await actions(editor, A, [types.Diagnostic(found[0].range, "unused", source="another")]) == []

        await editor.client.workspace_execute_command_async(
            types.ExecuteCommandParams("isg.addToBaseline", [{"uri": editor.document(A).uri, "key": KEY}])
        )
        await until(lambda: not pushed(editor, A) and not pushed(editor, B))
        known = json.loads((tied / "known.json").read_text("utf-8"))
        assert known == {"version": 1, "findings": [KEY]}


async def test_a_simple_client_gets_what_it_can_take(tied: Path, edit: Edit) -> None:
    async with edit(options=BASELINE, versions=False, actions=False) as editor:
        found = await found_in(editor, A)
        for one in found:
            one.data = None  # as clients do that keep none
        (add,) = await actions(editor, A, found)
        assert isinstance(add, types.Command)
        assert (add.title, add.command) == (ADD, "isg.addToBaseline")
        assert as_plain(add.arguments) == [{"uri": editor.document(A).uri, "key": KEY}]
    async with edit(versions=False) as editor:
        editor.open(A)
        *_, ignore = await actions(editor, A, await found_in(editor, A))
        assert isinstance(ignore, types.CodeAction)
        assert ignore.edit is not None
        assert ignore.edit.changes is not None
        text = applied(editor.text(A), list(ignore.edit.changes[editor.document(A).uri]))
        assert text.splitlines()[1] == "from p.b import Line  # isg: ignore[import-cycle]"
        with pytest.raises(JsonRpcException, match="no baseline inside of the folder is set"):
            await editor.client.workspace_execute_command_async(
                types.ExecuteCommandParams("isg.addToBaseline", [{"uri": editor.document(A).uri, "key": "k"}])
            )


def test_they_come_with_the_findings_in_companion_mode() -> None:
    companion, _ = merge({"mode": "companion"})
    assert offered(companion, "code_action")


def test_what_the_client_says_it_can() -> None:
    for can in (True, False):
        features = ClientFeatures.of(text_capabilities(actions=can, versions=can))
        assert (features.literal_actions, features.versioned_edits) == (can, can)
