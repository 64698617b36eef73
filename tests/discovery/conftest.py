"""Small trees of files, two languages to recognise in them, and git to compare with."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from isg_analysis.workspace.discovery import Discovery, DiscoveryRules, discover


@dataclass(frozen=True)
class Language:
    name: str
    extensions: tuple[str, ...]
    file_names: tuple[str, ...] = ()
    interpreters: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()


SNAKE = Language("snake", (".py", ".pyi"), ("SConstruct",), ("python", "pypy"), ("pyproject.toml", "setup.py"))
CRAB = Language("crab", (".rs",), (), (), ("Cargo.toml", "pyproject.toml"))


@dataclass(frozen=True)
class Tree:
    """A directory of files."""

    root: Path

    def write(self, *paths: str) -> None:
        """Empty files at `paths`."""
        for path in paths:
            self.text(path, "")

    def text(self, path: str, text: str | bytes) -> None:
        """A file with a text."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode() if isinstance(text, str) else text)

    def discover(self, rules: DiscoveryRules | None = None, **options: object) -> Discovery:
        """Discovery with both languages."""
        return discover(self.root, (SNAKE, CRAB), rules, **options)  # type: ignore[arg-type]

    def documents(self, **rules: object) -> list[str]:
        """The paths of the documents under these rules."""
        return [file.path for file in self.discover(DiscoveryRules(**rules)).documents]  # type: ignore[arg-type]

    def skipped(self, **rules: object) -> dict[str, str]:
        """Path -> reason of what was left out."""
        return {row.path: row.reason for row in self.discover(DiscoveryRules(**rules)).skipped}  # type: ignore[arg-type]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    root = tmp_path / "workspace"
    root.mkdir()
    return Tree(root)


@pytest.fixture
def git(tree: Tree) -> Callable[..., str]:
    """Runs git in the tree, without the user's configuration."""
    if shutil.which("git") is None:
        pytest.skip("no git")
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "HOME": str(tree.root.parent)}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(tree.root), *arguments],
            env={**os.environ, **quiet},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    return run
