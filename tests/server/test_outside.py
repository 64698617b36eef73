"""What git's files tell of a switched branch, and what comes of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from isg_server import indexer, outside
from isg_server.outside import Branch
from server.conftest import Edit
from server.test_indexer import session, settled

SHAPES = "app/shapes.py"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "INTERVAL", 0)


def repository(folder: Path) -> Path:
    """A work tree's root as git leaves it, as far as it is looked at."""
    (folder / ".git").mkdir(parents=True)
    (folder / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (folder / ".git/index").write_bytes(b"DIRC")
    return folder


@pytest.mark.parametrize("name", ["HEAD", "index"])
def test_a_switch_is_noticed_once(tmp_path: Path, name: str) -> None:
    branch = Branch(repository(tmp_path))
    assert not branch.switched()
    (tmp_path / ".git" / name).write_text("ref: refs/heads/another\n")
    assert branch.switched()
    assert not branch.switched()


def test_a_folder_in_a_repository_has_its_branch(tmp_path: Path) -> None:
    (repository(tmp_path) / "below/it").mkdir(parents=True)
    branch = Branch(tmp_path / "below/it")
    (tmp_path / ".git/index").unlink()
    assert branch.switched()


def test_a_work_tree_says_where_its_state_is(tmp_path: Path) -> None:
    (repository(tmp_path / "main") / ".git/worktrees/other").mkdir(parents=True)
    state = tmp_path / "main/.git/worktrees/other"
    (tmp_path / "other").mkdir()
    (tmp_path / "other/.git").write_text(f"gitdir: {state}\n")
    branch = Branch(tmp_path / "other")
    (state / "HEAD").write_text("ref: refs/heads/other\n")
    assert branch.switched()


@pytest.mark.parametrize("content", [None, "", "nothing of git's", "gitdir:"])
def test_what_belongs_to_no_repository_never_changes(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / ".git").write_text(content)
    assert not Branch(tmp_path).switched()


def test_it_is_not_looked_at_again_so_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "INTERVAL", 3600)
    branch = Branch(repository(tmp_path))
    (tmp_path / ".git/index").unlink()
    assert not branch.switched()


@pytest.mark.parametrize(("watched", "scans"), [(False, 1), (True, 0)])
async def test_a_question_is_an_occasion_to_look(tmp_path: Path, watched: bool, scans: int) -> None:
    one, counting = session(repository(tmp_path), watched_files=watched)
    one.question_asked()
    assert not one.indexer.busy
    (tmp_path / ".git/index").unlink()
    for _ in range(5):
        one.question_asked()
    await asyncio.sleep(2 * indexer.LOOK_DELAY)
    await settled(one)
    assert counting.scans == scans


async def test_a_switched_branch_is_answered_from(edit: Edit, workspace: Path) -> None:
    repository(workspace)
    async with edit() as editor:
        editor.open(SHAPES)
        await editor.indexed()  # what opening gave occasion to
        (workspace / "app/other.py").write_text("from app.shapes import Square\n")
        (workspace / ".git/index").write_bytes(b"DIRC of another branch")
        while "app/other.py:1: Square" not in await editor.references(SHAPES, "class |Square"):
            await asyncio.sleep(0.05)
