"""LSP's rules of conduct on top of pygls: what may be said when, and how the session begins and ends.

pygls keeps requests, cancellation and the typed messages. Replaced here: the life cycle (its exit code is lost, and it
drops requests after `shutdown` without an answer), broken messages (it leaves their requests unanswered), the open
documents (its lines break at form feeds, which moves every position behind one), the capabilities (it offers what is
switched off), and errors (it sends tracebacks).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol

from isg_analysis.model.text import Position
from isg_server import parent
from isg_server.capabilities import server_capabilities, watched_files
from isg_server.client import Client, ClientFeatures
from isg_server.documents import Edit
from isg_server.logs import Logs
from isg_server.session import Session
from isg_server.transport import Malformed, Message
from isg_server.uris import to_path

log = logging.getLogger("isg")

_DOCUMENT = {"uri": "", "version": 1}
_PLACE = {"line": 0, "character": 0}
_WHILE_TYPING: dict[str, dict[str, Any]] = {
    types.TEXT_DOCUMENT_DID_CHANGE: {"contentChanges": [{"range": {"start": _PLACE, "end": _PLACE}, "text": ""}]},
    types.TEXT_DOCUMENT_DID_SAVE: {},
    types.TEXT_DOCUMENT_DID_CLOSE: {},
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: {},
    types.TEXT_DOCUMENT_DEFINITION: {"position": _PLACE},
    types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT: {"position": _PLACE},
    types.TEXT_DOCUMENT_HOVER: {"position": _PLACE},
    types.TEXT_DOCUMENT_REFERENCES: {"position": _PLACE, "context": {"includeDeclaration": True}},
}
"""What comes while somebody types, in a form that has all of its parts."""
MOST_TRACED = 2_000
"""So many characters of a request are told to a client that traces."""


class Protocol(LanguageServerProtocol):
    """One connection. `finished` gets the exit code when the session is over."""

    session: Session
    client: Client
    finished: asyncio.Future[int]
    cache: Path | None = None
    """Where indexes are kept, whatever the client says."""
    logs: Logs | None = None

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Makes the session; to be called on the loop before the first message."""
        self.finished = loop.create_future()
        self.client = Client(self, loop)
        self.session = Session(self.client, self.cache, self.logs)
        self._loop = loop
        self._initialized = self._ready = False
        self._tasks: set[asyncio.Task[None]] = set()
        for method, handler in self._conduct().items():
            self.fm.add_builtin_feature(method, handler)

    def finish(self, code: int) -> None:
        """Ends the session; the first call counts."""
        if not self.finished.done():
            self.finished.set_result(code)

    def make_ready(self) -> None:
        """For what comes while somebody types: what takes a message apart is generated when the first of its kind
        comes, in up to 4 ms. For any thread.
        """
        if not self._ready:
            self._ready = True
            for method, params in _WHILE_TYPING.items():
                mark = {} if method.startswith("textDocument/did") else {"id": 0}
                params = {"textDocument": _DOCUMENT, **params}
                self.structure_message({"jsonrpc": self.VERSION, "method": method, "params": params, **mark})

    def receive(self, message: Message) -> None:
        """Handles one message as it came off the wire; raises nothing."""
        if isinstance(message, Malformed):
            self._refuse(None, types.ErrorCodes.ParseError, message.reason)
            return
        identifier, method = message.get("id"), message.get("method")
        sound = (method is None or isinstance(method, str)) and ("id" not in message or _is_identifier(identifier))
        if message.get("jsonrpc") != self.VERSION or not sound:
            self._refuse(identifier, types.ErrorCodes.InvalidRequest, "the message is not JSON-RPC 2.0")
            return
        if method is not None and not self._allowed(identifier, method):
            return
        try:
            structured = self.structure_message(message if method is None else {"params": None, **message})
        except JsonRpcException:
            if method is not None:
                self._refuse(identifier, types.ErrorCodes.InvalidParams, f"the parameters of {method} do not fit")
            return
        try:
            self.handle_message(structured)
        except Exception:
            log.exception("a message could not be handled: %s", method)

    def _allowed(self, identifier: Any, method: str) -> bool:
        """Whether a message may come now; a request that may not is answered."""
        if method == types.EXIT:
            return True
        if self._shutdown:
            self._refuse(identifier, types.ErrorCodes.InvalidRequest, "the server is shutting down")
            return False
        if method == types.INITIALIZE:
            if self._initialized:
                self._refuse(identifier, types.ErrorCodes.InvalidRequest, "initialize may come only once")
            return not self._initialized
        if not self._initialized:
            self._refuse(identifier, types.ErrorCodes.ServerNotInitialized, "initialize comes first")
        return self._initialized

    def _send_response(self, msg_id: Any, result: Any = None, error: Any = None) -> None:
        """Answers a request; a result that is encoded already goes out as it is."""
        if error is None and isinstance(result, msgspec.Raw):
            self._send_body(b'{"jsonrpc":"2.0","id":%b,"result":%b}' % (msgspec.json.encode(msg_id), result))
        else:
            super()._send_response(msg_id, result, error)

    def send_part(self, token: str | int, results: msgspec.Raw) -> None:
        """Sends some of the results of a request before its answer."""
        params = b'{"token":%b,"value":%b}' % (msgspec.json.encode(token), results)
        self._send_body(b'{"jsonrpc":"2.0","method":"$/progress","params":%b}' % params)

    def _send_body(self, body: bytes) -> None:
        assert self.writer is not None
        self.writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def as_json(self, params: Any) -> str:
        """Parameters as they came, for a trace; cut where they are long."""
        text = msgspec.json.encode(self._converter.unstructure(params), enc_hook=str).decode()
        return text if len(text) <= MOST_TRACED else f"{text[:MOST_TRACED]}..."

    def _refuse(self, identifier: Any, code: types.ErrorCodes, reason: str) -> None:
        """Answers a request with an error. What has no id is only logged, unless it could not even be read."""
        log.warning("%s", reason)
        known = identifier if _is_identifier(identifier) else None
        if known is not None or code is types.ErrorCodes.ParseError:
            self._send_response(known, error=types.ResponseError(code=code, message=reason))

    def _conduct(self) -> dict[str, Callable[..., Any]]:
        """Our handlers for what pygls would do itself."""
        return {
            types.INITIALIZE: self._initialize,
            types.INITIALIZED: self._on_initialized,
            types.SHUTDOWN: self._on_shutdown,
            types.EXIT: lambda _: self.finish(0 if self._shutdown else 1),
            types.TEXT_DOCUMENT_DID_OPEN: self._did_open,
            types.TEXT_DOCUMENT_DID_CHANGE: self._did_change,
            types.TEXT_DOCUMENT_DID_SAVE: lambda p: self.session.saved(p.text_document.uri),
            types.TEXT_DOCUMENT_DID_CLOSE: lambda p: self.session.closed(p.text_document.uri),
            types.WORKSPACE_DID_CHANGE_WATCHED_FILES: lambda p: self.session.files_changed(c.uri for c in p.changes),
            types.WORKSPACE_DID_CREATE_FILES: lambda p: self.session.files_changed(f.uri for f in p.files),
            types.WORKSPACE_DID_DELETE_FILES: lambda p: self.session.files_changed(f.uri for f in p.files),
            types.WORKSPACE_WILL_RENAME_FILES: lambda _: None,  # not declared, nothing to edit: some clients ask anyway
            types.WORKSPACE_DID_RENAME_FILES: self._did_rename,
            types.WORKSPACE_DID_CHANGE_CONFIGURATION: lambda _: self._start(self.session.arrange()),
            types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: self._did_change_folders,
            types.SET_TRACE: lambda p: self._trace(p.value),
            types.WINDOW_WORK_DONE_PROGRESS_CANCEL: lambda p: self.session.indexer.cancel(p.token),
        }

    def _initialize(self, params: types.InitializeParams) -> types.InitializeResult:
        self._initialized = True
        self.client_capabilities = params.capabilities
        self.client.features = ClientFeatures.of(params.capabilities)
        self.client.tracing = types.TraceValue(params.trace or types.TraceValue.Off)
        if params.process_id is not None:
            parent.watch(params.process_id, self._loop, lambda: self.finish(1))
        uris = [folder.uri for folder in params.workspace_folders or ()]
        if not uris and params.root_uri:
            uris = [params.root_uri]
        folders = [path for uri in uris if (path := to_path(uri)) is not None]
        if not folders and params.root_path:
            folders = [Path(params.root_path)]
        self.session.configure(params.initialization_options, folders)
        self.server_capabilities = server_capabilities(self.client.features, self.session.settings)
        return types.InitializeResult(self.server_capabilities, self.server_info)

    def _on_initialized(self, _: types.InitializedParams) -> None:
        self._start(self.session.start())
        if self.client.features.watched_files:
            self._start(self._watch_files())

    async def _watch_files(self) -> None:
        registration = await self.session.line.run(watched_files)  # asks the language packs: not on the loop
        try:
            await self.client.request(types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams([registration]))
        except (JsonRpcException, TimeoutError) as error:
            self.client.tell(types.MessageType.Warning, f"changes on disk can't be watched: {error}")

    def _on_shutdown(self, _: None) -> None:
        self._shutdown = True
        own = self.msg_id
        for identifier, future in list(self._request_futures.items()):
            if identifier != own:
                future.cancel()

    def _trace(self, value: types.TraceValue) -> None:
        self.client.tracing = types.TraceValue(value)
        self.session.keep_log()

    def _did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        self.session.opened(document.uri, document.language_id, document.version, document.text)
        if not self._ready:
            self._loop.run_in_executor(None, self.make_ready)

    def _did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        edits = [_edit(change) for change in params.content_changes]
        self.session.changed(params.text_document.uri, params.text_document.version, edits)

    def _did_rename(self, params: types.RenameFilesParams) -> None:
        self.session.files_changed([uri for file in params.files for uri in (file.old_uri, file.new_uri)])

    def _did_change_folders(self, params: types.DidChangeWorkspaceFoldersParams) -> None:
        added, removed = (
            [path for folder in folders if (path := to_path(folder.uri)) is not None]
            for folders in (params.event.added, params.event.removed)
        )
        self._start(self.session.change_folders(added, removed))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs something beside the messages; a failure is told once."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background work failed", exc_info=error)
            self.client.show(types.MessageType.Error, f"internal error: {type(error).__name__}")


def _is_identifier(value: Any) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool)


def _edit(change: types.TextDocumentContentChangeEvent) -> Edit:
    if isinstance(change, types.TextDocumentContentChangePartial):
        return Edit(change.text, _position(change.range.start), _position(change.range.end))
    return Edit(change.text)


def _position(position: types.Position) -> Position:
    return Position(position.line, position.character)
