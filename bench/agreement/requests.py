"""Judges isg's live answers by other language servers: definition, implementation and references at sampled places.

    python -m bench.agreement.requests CORPUS --language rust --judge rust-analyzer
    python -m bench.agreement.requests CORPUS --language python --judge 'ty server' --judge 'pyrefly lsp' ...

Both sides are asked over stdio, by the same client. A corpus is a directory or name==version; a judge is a command that
the user has installed, and with several of them the majority counts. Printed are precision, recall and F1 of places per
request and kind, and the classes of disagreement; `--examples FILE` gets every difference.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from functools import cache, partial
from pathlib import Path
from typing import Any

from bench.agreement.asked import Asked, Spot
from bench.agreement.sampling import DEFINITION, IMPLEMENTATION, REFERENCES, Sample, samples
from bench.agreement.verdicts import Difference, Tally, Verdicts
from bench.client import LostError
from bench.corpus import Corpus, corpus
from bench.running import BenchError, isg, run
from bench.servers import isg_server, judge_server
from isg_analysis import Workspace
from isg_analysis.model.facts import Facts
from isg_analysis.model.occurrence import Confidence, Role
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.model.text import Position, PositionEncoding
from isg_analysis.resolve.program import is_binding, row_of
from isg_analysis.resolve.view import View, line_index

_REQUESTS = {"definition": DEFINITION, "implementation": IMPLEMENTATION, "references": REFERENCES}


def main() -> int:
    """Print the tables; 2 when there is nothing to compare."""
    arguments = _parser().parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="isg-bench-") as cache_directory:
            found, tree = _judged(arguments, Path(cache_directory) / "cache")
    except (BenchError, OSError) as problem:
        print(f"bench.agreement.requests: {problem}", file=sys.stderr)
        return 2
    print("\n".join(_table(found)))
    print("\n".join(_classes(found)))
    if arguments.examples:
        arguments.examples.write_text("".join(f"{line}\n" for line in _examples(found, tree.root)))
    if arguments.json:
        arguments.json.write_text(json.dumps(_record(found), indent=1) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.agreement.requests",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("corpus", metavar="CORPUS", help="a directory or name==version")
    parser.add_argument("--language", required=True, help="rust or python")
    parser.add_argument("--judge", action="append", required=True, metavar="COMMAND", help="may be repeated")
    parser.add_argument(
        "--options", type=json.loads, default={}, metavar="JSON", help="the judges' initializationOptions"
    )
    parser.add_argument("--request", action="append", choices=sorted(_REQUESTS), help="only this (may be repeated)")
    parser.add_argument("--under", default="", help="only places in documents whose path starts with this")
    parser.add_argument("--places", type=int, default=30, metavar="N", help="per request and kind (default: 30)")
    parser.add_argument("--seed", type=int, default=1, help="of the sample (default: 1)")
    parser.add_argument("--patience", type=float, default=300, metavar="SECONDS", help="for a judge to get ready")
    parser.add_argument("--seconds", type=float, default=600, help="for the questions (default: 600)")
    parser.add_argument("--examples", type=Path, metavar="FILE", help="write every difference there")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    return parser


def _judged(arguments: argparse.Namespace, kept: Path) -> tuple[Verdicts, Corpus]:
    tree = corpus(arguments.corpus, kept.parent)
    run(isg("index", str(tree.root), cache=kept))
    requests = [_REQUESTS[name] for name in arguments.request or sorted(_REQUESTS)]
    with Workspace.open(tree.root, cache=kept) as workspace, workspace.snapshot() as view, ExitStack() as stack:
        documents = [one for one in view.documents(arguments.language) if view.path(one).startswith(arguments.under)]
        asked = samples(view, documents, requests, arguments.places, arguments.seed)
        if not asked:
            raise BenchError(f"no {arguments.language} in {tree.name}")
        paths = [path.relative_to(tree.root).as_posix() for _, path in tree.files]
        servers = [isg_server(kept), *(judge_server(command, arguments.options) for command in arguments.judge)]
        own, *judges = [stack.enter_context(Asked(server, tree.root, paths)) for server in servers]
        for server in (own, *judges):
            seconds = server.wait(asked[0].place, arguments.patience)
            print(f"{server.name}: ready after {seconds:.0f} s", file=sys.stderr)
        found, end = Verdicts(), time.monotonic() + arguments.seconds
        for done, sample in enumerate(asked):
            if time.monotonic() > end:
                print(f"out of time after {done} of {len(asked)} questions", file=sys.stderr)
                break
            answers = [_verdict(judge, sample) for judge in judges]
            known = [answer for answer in answers if answer is not None]
            found.judge(
                sample,
                own.answer(sample.request, sample.place),
                known,
                partial(_known, view),
                partial(_decided, judges, sample),
            )
            found.compare_judges(sample, {judge.name: answer for judge, answer in zip(judges, answers, strict=True)})
    print(f"{tree.name}: {len(asked)} questions, seed {arguments.seed}, judged by {', '.join(arguments.judge)}\n")
    return found, tree


def _verdict(judge: Asked, sample: Sample) -> frozenset[Spot] | None:
    """A judge that keeps silent does not know; the others go on."""
    try:
        return judge.verdict(sample.request, sample.place)
    except LostError as problem:
        print(f"{judge.name}: {problem}", file=sys.stderr)
        return None


def _decided(judges: Sequence[Asked], sample: Sample, spot: Spot) -> bool:
    """Whether any judge knows what stands at a place that only we give: it may be in a file that no target holds, or
    configured out. What a definition leads to need not be known.
    """
    if sample.request == DEFINITION:
        return True
    with suppress(LostError):
        return any(judge.knows(spot, sample.place.language) for judge in judges)
    return True


def _known(view: View, spot: Spot) -> str:
    """What isg has at a place: its role and what it means there."""
    path, line, character = spot
    document = view.document(path)
    if document is None:
        return "not indexed"
    facts = view.facts(document)
    offset = line_index(facts).offset(Position(line, character), PositionEncoding.UTF16, facts.symbols.end[0])
    occurrence = facts.occurrence_at(offset)
    defined = [row for row, at in enumerate(facts.symbols.name_start) if row and at == offset]
    if defined:
        kind = SymbolKind(facts.symbols.kind[defined[0]]).name.lower()
        return f"defines {kind}{_within(facts, facts.symbols.parent[defined[0]])}"
    if occurrence < 0 or facts.occurrences.role[occurrence] == Role.DEFINITION:
        return "no name" if occurrence < 0 else "defines local"
    meaning = view.resolver(document).resolve(document, occurrence)
    role = Role(facts.occurrences.role[occurrence]).name.lower()
    if role == "derive":
        role += _within(facts, facts.scopes.symbol[facts.occurrences.scope[occurrence]])
    if not meaning.targets:
        return f"{role}, {'external' if meaning.external else 'unresolved'}"
    first = meaning.targets[0]
    if is_binding(first):
        what = "local"
    else:
        what = SymbolKind(view.facts(first >> 24).symbols.kind[row_of(first)]).name.lower()
    return f"{role}, {'possible ' if meaning.confidence == Confidence.POSSIBLE else ''}{what}"


def _within(facts: Facts, row: int) -> str:
    """Whether a symbol is a function or stands in one's body: what is implemented there, some servers leave out."""
    while row > 0 and facts.symbols.kind[row] not in (SymbolKind.FUNCTION, SymbolKind.METHOD):
        row = facts.symbols.parent[row]
    return " in a function" if row > 0 else ""


