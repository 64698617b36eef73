"""Outside: what a document implements of what lies outside of the workspace, so that the others who do can be found.

No symbol stands for a trait of another crate or a class of another package, so no edge can lead to it. Its place is
taken by its path, the same wherever it is mentioned; a document's links hold what it makes of such paths
(`model.links.Outward`), and views find documents by them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from isg_analysis.model.aliases import spellings
from isg_analysis.model.facts import Facts
from isg_analysis.model.links import Outward, OutwardPlace
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import TYPE_KINDS, SymbolFlag, SymbolKind
from isg_analysis.resolve.dispatch import Dispatch
from isg_analysis.resolve.program import Program, Resolver

IMPLEMENTED_MEMBERS = frozenset({SymbolKind.METHOD, SymbolKind.CONSTANT, SymbolKind.TYPE_ALIAS})
"""The members of an impl block that implement one of its trait's."""
_WITH_DERIVES = (SymbolKind.CLASS, SymbolKind.ENUM, SymbolKind.UNION)
_NEGATIVE = int(SymbolFlag.NEGATIVE)


@runtime_checkable
class Outside(Protocol):
    """Answered besides Resolver, by resolvers of languages in which outside interfaces are implemented by name. Pure,
    as Resolver is.
    """

    def outside(self, document: int, occurrence: int) -> tuple[str, ...]:
        """The path of what an external occurrence means, the same wherever it is mentioned; empty where not known. Its
        last part is the name.
        """


class OutsideMember(NamedTuple):
    """A member of an interface that lies outside: the interface's path, and the member's name and SymbolKind."""

    path: tuple[str, ...]
    name: str
    kind: int


@runtime_checkable
class OutsideMembers(Protocol):
    """Answered besides Outside, where members of outside interfaces have references of their own. Pure."""

    def outside_member(self, document: int, occurrence: int) -> OutsideMember | None:
        """What an external occurrence names of an outside interface; None where that is not known."""


def outward_name(path: Sequence[str], member: str = "", kind: int = 0) -> str:
    """How what lies outside is called in links: by its path; a member of it also by its own name and SymbolKind."""
    return " ".join(path) + (f"#{member} {kind}" if member else "")


def outward(program: Program, resolver: Resolver, document: int, name: str = "") -> list[Outward]:
    """What a document implements of what lies outside, found out now; with a name only of what has it as the last part
    of its path.
    """
    if not isinstance(resolver, Outside):
        return []
    facts = program.facts(document)
    wanted = spellings(facts, name) if name else None
    out: list[Outward] = []
    blocks: dict[int, tuple[str, ...]] = {}
    for row, occurrence, is_trait in _based(facts) if isinstance(resolver, Dispatch) else _named(facts):
        if wanted is not None and facts.occurrences.name[occurrence] not in wanted:
            continue
        if resolver.resolve(document, occurrence).targets or not (path := resolver.outside(document, occurrence)):
            continue
        if is_trait:
            blocks[row] = path
        out.append(Outward(_place(facts, row, occurrence), outward_name(path)))
    for row, parent in enumerate(facts.symbols.parent) if blocks else ():
        kind = facts.symbols.kind[row]
        if parent in blocks and kind in IMPLEMENTED_MEMBERS:
            out.append(Outward(_place(facts, row, -1), outward_name(blocks[parent], facts.name_of(row), kind)))
    return list(dict.fromkeys(out))


def outward_places(
    program: Program, resolver: Resolver, document: int, path: Sequence[str], member: str, kind: int
) -> list[OutwardPlace]:
    """Where a document implements something that lies outside, found out now."""
    name = outward_name(path, member, kind)
    return sorted(one.place for one in outward(program, resolver, document, path[-1]) if one.name == name)


def derived(facts: Facts, row: int) -> Iterator[int]:
    """The occurrences that name what a type derives, but for those that only a macro's text says."""
    decorators = facts.symbols.decorators[row]
    for node in facts.items(decorators) if decorators >= 0 else ():
        occurrence = named_by(facts, node)
        if occurrence >= 0 and _is_derive(facts, occurrence) and facts.occurrences.length[occurrence]:
            yield occurrence


def named_by(facts: Facts, node: int) -> int:
    """The occurrence of a path's last segment; -1 for what is no path."""
    while node >= 0 and facts.nodes.op[node] in (Op.GENERIC, Op.INDEX):
        node = facts.nodes.a[node]
    if node < 0 or facts.nodes.op[node] not in (Op.NAME, Op.PATH, Op.MEMBER):
        return -1
    return facts.nodes.a[node] if facts.nodes.op[node] == Op.NAME else facts.nodes.b[node]


def _named(facts: Facts) -> Iterator[tuple[int, int, bool]]:
    """(row, occurrence, whether it is the trait of an impl block): traits and self types that impl blocks name, traits
    that types derive.
    """
    symbols = facts.symbols
    for row, kind in enumerate(symbols.kind):
        if kind in _WITH_DERIVES:
            yield from ((row, occurrence, False) for occurrence in derived(facts, row))
        elif kind == SymbolKind.IMPLEMENTATION and not symbols.flags[row] & _NEGATIVE:
            named = [(named_by(facts, node), True) for node in facts.items(symbols.bases[row])]
            named.append((named_by(facts, symbols.type[row]), False))
            yield from ((row, occurrence, is_trait) for occurrence, is_trait in named if occurrence >= 0)


def _based(facts: Facts) -> Iterator[tuple[int, int, bool]]:
    """(row, occurrence, False): classes and the bases that they name."""
    symbols = facts.symbols
    for row, bases in enumerate(symbols.bases):
        if bases >= 0 and symbols.kind[row] in TYPE_KINDS:
            named = (named_by(facts, node) for node in facts.items(bases))
            yield from ((row, occurrence, False) for occurrence in named if occurrence >= 0)


def _place(facts: Facts, row: int, occurrence: int) -> OutwardPlace:
    symbols, occurrences = facts.symbols, facts.occurrences
    if occurrence >= 0 and _is_derive(facts, occurrence):
        return OutwardPlace(row, occurrences.start[occurrence], occurrences.length[occurrence], 1)
    start = symbols.name_start[row]
    return OutwardPlace(row, start, symbols.name_end[row] - start, 0)


def _is_derive(facts: Facts, occurrence: int) -> bool:
    return facts.occurrences.role[occurrence] == Role.DERIVE
