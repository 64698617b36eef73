"""Flow: which of a variable's assignments reach a use, and what conditions have narrowed it to.

Python's blocks are structured, so the scopes of branches and loops are enough: an assignment in the use's own block or
one around it hides what was before it; assignments in blocks nested in between may have happened; those in a loop
around the use may come round again. `return`s in the middle are not followed.
"""

from __future__ import annotations

from typing import NamedTuple

from isg_analysis.languages.python.resolving.documents import DocumentView
from isg_analysis.model.facts import BindingKind, ScopeKind


class Reaching(NamedTuple):
    """The bindings whose values a use may see, and the NARROWED node in force, or -1."""

    rows: tuple[int, ...]
    narrowed: int


def reaching(view: DocumentView, frame: int, name: int, occurrence: int) -> Reaching:
    """What reaches a use of a variable of the frame: `occurrence` lies in that same frame."""
    bindings, occurrences = view.bindings, view.occurrences
    use, block = occurrences.start[occurrence], occurrences.scope[occurrence]
    rows = [
        row for row in view.by_scope.get(frame, {}).get(name, ())
        if bindings.occurrence[row] >= 0 and (bindings.value[row] >= 0 or bindings.kind[row] != BindingKind.NARROW)
    ]  # fmt: skip
    chain = _chain(view, block, frame)
    hiding = -1
    for row in rows:
        at = bindings.occurrence[row]
        if occurrences.start[at] < use and occurrences.scope[at] in chain:
            hiding = row
    since = occurrences.start[bindings.occurrence[hiding]] if hiding >= 0 else -1
    loops = [scope for scope in chain if view.scopes.kind[scope] == ScopeKind.BLOCK]
    kept = []
    for row in rows:
        start = occurrences.start[bindings.occurrence[row]]
        before = since <= start < use and (row == hiding or occurrences.scope[bindings.occurrence[row]] not in chain)
        again = start > use and any(
            view.scopes.start[loop] <= start < view.scopes.end[loop] for loop in loops
        ) and not any(view.scopes.start[loop] <= since for loop in loops if since >= 0)
        if before or again:
            kept.append(row)
    return Reaching(tuple(kept), narrowing(view, chain, name, use, since))


def narrowing(view: DocumentView, chain: list[int], name: int, use: int, since: int) -> int:
    """The innermost NARROWED node for a name among the scopes, not older than its last assignment."""
    bindings = view.bindings
    for scope in chain:
        names = view.by_scope.get(scope)
        rows = names.get(name) if names else None
        for row in reversed(rows or ()):
            condition = bindings.kind[row] == BindingKind.NARROW and bindings.occurrence[row] < 0
            if condition and since < bindings.visible[row] <= use:
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
