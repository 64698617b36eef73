"""A server over stdio with a pytest-lsp client, on a small workspace in two languages with wide characters in it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pytest_lsp.client import LanguageClient, make_test_lsp_client

from isg_analysis.model.text import PositionEncoding

SECONDS = 60
"""More than any session takes, on any machine."""
SERVE = (sys.executable, "-m", "isg_server.cli", "serve", "--stdio")

FILES = {
    "Cargo.toml": '[package]\nname = "shapes"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": """\
/* é😀 */ pub trait Shape { fn area(&self) -> f64; }
/* é😀 */ pub struct Circle { pub radius: f64 }
/* é😀 */ impl Shape for Circle { fn area(&self) -> f64 { self.radius } }

/// Adds é😀 up.
pub fn total(shape: &Circle) -> f64 { let _ = "é😀"; let size = shape.area(); size + size }
""",
    "app/__init__.py": "",
    "app/shapes.py": """\
class Shape:
    '''What has an area: é😀.'''

    def area(self) -> float:
        raise NotImplementedError


class Square(Shape):
    def area(self) -> float:
        return 1.0


MARK = "é😀"; SQUARE = Square()
""",
    "app/use.py": """\
from app.shapes import Shape, Square


def measure(shape: Shape) -> float:
    "é😀"; big = shape.area(); return big


def again() -> float:
    return measure(Square())
""",
}


def text_capabilities(**given: Any) -> types.ClientCapabilities:
    """What a modern editor can do, unless said otherwise."""
    settings: dict[str, Any] = {
        "encodings": None, "hierarchical": True, "links": False, "markdown": True, "progress": True,
        "configuration": False, "pull": False, "refresh": True, "commands": None, "actions": True, "versions": True,
    } | given  # fmt: skip
    linking = {"link_support": settings["links"]}
    formats = [types.MarkupKind.Markdown] if settings["markdown"] else [types.MarkupKind.PlainText]
    return types.ClientCapabilities(
        experimental={"commands": {"commands": settings["commands"]}} if settings["commands"] else None,
        general=types.GeneralClientCapabilities(position_encodings=settings["encodings"]),
        window=types.WindowClientCapabilities(work_done_progress=settings["progress"]),
        workspace=types.WorkspaceClientCapabilities(
            configuration=settings["configuration"],
            workspace_folders=True,
            workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=settings["versions"]),
            diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=settings["refresh"]),
        ),
        text_document=types.TextDocumentClientCapabilities(
            diagnostic=types.DiagnosticClientCapabilities() if settings["pull"] else None,
            code_action=types.CodeActionClientCapabilities(
                code_action_literal_support=types.ClientCodeActionLiteralOptions(
                    types.ClientCodeActionKindOptions([types.CodeActionKind.QuickFix])
                )
                if settings["actions"]
                else None
            ),
            definition=types.DefinitionClientCapabilities(**linking),
            declaration=types.DeclarationClientCapabilities(**linking),
            type_definition=types.TypeDefinitionClientCapabilities(**linking),
            implementation=types.ImplementationClientCapabilities(**linking),
            hover=types.HoverClientCapabilities(content_format=formats),
            document_symbol=types.DocumentSymbolClientCapabilities(
                hierarchical_document_symbol_support=settings["hierarchical"]
            ),
        ),
    )


class Editor:
    """A client that speaks in places like "shape.|area" and gets answers like "app/shapes.py:4: area"."""

    def __init__(self, client: LanguageClient, folder: Path) -> None:
        self.client, self.folder = client, folder
        self.encoding = PositionEncoding.UTF16
        self.capabilities = types.ServerCapabilities()
        self.texts: dict[str, str] = {}
        self.version = 1

    async def initialize(
        self, capabilities: types.ClientCapabilities, options: Any, folders: Sequence[Path], process: int | None
    ) -> None:
        """Initialises the session."""
        result = await self.client.initialize_session(
            types.InitializeParams(
                capabilities=capabilities,
                process_id=process,
                initialization_options=options,
                workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders],
            )
        )
        self.capabilities = result.capabilities
        encoding = result.capabilities.position_encoding
        assert encoding is not None
        self.encoding = PositionEncoding(getattr(encoding, "value", encoding))

    def document(self, path: str) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier((self.folder / path).as_uri())

    def text(self, path: str) -> str:
        return self.texts.get(path) or (self.folder / path).read_text(encoding="utf-8")

    def position(self, path: str, place: str) -> types.Position:
        """Where the bar of `place` is in the text."""
        text = self.text(path)
        offset = text.index(place.replace("|", "")) + place.index("|")
        before = text[:offset]
        line = before.count("\n")
        return types.Position(line, self.units(before.rpartition("\n")[2]))

    def units(self, text: str) -> int:
        match self.encoding:
            case PositionEncoding.UTF8:
                return len(text.encode())
            case PositionEncoding.UTF16:
                return len(text.encode("utf-16-le")) // 2
        return len(text)

    def slice(self, path: str, span: types.Range) -> str:
        """The text of a range on one line."""
        line = self.text(path).split("\n")[span.start.line]
        starts = {self.units(line[:at]): at for at in range(len(line) + 1)}
        return line[starts[span.start.character] : starts[span.end.character]]

    def shown(self, found: Any) -> list[str]:
        """Locations and links, as "path:line: text"."""
        return [self._shown(one) for one in found or ()]

    def _shown(self, one: types.Location | types.LocationLink) -> str:
        if isinstance(one, types.LocationLink):
            uri, span = one.target_uri, one.target_selection_range
        else:
            uri, span = one.uri, one.range
        path = types_path(uri).relative_to(self.folder).as_posix()
        return f"{path}:{span.start.line + 1}: {self.slice(path, span)}"

    def open(self, path: str, text: str | None = None) -> None:
        self.texts[path] = text if text is not None else self.text(path)
        language = "rust" if path.endswith(".rs") else "python"
        item = types.TextDocumentItem(self.document(path).uri, language, self.version, self.texts[path])
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def replace(self, path: str, old: str, new: str) -> None:
        """Types: one incremental change."""
        start, end = self.position(path, f"|{old}"), self.position(path, f"{old}|")
        self.version += 1
        change = types.TextDocumentContentChangePartial(types.Range(start, end), new)
        document = types.VersionedTextDocumentIdentifier(self.version, self.document(path).uri)
        self.texts[path] = self.texts[path].replace(old, new, 1)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    def close(self, path: str) -> None:
        self.texts.pop(path, None)
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(self.document(path)))

    def save(self, path: str) -> None:
        new = self.folder / f"{path}.new"
        new.write_text(self.texts[path], encoding="utf-8")
        new.replace(self.folder / path)
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(self.document(path)))

    async def definition(self, path: str, place: str) -> list[str]:
        params = types.DefinitionParams(self.document(path), self.position(path, place))
        return self.shown(await self.client.text_document_definition_async(params))

    async def implementation(self, path: str, place: str) -> list[str]:
        params = types.ImplementationParams(self.document(path), self.position(path, place))
        return self.shown(await self.client.text_document_implementation_async(params))

    async def references(self, path: str, place: str, *, declaration: bool = False) -> list[str]:
        context = types.ReferenceContext(declaration)
        params = types.ReferenceParams(context, self.document(path), self.position(path, place))
        return self.shown(await self.client.text_document_references_async(params))

    async def status(self) -> dict[str, Any]:
        """The first root's status, as plain values."""
        found = await self.client.workspace_execute_command_async(types.ExecuteCommandParams("isg.status"))
        status: dict[str, Any] = as_plain(found)[0]
        return status

    async def indexed(self) -> dict[str, Any]:
        """Waits until the index is up to date."""
        while True:
            status = await self.status()
            if not status["indexing"]:
                assert status["scanned"], [message.message for message in self.client.log_messages]
                return status
            await asyncio.sleep(0.02)


