"""Session: everything one client has opened, and the order in which things happen to it.

Lives on the event loop. Edits and questions go through one line (`tasks.Line`) in the order they arrived, so a question
sees every edit before it and none after. Questions that come before the roots are open wait for that; nothing waits for
indexing. Roots are opened, closed and reopened by comparing what is wanted (folders, settings) with what is open.

Sibling: `asking` answers one question; `indexer` keeps the stored index up to date.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from isg_analysis import IsgError
from isg_server.ahead import Ahead
from isg_server.client import Client
from isg_server.diagnosing import Diagnoser
from isg_server.documents import Edit, OpenDocument, OpenDocuments
from isg_server.indexer import Indexer
from isg_server.logs import Logs, Stages, record, timed
from isg_server.lone import LoneDocuments
from isg_server.opening import clean, open_workspace
from isg_server.roots import Root, Roots, outermost
from isg_server.settings import Settings, environment_settings, merge, offered, project_settings
from isg_server.tasks import Line
from isg_server.uris import to_path, to_uri

log = logging.getLogger("isg")

SECTION = "isg"
CONFIGURATION_SECONDS = 5.0


class PendingEdit:
    """An unsaved text on its way into the overlay. Typing replaces it as long as its turn has not come."""

    def __init__(self, path: Path, language: str, text: bytes) -> None:
        self.path, self.language = path, language
        self._text, self._taken, self._lock = text, False, Lock()

    def replace(self, text: bytes) -> bool:
        """Puts a newer text in its place; False if it is too late."""
        with self._lock:
            if not self._taken:
                self._text = text
            return not self._taken

    def take(self) -> bytes:
        """The text to apply; from now on it is too late to replace it."""
        with self._lock:
            self._taken = True
            return self._text


class Session:
    """See the module's text. Public methods belong to the event loop."""

    def __init__(self, client: Client, cache: Path | None = None, logs: Logs | None = None) -> None:
        """`cache`: where indexes are kept, whatever the client says. `logs`: what to configure."""
        self.client, self._logs = client, logs
        self._fixed = {"cacheDirectory": str(cache)} if cache is not None else None
        self.settings = Settings()
        self.documents = OpenDocuments()
        self.roots = Roots()
        self.lone = LoneDocuments()
        self.line = Line("isg-ask")
        self.ahead = Ahead(self.line)
        self.diagnoser = Diagnoser(client, self.line)
        self.indexer = Indexer(client, self._diagnose, self.line)
        self.ready = asyncio.Event()
        self._folders: list[Path] = []
        self._options: Mapping[str, Any] | None = None
        self._last_edit: PendingEdit | None = None
        self._told: set[str] = set()
        self._arranging = asyncio.Lock()

    # -- settings and roots

    def configure(self, options: Any, folders: Iterable[Path]) -> None:
        """What `initialize` brought: no I/O happens here."""
        self._options = options
        self._folders = list(folders)
        self.settings = self._merged(options)

    async def start(self) -> None:
        """After `initialized`: opens the roots."""
        try:
            await self.arrange()
        finally:
            self.ready.set()

    async def change_folders(self, added: Iterable[Path], removed: Iterable[Path]) -> None:
        """The client opened or closed folders."""
        gone = set(removed)
        self._folders = list(dict.fromkeys([*(f for f in self._folders if f not in gone), *added]))
        await self.arrange()

    async def arrange(self) -> None:
        """Pulls the settings, then opens, closes and reopens roots until they are as wanted."""
        async with self._arranging:
            folders = outermost(self._folders)
            pulled = await self._pull(folders)
            self.settings = self._merged(self._options, pulled[0])
            self.keep_log()
            wanted = {
                folder: await self._of_folder(folder, own) for folder, own in zip(folders, pulled[1:], strict=True)
            }
            for root in self.roots:
                settings = wanted.get(root.path)
                if settings is not None and _same_index(settings, root.settings):
                    root.settings = settings
                else:
                    await self._close(root)
            known = {root.path for root in self.roots}
            for folder, settings in wanted.items():
                if folder not in known:
                    await self._open(folder, settings)
            for document in self.documents:
                self._edit(document)

    def keep_log(self) -> None:
        """Logs as the settings say, and as the client traces."""
        if self._logs is not None:
            level, file = self.settings.log_level, self.settings.log_file
            verbose = self.client.tracing == types.TraceValue.Verbose
            problem = self._logs.configure(level, file, verbose=verbose)
            self._tell_once([problem] if problem else [])

    async def clear(self, root: Root) -> None:
        """Deletes a root's index and starts it anew."""
        async with self._arranging:
            if root not in self.roots:
                return  # somebody else was faster
            await self._close(root)
            while self.line.left_behind:  # they hold snapshots; their time is limited
                await asyncio.sleep(0.01)
            await self.line.run(lambda: clean(root.path, root.settings))
            await self._open(root.path, root.settings)
            for document in self.documents:
                self._edit(document)

    async def _pull(self, folders: list[Path]) -> list[Any]:
        """The client's configuration: in general, then per folder. Nothing where it has none to give."""
        nothing: list[Any] = [None] * (len(folders) + 1)
        if not self.client.features.configuration:
            return nothing
        scopes = [None, *(to_uri(folder) for folder in folders)]
        items = [types.ConfigurationItem(scope_uri=scope, section=SECTION) for scope in scopes]
        try:
            answer = await self.client.request(
                types.WORKSPACE_CONFIGURATION, types.ConfigurationParams(items), CONFIGURATION_SECONDS
            )
        except (JsonRpcException, TimeoutError) as error:
            self.client.tell(types.MessageType.Warning, f"the client did not give its configuration: {error}")
            return nothing
        return list(answer) if isinstance(answer, list | tuple) and len(answer) == len(nothing) else nothing

    async def _of_folder(self, folder: Path, own: Any) -> Settings:
        project, messages = await asyncio.to_thread(project_settings, folder)
        self._tell_once(messages)
        return self._merged(self._options, own, project)

    def _merged(self, *sources: Any) -> Settings:
        environment, unread = environment_settings(os.environ)
        settings, messages = merge(*(_plain(source) for source in (*sources, environment, self._fixed)))
        self._tell_once([*unread, *messages])
        return settings

    def _tell_once(self, messages: Iterable[str]) -> None:
        for message in messages:
            if message not in self._told:
                self._told.add(message)
                self.client.show(types.MessageType.Warning, message)

    async def _open(self, folder: Path, settings: Settings) -> None:
        try:
            root = await self.line.run(lambda: self._opened(folder, settings))
        except IsgError as error:
            self.client.show(types.MessageType.Error, str(error))
            return
        root.workspace.on_damage = lambda: self.client.on_loop(self.mend, root)
        for message in root.news():
            self.client.show(types.MessageType.Info, message)
        for document in self.documents:
            self._spell(document)
        root.filling = not root.workspace.complete
        if settings.index.on_start:
            begin = self.indexer.scan if root.filling else self.indexer.scan_later
            begin(root)

    def _opened(self, folder: Path, settings: Settings) -> Root:
        """Opens a workspace, in the line's thread."""
        stages = Stages()
        root = Root(folder, open_workspace(folder, settings), settings)
        self.roots.add(root)
        complete = root.workspace.complete
        record(log, logging.INFO, "opened", root=str(folder), complete=complete, **stages.milliseconds())
        return root

    def mend(self, root: Root) -> None:
        """Has a damaged index made anew, or what has taken its place filled."""
        if root in self.roots:
            root.edition, root.filling = root.workspace.edition, True
            self.indexer.scan(root)

    async def _close(self, root: Root) -> None:
        self.ahead.forget(root)
        await self.indexer.stop(root)
        self.diagnoser.forget(root)

        def close() -> None:
            self.roots.remove(root)
            root.close()

        await self.line.run(close)

    # -- documents

    def opened(self, uri: str, language: str, version: int, text: str) -> None:
        """The client owns a document's text from now on."""
        document = self.documents.open(uri, language, version, text)
        if document is not None:
            self._spell(document)
            self._edit(document, anew=True)
            place = self.roots.route(document.path)
            if place is not None and place[0].scanned:
                self._look(place[0])

    def changed(self, uri: str, version: int, edits: list[Edit]) -> None:
        """The client changed an open document."""
        document = self.documents.get(to_path(uri))
        if document is not None:
            document.apply(edits, version, self.client.features.encoding)
            self._edit(document)

    def saved(self, uri: str) -> None:
        """A document was written to disk."""
        place = self.roots.route(to_path(uri))
        if place is None:
            return
        root, path = place
        self.indexer.refresh(root, [path])
        self._look(root)

    def closed(self, uri: str) -> None:
        """The text on disk counts again, once it has been looked at."""
        document = self.documents.close(uri)
        place = self.roots.route(document.path) if document is not None else None
        if document is None:
            return
        if place is None:
            self.submit(lambda: self.lone.forget(document.path))
            return
        root, path = place
        root.uris.pop(path, None)
        self.indexer.refresh(root, [path], lambda: self._uncover(root, document.path, path))

    def files_changed(self, uris: Iterable[str]) -> None:
        """Files or folders were created, changed, renamed or deleted on disk."""
        by_root: dict[Root, list[str]] = {}
        for uri in uris:
            place = self.roots.route(to_path(uri))
            if place is not None:
                by_root.setdefault(place[0], []).append(place[1])
        for root, paths in by_root.items():
            self.indexer.refresh(root, paths)

    def submit(self, task: Callable[[], Any]) -> None:
        """Puts something behind what is waiting; what fails is logged."""
        self._last_edit = None
        self.line.submit(lambda: _guarded(task))

    def language_asked_about(self, params: Any) -> str | None:
        """The language of the document that a request is about; None where it is about no single one."""
        about = getattr(params, "text_document", None) or getattr(params, "item", None)
        path = to_path(about.uri) if about is not None else None
        if path is None or self.settings.mode == "full":
            return None
        document = self.documents.get(path)
        if document is not None:
            return document.language
        from isg_analysis.languages.registry import language_of

        return language_of(path.as_posix())

    def question_asked(self) -> None:
        """A question stands in the line: no later edit may be folded into one before it."""
        self._last_edit = None
        for root in self.roots:
            if root.scanned and root.branch.switched():
                self._look(root)

    async def close(self) -> None:
        """Stops what is running and closes the roots."""
        await self.indexer.close()
        self.ahead.close()
        self.diagnoser.close()
        for root in self.roots:
            await self.line.run(root.close)
        self.line.close()

    def _look(self, root: Root) -> None:
        """Without file watching, opening, saving and switching branches is when changes from outside are looked for."""
        if not self.client.features.watched_files:
            self.indexer.look(root)

    def _spell(self, document: OpenDocument) -> None:
        place = self.roots.route(document.path)
        if place is not None:
            place[0].uris[place[1]] = document.uri

    def _edit(self, document: OpenDocument, *, anew: bool = False) -> None:
        """`anew`: see Workspace.open_document."""
        last = self._last_edit
        if last is not None and last.path == document.path and last.replace(document.text):
            return
        edit = PendingEdit(document.path, document.language, document.text)
        self.submit(lambda: self._apply(edit, anew))
        self._last_edit = edit

    def _apply(self, edit: PendingEdit, anew: bool) -> None:
        text = edit.take()
        place = self.roots.route(edit.path)
        if place is not None:
            with timed(log, "took in a text", path=place[1], bytes=len(text)):
                place[0].workspace.open_document(place[1], text, edit.language, anew=anew)
            self.client.on_loop(self._diagnose, place[0])
            self.client.on_loop(self.ahead.edited, *place)

    def _diagnose(self, root: Root) -> None:
        """Something changed in a root: look for findings soon."""
        if offered(root.settings, "diagnostic") and root in self.roots:
            self.diagnoser.touch(root)

    def _uncover(self, root: Root, path: Path, relative: str) -> None:
        """Lets the stored text of a closed document show, unless it was opened again meanwhile."""
        if self.documents.get(path) is None:
            self.submit(lambda: root.workspace.close_document(relative))
            self._diagnose(root)


def _plain(source: Any) -> Any:
    """Settings as plain values: pygls hands some of them over as named tuples."""
    if hasattr(source, "_asdict"):
        return {key: _plain(value) for key, value in source._asdict().items()}
    return source


def _same_index(wanted: Settings, current: Settings) -> bool:
    """Whether a workspace that was opened with the one serves the other."""
    return all(
        getattr(wanted, name) == getattr(current, name)
        for name in ("include", "exclude", "max_file_size", "nested_repositories", "cache_directory")
    )


def _guarded(task: Callable[[], Any]) -> None:
    try:
        task()
    except IsgError as error:
        log.info("%s", error)
    except Exception:
        log.exception("a change could not be applied")
