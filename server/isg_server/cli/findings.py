"""How findings are written: for people, for programs, and in the formats of code hosts.

Ranges in JSON are LSP's (from 0, in UTF-16 units); printed positions count from 1, in characters. Every format is a
function from a report to text, the same bytes for the same findings.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from isg_analysis.model.text import PositionEncoding
from isg_server import __version__
from isg_server.cli.terminal import JSON_VERSION

if TYPE_CHECKING:
    from isg_analysis.queries.findings import Cut, Finding, Place
    from isg_analysis.resolve.view import View

_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_SARIF_LEVELS = {"error": "error", "warning": "warning", "information": "note", "hint": "note"}
_GITHUB_LEVELS = {"error": "error", "warning": "warning", "information": "notice", "hint": "notice"}
_GITLAB_SEVERITIES = {"error": "critical", "warning": "major", "information": "minor", "hint": "info"}
_NAMES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class FindingsReport:
    """`known`: how many findings a baseline left out."""

    view: View
    findings: Sequence[Finding]
    known: int = 0


def full(report: FindingsReport) -> Iterator[str]:
    """Each finding with its path, then each knot with what to cut."""
    for finding in report.findings:
        yield _line(report, finding.place, f"{_word(finding)} {finding.place.message}")
        for hop in finding.hops:
            yield f"    {_line(report, hop, hop.message)}"
    for cut in dict.fromkeys(finding.cut for finding in report.findings if len(finding.cut) > 1):
        yield f"To break every cycle among {_members(report, cut)}, cut:"
        yield from (f"    {one.said}{_names(one)}" for one in cut)
    yield _summary(report)


def concise(report: FindingsReport) -> Iterator[str]:
    """One line for each finding."""
    for finding in report.findings:
        yield _line(report, finding.place, f"{_word(finding)} {finding.place.message}")


def as_json(report: FindingsReport) -> Iterator[str]:
    """The shape of the other commands' JSON."""
    findings = [_as_json(report, finding) for finding in report.findings]
    yield _dumped({"version": JSON_VERSION, "findings": findings, "known": report.known})


def sarif(report: FindingsReport) -> Iterator[str]:
    """SARIF 2.1.0."""
    used = {finding.code: finding.severity for finding in sorted(report.findings, key=lambda finding: finding.code)}
    driver = {
        "name": "isg",
        "version": __version__,
        "rules": [
            {"id": code, "defaultConfiguration": {"level": _SARIF_LEVELS[severity]}} for code, severity in used.items()
        ],
    }
    results = [
        {
            "ruleId": finding.code,
            "ruleIndex": list(used).index(finding.code),
            "level": _SARIF_LEVELS[finding.severity],
            "message": {"text": finding.place.message},
            "locations": [_sarif_location(report, finding.place)],
            "relatedLocations": [
                {"id": number, **_sarif_location(report, hop), "message": {"text": hop.message}}
                for number, hop in enumerate(finding.hops)
            ],
            "partialFingerprints": {"isgFinding/v1": _fingerprint(report, finding)},
        }
        for finding in report.findings
    ]
    run = {"tool": {"driver": driver}, "columnKind": "utf16CodeUnits", "results": results}
    yield _dumped({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})


def github(report: FindingsReport) -> Iterator[str]:
    """Workflow commands that GitHub shows beside the lines."""
    for finding in report.findings:
        line, column, end_line, end_column = _printed(report, finding.place)
        path = finding.place.path(report.view)
        where = f"file={_github_property(path)},line={line},endLine={end_line},col={column},endColumn={end_column}"
        level = _GITHUB_LEVELS[finding.severity]
        yield f"::{level} title={_github_property(f'isg {finding.code}')},{where}::{_github(finding.place.message)}"


def gitlab(report: FindingsReport) -> Iterator[str]:
    """GitLab's Code Quality report."""
    issues = [
        {
            "description": finding.place.message,
            "check_name": finding.code,
            "fingerprint": _fingerprint(report, finding),
            "severity": _GITLAB_SEVERITIES[finding.severity],
            "location": {
                "path": finding.place.path(report.view),
                "lines": {"begin": _printed(report, finding.place)[0]},
            },
        }
        for finding in report.findings
    ]
    yield _dumped(issues)


FORMATS: dict[str, Callable[[FindingsReport], Iterator[str]]] = {
    "full": full,
    "concise": concise,
    "json": as_json,
    "sarif": sarif,
    "github": github,
    "gitlab": gitlab,
}


def _line(report: FindingsReport, place: Place, message: str) -> str:
    line, column, _, _ = _printed(report, place)
    return f"{place.path(report.view)}:{line}:{column}: {message}"


def _word(finding: Finding) -> str:
    return f"{finding.severity}[{finding.code}]"


def _summary(report: FindingsReport) -> str:
    count = len(report.findings)
    known = f" ({report.known} more in the baseline)" if report.known else ""
    if not count:
        return f"Nothing found{known}."
    files = len({finding.place.path(report.view) for finding in report.findings})
    return f"{count} finding{'s' * (count > 1)} in {files} file{'s' * (files > 1)}{known}."


def _members(report: FindingsReport, cut: tuple[Cut, ...]) -> str:
    found = next(finding for finding in report.findings if finding.cut == cut)
    return f"{found.knot} {'packages' if found.place.line is not None else 'modules'}"


def _names(cut: Cut) -> str:
    if not cut.names:
        return ""
    more = len(cut.names) - _NAMES_SHOWN
    return f" ({', '.join(cut.names[:_NAMES_SHOWN])}{f' and {more} more' if more > 0 else ''})"


def _as_json(report: FindingsReport, finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.place.message,
        **_json_place(report, finding.place),
        "cycle": finding.cycle,
        "knot": finding.knot,
        "cheapest": _json_cut(finding.cheapest) if finding.cheapest is not None else None,
        "cut": [_json_cut(cut) for cut in finding.cut],
        "related": [{**_json_place(report, hop), "message": hop.message} for hop in finding.hops],
        "key": finding.key,
    }


def _json_cut(cut: Cut) -> dict[str, Any]:
    return {"source": cut.source, "target": cut.target, "names": cut.names}


def _json_place(report: FindingsReport, place: Place) -> dict[str, Any]:
    start, end = place.span(report.view, PositionEncoding.UTF16)
    return {
        "path": place.path(report.view),
        "range": {
            "start": {"line": start.line, "character": start.column},
            "end": {"line": end.line, "character": end.column},
        },
    }


def _printed(report: FindingsReport, place: Place, encoding: PositionEncoding = PositionEncoding.UTF32) -> list[int]:
    """Line and column of start and end, from 1."""
    start, end = place.span(report.view, encoding)
    return [start.line + 1, start.column + 1, end.line + 1, end.column + 1]


def _sarif_location(report: FindingsReport, place: Place) -> dict[str, Any]:
    line, column, end_line, end_column = _printed(report, place, PositionEncoding.UTF16)
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(place.path(report.view)), "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column},
        }
    }


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path)


def _fingerprint(report: FindingsReport, finding: Finding) -> str:
    """Tells a finding from all others, on whatever line it stands: the cycle, and the member it is reported at."""
    text = f"{finding.key}\0{finding.cycle[0]}\0{finding.place.path(report.view)}"
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _github(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _github_property(text: str) -> str:
    return _github(text).replace(":", "%3A").replace(",", "%2C")


def _dumped(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)
