"""What `open` makes of what it finds in the directory."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lmdb
import pytest

from isg_storage import (
    BusyError,
    DamagedError,
    Environment,
    ForkedError,
    MissingError,
    ReadOnlyError,
    Table,
    keys,
    opened,
    remove,
    sessions,
)
from isg_storage import environment as module
from isg_storage.inspection import tables, verify
from isg_storage.tables import DATA_FILE


def fill(directory: Path, fingerprint: bytes = b"one") -> Path:
    """An index with a row; returns its data file."""
    with Environment.open(directory, fingerprint) as environment, environment.write() as writer:
        writer.put(Table.LAYOUTS, b"rust", b"layout")
        writer.put_many(Table.FACTS, [(keys.u64(0) + keys.u64(row), bytes(5000)) for row in range(50)])
        return next(directory.glob("*/" + DATA_FILE))


def rows(environment: Environment) -> int:
    with environment.read() as reader:
        return reader.count(Table.FACTS)


def test_a_new_index_is_empty_and_private(directory: Path) -> None:
    with Environment.open(directory, b"one") as environment:
        assert (environment.rebuilt, environment.rebuilt_reason) == (False, "")
        assert rows(environment) == 0
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [directory, *directory.rglob("*")]}
    assert {mode for name, mode in modes.items() if "." in name} == {0o600}
    assert {mode for name, mode in modes.items() if name.startswith(("index", "generation"))} == {0o700}


def test_an_index_that_is_open_to_others_is_closed_to_them(directory: Path) -> None:
    directory.mkdir(parents=True)
    directory.chmod(0o755)
    with Environment.open(directory, b"one"):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_reopening_finds_everything(directory: Path) -> None:
    fill(directory)
    for _ in range(3):
        with Environment.open(directory, b"one") as environment:
            assert not environment.rebuilt
            assert rows(environment) == 50
            assert environment.size() > 50 * 5000
    assert [path.name for path in directory.iterdir()] == ["generation-00000001"]


def test_handles_of_one_process_share_the_files(directory: Path) -> None:
    with Environment.open(directory, b"one") as first, Environment.open(directory / "..", b"two") as elsewhere:
        second = Environment.open(directory.parent / "index", b"one")
        with second.write() as writer:
            writer.put(Table.LAYOUTS, b"rust", b"layout")
        second.close()
        with first.read() as reader:
            assert reader.get(Table.LAYOUTS, b"rust") == b"layout"
        with pytest.raises(BusyError):
            Environment.open(directory, b"two")
        assert rows(elsewhere) == 0
    with Environment.open(directory, b"two") as other:
        assert other.rebuilt


def test_a_read_only_handle_becomes_writable_for_another(directory: Path) -> None:
    fill(directory)
    with Environment.open(directory, b"one", read_only=True) as reading, Environment.open(directory, b"one") as writing:
        with writing.write() as writer:
            writer.put(Table.LAYOUTS, b"python", b"layout")
        with reading.read() as reader:
            assert reader.get(Table.LAYOUTS, b"python") == b"layout"


def test_read_only_makes_nothing(directory: Path) -> None:
    with pytest.raises(MissingError):
        Environment.open(directory, b"one", read_only=True)
    assert not directory.exists()
    fill(directory)
    with pytest.raises(MissingError, match="version"):
        Environment.open(directory, b"two", read_only=True)
    with Environment.open(directory, b"one", read_only=True) as environment:
        assert rows(environment) == 50


def test_another_fingerprint_rebuilds(directory: Path) -> None:
    fill(directory)
    with Environment.open(directory, b"two") as environment:
        assert environment.rebuilt
        assert "another version" in environment.rebuilt_reason
        assert rows(environment) == 0
    with Environment.open(directory, b"two") as environment:
        assert not environment.rebuilt


def test_another_schema_rebuilds(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(directory)
    monkeypatch.setattr(module, "SCHEMA_VERSION", 999)
    with Environment.open(directory, b"one") as environment:
        assert "schema" in environment.rebuilt_reason
        assert rows(environment) == 0


def test_tables_of_another_version_are_another_schema(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as older:
        older.setattr(module, "SCHEMA_VERSION", 1)
        older.setattr(opened, "FORMS", {table: form for table, form in opened.FORMS.items() if table != Table.NAMES})
        Environment.open(directory, b"one").close()
    with Environment.open(directory, b"one") as environment:
        assert "another schema" in environment.rebuilt_reason
        assert rows(environment) == 0


def overwrite_header(data: Path) -> None:
    with data.open("r+b") as file:
        file.write(os.urandom(8192))


def cut_to_half(data: Path) -> None:
    os.truncate(data, data.stat().st_size // 2)


def cut_to_one_page(data: Path) -> None:
    os.truncate(data, 4096)


def empty(data: Path) -> None:
    os.truncate(data, 0)


def random_pages(data: Path) -> None:
    size = data.stat().st_size
    with data.open("r+b") as file:
        file.seek(8192)
        file.write(os.urandom(size - 8192))


def no_data_file(data: Path) -> None:
    data.unlink()
    data.write_bytes(b"")


def damaged(directory: Path, damage: Callable[[Path], None]) -> None:
    """Damage that the files do not show."""
    data = fill(directory)
    damage(data)
    sessions.left(data.parent)


def test_a_file_that_something_else_wrote_into_rebuilds(directory: Path) -> None:
    data = fill(directory)
    with data.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"x")
    with Environment.open(directory, b"one") as environment:
        assert environment.rebuilt_reason == "something else has written into its files"
    with Environment.open(directory, b"one") as environment:
        assert (environment.rebuilt, environment.trusted) == (False, True)


def test_a_file_that_another_process_writes_into_is_no_surprise(directory: Path) -> None:
    data = fill(directory)
    os.utime(data)
    data.with_name(f"session-{os.getppid()}").write_text(sessions._boot())
    with Environment.open(directory, b"one") as environment:
        assert (environment.rebuilt, environment.trusted) == (False, True)


@pytest.mark.skipif(os.name != "posix", reason="deaths are not noticed elsewhere")
def test_what_is_read_after_a_death_is_looked_at(directory: Path) -> None:
    data = fill(directory)
    data.with_name("session-1").write_text("another start of the machine")
    content = data.read_bytes()
    data.write_bytes(content.replace(b"rustlayout", b"rustlay0ut"))
    with Environment.open(directory, b"one") as environment:
        assert (environment.rebuilt, environment.trusted) == (False, False)
        with environment.read() as reader:
            assert reader.get(Table.FACTS, keys.u64(0) + keys.u64(1)) == bytes(5000)
            with pytest.raises(DamagedError, match="LAYOUTS"):
                reader.get(Table.LAYOUTS, b"rust")
            with pytest.raises(DamagedError, match="LAYOUTS"):
                list(reader.items(Table.LAYOUTS))
        assert "LAYOUTS" in verify(directory)


@pytest.mark.parametrize("damage", [overwrite_header, cut_to_half, cut_to_one_page, empty, random_pages, no_data_file])
def test_damage_rebuilds(directory: Path, damage: Callable[[Path], None]) -> None:
    damaged(directory, damage)
    with Environment.open(directory, b"one") as environment:
        assert environment.rebuilt, environment.rebuilt_reason
        assert "damaged" in environment.rebuilt_reason or "version" in environment.rebuilt_reason
        with environment.write() as writer:
            writer.put(Table.LAYOUTS, b"rust", b"layout")
    with Environment.open(directory, b"one") as environment:
        assert not environment.rebuilt


def test_a_removed_index_is_made_again(directory: Path) -> None:
    data = fill(directory)
    data.unlink()
    with Environment.open(directory, b"one") as environment:
        assert rows(environment) == 0


def test_a_condemned_index_is_replaced_at_the_next_open(directory: Path) -> None:
    fill(directory)
    with Environment.open(directory, b"one") as environment:
        environment.condemn("facts do not decode")
        with Environment.open(directory, b"one") as fresh:  # while the bad one is still open
            assert fresh.rebuilt_reason == "facts do not decode"
            assert rows(fresh) == 0
            assert rows(environment) == 50
            assert fresh.is_current()
            assert not environment.is_current()


def test_what_killed_processes_left_is_removed(directory: Path) -> None:
    fill(directory)
    for name in (".old-1", ".new-1", ".new-2"):
        (directory / name).mkdir()
    os.utime(directory / ".new-1", (0, 0))
    with Environment.open(directory, b"one"):
        assert {path.name for path in directory.iterdir()} == {"generation-00000001", ".new-2"}


def test_remove(directory: Path) -> None:
    fill(directory)
    with Environment.open(directory, b"one"), pytest.raises(BusyError):
        remove(directory)
    (directory / "notes.txt").write_text("somebody's")
    assert remove(directory)
    assert [path.name for path in directory.iterdir()] == ["notes.txt"]
    (directory / "notes.txt").unlink()
    assert not remove(directory)
    assert not directory.exists()
    assert not remove(directory)


def test_a_directory_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Exception, match="file") as caught:
        Environment.open(tmp_path / "file", b"one")
    assert caught.type.__module__.startswith("isg_storage")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs to give a directory away")
def test_a_directory_of_another_user_is_not_used(directory: Path) -> None:
    fill(directory)
    os.chown(directory, 12345, 12345)
    with pytest.raises(ReadOnlyError, match="another user"):
        Environment.open(directory, b"one")


AS_NOBODY = """
import os, sys
from pathlib import Path
from isg_storage import Environment, StorageError
os.setgid(65534); os.setuid(65534)
try:
    Environment.open(Path(sys.argv[1]), b"one")
