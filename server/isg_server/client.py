"""What the client at the other end can do, and what is said to it outside of answers.

The only reader of ClientCapabilities: everybody else asks for one of the fields here. Saying something is allowed from
any thread; it happens on the event loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from lsprotocol import types
from pygls.capabilities import get_capability

from isg_analysis.model.text import PositionEncoding
from isg_server.logs import Value, record
from isg_server.positions import choose

if TYPE_CHECKING:
    from isg_server.protocol import Protocol

log = logging.getLogger("isg")

_LINKING = {
    types.TEXT_DOCUMENT_DEFINITION: "definition",
    types.TEXT_DOCUMENT_DECLARATION: "declaration",
    types.TEXT_DOCUMENT_TYPE_DEFINITION: "type_definition",
    types.TEXT_DOCUMENT_IMPLEMENTATION: "implementation",
}
_LEVELS = {
    types.MessageType.Error: logging.ERROR,
    types.MessageType.Warning: logging.WARNING,
    types.MessageType.Info: logging.INFO,
    types.MessageType.Log: logging.DEBUG,
}


@dataclass(frozen=True, slots=True)
class ClientFeatures:
    """The abilities that change what is sent."""

    encoding: PositionEncoding
    links: frozenset[str]
    """Methods whose answer may be LocationLinks."""
    hierarchical_symbols: bool
    markdown: bool
    progress: bool
    configuration: bool
    watched_files: bool
    pulls_diagnostics: bool
    """And can be asked to pull again: else what is found later, or in another file's change, would never be seen."""
    literal_actions: bool
    """Whether code actions may be more than commands."""
    versioned_edits: bool
    """Whether edits may say of which version of a document they are."""
    commands: frozenset[str]
    """The commands of ours that the client carries out itself: `experimental.commands.commands` lists them."""

    @classmethod
    def of(cls, capabilities: types.ClientCapabilities) -> ClientFeatures:
        """Reads them off; what the client does not mention, it can't."""

        def has(path: str) -> bool:
            return bool(get_capability(capabilities, path, False))

        formats = get_capability(capabilities, "text_document.hover.content_format", None) or ()
        return cls(
            encoding=choose(get_capability(capabilities, "general.position_encodings", None)),
            links=frozenset(m for m, name in _LINKING.items() if has(f"text_document.{name}.link_support")),
            hierarchical_symbols=has("text_document.document_symbol.hierarchical_document_symbol_support"),
            markdown=types.MarkupKind.Markdown in formats,
            progress=has("window.work_done_progress"),
            configuration=has("workspace.configuration"),
            watched_files=has("workspace.did_change_watched_files.dynamic_registration"),
            pulls_diagnostics=get_capability(capabilities, "text_document.diagnostic", None) is not None
            and has("workspace.diagnostics.refresh_support"),
            literal_actions=has("text_document.code_action.code_action_literal_support"),
            versioned_edits=has("workspace.workspace_edit.document_changes"),
            commands=_commands(capabilities.experimental),
        )


def _commands(experimental: Any) -> frozenset[str]:
    """Of capabilities that no specification gives a type."""
    for name in ("commands", "commands"):
        experimental = experimental.get(name) if isinstance(experimental, dict) else getattr(experimental, name, None)
    listed = experimental if isinstance(experimental, list | tuple) else ()
    return frozenset(command for command in listed if isinstance(command, str))


class Client:
    """The connection's other end. `features` are those of an empty client until `initialize`."""

    def __init__(self, protocol: Protocol, loop: asyncio.AbstractEventLoop) -> None:
        self._protocol, self._loop = protocol, loop
        self.features = ClientFeatures.of(types.ClientCapabilities())
        self.tracing = types.TraceValue.Off

    def show(self, kind: types.MessageType, message: str) -> None:
        """A message that the user should see."""
        self._say(types.WINDOW_SHOW_MESSAGE, types.ShowMessageParams(type=kind, message=message), kind, message)

    def tell(self, kind: types.MessageType, message: str, **fields: Value) -> None:
        """A message for the client's log; `fields` go with it into ours."""
        params = types.LogMessageParams(type=kind, message=message)
        self._say(types.WINDOW_LOG_MESSAGE, params, kind, message, **fields)

    def trace(self, message: str, in_full: Callable[[], str]) -> None:
        """What the server did, for a client that traces; `in_full` is called for one that wants to know all of it."""
        if self.tracing != types.TraceValue.Off:
            verbose = in_full() if self.tracing == types.TraceValue.Verbose else None
            self.on_loop(self._protocol.notify, types.LOG_TRACE, types.LogTraceParams(message, verbose))

    def progress(self, token: str, value: Any) -> None:
        """One step of a work-done progress."""
        self.on_loop(self._protocol.notify, types.PROGRESS, types.ProgressParams(token=token, value=value))

    def part(self, token: str | int, results: msgspec.Raw) -> None:
        """Some of the results of the request that gave this token."""
        self.on_loop(self._protocol.send_part, token, results)

    def publish(self, uri: str, items: list[types.Diagnostic]) -> None:
        """The diagnostics of a document, for a client that does not pull them."""
        params = types.PublishDiagnosticsParams(uri, items)
        self.on_loop(self._protocol.notify, types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)

    def refresh_diagnostics(self) -> None:
        """Asks the client to pull again, which it can do. Loop only."""
        self._protocol.send_request(types.WORKSPACE_DIAGNOSTIC_REFRESH)

    async def request(self, method: str, params: Any, seconds: float = 10.0) -> Any:
        """Asks the client; loop only. Raises TimeoutError or pygls' JsonRpcException where no answer comes of it."""
        future = asyncio.wrap_future(self._protocol.send_request(method, params))
        return await asyncio.wait_for(future, seconds)

    def on_loop(self, call: Callable[..., object], *arguments: Any) -> None:
        """Runs a call on the event loop, from any thread; dropped when the loop has ended."""
        try:
            self._loop.call_soon_threadsafe(call, *arguments)
        except RuntimeError:
            log.debug("dropped after the end: %s", call)

    def _say(self, method: str, params: Any, kind: types.MessageType, message: str, **fields: Value) -> None:
        record(log, _LEVELS.get(kind, logging.INFO), message, **fields)
        self.on_loop(self._protocol.notify, method, params)
