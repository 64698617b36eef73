"""Bringing indexes up to date in the background: whole scans and single files, one at a time, on a thread of its own.

Questions never wait for it. It writes what is on disk and knows nothing of unsaved text. A scan that fails or is
cancelled leaves what was committed; the next one goes on from there.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lsprotocol.types import MessageType

from isg_server.client import Client
from isg_server.courtesy import Courtesy
from isg_server.logs import Value, pairs, record
from isg_server.progress import IndexProgress
from isg_server.roots import Root
from isg_server.tasks import Line

if TYPE_CHECKING:
    from isg_analysis import IndexReport

log = logging.getLogger("isg.index")

SHOWN_ERRORS = 5
WARM_DELAY = 0.5
"""Seconds that the scan of an index that was complete waits for."""
LOOK_DELAY = 0.2
"""Seconds before changes that nobody tells of are looked for; what gives occasion meanwhile is one scan."""
REST = 10
"""After a scan, none of that kind begins for so many times as long as it took to look at all files."""


@dataclass(slots=True)
class _Waiting:
    """What is to be done for one root when its turn comes."""

    paths: set[str] = field(default_factory=set)
    afterwards: list[Callable[[], None]] = field(default_factory=list)


class Indexer:
    """All public methods belong to the event loop."""

    def __init__(self, client: Client, updated: Callable[[Root], None], questions: Line) -> None:
        """`updated`: called on the loop whenever the index of a root may hold other things than before. `questions`:
        what a look at files that are known already makes room for.
        """
        self._client, self._questions = client, questions
        self._updated = updated
        self._line = Line("isg-index")
        self._waiting: dict[Root, _Waiting] = {}
        self._running: dict[str, tuple[Root, threading.Event]] = {}
        self._scans: dict[Root, asyncio.Task[None]] = {}
        self._again: set[Root] = set()
        self._later: dict[Root, asyncio.TimerHandle] = {}
        self._rested: dict[Root, float] = {}
        """When a root may be scanned again without need."""
        self._refreshes: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> bool:
        """Whether a scan is running or about to."""
        return bool(self._scans or self._later)

    def scanning(self, root: Root) -> bool:
        """Whether a root is being scanned."""
        return root in self._scans

    def scan(self, root: Root, *, shown: bool = True) -> asyncio.Task[None]:
        """Brings the whole index of a root up to date. `shown`: with progress.

        A scan that is under way may have passed what changed: then another one follows it, in the same task.
        """
        self._not_later(root)
        task = self._scans.get(root)
        if task is None:
            task = self._scans[root] = asyncio.ensure_future(self._scan_all(root, shown))
            task.add_done_callback(lambda _: self._scans.pop(root, None))
        else:
            self._again.add(root)
        return task

    def scan_later(self, root: Root) -> None:
        """`scan`, after the first questions have been answered: what is stored answers them as well."""
        later = asyncio.get_running_loop().call_later(WARM_DELAY, self.scan, root)
        self._later[root] = later

    def look(self, root: Root) -> None:
        """Looks for changes on disk that the client does not tell of, soon: however often it is called, one scan."""
        if root not in self._later:
            loop = asyncio.get_running_loop()
            when = max(loop.time() + LOOK_DELAY, self._rested.get(root, 0.0))
            self._later[root] = loop.call_at(when, lambda: self.scan(root, shown=False))

    def refresh(self, root: Root, paths: Iterable[str], afterwards: Callable[[], None] | None = None) -> None:
        """Takes in that files changed on disk, were created or deleted. `afterwards` runs on the loop when done."""
        waiting = self._waiting.get(root)
        if waiting is None:
            waiting = self._waiting[root] = _Waiting()
            # After what runs now: until then more files may come, and all go in one step.
            self._line.submit(lambda: self._client.on_loop(self._start_refresh, root))
        waiting.paths.update(paths)
        if afterwards is not None:
            waiting.afterwards.append(afterwards)

    def cancel(self, token: str | int) -> None:
        """Stops the scan whose progress has this token."""
        running = self._running.get(str(token))
        if running is not None:
            self._again.discard(running[0])
            running[1].set()

    async def stop(self, root: Root) -> None:
        """Stops what is done for a root and waits until its workspace is free."""
        self._not_later(root)
        self._waiting.pop(root, None)
        self._rested.pop(root, None)
        self._again.discard(root)
        for one, event in self._running.values():
            if one is root:
                event.set()
        task = self._scans.get(root)
        if task is not None:
            await asyncio.wait([task])
        await self._line.run(lambda: None)

    async def close(self) -> None:
        """Stops everything and waits until every workspace is free."""
        for root in list(self._later):
            self._not_later(root)
        self._waiting.clear()
        self._again.clear()
        for _, event in self._running.values():
            event.set()
        await self._line.run(lambda: None)
        self._line.close()

    def _not_later(self, root: Root) -> None:
        later = self._later.pop(root, None)
        if later is not None:
            later.cancel()

    async def _scan_all(self, root: Root, shown: bool) -> None:
        await self._scan(root, shown)
        while root in self._again:
            self._again.discard(root)
            await self._scan(root, shown=False)

    async def _scan(self, root: Root, shown: bool) -> None:
        bar = IndexProgress(self._client, f"isg: indexing {root.path.name}")
        cancelled = threading.Event()
        self._running[bar.token] = (root, cancelled)
        beginning = asyncio.ensure_future(bar.begin()) if shown else None
        message, filling = "failed", root.filling

        def index() -> IndexReport:
            stopped = cancelled.is_set if filling else Courtesy(self._questions, cancelled.is_set)
            return root.workspace.index(jobs=root.settings.jobs or None, progress=bar.update, cancelled=stopped)

        try:
            report = await self._line.run(index)
            root.scanned = root.scanned or not report.cancelled
            looked = report.seconds.get("discover", 0.0)
            self._rested[root] = asyncio.get_running_loop().time() + REST * looked
            root.filling = root.filling and report.cancelled
            message = f"cancelled: {summary(report)}" if report.cancelled else summary(report)
            self._tell(root, report)
            self._updated(root)
        except Exception as error:
            log.exception("indexing %s failed", root.path)
            self._client.show(MessageType.Error, f"indexing {root.path} failed: {_one_line(error)}")
        finally:
            del self._running[bar.token]
            self._tell_news(root)
            bar.end(message)
            if beginning is not None:
                await beginning

    def _start_refresh(self, root: Root) -> None:
        waiting = self._waiting.pop(root, None)
        if waiting is None:
            return
        task = asyncio.ensure_future(self._refresh(root, waiting))
        self._refreshes.add(task)
        task.add_done_callback(self._refreshes.discard)

    async def _refresh(self, root: Root, waiting: _Waiting) -> None:
        paths = sorted(waiting.paths)
        try:
            report = await self._line.run(lambda: root.workspace.refresh(paths))
        except Exception as error:
            log.exception("taking in changes of %s failed", root.path)
            self._client.tell(MessageType.Error, f"changed files could not be taken in: {_one_line(error)}")
        else:
            record(log, logging.INFO, f"{root.path}: {summary(report)}", **_figures(report))
            self._trace(root, report)
            self._updated(root)
        self._tell_news(root)
        for call in waiting.afterwards:
            call()

    def _tell_news(self, root: Root) -> None:
        for message in root.news():
            self._client.show(MessageType.Info, message)

    def _trace(self, root: Root, report: IndexReport) -> None:
        self._client.trace(f"{root.path}: {summary(report)}", lambda: pairs(_figures(report)))

    def _tell(self, root: Root, report: IndexReport) -> None:
        self._client.tell(MessageType.Info, f"{root.path}: {summary(report)}", **_figures(report))
        self._trace(root, report)
        for problem in report.errors[:SHOWN_ERRORS]:
            self._client.tell(MessageType.Warning, f"{problem.path}: {problem.message} ({problem.stage})")
        if len(report.errors) > SHOWN_ERRORS:
            rest = len(report.errors) - SHOWN_ERRORS
            self._client.tell(MessageType.Warning, f"{rest} more files have problems: see isg status")


def summary(report: IndexReport) -> str:
    """What a run did, in one line."""
    text = f"{report.documents} files, {report.extracted} read, {report.removed} removed"
    if report.errors:
        text += f", {len(report.errors)} with problems"
    return f"{text} in {sum(report.seconds.values()):.1f} s"


def _figures(report: IndexReport) -> dict[str, Value]:
    """What a run did, and how long each stage of it took."""
    counts = {name: getattr(report, name) for name in ("documents", "extracted", "linked", "removed", "cancelled")}
    took = {f"{stage}_ms": round(seconds * 1e3, 1) for stage, seconds in report.seconds.items()}
    return {**counts, "errors": len(report.errors), **took}


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
