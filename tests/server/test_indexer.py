"""How much indexing what a client does gives rise to: counted, with a workspace that only counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from lsprotocol import types

from isg_analysis import IndexReport, Workspace
from isg_server import indexer
from isg_server.client import Client, ClientFeatures
from isg_server.roots import Root
from isg_server.session import Session
from isg_server.settings import Settings


class Quiet:
    """A client that can do nothing and is told nothing."""

    def __init__(self, **features: bool) -> None:
        self.features = replace(ClientFeatures.of(types.ClientCapabilities()), **features)
        self._loop = asyncio.get_running_loop()

    def on_loop(self, call: Callable[..., object], *arguments: Any) -> None:
        self._loop.call_soon_threadsafe(call, *arguments)

    def tell(self, *_: Any, **__: Any) -> None: ...

    def trace(self, *_: Any) -> None: ...

    def show(self, *_: Any) -> None: ...


class Counting:
    """A workspace that counts what is asked of it."""

    messages = ()
    edition: object = None

    def __init__(self) -> None:
        self.scans = 0
        self.refreshes: list[int] = []

    def index(self, **_: Any) -> IndexReport:
        self.scans += 1
        return IndexReport(seconds={"discover": 0.001})

    def refresh(self, paths: Sequence[str]) -> IndexReport:
        self.refreshes.append(len(paths))
        return IndexReport()

    def open_document(self, *_: Any) -> None: ...


def session(folder: Path, **features: bool) -> tuple[Session, Counting]:
    """A session with one root that has been scanned."""
    found, counting = Session(cast(Client, Quiet(**features))), Counting()
    root = Root(folder, cast(Workspace, counting), Settings())
    root.scanned = True
    found.roots.add(root)
    return found, counting


async def settled(one: Session) -> None:
    """Waits until nothing is indexed any more."""
    while one.indexer.busy:
        await asyncio.sleep(0.01)
    await one.line.run(lambda: None)
    await one.indexer.close()


async def test_a_storm_of_saves_is_one_scan(tmp_path: Path) -> None:
    one, counting = session(tmp_path)
    for number in range(50):
        one.saved((tmp_path / f"m{number}.py").as_uri())
    await settled(one)
    assert counting.scans == 1
    assert sum(counting.refreshes) == 50


async def test_what_is_opened_is_an_occasion_to_look(tmp_path: Path) -> None:
    one, counting = session(tmp_path)
    for number in range(20):
        one.opened((tmp_path / f"m{number}.py").as_uri(), "python", 1, "")
    await settled(one)
    assert (counting.scans, counting.refreshes) == (1, [])


async def test_where_files_are_watched_nothing_is_scanned(tmp_path: Path) -> None:
    one, counting = session(tmp_path, watched_files=True)
    one.opened((tmp_path / "m.py").as_uri(), "python", 1, "")
    one.saved((tmp_path / "m.py").as_uri())
    assert not one.indexer.busy
    await asyncio.sleep(0.05)
    await settled(one)
    assert (counting.scans, counting.refreshes) == (0, [1])


async def test_a_scan_that_took_long_is_followed_by_a_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexer, "REST", 1_000_000)
    one, counting = session(tmp_path)
    one.saved((tmp_path / "m.py").as_uri())
    while not counting.scans:
        await asyncio.sleep(0.01)
    one.saved((tmp_path / "m.py").as_uri())
    await asyncio.sleep(2 * indexer.LOOK_DELAY)
    assert counting.scans == 1
    (root,) = one.roots
    await one.indexer.stop(root)
    await settled(one)


async def test_a_branch_switch_is_one_refresh(tmp_path: Path) -> None:
    one, counting = session(tmp_path, watched_files=True)
    one.files_changed((tmp_path / f"m{number}.py").as_uri() for number in range(5000))
    while not counting.refreshes:
        await asyncio.sleep(0.01)
    await settled(one)
    assert (counting.scans, counting.refreshes) == (0, [5000])
