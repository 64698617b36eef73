"""Capabilities and settings: what is declared, what is switched off, what is said of a wrong setting."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from isg_server.capabilities import server_capabilities
from isg_server.client import ClientFeatures
from isg_server.settings import merge
from server.conftest import Edit, as_plain, types_path

USE = "app/use.py"
PROVIDERS = {
    "implementation", "references", "definition", "declaration", "type_definition", "document_symbol",
    "workspace_symbol", "hover", "document_highlight", "moniker", "call_hierarchy", "type_hierarchy",
    "code_action",
}  # fmt: skip


def declared(capabilities: types.ServerCapabilities) -> set[str]:
    """The names of all providers but the commands."""
    names = {name.removesuffix("_provider") for name in dir(capabilities) if name.endswith("_provider")}
    return {name for name in names - {"execute_command"} if getattr(capabilities, f"{name}_provider") is not None}


async def test_exactly_what_works_is_declared(edit: Edit) -> None:
    async with edit(indexed=False) as editor:
        assert declared(editor.capabilities) == PROVIDERS
        commands = editor.capabilities.execute_command_provider
        assert commands is not None
        about_the_index = {"isg.status", "isg.reindex", "isg.clearIndex", "isg.addToBaseline", "isg.memory"}
        about_symbols = {"isg.llmContext", "isg.blastRadius", "isg.cycles", "isg.dependencies"}
        assert set(commands.commands) == about_the_index | about_symbols | {"isg.unreferenced", "isg.entryPoints"}


async def test_companion_mode_declares_little(edit: Edit) -> None:
    async with edit(options={"mode": "companion"}, indexed=False) as editor:
        assert declared(editor.capabilities) == {"moniker", "type_hierarchy", "code_action"}


async def test_a_companion_answers_for_the_languages_whose_server_does_not(edit: Edit) -> None:
    async with edit(options={"mode": "companion", "peers": ["rust-analyzer", "pyright"]}) as editor:
        assert {"implementation", "type_hierarchy"} <= declared(editor.capabilities)
        assert "references" not in declared(editor.capabilities)
        assert await editor.implementation("app/shapes.py", "def |area") != []
        assert await editor.implementation("src/lib.rs", "fn |area(&self) -> f64;") == []
        editor.open("src/lib.rs")
        assert await editor.implementation("src/lib.rs", "fn |area(&self) -> f64;") == []


async def test_a_companion_finds_symbols_of_languages_without_a_server(edit: Edit) -> None:
    async with edit(options={"mode": "companion", "peers": ["ty"]}) as editor:
        assert {"references", "workspace_symbol"} <= declared(editor.capabilities)
        found = await editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("area"))
        assert {types_path(one.location.uri).name for one in found or ()} == {"lib.rs"}


@pytest.mark.parametrize(("peer", "suffix"), [("ty", ".rs"), ("rust-analyzer", ".py")])
async def test_what_another_server_answers_leaves_no_gap(edit: Edit, peer: str, suffix: str) -> None:
    """The best hundred are ours, not what is left of a hundred."""
    async with edit(options={"mode": "companion", "peers": [peer]}) as editor:
        editor.open("app/many.py", "".join(f"def area_{number}(): ...\n" for number in range(150)))
        found = await editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("are"))
        assert {types_path(one.location.uri).suffix for one in found or ()} == {suffix}
        assert len(found or ()) == (100 if suffix == ".py" else 2)


async def test_memory_is_told(edit: Edit) -> None:
    async with edit(indexed=False) as editor:
        told = as_plain(await editor.client.workspace_execute_command_async(types.ExecuteCommandParams("isg.memory")))
        assert told["bytes"] is None or 5_000_000 < told["bytes"] < 1_000_000_000


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_a_capability_that_is_off_is_not_declared(name: str) -> None:
    key = "".join(part.title() if at else part for at, part in enumerate(name.split("_")))
    settings, messages = merge({"capabilities": {key: False}})
    features = ClientFeatures.of(types.ClientCapabilities())
    assert declared(server_capabilities(features, settings)) == PROVIDERS - {name}
    assert messages == []


async def test_a_request_that_is_off_is_unknown(edit: Edit) -> None:
    async with edit(options={"capabilities": {"hover": False}}) as editor:
        params = types.HoverParams(editor.document(USE), types.Position(0, 0))
        with pytest.raises(JsonRpcException) as caught:
            await editor.client.text_document_hover_async(params)
        assert caught.value.code == -32601


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [(None, "utf-16"), (["utf-8", "utf-16"], "utf-16"), (["utf-8"], "utf-8"), (["utf-32"], "utf-32")],
)
async def test_the_position_encoding(edit: Edit, offered: Any, chosen: str) -> None:
    async with edit(encodings=offered, indexed=False) as editor:
        assert editor.encoding == chosen


async def shown(editor: Any, part: str) -> str:
    """The first message to the user that holds `part`."""
    while True:
        for message in editor.client.messages:
            if part in message.message:
                return str(message.message)
        await asyncio.sleep(0.02)


async def test_a_wrong_option_is_told(edit: Edit) -> None:
    async with edit(options={"maxFileSize": -1}) as editor:
        told = await shown(editor, "isg.maxFileSize")
        assert told == "isg.maxFileSize: -1 is not allowed, it must be a whole number of at least 1; 2000000 is used"
        assert await editor.definition(USE, "shape.|area") == ["app/shapes.py:4: area"]


async def test_the_configuration_overrides_the_options(edit: Edit) -> None:
    configuration = {"isg": {"exclude": ["app/use.py"]}}
    async with edit(options={"exclude": ["app/shapes.py"]}, configuration=configuration) as editor:
        status = await editor.status()
        assert status["documents"]["python"] == 2
        found = await editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("Square"))
        assert "Square" in {one.name for one in found or ()}


async def test_a_changed_configuration_is_pulled_again(edit: Edit) -> None:
    async with edit(configuration={"isg": {}}) as editor:
        assert (await editor.status())["documents"]["python"] == 3
        editor.client.set_configuration(["app/**"], section="isg.exclude")
        editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
        status = types.ExecuteCommandParams("isg.status")
        while True:  # for a moment there is no root: it is opened anew
            told = as_plain(await editor.client.workspace_execute_command_async(status))
            if told and not told[0]["documents"].get("python"):
                break
            await asyncio.sleep(0.02)


async def test_the_project_file_has_the_last_word(edit: Edit, workspace: Path) -> None:
    (workspace / "isg.toml").write_text('exclude = ["src/**"]\njobs = 3\n')
    async with edit(options={"exclude": ["app/**"]}) as editor:
        assert (await editor.status())["documents"] == {"python": 3}
        assert "jobs can't be set by a project file" in await shown(editor, "isg.toml")


async def test_the_log_names_no_traceback(edit: Edit) -> None:
    async with edit() as editor:
        with pytest.raises(JsonRpcException) as caught:
            await editor.client.workspace_execute_command_async(
                types.ExecuteCommandParams("isg.reindex", ["file:///elsewhere"])
            )
        assert caught.value.message == "file:///elsewhere lies in no open folder"
        assert caught.value.data is None
