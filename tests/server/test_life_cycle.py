"""How a session begins and ends, and what a client may get wrong without harm."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.conftest import SERVE, apart
from server.wire import SECONDS, Wire, started

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
NOT_INITIALIZED = -32002


@pytest.fixture
def wire(environment: dict[str, str]) -> Iterator[Wire]:
    with started(SERVE, environment) as wire:
        yield wire


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """A server that is initialised and has to bear all that is sent to it."""
    with started(SERVE, apart(tmp_path_factory.mktemp("lasting"))) as wire:
        wire.initialize()
        yield wire


def test_exit_after_shutdown_is_a_success(wire: Wire) -> None:
    wire.initialize()
    assert wire.request(1, "shutdown")["result"] is None
    wire.notify("exit")
    assert wire.exit_code() == 0


def test_exit_without_shutdown_is_a_failure(wire: Wire) -> None:
    wire.initialize()
    wire.notify("exit")
    assert wire.exit_code() == 1


def test_exit_before_initialize_is_a_failure(wire: Wire) -> None:
    wire.notify("exit")
    assert wire.exit_code() == 1


def test_a_client_that_hangs_up_ends_the_server(wire: Wire) -> None:
    wire.initialize()
    assert wire.exit_code() == 1


def test_initialize_declares_the_server_and_utf_16(wire: Wire) -> None:
    result = wire.initialize()["result"]
    assert result["serverInfo"]["name"] == "isg"
    assert result["capabilities"]["positionEncoding"] == "utf-16"


def test_requests_before_initialize_are_refused(wire: Wire) -> None:
    response = wire.request(7, "workspace/symbol", {"query": ""})
    assert response["error"]["code"] == NOT_INITIALIZED
    assert "result" in wire.initialize()


def test_initialize_may_come_only_once(wire: Wire) -> None:
    wire.initialize()
    assert wire.request(1, "initialize", {"processId": None, "capabilities": {}})["error"]["code"] == INVALID_REQUEST


def test_requests_after_shutdown_are_refused(wire: Wire) -> None:
    wire.initialize()
    wire.request(1, "shutdown")
    assert wire.request(2, "workspace/symbol", {"query": ""})["error"]["code"] == INVALID_REQUEST
    wire.notify("exit")
    assert wire.exit_code() == 0


@pytest.mark.parametrize(
    ("body", "identifier", "code"),
    [
        (b"{not json", None, PARSE_ERROR),
        (b"\xff\xfe\x00", None, PARSE_ERROR),
        (b"[" * 50_000, None, PARSE_ERROR),
        (b'"text"', None, PARSE_ERROR),
        ({"id": 5, "method": "shutdown"}, 5, INVALID_REQUEST),
        ({"jsonrpc": "2.0", "id": 5, "method": 7}, 5, INVALID_REQUEST),
        ({"jsonrpc": "2.0", "id": 5, "method": "textDocument/definition", "params": {"x": 1}}, 5, INVALID_PARAMS),
        ({"jsonrpc": "2.0", "id": 5, "method": "textDocument/definition", "params": [1]}, 5, INVALID_PARAMS),
        ({"jsonrpc": "2.0", "id": 5, "method": "textDocument/definition"}, 5, INVALID_PARAMS),
        ({"jsonrpc": "2.0", "id": 5, "method": "no/such"}, 5, METHOD_NOT_FOUND),
    ],
)
def test_a_malformed_message_is_answered_and_forgotten(lasting: Wire, body: Any, identifier: Any, code: int) -> None:
    lasting.send(body)
    assert lasting.answer(identifier)["error"]["code"] == code
    assert lasting.request(9, "workspace/symbol", {"query": "x"})["result"] == []


@pytest.mark.parametrize(
    "message",
    [
        {"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {"wrong": True}},
        {"jsonrpc": "2.0", "method": "no/such"},
        {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 12345}},
        {"jsonrpc": "2.0", "id": "unknown", "result": None},
        {"jsonrpc": "2.0", "id": "unknown", "error": {"code": 1, "message": "no"}},
        {"jsonrpc": "2.0", "id": 1.5, "method": "shutdown"},
        {},
        {"jsonrpc": "2.0", "method": "window/workDoneProgress/cancel", "params": {"token": 5}},
    ],
)
def test_broken_notifications_and_responses_are_passed_over(lasting: Wire, message: Any) -> None:
    lasting.send(message)
    assert lasting.request(9, "workspace/symbol", {"query": "x"})["result"] == []


def test_an_edit_of_a_document_that_is_not_open_is_passed_over(wire: Wire, workspace: Path) -> None:
    wire.initialize(workspace)
    uri = (workspace / "app/use.py").as_uri()
    wire.notify(
        "textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": ""}]}
    )
    wire.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    assert "result" in wire.request(9, "workspace/symbol", {"query": "x"})


def test_a_folder_that_does_not_exist_is_told(wire: Wire, tmp_path: Path) -> None:
    wire.initialize(tmp_path / "nowhere")
    while (message := wire.read()).get("method") != "window/showMessage":
        pass
    assert "nowhere" in message["params"]["message"]
    assert wire.request(9, "workspace/symbol", {"query": "x"})["result"] == []


def test_unknown_commands_are_refused_with_the_known_ones(wire: Wire) -> None:
    wire.initialize()
    error = wire.request(1, "workspace/executeCommand", {"command": "rm"})["error"]
    assert "isg.status" in error["message"]
    assert "data" not in error


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_the_server_ends_with_its_client(environment: dict[str, str]) -> None:
    """The client is killed, but somebody else still holds the pipe open."""
    client = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        with started(SERVE, environment) as wire:
            wire.initialize(processId=client.pid)
            assert wire.request(1, "workspace/symbol", {"query": "x"})["result"] == []
            client.send_signal(signal.SIGKILL)
            client.wait(SECONDS)
            assert wire.process.wait(SECONDS) == 1
    finally:
        client.kill()
        client.wait(SECONDS)


def test_a_client_that_can_not_be_seen_is_not_watched(wire: Wire) -> None:
    """In a container its number means nothing here."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait(SECONDS)
    wire.initialize(processId=gone.pid)
    time.sleep(1.5)
    assert wire.request(1, "workspace/symbol", {"query": "x"})["result"] == []