def as_plain(value: Any) -> Any:
    """JSON-like values of what pygls makes of untyped results."""
    if hasattr(value, "_asdict"):
        return {key: as_plain(one) for key, one in value._asdict().items()}
    return [as_plain(one) for one in value] if isinstance(value, list | tuple) else value


def types_path(uri: str) -> Path:
    from isg_server.uris import to_path

    path = to_path(uri)
    assert path is not None
    return path


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Writes files below a folder."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The small workspace."""
    return write(tmp_path / "wörk space", FILES)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment in which nothing of this machine's caches is seen."""
    return apart(tmp_path)


def apart(home: Path) -> dict[str, str]:
    """An environment with a home and caches of its own."""
    return {**os.environ, "XDG_CACHE_HOME": str(home / "cache"), "HOME": str(home)}


Edit = Callable[..., AbstractAsyncContextManager[Editor]]


@asynccontextmanager
async def opened(
    workspace: Path,
    environment: dict[str, str],
    *,
    options: Any = None,
    folders: Sequence[Path] | None = None,
    indexed: bool = True,
    configuration: dict[str, Any] | None = None,
    **capabilities: Any,
) -> AsyncIterator[Editor]:
    """An editor on the workspace; on leaving, the server must end well."""
    client = make_test_lsp_client()
    if configuration is not None:
        capabilities["configuration"] = True
        client.set_configuration(configuration)
    await client.start_io(*SERVE, env=environment)
    editor = Editor(client, workspace)
    try:
        await editor.initialize(
            text_capabilities(**capabilities), options, [workspace] if folders is None else folders, os.getpid()
        )
        if indexed:
            await editor.indexed()
        yield editor
        await client.shutdown_session()
        assert client._server is not None
        assert client._server.returncode == 0
    finally:
        if client._server is not None and client._server.returncode is None:
            client._server.kill()
        await client.stop()  # type: ignore[no-untyped-call]


@pytest.fixture
def edit(workspace: Path, environment: dict[str, str]) -> Edit:
    """Opens an editor on the workspace; on leaving, the server must end well and in time."""

    @asynccontextmanager
    async def edit(**given: Any) -> AsyncIterator[Editor]:
        async with asyncio.timeout(SECONDS), opened(workspace, environment, **given) as editor:
            yield editor

    return edit


@pytest.fixture(params=[None, [types.PositionEncodingKind.Utf8]], ids=["utf-16", "utf-8"])
def encodings(request: pytest.FixtureRequest) -> Any:
    """What a client offers: nothing, which means UTF-16, or UTF-8 alone."""
    return request.param
