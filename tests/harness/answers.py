"""The queries a `text expected: <query> <argument>` fence can hold the answer of.

Each takes a View and the words behind the query's name, and gives lines of text, the same for the
same files. To add one: a function here with `@answer`. `pytest --update-specs` rewrites the fences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from harness.view import document_at, place_of, shown, title
from isg_analysis import queries
from isg_analysis.languages.registry import pack
from isg_analysis.model.facts import BindingKind, Facts, ScopeKind
from isg_analysis.model.occurrence import Confidence, Role
from isg_analysis.model.signature import Parameter, Signature, TypeParameter, decode
from isg_analysis.model.symbol import SymbolFlag, SymbolKind
from isg_analysis.model.text import Position, PositionEncoding
from isg_analysis.queries import CallAnswer, KinAnswer
from isg_analysis.queries.dependencies import Dependency
from isg_analysis.queries.findings import Place
from isg_analysis.resolve.program import Ref, symbol_ref
from isg_analysis.resolve.view import View, line_index

Query = Callable[[View, str], Iterator[str]]
ANSWERS: dict[str, Query] = {}


class UnknownArgument(Exception):
    """The fence names a file or symbol that the test does not have."""


def answer(query: Query) -> Query:
    """Make a function a query of `text expected:` fences, under its own name."""
    ANSWERS[query.__name__] = query
    return query


@answer
def outline(view: View, path: str) -> Iterator[str]:
    """`outline PATH`: every symbol, nested: kind, name, first and last line, flags."""
    facts = _facts(view, path)
    depth = {0: -1}
    for row in _preorder(facts):
        depth[row] = depth[facts.symbols.parent[row]] + 1
        first, last = (place_of(facts, at)[0] for at in (facts.symbols.start[row], facts.symbols.end[row]))
        flags = "".join(f" {flag.name.lower()}" for flag in SymbolFlag if facts.symbols.flags[row] & flag and flag.name)
        kind = SymbolKind(facts.symbols.kind[row]).name.lower()
        yield f"{'  ' * depth[row]}{kind} {title(facts, row)} {first}-{last}{flags}"


@answer
def signature(view: View, name: str) -> Iterator[str]:
    """`signature Name` or `signature Outer.name`: the text, then its parts."""
    for facts, row in _named(view, name):
        yield from _parts(decode(facts.text(facts.symbols.signature[row])))


@answer
def doc(view: View, name: str) -> Iterator[str]:
    """`doc Name`: the doc comment without its markers."""
    for facts, row in _named(view, name):
        yield from facts.text(facts.symbols.doc[row]).decode().split("\n")


@answer
def ids(view: View, path: str) -> Iterator[str]:
    """`ids PATH`: the symbol id of every symbol."""
    facts, document = _facts(view, path), document_at(view, path)
    language = pack(view.language(document))
    names = {0: str(language.prefix(view.layout(language.name), path))}
    for row in _preorder(facts):
        symbols = facts.symbols
        text = decode(facts.text(symbols.signature[row])).text
        suffix = language.descriptor(symbols.kind[row], facts.name_of(row), symbols.disambiguator[row], text)
        names[row] = names[symbols.parent[row]] + suffix
        yield names[row]


@answer
def scopes(view: View, path: str) -> Iterator[str]:
    """`scopes PATH`: every scope, nested, with what it binds."""
    facts = _facts(view, path)
    children: dict[int, list[int]] = {}
    for row, parent in enumerate(facts.scopes.parent):
        children.setdefault(parent, []).append(row)
    yield from _scope(facts, children, 0, "")


@answer
def occurrences(view: View, path: str) -> Iterator[str]:
    """`occurrences PATH`: every occurrence: line:column, name, role, meaning."""
    facts, document = _facts(view, path), document_at(view, path)
    rows = facts.occurrences
    for at, start in enumerate(rows.start):
        line, column = place_of(facts, start)
        head = f"{line}:{column} {facts.strings[rows.name[at]]} {Role(rows.role[at]).name.lower()}"
        if rows.role[at] == Role.DEFINITION:
            yield head
            continue
        meaning = view.resolver(document).resolve(document, at)
        confidence = "external" if meaning.external else Confidence(meaning.confidence).name.lower()
        yield " ".join([head, confidence, *(shown(view, target) for target in meaning.targets)])


@answer
def relations(view: View, path: str) -> Iterator[str]:
    """`relations PATH`: what its symbols extend, implement and override."""
    _facts(view, path)
    document = document_at(view, path)
    for relation in view.resolver(document).relations(document):
        kind = relation.kind.name.lower()
        yield f"{shown(view, relation.source)} {kind} {shown(view, relation.target)}{_doubt(relation.confidence)}"


@answer
def callers(view: View, name: str) -> Iterator[str]:
    """`callers NAME`: who calls it, with every call; also where the receiver's type is not known."""
    for ref in _refs(view, name):
        yield from _calls(view, queries.callers(view, ref, include_possible=True))


