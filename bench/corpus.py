"""What is measured on: a directory, or a package's source distribution from the index pip uses.

A directory is used where it is and never written to. An sdist is downloaded once, into bench/corpora.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench.running import BenchError
from isg_analysis.languages.registry import packs
from isg_analysis.workspace.discovery import discover

_DOWNLOADS = Path(__file__).parent / "corpora"


@dataclass(frozen=True)
class Corpus:
    """Source code. `name` says which, for the record: a version, or the directory's name and commit."""

    name: str
    root: Path

    @cached_property
    def files(self) -> list[tuple[str, Path]]:
        """(language, path) of every document, as isg itself discovers them."""
        return documents_under(self.root)

    @cached_property
    def lines(self) -> int:
        """Lines of all documents together."""
        return sum(path.read_bytes().count(b"\n") for _, path in self.files)


def documents_under(root: Path) -> list[tuple[str, Path]]:
    """(language, path) of every document of a directory."""
    return [(found.language, root / found.path) for found in discover(root, packs()).documents]


def corpus(text: str, scratch: Path | None = None) -> Corpus:
    """A corpus by path or `name==version`; with `*N` behind it, N documents made of copies of it, below `scratch`.

    Raises BenchError.
    """
    base, star, count = text.rpartition("*")
    if star and count.isascii() and count.isdigit() and scratch is not None:
        return _copied(corpus(base, scratch), int(count), scratch / "copies")
    root = Path(text).expanduser()
    if root.is_dir():
        return Corpus(_recorded(root.resolve()), root.resolve())
    if "==" not in text:
        raise BenchError(f"{text}: neither a directory nor of the form name==version")
    return Corpus(text, _downloaded(text))


def _recorded(root: Path) -> str:
    commit = subprocess.run(
        ["git", "-C", str(root), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return f"{root.name} at {commit.stdout.strip()}" if commit.returncode == 0 else root.name


def _downloaded(requirement: str) -> Path:
    target = _DOWNLOADS / requirement
    if target.is_dir():
        return target
    with tempfile.TemporaryDirectory() as name:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        done = subprocess.run([*pip, "--dest", name, requirement], check=False)
        found = sorted(Path(name).glob("*.tar.gz"))
        if done.returncode != 0 or not found:
            raise BenchError(f"{requirement}: pip could not download its source distribution")
        partial = _DOWNLOADS / f".{requirement}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        with tarfile.open(found[0]) as archive:
            archive.extractall(partial, filter="data")
    return partial.rename(target)


def _copied(base: Corpus, count: int, into: Path) -> Corpus:
    """So many documents: copies whose top-level folders have names of their own, also where they are imported."""
    files = [(path, path.relative_to(base.root)) for _, path in base.files]
    if not files:
        raise BenchError(f"{base.name} has no documents to copy")
    tops = {relative.parts[0] for _, relative in files if len(relative.parts) > 1}
    imported = re.compile(rb"(?m)^(\s*(?:from|import|use) )(%s)\b" % b"|".join(re.escape(top.encode()) for top in tops))
    for number in range(count):
        path, relative = files[number % len(files)]
        copy = f"_{number // len(files)}"
        first, *rest = relative.parts
        target = into.joinpath(f"{first}{copy}", *rest) if rest else into / f"root{copy}" / first
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_bytes()
        target.write_bytes(imported.sub(rb"\1\2" + copy.encode(), text) if tops else text)
    return Corpus(f"{count:,} documents of {base.name}", into)
