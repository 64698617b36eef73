"""Questions that take long: given up by the client, out of time, answered in parts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from isg_server.parts import MOST as PART
from server.conftest import SERVE
from server.wire import Wire, started

CANCELLED, FAILED = -32800, -32803
SHAPES = "app/shapes.py"
SLOW = """\
import sys, time
from pathlib import Path
from isg_analysis import queries
from isg_analysis.errors import StoppedError
from isg_server import serve, tasks

tasks.MOST_BEHIND = int(sys.argv[2])
references, log = queries.references, Path(sys.argv[1])

def slow_references(view, refs, *, limits, **more):
    with log.open("a") as file:
        file.write("references\\n")
    found = references(view, refs, **more)
    while not limits.stopped():
        time.sleep(0.001)
    return queries.Answer(found.hits, truncated=True)

def endless_hover(view, document, offset, stopped):
    with log.open("a") as file:
        file.write("hover\\n")
    while True:
        time.sleep(0.001)
        view._go_on()  # asked wherever a view opens a document

queries.references, queries.hover = slow_references, endless_hover
sys.exit(serve.serve_stdio())
"""


@contextmanager
def slow_server(
    workspace: Path, environment: dict[str, str], log: Path, most_behind: int = 0, **options: Any
) -> Iterator[Wire]:
    """A server whose `references` take as long as they may, and whose `hover` never comes to an end by itself."""
    with started((sys.executable, "-c", SLOW, str(log), str(most_behind)), environment) as wire:
        wire.initialize(workspace, initializationOptions={"jobs": 1, **options})
        wire.request(1, "workspace/executeCommand", {"command": "isg.reindex"})
        yield wire


def place(workspace: Path, **more: Any) -> dict[str, Any]:
    """The name of the first class of the workspace."""
    return {
        "textDocument": {"uri": (workspace / SHAPES).as_uri()},
        "position": {"line": 0, "character": 7},
        **more,
    }


def ask(wire: Wire, identifier: int, method: str, params: Any) -> None:
    wire.send({"jsonrpc": "2.0", "id": identifier, "method": method, "params": params})


def test_a_cancelled_question_ends_and_the_queued_ones_never_begin(
    workspace: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    log, context = tmp_path / "log", {"includeDeclaration": False}
    # Nothing but the cancelling ends what is asked here.
    with slow_server(workspace, environment, log, requestTimeout=3600) as wire:
        ask(wire, 2, "textDocument/references", place(workspace, context=context))
        while not log.exists():
            assert wire.process.poll() is None
        for identifier in (3, 4):
            ask(wire, identifier, "textDocument/references", place(workspace, context=context))
        for identifier in (4, 3, 2):
            wire.notify("$/cancelRequest", {"id": identifier})
            assert wire.answer(identifier)["error"]["code"] == CANCELLED
        assert wire.request(5, "textDocument/definition", place(workspace))["result"]
        assert log.read_text().split() == ["references"]


def test_a_long_question_holds_up_neither_edits_nor_other_questions(
    workspace: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    uri = (workspace / SHAPES).as_uri()
    text = {"uri": uri, "languageId": "python", "version": 1, "text": "class Other: ...\n"}
    with slow_server(workspace, environment, tmp_path / "log", most_behind=1, requestTimeout=3600) as wire:
        ask(wire, 2, "textDocument/references", place(workspace, context={"includeDeclaration": False}))
        wire.notify("textDocument/didOpen", {"textDocument": text})
        outline = wire.request(3, "textDocument/documentSymbol", {"textDocument": {"uri": uri}})["result"]
        assert [symbol["name"] for symbol in outline] == ["Other"]
        wire.notify("$/cancelRequest", {"id": 2})
        assert wire.answer(2)["error"]["code"] == CANCELLED


def test_a_cancelled_question_without_limits_of_its_own_ends_too(
    workspace: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with slow_server(workspace, environment, log, requestTimeout=3600) as wire:
        ask(wire, 2, "textDocument/hover", place(workspace))
        while not log.exists():
            assert wire.process.poll() is None
        wire.notify("$/cancelRequest", {"id": 2})
        assert wire.answer(2)["error"]["code"] == CANCELLED
        assert wire.request(3, "textDocument/definition", place(workspace))["result"]


def test_out_of_time_the_answer_is_what_is_known(workspace: Path, environment: dict[str, str], tmp_path: Path) -> None:
    with slow_server(workspace, environment, tmp_path / "log", requestTimeout=0.5) as wire:
        found = wire.request(2, "textDocument/references", place(workspace, context={"includeDeclaration": False}))
        assert len(found["result"]) == 3
        notes = [message for message in wire.passed if message.get("method") == "window/logMessage"]
        assert "3 results, there may be more: the time" in notes[-1]["params"]["message"]
        assert wire.request(3, "textDocument/hover", place(workspace))["error"]["code"] == FAILED
        assert wire.request(4, "textDocument/definition", place(workspace))["result"]


@pytest.fixture
def wire(workspace: Path, environment: dict[str, str]) -> Iterator[Wire]:
    """A server that has indexed a workspace with very many references."""
    (workspace / "app/many.py").write_text("from app.shapes import Shape\n" + "Shape\n" * (2 * PART + 10))
    with started(SERVE, environment) as wire:
        wire.initialize(workspace, initializationOptions={"jobs": 1})
        wire.request(1, "workspace/executeCommand", {"command": "isg.reindex"})
        yield wire


def parts(wire: Wire, token: str) -> list[list[Any]]:
    """What has come under a token so far."""
    told = [message["params"] for message in wire.passed if message.get("method") == "$/progress"]
    return [params["value"] for params in told if params["token"] == token]


def test_a_long_answer_comes_in_parts(wire: Wire, workspace: Path) -> None:
    params = place(workspace, context={"includeDeclaration": True})
    whole = wire.request(2, "textDocument/references", params)["result"]
    last = wire.request(3, "textDocument/references", {**params, "partialResultToken": "part"})["result"]
    assert last == []
    found = parts(wire, "part")
    assert [len(part) for part in found] == [PART, PART, len(whole) - 2 * PART]
    assert [location for part in found for location in part] == whole


STREAMED = """\
import sys, time
from pathlib import Path
from isg_analysis import queries
from isg_server import serve