@answer
def callees(view: View, name: str) -> Iterator[str]:
    """`callees NAME`: what it calls, with every call; also where the receiver's type is not known."""
    for ref in _refs(view, name):
        yield from _calls(view, queries.callees(view, ref, include_possible=True))


@answer
def references(view: View, place: str) -> Iterator[str]:
    """`references PATH:LINE:COLUMN`: the references of what stands there, without its declaration, and their lines."""
    path, line, column = place.rsplit(":", 2)
    facts, document = _facts(view, path), document_at(view, path)
    asked = Position(int(line) - 1, int(column) - 1)
    offset = line_index(facts).offset(asked, PositionEncoding.UTF32, facts.symbols.end[0])
    for found in queries.references(view, queries.at(view, document, offset), include_declaration=False).hits:
        at = place_of(view.facts(found.document), found.start)
        said = (view.text(found.document) or b"").decode().split("\n")[at[0] - 1].strip()
        yield f"{found.path}:{at[0]}:{at[1]}{_doubt(found.confidence)}  {said}"


@answer
def supertypes(view: View, name: str) -> Iterator[str]:
    """`supertypes NAME`: what directly stands above a type."""
    for ref in _refs(view, name):
        yield from _kin(view, queries.supertypes(view, ref))


@answer
def subtypes(view: View, name: str) -> Iterator[str]:
    """`subtypes NAME`: what directly stands below a type."""
    for ref in _refs(view, name):
        yield from _kin(view, queries.subtypes(view, ref))


@answer
def errors(view: View, path: str) -> Iterator[str]:
    """`errors PATH`: what could not be extracted."""
    yield from _facts(view, path).errors


def _refs(view: View, name: str) -> list[Ref]:
    """The symbols of that name; of a file's path, its module."""
    document = document_at(view, name)
    return [symbol_ref(document, 0)] if document >= 0 else [symbol_ref(at, row) for at, row in _symbols(view, name)]


def _calls(view: View, answer: CallAnswer) -> Iterator[str]:
    for calls in answer.calls:
        facts = view.facts(calls.places[0].document)
        places = [":".join(map(str, place_of(facts, place.start))) for place in calls.places]
        yield f"{shown(view, calls.hit.ref)}{_doubt(calls.hit.confidence)}: {', '.join(places)}"


def _kin(view: View, answer: KinAnswer) -> Iterator[str]:
    for each in answer.kin:
        blanket = f" by {each.blanket}" if each.blanket else ""
        yield f"{shown(view, each.hit.ref)}{blanket}{_doubt(each.hit.confidence)}"


def _doubt(confidence: Confidence) -> str:
    return "" if confidence == Confidence.CERTAIN else " (possible)"


def _facts(view: View, path: str) -> Facts:
    return view.facts(_document(view, path))


def _document(view: View, path: str) -> int:
    document = document_at(view, path)
    if document < 0:
        raise UnknownArgument(f"there is no file {path!r} of a known language in this test")
    return document


