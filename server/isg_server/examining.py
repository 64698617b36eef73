"""Examining: one look at what is found in a root, on the thread of the checks.

There are two. A quick one takes stored documents to mean what they meant before the unsaved texts, so that it need not
wait until is known which these affect: what it finds may name other names, and in Rust other imports, than there are. A
thorough one mends that. Both work out again only what a change touches, and give the findings of a look at all the
texts anew.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lsprotocol import types

from isg_analysis.errors import StoppedError
from isg_analysis.model.text import PositionEncoding
from isg_server.baseline import BaselineError, read_baseline
from isg_server.roots import Root
from isg_server.settings import Settings

if TYPE_CHECKING:
    from isg_analysis.queries.check import Watch
    from isg_analysis.queries.findings import Finding, Place
    from isg_analysis.resolve.view import View
    from isg_analysis.workspace.snapshot import Snapshot
    from isg_analysis.workspace.staleness import Affected

log = logging.getLogger("isg.check")

EXPLAINED = "https://github.com/isg-lsp/isg/blob/main/docs/findings.md"
PATIENCE = 2.0
"""Seconds of finding out whom unsaved texts affect, after which all documents are asked."""
_SLICE = 0.005
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
Courtesy = Callable[[], bool]
"""Asked between small steps: makes room for others, and says whether to end."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look rested on. `stored`: see Snapshot; `opened`: the paths of open documents; `unsaved`: of each unsaved
    text all that matters but for positions; `places`: the documents that findings have a place in, where positions
    matter too, and those whose words say how much crosses an import.
    """

    stored: tuple[int, int]
    settings: Settings
    baseline: frozenset[str]
    opened: frozenset[str]
    unsaved: Mapping[str, tuple[object, ...]]
    places: frozenset[str] = frozenset()

    def covers(self, now: Seen, saved: Callable[[str], tuple[object, ...] | None]) -> bool:
        """Whether a look would find the same, in places that may have moved. `saved`: what matters of a document as
        it is stored.
        """
        if (self.stored, self.settings) != (now.stored, now.settings):
            return False
        if (self.baseline, self.opened) != (now.baseline, now.opened):
            return False
        return all(
            (self.unsaved[path] if path in self.unsaved else saved(path))
            == (now.unsaved[path] if path in now.unsaved else saved(path))
            for path in self.unsaved.keys() | now.unsaved.keys()
        )


@dataclass(frozen=True, slots=True)
class Found:
    """What a look came to. `diagnostics`: None where they are as they were. `loose`: a thorough one may find others."""

    diagnostics: Diagnostics | None = None
    loose: bool = False


NOTHING = Found({})


class Examination:
    """Of one root, from one look to the next. Used by one thread at a time."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._seen: Seen | None = None
        self._watch: Watch | None = None
        self._rested: object = None
        """What all that the watch keeps rests on."""
        self._texts: dict[int, object] = {}
        """The facts of unsaved documents that it has seen."""
        self._mended: set[int] = set()
        """The stored documents whose meaning it has taken under unsaved ones ..."""
        self._all_mended = False
        """... or whether that may be any."""
        self._pending = False
        """Whether only quick looks have seen some imports."""
        self._moved = False
        self._made: dict[int, tuple[Finding, types.Diagnostic]] = {}

    def quick(self, settings: Settings, encoding: PositionEncoding, exact: bool, courtesy: Courtesy) -> Found:
        """Nothing while the first index is being made. `exact`: places are as they are now; otherwise they may be left
        to the thorough look where nothing else is different.
        """
        kinds = kinds_of(settings)
        if self._root.filling or not kinds:
            self._drop()
            return NOTHING
        before = self._watch
        with self._root.workspace.snapshot(alone=True, provisional=True) as view:
            view.stopped = courtesy
            now = self._now(view, settings)
            if self._seen is not None and kinds.keys().isdisjoint(_ANYWHERE) and self._covered(self._seen, now):
                self._moved = self._moved or not self._seen.places.isdisjoint(now.unsaved)
                if not (self._moved and exact):
                    return Found(loose=bool(now.unsaved) or self._moved or bool(self._mended))
            out = self._looked(view, now, kinds, encoding, set())
        self._moved, self._pending = False, True
        if self._watch is not before:
            self._root.workspace.rest()  # all of the index was looked at
        return Found(out, loose=True)

    def thorough(self, settings: Settings, encoding: PositionEncoding, courtesy: Courtesy) -> Found | None:
        """None if it was ended."""
        kinds = kinds_of(settings)
        if self._root.filling or not kinds:
            self._drop()
            return NOTHING
        if not self._settled(courtesy):
            return None
        try:
            with self._root.workspace.snapshot(alone=True) as view:
                view.stopped = courtesy
                affected = view.affected()
                if not affected.undecided or self._pending:
                    return self._mend(view, affected, settings, encoding)
            return replace(self.quick(settings, encoding, True, courtesy), loose=False) if self._moved else Found()
        except StoppedError:
            return None

    def _mend(self, view: Snapshot, affected: Affected, settings: Settings, encoding: PositionEncoding) -> Found:
        undecided = bool(affected.undecided)
        again = self._mended.union(affected.documents, view.unsaved().values())
        if undecided or self._all_mended:
            self._watch = None
        elif self._watch is not None:
            again = self._watch.asked(view, again)
        if self._watch is not None and not again and not self._moved:
            self._pending = False
            return Found()
        self._mended.update(affected.documents)
        out = self._looked(view, self._now(view, settings), kinds_of(settings), encoding, again)
        self._mended, self._all_mended = set(affected.documents), undecided
        self._moved = self._pending = False
        self._root.workspace.rest()  # much of the index was looked at
        return Found(out)

    def _settled(self, courtesy: Courtesy) -> bool:
        """Find out whom the unsaved texts affect, for a while; whether it was not ended."""
        spent = 0.0
        while spent < PATIENCE:
            if courtesy():
                return False
            began = time.monotonic()
            if not self._root.workspace.work_ahead(_SLICE):
                break
            spent += time.monotonic() - began
        return True

    def _now(self, view: Snapshot, settings: Settings) -> Seen:
        from isg_analysis.queries.check import rests_on

        unsaved = {path: rests_on(view, number) for path, number in view.unsaved().items()}
        opened = frozenset(self._root.uris)
        return Seen(view.stored(), settings, _baseline(self._root, settings), opened, unsaved)

    def _covered(self, seen: Seen, now: Seen) -> bool:
        from isg_analysis.queries.check import rests_on

        def saved(path: str) -> tuple[object, ...] | None:
            with self._root.workspace.saved() as view:
                number = view.document(path)
                return rests_on(view, number) if number is not None else None

        return seen.covers(now, saved)

    def _looked(
        self, view: Snapshot, now: Seen, kinds: Mapping[str, str], encoding: PositionEncoding, again: Collection[int]
    ) -> Diagnostics:
        """`again`: documents that may mean something else in this view, though they are what they were."""
        try:
            findings = self._findings(view, kinds, again)
        except StoppedError:
            self._seen = None
            raise
        except BaseException:
            self._drop()
            raise
        if self._seen is None or self._seen.settings != now.settings:
            self._made.clear()
        before, self._made = self._made, {}
        made = _Made(self._root, view, encoding)
        out: dict[str, list[types.Diagnostic]] = {}
        places: set[str] = set()
        for finding in findings:
            places.update(place.path(view) for place in (finding.place, *finding.hops))
            if finding.key not in now.baseline:
                known = before.get(id(finding))
                if known is None or known[0] is not finding:
                    severity = kinds[finding.code] if kinds[finding.code] != "default" else finding.severity
                    known = finding, made.diagnostic(finding, severity)
                self._made[id(finding)] = known
                out.setdefault(finding.place.path(view), []).append(known[1])
        if self._watch is not None:
            places.update(view.path(number) for number in self._watch.weighed)
        self._seen = replace(now, places=frozenset(places))
        return out

    def _findings(self, view: Snapshot, kinds: Mapping[str, str], again: Collection[int]) -> list[Finding]:
        from isg_analysis.queries.check import Watch

        rested = view.stored(), self._strangers(view), frozenset(kinds)
        now: dict[int, object] = {number: view.facts(number) for number in view.unsaved().values()}
        near = [number for path in self._root.uris if (number := view.document(path)) is not None]
        if self._watch is None or rested != self._rested:
            self._drop()
            watch = Watch(kinds)
            found = watch.findings(view, near)
            self._watch, self._rested = watch, rested
        else:
            texts = self._texts
            changed = {number for number in texts.keys() | now.keys() if texts.get(number) is not now.get(number)}
            self._texts = texts | dict.fromkeys(changed, _UNKNOWN)
            self._watch.change(view, changed.union(again))
            found = self._watch.findings(view, near)
        self._texts = now
        return found

    def _strangers(self, view: Snapshot) -> frozenset[tuple[str, str]]:
        """The unsaved documents, with their languages, that are not stored, or not in that language."""
        with self._root.workspace.saved() as saved:
            return frozenset(
                (path, view.language(number))
                for path, number in view.unsaved().items()
                if (stored := saved.document(path)) is None or saved.language(stored) != view.language(number)
            )

    def _drop(self) -> None:
        self._watch, self._seen, self._rested, self._all_mended = None, None, None, False
        self._texts, self._mended, self._made = {}, set(), {}


_UNKNOWN = object()
"""Instead of the facts of a document of which only a part was taken in."""


def kinds_of(settings: Settings) -> dict[str, str]:
    """Code -> severity, "default" for that of the finding, of all that is to be looked for."""
    out = {}
    for code, name in _SETTING_OF.items():
        chosen: str = getattr(settings.diagnostics, name)
        if chosen != "off" and (chosen != "default" or code not in _OFF):
            out[code] = chosen
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
                    types.Location(self._root.uri(hop.path(self._view)), self._range(hop)), hop.message
                )
                for hop in finding.hops
            ],
            data={"key": finding.key},
        )

    def _range(self, place: Place) -> types.Range:
        start, end = place.span(self._view, self._encoding)
        return types.Range(types.Position(start.line, start.column), types.Position(end.line, end.column))
