"""Questions of `isg query` about how things hang together.

Sibling: `query` declares the command and answers the questions an editor asks, too.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isg_analysis.graph.modules import label
from isg_analysis.model.occurrence import Confidence
from isg_analysis.queries import Answer, Limits, hit
from isg_analysis.queries.blast_radius import blast_radius
from isg_analysis.resolve.names import symbol_id
from isg_server.cli.found import Found
from isg_server.cli.targets import meaning_or_file

if TYPE_CHECKING:
    from isg_analysis.queries.blast_radius import Dependent
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
