"""Two servers and the command line on one workspace at the same time, each seeing what the others have stored."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from server.conftest import SECONDS, Editor, opened, write

SHAPES, USE = "app/shapes.py", "app/use.py"
ISG = (sys.executable, "-m", "isg_server.cli")


async def isg(environment: dict[str, str], *arguments: str) -> str:
    """A command that must end well; what it printed."""
    process = await asyncio.create_subprocess_exec(
        *ISG, *arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()
    return out.decode()


async def until(question: Callable[[], Awaitable[list[str]]], wanted: list[str]) -> None:
    """Asks until the answer is as wanted: what others save is stored a moment later."""
    while await question() != wanted:
        await asyncio.sleep(0.02)


def shape_mentions(editor: Editor) -> Callable[[], Awaitable[list[str]]]:
    return lambda: editor.references(SHAPES, "class |Shape")


async def implementors(editor: Editor) -> list[str]:
    """The classes that extend Shape."""
    found = await editor.implementation(SHAPES, "class |Shape")
    return [hit for hit in found if not hit.endswith(": Shape")]


async def test_what_one_server_saves_the_other_knows(workspace: Path, environment: dict[str, str]) -> None:
    async with (
        asyncio.timeout(SECONDS),
        opened(workspace, environment) as first,
        opened(workspace, environment) as second,
    ):
        before = await second.references(SHAPES, "class |Shape")
        first.open(USE)
        first.replace(USE, "from app.shapes import Shape, Square", "from app.shapes import Square")
        gone = [hit for hit in before if hit not in ("app/use.py:1: Shape", "app/use.py:4: Shape")]
        await until(shape_mentions(first), gone)
        assert await second.references(SHAPES, "class |Shape") == before, "unsaved text is nobody else's"
        first.save(USE)
        await until(shape_mentions(second), gone)
        second.open(SHAPES)
        second.replace(SHAPES, "class Square(Shape):", "class Square(object):")
        second.save(SHAPES)
        left = [hit for hit in gone if not hit.startswith("app/shapes.py:8:")]
        await until(shape_mentions(first), left)
        assert await implementors(first) == []


async def test_what_the_command_line_indexes_both_servers_know(workspace: Path, environment: dict[str, str]) -> None:
    async with (
        asyncio.timeout(SECONDS),
        opened(workspace, environment) as first,
        opened(workspace, environment) as second,
    ):
        write(workspace, {"app/more.py": "from app.shapes import Shape\n\n\nclass Circle(Shape): ...\n"})
        await isg(environment, "index", str(workspace))
        for editor in (first, second):
            found = await implementors(editor)
            assert found == ["app/more.py:4: Circle", "app/shapes.py:8: Square"]
        status = await isg(environment, "dump", "--check", str(workspace))
        assert "all that is stored fits together" in status


async def test_all_of_them_at_once_leave_what_a_fresh_index_says(workspace: Path, environment: dict[str, str]) -> None:
    async def save(editor: Editor, path: str, turns: int) -> None:
        editor.open(path)
        for turn in range(turns):
            name = f"Made{turn}"
            last = "class Square(Shape)" if path == SHAPES else "def measure(shape: Shape)"
            editor.replace(path, last, f"class {name}(Shape): ...\n\n\n{last}")
            editor.save(path)
            assert any(hit.endswith(f": {name}") for hit in await implementors(editor))

    async def index(turns: int) -> None:
        for turn in range(turns):
            write(workspace, {f"app/made_{turn % 2}.py": f"from app.use import measure\n\nmeasure({turn})\n"})
            await isg(environment, "index", str(workspace))

    async with (
        asyncio.timeout(SECONDS),
        opened(workspace, environment) as first,
        opened(workspace, environment) as second,
    ):
        await asyncio.gather(save(first, SHAPES, 8), save(second, USE, 8), index(3))
        await isg(environment, "index", str(workspace))
        assert len(await implementors(first)) == 17
        assert await implementors(first) == await implementors(second)
    kept = await isg(environment, "dump", str(workspace))
    assert "fits together" in await isg(environment, "dump", "--check", str(workspace))
    await isg(environment, "clean", str(workspace))
    await isg(environment, "index", str(workspace))
    assert await isg(environment, "dump", str(workspace)) == kept
