"""Intake: stores documents that were extracted, and removes those that are gone.

Into an index that has links, all of it goes as one change: whom it affects is found out once, however many files a
branch switch touched, and nobody sees half of it. Only facts don't wait for that, so what was parsed is not parsed
again when the process is killed meanwhile. Where there are no links yet, batches are stored at a pace, and at once
while somebody waits for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from isg_analysis.workspace import store
from isg_analysis.workspace.changes import Changes
from isg_analysis.workspace.extracting import Extracted, Task, extract_anew
from isg_analysis.workspace.pacing import Pace
from isg_analysis.workspace.retiring import retire
from isg_storage import Environment, Table, Writer

_MOST_BYTES = 8_000_000
"""Of facts that wait in memory."""
_MOST_DOCUMENTS = 20_000
"""In one change."""


class Intake:
    """Of one run. Take every batch, then `finish`."""

    def __init__(
        self,
        environment: Environment,
        task: Task,
        gone: Sequence[int],
        stored: Callable[[Sequence[Extracted]], None],
        awaited: Callable[[], bool],
    ) -> None:
        """`gone`: numbers of documents that are not there any more; `stored` is told what is in the index now;
        `awaited`: whether somebody waits for documents to be stored.
        """
        self._environment, self._task, self._stored, self._awaited = environment, task, stored, awaited
        self._pace = Pace()
        self._gone: Sequence[int] = gone
        self._waiting: list[Extracted] = []
        self._bytes = 0
        self.removed = 0
        """How many documents were removed so far."""
        with environment.read() as reader:
            self._linked = 0 < reader.count(Table.DOCUMENTS) == reader.count(Table.LINKS)
        if not self._linked:
            self._change()

    def take(self, batch: Sequence[Extracted]) -> None:
        """Store a batch, sooner or later."""
        size = sum(len(found.facts) for found in batch)
        self._waiting += batch
        self._bytes += size
        self._pace.wait(size)
        if len(self._waiting) >= _MOST_DOCUMENTS or (not self._linked and (self._pace.due or self._awaited())):
            self._change()
        elif self._bytes > _MOST_BYTES:
            self._put_facts_aside()

    def finish(self, *, cancelled: bool) -> None:
        """Store what waits; of a change that was cancelled half-way, only what is expensive to make again."""
        if cancelled and self._linked:
            self._put_facts_aside()
        else:
            self._change()

    def _change(self) -> None:
        batch, self._waiting, gone, self._gone = self._waiting, [], self._gone, ()
        self._bytes = 0
        if batch or gone:
            with self._pace.storing():
                self._environment.run(partial(self._store, gone, batch))
            self.removed += len(gone)
            self._stored(batch)

    def _store(self, gone: Sequence[int], batch: Sequence[Extracted], writer: Writer) -> None:
        if gone or not all(store.is_same(writer, found) for found in batch):
            store.begin_change(writer)
        changes = Changes()
        for number in gone:
            store.drop_document(writer, number, changes)
        whole = [found if store.has_facts(writer, found) else extract_anew(self._task, found.record) for found in batch]
        later = [found for found in whole if self._linked and store.shows_the_same(writer, found)]
        quiet = {found.record.path for found in later}
        for found in whole:
            if found.record.path not in quiet:
                store.put_document(writer, found, changes)
        store.drop_affected(writer, changes)
        for found in later:  # by the links they had, what goes through them is followed exactly
            store.put_document(writer, found)

    def _put_facts_aside(self) -> None:
        self._environment.run(self._store_facts)
        self._waiting = [replace(found, facts=b"") for found in self._waiting]
        self._bytes = 0

    def _store_facts(self, writer: Writer) -> None:
        for found in self._waiting:
            if found.facts and not writer.has(Table.FACTS, found.record.key):
                writer.put(Table.FACTS, found.record.key, found.facts)
                retire(writer, found.record.key)  # no document has them yet
