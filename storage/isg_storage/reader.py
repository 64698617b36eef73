"""Reader: a snapshot of every table, as of the moment it was made.

A reader sees one committed state for as long as it lives, whatever is written meanwhile. Keep it for
one answer, not for a session: pages that it can see are not reused, so the file grows while it lives.
It may pass from thread to thread, but only one may use it at a time.

Sibling: `writer.Writer`, which can do all of this on the state it is making.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self

import lmdb

from isg_storage.errors import ClosedError, StorageError, translated
from isg_storage.seals import SEALED, SIZE, Seen, unsealed
from isg_storage.tables import FORMS, Table

_FORMS = tuple(FORMS[table] for table in Table)


class Reader:
    """Made by `Environment.read`. A context manager; `close` may be called more than once."""

    __slots__ = ("_cursors", "_databases", "_ended", "_seen", "_transaction")

    def __init__(
        self, transaction: Any, databases: tuple[Any, ...], ended: Callable[[], None], seen: Seen | None
    ) -> None:
        """`transaction`: an LMDB transaction that yields buffers; `ended` is called once, when it is over; `seen`: the
        seals that were looked at, None to look at none.
        """
        self._transaction = transaction
        self._databases = databases
        self._ended = ended
        self._seen = seen
        self._cursors: dict[int, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_transaction", None) is not None:
            self.close()

    def close(self) -> None:
        """End the snapshot. Views taken from it must not be used any more."""
        transaction, self._transaction = self._transaction, None
        if transaction is not None:
            self._cursors.clear()
            try:
                transaction.abort()
            finally:
                self._ended()

    @property
    def version(self) -> int:
        """The number of the last commit that the snapshot sees: equal numbers, equal contents."""
        try:
            number: int = self._transaction.id()
        except (lmdb.Error, AttributeError) as problem:
            raise self._failure(problem) from problem
        return number

    def get(self, table: Table, key: bytes) -> bytes | None:
        """The value (the first, in a table of duplicates), copied; None where the key is not there. Raises
        DamagedError, as all that reads values does, where a value is not what was written and the index is not trusted.
        """
        found = self.view(table, key)
        return None if found is None else bytes(found)

    def view(self, table: Table, key: bytes) -> memoryview | None:
        """Like `get`, in place: no copy. The view points into the map and is undefined once the reader is closed
        (or, in a writer, after the next write): take it for one use, never keep it.
        """
        view = self._stored(table, key)
        if view is None or not SEALED[table]:
            return view
        return view[:-SIZE] if self._seen is None else unsealed(table, key, view, self._seen)

    def has(self, table: Table, key: bytes) -> bool:
        """Whether the key is there; the value is not looked at."""
        return self._stored(table, key) is not None

    def beginning(self, table: Table, key: bytes) -> bytes:
        """The first 4 bytes that are stored under a key, whether the value is sound or not; b"" if it is not there."""
        return bytes((self._stored(table, key) or b"")[:4])

    def _stored(self, table: Table, key: bytes) -> memoryview | None:
        try:
            view: memoryview | None = self._transaction.get(key, None, self._databases[table])
        except lmdb.BadValsizeError:
            return None  # no such key can have been stored
        except (lmdb.Error, AttributeError) as problem:
            raise self._failure(problem) from problem
        return view

    def has_value(self, table: Table, key: bytes, value: bytes) -> bool:
        """Whether a key in a table of duplicates has this value."""
        try:
            found: bool = self._cursor(table).set_key_dup(key, value)
        except (lmdb.Error, AttributeError) as problem:
            raise self._failure(problem) from problem
        return found

    def values(self, table: Table, key: bytes) -> bytes:
        """All fixed-size values of a key in a table of duplicates, in order, one after the other; b"" if none."""
        try:
            cursor = self._cursor(table)
            if not cursor.set_key(key):
                return b""
            if cursor.count() < 8:
                return b"".join(cursor.iternext_dup())
            form = _FORMS[table]
            pairs = cursor.getmulti([key], dupdata=True, dupfixed_bytes=form.value_size, keyfixed=True)
        except (lmdb.Error, AttributeError) as problem:
            raise self._failure(problem) from problem
        return _without_keys(pairs, form.key_size // 4, form.value_size // 4)

    def rows(self, table: Table, keys: Sequence[bytes]) -> bytes:
        """The (key, value) rows of several keys of a table of duplicates, one after the other, by key; none for a key
        that is not there. `keys`: in order, each once.
        """
        form = _FORMS[table]
        try:
            found = self._cursor(table).getmulti(keys, dupdata=True, dupfixed_bytes=form.value_size, keyfixed=True)
        except (lmdb.Error, AttributeError) as problem:
            raise self._failure(problem) from problem
        return bytes(found)

    def items(self, table: Table, prefix: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
        """(key, value) in the order of keys, of the keys that begin with `prefix`; duplicates one by one.

        A writer must not change the table while it is being gone through.
        """
        try:
            cursor = self._transaction.cursor(self._databases[table])
            if not (cursor.set_range(prefix) if prefix else cursor.first()):
                return
            sealed = SEALED[table]
            for view, value in cursor.iternext():
                key = bytes(view)
                if prefix and not key.startswith(prefix):
                    return
                if sealed:
                    value = value[:-SIZE] if self._seen is None else unsealed(table, key, value, self._seen)
                yield key, bytes(value)
        except (lmdb.Error, AttributeError) as problem:
            raise self._failure(problem) from problem

    def keys(self, table: Table, prefix: bytes = b"") -> Iterator[bytes]:
        """The keys that begin with `prefix`, in order, each once; values are not touched."""
        try:
            cursor = self._transaction.cursor(self._databases[table])
            if not (cursor.set_range(prefix) if prefix else cursor.first()):
                return
            for key in cursor.iternext_nodup(keys=True, values=False):
                if prefix and key[: len(prefix)] != prefix:
                    return
                yield bytes(key)
        except (lmdb.Error, AttributeError) as problem:
            raise self._failure(problem) from problem

    def last_key(self, table: Table) -> bytes | None:
        """The greatest key, None for an empty table."""
        try:
            cursor = self._cursor(table)
            return bytes(cursor.key()) if cursor.last() else None
        except (lmdb.Error, AttributeError) as problem:
            raise self._failure(problem) from problem

    def count(self, table: Table) -> int:
        """How many values the table has (each duplicate counts)."""
        try:
            entries: int = self._transaction.stat(self._databases[table])["entries"]
        except (lmdb.Error, AttributeError) as problem:
            raise self._failure(problem) from problem
        return entries

    def bytes_used(self, table: Table) -> int:
        """How many bytes of the file the table's pages take."""
        try:
            stat = self._transaction.stat(self._databases[table])
        except (lmdb.Error, AttributeError) as problem:
            raise self._failure(problem) from problem
        return int(stat["psize"] * (stat["branch_pages"] + stat["leaf_pages"] + stat["overflow_pages"]))

    def _cursor(self, table: Table) -> Any:
        cursor = self._cursors.get(table)
        if cursor is None:
            cursor = self._cursors[table] = self._transaction.cursor(self._databases[table])
        return cursor

    def _failure(self, problem: Exception) -> Exception:
        """What to raise for an exception met while using the transaction."""
        if self._transaction is None:
            return ClosedError("this reader is closed")
        return translated(problem) if isinstance(problem, (lmdb.Error, StorageError)) else problem


def _without_keys(pairs: memoryview, key_words: int, value_words: int) -> bytes:
    """The values of (key, value) rows, all in words of 4 bytes. Column by column, because slices run in C."""
    rows = array("I", bytes(pairs))
    width = key_words + value_words
    for column in range(key_words):
        del rows[:: width - column]
    return rows.tobytes()