def _preorder(facts: Facts) -> Iterator[int]:
    """Every symbol but the module, each behind its parent, siblings in source order."""
    children: dict[int, list[int]] = {}
    for row, parent in enumerate(facts.symbols.parent):
        children.setdefault(parent, []).append(row)
    stack = list(reversed(children.get(0, [])))
    while stack:
        row = stack.pop()
        yield row
        stack += reversed(children.get(row, []))


def _named(view: View, name: str) -> Iterator[tuple[Facts, int]]:
    return ((view.facts(document), row) for document, row in _symbols(view, name))


def _symbols(view: View, name: str) -> Iterator[tuple[int, int]]:
    parts = name.replace("::", ".").split(".")
    found = False
    for language in ("rust", "python"):
        for document in view.documents(language):
            facts = view.facts(document)
            for row in _preorder(facts):
                if _path(facts, row)[-len(parts) :] == parts:
                    found = True
                    yield document, row
    if not found:
        raise UnknownArgument(f"no symbol {name!r} in this test")


def _path(facts: Facts, row: int) -> list[str]:
    out: list[str] = []
    while row > 0:
        out.append(facts.name_of(row) or "impl")
        row = facts.symbols.parent[row]
    return out[::-1]


def _parts(parts: Signature) -> Iterator[str]:
    yield parts.text
    for label, values in (("modifiers", parts.modifiers), ("decorators", parts.decorators), ("bases", parts.bases)):
        if values:
            yield f"  {label}: {', '.join(values)}"
    for generic in parts.generics:
        yield f"  generic {_generic(generic)}"
    for parameter in parts.parameters:
        yield f"  parameter {_parameter(parameter)}"
    for label, value in (("returns", parts.returns), ("trait", parts.trait), ("self type", parts.self_type)):
        if value:
            yield f"  {label}: {value}"
    for predicate in parts.where:
        yield f"  where {predicate.subject}: {' + '.join(predicate.bounds)}"


def _generic(generic: TypeParameter) -> str:
    bounds = f": {' + '.join(generic.bounds)}" if generic.bounds else ""
    default = f" = {generic.default}" if generic.default else ""
    return f"{generic.name}{bounds}{default} ({generic.kind})"


def _parameter(parameter: Parameter) -> str:
    type_ = f": {parameter.type}" if parameter.type else ""
    default = f" = {parameter.default}" if parameter.default else ""
    kind = f" ({parameter.kind})" if parameter.kind else ""
    return f"{parameter.name}{type_}{default}{kind}"


def _scope(facts: Facts, children: dict[int, list[int]], scope: int, indent: str) -> Iterator[str]:
    first, last = (place_of(facts, at)[0] for at in (facts.scopes.start[scope], facts.scopes.end[scope]))
    yield f"{indent}{ScopeKind(facts.scopes.kind[scope]).name.lower()} {first}-{last}"
    for row in (row for rows in facts.bindings_by_scope.get(scope, {}).values() for row in rows):
        kind = BindingKind(facts.bindings.kind[row]).name.lower()
        yield f"{indent}  {kind} {facts.strings[facts.bindings.name[row]]}"
    for child in children.get(scope, ()):
        yield from _scope(facts, children, child, indent + "  ")


@answer
def findings(view: View, kind: str) -> Iterator[str]:
    """`findings KIND`: what `isg check` finds of one kind, with the hops of each."""
    from isg_analysis.queries.check import KINDS, check

    if kind not in KINDS:
        raise UnknownArgument(f"there is no kind {kind!r} of findings; there are {', '.join(KINDS)}")
    for finding in check(view, [kind]):
        yield f"{_at(view, finding.place)} {finding.severity} {finding.place.message}"
        yield from (f"  {_at(view, hop)} {hop.message}" for hop in finding.hops)
        yield from (f"  cut {cut.source} -> {cut.target}: {', '.join(cut.names)}".rstrip(": ") for cut in finding.cut)


