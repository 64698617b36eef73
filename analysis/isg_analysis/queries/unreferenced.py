"""What does nothing refer to, as far as can be seen? And what runs without being named?

A candidate is a symbol that nothing outside of it is certainly bound to. How likely it is dead code depends on what
else could reach it: users of a library, a name in a string or in code whose meaning is not known, a decorator that may
keep it, a base class from elsewhere that calls it. What custom runs (`main`, tests, special methods) is no candidate,
nor is what implements or overrides something. What belongs to a candidate is not listed beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from isg_analysis.languages.registry import NAMES, pack
from isg_analysis.model.occurrence import Confidence, Role
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.signature import decode
from isg_analysis.model.symbol import CALLABLE_KINDS, TYPE_KINDS, SymbolFlag, SymbolKind
from isg_analysis.queries.answer import Limits
from isg_analysis.queries.blast_radius import is_test
from isg_analysis.queries.relations import Ancestry
from isg_analysis.resolve.program import Ref, document_of, row_of, symbol_ref
from isg_analysis.resolve.view import View

_DEFAULT = Limits()
_KINDS = TYPE_KINDS | CALLABLE_KINDS | {SymbolKind.CONSTANT, SymbolKind.VARIABLE}
_PASSED_OVER = SymbolFlag.OVERLOAD | SymbolFlag.SETTER | SymbolFlag.UNREACHABLE | SymbolFlag.STALE
_DOUBTFUL = frozenset({"", "registered", "generated"})
"""Customs that only may run something."""
_NO_ENTRY = frozenset({"", "special", "generated"})
_MEMBERS = frozenset({SymbolKind.METHOD, SymbolKind.PROPERTY})
_REACH = SymbolFlag.PUBLIC | SymbolFlag.RESTRICTED
_WORD = re.compile(rb"\w+")
_FEW = 24
"""So many names are sooner looked for one by one than among all words of a text."""
_MADE = re.compile(rb"[\"'](\w{3,})(?:%s|\{)")
"""The start of a name that is made when the program runs: `"get_%s"`, `f"get_{name}"`."""


class Likelihood(IntEnum):
    """Of being dead code. HIGH: nothing in the workspace names it, and nobody else should. MEDIUM: it is public, so
    somebody else may. LOW: `Candidate.reasons` say what may reach it.
    """

    LOW = 1
    MEDIUM = 2
    HIGH = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """`reasons`: what speaks against its being dead code."""

    ref: Ref
    likelihood: Likelihood
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """What runs though nothing names it. `custom`: see LanguagePack."""

    ref: Ref
    custom: str
    test: bool


@dataclass(frozen=True, slots=True)
class Unreferenced:
    """Likely ones first, then by path and place. `truncated`: stopped before all documents were looked at."""

    candidates: tuple[Candidate, ...] = ()
    truncated: bool = False


def unreferenced(
    view: View, within: Collection[int] | None = None, least: Likelihood = Likelihood.LOW, limits: Limits = _DEFAULT
) -> Unreferenced:
    """The candidates, of at least some likelihood. `within`: only those in these documents."""
    reasons: dict[Ref, list[str]] = {}
    documents = _documents(view) if within is None else sorted(within, key=view.path)
    truncated = False
    for document in documents:
        if limits.stopped() or len(reasons) >= limits.nodes:
            truncated = True
            break
        reasons |= _Document(view, document).candidates()
    reasons = _without_members(view, reasons)
    named = _named_elsewhere(view, reasons, limits)
    found = []
    for ref, known in reasons.items():
        if ref in named:
            known.append("named elsewhere")
        likelihood = Likelihood.HIGH if not known else Likelihood.MEDIUM if known == ["public"] else Likelihood.LOW
        if likelihood >= least:
            found.append(Candidate(ref, likelihood, tuple(known)))
    found.sort(key=lambda one: (-one.likelihood, view.path(document_of(one.ref)), row_of(one.ref)))
    return Unreferenced(tuple(found[: limits.results]), truncated or len(found) > limits.results or limits.stopped())


def entry_points(view: View, within: Collection[int] | None = None, limits: Limits = _DEFAULT) -> tuple[Entry, ...]:
    """What custom runs or registers, by path and place; special methods aside, which run as a part of their class."""
    out: list[Entry] = []
    for document in _documents(view) if within is None else sorted(within, key=view.path):
        if limits.stopped() or len(out) >= limits.results:
            break
        asked = _Document(view, document)
        for row in asked.rows():
            custom = asked.custom(row)
            if custom not in _NO_ENTRY:
                ref = symbol_ref(document, row)
                out.append(Entry(ref, custom, is_test(view, ref)))
    return tuple(out)


def _documents(view: View) -> list[int]:
    return sorted((document for language in NAMES for document in view.documents(language)), key=view.path)


class _Document:
    """The symbols of one document, and what speaks for each."""

    def __init__(self, view: View, document: int) -> None:
        self._view = view
        self._document = document
        self._facts = view.glance(document)
        self._text = view.text(document)
        self._pack = pack(view.language(document))

    def rows(self) -> Iterator[int]:
        """The symbols that could be candidates or entry points."""
        symbols = self._facts.symbols
        for row in range(1, len(symbols.kind)):
            if symbols.kind[row] in _KINDS and not symbols.flags[row] & _PASSED_OVER:
                name = self._facts.name_of(row)
                if name.strip("_"):
                    yield row

    def custom(self, row: int) -> str:
        """By what custom a symbol runs; see LanguagePack."""
        symbols = self._facts.symbols
        head = (self._text or b"")[symbols.start[row] : symbols.name_start[row]]
        path = self._view.path(self._document)
        return self._pack.custom(path, symbols.kind[row], self._facts.name_of(row), head.decode("utf-8", "replace"))

    def candidates(self) -> dict[Ref, list[str]]:
        """What nothing certainly refers to, with reasons to doubt that it is dead; names elsewhere not looked at."""
        refs = {symbol_ref(self._document, row): row for row in self.rows()}
        used, doubts = self._uses(refs)
        overriding = {
            edge.source for edge in self._view.declared_relations(self._document) if edge.kind is RelationKind.OVERRIDES
        }
        out: dict[Ref, list[str]] = {}
        rows: set[int] = set()
        listed: set[tuple[int, str]] = set()
        symbols = self._facts.symbols
        parents = symbols.parent
        places = {symbols.name_start[row_of(ref)] for ref in used}  # what a macro repeats stands at one place
        for ref, row in refs.items():
            if symbols.name_start[row] in places or ref in overriding or self._implements(row):
                continue
            custom = self.custom(row)
            if custom not in _DOUBTFUL:
                continue
            if any(outer in rows for outer in self._around(parents[row])):
                continue
            rows.add(row)
            if (one := (symbols.name_start[row], self._facts.name_of(row))) in listed:
                continue
            listed.add(one)
            out[ref] = [*self._reasons(row), *([custom] if custom else ()), *sorted(doubts.get(ref, ()))]
        return out

    def _uses(self, refs: dict[Ref, int]) -> tuple[set[Ref], dict[Ref, set[str]]]:
        """Those that something outside of them certainly refers to; and what else is bound to the others."""
        used: set[Ref] = set()
        doubts: dict[Ref, set[str]] = {}
        edges = list(self._view.edges_to(refs))
        own: dict[Ref, set[Ref]] = {}  # a type's impl blocks
        for target, source, kind, _ in edges:
            if kind == RelationKind.EXTENDS and self._kind(source) == SymbolKind.IMPLEMENTATION:
                own.setdefault(target, set()).add(source)
        for target, source, kind, confidence in edges:
            if kind == RelationKind.OVERRIDES or self._lies_in(source, {target, *own.get(target, ())}):
                continue
            if confidence != Confidence.CERTAIN:
                doubts.setdefault(target, set()).add("possibly referred to")
            elif kind == RelationKind.IMPORTS:
                doubts.setdefault(target, set()).add("imported")
            else:
                used.add(target)
        return used, doubts

    def _reasons(self, row: int) -> Iterator[str]:
        symbols = self._facts.symbols
        parent = symbols.parent[row]
        if self._is_public(row) or (symbols.kind[parent] == SymbolKind.INTERFACE and self._is_public(parent)):
            yield "public"
        if parent > 0 and symbols.kind[parent] in TYPE_KINDS and self._has_foreign_base(parent):
            yield "base from elsewhere"

    def _is_public(self, row: int) -> bool:
        flags = self._facts.symbols.flags[row]
        return bool(flags & SymbolFlag.EXPORTED_MACRO) or flags & _REACH == SymbolFlag.PUBLIC

    def _has_foreign_base(self, row: int) -> bool:
        """Whether a class, or one above it, extends what the workspace does not define."""
        view, waiting = self._view, [symbol_ref(self._document, row)]
        for ref in waiting:
            facts = view.glance(document_of(ref))
            above = [
                edge.target
                for edge in view.declared_relations(document_of(ref))
                if edge.source == ref and edge.kind in (RelationKind.EXTENDS, RelationKind.IMPLEMENTS)
            ]
            bases = decode(facts.text(facts.symbols.signature[row_of(ref)])).bases
            if sum("=" not in base and base != "object" for base in bases) > len(set(above)):
                return True
            waiting += [base for base in above if base not in waiting]
        return False

    def _implements(self, row: int) -> bool:
        """Whether it lies in an impl block of a trait."""
        symbols = self._facts.symbols
        parent = symbols.parent[row]
        if parent <= 0 or symbols.kind[parent] != SymbolKind.IMPLEMENTATION:
            return False
        return bool(decode(self._facts.text(symbols.signature[parent])).trait)

    def _around(self, row: int) -> Iterator[int]:
        while row > 0:
            yield row
            row = self._facts.symbols.parent[row]

    def _kind(self, ref: Ref) -> int:
        return self._view.glance(document_of(ref)).symbols.kind[row_of(ref)]

    def _lies_in(self, ref: Ref, outer: Collection[Ref]) -> bool:
        document, row = document_of(ref), row_of(ref)
        parents = self._view.glance(document).symbols.parent
        while row > 0:
            if symbol_ref(document, row) in outer:
                return True
            row = parents[row]
        return False


def _without_members(view: View, reasons: dict[Ref, list[str]]) -> dict[Ref, list[str]]:
    """Less what lies in the impl blocks of types that are candidates themselves."""
    selves = Ancestry(view, RelationKind.EXTENDS)
    out: dict[Ref, list[str]] = {}
    for ref, known in reasons.items():
        parent = view.glance(document_of(ref)).symbols.parent[row_of(ref)]
        if parent <= 0 or reasons.keys().isdisjoint(selves.direct(symbol_ref(document_of(ref), parent))):
            out[ref] = known
    return out


def _named_elsewhere(view: View, refs: Iterable[Ref], limits: Limits) -> set[Ref]:
    """Those whose name stands somewhere, be it in a string, where it is not certainly something else's."""
    by_name: dict[str, list[Ref]] = {}
    for ref in refs:
        by_name.setdefault(view.glance(document_of(ref)).name_of(row_of(ref)), []).append(ref)
    words_of = _words(by_name)
    counts: Counter[str] = Counter()
    made: set[str] = set()
    for document in _documents(view) if by_name else ():
        text = None if limits.stopped() else view.text(document)
        if text is None:
            return {ref for found in by_name.values() for ref in found}
        made.update(start.decode() for start in _MADE.findall(text))
        if words := words_of(text):
            standing = Counter({name.decode(): count for name, count in words.items()})
            counts += standing - _explained(view, document, standing)
    starts = tuple(sorted(made))
    return {ref for name, found in by_name.items() if counts[name] > 0 or name.startswith(starts) for ref in found}


