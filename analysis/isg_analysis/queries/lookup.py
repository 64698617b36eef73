"""Which symbol is meant by this text? Names, qualified names and symbol ids, as people type them.

An unknown name gives near names, never a similar symbol.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from isg_analysis.languages.registry import NAMES
from isg_analysis.model.facts import BindingKind
from isg_analysis.model.occurrence import Confidence
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.queries.answer import definition_place
from isg_analysis.queries.type_hierarchy import supertypes, types
from isg_analysis.resolve.names import qualified_name, symbol_id
from isg_analysis.resolve.program import Ref, document_of, row_of, symbol_ref
from isg_analysis.resolve.view import View

_SEPARATOR = re.compile(r"::|\.|/|#")
_HIDDEN = frozenset({SymbolKind.IMPLEMENTATION, SymbolKind.TYPE_PARAMETER})


@dataclass(frozen=True, slots=True)
class Lookup:
    """`refs`: every symbol the text can mean, by path and position. `near`: similar names if there is none."""

    refs: tuple[Ref, ...]
    near: tuple[str, ...] = ()


def lookup(view: View, target: str) -> Lookup:
    """Symbols for a name (`Matcher`), a qualified name (`Matcher::find_at`, `flask.app.Flask`) or a symbol id."""
    wanted = tuple(part for part in _SEPARATOR.split(target.strip()) if part)
    wanted = wanted[1:] if wanted[:1] == ("crate",) else wanted
    if not wanted:
        return Lookup(())
    refs = _by_id(view, target.strip()) if " " in target.strip() else _by_name(view, wanted)
    if refs:
        return Lookup(tuple(sorted(refs, key=lambda ref: (view.path(document_of(ref)), definition_place(view, ref)))))
    names = sorted(view.symbol_names().distinct())
    return Lookup((), tuple(difflib.get_close_matches(wanted[-1], names, n=5, cutoff=0.6)))


def _by_name(view: View, wanted: tuple[str, ...]) -> list[Ref]:
    found = [ref for ref in _named(view, wanted[-1]) if _ends_with(qualified_name(view, ref), wanted)]
    return _visible(view, found) or _modules(view, wanted) or _passed_on(view, wanted) or _inherited(view, wanted)


def _named(view: View, name: str) -> Iterable[Ref]:
    for language in NAMES:
        yield from view.definitions(name, language)


def _visible(view: View, refs: list[Ref]) -> list[Ref]:
    """Without impl blocks and type parameters, unless there is nothing else."""
    kinds = {ref: view.glance(document_of(ref)).symbols.kind[row_of(ref)] for ref in refs}
    return [ref for ref in refs if kinds[ref] not in _HIDDEN] or refs


def _modules(view: View, wanted: tuple[str, ...]) -> list[Ref]:
    return [
        symbol_ref(document, 0)
        for language in NAMES
        for document in view.documents(language)
        if _ends_with(qualified_name(view, symbol_ref(document, 0)), wanted)
    ]


def _passed_on(view: View, wanted: tuple[str, ...]) -> list[Ref]:
    """Symbols named through a module that imports them: `flask.Flask.run` for `flask.app.Flask.run`."""
    for length in range(len(wanted) - 1, 0, -1):
        module, name, members = wanted[:length], wanted[length], wanted[length + 1 :]
        found = [ref for ref in _modules(view, module) for ref in _imported(view, document_of(ref), name)]
        for member in members:
            found = [inner for ref in found for inner in _members(view, ref, member)]
        if found:
            return list(dict.fromkeys(found))
    return []


def _imported(view: View, document: int, name: str, seen: frozenset[int] = frozenset()) -> Iterable[Ref]:
    """What a module's import of this name finally means, also by way of globs."""
    facts = view.glance(document)
    own = facts.bindings_by_scope.get(0, {})
    for binding in own.get(facts.string_ids.get(name, -1), ()):
        occurrence = facts.bindings.occurrence[binding]
        if facts.bindings.kind[binding] == BindingKind.IMPORT and occurrence >= 0:
            yield from view.meaning(document, occurrence).targets
    for binding in own.get(facts.string_ids.get("*", -1), ()):
        for module in _glob_modules(view, document, facts.bindings.value[binding]) - seen:
            yield from _members(view, symbol_ref(module, 0), name)
            yield from _imported(view, module, name, seen | {document, module})


def _glob_modules(view: View, document: int, value: int) -> set[int]:
    """The modules that a glob import takes everything from."""
    nodes = view.glance(document).nodes
    while value >= 0 and nodes.op[value] in (Op.IMPORT_MODULE, Op.IMPORT_PATH):
        value = nodes.a[value]
    if value < 0 or nodes.op[value] not in (Op.NAME, Op.PATH, Op.MEMBER):
        return set()
    occurrence = nodes.a[value] if nodes.op[value] == Op.NAME else nodes.b[value]
    return {document_of(ref) for ref in view.meaning(document, occurrence).targets}


def _inherited(view: View, wanted: tuple[str, ...]) -> list[Ref]:
    """A member that a type has from the nearest types above it: `Request.state` for `HTTPConnection.state`."""
    level = types(view, _by_name(view, wanted[:-1])) if len(wanted) > 1 else []
    seen = set(level)
    while level:
        above = [kin.hit for ref in level for kin in supertypes(view, ref).kin]
        level = list(
            dict.fromkeys(hit.ref for hit in above if hit.confidence is Confidence.CERTAIN and hit.ref not in seen)
        )
        seen.update(level)
        found = [inner for ref in level for inner in _members(view, ref, wanted[-1])]
        if found:
            return found
    return []


def _members(view: View, ref: Ref, name: str) -> Iterable[Ref]:
    document = document_of(ref)
    facts = view.glance(document)
    rows = facts.members.get(row_of(ref), {}).get(facts.string_ids.get(name, -1), ())
    return (symbol_ref(document, row) for row in rows)


def _ends_with(name: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return len(wanted) <= len(name) and name[-len(wanted) :] == wanted


def _by_id(view: View, target: str) -> list[Ref]:
    name = re.findall(r"`((?:[^`]|``)+)`|([\w+$-]+)", target)
    last = next((quoted or plain for quoted, plain in reversed(name)), "")
    found = [ref for ref in _named(view, last) if symbol_id(view, ref) == target]
    if found or not target.endswith("/"):
        return found
    documents = (document for language in NAMES for document in view.documents(language))
    return [symbol_ref(document, 0) for document in documents if symbol_id(view, symbol_ref(document, 0)) == target]
