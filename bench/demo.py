"""`make demo`: isg's main job on real code, with the time of each step.

Python: libraries that are installed beside isg, copied to a temporary directory because virtual
environments are not indexed by default. Rust: the workspace under tests/workspaces/sift.
Everything happens in a temporary directory; nothing stays behind.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.corpus import documents_under
from bench.running import BenchError, isg
from bench.servers import isg_server

SIFT = Path(__file__).parent.parent / "tests" / "workspaces" / "sift"
_LIBRARIES = ("networkx", "rich", "pygls", "_pytest", "hypothesis")
_BOLD, _DIM, _RESET = ("\033[1m", "\033[2m", "\033[0m") if sys.stdout.isatty() else ("", "", "")


@dataclass(frozen=True, slots=True)
class Question:
    """One `isg query` to show, with what it is about."""

    about: str
    arguments: tuple[str, ...]


_PYTHON = (
    Question("Which classes are test nodes? Subclasses, at any depth.", ("implementations", "_pytest.nodes.Node")),
    Question("Who overrides a method of the base class?", ("implementations", "_pytest.nodes.Node.repr_failure")),
    Question("Where is it mentioned?", ("references", "_pytest.nodes.Collector", "--limit", "12")),
)
_RUST = (
    Question("What can report? Every impl of the trait, generic ones too.", ("implementations", "Report")),
    Question("How does each pattern search? Behind references, too.", ("implementations", "Pattern::find_at")),
    Question("Who calls it? Through fields, chains, closures and generics.", ("references", "Pattern::find_at")),
    Question("An ambiguous name is refused, with its candidates.", ("definition", "Pattern")),
)


def main() -> int:
    """Run the tour; 1 when a step fails."""
    with tempfile.TemporaryDirectory(prefix="isg-demo-") as name:
        directory = Path(name).resolve()
        libraries = directory / "libraries"
        _copy_libraries(libraries)
        sift = directory / "sift"
        shutil.copytree(SIFT, sift)
        try:
            _tour("Python: the libraries installed beside isg", libraries, _PYTHON, directory / "cache")
            _tour("Rust: a Cargo workspace of five crates", sift, _RUST, directory / "cache")
        except BenchError as problem:
            print(f"demo: {problem}", file=sys.stderr)
            return 1
    print("\nNext: hook isg up to your editor (README.md), or try `isg query` on code of your own.")
    return 0


def _copy_libraries(target: Path) -> None:
    for name in _LIBRARIES:
        found = importlib.util.find_spec(name)
        if found is not None and found.submodule_search_locations:
            source = Path(found.submodule_search_locations[0])
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__", "*.so", "*.pyd"))


def _tour(title: str, root: Path, questions: tuple[Question, ...], cache: Path) -> None:
    documents = documents_under(root)
    lines = sum(path.read_bytes().count(b"\n") for _, path in documents)
    print(f"\n{_BOLD}{title}{_RESET}: {len(documents):,} documents, {lines:,} lines\n")
    _show("Index it: nothing is known yet.", ("index", "."), root, cache)
    _show("What is in the index?", ("status", "."), root, cache)
    for question in questions:
        _show(question.about, ("query", *question.arguments), root, cache)
    _show("Index it again: nothing has changed.", ("index", "."), root, cache)
    _warm_server(root, cache, questions[0].arguments[1].replace("::", ".").rsplit(".", 1)[-1])


def _show(about: str, arguments: tuple[str, ...], root: Path, cache: Path) -> None:
    """Run a command as it would be typed, with its output as it comes, and tell its time."""
    print(f"{_DIM}# {about}{_RESET}\n{_BOLD}$ isg {' '.join(arguments)}{_RESET}", flush=True)
    began = time.perf_counter()
    done = subprocess.run(isg(*arguments, cache=cache), cwd=root, timeout=600, check=False)
    seconds = time.perf_counter() - began
    if done.returncode not in (0, 2):
        raise BenchError(f"isg {' '.join(arguments)}: exit code {done.returncode}")
    print(f"{_DIM}{seconds:.2f} s{_RESET}\n", flush=True)


def _warm_server(root: Path, cache: Path, name: str) -> None:
    """An editor opens the workspace: from spawning the server to its first answers."""
    print(f"{_DIM}# Open the editor: a new server on the stored index.{_RESET}\n{_BOLD}$ isg serve --stdio{_RESET}")
    began = time.perf_counter()
    server = isg_server(cache)
    with server.client(root) as client:
        client.initialize(server.options)
        symbols = client.request("workspace/symbol", {"query": name})
        seconds = time.perf_counter() - began
        print(f"workspace/symbol {name!r}: {len(symbols or ())} found, {seconds:.2f} s after the start")
        for symbol in (symbols or ())[:1]:
            path = Path(symbol["location"]["uri"].removeprefix("file://")).relative_to(root).as_posix()
            position = symbol["location"]["range"]["start"]
            where = f"{path}:{position['line'] + 1}"
            for method in ("implementation", "references"):
                asked = time.perf_counter()
                found = client.ask(f"textDocument/{method}", path, position["line"], position["character"])
                milliseconds = (time.perf_counter() - asked) * 1000
                print(f"textDocument/{method} at {where}: {len(found or ())} in {milliseconds:.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