references, log = queries.references, Path(sys.argv[1])

def slow_references(view, refs, *, limits, **more):
    found = references(view, refs, limits=limits, **more)
    while not log.exists():
        time.sleep(0.001)
        limits.stopped()
    return found

queries.references = slow_references
sys.exit(serve.serve_stdio())
"""


def test_what_is_found_comes_before_the_query_ends(
    workspace: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with started((sys.executable, "-c", STREAMED, str(log)), environment) as wire:
        wire.initialize(workspace, initializationOptions={"jobs": 1, "requestTimeout": 3600})
        wire.request(1, "workspace/executeCommand", {"command": "isg.reindex"})
        params = place(workspace, context={"includeDeclaration": False})
        ask(wire, 2, "textDocument/references", {**params, "partialResultToken": "part"})
        while not parts(wire, "part"):
            wire.passed.append(wire.read())
        log.touch()
        assert wire.answer(2)["result"] == []
        whole = wire.request(3, "textDocument/references", params)["result"]
        assert [location for part in parts(wire, "part") for location in part] == whole
        assert len(whole) == 3


def test_a_short_answer_comes_at_once(wire: Wire, workspace: Path) -> None:
    for identifier, (method, params) in enumerate(
        (("workspace/symbol", {"query": "Square"}), ("textDocument/implementation", place(workspace))), start=2
    ):
        assert wire.request(identifier, method, {**params, "partialResultToken": method})["result"]
        assert parts(wire, method) == []
