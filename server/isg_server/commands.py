"""workspace/executeCommand: `isg.status`, `isg.reindex`, `isg.clearIndex`.

Each takes an optional argument, the URI of a folder or of anything in it; without one it means every root.

Sibling: `graph_commands`, which are questions and wait for their turn; it is loaded when the first one is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from isg_server.errors import RequestError
from isg_server.roots import Root
from isg_server.session import Session
from isg_server.uris import to_path, to_uri


async def status(session: Session, roots: list[Root]) -> list[dict[str, Any]]:
    """What each index holds, as `isg status --json` says it, and whether it is being brought up to date."""
    import msgspec

    found = []
    for root in roots:
        told = await asyncio.to_thread(root.workspace.status)  # reads every document: not in the way of questions
        values = msgspec.to_builtins(told, str_keys=True, enc_hook=str)
        found.append({"root": to_uri(root.path), "indexing": session.indexer.busy, "scanned": root.scanned, **values})
    return found


async def reindex(session: Session, roots: list[Root]) -> None:
    """Looks at every file again; returns when done."""
    for root in roots:
        await session.indexer.scan(root)


async def clear_index(session: Session, roots: list[Root]) -> None:
    """Deletes the stored index and starts anew."""
    for root in roots:
        await session.clear(root)


COMMANDS: dict[str, Callable[[Session, list[Root]], Awaitable[Any]]] = {
    "isg.status": status,
    "isg.reindex": reindex,
    "isg.clearIndex": clear_index,
}


GRAPH_COMMANDS = (
    "isg.llmContext",
    "isg.blastRadius",
    "isg.cycles",
    "isg.dependencies",
    "isg.unreferenced",
    "isg.entryPoints",
)
"""The commands of `graph_commands`."""


async def execute(session: Session, name: str, arguments: list[Any]) -> Any:
    """Runs a command. Raises RequestError for an unknown one and for an argument that names no root."""
    command = COMMANDS.get(name)
    if command is None:
        raise RequestError(f"there is no command {name}, only {', '.join((*COMMANDS, *GRAPH_COMMANDS))}")
    await session.ready.wait()
    return await command(session, _roots(session, arguments))


def _roots(session: Session, arguments: list[Any]) -> list[Root]:
    if not arguments or arguments[0] is None:
        return list(session.roots)
    uri = arguments[0]
    path = to_path(uri) if isinstance(uri, str) else None
    for root in session.roots:
        if path is not None and (path == root.path or path.is_relative_to(root.path)):
            return [root]
    raise RequestError(f"{uri} lies in no open folder")
