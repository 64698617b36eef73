"""Which documents can a change affect? The interface firewall.

A document shows others its symbols and its module-level imports. Each symbol has a digest of what
can be seen of it; comparing two facts gives the names whose meaning may differ. The documents that
name one of them, or an alias of one, are the only ones to link again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from isg_analysis.model.facts import BindingKind, Facts
from isg_analysis.model.ops import Op


def own_names(facts: Facts, path: str) -> frozenset[str]:
    """Every name a document offers to others: symbols, imports it passes on, its module's own name."""
    names = {facts.name_of(row) for row in range(1, len(facts.symbols.kind))}
    return frozenset(names | _passed_on(facts) | set(module_names(path)))


def altered_names(before: Facts | None, after: Facts, path: str) -> frozenset[str]:
    """The names that are new, gone or different for others. `before` None: a new document."""
    if before is None:
        return own_names(after, path)
    old, new = _visible(before), _visible(after)
    names = {name for (name, *_), _ in (old - new).items()} | {name for (name, *_), _ in (new - old).items()}
    if "" in names:  # the module itself: its imports, globs or `__all__` differ
        names |= _passed_on(before) | _passed_on(after) | set(module_names(path))
    names.discard("")
    return frozenset(names)


def affected(names: Iterable[str], naming: Callable[[str], Iterable[int]], facts: Callable[[int], Facts]) -> set[int]:
    """The documents that can see a difference: those naming a name or an alias of it."""
    queue = list(names)
    seen = set(queue)
    out: set[int] = set()
    for name in queue:
        for document in naming(name):
            if document in out:
                continue
            out.add(document)
            for further in _aliases(facts(document), seen):
                if further not in seen:
                    seen.add(further)
                    queue.append(further)
    return out


def module_names(path: str) -> tuple[str, ...]:
    """The names by which importers may mention the module at a path."""
    parts = path.rsplit(".", 1)[0].split("/")
    return tuple(parts[-2:])


def _visible(facts: Facts) -> Counter[tuple[str, str, int, int]]:
    symbols = facts.symbols
    names = facts.strings
    parents = [names[symbols.name[p]] if p > 0 else "" for p in symbols.parent]
    rows = zip(symbols.name, parents, symbols.kind, symbols.digest, strict=True)
    return Counter((names[name], parent, kind, digest) for name, parent, kind, digest in rows)


def _passed_on(facts: Facts) -> set[str]:
    rows = zip(facts.bindings.kind, facts.bindings.scope, facts.bindings.name, strict=True)
    found = {name for kind, scope, name in rows if kind == BindingKind.IMPORT and scope == 0}
    return {facts.strings[name] for name in found}


def _aliases(facts: Facts, changed: set[str]) -> set[str]:
    """The other names under which a module passes on what it imports by a changed name."""
    ids = {facts.string_ids[name] for name in changed if name in facts.string_ids}
    bindings, nodes, names = facts.bindings, facts.nodes, facts.occurrences.name
    out: set[str] = set()
    rows = zip(bindings.kind, bindings.scope, bindings.name, bindings.value, strict=True)
    for kind, scope, name, value in rows:
        if kind != BindingKind.IMPORT or scope != 0 or value < 0:
            continue
        if nodes.op[value] == Op.IMPORT_PATH:
            value = nodes.a[value]
        if nodes.op[value] in (Op.IMPORT_FROM, Op.PATH) and name not in ids and names[nodes.b[value]] in ids:
            out.add(facts.strings[name])
    return out
