"""The log: its form, what must never be in it, where it goes, and what a client that traces is told."""

from __future__ import annotations

import asyncio
import logging
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lsprotocol import types

from isg_analysis import IsgError
from isg_server.log_file import SharedFileHandler
from isg_server.logs import LineFormatter, Logs, Stages, record
from server.conftest import Editor, opened

SECRET = "pa$$w0rd = 'é'"


class Kept(logging.Handler):
    """Keeps formatted lines."""

    def __init__(self) -> None:
        super().__init__()
        self.shape = LineFormatter()
        self.setFormatter(self.shape)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def pairs(self) -> list[dict[str, str]]:
        """Each line's pairs; a shell's words are those of the form, but for escapes."""
        return [dict(word.split("=", 1) for word in shlex.split(line)) for line in self.lines]


@pytest.fixture
def log() -> logging.Logger:
    return logging.Logger("isg.test", logging.DEBUG)


@pytest.fixture
def kept(log: logging.Logger) -> Kept:
    handler = Kept()
    log.addHandler(handler)
    return handler


def test_a_record_is_one_line_of_pairs(log: logging.Logger, kept: Kept) -> None:
    record(log, logging.INFO, "all done", root="/w/a b", files=3, whole=True, none=None)
    (told,) = kept.pairs()
    assert told.pop("time").endswith("Z")
    assert told.pop("pid").isdigit()
    assert told == {
        "level": "info", "logger": "isg.test", "message": "all done", "root": "/w/a b", "files": "3", "whole": "true",
    }  # fmt: skip


def test_a_value_can_neither_end_a_line_nor_begin_a_pair(log: logging.Logger, kept: Kept) -> None:
    log.warning("%s", 'x" level=info\nlevel=debug \x1b[31m\u2028')
    (line,) = kept.lines
    assert line.endswith(r'message="x\" level=info\nlevel=debug \u001b[31m\u2028"')
    assert len(line.splitlines()) == 1


def raised(error: Exception, log: logging.Logger) -> None:
    try:
        raise error
    except Exception:
        log.exception("it failed")


def test_a_failure_names_places_of_ours_and_no_text(log: logging.Logger, kept: Kept) -> None:
    raised(KeyError(SECRET), log)
    (told,) = kept.pairs()
    assert told["error"] == "KeyError"
    assert "error_message" not in told
    assert told["trace"].startswith("tests/server/test_logs.py:")
    assert "w0rd" not in kept.lines[0]


@pytest.mark.parametrize("error", [IsgError("the disk is full"), OSError(28, "the disk is full")])
def test_a_failure_that_was_put_into_words_is_told(log: logging.Logger, kept: Kept, error: Exception) -> None:
    raised(error, log)
    assert "the disk is full" in kept.pairs()[0]["error_message"]


def test_a_verbose_trace_wants_all_of_it(log: logging.Logger, kept: Kept) -> None:
    kept.shape.verbose = True
    raised(KeyError("name"), log)
    assert kept.pairs()[0]["error_message"] == "'name'"


def test_stages_add_up() -> None:
    stages = Stages()
    for name in ("read", "link", "read"):
        stages.end(name)
    took = stages.milliseconds()
    assert list(took) == ["ms", "read_ms", "link_ms"]
    assert took["ms"] >= took["read_ms"] + took["link_ms"] - 0.002


def write(handler: logging.Handler, text: str) -> None:
    handler.emit(logging.LogRecord("isg", logging.INFO, "", 0, text, None, None))


def test_a_full_log_file_is_put_aside_and_few_are_kept(tmp_path: Path) -> None:
    handler = SharedFileHandler(tmp_path / "isg.log", 100, 2)
    for number in range(50):
        write(handler, f"{number:030}")
    handler.close()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["isg.log", "isg.log.1", "isg.log.2"]
    assert all(one.stat().st_size <= 100 for one in tmp_path.iterdir())


def test_two_servers_share_a_log_file(tmp_path: Path) -> None:
    first, second = (SharedFileHandler(tmp_path / "isg.log", 100, 2) for _ in range(2))
    for number in range(6):
        write(first, f"first {number:024}")
        write(second, f"second {number:023}")
    (tmp_path / "isg.log").unlink()
    write(second, "made anew")
    for handler in (first, second):
        handler.close()
    assert (tmp_path / "isg.log").read_text() == "made anew\n"


@pytest.fixture
def logs() -> Iterator[Logs]:
    root, level = logging.getLogger(), logging.getLogger("isg").level
    handlers, tells = list(root.handlers), logging.raiseExceptions
    made = Logs()
    yield made
    made.close()
    root.handlers[:] = handlers
    logging.raiseExceptions = tells
    logging.getLogger("isg").setLevel(level)


def test_a_log_file_that_cannot_be_is_told_and_forgotten(logs: Logs, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "is not absolute" in (logs.configure("info", "isg.log", verbose=False) or "")
    assert "can't be written" in (logs.configure("info", str(tmp_path / "file" / "x.log"), verbose=False) or "")
    assert logs.configure("info", None, verbose=False) is None


class Traces:
    """What a client is told of requests."""

    def __init__(self, editor: Editor) -> None:
        self.told: list[types.LogTraceParams] = []
        editor.client.feature(types.LOG_TRACE)(lambda params: self.take(params))

    def take(self, params: types.LogTraceParams) -> None:
        if params.message.startswith("textDocument/"):
            self.told.append(params)

    async def first(self, count: int) -> list[types.LogTraceParams]:
        while len(self.told) < count:
            await asyncio.sleep(0.02)
        return self.told


async def test_the_log_and_the_trace_of_a_session(workspace: Path, environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "logs" / "isg.log"
    options = {"logFile": str(file), "logLevel": "debug"}
    async with asyncio.timeout(60), opened(workspace, environment, options=options) as editor:
        asked, traces = ("app/use.py", "shape.|area"), Traces(editor)
        await editor.definition(*asked)
        editor.client.set_trace(types.SetTraceParams(types.TraceValue.Messages))
        await editor.definition(*asked)
        (brief,) = await traces.first(1)
        assert brief.message.startswith("textDocument/definition: answered in ")
        assert brief.verbose is None
        editor.client.set_trace(types.SetTraceParams(types.TraceValue.Verbose))
        await editor.definition(*asked)
        _, full = await traces.first(2)
        assert "answered_ms=" in (full.verbose or "")
        assert '"line":' in (full.verbose or "")
        editor.client.set_trace(types.SetTraceParams(types.TraceValue.Off))
        editor.open("app/use.py", editor.text("app/use.py") + "pass_phrase = 1\n")
        await editor.definition(*asked)
    lines = [dict(word.split("=", 1) for word in shlex.split(line)) for line in file.read_text("utf-8").splitlines()]
    requests = [line for line in lines if line["message"] == "textDocument/definition"]
    assert len(requests) == 4
    assert {"gathered_ms", "waited_ms", "answered_ms", "encoded_ms", "ms"} <= requests[0].keys()
    indexed = next(line for line in lines if "extract_ms" in line)
    assert {"discover_ms", "link_ms"} <= indexed.keys()
    assert next(line for line in lines if line["message"] == "took in a text")["path"] == "app/use.py"
    assert "pass_phrase" not in file.read_text("utf-8")


async def test_standard_error_has_the_same_form(workspace: Path, environment: dict[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "isg_server.cli", "serve", env=environment, stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, told = await process.communicate(b'Content-Length: 40\r\n\r\n{"jsonrpc":"2.0","id":1,"method":"shut"}')
    assert b"level=warning logger=isg pid=" in told
    assert b'message="initialize comes first"' in told
