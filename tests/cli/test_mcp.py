"""`isg mcp`: the Model Context Protocol as agents speak it, and what the tools say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cli.conftest import write_files
from isg_analysis import Workspace, WorkspaceError
from isg_server.graph_params import BlastRadiusParams, ContextParams
from isg_server.mcp.freshness import Freshness
from isg_server.mcp.protocol import REVISIONS, Conversation, ToolError
from isg_server.mcp.tools import GraphTools, schema

COMMAND = [sys.executable, "-m", "isg_server.cli", "mcp"]


def never() -> bool:
    return False


class Agent:
    """One end of a conversation."""

    def __init__(self, reader: Any, writer: Any) -> None:
        self._reader, self._writer = reader, writer
        self._number = 0

    def send(self, line: bytes) -> None:
        self._writer.write(line + b"\n")
        self._writer.flush()

    def receive(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._reader.readline())
        return found

    def ask(self, method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        self._number += 1
        message = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params or {}}
        self.send(json.dumps(message).encode())
        answer = self.receive()
        assert answer["id"] == self._number
        return answer

    def tell(self, method: str, params: Mapping[str, Any]) -> None:
        self.send(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}).encode())

    def call(self, tool: str, **arguments: Any) -> str:
        result = self.ask("tools/call", {"name": tool, "arguments": arguments})["result"]
        (content,) = result["content"]
        assert content["type"] == "text"
        return f"error: {content['text']}" if result["isError"] else content["text"]

    def close(self) -> None:
        self._writer.close()


@pytest.fixture
def served(workspace: Path, cache: Path) -> Iterator[Workspace]:
    with Workspace.open(workspace, cache=cache) as opened:
        yield opened


@pytest.fixture
def agent(served: Workspace) -> Iterator[Agent]:
    """An agent that talks to the server in this process."""
    to_server, from_agent = os.pipe()
    to_agent, from_server = os.pipe()
    with (
        Freshness(served) as freshness,
        os.fdopen(to_server, "rb", buffering=0) as reader,
        os.fdopen(from_server, "wb", buffering=0) as writer,
        os.fdopen(to_agent, "rb") as answers,
        os.fdopen(from_agent, "wb") as questions,
    ):
        conversation = Conversation(reader, writer, GraphTools(served, freshness), "1")
        thread = threading.Thread(target=conversation.run)
        thread.start()
        yield Agent(answers, questions)
        questions.close()
        thread.join()


def test_the_handshake(agent: Agent) -> None:
    for revision in REVISIONS:
        result = agent.ask("initialize", {"protocolVersion": revision, "capabilities": {}, "clientInfo": {}})["result"]
        assert result["protocolVersion"] == revision
    assert (result["capabilities"], result["serverInfo"]["name"]) == ({"tools": {}}, "isg")
    assert agent.ask("initialize", {"protocolVersion": "2099-01-01"})["result"]["protocolVersion"] == REVISIONS[-1]
    agent.tell("notifications/initialized", {})
    assert agent.ask("ping")["result"] == {}


def test_every_tool_has_a_schema_that_stands_alone(agent: Agent) -> None:
    tools = {tool["name"]: tool for tool in agent.ask("tools/list")["result"]["tools"]}
    assert {"search_symbols", "definition", "implementations", "references"} < tools.keys()
    assert {"blast_radius", "dependencies", "cycles", "unreferenced", "context"} < tools.keys()
    for tool in tools.values():
        form = tool["inputSchema"]
        assert (form["type"], form["additionalProperties"]) == ("object", False)
        assert tool["description"]
        assert tool["annotations"]["readOnlyHint"]
        said = json.dumps(form)
        assert all(f'"#/$defs/{name}"' in said for name in form.get("$defs", {}))
        assert said.count("$ref") <= len(form.get("$defs", {}))


def test_the_schemas_are_those_of_the_commands() -> None:
    for params in (ContextParams, BlastRadiusParams):
        ((_, own), *_) = msgspec.json.schema_components([params])[1].items()
        offered = schema(params)["properties"]
        assert own["properties"].keys() - offered.keys() == {"uri", "position"}
        assert all(offered[name] == own["properties"][name] for name in offered if name != "targets")


def test_what_the_tools_say(agent: Agent) -> None:
    assert agent.call("search_symbols", query="Sqre") == "app/shapes.py:6:7: class Square — class Square(Shape)"
    assert agent.call("definition", target="app/other.py:5:15").startswith("app/shapes.py:2:9: method area — def area")
    assert "impl Draw for Canvas" in agent.call("implementations", target="Draw")
    assert agent.call("references", target="Draw") == "rust/src/lib.rs:7:6: base Draw — impl Draw for Canvas {"
    assert "method area" in agent.call("callees", target="app/other.py:4:5")
    assert "Square" in agent.call("subtypes", target="Shape")
    assert "symbols depend on it" in agent.call("blast_radius", targets=["Shape"])
    assert "app.shapes" in agent.call("dependencies", targets=["app/other.py"])
    assert agent.call("cycles") == "no cycles"
    assert "class Square(Shape):" in agent.call("context", targets=["Square"], budget=500)
    assert agent.call("unreferenced", least="low", limit=1).endswith("Only the first 1 are listed.")


def test_several_targets_are_told_apart(agent: Agent) -> None:
    said = agent.call("blast_radius", targets=["Shape", "Canvas"], limit=1).splitlines()
    assert [line for line in said if line.endswith(":")] == ["Shape:", "Canvas:"]


def test_what_cannot_be_answered_is_said_to_the_model(agent: Agent) -> None:
    assert (
        agent.call("definition", target="Sqare")
        == "error: 'Sqare': no symbol has this name\ndid you mean: Square, area, Shape"
    )
    assert "helper" in agent.call("definition", target="helper")
    assert agent.call("definition", target="helper").startswith("error: 'helper' is the name of 2 symbols")
    assert agent.call("context", targets=[]) == "error: give 1 to 50 targets"
    assert agent.call("context", targets=["Square"], budget=0).startswith("error: Expected `int` >= 1")
    assert agent.call("context", targets=["Square"], budget=10).startswith("error: 10 tokens do not hold")
    assert agent.call("context", targets=["Square"], uri="file:///x") == "error: there is no argument uri"
    assert "nonsense" in agent.call("cycles", kinds=["nonsense"])


@pytest.mark.parametrize("path", ["../secret.py", "/etc/passwd", "app/../../secret.py", "~/secret.py", "~root/x.py"])
def test_no_path_leads_out_of_the_workspace(agent: Agent, workspace: Path, path: str) -> None:
    write_files(workspace.parent, {"secret.py": "class Secret: ...\n"})
    for said in (agent.call("definition", target=f"{path}:1:7"), agent.call("context", targets=[path])):
        assert said.startswith(f"error: {path}")
        assert said.endswith(f": not inside the workspace {workspace}")


def test_answers_are_bounded(agent: Agent, workspace: Path) -> None:
    write_files(workspace, {"many.py": "".join(f"class Many{number}: ...\n" for number in range(700))})
    lines = agent.call("search_symbols", query="Many", limit=10_000).splitlines()
    assert (len(lines), lines[-1]) == (501, "Only the first 500 are listed.")


def test_what_was_written_meanwhile_is_known(agent: Agent, workspace: Path) -> None:
    assert agent.call("search_symbols", query="Triangle").startswith("error: ")
    write_files(workspace, {"app/more.py": "class Triangle: ...\n"})
    assert agent.call("definition", target="Triangle") == "app/more.py:1:7: class Triangle — class Triangle"


def test_an_index_that_is_not_ready_is_said(served: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with Freshness(served) as freshness:
        assert freshness.wait(never)
        monkeypatch.setattr(freshness, "wait", lambda _: False)
        said = GraphTools(served, freshness).call("definition", {"target": "Square"}, never)
    assert said.splitlines()[-1] == "The index is still being made: this answer may be incomplete."


def test_a_wait_ends_with_its_patience(served: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(served, "index", lambda **_: go_on.wait())
    with Freshness(served) as freshness:
        assert not freshness.wait(never, 0.01)
        assert not freshness.wait(lambda: True)
        go_on.set()
        assert freshness.wait(never)


def test_what_goes_wrong_with_the_index_is_said(served: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> None:
        raise WorkspaceError("the index can't be written: no room")

    monkeypatch.setattr(served, "index", fail)
    with Freshness(served) as freshness, pytest.raises(ToolError, match="no room"):
        GraphTools(served, freshness).call("cycles", {}, never)


def test_messages_that_are_none(agent: Agent) -> None:
    agent.send(b"not json")
    assert agent.receive()["error"]["code"] == -32700
    agent.send(b'[{"jsonrpc": "2.0"}]')
    assert agent.receive()["error"]["code"] == -32600
    agent.send(b'{"jsonrpc": "2.0", "id": {}, "method": "ping"}')
    assert agent.receive()["error"]["code"] == -32600
    agent.send(b'\n{"jsonrpc": "2.0", "id": 7, "result": {}}')
    assert agent.ask("server/discover")["error"]["code"] == -32601
    assert agent.ask("tools/call", {"name": "nothing", "arguments": {}})["error"]["code"] == -32602
    assert agent.ask("ping")["result"] == {}


def test_a_cancelled_call_gets_no_answer(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, cancelled = threading.Event(), threading.Event()

    def wait(_: GraphTools, name: str, arguments: Mapping[str, Any], stopped: Any) -> str:
        begun.set()
        while not stopped():
            cancelled.wait(0.01)
        return "too late"

    monkeypatch.setattr(GraphTools, "call", wait)
    call = {"jsonrpc": "2.0", "id": "slow", "method": "tools/call", "params": {"name": "cycles"}}
    agent.send(json.dumps(call).encode())
    begun.wait()
    assert agent.ask("ping")["result"] == {}
    agent.tell("notifications/cancelled", {"requestId": "slow"})
    monkeypatch.setattr(GraphTools, "call", lambda *_: "next")
    assert agent.call("cycles") == "next"


def test_a_process_of_its_own_speaks_nothing_else(workspace: Path, cache: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    with subprocess.Popen(COMMAND, stdin=-1, stdout=-1, stderr=-1, env=environment, cwd=workspace) as process:
        agent = Agent(process.stdout, process.stdin)
        assert agent.ask("initialize", {"protocolVersion": REVISIONS[-1]})["result"]["serverInfo"]["name"] == "isg"
        assert "class Square" in agent.call("definition", target="Square")
        agent.close()
        assert process.stdout is not None
        assert process.stdout.read() == b""
        assert process.wait(60) == 0


@pytest.mark.skipif(find_spec("mcp") is None, reason="the protocol's own SDK is not installed")
def test_with_the_client_of_the_protocols_own_sdk(workspace: Path, cache: Path) -> None:
    script = """
import asyncio, sys
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

async def main():
    parameters = StdioServerParameters(command=sys.argv[1], args=sys.argv[2:])
    async with stdio_client(parameters) as streams, ClientSession(*streams) as session:
        await session.initialize()
        print(len((await session.list_tools()).tools))
        print((await session.call_tool("definition", {"target": "Square"})).content[0].text)

asyncio.run(main())
"""
    command = [sys.executable, "-c", script, *COMMAND, str(workspace), "--cache-dir", str(cache)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.splitlines()[1] == "app/shapes.py:6:7: class Square — class Square(Shape)"
