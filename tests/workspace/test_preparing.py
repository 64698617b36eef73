"""What the first edit of an opened document needs is made before it comes, and never twice."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from isg_analysis import Workspace, queries
from isg_analysis.languages.pack import OpenDocument, never
from isg_analysis.languages.python.pack import PACK
from isg_analysis.workspace import workspace as module
from workspace.small import FILES

PATH = "zoo/dogs.py"
TEXT = FILES[PATH].encode()
EDITED = b"def typed(): ...\n" + TEXT


class Watched:
    """The whole texts that were extracted for editing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: list[bytes] = []
        extract = PACK.document

        def document(text: bytes, stopped: Callable[[], bool] = never) -> OpenDocument:
            self.texts.append(text)
            return extract(text, stopped)

        monkeypatch.setattr(PACK, "document", document)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(monkeypatch)


def at_once(hurried: Callable[[], bool]) -> Callable[[], bool]:
    """Makes room for nobody."""
    del hurried
    return never


def names(workspace: Workspace) -> list[str]:
    with workspace.snapshot() as view:
        number = view.document(PATH)
        assert number is not None
        return [node.hit.name for node in queries.outline(view, number)]


def test_the_first_edit_goes_on_from_what_was_prepared(workspace: Workspace, watched: Watched) -> None:
    workspace.open_document(PATH, TEXT)
    assert watched.texts == []
    workspace.prepare(PATH, at_once)
    assert watched.texts == [TEXT]
    workspace.open_document(PATH, EDITED)
    assert names(workspace) == ["typed", "Dog", "call"]
    assert watched.texts == [TEXT]


def test_what_is_prepared_is_not_prepared_again(workspace: Workspace, watched: Watched) -> None:
    workspace.open_document(PATH, TEXT)
    for text in (TEXT, TEXT, EDITED):
        workspace.open_document(PATH, text)
        workspace.prepare(PATH, at_once)
    assert watched.texts == [TEXT]


def test_what_an_editor_opens_again_is_prepared_anew(workspace: Workspace, watched: Watched) -> None:
    for text in (TEXT, EDITED):
        workspace.open_document(PATH, text)
    workspace.open_document(PATH, TEXT, anew=True)
    workspace.prepare(PATH, at_once)
    assert watched.texts == [TEXT, TEXT]
    workspace.open_document(PATH, EDITED)
    assert names(workspace) == ["typed", "Dog", "call"]
    assert watched.texts == [TEXT, TEXT]


def test_what_is_not_open_is_not_prepared(workspace: Workspace, watched: Watched) -> None:
    workspace.prepare(PATH, at_once)
    assert watched.texts == []


def test_an_edit_that_comes_meanwhile_takes_what_is_on_its_way(workspace: Workspace, watched: Watched) -> None:
    begun = threading.Event()

    def until_hurried(hurried: Callable[[], bool]) -> Callable[[], bool]:
        def stopped() -> bool:
            begun.set()
            while not hurried():
                pass
            return False

        return stopped

    workspace.open_document(PATH, TEXT)
    beside = threading.Thread(target=workspace.prepare, args=(PATH, until_hurried))
    beside.start()
    begun.wait()
    workspace.open_document(PATH, EDITED)
    beside.join()
    assert names(workspace) == ["typed", "Dog", "call"]
    assert watched.texts == [TEXT]


@pytest.mark.parametrize("close", [True, False], ids=["closed", "given up"])
def test_what_is_dropped_ends_and_the_edit_does_without(workspace: Workspace, watched: Watched, close: bool) -> None:
    def dropping(_: Callable[[], bool]) -> Callable[[], bool]:
        def stopped() -> bool:
            if close:
                workspace.close_document(PATH)
            return not close

        return stopped

    workspace.open_document(PATH, TEXT)
    workspace.prepare(PATH, dropping)
    workspace.open_document(PATH, EDITED)
    assert names(workspace) == ["typed", "Dog", "call"]
    assert len(watched.texts) == 2


def test_of_many_documents_the_last_ones_are_ready(
    workspace: Workspace, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [path for path in FILES if path.startswith("zoo/")]
    monkeypatch.setattr(module, "_READY_BYTES", len(FILES[paths[-1]]) + len(FILES[paths[-2]]))
    for path in paths:
        workspace.open_document(path, FILES[path].encode())
        workspace.prepare(path, at_once)
    prepared = len(watched.texts)
    for path in paths:
        workspace.open_document(path, FILES[path].encode() + b"more\n")
    assert (prepared, len(watched.texts)) == (3, 4)
