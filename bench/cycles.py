"""`python -m bench.cycles CORPUS --package NAME`: knots, counts and time, beside tools that look for cycles.

Judges live in an environment of their own: `--judges PATH` is a Python that has pylint, grimp (import-linter's graph)
and pydeps; `--cargo-modules PATH` the program of that name. All are run in one go. For each: ties between modules,
knots, how many modules are in one, time; then which ties isg has and the judge not, and the other way round, by reasons
that are told by looking at the tie (`_reason`). A crate is compared with what `cargo modules dependencies` draws,
lifted to modules; its own `--acyclic` stops at a type that uses itself.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.corpus import corpus
from bench.running import BenchError, isg
from isg_analysis import Workspace
from isg_analysis.graph.knots import knots
from isg_analysis.graph.modules import module_graph
from isg_analysis.model.imports import Strength

Tie = tuple[str, str]
_PATIENCE = 1200.0
_UP_TO = {
    Strength.TYPE_ONLY: "",
    Strength.DEFERRED: ", without imports for type checkers",
    Strength.RUNTIME: ", at run time only",
}
_GRIMP = """
import json, sys, grimp
graph = grimp.build_graph(sys.argv[1], cache_dir=None)
print(json.dumps([(m, n) for m in graph.modules for n in graph.find_modules_directly_imported_by(m)]))
"""
_CYCLE = re.compile(r"Cyclic import \(([^)]*)\)")
_DRAWN = re.compile(r'^\s*"([^"]+)" -> "([^"]+)" \[label="(owns|uses)"', re.MULTILINE)
_MODULE = re.compile(r'^\s*"([^"]+)" \[label="[^"]*\b(?:crate|mod)\|', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one tool said. `found`: how many cycles, or imports on one, it lists."""

    tool: str
    ties: frozenset[Tie]
    seconds: float
    processor: float
    found: int | None = None
    whole: bool = True
    """Whether `ties` are all there are, and not only those on cycles."""


def main() -> int:
    """Print the tables; 2 when a judge can't be run."""
    parser = argparse.ArgumentParser(prog="python -m bench.cycles", description=__doc__)
    parser.add_argument("corpus", metavar="CORPUS", help="a directory, or name==version")
    parser.add_argument("--package", metavar="NAME", help="the package, for Python")
    parser.add_argument("--below", default=".", metavar="FOLDER", help="where in the corpus the package lies")
    parser.add_argument("--judges", metavar="PATH", help="a Python that has pylint, grimp and pydeps")
    parser.add_argument("--crate", action="append", default=[], metavar="NAME", help="a crate, may be repeated")
    parser.add_argument("--cargo-modules", metavar="PATH", help="the program cargo-modules")
    arguments = parser.parse_args()
    try:
        root = corpus(arguments.corpus).root / arguments.below
        with tempfile.TemporaryDirectory(prefix="isg-cycles-") as cache:
            print(f"{arguments.corpus}\n")
            if arguments.package:
                _of_package(root, arguments.package, arguments.judges, Path(cache))
            for crate in arguments.crate:
                _of_crate(root, crate, arguments.cargo_modules, Path(cache))
    except BenchError as problem:
        print(f"bench.cycles: {problem}", file=sys.stderr)
        return 2
    return 0


# -- Python


def _of_package(root: Path, package: str, judges: str | None, cache: Path) -> None:
    ours = [_isg(root, package, "python", cache, weakest) for weakest in sorted(Strength, reverse=True)]
    theirs: list[Seen] = []
    if judges is not None:
        theirs = [_grimp(root, package, judges), _pylint(root, package, judges), _pydeps(root, package, judges)]
    _table([*ours, *theirs])
    for seen in theirs:
        _differences(ours[0] if seen.whole else ours[1], seen)


def _isg(root: Path, package: str, language: str, cache: Path, weakest: Strength) -> Seen:
    """With the time of `isg check`: with no index the first time, with one then."""
    kinds = ("import-cycle", "deferred-import-cycle", "type-only-import-cycle")[: int(weakest)]
    options = [word for kind in kinds for word in ("--kind", kind)]
    command = [*isg("check", str(root), "--output-format", "json", "--exit-zero", cache=cache), *options]
    text, seconds, processor = _ran(command, root)
    ties = frozenset(
        tie
        for tie, strength in _ties(root, language, cache).items()
        if strength <= weakest and all(_is_in(name, package) for name in tie)
    )
    word = f"isg{_UP_TO[weakest]}"
    findings = [one for one in json.loads(text)["findings"] if _is_in(one["cycle"][0], package)]
    return Seen(word, ties, seconds, processor, len(findings))


def _is_in(module: str, package: str) -> bool:
    return re.split(r"\.|::", module)[0] == package


def _ties(root: Path, language: str, cache: Path) -> dict[Tie, Strength]:
    """Every tie with the strength of its strongest import."""
    with Workspace.open(root, cache=cache) as workspace, workspace.snapshot() as snapshot:
        graph = module_graph(snapshot, language)
        rows = (
            ((graph.labels[source], graph.labels[target]), strength)
            for strength in sorted(graph.ties, reverse=True)
            for source, targets in graph.ties[strength].items()
            for target in targets
        )
        return dict(rows)


def _grimp(root: Path, package: str, judges: str) -> Seen:
    text, seconds, processor = _ran([judges, "-c", _GRIMP, package], root)
    return Seen("grimp", frozenset((source, target) for source, target in json.loads(text)), seconds, processor)


