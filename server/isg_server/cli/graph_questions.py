"""Questions of `isg query` about how things hang together.

Sibling: `query` declares the command and answers the questions an editor asks, too.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isg_analysis.graph.modules import label
from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.queries import Answer, Hit, Limits, hit
from isg_analysis.queries.blast_radius import blast_radius
from isg_analysis.queries.constructors import kind_of
from isg_analysis.queries.dependencies import dependencies, dependents
from isg_analysis.queries.unreferenced import entry_points, unreferenced
from isg_analysis.resolve.names import symbol_id
from isg_analysis.resolve.program import document_of, is_binding
from isg_server.cli.answers import range_as_json
from isg_server.cli.found import Found
from isg_server.cli.targets import meaning_or_file
from isg_server.cli.terminal import Refusal

if TYPE_CHECKING:
    from isg_analysis.queries.blast_radius import Dependent
    from isg_analysis.queries.dependencies import Dependency
    from isg_analysis.resolve.program import Ref
    from isg_analysis.resolve.view import View

_NODES = 10_000


def blast(view: View, arguments: argparse.Namespace, root: Path) -> Found:
    """What depends on the target, or on what was changed since a revision; tests behind all else."""
    refs, confidence = _targets(view, arguments, root)
    found = blast_radius(view, refs, hops=arguments.hops, limits=Limits(nodes=max(arguments.limit, _NODES)))
    rows = sorted(found.ranked(), key=lambda one: one.test)
    hits = tuple(hit(view, one.ref, min(one.confidence, confidence)) for one in rows)
    tests = sum(one.test for one in rows)
    levels = [len(sure) + len(maybe) for sure, maybe in found.levels]
    return Found(
        Answer(hits, found.truncated),
        more=tuple(_as_json(view, one) for one in rows),
        whole={"count": found.count, "tests": tests, "byHops": levels},
        details=tuple(_detail(view, one) for one in rows),
        summary=_summary(found.count, tests, levels) if rows else "",
        apart=len(rows) - tests,
    )


def module_ties(view: View, arguments: argparse.Namespace, root: Path) -> Found:
    """The modules that the target needs, or that need it."""
    asked = dependencies if arguments.question == "dependencies" else dependents
    ties = [tie for ref in _modules(view, arguments, root) for tie in asked(view, ref)]
    return Found(
        Answer(tuple(hit(view, tie.module) for tie in ties)),
        more=tuple(_tie_as_json(view, tie) for tie in ties),
        details=tuple(_tie_in_words(view, tie) for tie in ties),
    )


def _tie_in_words(view: View, tie: Dependency) -> str:
    names = f": {', '.join(tie.names)}" if tie.names else ""
    return f"{label(view, tie.module)}, {tie.strength.name.lower().replace('_', '-')}{names}"


def _tie_as_json(view: View, tie: Dependency) -> dict[str, Any]:
    imports = [
        {"path": view.path(one.document), "strength": one.strength.name.lower(), "names": one.names}
        | {"range": range_as_json(Hit(view, one.document, one.start, one.end, tie.module))}
        for one in tie.imports
    ]
    return {"strength": tie.strength.name.lower(), "names": tie.names, "imports": imports}


def dead_code(view: View, arguments: argparse.Namespace, root: Path) -> Found:
    """What nothing refers to, likely dead code first; of the target alone where there is one."""
    found = unreferenced(view, _documents(view, arguments, root), limits=Limits(results=arguments.limit))
    rows = [(one, one.likelihood.name.lower()) for one in found.candidates]
    counts = Counter(likelihood for _, likelihood in rows)
    return Found(
        Answer(tuple(hit(view, one.ref) for one, _ in rows), found.truncated),
        more=tuple({"likelihood": word, "reasons": one.reasons} for one, word in rows),
        details=tuple(": ".join(filter(None, (word, ", ".join(one.reasons)))) for one, word in rows),
        summary=", ".join(f"{count} {word}" for word, count in counts.items()),
    )


def entries(view: View, arguments: argparse.Namespace, root: Path) -> Found:
    """What custom runs without its being named; tests behind all else."""
    found = sorted(entry_points(view, _documents(view, arguments, root)), key=lambda one: one.test)
    tests = sum(one.test for one in found)
    return Found(
        Answer(tuple(hit(view, one.ref) for one in found)),
        more=tuple({"custom": one.custom, "test": one.test} for one in found),
        details=tuple(one.custom for one in found),
        apart=len(found) - tests,
    )


def _documents(view: View, arguments: argparse.Namespace, root: Path) -> list[int] | None:
    """Those of the modules that are asked about; None: all."""
    if arguments.target is None:
        return None
    return sorted({document_of(ref) for ref in _modules(view, arguments, root)})


def _modules(view: View, arguments: argparse.Namespace, root: Path) -> tuple[Ref, ...]:
    refs = meaning_or_file(view, arguments.target, root).refs
    for ref in refs:
        if is_binding(ref) or kind_of(view, ref) is not SymbolKind.MODULE:
            raise Refusal(f"{arguments.target} is no module; of other symbols ask for callers, callees or blast-radius")
    return refs


def _targets(view: View, arguments: argparse.Namespace, root: Path) -> tuple[list[Ref], Confidence]:
    from isg_server.cli.diffs import changed_symbols

    refs: list[Ref] = []
    confidence = Confidence.CERTAIN
    if arguments.target is not None:
        meaning = meaning_or_file(view, arguments.target, root)
        refs, confidence = list(meaning.refs), meaning.confidence
    if arguments.diff is not None:
        refs += changed_symbols(view, root, arguments.diff)
    return refs, confidence


def _as_json(view: View, one: Dependent) -> dict[str, Any]:
    return {"hops": one.hops, "relation": one.kind.name.lower(), "via": symbol_id(view, one.via), "test": one.test}


def _detail(view: View, one: Dependent) -> str:
    return f"{one.kind.name.lower()} {label(view, one.via)}, {one.hops} hop{'' if one.hops == 1 else 's'}"


def _summary(count: int, tests: int, levels: list[int]) -> str:
    by_hops = ", ".join(map(str, levels))
    return f"{count} symbols depend on it, {tests} of them tests; by hops: {by_hops}"
