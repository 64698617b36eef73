"""Diagnosing: keeps known what `isg check` would find in each root, while its texts change.

What changes is told by `touch`. After a short rest, so that typing comes first, one check runs on a thread of its own
and on a snapshot of its own; edits that leave every import as it was only move what was found. Clients that pull get
reports and are told when to pull again; to others changed files are pushed. A file whose last finding is gone is told
so too, whether it is open or not.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from lsprotocol import types

from isg_analysis.model.text import PositionEncoding
from isg_server.baseline import BaselineError, read_baseline
from isg_server.client import Client
from isg_server.roots import Root
from isg_server.settings import Settings
from isg_server.tasks import Line

if TYPE_CHECKING:
    from isg_analysis.queries.findings import Finding, Place
    from isg_analysis.resolve.view import View

log = logging.getLogger("isg.check")

REST = 0.05
"""Seconds between the first of some changes and the check that sees them."""
EXPLAINED = "https://github.com/isg-lsp/isg/blob/main/docs/findings.md"
_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "information": types.DiagnosticSeverity.Information,
    "hint": types.DiagnosticSeverity.Hint,
}
_OFF = frozenset({"type-only-import-cycle", "call-cycle", "type-cycle"})
"""What is looked for only where a setting says how bad it is."""
_SETTING_OF = {
    "import-cycle": "import_cycle",
    "deferred-import-cycle": "deferred_import_cycle",
    "type-only-import-cycle": "type_only_import_cycle",
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


@dataclass(slots=True)
class State:
    """What is known of one root. `wanted` counts changes, `done` is the last of them that was looked at."""

    wanted: int = 0
    done: int = 0
    reports: dict[str, Report] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    """Set, and replaced, when a report is another one."""
    task: asyncio.Task[None] | None = None
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

    def __init__(self, client: Client) -> None:
        self._client = client
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
            if state.task is None:
                state.wanted = max(state.wanted, 1)
                state.task = asyncio.ensure_future(self._catch_up(root, state, 0.0))
            await asyncio.wait([state.task])
            goal = max(goal, 1)
        return state

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
            await asyncio.sleep(rest)
            while state.done < state.wanted:
                goal = state.wanted
                features, settings = self._client.features, root.settings
                found = await self._line.run(partial(_diagnosed, root, settings, features.encoding))
                state.done = goal
                self._tell(root, state, state.take(found))
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


def _diagnosed(root: Root, settings: Settings, encoding: PositionEncoding) -> Diagnostics:
    """In the thread: the diagnostics of every file; nothing while the first index is being made."""
    from isg_analysis.queries.check import check

    kinds = kinds_of(settings)
    if root.filling or not kinds:
        return {}
    known = _baseline(root, settings)
    out: dict[str, list[types.Diagnostic]] = {}
    with root.workspace.snapshot(alone=True) as view:
        open_now = [number for path in root.uris if (number := view.document(path)) is not None]
        made = _Made(root, view, encoding)
        for finding in check(view, tuple(kinds), near=open_now):
            if finding.key not in known:
                severity = kinds[finding.code] if kinds[finding.code] != "default" else finding.severity
                out.setdefault(view.path(finding.place.document), []).append(made.diagnostic(finding, severity))
    root.workspace.rest()  # all that modules need of each other was looked at
    return out


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
                    types.Location(self._root.uri(self._view.path(hop.document)), self._range(hop)), hop.message
                )
                for hop in finding.hops
            ],
            data={"key": finding.key},
        )

    def _range(self, place: Place) -> types.Range:
        index = self._view.line_index(place.document)
        start, end = (index.position(at, self._encoding) for at in (place.start, place.end))
        return types.Range(types.Position(start.line, start.column), types.Position(end.line, end.column))
