"""textDocument/diagnostic and workspace/diagnostic: what is found, for clients that ask rather than be told.

These wait for the check that sees the last change, not for a turn in the line of questions. A question about the
whole workspace whose answer the client has already is kept open until there is another one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from lsprotocol import types

from isg_server.diagnosing import Diagnoser, Report
from isg_server.session import Session
from isg_server.uris import to_path

CAPABILITY = "diagnostic"
PATIENCE = 60.0
"""Seconds that a question about the workspace is kept open when there is nothing new to say."""


async def of_document(session: Session, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
    """What is found in one document."""
    place = session.roots.route(to_path(params.text_document.uri))
    if place is None:
        return types.RelatedFullDocumentDiagnosticReport(items=[])
    root, path = place
    report = (await session.diagnoser.current(root)).reports.get(path, Report("0", []))
    if report.result == params.previous_result_id:
        return types.RelatedUnchangedDocumentDiagnosticReport(report.result)
    return types.RelatedFullDocumentDiagnosticReport(items=report.items, result_id=report.result)


async def of_workspace(session: Session, params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
    """What is found in files of all roots; those that the client knows as they are come back unchanged."""
    known = {one.uri: one.value for one in params.previous_result_ids}
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE
    while True:
        items = await _reports(session, session.diagnoser, known)
        news = [state.news for state in session.diagnoser.states]
        fresh = any(isinstance(item, types.WorkspaceFullDocumentDiagnosticReport) for item in items)
        if fresh or not news or loop.time() >= until:
            return types.WorkspaceDiagnosticReport(items)
        waiting = [asyncio.ensure_future(event.wait()) for event in news]
        try:
            await asyncio.wait(waiting, timeout=until - loop.time(), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()


async def _reports(
    session: Session, diagnoser: Diagnoser, known: Mapping[str, str]
) -> list[types.WorkspaceDocumentDiagnosticReport]:
    items: list[types.WorkspaceDocumentDiagnosticReport] = []
    for root in session.roots:
        state = await diagnoser.current(root)
        for path in sorted(state.reports):
            report, uri = state.reports[path], root.uri(path)
            if known.get(uri) == report.result:
                items.append(types.WorkspaceUnchangedDocumentDiagnosticReport(uri, report.result))
            elif report.items or uri in known:
                items.append(types.WorkspaceFullDocumentDiagnosticReport(uri, report.items, result_id=report.result))
    return items
