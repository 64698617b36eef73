"""Environment: an index of bytes in a directory, shared by threads and processes.

Opening decodes nothing. What is there but can't be used (another schema, another fingerprint,
damage) is replaced by an empty index, and `rebuilt` says so: everything in an index can be made again
from the workspace, so losing it costs time and never an answer.

The directory must be the user's own, outside any workspace: LMDB trusts the bytes it maps, so a file
that came with a repository must never get here. The caller chooses it; nothing here can tell.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from isg_storage import generations, residency, sessions
from isg_storage.errors import (
    BusyError,
    ClosedError,
    DamagedError,
    ForkedError,
    MissingError,
    OutdatedError,
    OutgrownError,
    ReadOnlyError,
)
from isg_storage.keys import u32
from isg_storage.opened import Opened, create_files
from isg_storage.reader import Reader
from isg_storage.tables import DATA_FILE, FINGERPRINT_KEY, SCHEMA_KEY, SCHEMA_VERSION, Table
from isg_storage.writer import Writer

T = TypeVar("T")

_registry: dict[str, Opened] = {}
_registry_lock = threading.Lock()
_inherited: list[Opened] = []  # by a forked child: kept, because closing them would end the parent's locks


class Environment:
    """A handle on an open index; of one directory there may be several in a process. Thread-safe. Context manager."""

    def __init__(self, directory: Path, opened: Opened, rebuilt_reason: str, read_only: bool) -> None:
        """Use `open`."""
        self.directory = directory
        self._read_only = read_only
        self._touched = residency.touched()
        """What was touched already when pages were last given back, or never needs to be."""
        self.rebuilt = bool(rebuilt_reason)
        self.rebuilt_reason = rebuilt_reason
        self._opened: Opened | None = opened

    @classmethod
    def open(
        cls, directory: Path, fingerprint: bytes, *, read_only: bool = False, map_size: int | None = None
    ) -> Environment:
        """Open the index in `directory`, made if need be.

        `fingerprint`: whatever else the stored bytes depend on; an index with another one is replaced.
        `read_only`: make and replace nothing, raise MissingError instead; this handle refuses `write`.
        `map_size`: bytes of address space to begin with, for small machines and tests.

        Raises ReadOnlyError or FullError when the directory can't be used: take another one, or do without.
        """
        directory = Path(os.path.realpath(directory))
        with _registry_lock:
            opened, reason = _shared(directory, fingerprint, read_only, map_size)
            opened.handles += 1
        return cls(directory, opened, reason, read_only)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the index. Readers that are still open stay good, and the files are closed after the last one."""
        opened, self._opened = self._opened, None
        if opened is None:
            return
        with _registry_lock:
            opened.handles -= 1
            if not opened.handles and opened not in _inherited:
                opened.retire()
                _forget_closed()

    def read(self) -> Reader:
        """Begin a snapshot of what is committed now. Raises ForkedError, ClosedError, BusyError."""
        return self._in_use().read()

    def write(self) -> Writer:
        """Begin a batch: committed when its `with` block is left, undone when that is by an exception.

        Waits for other writers, also in other processes. Raises BusyError in a thread that has a writer open. A batch
        that does not fit into the map raises OutgrownError; `run` copes with that.
        """
        if self._read_only:
            raise ReadOnlyError("the index was opened read-only")
        return self._in_use().write()

    def run(self, batch: Callable[[Writer], T]) -> T:
        """Run and commit a batch; once more in a larger map if it did not fit. `batch` may be called several times."""
        while True:
            try:
                with self.write() as writer:
                    return batch(writer)
            except OutgrownError:
                self.grow()

    def grow(self) -> None:
        """Make the map twice as large. Waits for readers of this process to end; raises BusyError or FullError."""
        self._in_use().grow()

    def size(self) -> int:
        """Bytes that the index takes on disk."""
        try:
            return os.stat(self._in_use().path / DATA_FILE).st_size
        except FileNotFoundError:  # replaced by another process
            return 0

    def release_pages(self, *, beyond: int = 0) -> None:
        """Stop counting the pages that were looked at as this process's memory, if they are more bytes than `beyond`;
        see `residency`.
        """
        touched = residency.touched()
        self._touched = min(self._touched, touched)
        if not beyond or touched - self._touched > beyond:
            residency.release(self._in_use().path / DATA_FILE)
            self._touched = residency.touched()

    def map_size(self) -> int:
        """Bytes of address space that the index may fill before it must grow."""
        return self._in_use().map_size()

    def is_current(self) -> bool:
        """Whether this is still the index in the directory: another process with another fingerprint replaces it.
        One that was replaced works on, for this process alone, and ends with it.
        """
        return self._in_use().is_current()

    @property
    def unclean_ends(self) -> int:
        """How many processes died with the index open since one closed it in good order, when it was opened here.
        See `inspection.verify`.
        """
        return self._in_use().unclean_ends

    @property
    def trusted(self) -> bool:
        """Whether all that is stored is believed to be what was written. Otherwise, since processes died with the index
        open, each value is looked at when it is read.
        """
        return self._in_use().trusted

    def trust(self) -> None:
        """Say that `inspection.verify`, or more than that, has found nothing wrong."""
        self._in_use().trust()

    def distrust(self) -> None:
        """Look at each value when it is read, from the next reader on."""
        self._in_use().distrust()

    def condemn(self, reason: str) -> None:
        """Say that the stored bytes are bad: the next `open` replaces them. Close this handle then."""
        generations.condemn(self._in_use().path, reason)

    def _in_use(self) -> Opened:
        if self._opened is None:
            raise ClosedError("the index is closed")
        return self._opened