def _pylint(root: Path, package: str, judges: str) -> Seen:
    options = ["--disable=all", "--enable=cyclic-import", "--score=n", "--jobs=1"]
    text, seconds, processor = _ran([judges, "-m", "pylint", *options, package], root, expected=range(32))
    cycles = [found.split(" -> ") for found in _CYCLE.findall(text)]
    ties = frozenset(tie for cycle in cycles for tie in zip(cycle, [*cycle[1:], cycle[0]], strict=True))
    return Seen("pylint", ties, seconds, processor, found=len(cycles), whole=False)


def _pydeps(root: Path, package: str, judges: str) -> Seen:
    options = ["--no-show", "--no-output", "--no-config", "--show-deps", "--max-bacon=0"]
    text, seconds, processor = _ran([judges, "-m", "pydeps", package, *options], root)
    ties = {(source, target) for source, told in json.loads(text).items() for target in told.get("imports", ())}
    return Seen(
        "pydeps", frozenset(t for t in ties if t[0] != t[1] and all(_is_in(m, package) for m in t)), seconds, processor
    )


# -- Rust


def _of_crate(root: Path, crate: str, judge: str | None, cache: Path) -> None:
    ours = _isg(root, crate.replace("-", "_"), "rust", cache, Strength.RUNTIME)
    if judge is None:
        _table([ours])
        return
    command = [judge, "dependencies", "-p", crate, "--lib", "--all-features", "--no-externs"]
    text, seconds, processor = _ran(command, root)
    modules = set(_MODULE.findall(text))
    owner = {inner: outer for outer, inner, kind in _DRAWN.findall(text) if kind == "owns"}

    def home(name: str) -> str:
        while name not in modules and name in owner:
            name = owner[name]
        return name

    uses = ((home(source), home(target)) for source, target, kind in _DRAWN.findall(text) if kind == "uses")
    apart = frozenset(tie for tie in uses if not any(f"{a}::".startswith(f"{b}::") for a, b in (tie, tie[::-1])))
    _table([ours, drawn := Seen("cargo-modules", apart, seconds, processor)])
    known = frozenset(tie for tie in ours.ties if set(tie) <= modules)
    _differences(Seen("isg", known, 0, 0), drawn)
    print(f"  in modules that are not built here: {len(ours.ties - known)} ties of isg\n")


# -- both


def _ran(command: Sequence[str], folder: Path, expected: Iterable[int] = (0,)) -> tuple[str, float, float]:
    """(output, seconds, seconds of processor time) of a command."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise BenchError(f"{command[0]}: {problem}") from problem
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in expected:
        raise BenchError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr.strip()[-2000:]}")
    return done.stdout, seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _knots(ties: Iterable[Tie]) -> list[frozenset[str]]:
    """The knots among names, large ones first."""
    names = sorted({name for tie in ties for name in tie})
    numbers = {name: number for number, name in enumerate(names)}
    graph: dict[int, set[int]] = {}
    for source, target in ties:
        graph.setdefault(numbers[source], set()).add(numbers[target])
    found = [frozenset(names[number] for number in knot) for knot in knots(graph)]
    return sorted(found, key=lambda knot: (-len(knot), min(knot)))


def _table(rows: Sequence[Seen]) -> None:
    print("| tool | ties | knots | modules in them | largest | listed | seconds | processor time |")
    print("|---|---|---|---|---|---|---|---|")
    for seen in rows:
        tied = _knots(seen.ties)
        count = f"{len(seen.ties):,}" if seen.whole else f"{len(seen.ties):,} on cycles"
        sizes = ", ".join(str(len(knot)) for knot in tied[:3])
        listed = "" if seen.found is None else f"{seen.found:,}"
        inside = sum(map(len, tied))
        times = f"{seen.seconds:.1f} | {seen.processor:.1f}"
        print(f"| {seen.tool} | {count} | {len(tied)} | {inside} | {sizes} | {listed} | {times} |")
    print()


def _differences(ours: Seen, theirs: Seen) -> None:
    """Ties that only one has, by reason, with an example each; of a tool that lists cycles, modules on them too."""
    if not theirs.whole:
        mine, other = ({name for knot in _knots(seen.ties) for name in knot} for seen in (ours, theirs))
        print(f"  modules on cycles: only {theirs.tool} {len(other - mine)}, only {ours.tool} {len(mine - other)}")
    for one, other_one in ((theirs, ours), (ours, theirs)):
        if not other_one.whole:
            continue
        ties = one.ties - other_one.ties
        by_reason: dict[str, list[Tie]] = {}
        for tie in sorted(ties):
            by_reason.setdefault(_reason(tie, one, other_one), []).append(tie)
        print(f"  only {one.tool}: {len(ties)} ties")
        for reason, found in sorted(by_reason.items(), key=lambda row: (-len(row[1]), row[0])):
            print(f"    {len(found)} {reason}: {found[0][0]} -> {found[0][1]}")
    print()


def _reason(tie: Tie, has: Seen, lacks: Seen) -> str:
    """Why only one tool has a tie, as far as names and the ties of both tell."""
    source, target = tie
    if any(not part.isidentifier() for name in tie for part in re.split(r"\.|::", name)):
        return "a name that no import statement can spell"
    theirs = {other for one, other in lacks.ties if one == source}
    if any(other.startswith(f"{target}.") for other in theirs):
        return "the package around a module that is imported"
    if any(target.startswith(f"{other}::") or (other, target) in has.ties | lacks.ties for other in theirs):
        return "where an item is defined, which the other says of the module that passes it on"
    if any(other.startswith(f"{target}::") or (target, other) in has.ties | lacks.ties for other in theirs):
        return "the module that passes an item on, which the other says of where it is defined"
    return "other"


if __name__ == "__main__":
    sys.exit(main())
