"""Asked before the index is there: the documents that hold the name in question are indexed first, and waited for.

Only while a workspace whose index is not complete is being indexed, only so long, and away from the line: edits and
other questions go on meanwhile. A question whose document was edited while it waited means another place than the
client does by now; it ends with LSP's ContentModified, upon which clients ask again.
"""

from __future__ import annotations

import asyncio
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from isg_analysis.model.text import Position
from isg_server.roots import Root
from isg_server.session import Session
from isg_server.uris import to_path

PATIENCE = 2.0
"""Seconds that a question waits at most."""
_LEAST = 3
"""A search for fewer letters than this may match anything: nothing is worth waiting for."""


async def gathered(session: Session, params: Any) -> None:
    """Returns when what the question is about is stored, or the time is over."""
    filling = [root for root in session.roots if root.filling and session.indexer.scanning(root)]
    if not filling:
        return
    if isinstance(params, types.WorkspaceSymbolParams):
        if len(params.query) >= _LEAST:
            await asyncio.gather(*(_stored(session, root, params.query) for root in filling))
        return
    document = session.documents.get(to_path(params.text_document.uri))
    route = session.roots.route(document.path) if document is not None else None
    if document is None or route is None or route[0] not in filling:
        return
    at = Position(params.position.line, params.position.character)
    word = document.word(at, session.client.features.encoding)
    version = document.version
    if word:
        await _stored(session, route[0], word)
    if document.version != version:
        raise JsonRpcException("the document was changed meanwhile", types.LSPErrorCodes.ContentModified)


async def _stored(session: Session, root: Root, name: str) -> None:
    seconds = min(PATIENCE, session.settings.request_timeout / 2)
    if not await asyncio.to_thread(root.workspace.wait_for, [name], seconds):
        text = f"{root.path} is still being indexed: the answer about {name!r} may be incomplete"
        session.client.tell(types.MessageType.Info, text)
