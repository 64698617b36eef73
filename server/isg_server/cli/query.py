"""`isg query`: asks one question about a symbol. The index is brought up to date first."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from isg_server.cli.found import Found
from isg_server.cli.opening import add_path, brought_up_to_date, opened
from isg_server.cli.terminal import EXIT_DONE, Refusal, print_json, print_line, say

if TYPE_CHECKING:
    from pathlib import Path

    from isg_analysis.queries import Answer, CallAnswer, KinAnswer, Limits
    from isg_analysis.resolve.program import Ref
    from isg_analysis.resolve.view import View
    from isg_server.cli.targets import Meaning

_PATIENCE = 0.5  # seconds
_MOST = 10_000
_FAR = 64


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = commands.add_parser("query", parents=[shared], help="ask about a symbol", description=__doc__)
    parser.add_argument("question", choices=sorted(_QUESTIONS), metavar="QUESTION", help=", ".join(sorted(_QUESTIONS)))
    parser.add_argument(
        "target",
        nargs="?",
        metavar="TARGET",
        help="a name (Matcher, Matcher::find_at, flask.app.Flask), a symbol id, or FILE:LINE:COL counted from 1",
    )
    add_path(parser, option=True)
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument("--limit", type=_limit, default=_MOST, metavar="N", help="at most N results (%(default)s)")
    parser.add_argument("--declaration", action="store_true", help="references: list the definition too")
    parser.add_argument(
        "--possible", action="store_true", help="references, callers, callees: list what may mean it, too, marked so"
    )
    parser.add_argument("--hops", type=_limit, default=_FAR, metavar="N", help="blast-radius: so far at most")
    parser.add_argument("--diff", metavar="REV", help="blast-radius: of what was changed since a git revision")
    parser.add_argument("--no-index", action="store_true", help="answer from what is stored, however old")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the question. No result is an answer; an unknown or ambiguous target is refused."""
    if arguments.diff is not None and arguments.question != "blast-radius":
        raise Refusal(f"--diff goes with blast-radius, not with {arguments.question}")
    if arguments.target is None and arguments.diff is None and arguments.question not in _OF_ALL:
        raise Refusal(f"{arguments.question} of what? Name a TARGET")
    with opened(arguments) as workspace:
        if not arguments.no_index:
            brought_up_to_date(workspace, patience=_PATIENCE)
        with workspace.snapshot() as snapshot:
            found = _QUESTIONS[arguments.question](snapshot, arguments, workspace.root)
            _print(found, arguments)
    return EXIT_DONE


def _print(found: Found, arguments: argparse.Namespace) -> None:
    from isg_server.cli.answers import as_json, as_lines

    answer = found.answer
    hits = answer.hits[: arguments.limit]
    truncated = answer.truncated or len(hits) < len(answer.hits)
    if arguments.json:
        more = found.more or ({},) * len(hits)
        results = [as_json(hit) | extra for hit, extra in zip(hits, more, strict=False)]
        print_json({"results": results, "truncated": truncated} | found.whole)
        return
    for at, line in enumerate(as_lines(hits, aligned=sys.stdout.isatty(), details=found.details)):
        if at == found.apart:
            print_line("tests:")
        print_line(line)
    if found.summary:
        say(found.summary)
    if truncated:
        say(f"only the first {len(hits)} results are shown; there are more (--limit)")
    if not hits:
        say(f"no {arguments.question}{_of(arguments)}")


def asked(view: View, root: Path, question: str, target: str | None, **options: Any) -> Found:
    """The answer to a question, outside of the command line; `options` as its options are called. Raises Refusal."""
    usual: dict[str, Any] = {"limit": _MOST, "declaration": False, "possible": False, "hops": _FAR, "diff": None}
    arguments = argparse.Namespace(**(usual | options), question=question, target=target)
    return _QUESTIONS[question](view, arguments, root)


def _of(arguments: argparse.Namespace) -> str:
    if arguments.target is not None:
        return f" of {arguments.target}"
    return f" of what differs from {arguments.diff}" if arguments.diff is not None else ""


def _definition(view: View, arguments: argparse.Namespace, root: Path) -> Found:
    from isg_analysis.queries import Answer, hit

    meaning = _meaning(view, arguments, root)
    return Found(Answer(tuple(hit(view, ref, meaning.confidence) for ref in meaning.refs)))


def _implementations(view: View, arguments: argparse.Namespace, root: Path) -> Found:
    from isg_analysis.queries import implementations, implementations_at
    from isg_server.cli.targets import place_of

    place = place_of(view, arguments.target, root)
    if place is not None:
        there = implementations_at(view, place.document, place.offset, _limits(arguments))
        if there.hits:  # also of a trait that the workspace does not define
            return Found(there)
    meaning = _meaning(view, arguments, root)
    return Found(_no_surer_than(meaning, implementations(view, meaning.refs, _limits(arguments))))


def _references(view: View, arguments: argparse.Namespace, root: Path) -> Found:
    from isg_analysis.queries import references

    meaning = _meaning(view, arguments, root)
    answer = references(
        view,
        meaning.refs,
        include_declaration=arguments.declaration,
        include_possible=arguments.possible,
        limits=_limits(arguments),
    )
    return Found(_no_surer_than(meaning, answer))


