"""Everything the storage root raises, in one tree, each saying when it occurs and what the caller can do.

No exception of LMDB leaves this package: `translated` turns them into these.
"""

from __future__ import annotations

import errno

import lmdb


class StorageError(Exception):
    """Something went wrong with the stored index. The text is fit to be shown to a user."""


class DamagedError(StorageError):
    """The stored bytes are not what was written. `Environment.condemn` and open again: an empty index replaces it."""


class OutdatedError(StorageError):
    """Another version has made the index, with other tables. `Environment.open` replaces it."""


class FullError(StorageError):
    """The disk, the quota or the address space is used up, or the disk fails. Nothing of the batch was stored."""


class OutgrownError(StorageError):
    """A batch did not fit into the map. Nothing of it was stored; the map has been made larger: run the batch again.

    `Environment.run` does that by itself.
    """


class ReadOnlyError(StorageError):
    """The directory can't be made or written, or belongs to somebody else. Use another directory."""


class MissingError(StorageError):
    """Opened read-only, and there is no index with this schema and fingerprint."""


class BusyError(StorageError):
    """Somebody else in this process is in the way: a nested write, or readers that a map's growth must wait for."""


class ClosedError(StorageError):
    """The environment, reader or writer was closed before this use."""


class ForkedError(ClosedError):
    """The environment was open when this process was forked. LMDB serves one of the two only: the parent."""


# LMDB reports a write that was cut short, as by a full disk, as EIO.
_NO_ROOM = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG, errno.ENOMEM, errno.EIO}
_NO_ACCESS = {
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.ELOOP, errno.ENAMETOOLONG,
}  # fmt: skip
# By name, because older releases of the binding lack some of them.
_KINDS = {
    "MapFullError": OutgrownError,
    "TxnFullError": FullError,
    "MemoryError": FullError,
    "DiskError": FullError,
    "ReadonlyError": ReadOnlyError,
    "LockError": ReadOnlyError,
    "ReadersFullError": BusyError,
    "CorruptedError": DamagedError,
    "PageNotFoundError": DamagedError,
    "InvalidError": DamagedError,
    "VersionMismatchError": DamagedError,
    "IncompatibleError": DamagedError,
    "PanicError": DamagedError,
    "CursorFullError": DamagedError,
    "BadTxnError": DamagedError,  # what follows on reading a bad page, in the same snapshot
    "ProblemError": DamagedError,
}


def translated(problem: Exception, doing: str = "") -> StorageError:
    """The StorageError that says what an exception of LMDB or of the file system means; `doing` opens its text."""
    if isinstance(problem, StorageError):
        return problem
    code = problem.errno if isinstance(problem, OSError) else getattr(problem, "code", 0)
    kind: type[StorageError] | None = _KINDS.get(type(problem).__name__) if isinstance(problem, lmdb.Error) else None
    if code in _NO_ROOM:
        kind = FullError
    elif code in _NO_ACCESS:
        kind = ReadOnlyError
    text = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
    if kind is FullError and code == errno.EIO:
        text = f"{text} (the disk is full, or fails)"
    return (kind or StorageError)(f"{doing}: {text}" if doing else text)
