"""`isg doctor`: what an issue report needs, and whether anything here keeps isg from working.

Nothing private is in it: no source, no name of a file or symbol, no path below the workspace but what settings say; the
home directory is `~`, the user's name elsewhere `USER`, the workspace `WORKSPACE`. Nothing is indexed, and no program
is run but editors, for their version. Exit code 1 when there is a problem.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from isg_server import __version__
from isg_server.cli.opening import add_path, cache_of, has_index, root_of
from isg_server.cli.terminal import EXIT_DONE, EXIT_FOUND, print_json, print_line

PACKAGES = ("lmdb", "lsprotocol", "msgspec", "networkx", "platformdirs", "pygls", "rich", "tree-sitter")
EDITORS = ("nvim", "code", "codium", "hx", "emacs", "vim", "kak", "subl", "zed")
SERVERS = ("rust-analyzer", "pyright-langserver", "basedpyright-langserver", "ty", "pyrefly", "zuban",
           "jedi-language-server", "pylsp")  # fmt: skip
EXTENSIONS = (".vscode", ".vscode-server", ".vscode-oss", ".cursor")
"""Where editors of VS Code's family keep extensions, below the home directory."""
FAR = frozenset({"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs"})
"""File systems on which LMDB's locks can't be relied upon."""
LEAST_FREE = 200_000_000
SECONDS = 10
"""After which an editor need not tell its version any more."""

Report = dict[str, Any]


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = commands.add_parser("doctor", parents=[shared], help="say what an issue report needs", description=__doc__)
    add_path(parser)
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Look at everything, tell it, and say by the exit code whether there is a problem."""
    root = root_of(arguments)
    problems: list[str] = []
    chosen, settings = _settings(root, problems)
    if arguments.cache_dir is None:
        arguments.cache_dir = settings.get("isg.cacheDirectory", {}).get("value")
    report: Report = {
        "isg": __version__,
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "packages": _packages(problems),
        "languages": _languages(problems),
        "cache": _cache(root, cache_of(arguments), problems),
        "index": _index(root, arguments, chosen, problems),
        "settings": settings,
        "editors": dict(_editors()),
        "servers": [name for name in SERVERS if shutil.which(name)],
        "problems": problems,
    }
    report = Discretion(root).applied(report)
    if arguments.json:
        print_json(report)
    else:
        for line in _lines(report):
            print_line(line)
    return EXIT_FOUND if problems else EXIT_DONE


class Discretion:
    """Takes out of texts what says who or where somebody is."""

    def __init__(self, root: Path) -> None:
        self._places = [(str(root), "WORKSPACE"), (str(Path.home().resolve()), "~"), (str(Path.home()), "~")]
        name = re.escape(Path.home().name)
        self._name = re.compile(rf"(?<=[/\\]){name}(?=[/\\]|$)") if name else None

    def applied(self, value: Any) -> Any:
        """The same report, of texts that may be shown."""
        if isinstance(value, str):
            for place, word in self._places:
                if place != os.sep:
                    value = value.replace(place, word)
            return self._name.sub("USER", value) if self._name else value
        if isinstance(value, Mapping):
            return {key: self.applied(each) for key, each in value.items()}
        return [self.applied(each) for each in value] if isinstance(value, list | tuple) else value


def _settings(root: Path, problems: list[str]) -> tuple[Any, Report]:
    """The settings in force here, and those that are not the default, with where they come from."""
    from isg_server.settings import environment_settings, merge, project_settings, rows

    written, unread = project_settings(root)
    variables, unfit = environment_settings(os.environ)
    chosen, messages = merge(written, variables)
    problems += [*unread, *unfit, *messages]
    found: Report = {}
    for key, _, default, _ in rows():
        value = _value(chosen, key)
        if value != default:
            alone = _value(merge(variables)[0], key)
            found[key] = {"value": value, "from": "environment" if alone == value else "project file"}
    return chosen, found


def _value(settings: Any, key: str) -> Any:
    import msgspec

    value = msgspec.to_builtins(settings)
    for name in key.split(".")[1:]:
        value = value[name]
    return tuple(value) if isinstance(value, list) else value


def _packages(problems: list[str]) -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
            problems.append(f"the package {name} is not installed")
    return found


def _languages(problems: list[str]) -> Report:
    """Whether each grammar loads and its queries fit it: an empty document is extracted."""
    from importlib.metadata import version

    from isg_analysis.languages.registry import NAMES, pack

    found: Report = {}
    for name in NAMES:
        try:
            made = pack(name)
            made.extract(b"")
            found[name] = {"pack": made.version, "grammar": version(f"tree-sitter-{name}"), "works": True}
        except Exception as error:  # whatever a grammar of another version does
            found[name] = {"works": False}
            problems.append(f"the language {name} does not work ({type(error).__name__}: {error})")
    return found


def _cache(root: Path, chosen: Path | None, problems: list[str]) -> Report:
    from isg_analysis import Workspace

    indexes = Workspace.location(root, chosen).parent
    there = next(each for each in (indexes, *indexes.parents) if each.is_dir())
    told: Report = {
        "location": str(indexes.parent),
        "indexes": len(list(indexes.iterdir())) if indexes.is_dir() else 0,
        "bytes": _bytes_below(indexes.parent),
        "free_bytes": shutil.disk_usage(there).free,
        "file_system": _file_system(there),
    }
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        problems.append(f"the cache directory can't be written ({error.strerror or error}); isg works in memory")
    if told["free_bytes"] < LEAST_FREE:
        problems.append(f"only {_size(told['free_bytes'])} are free where indexes are kept")
    if told["file_system"] in FAR:
        problems.append(f"indexes are kept on {told['file_system']}: set isg.cacheDirectory to a local disk")
    return told


def _bytes_below(directory: Path) -> int:
    """What is really taken: LMDB's files have holes."""
    total = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            with contextlib.suppress(OSError):
                state = os.stat(os.path.join(folder, name), follow_symlinks=False)
                total += getattr(state, "st_blocks", 0) * 512 or state.st_size
    return total


