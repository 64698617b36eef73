"""What becomes of edits on their way: the newest of many counts, and a question sees all before it and none after."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from isg_analysis.model.text import Position
from isg_server.documents import Edit as Change
from isg_server.session import Session
from server.conftest import Edit
from server.test_documents_sync import SHAPES, USE, eventually
from server.test_indexer import session


class Texts:
    """Takes the place of a workspace's overlay: which texts it was given."""

    def __init__(self, one: Session) -> None:
        self.given: list[str] = []
        (root,) = one.roots
        root.workspace.open_document = self._open  # type: ignore[method-assign]

    def _open(self, path: str, text: bytes, language: str | None = None, *, anew: bool = False) -> None:
        self.given.append(text.decode())


def typed(one: Session, folder: Path, letters: str, version: int = 2) -> None:
    """Each letter is an edit at the start of the document."""
    for number, letter in enumerate(letters):
        start = Position(0, 0)
        one.changed((folder / "m.py").as_uri(), version + number, [Change(letter, start, start)])


async def test_edits_that_wait_for_their_turn_are_one(tmp_path: Path) -> None:
    one, _ = session(tmp_path)
    texts, release = Texts(one), threading.Event()
    one.line.submit(release.wait)
    one.opened((tmp_path / "m.py").as_uri(), "python", 1, "")
    typed(one, tmp_path, "abcdefgh" * 10)
    release.set()
    await one.line.run(lambda: None)
    assert texts.given == ["hgfedcba" * 10]
    await one.indexer.close()


async def test_a_question_parts_the_edits_around_it(tmp_path: Path) -> None:
    one, _ = session(tmp_path)
    texts, release = Texts(one), threading.Event()
    one.opened((tmp_path / "m.py").as_uri(), "python", 1, "")
    await one.line.run(lambda: None)
    texts.given.clear()
    one.line.submit(release.wait)
    typed(one, tmp_path, "abc")
    one.question_asked()
    question = one.line.submit(lambda: list(texts.given), hurry=lambda: None)
    typed(one, tmp_path, "def", 5)
    release.set()
    await one.line.run(lambda: None)
    assert question.result() == ["cba"]
    assert texts.given == ["cba", "fedcba"]
    await one.indexer.close()


async def test_edits_of_other_documents_are_not_folded_into_one(tmp_path: Path) -> None:
    one, _ = session(tmp_path)
    texts, release = Texts(one), threading.Event()
    one.line.submit(release.wait)
    for name in ("m.py", "n.py", "m.py"):
        one.opened((tmp_path / name).as_uri(), "python", 1, name)
    release.set()
    await one.line.run(lambda: None)
    assert texts.given == ["m.py", "n.py", "m.py"]
    await one.indexer.close()


async def test_whole_texts_and_changes_of_them_may_be_mixed(edit: Edit, encodings: Any) -> None:
    async with edit(encodings=encodings) as editor:
        editor.open(USE)
        whole = "# é😀\nfrom app.shapes import Shape\n\n\nclass Round(Shape): ...\n"
        document = types.VersionedTextDocumentIdentifier(2, editor.document(USE).uri)
        span = types.Range(types.Position(4, 6), types.Position(4, 11))
        for changes in (
            [types.TextDocumentContentChangeWholeDocument("x")],
            [types.TextDocumentContentChangeWholeDocument(whole), types.TextDocumentContentChangePartial(span, "Oval")],
        ):
            params = types.DidChangeTextDocumentParams(document, changes)
            editor.client.text_document_did_change(params)
        editor.texts[USE] = whole.replace("Round", "Oval")
        assert "app/use.py:5: Oval" in await editor.implementation(SHAPES, "class |Shape")


@pytest.mark.parametrize("kind", ["created", "deleted"])
async def test_files_that_come_and_go_are_taken_in(edit: Edit, kind: str) -> None:
    async with edit() as editor:
        stored = ["app/shapes.py:13: Square", "app/use.py:1: Square", "app/use.py:9: Square"]
        if kind == "created":
            file = editor.folder / "app/other.py"
            file.write_text("from app.shapes import Square\n")
            created = types.CreateFilesParams([types.FileCreate(file.as_uri())])
            editor.client.workspace_did_create_files(created)
            expected = ["app/other.py:1: Square", *stored]
        else:
            editor.texts[USE] = editor.text(USE)
            (editor.folder / USE).unlink()
            deleted = types.DeleteFilesParams([types.FileDelete((editor.folder / USE).as_uri())])
            editor.client.workspace_did_delete_files(deleted)
            expected = stored[:1]
        await eventually(lambda: editor.references(SHAPES, "class |Square"), expected)
