"""What the server declares: exactly what works and is switched on; and what it registers later."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from isg_server.client import ClientFeatures
from isg_server.commands import COMMANDS, GRAPH_COMMANDS
from isg_server.settings import PROJECT_FILES, Settings, offered

_PROVIDERS = (
    "implementation",
    "references",
    "definition",
    "declaration",
    "type_definition",
    "document_symbol",
    "workspace_symbol",
    "hover",
    "document_highlight",
    "moniker",
    "call_hierarchy",
    "type_hierarchy",
)


def server_capabilities(features: ClientFeatures, settings: Settings) -> types.ServerCapabilities:
    """The answer to `initialize`."""
    every_file = types.FileOperationRegistrationOptions(
        [types.FileOperationFilter(types.FileOperationPattern("**/*"), scheme="file")]
    )
    providers: dict[str, Any] = {f"{name}_provider": True for name in _PROVIDERS if offered(settings, name)}
    if features.pulls_diagnostics and offered(settings, "diagnostic"):
        providers["diagnostic_provider"] = types.DiagnosticOptions(
            inter_file_dependencies=True, workspace_diagnostics=True, identifier="isg"
        )
    if offered(settings, "code_action"):
        providers["code_action_provider"] = types.CodeActionOptions([types.CodeActionKind.QuickFix])
    if offered(settings, "code_lens"):
        providers["code_lens_provider"] = types.CodeLensOptions(resolve_provider=True)
    return types.ServerCapabilities(
        position_encoding=types.PositionEncodingKind(features.encoding),
        text_document_sync=types.TextDocumentSyncOptions(
            open_close=True, change=types.TextDocumentSyncKind.Incremental, save=types.SaveOptions(include_text=False)
        ),
        execute_command_provider=types.ExecuteCommandOptions([*COMMANDS, *GRAPH_COMMANDS]),
        workspace=types.WorkspaceOptions(
            workspace_folders=types.WorkspaceFoldersServerCapabilities(supported=True, change_notifications=True),
            file_operations=types.FileOperationOptions(
                did_create=every_file, did_rename=every_file, did_delete=every_file
            ),
        ),
        **providers,
    )


def watched_files() -> types.Registration:
    """The files whose changes on disk matter: sources, manifests and ours; narrow, since clients pay per match."""
    from isg_analysis.languages.registry import packs

    extensions = sorted({extension.lstrip(".") for pack in packs() for extension in pack.extensions})
    names = sorted({name for pack in packs() for name in (*pack.file_names, *pack.manifests)} | set(PROJECT_FILES))
    globs = (f"**/*.{{{','.join(extensions)}}}", f"**/{{{','.join(names)}}}")
    options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(glob) for glob in globs])
    return types.Registration("isg-watched-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