def _file_system(directory: Path) -> str | None:
    """The type of the file system, where the system tells it."""
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text("utf-8", "replace").splitlines()]
    except OSError:
        return None
    above = {str(each) for each in (directory, *directory.parents)}
    found = [(len(mount[1]), mount[2]) for mount in mounts if len(mount) > 2 and mount[1] in above]
    return max(found)[1] if found else None


def _index(root: Path, arguments: argparse.Namespace, settings: Any, problems: list[str]) -> Report:
    """What `isg status` says, in numbers."""
    if not has_index(root, arguments):
        return {"indexed": False}
    from isg_analysis import IsgError, Workspace
    from isg_server.opening import index_settings

    try:
        with Workspace.open(root, cache=cache_of(arguments), settings=index_settings(settings)) as workspace:
            complete, status = workspace.complete, workspace.status()
            problems += workspace.messages
    except IsgError as error:
        problems.append(str(error))
        return {"indexed": True}
    return {
        "indexed": True,
        "complete": complete,
        "documents": status.documents,
        "linked": status.linked,
        "symbols": sum(status.symbols.values()),
        "relations": sum(status.relations.values()),
        "bytes": status.size_bytes,
        "errors": dict(sorted(Counter(error.stage for error in status.errors).items())),
        "seconds": {stage: round(seconds, 3) for stage, seconds in status.seconds.items()},
    }


def _editors() -> Iterator[tuple[str, str]]:
    """Each editor on PATH with the first line of what it says of its version; our extension in those that have one."""
    for name in EDITORS:
        program = shutil.which(name)
        if program is not None:
            yield name, _version_of(program)
    for folder in EXTENSIONS:
        for found in sorted((Path.home() / folder / "extensions").glob("isg-lsp.isg-*")):
            yield f"extension in {folder}", found.name.removeprefix("isg-lsp.isg-")


def _version_of(program: str) -> str:
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL,
            timeout=SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"does not tell its version ({type(error).__name__})"
    return next(iter(done.stdout.splitlines()), "") or f"exit code {done.returncode}"


def _lines(report: Report) -> Iterator[str]:
    """The report as people read it, and as they paste it."""
    yield f"isg {report['isg']}, {report['python']}, {report['system']}"
    yield "packages: " + _pairs(report["packages"])
    for name, language in report["languages"].items():
        works = f"pack {language['pack']}, grammar {language['grammar']}" if language["works"] else "does not work"
        yield f"{name}: {works}"
    yield from _stored_lines(report["cache"], report["index"])
    yield "settings: " + ("all are the default" if not report["settings"] else "")
    yield from (f"  {key} = {one['value']} ({one['from']})" for key, one in report["settings"].items())
    yield "editors: " + (_pairs(report["editors"]) or "none on PATH")
    yield "other language servers: " + (", ".join(report["servers"]) or "none on PATH")
    yield "no problem found" if not report["problems"] else f"problems: {len(report['problems'])}"
    yield from (f"  {problem}" for problem in report["problems"])


def _stored_lines(cache: Report, index: Report) -> Iterator[str]:
    where = f" on {cache['file_system']}" if cache["file_system"] else ""
    yield f"cache: {cache['location']}{where}, {cache['indexes']} indexes, {_size(cache['bytes'])}"
    yield f"  free: {_size(cache['free_bytes'])}"
    if "documents" not in index:
        yield "index: " + ("can't be opened" if index["indexed"] else "none for this workspace")
        return
    whole = "complete" if index["complete"] else "not complete"
    documents = sum(index["documents"].values())
    yield f"index: {whole}, {documents} documents ({index['linked']} linked), {_size(index['bytes'])}"
    yield f"  documents: {_pairs(index['documents'])}; symbols {index['symbols']}, relations {index['relations']}"
    yield f"  last run, seconds: {_pairs(index['seconds'])}; errors: {_pairs(index['errors']) or 'none'}"


def _pairs(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"
