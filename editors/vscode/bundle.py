"""Packs the extension with a copy of isg in it, for one platform: `python bundle.py [TARGET ...]`, `all` for every one.

A target is one of vsce's; without any it is the platform of the Python that runs this. isg itself is built from this
repository; what it imports comes from the package index as wheels, at the versions and hashes of
bundled/requirements.txt. Their binary modules are named by the version of Python, so one folder has those for several.
Makes out/isg-TARGET.vsix, looks through it and tells its size; needs pip, and node_modules (`npm ci`).
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
BUNDLED = HERE / "bundled"
LIBS = BUNDLED / "libs"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
TARGETS = {
    "linux-x64": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "linux-arm64": ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"),
    "darwin-x64": ("macosx_12_0_x86_64",),
    "darwin-arm64": ("macosx_12_0_arm64",),
    "win32-x64": ("win_amd64",),
    "win32-arm64": ("win_arm64",),
}
"""What pip calls the platforms of a target. Not Alpine: for its C library there are no wheels of lmdb."""
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
EXTENSION = ("package.json", "readme.md", "changelog.md", "LICENSE.txt", "out/extension.js", "media/", "bundled/tool/")
"""All that a package has beside the copy: paths, and folders with their slash."""


def main(arguments: list[str]) -> None:
    """Exits with a sentence where a target is none or something can't be had."""
    targets = list(TARGETS) if arguments == ["all"] else arguments or [this_machine()]
    if unknown := [one for one in targets if one not in TARGETS]:
        sys.exit(f"no target: {', '.join(unknown)}; there are {', '.join(TARGETS)}")
    with tempfile.TemporaryDirectory() as scratch:
        wheel = _built(Path(scratch))
        for target in targets:
            try:
                _fill(target, wheel)
                made = _packed(target)
            finally:
                shutil.rmtree(LIBS, ignore_errors=True)  # the package without a copy is made from the same folder
            _look_through(made)
            sys.stdout.write(f"{made.relative_to(HERE)}: {made.stat().st_size / 1e6:.2f} MB\n")


def this_machine() -> str:
    """The target of the platform that this runs on."""
    system = {"linux": "linux", "darwin": "darwin", "win32": "win32"}[sys.platform]
    return f"{system}-{'arm64' if platform.machine().lower() in ('arm64', 'aarch64') else 'x64'}"


def _built(scratch: Path) -> Path:
    """The wheel of this repository."""
    _pip("wheel", "--no-deps", "--wheel-dir", scratch, REPOSITORY)
    return next(scratch.glob("*.whl"))


def _fill(target: str, wheel: Path) -> None:
    """Put the copy into LIBS."""
    shutil.rmtree(LIBS, ignore_errors=True)
    for version in PYTHONS:
        with tempfile.TemporaryDirectory() as name:
            _install(target, version, name)
            _take(Path(name))
    _pip("install", "--target", LIBS, "--no-deps", "--no-compile", wheel)
    shutil.rmtree(LIBS / "bin", ignore_errors=True)


def _install(target: str, version: str, into: str) -> None:
    platforms = [part for tag in TARGETS[target] for part in ("--platform", tag)]
    chosen = ["--python-version", version, "--implementation", "cp", "--only-binary", ":all:", *platforms]
    kept = ["--require-hashes", "--requirement", BUNDLED / "requirements.txt"]
    _pip("install", "--target", into, "--no-deps", "--no-compile", *chosen, *kept)


def _pip(*arguments: str | Path) -> None:
    if subprocess.run([*PIP, *arguments], check=False).returncode != 0:
        sys.exit("pip could not get what the copy is made of")


def _take(folder: Path) -> None:
    """Add what one version of Python has. The same file must be the same for all, but for how wheels were made."""
    for path in folder.rglob("*"):
        relative = path.relative_to(folder)
        if not path.is_file() or relative.parts[0] == "bin" or path.suffix in (".c", ".h", ".pyi"):
            continue
        place = LIBS / relative
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
        elif path.read_bytes() != place.read_bytes() and not relative.parts[0].endswith(".dist-info"):
            sys.exit(f"{relative} is not the same for all versions of Python")


def _packed(target: str) -> Path:
    made = HERE / "out" / f"isg-{target}.vsix"
    npm = shutil.which("npm") or "npm"
    command = [npm, "run", "--silent", "package", "--", "--target", target, "--out", str(made)]
    done = subprocess.run(command, cwd=HERE, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{target} could not be packed:\n{done.stdout}{done.stderr}")
    return made


def _look_through(package: Path) -> None:
    """Exit where it has anything but the extension, isg and what isg asks for: nothing of development is in it."""
    lines = (BUNDLED / "requirements.txt").read_text("utf-8").splitlines()
    wanted = {line.split("==")[0].replace("-", "_") for line in lines if "==" in line} | {"isg_lsp"}
    with zipfile.ZipFile(package) as archive:
        inside = [name.removeprefix("extension/") for name in archive.namelist() if name.startswith("extension/")]
    folders = {name.split("/")[2] for name in inside if name.startswith("bundled/libs/")}
    found = {folder.split("-")[0] for folder in folders if folder.endswith(".dist-info")}
    other = [name for name in inside if not name.startswith((*EXTENSION, "bundled/libs/"))]
    if other or found != wanted:
        sys.exit(f"{package.name} has {other or sorted(found)}, and should have {sorted(wanted)}")


if __name__ == "__main__":
    main(sys.argv[1:])
