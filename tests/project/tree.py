"""The files of this repository that people wrote, for the tests about the tree itself."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_SKIPPED = frozenset({".git", ".venv", "node_modules", "target", "build", "dist", "corpora", "__pycache__"})


@cache
def files() -> tuple[Path, ...]:
    """Every file that is, or is about to be, under version control, in order."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        found = [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
    else:  # an sdist has no repository
        found = [path for path in ROOT.rglob("*") if not _SKIPPED & set(path.relative_to(ROOT).parts)]
    return tuple(sorted(path for path in found if path.is_file()))


def files_of(*suffixes: str, outside: tuple[str, ...] = ()) -> list[Path]:
    """The files with these endings, but for those in some folders."""
    return [
        path
        for path in files()
        if path.suffix in suffixes and not path.relative_to(ROOT).as_posix().startswith(outside or ("\0",))
    ]


def shown(path: Path) -> str:
    """A path for a message."""
    return path.relative_to(ROOT).as_posix()
