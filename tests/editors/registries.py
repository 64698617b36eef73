"""Real code to open in editors: the sources of ripgrep and flask, from the registries of their languages.

Versions and checksums stand in `sources/`; `cargo` and `pip` keep to them. Nothing of it is kept in the repository.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

RECORDED = Path(__file__).parent / "sources"
SECONDS = 120
"""For a download; what takes longer counts as not obtainable."""
_ANY_TARGET = "x86_64-unknown-linux-gnu"
"""One platform's dependencies do: the crates wanted are the same on all."""


class Unobtainable(Exception):
    """The sources can't be had here; says why, in one line."""


def ripgrep(scratch: Path) -> Path:
    """ripgrep's workspace as its repository has it, put together from its crates. Raises Unobtainable."""
    cargo = shutil.which("cargo")
    if cargo is None:
        raise Unobtainable("ripgrep: no cargo on PATH")
    package, made = scratch / "package", scratch / "ripgrep"
    (package / "src").mkdir(parents=True)
    (package / "src" / "lib.rs").touch()
    shutil.copy(RECORDED / "ripgrep.toml", package / "Cargo.toml")
    shutil.copy(RECORDED / "ripgrep.lock", package / "Cargo.lock")
    told = _run(
        "ripgrep", [cargo, "metadata", "--locked", "--format-version", "1", "--filter-platform", _ANY_TARGET], package
    )
    folders = {one["name"]: Path(one["manifest_path"]).parent for one in json.loads(told)["packages"]}
    # The program itself is no library, so cargo gets it and does not list it: it lies beside the others.
    roots = list(folders["grep"].parent.glob("ripgrep-*.*.*"))
    locked = _locked_version("ripgrep")
    _copy(next(root for root in roots if root.name == f"ripgrep-{locked}"), made)
    for name in (
        "globset",
        "grep",
        "grep-cli",
        "grep-matcher",
        "grep-printer",
        "grep-regex",
        "grep-searcher",
        "ignore",
    ):
        _copy(folders[name], made / "crates" / name.removeprefix("grep-"))
    return _rooted(made)


def flask(scratch: Path) -> Path:
    """flask's source distribution. Raises Unobtainable."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    kept = ["--no-binary", "flask", "--require-hashes", "--requirement", str(RECORDED / "flask.txt")]
    _run("flask", [*pip, *kept, "--dest", str(scratch)], scratch)
    with tarfile.open(next(scratch.glob("flask-*.tar.gz"))) as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extractall(scratch, filter="data")
        else:  # Python 3.11.0 to 3.11.3; its hash is what was recorded
            archive.extractall(scratch)
    return _rooted(next(path for path in scratch.glob("flask-*") if path.is_dir()))


def _rooted(folder: Path) -> Path:
    """As a clone is: by this an editor knows the root of what holds several packages."""
    (folder / ".git").mkdir()
    return folder


def _run(name: str, command: list[str], folder: Path) -> str:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as problem:
        raise Unobtainable(f"{name}: {Path(command[0]).name} took too long") from problem
    if done.returncode != 0:
        raise Unobtainable(f"{name}: {(done.stderr.strip().splitlines() or ['no reason was given'])[-1]}")
    return done.stdout


def _copy(crate: Path, to: Path) -> None:
    """A crate, with the manifest that it has in its repository, which names its neighbours by path."""
    shutil.copytree(crate, to)
    shutil.copyfile(crate / "Cargo.toml.orig", to / "Cargo.toml")


def _locked_version(name: str) -> str:
    import tomllib

    packages = tomllib.loads((RECORDED / "ripgrep.lock").read_text("utf-8"))["package"]
    return str(next(one["version"] for one in packages if one["name"] == name))