def remove(directory: Path) -> bool:
    """Remove the index in the directory, whatever its state, and the directory if nothing else is in it.

    Returns whether there was an index. Raises BusyError while this process has it open, ReadOnlyError.
    """
    directory = Path(os.path.realpath(directory))
    with _registry_lock:
        _forget_closed()
        if os.fspath(directory) in _registry:
            raise BusyError(f"the index in {directory} is open")
        return generations.remove_all(directory)


def _shared(directory: Path, fingerprint: bytes, read_only: bool, map_size: int | None) -> tuple[Opened, str]:
    """What this process has open of the directory, or else newly opened; and why the former index was replaced."""
    _forget_closed()
    key = os.fspath(directory)
    opened = _registry.get(key)
    if opened is None and any(inherited.path.parent == directory for inherited in _inherited):
        raise ForkedError("the index was open when this process was forked: start workers by spawn or forkserver")
    if opened is not None:
        if opened.is_current() and generations.condemned(opened.path) is None and opened.revive():
            if problem := _unfit(opened, fingerprint):
                opened.retire_unless_used()
                raise BusyError(f"this process has the index in {directory} open, but {problem}")
            if opened.read_only and not read_only:
                opened.reopen_for_writing()
            return opened, ""
        del _registry[key]  # its handles and readers keep it until they are closed
    opened, reason = _open_newest(directory, fingerprint, read_only, map_size)
    _registry[key] = opened
    return opened, reason


def _open_newest(directory: Path, fingerprint: bytes, read_only: bool, map_size: int | None) -> tuple[Opened, str]:
    if not read_only:
        generations.prepare(directory)
    reason, made = "", -1
    for _ in range(16):  # more than a few rounds only while other processes change the directory
        number, path = generations.newest(directory) or (0, None)
        if path is not None:
            try:
                opened, problem = _open_fit(path, fingerprint, read_only, map_size)
            except MissingError as gone:
                if not path.exists():
                    continue  # replaced since
                opened, problem = None, str(gone)
            if opened is not None:
                if not read_only:
                    generations.sweep(directory, number)
                return opened, reason if number == made else ""
            reason = problem
        if read_only:
            raise MissingError(f"no index in {directory}" + (f": {reason}" if reason else ""))
        if generations.create(directory, number + 1, partial(create_files, header=_header(fingerprint))):
            made = number + 1
    raise BusyError(f"other processes keep replacing the index in {directory}")


def _open_fit(path: Path, fingerprint: bytes, read_only: bool, map_size: int | None) -> tuple[Opened | None, str]:
    """The opened generation, or None and why it can't be used. Raises MissingError."""
    if (said := generations.condemned(path)) is not None:
        return None, said
    if not sessions.unclean_ends(path) and not sessions.is_as_left(path):
        return None, "something else has written into its files"
    if sessions.died_opening(path):
        from isg_storage.inspection import verify  # starts a process: only those who need it pay for the import

        if problem := verify(path.parent):
            return None, f"it is damaged: {problem}"
        sessions.acquit(path)
    try:
        opened = Opened(path, read_only=read_only, map_size=map_size)
    except OutdatedError as old:
        return None, str(old)
    except DamagedError as damage:
        return None, f"it is damaged: {damage}"
    if reason := _unfit(opened, fingerprint):
        opened.retire()
        return None, reason
    return opened, ""


def _header(fingerprint: bytes) -> dict[bytes, bytes]:
    return {SCHEMA_KEY: u32(SCHEMA_VERSION), FINGERPRINT_KEY: fingerprint}


def _forget_closed() -> None:
    """Those without a handle stay while they have readers: LMDB may not open their files once more meanwhile."""
    for key in [key for key, opened in _registry.items() if opened.closed]:
        del _registry[key]


def _unfit(opened: Opened, fingerprint: bytes) -> str:
    """Why the open index can't be used; "" if it can."""
    try:
        with opened.read() as reader:
            if reader.beginning(Table.HEADER, SCHEMA_KEY) != u32(SCHEMA_VERSION):
                return f"it has another schema than {SCHEMA_VERSION}"
            schema, found = reader.get(Table.HEADER, SCHEMA_KEY), reader.get(Table.HEADER, FINGERPRINT_KEY)
    except DamagedError as problem:
        return f"it is damaged: {problem}"
    if schema != u32(SCHEMA_VERSION) or found != fingerprint:
        return "it was made by another version or with other settings"
    return ""


def _forget_in_child() -> None:
    global _registry_lock
    _registry_lock = threading.Lock()  # another thread may have held it
    _inherited.extend(_registry.values())
    _registry.clear()


@atexit.register
def _end_sessions() -> None:
    """A process that leaves without closing did not die."""
    for opened in _registry.values():
        opened.end_session()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_in_child)
