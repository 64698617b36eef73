"""What a working tree changes since a git revision, as symbols: the innermost ones around each changed line."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from isg_analysis.resolve.program import symbol_ref
from isg_server.cli.terminal import Refusal

if TYPE_CHECKING:
    from isg_analysis.resolve.program import Ref
    from isg_analysis.resolve.view import View

_HUNK = re.compile(r"^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")
_FILE = "+++ b/"


def changed_symbols(view: View, root: Path, revision: str) -> list[Ref]:
    """The symbols whose text differs from a revision's, by path and place. Raises Refusal."""
    out: dict[Ref, None] = {}
    for path, first, last in changed_lines(root, revision):
        document = view.document(path)
        if document is not None:
            out.update(dict.fromkeys(_innermost(view, document, first, last)))
    if not out:
        raise Refusal(f"nothing that is indexed differs from {revision}")
    return list(out)


def changed_lines(root: Path, revision: str) -> Iterator[tuple[str, int, int]]:
    """(root-relative path, first line, last line), from 1, of what differs from a revision. Where lines only went, the
    line before. Raises Refusal.
    """
    if revision.startswith("-"):
        raise Refusal(f"{revision!r} is no revision")
    if root.is_file():
        raise Refusal(f"{root} is a code dump: it has no revisions")
    command = ["git", "-c", "core.quotePath=false", "diff", "--unified=0", "--no-color", "--no-ext-diff", "--relative"]
    try:
        done = subprocess.run([*command, revision, "--", "."], cwd=root, capture_output=True, check=False)
    except OSError as problem:
        raise Refusal(f"git can't be run: {problem.strerror}") from problem
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Refusal(f"git diff {revision}: {reason[0] if reason else 'failed'}")
    path = ""
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        if line.startswith(_FILE):
            path = line[len(_FILE) :].rstrip("\t")
        elif (hunk := _HUNK.match(line)) and path:
            first, count = int(hunk[1]), int(hunk[2] or 1)
            yield path, max(first, 1), max(first + count - 1, first, 1)


def _innermost(view: View, document: int, first: int, last: int) -> Iterator[Ref]:
    """The innermost symbols around each of these lines; the module where there is none."""
    facts = view.facts(document)
    starts, symbols = facts.line_starts, facts.symbols
    for line in range(first, min(last, len(starts)) + 1):
        begin = starts[line - 1]
        end = starts[line] if line < len(starts) else symbols.end[0]
        around = [row for row in range(len(symbols.kind)) if symbols.start[row] < end and begin < symbols.end[row]]
        outer = {symbols.parent[row] for row in around}
        yield from (symbol_ref(document, row) for row in around if row not in outer)
