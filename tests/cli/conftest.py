"""A small workspace in two languages, a private cache, and two ways to run `isg`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from isg_server.cli import main

FILES = {
    "app/__init__.py": "",
    "app/shapes.py": """class Shape:
    def area(self) -> float:
        raise NotImplementedError


class Square(Shape):
    def area(self) -> float:
        return 1.0


def helper() -> Shape:
    return Square()
""",
    "app/other.py": """from app.shapes import Shape


def helper(shape: Shape) -> float:
    ü = shape.area(); return shape.area()
""",
    "rust/Cargo.toml": '[package]\nname = "rusty"\nversion = "0.1.0"\nedition = "2021"\n',
    "rust/src/lib.rs": """pub trait Draw {
    fn draw(&self);
}

pub struct Canvas;

impl Draw for Canvas {
    fn draw(&self) {}
}
""",
}

Isg = Callable[..., "subprocess.CompletedProcess[str]"]


@dataclass
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test alone, for commands in this process and in others."""
    directory = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(directory))
    monkeypatch.delenv("ISG_TRACEBACK", raising=False)
    return directory


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The workspace, which is the current directory too."""
    root = write_files(tmp_path / "workspace", FILES)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def isg(cache: Path) -> Isg:
    """Run `isg` as a process of its own."""

    def run(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "isg_server.cli", *map(str, arguments)]
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            command, **{"capture_output": True, "text": True, "timeout": 60, "env": environment, **options}
        )

    return run


@pytest.fixture
def isg_here(cache: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run `isg` in this process, which is faster."""

    def run(*arguments: str | Path) -> Outcome:
        code = main([*map(str, arguments)])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run


def write_files(root: Path, files: Mapping[str, str]) -> Path:
    """Make a directory with these files."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return root
