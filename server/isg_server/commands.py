"""workspace/executeCommand: `isg.status`, `isg.reindex`, `isg.clearIndex`, `isg.addToBaseline` and `isg.memory`.

The first three take an optional argument, the URI of a folder or of anything in it; without one they mean every root.

Sibling: `graph_commands`, which are questions and wait for their turn; it is loaded when the first one is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from isg_server.baseline import BaselineError, add_to_baseline, within
from isg_server.errors import RequestError
from isg_server.heap import private_bytes
from isg_server.roots import Root
from isg_server.session import Session
from isg_server.uris import to_path, to_uri


async def status(session: Session, arguments: Sequence[Any]) -> list[dict[str, Any]]:
    """What each index holds, as `isg status --json` says it, and whether it is being brought up to date."""
    import msgspec

    found = []
    for root in _roots(session, arguments):
        told = await asyncio.to_thread(root.workspace.status)  # reads every document: not in the way of questions
        values = msgspec.to_builtins(told, str_keys=True, enc_hook=str)
        found.append({"root": to_uri(root.path), "indexing": session.indexer.busy, "scanned": root.scanned, **values})
    return found


async def reindex(session: Session, arguments: Sequence[Any]) -> None:
    """Looks at every file again; returns when done."""
    for root in _roots(session, arguments):
        await session.indexer.scan(root)


async def clear_index(session: Session, arguments: Sequence[Any]) -> None:
    """Deletes the stored index and starts anew."""
    for root in _roots(session, arguments):
        await session.clear(root)


async def add_finding(session: Session, arguments: Sequence[Any]) -> None:
    """Adds a finding to the baseline that the settings of its root name: {"uri", "key"}, as code actions give them."""
    given = plain(arguments[0]) if arguments else None
    uri, key = (given.get("uri"), given.get("key")) if isinstance(given, dict) else (None, None)
    if not isinstance(uri, str) or not isinstance(key, str) or not key:
        raise RequestError(f"{ADD_TO_BASELINE} takes a uri and the key of a finding")
    (root,) = _roots(session, [uri])
    path = within(root.path, root.settings.diagnostics.baseline)
    if path is None:
        raise RequestError("no baseline inside of the folder is set (isg.diagnostics.baseline)")
    try:
        await asyncio.to_thread(add_to_baseline, path, key)
    except BaselineError as problem:
        raise RequestError(str(problem)) from None
    session.diagnoser.touch(root)


async def memory(session: Session, arguments: Sequence[Any]) -> dict[str, Any]:
    """The memory of this process in bytes: cheap enough to be asked for every few seconds."""
    del session, arguments
    return {"bytes": private_bytes()}


ADD_TO_BASELINE = "isg.addToBaseline"

COMMANDS: dict[str, Callable[[Session, Sequence[Any]], Awaitable[Any]]] = {
    "isg.status": status,
    "isg.reindex": reindex,
    "isg.clearIndex": clear_index,
    ADD_TO_BASELINE: add_finding,
    "isg.memory": memory,
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
    return await command(session, arguments)


def _roots(session: Session, arguments: Sequence[Any]) -> list[Root]:
    if not arguments or arguments[0] is None:
        return list(session.roots)
    uri = arguments[0]
    path = to_path(uri) if isinstance(uri, str) else None
    for root in session.roots:
        if path is not None and (path == root.path or path.is_relative_to(root.path)):
            return [root]
    raise RequestError(f"{uri} lies in no open folder")


def plain(value: Any) -> Any:
    """JSON-like values of what pygls makes of untyped parameters."""
    if hasattr(value, "_asdict"):
        return {key: plain(one) for key, one in value._asdict().items()}
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value
