"""The program as a shell sees it: streams, exit codes, imports, a reader that goes away, Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import isg_server
from isg_server.cli import entry
from isg_server.cli.terminal import printable


def test_the_version(isg) -> None:
    done = isg("--version")
    assert (done.returncode, done.stdout) == (0, f"isg {isg_server.__version__}\n")


@pytest.mark.parametrize("arguments", [[], ["--help"], ["query", "--help"], ["export", "--help"]])
def test_help_and_no_command(isg_here, arguments: list[str]) -> None:
    done = isg_here(*arguments)
    assert done.code == (0 if arguments else 2)
    assert "usage: isg" in (done.out if arguments else done.err)


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["query", "colour", "Shape"],
        ["query", "references"],
        ["query", "references", "Shape", "--limit", "0"],
        ["index", "--jobs", "none"],
        ["index", "--jobs", "-1"],
        ["export", "scip"],
        ["export", "lsif", "-o", "x"],
        ["serve", "--stdio", "--tcp", "127.0.0.1:0"],
        ["serve", "--tcp", "localhost"],
        ["serve", "--tcp", "localhost:99999"],
    ],
)
def test_wrong_arguments_end_with_two_and_a_message(isg_here, arguments: list[str]) -> None:
    done = isg_here(*arguments)
    assert done.code == 2
    assert done.out == ""
    assert "isg" in done.err
    assert "Traceback" not in done.err


def test_plain_commands_leave_heavy_imports_alone(workspace: Path, isg) -> None:
    isg("index")
    code = (
        "import sys; from isg_server.cli import main; assert main(sys.argv[1:]) == 0;"
        "heavy = ('pygls', 'lsprotocol', 'networkx', 'rich', 'asyncio');"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    for arguments in (["query", "references", "Shape"], ["status"], ["index"]):
        done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60)
        assert done.stderr.splitlines()[-1:] == ["[]"], done.stderr


def test_the_parser_imports_nothing_of_the_analysis() -> None:
    code = "import sys, isg_server.cli; print([m for m in sys.modules if m.startswith(('isg_analysis', 'lmdb'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "[]\n"


@pytest.mark.skipif(os.name != "posix", reason="pipes as POSIX has them")
def test_a_reader_that_goes_away_is_no_error(workspace: Path, isg) -> None:
    isg("index")
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = isg("query", "references", "Shape", capture_output=False, stdout=writing, stderr=subprocess.PIPE)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(os.name != "posix", reason="pipes as POSIX has them")
def test_help_for_a_reader_that_goes_away(isg) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = isg("--help", capture_output=False, stdout=writing, stderr=subprocess.PIPE)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(os.name != "posix", reason="a shell as POSIX has it")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&-"])
def test_streams_closed_from_the_start(workspace: Path, cache: Path, closed: str) -> None:
    command = f"exec '{sys.executable}' -m isg_server.cli status {closed}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_an_output_that_is_full(workspace: Path, isg) -> None:
    with open("/dev/full", "w") as full:
        done = isg("status", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.endswith("No space left on device")


def test_a_defect_is_one_line_and_101(workspace: Path, isg_here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry.status, "root_of", lambda _: 1 // 0)
    done = isg_here("status")
    assert done.code == 101
    assert re.fullmatch(
        r"isg: internal error: ZeroDivisionError: .*Please report it at https://.*--traceback\n", done.err
    )
    with_traceback = isg_here("status", "--traceback")
    assert with_traceback.code == 101
    assert "Traceback (most recent call last)" in with_traceback.err


def test_the_environment_can_ask_for_tracebacks(workspace: Path, isg_here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry.status, "root_of", lambda _: 1 // 0)
    monkeypatch.setenv("ISG_TRACEBACK", "1")
    assert "Traceback" in isg_here("status").err


def test_a_failing_file_operation_is_two(workspace: Path, isg_here, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> Path:
        raise OSError(28, "No space left on device", "/somewhere")

    monkeypatch.setattr(entry.status, "root_of", full)
    done = isg_here("status", "--json")
    assert done.code == 2
    assert done.err == "isg: /somewhere: No space left on device\n"
    assert json.loads(done.out)["error"]["message"] == "/somewhere: No space left on device"


def test_control_characters_never_reach_the_terminal() -> None:
    assert printable("a\x1b[31mb\nc\u202e") == "a\\x1b[31mb\\nc\\u202e"
    assert printable("größe — π") == "größe — π"


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_interrupting_keeps_what_is_stored(workspace: Path, isg, cache: Path) -> None:
    code = (
        "import os, signal, sys\n"
        "from isg_analysis import Workspace\n"
        "index = Workspace.index\n"
        "def interrupted(self, **options):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    return index(self, **options)\n"
        "Workspace.index = interrupted\n"
        "from isg_server.cli import main\n"
        "sys.exit(main(['index']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 128 + signal.SIGINT
    assert done.stderr == "isg: interrupted; what was indexed so far is kept\n"
    assert isg("index").returncode == 0
