"""Generated code that is kept between starts: the same as compiled anew, and never from a file that is not ours."""

from __future__ import annotations

import ast
import builtins
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from isg_server import compiled
from isg_server.compiled import KeptCode, kept_in
from server.wire import started

SOURCE = "def f(x: T) -> T:\n    return x\n"
NAME = "<generated f>"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "code" / "file"


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of what is really compiled."""
    names: list[str] = []
    compiling: Callable[..., Any] = builtins.compile

    def compile_(source: Any, filename: Any, *more: Any, **named: Any) -> Any:
        if filename in (NAME, "other"):
            names.append(filename)
        return compiling(source, filename, *more, **named)

    monkeypatch.setattr(builtins, "compile", compile_)
    yield names
    assert builtins.compile is compile_


def once(file: Path, *sources: str) -> list[Any]:
    """What a process would do that compiles these."""
    kept = KeptCode(file)
    kept.begin()
    try:
        return [compile(source, NAME, "exec") for source in sources]
    finally:
        kept.end()


def test_what_one_process_compiled_the_next_need_not(file: Path, counted: list[str]) -> None:
    first, second = once(file, SOURCE), once(file, SOURCE)
    assert counted == [NAME]
    assert first == second
    assert second[0].co_filename == NAME


def test_another_source_or_name_is_another_code(file: Path, counted: list[str]) -> None:
    once(file, SOURCE)
    kept = KeptCode(file)
    kept.begin()
    other, named = compile(SOURCE + "#", NAME, "exec"), compile(SOURCE, "other", "exec")
    kept.end()
    assert counted == [NAME, NAME, "other"]
    assert named.co_filename == "other"
    assert other.co_filename == NAME
    once(file, SOURCE, SOURCE + "#")
    assert len(counted) == 3


def test_the_future_features_of_the_caller_count(file: Path) -> None:
    """`compile` takes them over from the module that calls it: here annotations are not evaluated."""
    lazy: dict[str, Any] = {}
    eager: dict[str, Any] = {"T": int}
    plain = compile(f"code = compile({SOURCE!r}, {NAME!r}, 'exec')", "plain", "exec", dont_inherit=True)
    for _ in range(2):
        (code,) = once(file, SOURCE)
        exec(code, lazy)
        assert lazy["f"].__annotations__ == {"x": "T", "return": "T"}
        kept = KeptCode(file)
        kept.begin()
        exec(plain, eager)
        kept.end()
        exec(eager["code"], eager)
        assert eager["f"].__annotations__ == {"x": int, "return": int}


def test_what_is_not_generated_source_is_compiled_as_always(file: Path) -> None:
    kept = KeptCode(file)
    kept.begin()
    assert eval(compile("1 + 1", NAME, "eval")) == 2
    assert ast.parse("x").body
    assert compile(b"x = 1", NAME, "exec").co_names == ("x",)
    with pytest.raises(SyntaxError):
        compile("(", NAME, "exec")
    kept.end()
    assert not file.exists()


def test_what_holds_a_hash_of_this_process_is_not_kept(file: Path) -> None:
    once(file, "def f(): return hash((4132975999908176111,))\n")
    assert not file.exists()


@pytest.mark.parametrize("damage", ["cut", "changed", "foreign", "empty"])
def test_a_file_that_is_not_whole_is_not_read(file: Path, counted: list[str], damage: str) -> None:
    once(file, SOURCE)
    raw = file.read_bytes()
    bad = {"cut": raw[:-1], "changed": raw[:-1] + bytes([raw[-1] ^ 1]), "foreign": b"\0" * 4 + raw[4:], "empty": b""}
    file.write_bytes(bad[damage])
    once(file, SOURCE)
    assert counted == [NAME, NAME]
    once(file, SOURCE)
    assert len(counted) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="permissions")
@pytest.mark.parametrize("what", ["file", "directory"])
def test_a_file_that_others_can_write_to_is_not_read(file: Path, counted: list[str], what: str) -> None:
    once(file, SOURCE)
    (file if what == "file" else file.parent).chmod(0o777)
    once(file, SOURCE)
    assert counted == [NAME, NAME]


def test_a_place_that_can_not_be_written_is_done_without(tmp_path: Path, counted: list[str]) -> None:
    (tmp_path / "code").write_text("no directory")
    for _ in range(2):
        once(tmp_path / "code" / "file", SOURCE)
    assert counted == [NAME, NAME]


def test_more_than_can_be_of_use_is_not_carried_along(
    file: Path, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "_MOST_CODES", 2)
    once(file, "a", "b")
    once(file, "c")
    once(file, "c", "a")
    assert len(counted) == 4


COUNTING = """\
import builtins, sys
from pathlib import Path
from isg_server import serve

compiling, log = builtins.compile, Path(sys.argv[1])

def counted(source, filename, *more, **named):
    if str(filename).startswith("<attrs generated methods lsprotocol"):
        with log.open("a") as file:
            file.write("x")
    return compiling(source, filename, *more, **named)

builtins.compile = counted
sys.exit(serve.serve_stdio())
"""


def test_the_second_server_compiles_no_class_of_the_protocol(
    tmp_path: Path, workspace: Path, environment: dict[str, str]
) -> None:
    counts = []
    for name in ("first", "second"):
        log = tmp_path / name
        log.touch()
        with started((sys.executable, "-c", COUNTING, str(log)), environment) as wire:
            wire.initialize(workspace)
            assert wire.request(1, "workspace/symbol", {"query": "x"})["result"] == []
            wire.request(2, "shutdown")
            wire.notify("exit")
            assert wire.exit_code() == 0
        counts.append(len(log.read_text()))
    assert counts[0] > 300
    assert counts[1] == 0
    found = kept_in(tmp_path / "cache" / "isg" / "code")._file
    assert found.stat().st_mode & 0o777 == 0o600 or os.name == "nt"
