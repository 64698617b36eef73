"""The background: progress, cancelling, answers meanwhile, and what the next start finds."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from lsprotocol import types

from server.conftest import Edit, Editor, write

SHAPES, USE = "app/shapes.py", "app/use.py"


def many(folder: Path, count: int = 200) -> Path:
    """A workspace that takes a moment."""
    body = "".join(f"def f{n}(a, b):\n    c = a + b\n    return c\n\n" for n in range(60))
    return write(folder, {f"bulk/m{n}.py": f"# {n}\n{body}" for n in range(count)})


def steps(editor: Editor) -> list[Any]:
    """What the one progress bar was told."""
    tokens = [token for token in editor.client.progress_reports if str(token).startswith("isg-index")]
    assert len(tokens) == 1
    return list(editor.client.progress_reports[tokens[0]])


async def test_progress_begins_rises_and_ends(edit: Edit, workspace: Path) -> None:
    many(workspace)
    async with edit() as editor:
        found = [as_dict(step) for step in steps(editor)]
        assert [step["kind"] for step in found] == ["begin", *["report"] * (len(found) - 2), "end"]
        assert found[0]["cancellable"] is True
        percentages = [step["percentage"] for step in found[:-1]]
        assert percentages == sorted(percentages)
        assert all("/" in step["message"] for step in found[1:-1])
        assert "files" in found[-1]["message"]


def as_dict(step: Any) -> dict[str, Any]:
    names = ("kind", "percentage", "message", "cancellable")
    return step if isinstance(step, dict) else {name: getattr(step, name, None) for name in names}


async def test_no_progress_for_a_client_that_can_not_show_it(edit: Edit) -> None:
    async with edit(progress=False) as editor:
        assert editor.client.progress_reports == {}


async def test_indexing_can_be_cancelled_and_goes_on_later(edit: Edit, workspace: Path) -> None:
    many(workspace, 400)
    async with edit(indexed=False, options={"jobs": 1}) as editor:
        while not (tokens := [t for t, reports in editor.client.progress_reports.items() if reports]):
            await asyncio.sleep(0.005)
        editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(tokens[0]))
        while (status := await editor.status())["indexing"]:
            await asyncio.sleep(0.02)
        assert not status["scanned"]
        await editor.client.workspace_execute_command_async(types.ExecuteCommandParams("isg.reindex"))
        status = await editor.status()
        assert status["scanned"]
        assert status["documents"]["python"] == 403


async def test_an_open_document_is_answered_while_indexing(edit: Edit, workspace: Path) -> None:
    many(workspace, 1500)
    async with edit(indexed=False, options={"jobs": 1}) as editor:
        editor.open(USE)
        assert await editor.definition(USE, "return |big") == ["app/use.py:5: big"]
        assert (await editor.status())["indexing"]


async def test_a_restart_answers_from_the_stored_index(edit: Edit) -> None:
    async with edit() as editor:
        first = await editor.references(SHAPES, "class |Square")
    async with edit(options={"index": {"onStart": False}}, indexed=False) as editor:
        assert await editor.references(SHAPES, "class |Square") == first
        assert not (await editor.status())["scanned"]


async def test_a_restart_reads_only_what_changed(edit: Edit) -> None:
    async with edit():
        pass
    async with edit() as editor:
        (told,) = [m.message for m in editor.client.log_messages if "files," in m.message]
        assert "4 files, 0 read" in told
    (editor.folder / USE).write_text("x = 1\n")
    async with edit() as editor:
        (told,) = [m.message for m in editor.client.log_messages if "files," in m.message]
        assert "4 files, 1 read" in told


async def test_nothing_is_indexed_unless_asked_for(edit: Edit) -> None:
    async with edit(options={"index": {"onStart": False}}, indexed=False) as editor:
        assert (await editor.status())["documents"] == {}


async def test_clearing_the_index_makes_it_anew(edit: Edit) -> None:
    async with edit() as editor:
        editor.open(USE)
        await editor.client.workspace_execute_command_async(types.ExecuteCommandParams("isg.clearIndex"))
        assert await editor.definition(USE, "return |big") == ["app/use.py:5: big"]
        assert (await editor.indexed())["documents"] == {"python": 3, "rust": 1}


async def test_the_cache_directory_can_be_set(edit: Edit, tmp_path: Path) -> None:
    async with edit(options={"cacheDirectory": str(tmp_path / "elsewhere")}) as editor:
        assert Path((await editor.status())["location"]).is_relative_to(tmp_path / "elsewhere")


async def test_a_cancelled_request_is_answered_as_cancelled(edit: Edit) -> None:
    async with edit(indexed=False) as editor:
        protocol = editor.client.protocol
        params = types.WorkspaceSymbolParams("a")
        asked = protocol.send_request(types.WORKSPACE_SYMBOL, params, msg_id="one")
        protocol.notify(types.CANCEL_REQUEST, types.CancelParams("one"))
        error = await asyncio.to_thread(asked.exception, 30)
        assert error is not None
        assert getattr(error, "code", None) == -32800
        assert isinstance(await editor.client.workspace_symbol_async(params), list)
