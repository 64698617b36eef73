"""`isg query`: asks one question about a symbol. The index is brought up to date first."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from isg_server.cli.opening import add_path, brought_up_to_date, opened
from isg_server.cli.terminal import EXIT_DONE, Refusal, print_json, print_line, say

if TYPE_CHECKING:
    from pathlib import Path

    from isg_analysis.queries import Answer, Limits
    from isg_analysis.resolve.view import View
    from isg_server.cli.targets import Meaning

_PATIENCE = 0.5  # seconds
_MOST = 10_000


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = commands.add_parser("query", parents=[shared], help="ask about a symbol", description=__doc__)
    parser.add_argument("question", choices=sorted(_QUESTIONS), metavar="QUESTION", help=", ".join(sorted(_QUESTIONS)))
    parser.add_argument(
        "target",
        metavar="TARGET",
        help="a name (Matcher, Matcher::find_at, flask.app.Flask), a symbol id, or FILE:LINE:COL counted from 1",
    )
    add_path(parser, option=True)
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument("--limit", type=_limit, default=_MOST, metavar="N", help="at most N results (%(default)s)")
    parser.add_argument("--declaration", action="store_true", help="references: list the definition too")
    parser.add_argument("--possible", action="store_true", help="references: list what may mean it, too, marked so")
    parser.add_argument("--no-index", action="store_true", help="answer from what is stored, however old")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the question. No result is an answer; an unknown or ambiguous target is refused."""
    with opened(arguments) as workspace:
        if not arguments.no_index:
            brought_up_to_date(workspace, patience=_PATIENCE)
        with workspace.snapshot() as snapshot:
            answer = _QUESTIONS[arguments.question](snapshot, arguments, workspace.root)
            _print(answer, arguments, workspace.root)
    return EXIT_DONE


def _print(answer: Answer, arguments: argparse.Namespace, root: Path) -> None:
    from isg_server.cli.answers import as_json, as_lines

    hits = answer.hits[: arguments.limit]
    truncated = answer.truncated or len(hits) < len(answer.hits)
    if arguments.json:
        print_json({"results": [as_json(hit) for hit in hits], "truncated": truncated})
        return
    for line in as_lines(hits, root, aligned=sys.stdout.isatty()):
        print_line(line)
    if truncated:
        say(f"only the first {len(hits)} results are shown; there are more (--limit)")
    if not hits:
        say(f"no {arguments.question} of {arguments.target}")


def _definition(view: View, arguments: argparse.Namespace, root: Path) -> Answer:
    from isg_analysis.queries import Answer, hit

    meaning = _meaning(view, arguments, root)
    return Answer(tuple(hit(view, ref, meaning.confidence) for ref in meaning.refs))


def _implementations(view: View, arguments: argparse.Namespace, root: Path) -> Answer:
    from isg_analysis.queries import implementations

    meaning = _meaning(view, arguments, root)
    return _no_surer_than(meaning, implementations(view, meaning.refs, _limits(arguments)))


def _references(view: View, arguments: argparse.Namespace, root: Path) -> Answer:
    from isg_analysis.queries import references

    meaning = _meaning(view, arguments, root)
    answer = references(
        view,
        meaning.refs,
        include_declaration=arguments.declaration,
        include_possible=arguments.possible,
        limits=_limits(arguments),
    )
    return _no_surer_than(meaning, answer)


def _symbols(view: View, arguments: argparse.Namespace, root: Path) -> Answer:
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
    return Answer((*exact, *(found for found in alike.hits if found.ref not in known)), alike.truncated)


_QUESTIONS: dict[str, Callable[[Any, argparse.Namespace, Any], Any]] = {
    "definition": _definition,
    "implementations": _implementations,
    "references": _references,
    "symbols": _symbols,
}


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
