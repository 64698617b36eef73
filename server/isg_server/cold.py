"""Asked before the index is there: the documents that hold the name in question are indexed first, and waited for.

Only while a workspace whose index is not complete is being indexed, only so long, and away from the line: edits and
other questions go on meanwhile. A question whose document was edited while it waited means another place than the
client does by now; it ends with LSP's ContentModified, upon which clients ask again.

An index that turns out to be damaged makes room for an empty one, at any moment: a question that this happens to is
asked again, and waits as at a cold start (`editions`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from isg_analysis import IsgError, queries
from isg_analysis.model.text import Position
from isg_server.asking import Asking
from isg_server.documents import OpenDocument
from isg_server.roots import Root
from isg_server.session import Session
from isg_server.tasks import Patience
from isg_server.uris import to_path

_SHARE_FOR_WAITING = 0.5
"""Of the time that a request may take."""
SEARCH_PATIENCE = 1.0
"""Seconds that a search for symbols waits at most: it has something to show before, and is asked again while typing."""
_ROUNDS = 3
"""So many times, other names come out of what was waited for."""
_OF_ITEMS = (
    types.CallHierarchyIncomingCallsParams,
    types.CallHierarchyOutgoingCallsParams,
    types.TypeHierarchySupertypesParams,
    types.TypeHierarchySubtypesParams,
)
_LEAST = 3
"""A search for fewer letters than this may match anything: nothing is worth waiting for."""


def editions(session: Session) -> list[object]:
    """Which index each root has. One that has taken the place of another is being filled from now on."""
    for root in session.roots:
        if root.edition is not root.workspace.edition:
            session.mend(root)
    return [root.edition for root in session.roots]


async def gathered(session: Session, params: Any, patience: Patience) -> None:
    """Returns when what the question is about is stored, or the time is over."""
    filling = [root for root in session.roots if root.filling and session.indexer.scanning(root)]
    if not filling:
        _prefer(session, params)
        return
    seconds = session.settings.request_timeout * _SHARE_FOR_WAITING
    if isinstance(params, types.WorkspaceSymbolParams):
        if len(params.query) >= _LEAST:
            waits = [_Wait(session, root, patience, min(seconds, SEARCH_PATIENCE)) for root in filling]
            await asyncio.gather(*(wait.name(params.query) for wait in waits))
        return
    if isinstance(params, _OF_ITEMS):
        await asyncio.gather(*(_Wait(session, root, patience, seconds).name(params.item.name) for root in filling))
        return
    found = _word(session, params)
    if found is None or found.root not in filling:
        return
    document, version = found.document, found.document.version
    if found.text:
        await _Wait(session, found.root, patience, seconds).place(found.text, params)
    if document.version != version:
        raise JsonRpcException("the document was changed meanwhile", types.LSPErrorCodes.ContentModified)


@dataclass(frozen=True, slots=True)
class _Word:
    """The name at the place a question is about; "" where none stands."""

    root: Root
    document: OpenDocument
    text: str


def _word(session: Session, params: Any) -> _Word | None:
    """None for a document that is not open, or in no root."""
    document = session.documents.get(to_path(params.text_document.uri))
    route = session.roots.route(document.path) if document is not None else None
    if document is None or route is None:
        return None
    at = Position(params.position.line, params.position.character)
    return _Word(route[0], document, document.word(at, session.client.features.encoding))


def _prefer(session: Session, params: Any) -> None:
    """An index that was complete is asked before it has been looked at: what changed since and holds the name comes
    first, and nobody waits for it.
    """
    if isinstance(params, (types.WorkspaceSymbolParams, *_OF_ITEMS)) or not session.indexer.busy:
        return
    found = _word(session, params)
    if found is not None and found.text and not found.root.scanned:
        asyncio.get_running_loop().run_in_executor(None, found.root.workspace.prefer, [found.text])


class _Wait:
    """The waiting of one question for one root."""

    def __init__(self, session: Session, root: Root, patience: Patience, seconds: float) -> None:
        self._session, self._root, self._patience = session, root, patience
        self._until = time.monotonic() + seconds

    async def place(self, word: str, params: Any) -> None:
        """Waits for what holds a word that stands at a place, or another name of what it means there."""
        known = {word}

        def wanted() -> bool:
            # Loads what the answer needs as well: while there is nothing else to do.
            names = self._spellings(params)
            return names is None or bool(names)

        there = await self.name(word, meanwhile=wanted)
        for _ in range(_ROUNDS):
            names = await self._session.line.run(lambda: self._spellings(params), hurry=self._patience.hurry)
            if not there or not names or names <= known:
                return
            there = await self.name(*sorted(names - known))
            known |= names

    async def name(self, *names: str, meanwhile: Callable[[], bool] | None = None) -> bool:
        """Waits for what holds these names; tells the client if it was for nothing."""
        wait_for, left = self._root.workspace.wait_for, self._until - time.monotonic()
        stopped = self._patience.given_up
        if await asyncio.to_thread(wait_for, names, left, meanwhile=meanwhile, stopped=stopped):
            return True
        what = ", ".join(map(repr, names))
        text = f"{self._root.path} is still being indexed: the answer about {what} may be incomplete"
        self._session.client.tell(types.MessageType.Info, text)
        return False

    def _spellings(self, params: Any) -> frozenset[str] | None:
        """The names to look for; None where that can't be told yet."""
        mentions = isinstance(params, types.ReferenceParams)
        with suppress(IsgError), Asking(self._session, self._patience) as asking:
            place = asking.place(params.text_document.uri, params.position)
            if place is not None:
                return queries.spellings(place.view, place.document, place.offset, mentions=mentions)
        return None
