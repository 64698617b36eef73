"""Code lenses: off unless asked for, counted only when shown, clicks for clients that can."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from server.conftest import Edit, Editor, as_plain, write

SHAPES, USE = "app/shapes.py", "app/use.py"
SHOW = "isg.showReferences"
ALL = {"codeLens": {"references": True, "implementations": True, "cycles": True}}


async def lenses(editor: Editor, path: str) -> list[types.CodeLens]:
    found = await editor.client.text_document_code_lens_async(types.CodeLensParams(editor.document(path)))
    assert found is not None
    return list(found)


async def shown(editor: Editor, path: str) -> list[tuple[int, str]]:
    """(line, title) of the lenses once they are shown."""
    out = []
    for lens in await lenses(editor, path):
        resolved = lens if lens.command else await editor.client.code_lens_resolve_async(lens)
        assert resolved.command is not None
        out.append((resolved.range.start.line, resolved.command.title))
    return out


async def test_there_are_none_unless_asked_for(edit: Edit) -> None:
    async with edit() as editor:
        assert editor.capabilities.code_lens_provider is None


async def test_they_count_only_when_shown(edit: Edit) -> None:
    async with edit(options=ALL) as editor:
        assert editor.capabilities.code_lens_provider == types.CodeLensOptions(resolve_provider=True)
        assert all(lens.command is None and lens.data for lens in await lenses(editor, SHAPES))
        titles = await shown(editor, SHAPES)
        line = editor.position(SHAPES, "class |Shape").line
        assert (line, "3 references in 2 files") in titles
        assert (line, "1 implementation") in titles
        area = editor.position(SHAPES, "def |area").line
        assert (area, "1 implementation") in titles


async def test_each_sort_has_its_setting(edit: Edit) -> None:
    async with edit(options={"codeLens": {"implementations": True}}) as editor:
        assert {title for _, title in await shown(editor, SHAPES)} == {"1 implementation"}


async def test_a_click_shows_places_where_the_client_can(edit: Edit) -> None:
    async with edit(options=ALL, commands=[SHOW]) as editor:
        first, *_ = await lenses(editor, SHAPES)
        lens = await editor.client.code_lens_resolve_async(first)
        assert lens.command is not None
        assert lens.command.command == SHOW
        uri, position, places = as_plain(lens.command.arguments)
        assert (uri, position) == (editor.document(SHAPES).uri, as_position(lens.range.start))
        assert len(places) == int(lens.command.title.split()[0])
        assert {"uri", "range"} == set(places[0])


async def test_a_client_without_the_command_gets_text(edit: Edit) -> None:
    async with edit(options=ALL) as editor:
        first, *_ = await lenses(editor, SHAPES)
        lens = await editor.client.code_lens_resolve_async(first)
        assert lens.command is not None
        assert (lens.command.command, lens.command.arguments) == ("", None)


async def test_unsaved_text_counts_and_what_is_gone_is_told(edit: Edit) -> None:
    async with edit(options=ALL) as editor:
        editor.open(USE)
        before = await lenses(editor, USE)
        editor.replace(USE, "def again() -> float:", "def once() -> float:")
        stale = [await editor.client.code_lens_resolve_async(lens) for lens in before]
        assert "gone" in [lens.command.title for lens in stale if lens.command]
        once = editor.position(USE, "def |once").line
        assert (once, "no references") in await shown(editor, USE)


async def test_a_module_in_a_cycle_says_so(workspace: Any, edit: Edit) -> None:
    write(workspace, {"app/a.py": "import app.b\n", "app/b.py": "import app.a\n"})
    async with edit(options=ALL, commands=[SHOW]) as editor:
        (lens,) = await lenses(editor, "app/a.py")
        assert lens.command is not None
        assert lens.command.title == "in a cycle of 2 modules"
        _, _, places = as_plain(lens.command.arguments)
        assert [place["uri"] for place in places] == [editor.document(f"app/{name}.py").uri for name in "ab"]


def as_position(position: types.Position) -> dict[str, int]:
    return {"line": position.line, "character": position.character}