def _symbols(view: View, arguments: argparse.Namespace, root: Path) -> Found:
    """Symbols that are called something like the target, best first; for a place or an id the symbol itself."""
    from isg_analysis.queries import Answer, hit, lookup, search
    from isg_server.cli.targets import place_of

    if place_of(view, arguments.target, root) is not None:
        return _definition(view, arguments, root)
    named = lookup(view, arguments.target)
    exact = tuple(hit(view, ref) for ref in named.refs)
    alike = search(view, arguments.target, arguments.limit + len(exact))
    if not exact and not alike.hits:
        raise Refusal(f"{arguments.target!r}: no symbol has a name like this", near=named.near)
    known = {found.ref for found in exact}
    return Found(Answer((*exact, *(found for found in alike.hits if found.ref not in known)), alike.truncated))


def _callers(view: View, arguments: argparse.Namespace, root: Path) -> Found:
    from isg_analysis.queries import callers

    meaning, possible = _meaning(view, arguments, root), arguments.possible
    limits = _limits(arguments)
    return _calls(
        meaning, [callers(view, ref, include_possible=possible, limits=limits) for ref in _called(view, meaning)]
    )


def _callees(view: View, arguments: argparse.Namespace, root: Path) -> Found:
    from isg_analysis.queries import callees

    meaning, possible = _meaning(view, arguments, root), arguments.possible
    limits = _limits(arguments)
    return _calls(
        meaning, [callees(view, ref, include_possible=possible, limits=limits) for ref in _called(view, meaning)]
    )


def _called(view: View, meaning: Meaning) -> list[Ref]:
    """What is meant and can be called, or is a module, which calls."""
    from isg_analysis.queries import callables
    from isg_analysis.resolve.program import is_binding, row_of

    modules = [ref for ref in meaning.refs if not is_binding(ref) and row_of(ref) == 0]
    return modules or callables(view, meaning.refs)


def _calls(meaning: Meaning, answers: list[CallAnswer]) -> Found:
    """The callers or callees of all that is meant, each once and with its calls."""
    from isg_analysis.queries import Answer
    from isg_server.cli.answers import range_as_json

    best = {(each.hit.ref, each.hit.confidence): each for answer in answers for each in answer.calls}
    calls = sorted(best.values(), key=lambda each: -each.hit.confidence)
    found = Answer(tuple(each.hit for each in calls), any(answer.truncated for answer in answers))
    more = ({"calls": [range_as_json(place) for place in each.places]} for each in calls)
    return Found(_no_surer_than(meaning, found), tuple(more))


def _blast_radius(view: View, arguments: argparse.Namespace, root: Path) -> Found:
    from isg_server.cli.graph_questions import blast

    return blast(view, arguments, root)


def _module_ties(view: View, arguments: argparse.Namespace, root: Path) -> Found:
    from isg_server.cli.graph_questions import module_ties

    return module_ties(view, arguments, root)


def _unreferenced(view: View, arguments: argparse.Namespace, root: Path) -> Found:
    from isg_server.cli.graph_questions import dead_code

    return dead_code(view, arguments, root)


def _entry_points(view: View, arguments: argparse.Namespace, root: Path) -> Found:
    from isg_server.cli.graph_questions import entries

    return entries(view, arguments, root)


def _supertypes(view: View, arguments: argparse.Namespace, root: Path) -> Found:
    from isg_analysis.queries import supertypes, types

    meaning = _meaning(view, arguments, root)
    return _kin(meaning, [supertypes(view, ref, _limits(arguments)) for ref in types(view, meaning.refs)])


def _subtypes(view: View, arguments: argparse.Namespace, root: Path) -> Found:
    from isg_analysis.queries import subtypes, types

    meaning = _meaning(view, arguments, root)
    return _kin(meaning, [subtypes(view, ref, _limits(arguments)) for ref in types(view, meaning.refs)])


def _kin(meaning: Meaning, answers: list[KinAnswer]) -> Found:
    from isg_analysis.queries import Answer

    best = {each.hit.ref: each for answer in answers for each in answer.kin}
    kin = sorted(best.values(), key=lambda each: -each.hit.confidence)
    found = Answer(tuple(each.hit for each in kin), any(answer.truncated for answer in answers))
    return Found(_no_surer_than(meaning, found), tuple({"blanket": each.blanket} for each in kin))


_QUESTIONS: dict[str, Callable[[Any, argparse.Namespace, Any], Found]] = {
    "blast-radius": _blast_radius,
    "callees": _callees,
    "callers": _callers,
    "definition": _definition,
    "dependencies": _module_ties,
    "dependents": _module_ties,
    "entry-points": _entry_points,
    "implementations": _implementations,
    "references": _references,
    "subtypes": _subtypes,
    "supertypes": _supertypes,
    "symbols": _symbols,
    "unreferenced": _unreferenced,
}
_OF_ALL = frozenset({"entry-points", "unreferenced"})
"""Questions that need no target: without one they are about the workspace."""


def _meaning(view: View, arguments: argparse.Namespace, root: Path) -> Meaning:
    from isg_server.cli.targets import meaning_of

    meaning = meaning_of(view, arguments.target, root)
    if meaning.passed_over:
        say(f"{meaning.passed_over} more of this name, inside functions, not meant here; name them by FILE:LINE:COL")
    return meaning


def _limits(arguments: argparse.Namespace) -> Limits:
    """Never below what can be sorted well: the certain results come first, wherever they lie."""
    from isg_analysis.queries import Limits

    return Limits(results=max(arguments.limit, _MOST) + 1)


def _no_surer_than(meaning: Meaning, answer: Answer) -> Answer:
    """Results about something that is only possibly meant are themselves only possible."""
    hits = tuple(replace(hit, confidence=min(hit.confidence, meaning.confidence)) for hit in answer.hits)
    return replace(answer, hits=hits)


def _limit(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a number of results from 1 on, not {text!r}")
    return int(text)
