"""What is found out ahead: in slices, after the last edit, and no more once it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from isg_analysis import Workspace
from isg_server import ahead
from isg_server.ahead import Ahead
from isg_server.roots import Root
from isg_server.settings import Settings
from isg_server.tasks import Line


class Busy:
    """A workspace in which so many slices are to be done."""

    edition: object = None

    def __init__(self, slices: int) -> None:
        self.slices, self.done = slices, 0
        self.prepared: list[str] = []

    def prepare(self, path: str, courtesy: Callable[[Callable[[], bool]], Callable[[], bool]]) -> None:
        """Make ready for the first edit of a document."""
        assert not courtesy(lambda: True)()
        self.prepared.append(path)

    def work_ahead(self, seconds: float) -> bool:
        """One slice."""
        assert 0 < seconds < 0.02
        self.done += 1
        if self.slices < 0:
            raise RuntimeError("no")
        return self.done < self.slices


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "STILL", 0.02)
    monkeypatch.setattr(ahead, "OPENED", 0.01)


def root_of(workspace: Busy) -> Root:
    return Root(Path("/nowhere"), cast(Workspace, workspace), Settings())


async def until(workspace: Busy, slices: int) -> None:
    """Wait until so many slices were done, and some more that there might be."""
    async with asyncio.timeout(5):
        while workspace.done < slices:
            await asyncio.sleep(0.005)
    await asyncio.sleep(0.1)


async def test_an_edit_is_followed_up_in_slices_until_all_is_known() -> None:
    workspace = Busy(4)
    Ahead(Line("test")).edited(root_of(workspace), "a.py")
    assert workspace.done == 0
    await until(workspace, 4)
    assert workspace.done == 4


async def test_a_question_comes_between_two_slices() -> None:
    workspace, line = Busy(50), Line("test")
    Ahead(line).edited(root_of(workspace), "a.py")
    while not workspace.done:
        await asyncio.sleep(0.005)
    seen = await line.run(lambda: workspace.done)
    await until(workspace, 50)
    assert seen < 50


async def test_a_root_that_is_forgotten_is_left_alone() -> None:
    workspace, line = Busy(1000), Line("test")
    working = Ahead(line)
    root = root_of(workspace)
    working.edited(root, "a.py")
    await until(workspace, 2)
    working.forget(root)
    await line.run(lambda: None)
    done = workspace.done
    await asyncio.sleep(0.1)
    assert workspace.done == done < 1000


async def test_what_fails_is_not_tried_again() -> None:
    workspace = Busy(-1)
    Ahead(Line("test")).edited(root_of(workspace), "a.py")
    await until(workspace, 1)
    assert workspace.done == 1


async def test_the_documents_opened_last_are_prepared_the_last_one_first() -> None:
    workspace, working = Busy(0), Ahead(Line("test"))
    root = root_of(workspace)
    for name in "abcdefa":
        working.edited(root, f"{name}.py")
    assert workspace.prepared == []
    async with asyncio.timeout(5):
        while len(workspace.prepared) < ahead.MOST_OPENED:
            await asyncio.sleep(0.005)
    assert workspace.prepared == ["a.py", "f.py", "e.py", "d.py"]


async def test_nothing_is_prepared_in_a_root_that_is_forgotten() -> None:
    workspace, working = Busy(0), Ahead(Line("test"))
    root, other = root_of(workspace), root_of(workspace)
    working.edited(root, "a.py")
    working.edited(other, "b.py")
    working.forget(root)
    async with asyncio.timeout(5):
        while not workspace.prepared:
            await asyncio.sleep(0.005)
    await asyncio.sleep(0.05)
    assert workspace.prepared == ["b.py"]
