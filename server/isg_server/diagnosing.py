"""Diagnosing: keeps known what `isg check` would find in each root, while its texts change.

What changes is told by `touch`. When that pauses, so that typing comes first, one check runs on a thread of its own
and on a snapshot of its own, and makes room for questions; edits that leave every import as it was only move what was
found. Clients that pull get
reports and are told when to pull again; to others changed files are pushed. A file whose last finding is gone is told
so too, whether it is open or not.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from lsprotocol import types

from isg_analysis.model.text import PositionEncoding
from isg_server.baseline import BaselineError, read_baseline
from isg_server.client import Client
from isg_server.courtesy import Courtesy
from isg_server.logs import timed
from isg_server.roots import Root
from isg_server.settings import Settings
from isg_server.tasks import Line

if TYPE_CHECKING:
    from isg_analysis.queries.findings import Finding, Place
    from isg_analysis.resolve.view import View

log = logging.getLogger("isg.check")

REST = 0.1
"""Seconds between the last of some changes and the check that sees them ..."""
LATEST = 1.5
"""... and at most between the first of them and that."""
PAUSE = 0.6
"""Seconds without an edit before findings that only moved are placed anew: until then editors move them along."""
_STEP = 0.05
EXPLAINED = "https://github.com/isg-lsp/isg/blob/main/docs/findings.md"
_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "information": types.DiagnosticSeverity.Information,
    "hint": types.DiagnosticSeverity.Hint,
}
_OFF = frozenset({"type-only-import-cycle", "dev-package-cycle", "call-cycle", "type-cycle"})
"""What is looked for only where a setting says how bad it is."""
_ANYWHERE = frozenset({"call-cycle", "type-cycle"})
"""What any edit may change."""
_SETTING_OF = {
    "import-cycle": "import_cycle",
    "deferred-import-cycle": "deferred_import_cycle",
    "type-only-import-cycle": "type_only_import_cycle",
    "package-cycle": "package_cycle",
    "dev-package-cycle": "dev_package_cycle",
    "inheritance-cycle": "inheritance_cycle",
    "call-cycle": "call_cycle",
    "type-cycle": "type_cycle",
}

Diagnostics = Mapping[str, list[types.Diagnostic]]
"""By root-relative path; no path with an empty list."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is found in one file; `result` is another one whenever that is something else."""

    result: str
    items: list[types.Diagnostic]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a check rested on. `stored`: the version of what is stored; `unsaved`: of each unsaved text all that matters
    but for positions; `places`: the documents that findings have a place in, where positions matter too.
    """

    stored: int
    settings: Settings
    baseline: frozenset[str]
    unsaved: Mapping[str, tuple[object, ...]]
    places: frozenset[str] = frozenset()

    def covers(self, now: Seen, saved: Callable[[str], tuple[object, ...] | None]) -> bool:
        """Whether a check would find the same, in places that may have moved. `saved`: what matters of a document as
        it is stored.
        """
        if (self.stored, self.settings, self.baseline) != (now.stored, now.settings, now.baseline):
            return False
        return all(
            (self.unsaved[path] if path in self.unsaved else saved(path))
            == (now.unsaved[path] if path in now.unsaved else saved(path))
            for path in self.unsaved.keys() | now.unsaved.keys()
        )


@dataclass(slots=True)
class State:
    """What is known of one root. `wanted` counts changes, `done` is the last of them that was looked at."""

    wanted: int = 0
    done: int = 0
    reports: dict[str, Report] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    """Set, and replaced, when a report is another one."""
    task: asyncio.Task[None] | None = None
    seen: Seen | None = None
    """What the last check saw."""
    hurried: bool = False
    """Whether somebody waits for what is known now, places and all."""
    _results: int = 0

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
        state = self._states.setdefault(root, State())
        state.wanted += 1
        if state.task is None:
            state.task = asyncio.ensure_future(self._catch_up(root, state, REST))

    async def current(self, root: Root) -> State:
        """What is known of a root once every change so far has been looked at."""
        state = self._states.setdefault(root, State())
        goal = state.wanted
        while state.done < goal or not goal:
            state.hurried = True
            if state.task is None:
                state.wanted = max(state.wanted, 1)
                state.task = asyncio.ensure_future(self._catch_up(root, state, 0.0))
            await asyncio.wait([state.task])
            goal = max(goal, 1)
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
        try:
            still = False
            while state.done < state.wanted:
                if not still:
                    await _calm(state, rest)
                goal = state.wanted
                features, settings = self._client.features, root.settings
                known = None if root.filling else state.seen
                exact = still or state.hurried
                work = partial(_diagnosed, root, settings, features.encoding, known, exact)
                with timed(log, "checked", root=str(root.path)):
                    found = await self._line.run(lambda: work(Courtesy(self._questions)))  # noqa: B023 - at once
                if found is _MOVED:
                    still = await _pause(state)
                    continue
                state.done, state.hurried = goal, False
                if found.seen is not None or not found.unchanged:
                    state.seen = found.seen
                    self._tell(root, state, state.take(found.diagnostics))
        except Exception:
            state.done = state.wanted
            log.exception("looking for findings in %s failed", root.path)
        finally:
            state.task = None

    def _tell(self, root: Root, state: State, changed: Iterable[str]) -> None:
        paths = list(changed)
        if self._client.features.pulls_diagnostics:
            if paths:
                self._client.refresh_diagnostics()
            return
        for path in paths:
            self._client.publish(root.uri(path), state.reports[path].items)


def kinds_of(settings: Settings) -> dict[str, str]:
    """Code -> severity, "default" for that of the finding, of all that is to be looked for."""
    out = {}
    for code, name in _SETTING_OF.items():
        chosen: str = getattr(settings.diagnostics, name)
        if chosen != "off" and (chosen != "default" or code not in _OFF):
            out[code] = chosen
    return out


@dataclass(frozen=True, slots=True)
class _Found:
    """What a check came to: `unchanged`, or what it found and what that rests on."""

    diagnostics: Diagnostics = field(default_factory=dict)
    seen: Seen | None = None
    unchanged: bool = False


_UNCHANGED = _Found(unchanged=True)
_MOVED = _Found(unchanged=True)
"""The same findings, in places that are others by now."""


async def _calm(state: State, rest: float) -> None:
    """Waits until nothing was touched for so long, or somebody is in a hurry; not for ever."""
    loop = asyncio.get_running_loop()
    last, goal = loop.time() + LATEST, -1
    while goal != state.wanted and not state.hurried and loop.time() < last:
        goal = state.wanted
        await asyncio.sleep(rest)


async def _pause(state: State) -> bool:
    """Waits until nothing was edited for a while, or somebody is in a hurry; whether it was the first."""
    goal, waited = state.wanted, 0.0
    while waited < PAUSE and not state.hurried:
        await asyncio.sleep(_STEP)
        waited += _STEP
        if state.wanted != goal:
            goal, waited = state.wanted, 0.0
    return not state.hurried


def _diagnosed(
    root: Root, settings: Settings, encoding: PositionEncoding, known: Seen | None, exact: bool, courtesy: Courtesy
) -> _Found:
    """In the thread: the diagnostics of every file; none while the first index is being made. `exact`: with the places
    they have now.
    """
    from isg_analysis.queries.check import check, rests_on

    kinds = kinds_of(settings)
    if root.filling or not kinds:
        return _Found()
    out: dict[str, list[types.Diagnostic]] = {}
    with root.workspace.snapshot(alone=True) as view:
        view.stopped = courtesy
        unsaved = {path: rests_on(view, number) for path, number in view.unsaved().items()}
        baseline = _baseline(root, settings)
        now = Seen(view.version[0], settings, baseline, unsaved)
        if known is not None and kinds.keys().isdisjoint(_ANYWHERE) and known.covers(now, _Saved(root)):
            if known.places.isdisjoint(unsaved):
                return _UNCHANGED
            if not exact:
                return _MOVED
        open_now = [number for path in root.uris if (number := view.document(path)) is not None]
        made = _Made(root, view, encoding)
        places: set[str] = set()
        for finding in check(view, tuple(kinds), near=open_now):
            places.update(place.path(view) for place in (finding.place, *finding.hops))
            if finding.key not in baseline:
                severity = kinds[finding.code] if kinds[finding.code] != "default" else finding.severity
                out.setdefault(finding.place.path(view), []).append(made.diagnostic(finding, severity))
    root.workspace.rest()  # all that modules need of each other was looked at
    return _Found(out, replace(now, places=frozenset(places)))


class _Saved:
    """What matters of documents as they are stored; None for one that is not."""

    def __init__(self, root: Root) -> None:
        self._root = root

    def __call__(self, path: str) -> tuple[object, ...] | None:
        from isg_analysis.queries.check import rests_on

        with self._root.workspace.saved() as view:
            number = view.document(path)
            return rests_on(view, number) if number is not None else None


def _baseline(root: Root, settings: Settings) -> frozenset[str]:
    if settings.diagnostics.baseline is None:
        return frozenset()
    try:
        return read_baseline(root.path / settings.diagnostics.baseline)
    except BaselineError as problem:
        log.warning("%s", problem)
        return frozenset()


class _Made:
    """Diagnostics out of findings of one view."""

    def __init__(self, root: Root, view: View, encoding: PositionEncoding) -> None:
        self._root, self._view, self._encoding = root, view, encoding

    def diagnostic(self, finding: Finding, severity: str) -> types.Diagnostic:
        """One finding, with a place for each hop of its cycle."""
        return types.Diagnostic(
            range=self._range(finding.place),
            message=finding.place.message,
            severity=_SEVERITIES[severity],
            code=finding.code,
            code_description=types.CodeDescription(f"{EXPLAINED}#{finding.code}"),
            source="isg",
            related_information=[
                types.DiagnosticRelatedInformation(
                    types.Location(self._root.uri(hop.path(self._view)), self._range(hop)), hop.message
                )
                for hop in finding.hops
            ],
            data={"key": finding.key},
        )

    def _range(self, place: Place) -> types.Range:
        start, end = place.span(self._view, self._encoding)
        return types.Range(types.Position(start.line, start.column), types.Position(end.line, end.column))
