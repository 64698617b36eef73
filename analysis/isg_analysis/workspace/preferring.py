"""Preference: which files extraction takes first, and who waits for them.

A question about a name, asked before the index is there, can be answered once the documents whose text holds the name
are stored, with those that lead to them: the files by which they are reached, and those that pass on names without
spelling them. A search through the texts that are still to be extracted finds them; they overtake all others.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from isg_analysis.errors import DocumentError
from isg_analysis.languages.registry import pack
from isg_analysis.workspace.extracting import File
from isg_analysis.workspace.source import Source

_BATCH_BYTES = 200_000
_FIRST_BATCH_BYTES = 80_000
"""Preferred files are few: small batches give every process some."""
_BATCH_FILES = 64
_STEP = 0.02
"""Seconds until somebody who waits is asked whether to go on."""


def _never() -> bool:
    return False


class Preference:
    """Thread-safe. One run at a time extracts; any thread may ask and wait."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._names: dict[str, set[str] | None] = {}
        """Name -> the files that hold it and are not stored yet; None: not searched for yet."""
        self._source: Source | None = None
        self._edition: object = None
        """Which index the last run was of; what is known here is true of no other one."""
        self._running = False
        self._done = False
        """The last run over everything extracted all of it."""
        self._texts: dict[str, File] = {}
        """What no worker was given yet, in the order it will be."""
        self._unstored: dict[str, File] = {}
        self._first: deque[str] = deque()

    # -- asking

    def ask(self, names: Sequence[str], stopped: Callable[[], bool] = _never) -> None:
        """Take the files that hold these names first. Searches in the calling thread if a run is on."""
        with self._changed:
            new = [name for name in names if self._names.get(name) is None]
            for name in new:
                self._names[name] = None
            unstored = list(self._unstored.values()) if self._running else []
        if new and unstored:
            self._search(new, unstored, stopped)

    def wait(
        self,
        names: Sequence[str],
        seconds: float,
        complete: bool,
        edition: object,
        meanwhile: Callable[[], bool] | None = None,
        stopped: Callable[[], bool] = _never,
    ) -> bool:
        """Whether everything that holds the names is stored; waits so long for it. `complete`: all was stored before;
        `edition`: the index that it is to be stored in.

        Asks for the names. `meanwhile` is called when there is nothing left to do but wait, and says whether to.
        """
        until = time.monotonic() + seconds
        self.ask(names, stopped)
        while True:
            with self._changed:
                if all(self._is_there(name, complete, edition) for name in names):
                    return True
                left = until - time.monotonic()
                if left <= 0 or stopped():
                    return False
                if meanwhile is None or not all(self._names.get(name) for name in names):
                    self._changed.wait(min(left, _STEP))
                    continue
            call, meanwhile = meanwhile, None
            if not call():
                return True

    def _is_there(self, name: str, complete: bool, edition: object) -> bool:
        if self._edition is not edition:
            return complete
        holding = self._names.get(name)
        if holding is None:
            return not self._running and (complete or self._done)
        return not holding

    # -- the run's side

    @property
    def awaited(self) -> bool:
        """Whether somebody asked for a name and files that hold it are not stored yet."""
        with self._changed:
            return any(self._names.values())

    def begin(self, source: Source, files: Sequence[File], edition: object, *, whole: bool) -> None:
        """A run is about to extract these files; `whole`: they are all that is not in the index `edition`."""
        with self._changed:
            self._done = self._done and self._edition is edition and not whole
            self._source, self._edition, self._running = source, edition, True
            self._texts = {file[0]: file for file in files}
            self._unstored = dict(self._texts)
            self._first.clear()
            names = list(self._names)
            self._names = dict.fromkeys(names)
        if names:
            self._search(names, files)

    def batches(self) -> Iterator[list[File]]:
        """What to extract, preferred files first, in batches that are neither many files nor many bytes."""
        while batch := self._batch():
            yield batch

    def stored(self, paths: Iterable[str]) -> None:
        """These are in the index now."""
        with self._changed:
            gone = set(paths)
            for path in gone:
                self._unstored.pop(path, None)
            waiting = False
            for holding in self._names.values():
                if holding:
                    holding -= gone
                    waiting = waiting or not holding
            if waiting or not self._unstored:
                self._changed.notify_all()

    def end(self, *, done: bool, whole: bool) -> None:
        """The run is over; `done`: all its files were extracted; `whole`: as `begin` was told."""
        with self._changed:
            self._running = False
            self._texts.clear()
            self._unstored.clear()
            self._first.clear()
            self._names = {} if done else dict.fromkeys(self._names)
            self._done = done if whole else self._done
            self._changed.notify_all()

    def _batch(self) -> list[File]:
        with self._changed:
            out: list[File] = []
            size = 0
            while self._first and size < _FIRST_BATCH_BYTES:
                file = self._texts.pop(self._first.popleft(), None)
                if file is not None:
                    out.append(file)
                    size += file[2]
            if out:
                return out  # alone: nobody waits for what else there is
            while self._texts and (not out or (size < _BATCH_BYTES and len(out) < _BATCH_FILES)):
                path = next(iter(self._texts))
                out.append(self._texts.pop(path))
                size += out[-1][2]
            return out

    # -- searching

    def _search(self, names: list[str], files: Sequence[File], stopped: Callable[[], bool] = _never) -> None:
        """Find the files that hold the names, or lead to one that does, and put them first."""
        spelled = [(name, name.encode()) for name in names]
        found: dict[str, set[str]] = {name: set() for name in names}
        leading: set[str] = set()
        source = self._source
        if source is None:
            return
        known = {file[0] for file in files}
        for path, language, *_ in files:
            if stopped():
                return
            text = _text(source, path)
            holding = [name for name, raw in spelled if raw in text]
            for name in holding:
                found[name].add(path)
            if holding or any(carrier in text for carrier in pack(language).passes_all):
                leading.add(path)
                leading.update(one for one in pack(language).reached_through(path) if one in known)
        with self._changed:
            if not self._running:
                return
            for name, paths in found.items():
                self._names[name] = (paths | leading) & self._unstored.keys()
            self._first.extend(sorted(leading))
            self._changed.notify_all()


def _text(source: Source, path: str) -> bytes:
    """The bytes of a file; none of what can't be read. A larger one than any document is not read to its end."""
    try:
        return source.raw(path)
    except DocumentError:
        return b""
