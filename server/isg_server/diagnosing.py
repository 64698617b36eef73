"""Diagnosing: keeps known what `isg check` would find in each root, while its texts change.

What changes is told by `touch`. When that pauses, so that typing comes first, a quick look is taken, on a thread and a
snapshot of its own, making room for questions; when the pause is longer, a thorough one mends it (see `examining`).
Clients that pull get reports and are told when to pull again; to others changed files are pushed. A file whose last
finding is gone is told so too, whether it is open or not.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from lsprotocol import types

from isg_server.client import Client
from isg_server.courtesy import Courtesy
from isg_server.examining import Diagnostics, Examination
from isg_server.logs import timed
from isg_server.roots import Root
from isg_server.tasks import Line

log = logging.getLogger("isg.check")

REST = 0.04
"""Seconds between the last of some changes and the quick look that sees them ..."""
LATEST = 1.5
"""... and at most between the first of them and that."""
PAUSE = 0.6
"""Seconds without an edit before the thorough look, and before findings that only moved are placed anew: until then
editors move them along.
"""
_STEP = 0.05


@dataclass(frozen=True, slots=True)
class Report:
    """What is found in one file; `result` is another one whenever that is something else."""

    result: str
    items: list[types.Diagnostic]


@dataclass(slots=True)
class State:
    """What is known of one root. `wanted` counts changes, `done` is the last of them that was looked at."""

    examination: Examination
    wanted: int = 0
    done: int = 0
    reports: dict[str, Report] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    """Set, and replaced, when a report is another one."""
    task: asyncio.Task[None] | None = None
    step: asyncio.Event = field(default_factory=asyncio.Event)
    """Set, and replaced, when `done` has grown or nothing more is to be expected."""
    hurried: bool = False
    """Whether somebody waits for what is known now, places and all."""
    _results: int = 0

    def go_on(self) -> None:
        """Tell who waits that there is something to look at."""
        self.step.set()
        self.step = asyncio.Event()

    def take(self, found: Diagnostics) -> list[str]:
        """Keep what a check found; the paths of which other things are known now."""
        changed = [
            path for path, items in found.items() if path not in self.reports or self.reports[path].items != items
        ]
        gone = [path for path in self.reports if self.reports[path].items and path not in found]
        for path in (*changed, *gone):
            self._results += 1
            self.reports[path] = Report(str(self._results), found.get(path, []))
        if changed or gone:
            self.news.set()
            self.news = asyncio.Event()
        return [*changed, *gone]


class Diagnoser:
    """All public methods belong to the event loop."""

    def __init__(self, client: Client, questions: Line) -> None:
        """`questions`: what a check makes room for."""
        self._client, self._questions = client, questions
        self._line = Line("isg-check")
        self._states: dict[Root, State] = {}

    @property
    def states(self) -> list[State]:
        """What is known of each root."""
        return list(self._states.values())

    def touch(self, root: Root) -> None:
        """Something changed in a root."""
        state = self._states.setdefault(root, State(Examination(root)))
        state.wanted += 1
        if state.task is None:
            state.task = asyncio.ensure_future(self._catch_up(root, state, REST))

    async def current(self, root: Root) -> State:
        """What is known of a root once every change so far has been looked at."""
        state = self._states.setdefault(root, State(Examination(root)))
        goal = state.wanted
        while state.done < goal or not goal:
            state.hurried = True
            if state.task is None:
                state.wanted = max(state.wanted, 1)
                state.task = asyncio.ensure_future(self._catch_up(root, state, 0.0))
            await state.step.wait()
            goal = max(goal, 1)
        return state

    async def settled(self, root: Root) -> State:
        """As `current`, once nothing more is to be found out."""
        state = await self.current(root)
        while (task := state.task) is not None:
            await asyncio.wait([task])
        return state

    def known(self, root: Root, path: str) -> Sequence[types.Diagnostic]:
        """What was last told of a file."""
        state = self._states.get(root)
        report = state.reports.get(path) if state is not None else None
        return report.items if report is not None else ()

    def forget(self, root: Root) -> None:
        """A root is closed: what was pushed of it is taken back."""
        state = self._states.pop(root, None)
        if state is not None:
            if state.task is not None:
                state.task.cancel()
            self._tell(root, state, state.take({}))

    def close(self) -> None:
        """Ends what is running."""
        for state in self._states.values():
            if state.task is not None:
                state.task.cancel()
        self._line.close()

    async def _catch_up(self, root: Root, state: State, rest: float) -> None:
        """Quick looks as long as something changes; when it pauses, a thorough one."""
        try:
            loose = False
            while loose or state.done < state.wanted:
                if state.done == state.wanted and not await _pause(state):
                    continue
                thorough = state.done == state.wanted
                if not thorough:
                    await _calm(state, rest)
                goal, settings, encoding = state.wanted, root.settings, self._client.features.encoding
                exact = state.hurried
                look = state.examination.thorough if thorough else partial(state.examination.quick, exact=exact)
                courtesy = Courtesy(self._questions, stopped=_moved_on(state, goal) if thorough else _never)
                with timed(log, "checked", root=str(root.path), thorough=thorough):
                    found = await self._line.run(partial(look, settings, encoding, courtesy=courtesy))
                if found is None:
                    continue
                loose = found.loose
                if found.diagnostics is not None:
                    self._tell(root, state, state.take(found.diagnostics))
                if not thorough and exact >= state.hurried:
                    state.done, state.hurried = goal, False
                    state.go_on()
        except Exception:
            state.done = state.wanted
            log.exception("looking for findings in %s failed", root.path)
        finally:
            state.task = None
            state.go_on()

    def _tell(self, root: Root, state: State, changed: Iterable[str]) -> None:
        paths = list(changed)
        if self._client.features.pulls_diagnostics:
            if paths:
                self._client.refresh_diagnostics()
            return
        for path in paths:
            self._client.publish(root.uri(path), state.reports[path].items)


async def _calm(state: State, rest: float) -> None:
    """Waits until nothing was touched for so long, or somebody is in a hurry; not for ever."""
    loop = asyncio.get_running_loop()
    last, goal = loop.time() + LATEST, -1
    while goal != state.wanted and not state.hurried and loop.time() < last:
        goal = state.wanted
        await asyncio.sleep(rest)


async def _pause(state: State) -> bool:
    """Waits until nothing was touched for a while; whether that was so."""
    waited = 0.0
    while waited < PAUSE and state.done == state.wanted:
        await asyncio.sleep(_STEP)
        waited += _STEP
    return state.done == state.wanted


def _moved_on(state: State, goal: int) -> Callable[[], bool]:
    return lambda: state.wanted != goal


def _never() -> bool:
    return False
