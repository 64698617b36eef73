"""Flow: which of a variable's assignments reach a use, and what conditions have narrowed it to.

Python's blocks are structured, so the scopes of branches and loops are enough: an assignment in the use's own block or
one around it hides what was before it; assignments in blocks nested in between may have happened; those in a loop
around the use may come round again. `return`s in the middle are not followed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from isg_analysis.languages.python.resolving.documents import DocumentView
from isg_analysis.model.facts import ScopeKind

_LOOKED_BACK = 64


class Reaching(NamedTuple):
    """The bindings whose values a use may see, and the NARROWED node in force, or -1."""

    rows: tuple[int, ...]
    narrowed: int


def reaching(view: DocumentView, frame: int, name: int, occurrence: int) -> Reaching:
    """What reaches a use of a variable of the frame: `occurrence` lies in that same frame."""
    occurrences = view.occurrences
    use, block = occurrences.start[occurrence], occurrences.scope[occurrence]
    rows, starts = view.assigning(frame, name)
    chain = _chain(view, block, frame)
    at = bisect_left(starts, use)
    since, kept = -1, []
    for index in range(at - 1, max(at - _LOOKED_BACK, 0) - 1, -1):
        row = rows[index]
        if occurrences.node[occurrence] <= view.bindings.value[row]:
            continue  # nodes are made inside out, a value before its target: this use is part of the value
        kept.append(row)
        if occurrences.scope[view.bindings.occurrence[row]] in chain:
            since = starts[index]
            break
    kept.reverse()
    kept += _coming_round(view, chain, rows, starts, bisect_right(starts, use), since)
    return Reaching(tuple(kept), narrowing(view, chain, name, use, since))


def _coming_round(
    view: DocumentView, chain: list[int], rows: list[int], starts: list[int], first: int, since: int
) -> list[int]:
    """Assignments behind the use that a loop around it brings back, unless the loop assigns before the use anyway."""
    scopes = view.scopes
    loops = [scope for scope in chain if scopes.kind[scope] == ScopeKind.BLOCK and since < scopes.start[scope]]
    if not loops:
        return []
    end = max(scopes.end[loop] for loop in loops)
    return rows[first : min(bisect_left(starts, end), first + _LOOKED_BACK)]


def narrowing(view: DocumentView, chain: list[int], name: int, use: int, since: int) -> int:
    """The innermost NARROWED node for a name among the scopes, not older than its last assignment."""
    bindings = view.bindings
    for scope in chain:
        for row in reversed(view.conditions(scope, name)):
            if since < bindings.visible[row] <= use:
                return bindings.value[row]
    return -1


def _chain(view: DocumentView, scope: int, frame: int) -> list[int]:
    """The scopes from a block out to its frame, both included."""
    out = [scope]
    parents = view.scopes.parent
    while scope != frame and scope >= 0:
        scope = parents[scope]
        out.append(scope)
    return out