@answer
def remedies(view: View, kind: str) -> Iterator[str]:
    """`remedies KIND`: how the imports of findings could move, and where a comment would leave the finding out: each
    with the lines of the changed text that are not empty.
    """
    from isg_analysis.model.edits import changed
    from isg_analysis.queries.check import check
    from isg_analysis.queries.remedies import ignoring, moves

    for finding in check(view, [kind]):
        place, text = finding.place, view.text(finding.place.document) or b""
        for move in moves(view, place.document, place.start, place.end):
            yield f"{_at(view, place)} {move.strength.name.lower()} {', '.join(move.names)}"
            yield from (f"  | {line}" for line in changed(text, move.edits).decode().splitlines() if line.strip())
        comment = ignoring(view, place.document, place.start, place.end, finding.code)
        if comment is not None:
            before, after = text.decode().splitlines(), changed(text, (comment,)).decode().splitlines()
            yield from (f"{_at(view, place)} | {new}" for old, new in zip(before, after, strict=True) if old != new)
        else:
            yield f"{_at(view, place)} no comment"


def _at(view: View, place: Place) -> str:
    start, _ = place.span(view, PositionEncoding.UTF32)
    return f"{place.path(view)}:{start.line + 1}:{start.column + 1}"


@answer
def blast_radius(view: View, asked: str) -> Iterator[str]:
    """`blast_radius NAME [hops=N] [nodes=N]`: what depends on it, near ones first, tests behind, and if cut short."""
    from isg_analysis.graph.modules import label
    from isg_analysis.queries.answer import Limits
    from isg_analysis.queries.blast_radius import blast_radius

    name, *options = asked.split()
    bounds = {"hops": 64, "nodes": 10_000} | {key: int(value) for key, value in (one.split("=") for one in options)}
    found = blast_radius(view, _refs(view, name), hops=bounds["hops"], limits=Limits(nodes=bounds["nodes"]))
    for tests in (False, True):
        for one in found.ranked():
            if one.test == tests:
                word = (
                    f"{'test ' if tests else ''}{label(view, one.ref)} {one.kind.name.lower()} {label(view, one.via)}"
                )
                yield f"{one.hops} {word}{_doubt(one.confidence)}"
    if found.truncated:
        yield "truncated"


@answer
def unreferenced(view: View, asked: str) -> Iterator[str]:
    """`unreferenced`: what nothing refers to, likely dead code first, with what speaks against it."""
    from isg_analysis.queries.unreferenced import unreferenced

    del asked
    for one in unreferenced(view).candidates:
        reasons = f": {', '.join(one.reasons)}" if one.reasons else ""
        yield f"{one.likelihood.name.lower()} {shown(view, one.ref)}{reasons}"


@answer
def entry_points(view: View, asked: str) -> Iterator[str]:
    """`entry_points`: what runs though nothing names it, and by what custom."""
    from isg_analysis.queries.unreferenced import entry_points

    del asked
    for one in entry_points(view):
        yield f"{one.custom} {shown(view, one.ref)}"


@answer
def dependencies(view: View, path: str) -> Iterator[str]:
    """`dependencies PATH`: the modules that a file's module needs, how strongly, and the names that cross."""
    from isg_analysis.queries.dependencies import dependencies

    yield from _module_ties(view, dependencies(view, symbol_ref(_document(view, path), 0)))


@answer
def dependents(view: View, path: str) -> Iterator[str]:
    """`dependents PATH`: the modules that need a file's module."""
    from isg_analysis.queries.dependencies import dependents

    yield from _module_ties(view, dependents(view, symbol_ref(_document(view, path), 0)))


def _module_ties(view: View, found: Iterable[Dependency]) -> Iterator[str]:
    from isg_analysis.graph.modules import label

    for one in found:
        names = f": {', '.join(one.names)}" if one.names else ""
        yield f"{label(view, one.module)} {one.strength.name.lower()}{names}"
