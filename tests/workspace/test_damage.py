"""Bytes of the stored index change: nothing ends badly, at worst the index is made anew with one message.

See `flipped`. A longer run by hand: `ISG_FLIPS=5000 pytest tests/workspace/test_damage.py`.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from isg_analysis import Workspace, WorkspaceError, queries
from isg_analysis.languages.registry import NAMES
from isg_analysis.workspace import checking
from isg_storage import FullError, Table, Writer
from isg_storage import inspection as storage_inspection
from workspace.small import FILES, dumped, write

FLIPS = int(os.environ.get("ISG_FLIPS", "200"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_an_index_damaged_anywhere_is_right_in_the_end(tmp_path: Path) -> None:
    script = Path(__file__).with_name("flipped.py")
    environment = {**os.environ, "PYTHONPATH": str(script.parents[1])}
    command = [sys.executable, str(script), str(tmp_path), str(FLIPS), "1"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60 + FLIPS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    said = ast.literal_eval(done.stdout)
    assert said.keys() == {"", "rebuilt"}, "some damage lies where nothing is, and some does not"


def change_the_file(workspace: Workspace, table: Table) -> None:
    """Change a byte of the first value of a table, past everything that could notice, and have its process die."""
    with workspace._environment.read() as reader:
        value = next(value for _, value in reader.items(table) if len(value) > 20)
    (data,) = workspace._environment.directory.glob("*/data.mdb")
    workspace.close()
    content = data.read_bytes()
    assert value in content
    data.write_bytes(content.replace(value, value[:-1] + bytes([value[-1] ^ 1])))
    data.with_name("session-1").write_text("before the machine was started")


@pytest.mark.parametrize("table", [Table.NAMES, Table.DOCUMENTS])
def test_damage_is_met_in_a_question_told_in_a_sentence_and_mended(root: Path, tmp_path: Path, table: Table) -> None:
    cache, met = tmp_path / "cache", []
    workspace = Workspace.open(root, cache=cache)
    workspace.index(jobs=1)
    right = dumped(workspace)
    change_the_file(workspace, table)
    with Workspace.open(root, cache=cache) as workspace:
        workspace.on_damage = lambda: met.append(True)
        for _ in range(2):
            with pytest.raises(WorkspaceError, match="damaged and will be made anew"):
                read_everything(workspace)
        assert met == [True]
        assert workspace.messages == []
        workspace.index(jobs=1)
        assert len(workspace.messages) == 1
        assert "made anew" in workspace.messages[0]
        assert dumped(workspace) == right


def test_an_unsaved_text_outlives_the_index_it_was_placed_in(root: Path, tmp_path: Path) -> None:
    text = FILES["zoo/dogs.py"] + "\n\nclass Puppy(Dog): ...\n"
    with Workspace.open(root, cache=tmp_path / "cache") as workspace:
        workspace.index(jobs=1)
        workspace.open_document("zoo/dogs.py", text.encode())
        before = dumped(workspace)
        workspace._index.suspect("for no reason")
        workspace.index(jobs=1)
        assert dumped(workspace) == before
        assert "Puppy" in before


def read_everything(workspace: Workspace) -> None:
    with workspace.snapshot() as snapshot:
        for name in NAMES:
            snapshot.documents(name)
        queries.search(snapshot, "a", 100)


def examined(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which examinations take place from now on."""
    seen: list[str] = []
    monkeypatch.setattr(checking, "examine", lambda _: seen.append("all") or "")
    monkeypatch.setattr(storage_inspection, "verify", lambda _: seen.append("rows") or "")
    return seen


def test_an_index_is_examined_when_there_is_reason(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, seen = tmp_path / "cache", examined(monkeypatch)

    def open_and_index() -> bool:
        with Workspace.open(root, cache=cache) as workspace:
            trusted = workspace._environment.trusted
            workspace.index(jobs=1)
            assert workspace._environment.trusted
            return trusted

    assert [open_and_index(), open_and_index(), seen] == [True, True, []]
    for deaths, looked_at in ((1, "rows"), (2, "all")):
        seen.clear()
        for died in range(deaths):
            (data,) = cache.rglob("data.mdb")
            data.with_name(f"session-{died}").write_text("before the machine was started")
        assert [open_and_index(), seen] == [False, [looked_at]]
        assert [open_and_index(), seen] == [True, [looked_at]]


def test_an_index_that_something_else_wrote_into_is_made_anew(root: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    with Workspace.open(root, cache=cache) as workspace:
        workspace.index(jobs=1)
    (data,) = cache.rglob("data.mdb")
    os.utime(data)
    with Workspace.open(root, cache=cache) as workspace:
        assert workspace.messages == ["the index is made anew: something else has written into its files"]
        assert not workspace.complete


@pytest.mark.parametrize("stage", ["extract", "link"])
def test_a_disk_that_becomes_full_leads_to_a_temporary_index_and_one_message(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    write(root, {f"zoo/m{n}.py": f"from zoo import Animal\n\n\nclass M{n}(Animal): ...\n" for n in range(100)})
    genuine, full = Writer.commit, {"extract": Table.FACTS, "link": Table.LINKS}[stage]

    def commit(writer: Writer) -> None:
        if writer.count(full) > 60 and str(tmp_path) in str(place[0]):
            writer.close()
            raise FullError("No space left on device")
        genuine(writer)

    place = [tmp_path]
    monkeypatch.setattr(Writer, "commit", commit)
    with Workspace.open(root, cache=tmp_path / "cache") as workspace:
        moved = type(workspace._index).move_to_memory

        def move(index, problem):  # type: ignore[no-untyped-def]
            place[0] = Path("elsewhere")
            moved(index, problem)

        monkeypatch.setattr(type(workspace._index), "move_to_memory", move)
        report = workspace.index(jobs=1)
        assert report.documents == 105
        assert workspace.messages == ["No space left on device; the index is kept for this session only"]
        text = dumped(workspace)
        elsewhere = workspace._environment.directory
        write(root, {"zoo/m1.py": "class Other: ...\n"})
        workspace.refresh(["zoo/m1.py"])
        assert "Other#" in dumped(workspace)
        assert len(workspace.messages) == 1
    assert not elsewhere.exists()
    assert "M99#" in text
