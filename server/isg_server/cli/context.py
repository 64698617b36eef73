"""`isg context`: what a language model should know of a symbol, within a budget of tokens."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from isg_server.cli.opening import add_path, brought_up_to_date, opened
from isg_server.cli.terminal import EXIT_DONE, Refusal, say

if TYPE_CHECKING:
    from isg_analysis.context import Tokenizer
    from isg_analysis.resolve.program import Ref

_PATIENCE = 0.5  # seconds
_SECTIONS = ("dependencies", "supertypes", "implementations", "callers", "tests", "siblings")
_LEVELS = (0, 1, 2)


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "context", parents=[shared], help="what a language model should know of a symbol", description=__doc__
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="a name, a symbol id, FILE:LINE:COL, or a file")
    add_path(parser, option=True)
    parser.add_argument(
        "--budget", type=_positive, default=4_000, metavar="TOKENS", help="at most so many (%(default)s)"
    )
    parser.add_argument("--hops", type=_positive, default=2, metavar="N", help="how far to look (%(default)s)")
    parser.add_argument("--format", choices=("markdown", "json"), default="markdown", help="(%(default)s)")
    parser.add_argument(
        "--include", metavar="SECTIONS", help=f"only these, separated by commas: {', '.join(_SECTIONS)}"
    )
    parser.add_argument(
        "--level",
        type=int,
        choices=_LEVELS,
        default=2,
        help="0: only what hangs together, 1: signatures, 2: with docs, and bodies of the nearest (%(default)s)",
    )
    parser.add_argument("--diff", metavar="REV", help="what was changed since a git revision is the target")
    parser.add_argument(
        "--tokenizer",
        metavar="NAME|FILE",
        help="count by a real tokenizer that is on this machine, instead of the estimate: cl100k_base, o200k_base, "
        "a .tiktoken file of one of these names, or a tokenizer.json",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the context of the targets."""
    from isg_analysis.context import Request, context
    from isg_analysis.context.slices import Section

    chosen = tuple(Section(name) for name in _included(arguments.include))
    if not arguments.targets and arguments.diff is None:
        raise Refusal("what is the context to be of? Name a TARGET, or give --diff REV")
    tokenizer = _tokenizer(arguments.tokenizer)
    with opened(arguments) as workspace:
        brought_up_to_date(workspace, patience=_PATIENCE)
        with workspace.snapshot() as snapshot:
            refs = _refs(snapshot, arguments, workspace.root)
            request = Request(
                refs=refs,
                budget=arguments.budget,
                hops=arguments.hops,
                level=arguments.level,
                include=frozenset(chosen) or frozenset(Section),
                format=arguments.format,
                tokenizer=tokenizer,
            )
            sys.stdout.write(context(snapshot, request).text)
    return EXIT_DONE


def _tokenizer(wanted: str | None) -> Tokenizer:
    """The tokenizer that was asked for; the estimate where it is not on this machine, which is told."""
    from isg_server.vocabularies import chosen

    tokenizer, note = chosen(wanted)
    if note:
        say(note)
    return tokenizer


def _refs(snapshot: Any, arguments: argparse.Namespace, root: Any) -> tuple[Ref, ...]:
    from isg_server.cli.diffs import changed_symbols
    from isg_server.cli.targets import meaning_or_file

    refs = [ref for target in arguments.targets for ref in meaning_or_file(snapshot, target, root).refs]
    if arguments.diff is not None:
        refs += changed_symbols(snapshot, root, arguments.diff)
    return tuple(dict.fromkeys(refs))


def _included(text: str | None) -> list[str]:
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    for name in names:
        if name not in _SECTIONS:
            raise Refusal(f"{name!r} is no section; there are {', '.join(_SECTIONS)}")
    return names


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 on, not {text!r}")
    return int(text)
