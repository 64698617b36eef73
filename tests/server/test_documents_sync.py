"""Unsaved text, saved text, and files that change outside of the editor."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from server.conftest import Edit

LIB, SHAPES, USE = "src/lib.rs", "app/shapes.py", "app/use.py"


async def eventually(ask: Any, expected: Any) -> None:
    """Waits until a question has an answer; for what no message of the protocol tells."""
    while True:
        found = await ask()
        if found == expected:
            return
        await asyncio.sleep(0.05)


async def test_a_request_sees_the_edit_before_it(edit: Edit, encodings: Any) -> None:
    async with edit(encodings=encodings) as editor:
        editor.open(SHAPES)
        for count in range(5):
            editor.replace(SHAPES, "class Square(Shape):", "# é😀\nclass Square(Shape):")
            line = 9 + count
            found = await editor.implementation(SHAPES, "class |Shape")
            assert found == ["app/shapes.py:1: Shape", f"app/shapes.py:{line}: Square"]


async def test_unsaved_text_is_answered_from_everywhere(edit: Edit) -> None:
    async with edit() as editor:
        editor.open(USE)
        editor.replace(USE, "def again", "class Round(Shape): ...\n\n\ndef again")
        found = await editor.implementation(SHAPES, "class |Shape")
        assert found == ["app/shapes.py:1: Shape", "app/shapes.py:8: Square", "app/use.py:8: Round"]


async def test_closing_without_saving_brings_back_what_is_stored(edit: Edit) -> None:
    async with edit() as editor:
        editor.open(USE)
        editor.replace(USE, "def again", "class Round(Shape): ...\n\n\ndef again")
        editor.close(USE)
        stored = ["app/shapes.py:1: Shape", "app/shapes.py:8: Square"]
        await eventually(lambda: editor.implementation(SHAPES, "class |Shape"), stored)


async def test_a_saved_text_stays_when_it_is_closed(edit: Edit) -> None:
    async with edit() as editor:
        editor.open(USE)
        editor.replace(USE, "def again", "class Round(Shape): ...\n\n\ndef again")
        editor.save(USE)
        editor.close(USE)
        expected = ["app/shapes.py:1: Shape", "app/shapes.py:8: Square", "app/use.py:8: Round"]
        for _ in range(20):
            assert await editor.implementation(SHAPES, "class |Shape") == expected
            await asyncio.sleep(0.02)


async def test_a_document_opened_again_is_not_uncovered(edit: Edit) -> None:
    async with edit() as editor:
        editor.open(USE)
        editor.close(USE)
        editor.open(USE, editor.text(USE).replace("def again", "class Round(Shape): ...\n\n\ndef again"))
        for _ in range(20):
            assert len(await editor.implementation(SHAPES, "class |Shape")) == 3
            await asyncio.sleep(0.02)


async def test_a_new_unsaved_file_has_symbols(edit: Edit) -> None:
    async with edit() as editor:
        editor.open("app/new.py", "from app.shapes import Shape\n\n\nclass Fresh(Shape): ...\n")
        assert await editor.definition("app/new.py", "Fresh(|Shape") == ["app/shapes.py:1: Shape"]
        assert "app/new.py:4: Fresh" in await editor.implementation(SHAPES, "class |Shape")


@pytest.mark.parametrize("kind", ["watched", "renamed"])
async def test_files_that_change_outside_are_taken_in(edit: Edit, kind: str) -> None:
    async with edit() as editor:
        old, new = editor.folder / USE, editor.folder / "app/moved.py"
        editor.texts[USE] = editor.text(USE)
        old.rename(new)
        if kind == "watched":
            changes = [
                types.FileEvent(old.as_uri(), types.FileChangeType.Deleted),
                types.FileEvent(new.as_uri(), types.FileChangeType.Created),
            ]
            editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(changes))
        else:
            renamed = types.FileRename(old.as_uri(), new.as_uri())
            editor.client.workspace_did_rename_files(types.RenameFilesParams([renamed]))
        expected = ["app/moved.py:1: Square", "app/moved.py:9: Square", "app/shapes.py:13: Square"]
        await eventually(lambda: editor.references(SHAPES, "class |Square"), expected)


@pytest.mark.parametrize("occasion", ["opened", "saved"])
async def test_without_file_watching_other_changes_are_looked_for(edit: Edit, occasion: str) -> None:
    async with edit() as editor:
        if occasion == "saved":
            editor.open(SHAPES)
            await editor.indexed()  # what opening gave occasion to
        (editor.folder / "app/other.py").write_text("from app.shapes import Square\n")
        if occasion == "opened":
            editor.open(SHAPES)
        else:
            editor.save(SHAPES)
        expected = [
            "app/other.py:1: Square",
            "app/shapes.py:13: Square",
            "app/use.py:1: Square",
            "app/use.py:9: Square",
        ]
        await eventually(lambda: editor.references(SHAPES, "class |Square"), expected)


async def test_a_folder_that_is_renamed_takes_its_files_along(edit: Edit) -> None:
    async with edit() as editor:
        old, new = editor.folder / "app", editor.folder / "apps"
        old.rename(new)
        renamed = types.FileRename(old.as_uri(), new.as_uri())
        editor.client.workspace_did_rename_files(types.RenameFilesParams([renamed]))

        async def homes() -> set[str]:
            found = await editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("Square"))
            return {one.location.uri for one in found or ()}

        await eventually(homes, {(new / "shapes.py").as_uri()})
        assert await editor.definition("apps/use.py", "shape.|area") == []


async def test_nothing_is_to_be_edited_before_a_rename(edit: Edit) -> None:
    async with edit() as editor:
        operations = editor.capabilities.workspace and editor.capabilities.workspace.file_operations
        assert operations is not None
        assert operations.will_rename is None
        renamed = types.FileRename((editor.folder / USE).as_uri(), (editor.folder / "app/moved.py").as_uri())
        assert await editor.client.workspace_will_rename_files_async(types.RenameFilesParams([renamed])) is None


async def test_broken_text_is_answered_as_far_as_it_goes(edit: Edit) -> None:
    async with edit() as editor:
        editor.open(USE)
        editor.replace(USE, "def again() -> float:", "def again( -> :")
        assert await editor.definition(USE, "shape.|area") == ["app/shapes.py:4: area"]


async def test_two_servers_share_an_index_and_not_their_unsaved_text(edit: Edit) -> None:
    async with edit() as one, edit() as other:
        one.open(USE)
        one.replace(USE, "def again", "class Round(Shape): ...\n\n\ndef again")
        assert len(await one.implementation(SHAPES, "class |Shape")) == 3
        assert len(await other.implementation(SHAPES, "class |Shape")) == 2
        one.save(USE)
        expected = ["app/shapes.py:1: Shape", "app/shapes.py:8: Square", "app/use.py:8: Round"]
        await eventually(lambda: other.implementation(SHAPES, "class |Shape"), expected)


async def test_folders_come_and_go(edit: Edit, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "mod.py").write_text("class Elsewhere: ...\n")
    async with edit() as editor:

        async def names() -> set[str]:
            found = await editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("Elsewhere"))
            return {one.name for one in found or ()}

        folder = types.WorkspaceFolder(other.as_uri(), "other")
        added = types.WorkspaceFoldersChangeEvent(added=[folder], removed=[])
        editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(added))
        await eventually(names, {"Elsewhere"})
        removed = types.WorkspaceFoldersChangeEvent(added=[], removed=[folder])
        editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(removed))
        await eventually(names, set())
        assert await editor.definition(USE, "shape.|area") == ["app/shapes.py:4: area"]


async def test_a_folder_inside_another_is_answered_once(edit: Edit, workspace: Path) -> None:
    async with edit(folders=[workspace, workspace / "app"]) as editor:
        found = await editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("Square"))
        assert [one.name for one in found or ()].count("Square") == 1


async def test_a_root_behind_a_link_keeps_the_spelling_of_the_client(edit: Edit, workspace: Path) -> None:
    link = workspace.parent / "link"
    link.symlink_to(workspace, target_is_directory=True)
    async with edit(folders=[link]) as editor:
        editor.folder = link
        assert await editor.definition(USE, "shape.|area") == ["app/shapes.py:4: area"]


async def test_a_new_file_is_found_once_when_it_is_saved_and_indexed(edit: Edit) -> None:
    async with edit() as editor:
        editor.open("app/new.py", "class Fresh: ...\n")

        async def fresh() -> list[int]:
            """The lines where it is found."""
            found = await editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("Fresh"))
            return [one.location.range.start.line for one in found or () if isinstance(one.location, types.Location)]

        assert await fresh() == [0]
        editor.save("app/new.py")
        await editor.client.workspace_execute_command_async(types.ExecuteCommandParams("isg.reindex"))
        assert (await editor.status())["documents"]["python"] == 4
        assert await fresh() == [0]
        editor.replace("app/new.py", "class", "\nclass")
        assert await fresh() == [1]
        editor.close("app/new.py")
        await eventually(fresh, [0])


async def test_a_document_opened_before_it_is_indexed_is_found_once(edit: Edit) -> None:
    async with edit(indexed=False) as editor:
        editor.open(SHAPES)
        await editor.indexed()
        found = await editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("Square"))
        assert [one.name for one in found or ()] == ["Square"]
