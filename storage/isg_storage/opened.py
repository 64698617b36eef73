"""Opened: the one LMDB environment that this process has of one generation's files.

LMDB forbids opening the same files twice in a process, using them across a fork, and replacing the
map while a transaction lives. This module is where all three are kept: `Environment` handles share an
Opened, every use checks the process, and growth waits until nothing lives.

It does not know about generations or fingerprints; see `environment` for those.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import lmdb

from isg_storage import sessions
from isg_storage.errors import (
    BusyError,
    ClosedError,
    DamagedError,
    ForkedError,
    FullError,
    MissingError,
    OutdatedError,
    StorageError,
    translated,
)
from isg_storage.keys import u32
from isg_storage.reader import Reader
from isg_storage.seals import Seen, nothing_seen, sealed
from isg_storage.tables import DATA_FILE, FORMS, SCHEMA_KEY, SCHEMA_VERSION, Table, stored_name
from isg_storage.writer import Writer

MAX_READERS = 1024
DRAIN_SECONDS = 10.0
_GIB = 1 << 30
# The map is address space, not memory or disk; where that is short, a smaller one does. On Windows the file takes the
# map's size at once.
_SMALL = sys.platform == "win32" or sys.maxsize < 1 << 32
MAP_SIZES = (256 << 20,) if _SMALL else (32 * _GIB, 4 * _GIB, _GIB, 256 << 20)


class Opened:
    """An open LMDB environment with all tables, for any number of threads."""

    def __init__(self, path: Path, *, read_only: bool, map_size: int | None) -> None:
        """`path`: a generation's directory. Raises a StorageError."""
        self.path = path
        self.read_only = read_only
        self.handles = 0
        self.closed = False
        self._map_size = map_size
        self._pid = os.getpid()
        self._live = 0
        self._draining = 0
        self._retired = False
        self._gate = threading.Condition()
        self._write_lock = threading.Lock()
        self._writing_thread: int | None = None
        if not read_only:
            sessions.begin(path)
        try:
            self._lmdb, self._databases = _open(path, read_only, map_size)
        except BaseException:
            sessions.failed(path)
            raise
        self._identity = identity(path)
        self.unclean_ends = sessions.unclean_ends(path)
        self._seen: Seen | None = None
        if self.unclean_ends:
            self.distrust()
        sessions.opened(path)

    def read(self) -> Reader:
        """Begin a snapshot."""
        self.check_process()
        return Reader(self._begin(write=False), self._databases, self._end, self._seen)

    def write(self) -> Writer:
        """Begin a batch, after the one that is being written."""
        self.check_process()
        me = threading.get_ident()
        if self._writing_thread == me:
            raise BusyError("a writer is open in this thread")
        self._write_lock.acquire()
        self._writing_thread = me
        try:
            self._make_room()
            return Writer(self._begin(write=True), self._databases, self._end_write, self._seen)
        except BaseException:
            self._release_writer()
            raise

    def grow(self) -> None:
        """Make the map twice as large. Raises FullError, or BusyError when readers do not end in time."""
        self.check_process()
        with self._alone():
            self._resize(self._lmdb.info()["map_size"] * 2)

    def reopen_for_writing(self) -> None:
        """Turn a read-only environment into one that can be written. Raises BusyError when readers do not end."""
        with self._alone():
            self._lmdb.close()
            self._lmdb, self._databases = _open(self.path, False, self._map_size)
            self.read_only = False
            sessions.begin(self.path)
            sessions.opened(self.path)

    def retire(self) -> None:
        """No handle is left: close as soon as nothing lives."""
        with self._gate:
            self._retired = True
            self._close_if_done()

    def revive(self) -> bool:
        """There is a handle again. False if it was closed already."""
        with self._gate:
            self._retired = self.closed
            return not self.closed

    def retire_unless_used(self) -> None:
        """Take back a `revive` that nothing came of."""
        if not self.handles:
            self.retire()

    def check_process(self) -> None:
        """Raise ForkedError in a child that was forked since."""
        if self._pid != os.getpid():
            raise ForkedError("the index was open when this process was forked: start workers by spawn or forkserver")

    def is_current(self) -> bool:
        """Whether the files that are open are still the ones at the path."""
        return identity(self.path) == self._identity

    def map_size(self) -> int:
        """Size of the map in bytes."""
        self.check_process()
        with self._gate:
            return int(self._lmdb.info()["map_size"])

    @property
    def trusted(self) -> bool:
        """Whether it is believed without looking at seals."""
        return self._seen is None

    def distrust(self) -> None:
        """From the next reader on, look at the seal of what is read."""
        self._seen = nothing_seen()

    def trust(self) -> None:
        """All of it was looked at: forget who died with it open, and look at no seal."""
        self._seen, self.unclean_ends = None, 0
        if not self.read_only:
            sessions.forget_deaths(self.path)

    def _begin(self, write: bool) -> Any:
        for _ in range(8):
            with self._gate:
                self._gate.wait_for(lambda: not self._draining)
                if self._retired:
                    raise ClosedError("the index is closed")
                self._live += 1
            try:
                return self._lmdb.begin(write=write, buffers=True)
            except BaseException as problem:
                self._end()
                self._recover(problem)
        raise BusyError("the index could not be entered")

    def _recover(self, problem: BaseException) -> None:
        """Do what makes it worth while to begin a transaction once more, or raise."""
        if isinstance(problem, lmdb.MapResizedError):  # another process made it larger
            with self._alone():
                self._resize(0)
        elif isinstance(problem, lmdb.PanicError):  # the disk failed while a meta page was being written
            with self._alone():
                self._lmdb.close()
                self._lmdb, self._databases = _open(self.path, self.read_only, self._map_size)
        elif not (isinstance(problem, lmdb.ReadersFullError) and self._lmdb.reader_check()):
            raise translated(problem) if isinstance(problem, lmdb.Error) else problem

    def _end(self) -> None:
        with self._gate:
            self._live -= 1
            self._gate.notify_all()
            self._close_if_done()

    def _end_write(self) -> None:
        self._end()
        self._release_writer()

    def _release_writer(self) -> None:
        self._writing_thread = None
        self._write_lock.release()

    def _make_room(self) -> None:
        """Grow ahead of need, where that disturbs nobody."""
        with self._gate:
            figures = self._lmdb.info()
            used = (figures["last_pgno"] + 1) * self._lmdb.stat()["psize"]
            if used * 2 > figures["map_size"] and not self._live:
                self._resize(figures["map_size"] * 2)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nothing lives and nothing begins inside. Raises BusyError when what lives does not end in time."""
        with self._gate:
            self._draining += 1
            try:
                if not self._gate.wait_for(lambda: not self._live, DRAIN_SECONDS):
                    raise BusyError("the index must grow, but a reader stays open")
                yield
            finally:
                self._draining -= 1
                self._gate.notify_all()

    def _resize(self, size: int) -> None:
        """Only with the gate held and nothing alive. `size` 0 takes over what another process has set."""
        try:
            self._lmdb.set_mapsize(size)
        except lmdb.Error as problem:
            # LMDB has no map after this: have one again, of the size that worked.
            self._lmdb.close()
            self._lmdb, self._databases = _open(self.path, self.read_only, self._map_size)
            raise FullError(f"no address space for a larger index: {problem}") from problem

    def _close_if_done(self) -> None:
        if self._retired and not self._live and not self.closed:
            self.closed = True
            self._lmdb.close()
            self.end_session()

    def end_session(self) -> None:
        """Say that this process does not have the index open any more."""
        if not self.read_only and self._pid == os.getpid():
            sessions.end(self.path, in_order=self.trusted)


def create_files(path: Path, header: dict[bytes, bytes], map_size: int | None = None) -> None:
    """Make the files of an empty index with these rows in HEADER. Raises a StorageError."""
    environment = _lmdb_environment(path, False, map_size)
    try:
        with environment.begin(write=True) as transaction:
            for table, form in FORMS.items():
                database = environment.open_db(
                    stored_name(table), transaction, dupsort=form.duplicates, dupfixed=form.duplicates
                )
                if table is Table.HEADER:
                    for key, value in header.items():
                        transaction.put(key, sealed(key, value), db=database)
    except lmdb.Error as problem:
        raise translated(problem, f"cannot make an index in {path.parent}") from problem
    finally:
        environment.close()
    try:
        sessions.left(path)
    except OSError as problem:
        raise translated(problem, f"cannot make an index in {path.parent}") from problem


def identity(path: Path) -> tuple[int, int] | None:
    """Which file is the data file at the path now."""
    try:
        state = os.stat(path / DATA_FILE)
    except OSError:
        return None
    return state.st_dev, state.st_ino


def _open(path: Path, read_only: bool, map_size: int | None) -> tuple[Any, tuple[Any, ...]]:
    if not (path / DATA_FILE).exists():
        raise MissingError(f"no index at {path}")  # LMDB would make an empty one
    environment = _lmdb_environment(path, read_only, map_size)
    try:
        _check_size(environment, path)
        environment.reader_check()
        try:
            return environment, _databases(environment, read_only)
        except lmdb.NotFoundError as problem:
            raise _lacking(environment) from problem
    except BaseException as problem:
        environment.close()
        raise translated(problem) if isinstance(problem, (lmdb.Error, OSError)) else problem from None


def _databases(environment: Any, read_only: bool) -> tuple[Any, ...]:
    """Handles of all tables, in the order of `Table`."""
    if read_only:
        return tuple(environment.open_db(stored_name(table), create=False) for table in FORMS)
    # py-lmdb forgets handles opened in a read transaction, and without one makes a write transaction for each.
    with environment.begin(write=True) as transaction:
        return tuple(environment.open_db(stored_name(table), transaction, create=False) for table in FORMS)


def _lacking(environment: Any) -> StorageError:
    """Why a table is missing."""
    try:
        header = environment.open_db(stored_name(Table.HEADER), create=False)
    except lmdb.NotFoundError:
        return DamagedError("the header is missing")
    with environment.begin(db=header) as transaction:
        schema = bytes(transaction.get(SCHEMA_KEY, b""))
    if schema.startswith(u32(SCHEMA_VERSION)):
        return DamagedError("a table is missing")
    return OutdatedError(f"it has another schema than {SCHEMA_VERSION}")


def _check_size(environment: Any, path: Path) -> None:
    """LMDB does not look whether the file has all pages, and touching one that it lacks kills the process."""
    needed = (environment.info()["last_pgno"] + 1) * environment.stat()["psize"]
    there = os.stat(path / DATA_FILE).st_size
    if there < needed:
        raise DamagedError(f"the file was cut short: {there} of {needed} bytes are there")


def _lmdb_environment(path: Path, read_only: bool, map_size: int | None) -> Any:
    problem: lmdb.Error | None = None
    for size in (map_size,) if map_size else MAP_SIZES:
        try:
            return lmdb.open(
                os.fspath(path),
                map_size=size,
                readonly=read_only,
                create=False,  # the directory is there; the files get its mode without the execute bits
                mode=0o700,
                metasync=False,  # a power cut may cost the last batch, never the rest
                max_readers=MAX_READERS,
                max_dbs=len(FORMS),
            )
        except lmdb.MemoryError as error:
            problem = error
        except lmdb.MapResizedError as error:  # a map that grew is known by its size, which opening takes over
            raise DamagedError(f"it says that it has more pages than its map: {error}") from error
        except lmdb.Error as error:
            raise translated(error, f"cannot open {path}") from error
    raise translated(problem, f"cannot map {path}") if problem else AssertionError("no map size")
