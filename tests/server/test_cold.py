"""Asked before the index is there: what is waited for, and for what not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from isg_analysis import WorkspaceError
from isg_analysis.model.text import Position, PositionEncoding
from isg_server.cold import gathered
from isg_server.documents import Edit as Change
from isg_server.documents import OpenDocument
from isg_server.logs import Stages
from isg_server.server import Server
from isg_server.session import Session
from isg_server.tasks import Patience
from server.conftest import Edit
from server.test_indexer import Counting, session
from server.test_indexing import many

SHAPES = "app/shapes.py"
SLOWLY = {"jobs": 1, "requestTimeout": 120}
"""So that answers are complete however busy the machine is."""


async def test_a_cold_server_answers_completely(edit: Edit, workspace: Path) -> None:
    many(workspace, 1500)
    (workspace / "zz.py").write_text("from app.shapes import Square as Box\nBox()\n")
    async with edit(indexed=False, options=SLOWLY) as editor:
        editor.open(SHAPES)
        found = await editor.references(SHAPES, "class |Square")
        assert (await editor.status())["indexing"]
        assert found == [
            "app/shapes.py:13: Square",
            "app/use.py:1: Square",
            "app/use.py:9: Square",
            "zz.py:1: Square",
            "zz.py:1: Box",
            "zz.py:2: Box",
        ]


async def test_what_imports_call_it_is_waited_for_too(edit: Edit, workspace: Path) -> None:
    many(workspace, 1500)
    (workspace / "app/public.py").write_text("from app.shapes import Square as Rect\n")
    (workspace / "zz.py").write_text("from app.public import Rect as Box\nBox()\n")
    (workspace / "zzz.py").write_text("from zz import Box\nBox()\n")
    async with edit(indexed=False, options=SLOWLY) as editor:
        editor.open(SHAPES)
        found = await editor.references(SHAPES, "class |Square")
        editor.open("zzz.py")
        assert await editor.definition("zzz.py", "|Box()") == ["app/shapes.py:8: Square"]
        assert (await editor.status())["indexing"]
        assert [place for place in found if not place.startswith("app/")] == [
            "zz.py:1: Rect",
            "zz.py:1: Box",
            "zz.py:2: Box",
            "zzz.py:1: Box",
            "zzz.py:2: Box",
        ]


class Waiting(Counting):
    """A workspace that is being indexed; `meanwhile` happens while a question waits for it."""

    def __init__(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self.names: list[str] = []
        self.preferred: list[str] = []
        self._meanwhile, self._loop = meanwhile, asyncio.get_running_loop()

    def wait_for(
        self, names: Sequence[str], seconds: float, *, meanwhile: Any = None, stopped: Callable[[], bool]
    ) -> bool:
        assert 0 < seconds <= 5
        assert not stopped()
        self.names += names
        done: asyncio.Future[None] = asyncio.run_coroutine_threadsafe(self._happen(), self._loop)  # type: ignore[assignment]
        done.result()
        return True

    def prefer(self, names: Sequence[str]) -> None:
        self.preferred += names

    async def _happen(self) -> None:
        self._meanwhile()

    def snapshot(self) -> Any:
        raise WorkspaceError("nothing is known but names")


def cold(folder: Path, meanwhile: Callable[[Session], None] = lambda _: None) -> tuple[Session, Waiting]:
    one, _ = session(folder)
    waiting = Waiting(lambda: meanwhile(one))
    (root,) = one.roots
    root.workspace, root.scanned, root.filling = waiting, False, True  # type: ignore[assignment]
    one.documents.open((folder / "m.py").as_uri(), "python", 1, "x = grün.Area()\n")
    one.indexer.scan(root)
    return one, waiting


def asked(folder: Path, column: int) -> types.DefinitionParams:
    uri = (folder / "m.py").as_uri()
    return types.DefinitionParams(types.TextDocumentIdentifier(uri), types.Position(0, column))


@pytest.mark.parametrize(("column", "names"), [(0, ["x"]), (5, ["grün"]), (9, ["Area"]), (13, ["Area"]), (2, [])])
async def test_the_name_at_the_place_is_waited_for(tmp_path: Path, column: int, names: list[str]) -> None:
    one, waiting = cold(tmp_path)
    await gathered(one, asked(tmp_path, column), Patience(10))
    assert waiting.names == names
    await one.indexer.close()


async def test_a_search_waits_for_what_is_searched_for_unless_it_is_short(tmp_path: Path) -> None:
    one, waiting = cold(tmp_path)
    for query in ("", "ar", "area"):
        await gathered(one, types.WorkspaceSymbolParams(query), Patience(10))
    assert waiting.names == ["area"]
    await one.indexer.close()


async def test_nothing_is_waited_for_when_the_index_is_complete(tmp_path: Path) -> None:
    one, waiting = cold(tmp_path)
    (root,) = one.roots
    root.filling = False
    await gathered(one, asked(tmp_path, 5), Patience(10))
    assert waiting.names == []
    await one.indexer.close()


async def test_before_the_first_look_what_holds_the_name_is_preferred_without_waiting(tmp_path: Path) -> None:
    one, waiting = cold(tmp_path)
    (root,) = one.roots
    for root.filling, root.scanned, preferred in ((False, False, ["grün"]), (False, True, [])):
        waiting.preferred.clear()
        await gathered(one, asked(tmp_path, 5), Patience(10))
        await asyncio.sleep(0.05)
        assert (waiting.names, waiting.preferred) == ([], preferred)
    await one.indexer.close()


async def test_an_edit_while_waiting_ends_the_question(tmp_path: Path) -> None:
    def typing(one: Session) -> None:
        one.changed((tmp_path / "m.py").as_uri(), 2, [Change("y\n", Position(0, 0), Position(0, 0))])

    one, _ = cold(tmp_path, typing)
    with pytest.raises(JsonRpcException) as caught:
        await gathered(one, asked(tmp_path, 5), Patience(10))
    assert caught.value.code == types.LSPErrorCodes.ContentModified
    await one.indexer.close()


class Replaced(Counting):
    """A workspace whose index turns out to be damaged while the first question is answered."""

    def __init__(self, fails: bool) -> None:
        super().__init__()
        self.edition: object = "damaged"
        self.asked: list[object] = []
        self._fails = fails

    def ask(self, _: Patience) -> object:
        self.asked.append(self.edition)
        if self.edition == "damaged":
            self.edition = "filled anew"
            if self._fails:
                raise WorkspaceError("the index is closed")
        return self.asked[-1]


@pytest.mark.parametrize("fails", [False, True])
async def test_what_was_asked_while_an_index_was_replaced_is_asked_again_and_waits(tmp_path: Path, fails: bool) -> None:
    one, _ = session(tmp_path)
    (root,) = one.roots
    replaced, waited = Replaced(fails), list[tuple[bool, bool]]()
    root.workspace, root.edition = replaced, replaced.edition  # type: ignore[assignment]
    one.ready.set()

    async def gather(_: Patience) -> None:
        waited.append((root.filling, one.indexer.scanning(root)))

    server = Server("1")
    server.protocol.session = one
    assert await server._question(replaced.ask, gather, Stages()) == "filled anew"
    assert waited == [(False, False), (True, True)]
    assert replaced.asked == ["damaged", "filled anew"]
    await one.indexer.close()


async def test_what_fails_for_other_reasons_is_not_asked_again(tmp_path: Path) -> None:
    one, _ = session(tmp_path)
    one.ready.set()
    server, asked_for = Server("1"), list[Patience]()
    server.protocol.session = one

    def fail(patience: Patience) -> None:
        asked_for.append(patience)
        raise WorkspaceError("no")

    async def gather(_: Patience) -> None: ...

    with pytest.raises(WorkspaceError):
        await server._question(fail, gather, Stages())
    assert len(asked_for) == 1


@pytest.mark.parametrize("encoding", PositionEncoding)
def test_words_end_where_names_do(encoding: PositionEncoding) -> None:
    document = OpenDocument("", Path("m.py"), "python", 1, b"a.bc(d_1)\n")
    found: list[Any] = [document.word(Position(0, column), encoding) for column in range(10)]
    assert found == ["a", "a", "bc", "bc", "bc", "d_1", "d_1", "d_1", "d_1", ""]