def _words(names: Collection[str]) -> Callable[[bytes], Counter[bytes]]:
    """Counts how often each of the names stands in a text as a word."""
    wanted = {word for name in names if _WORD.fullmatch(word := name.encode())}
    if not wanted or len(wanted) > _FEW:
        return lambda text: Counter(word for word in _WORD.findall(text) if word in wanted)
    these = re.compile(rb"\b(?:%s)\b" % b"|".join(sorted(wanted, reverse=True)))  # of two the longer one first

    def counted(text: bytes) -> Counter[bytes]:
        return Counter(these.findall(text) if any(word in text for word in wanted) else ())

    return counted


def _explained(view: View, document: int, names: Collection[str]) -> Counter[str]:
    """How often each name stands where it defines something or certainly means something. That it means a member does
    not count: where two classes are bases of a third, one's member may run for the other's.
    """
    facts = view.glance(document)
    ids = {number: name for name in names if (number := facts.string_ids.get(name, -1)) >= 0}
    out: Counter[str] = Counter()
    if not ids:
        return out
    rows = facts.occurrences
    links = view.links(document)
    sure = {
        at
        for at, (keys, confidence) in links.bound().items()
        if confidence == Confidence.CERTAIN and rows.name[at] in ids and not _is_member(view, keys)
    }
    sure.update(at for at, _ in links.locals)
    starts: set[int] = set()
    for at, number in enumerate(rows.name):
        if number in ids and (at in sure or rows.role[at] == Role.DEFINITION) and rows.start[at] not in starts:
            starts.add(rows.start[at])
            out[ids[number]] += 1
    return out


def _is_member(view: View, keys: Iterable[int]) -> bool:
    refs = [ref for key in keys if (ref := view.ref_of(key)) is not None]
    return any(view.glance(document_of(ref)).symbols.kind[row_of(ref)] in _MEMBERS for ref in refs)