def _table(found: Verdicts) -> list[str]:
    heads = f"{'judged':>7}{'same':>6}{'places':>8}{'precision':>11}{'recall':>8}{'F1':>7}"
    heads += f"{'not judged':>12}{'undecided':>11}{'F1 of decided':>15}{'contested':>11}{'precision without':>19}"
    lines = [f"{'':44}{heads}"]
    for request in sorted({request for request, _ in found.tallies}):
        whole = Tally()
        for (_, kind), tally in sorted(item for item in found.tallies.items() if item[0][0] == request):
            lines.append(_row(f"{request.partition('/')[2]}, {kind}", tally))
            whole.add(tally)
        lines.append(_row(f"{request.partition('/')[2]}, all together", whole))
        for (of, judge), tally in found.scale.items():
            if of == request and len(found.scale) > 1:
                lines.append(_row(f"{request.partition('/')[2]}, for scale: {judge}", tally))
        lines.append("")
    return lines


def _row(title: str, tally: Tally) -> str:
    figures = f"{tally.precision:11.1f}{tally.recall:8.1f}{tally.f1:7.1f}"
    apart = f"{tally.unjudged:12}{tally.undecided:11}{tally.decided_f1:15.1f}"
    apart += f"{tally.contested:11}{tally.uncontested_precision:19.1f}"
    return f"{title:44}{tally.judged:7}{tally.same:6}{tally.both + tally.theirs:8}{figures}{apart}"


def _classes(found: Verdicts) -> Iterator[str]:
    counted = Counter((_class(one), one.sample) for one in found.differences)
    places = Counter(_class(one) for one in found.differences)
    for title, count in places.most_common():
        questions = sum(1 for known, _ in counted if known == title)
        yield f"{count:6} places in {questions:4} questions  {title}"


def _class(one: Difference) -> str:
    side = "missing" if one.missing else "ours alone"
    return f"{one.sample.request.partition('/')[2]} of {one.sample.kind}: {side}: {one.what}"


def _examples(found: Verdicts, root: Path) -> Iterator[str]:
    @cache
    def lines(path: str) -> Sequence[str]:
        return (root / path).read_text("utf-8", "replace").split("\n")

    def shown(path: str, line: int, character: int) -> str:
        return f"{path}:{line + 1}:{character + 1}  {lines(path)[line].strip()[:100]}"

    for one in sorted(found.differences, key=_class):
        place = one.sample.place
        yield _class(one)
        yield f"    asked  {shown(place.path, place.line, place.character)}"
        yield f"    given  {shown(*one.spot)}"


def _record(found: Verdicts) -> dict[str, Any]:
    return {
        f"{request}, {kind}": {
            "judged": tally.judged,
            "same": tally.same,
            "both": tally.both,
            "ours alone": tally.ours,
            "missing": tally.theirs,
            "precision %": round(tally.precision, 2),
            "recall %": round(tally.recall, 2),
            "F1 %": round(tally.f1, 2),
            "not judged": tally.unjudged,
            "undecided": tally.undecided,
            "contested": tally.contested,
        }
        for (request, kind), tally in sorted(found.tallies.items())
    }


if __name__ == "__main__":
    sys.exit(main())
