"""What a server does when its index is damaged or can't be kept: one message, and answers."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from server.conftest import SECONDS, SERVE, Edit, Editor
from server.wire import started

SHAPES = "app/shapes.py"
KEPT = "the index is kept for this session only"
ANEW = "the index is made anew"


def told(editor: Editor) -> list[str]:
    """What was shown to the user."""
    return [message.message for message in editor.client.messages]


async def test_an_index_that_was_changed_is_made_anew_with_one_message(edit: Edit, tmp_path: Path) -> None:
    async with edit() as editor:
        right = await editor.references(SHAPES, "class |Shape")
    (data,) = (tmp_path / "cache").rglob("data.mdb")
    content = data.read_bytes()
    data.write_bytes(content[:-4096] + bytes(4096))
    async with edit() as editor:
        assert await editor.references(SHAPES, "class |Shape") == right
        assert told(editor) == [f"{ANEW}: something else has written into its files"]
    async with edit() as editor:
        assert told(editor) == []


async def test_damage_that_a_question_meets_is_told_once_and_mended(edit: Edit, tmp_path: Path) -> None:
    async with edit() as editor:
        right = await editor.references(SHAPES, "class |Shape")
    (data,) = (tmp_path / "cache").rglob("data.mdb")
    data.with_name("session-1").write_text("before the machine was started")
    content = data.read_bytes()
    assert content.count(b"app/use.py") > 1
    data.write_bytes(content.replace(b"app/use.py", b"app/usX.py"))
    async with edit(indexed=False) as editor, asyncio.timeout(SECONDS):
        while ANEW not in " ".join(told(editor)):
            await asyncio.sleep(0.02)
        await editor.indexed()
        assert await editor.references(SHAPES, "class |Shape") == right
        assert len(told(editor)) == 1
        assert not [message for message in editor.client.log_messages if "Traceback" in message.message]


async def test_a_cache_that_can_not_be_written_is_told_once(edit: Edit, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    async with edit(options={"cacheDirectory": str(tmp_path / "taken")}) as editor:
        assert len(await editor.references(SHAPES, "class |Shape")) == 3
        assert len(told(editor)) == 1
        assert KEPT in told(editor)[0]


LIMITED = """
import resource, sys, tempfile
from pathlib import Path
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
from isg_server.cli import main
sys.exit(main(["serve", "--stdio"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="resource limits")
def test_where_nothing_can_be_written_open_documents_are_answered(workspace: Path, environment: dict[str, str]) -> None:
    with started((sys.executable, "-c", LIMITED), environment) as wire:
        wire.initialize(workspace, capabilities={})
        text = (workspace / SHAPES).read_text()
        uri = (workspace / SHAPES).as_uri()
        document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        wire.notify("textDocument/didOpen", {"textDocument": document})
        at = {"textDocument": {"uri": uri}, "position": {"line": 7, "character": 14}}
        for number in range(1, 20):
            answer = wire.request(number, "textDocument/definition", at)
            assert "result" in answer, answer
            assert answer["result"], answer
        wire.request(99, "shutdown")
        wire.notify("exit")
        assert wire.exit_code() == 0
    shown = [one["params"]["message"] for one in wire.passed if one.get("method") == "window/showMessage"]
    assert len(shown) <= 2, shown
    assert all("\n" not in message for message in shown)
    assert subprocess.run([*SERVE[:-2], "status", str(workspace)], env=environment, check=False).returncode == 0
