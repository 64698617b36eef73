"""What the README says for Emacs and Vim, in the real programs, over stdio: Eglot, and ALE."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from project.tree import ROOT
from server.conftest import FILES, write

HERE = Path(__file__).parent
SECONDS = 120
ALE = Path("/usr/share/vim/vimfiles/pack/dist-bundle/opt/ale")
CYCLE = "Import cycle: app.c -> app.d -> app.c"
CODE = {
    "app/__init__.py": "",
    "app/c.py": """\
"é😀"; import app.d
from abc import ABC, abstractmethod


class Base(ABC):
    @abstractmethod
    def run(self): ...


class More(Base):
    def run(self): return "é😀"
""",
    "app/d.py": "import app.c\n",
    "src/lib.rs": FILES["src/lib.rs"],
}


def snippet(title: str, language: str) -> str:
    """The README's lines for an editor."""
    readme = (ROOT / "README.md").read_text("utf-8")
    return readme.split(f"**{title}")[1].split(f"```{language}\n")[1].split("```")[0]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "home").mkdir()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # where `isg` is
    home = str(tmp_path / "home")
    return dict(os.environ) | {"HOME": home, "XDG_CACHE_HOME": f"{home}/cache", "PATH": path}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    made = write(tmp_path / "space", CODE)
    (made / ".git").mkdir(exist_ok=True)
    (made / ".git" / "HEAD").write_text("ref: refs/heads/main\n", "utf-8")  # Emacs looks for more than the folder
    return made


def has_eglot() -> bool:
    """Emacs 29 has it; for older versions it is a package."""
    if shutil.which("emacs") is None:
        return False
    loading = """(progn (require 'package) (setq package-directory-list '("/usr/share/emacs/site-lisp/elpa"))
        (package-initialize) (kill-emacs (if (require 'eglot nil t) 0 1)))"""
    command = ["emacs", "--batch", "-Q", "--eval", loading]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


@pytest.mark.skipif(not has_eglot(), reason="no Emacs with Eglot")
def test_emacs(tmp_path: Path, workspace: Path, environment: dict[str, str]) -> None:
    setup = tmp_path / "setup.el"
    setup.write_text(snippet("Emacs", "elisp"), "utf-8")
    command = ["emacs", "--batch", "-Q", "-l", HERE / "emacs.el", "--", setup, workspace / "app" / "c.py", "run(self)"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    diagnostics, implementations = done.stdout.splitlines()
    assert CYCLE in diagnostics
    assert implementations == '("c.py:7" "c.py:11")'


@pytest.mark.skipif(shutil.which("vim") is None or not ALE.is_dir(), reason="no Vim with ALE")
def test_vim(tmp_path: Path, workspace: Path, environment: dict[str, str]) -> None:
    setup, out, file = tmp_path / "setup.vim", tmp_path / "out.json", workspace / "app" / "c.py"
    setup.write_text(snippet("Vim** (ALE)", "vim"), "utf-8")
    other, place = str(workspace / "src" / "lib.rs"), "area(&self) -> f64;"
    given = {
        "ISG_SETUP": str(setup),
        "ISG_OUT": str(out),
        "ISG_FILE": str(file),
        "ISG_OTHER": other,
        "ISG_PLACE": place,
    }
    command = ["vim", "-N", "-u", HERE / "vim.vim", "--not-a-term", "-es"]
    subprocess.run(command, env=environment | given, timeout=SECONDS, check=False, cwd=workspace)
    told = json.loads(out.read_text("utf-8"))
    assert "problem" not in told, told
    assert CYCLE in str(told["diagnostics"])
    assert told["at"] == "lib.rs:3"