except StorageError as problem:
    print(type(problem).__name__)
"""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become somebody else")
def test_an_unwritable_place_is_reported(tmp_path: Path) -> None:
    for above in (tmp_path, *tmp_path.parents):
        if above != Path("/") and above.stat().st_uid == 0 and above != Path("/tmp"):
            above.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(tmp_path / "x" / "y")], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "ReadOnlyError", done.stderr


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_child_is_told(directory: Path) -> None:
    with Environment.open(directory, b"one") as environment:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            said = []
            for use in (environment.read, environment.write, lambda: Environment.open(directory, b"one")):
                try:
                    use()
                    said.append("nothing")
                except ForkedError:
                    said.append("ForkedError")
            environment.close()
            os.write(writing, " ".join(said).encode())
            os._exit(0)
        os.close(writing)
        os.waitpid(child, 0)
        assert os.read(reading, 100) == b"ForkedError ForkedError ForkedError"
        os.close(reading)
        assert rows(environment) == 0


def test_more_readers_than_there_is_room_for(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("isg_storage.opened.MAX_READERS", 4)
    with Environment.open(directory, b"one") as environment:
        readers = [environment.read() for _ in range(4)]
        with pytest.raises(BusyError):
            environment.read()
        readers.pop().close()
        readers.append(environment.read())
        for reader in readers:
            reader.close()


class Failing:
    """An LMDB environment whose disk has failed in the middle of a commit."""

    def __init__(self, real: Any) -> None:
        self.close = real.close

    def begin(self, **_: object) -> None:
        raise lmdb.PanicError("the last commit failed")


def test_a_panic_is_recovered_from(directory: Path) -> None:
    fill(directory)
    with Environment.open(directory, b"one") as environment:
        opened: Any = environment._opened
        opened._lmdb = Failing(opened._lmdb)
        assert rows(environment) == 50


@pytest.mark.skipif(os.name != "posix", reason="deaths are not noticed elsewhere")
def test_a_death_while_opening_is_looked_into(directory: Path) -> None:
    data = fill(directory)
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    mark = data.with_name(f"opening-{int(dead.stdout)}")
    mark.touch()
    with Environment.open(directory, b"one") as environment:
        assert rows(environment) == 50
        assert not mark.exists()
    mark.touch()
    content = data.read_bytes()
    data.write_bytes(content[:8192] + bytes(len(content) - 8192))
    sessions.left(data.parent)
    with Environment.open(directory, b"one") as environment:
        assert "damaged" in environment.rebuilt_reason


def test_many_threads_open_read_and_write(directory: Path) -> None:
    problems: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(10):
                with Environment.open(directory, b"one") as environment:
                    with environment.write() as writer:
                        writer.put(Table.DEFINITIONS, keys.u64(1), keys.u32(number * 100 + turn))
                    with environment.read() as reader:
                        assert keys.u32(number * 100 + turn) in reader.values(Table.DEFINITIONS, keys.u64(1))
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with Environment.open(directory, b"one") as environment, environment.read() as reader:
        assert len(reader.values(Table.DEFINITIONS, keys.u64(1))) == 60 * 4
    assert module._registry == {}


def test_inspection(directory: Path) -> None:
    data = fill(directory)
    with Environment.open(directory, b"one") as environment, environment.read() as reader:
        use = {row.table: row for row in tables(reader)}
    assert use[Table.FACTS].values == 50
    assert use[Table.FACTS].bytes >= 50 * 5000
    assert use[Table.MENTIONS].bytes == 0
    assert verify(directory) == ""
    content = data.read_bytes()
    data.write_bytes(content[:8192] + bytes(len(content) - 8192))
    assert verify(directory) != ""
    shutil.rmtree(directory)
    assert verify(directory) == ""


def test_importing_storage_imports_little() -> None:
    code = "import sys, isg_storage; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "lmdb" in loaded
    assert not {"subprocess", "asyncio", "isg_analysis", "tree_sitter", "pygls"} & set(loaded)
