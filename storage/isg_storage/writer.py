"""Writer: one batch of changes, all of them or none.

There is one writer at a time, among all threads and processes; others wait. What it wrote is seen by
itself at once and by readers that begin after it committed. Only the thread that made it may use it.

Sibling: `reader.Reader`, whose methods it has too.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from types import TracebackType

import lmdb

from isg_storage.errors import ClosedError, translated
from isg_storage.reader import _FORMS, Reader
from isg_storage.seals import SEALED, sealed
from isg_storage.tables import MAX_KEY_SIZE, Table


class Writer(Reader):
    """Made by `Environment.write`. Leaving the `with` block commits, if `commit` did not; an exception undoes."""

    __slots__ = ()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._transaction is not None:
            self.commit()
        else:
            self.close()

    def commit(self) -> None:
        """Make the changes last and end the writer. Raises FullError or OutgrownError, and then nothing is stored."""
        transaction, self._transaction = self._transaction, None
        if transaction is None:
            raise ClosedError("this writer is closed")
        self._cursors.clear()
        try:
            transaction.commit()
        except lmdb.Error as problem:
            raise translated(problem) from problem
        finally:
            self._ended()

    def put(self, table: Table, key: bytes, value: bytes) -> None:
        """Set the key's value; in a table of duplicates, add the value."""
        _check(table, (key,), (value,))
        stored = sealed(key, value) if SEALED[table] else value
        try:
            self._transaction.put(key, stored, db=self._databases[table])
        except (lmdb.Error, AttributeError) as problem:
            raise self._failure(problem) from problem

    def put_many(self, table: Table, rows: Sequence[tuple[bytes, bytes]]) -> None:
        """`put` of each row, faster. Of two rows with one key the later one counts."""
        _check(table, [row[0] for row in rows], [row[1] for row in rows])
        if SEALED[table]:
            rows = [(key, sealed(key, value)) for key, value in rows]
        try:
            # In LMDB's order, neighbours land on the page that the cursor is at. Rows of one key keep theirs where the
            # last one counts.
            self._cursor(table).putmulti(sorted(rows, key=b"".join if _FORMS[table].duplicates else itemgetter(0)))
        except (lmdb.Error, AttributeError) as problem:
            raise self._failure(problem) from problem

    def add_values(self, table: Table, key: bytes, packed: bytes) -> None:
        """Add many fixed-size values, standing one after the other in `packed`, to a key of a table of duplicates.
        Those already there stay once.
        """
        size = _FORMS[table].value_size
        if not _FORMS[table].duplicates or len(packed) % size:
            raise ValueError(f"{table.name}: not packed values of {size} bytes")
        self.put_many(table, [(key, packed[at : at + size]) for at in range(0, len(packed), size)])

    def delete(self, table: Table, key: bytes) -> bool:
        """Remove the key with all its values. Returns whether it was there."""
        return self._remove(table, key, b"")

    def remove_value(self, table: Table, key: bytes, value: bytes) -> bool:
        """Remove one value of a key in a table of duplicates. Returns whether it was there."""
        if not value:
            raise ValueError("an empty value is no duplicate")
        return self._remove(table, key, value)

    def clear(self, table: Table) -> None:
        """Remove everything from the table."""
        try:
            self._cursors.pop(table, None)
            self._transaction.drop(self._databases[table], delete=False)
        except (lmdb.Error, AttributeError) as problem:
            raise self._failure(problem) from problem

    def _remove(self, table: Table, key: bytes, value: bytes) -> bool:
        try:
            removed: bool = self._transaction.delete(key, value, self._databases[table])
        except (lmdb.Error, AttributeError) as problem:
            raise self._failure(problem) from problem
        return removed


def _check(table: Table, keys: Sequence[bytes], values: Sequence[bytes]) -> None:
    """Refuse keys and values that are not of the table's form: LMDB would take most of them, and order them wrongly."""
    form = _FORMS[table]
    sizes = set(map(len, keys))
    if form.key_size and not sizes <= {form.key_size}:
        raise ValueError(f"{table.name}: a key has {form.key_size} bytes, not {sorted(sizes)}")
    if sizes and not (min(sizes) > 0 and max(sizes) <= MAX_KEY_SIZE):
        raise ValueError(f"{table.name}: a key has 1 to {MAX_KEY_SIZE} bytes, not {sorted(sizes)}")
    if form.value_size and not set(map(len, values)) <= {form.value_size}:
        raise ValueError(f"{table.name}: a value has {form.value_size} bytes")