def test_what_a_library_prints_stays_out_of_the_protocol(environment: dict[str, str]) -> None:
    code = (
        "import os, sys, subprocess\n"
        "from isg_server import serve\n"
        "take = serve.take_stdio\n"
        "def noisy():\n"
        "    streams = take()\n"
        "    print('noise'); sys.stdout.flush(); os.write(1, b'noise')\n"
        "    subprocess.run([sys.executable, '-c', 'print(input())'])\n"
        "    return streams\n"
        "serve.take_stdio = noisy\n"
        "sys.exit(serve.serve_stdio())\n"
    )
    with started((sys.executable, "-c", code), environment) as wire:
        assert "result" in wire.initialize()
        wire.request(1, "shutdown")
        wire.notify("exit")
        assert wire.exit_code() == 0


def test_tcp_serves_one_client_on_loopback(environment: dict[str, str]) -> None:
    command = (*SERVE[:-1], "--tcp", "127.0.0.1:0")
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env=environment, text=True)
    try:
        assert process.stderr is not None
        found = re.search(r"listening on 127\.0\.0\.1:(\d+)", process.stderr.readline())
        assert found is not None
        with socket.create_connection(("127.0.0.1", int(found[1])), timeout=SECONDS) as connection:
            wire = Wire(over(connection))
            assert wire.initialize()["result"]["serverInfo"]["name"] == "isg"
            wire.request(1, "shutdown")
            wire.notify("exit")
            assert process.wait(SECONDS) == 0
    finally:
        process.kill()
        process.wait(SECONDS)
        if process.stderr is not None:
            process.stderr.close()


def over(connection: socket.socket) -> Any:
    """Something with the streams of a process, but over a socket."""

    class Streams:
        stdin = connection.makefile("wb")
        stdout = connection.makefile("rb")

    return Streams()


def test_a_port_that_is_taken_is_told_in_a_line(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = (*SERVE[:-1], "--tcp", f"127.0.0.1:{port}")
        found = subprocess.run(command, capture_output=True, env=environment, text=True, timeout=SECONDS)
    assert found.returncode == 2
    assert f"can't listen on 127.0.0.1:{port}" in found.stderr
    assert "Traceback" not in found.stderr


def test_the_process_id_of_an_ended_process_is_not_alive() -> None:
    from isg_server.parent import alive

    assert alive(os.getpid())
    assert not alive(0)
    assert not alive(-1)
    assert not alive(2**62)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_terminated_server_ends_well(wire: Wire) -> None:
    wire.initialize()
    assert wire.request(1, "workspace/symbol", {"query": "x"})["result"] == []
    wire.process.terminate()
    assert wire.process.wait(SECONDS) == 1


def test_a_defect_is_told_without_its_traceback(environment: dict[str, str], workspace: Path) -> None:
    code = (
        "import sys\n"
        "from isg_analysis import queries\n"
        "from isg_server import serve\n"
        "queries.search = lambda *_: 1 / 0\n"
        "sys.exit(serve.serve_stdio())\n"
    )
    with started((sys.executable, "-c", code), environment) as wire:
        wire.initialize(workspace)
        error = wire.request(1, "workspace/symbol", {"query": "x"})["error"]
        assert error == {"code": -32603, "message": "internal error in workspace/symbol: ZeroDivisionError"}


def test_a_request_that_takes_too_long_is_given_up(wire: Wire, workspace: Path) -> None:
    wire.initialize(workspace, initializationOptions={"requestTimeout": 1e-9})
    error = wire.request(1, "workspace/symbol", {"query": "x"})["error"]
    assert error["code"] == -32803
    assert "isg.requestTimeout" in error["message"]


def test_narrow_globs_are_watched_where_the_client_can(wire: Wire, workspace: Path) -> None:
    wire.initialize(workspace, capabilities={"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}})
    while (message := wire.read()).get("method") != "client/registerCapability":
        pass
    (registration,) = message["params"]["registrations"]
    assert registration["method"] == "workspace/didChangeWatchedFiles"
    globs = [watcher["globPattern"] for watcher in registration["registerOptions"]["watchers"]]
    assert globs[0] == "**/*.{py,pyi,rs}"
    assert "Cargo.toml" in globs[1]
    assert "isg.toml" in globs[1]
    assert len(globs) == 2


def test_the_cache_directory_of_the_command_line_wins(
    environment: dict[str, str], workspace: Path, tmp_path: Path
) -> None:
    command = (*SERVE, "--cache-dir", str(tmp_path / "ours"))
    with started(command, environment) as wire:
        wire.initialize(workspace, initializationOptions={"cacheDirectory": str(tmp_path / "theirs")})
        (found,) = wire.request(1, "workspace/executeCommand", {"command": "isg.status"})["result"]
        assert found["location"].startswith(str(tmp_path / "ours"))
        wire.request(2, "shutdown")
        wire.notify("exit")
        assert wire.exit_code() == 0
    assert sorted(path.name for path in (tmp_path / "ours").iterdir()) == ["code", "workspaces"]
    assert not (tmp_path / "theirs").exists()
