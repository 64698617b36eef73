"""What does calling a class run? The constructor it has or inherits; and back from a constructor to the classes.

Which methods are constructors is the language pack's word (`constructors`).
"""

from __future__ import annotations

from collections.abc import Iterator

from isg_analysis.languages.registry import pack
from isg_analysis.model.relation import RelationKind
from isg_analysis.model.symbol import CALLABLE_KINDS, TYPE_KINDS, SymbolKind
from isg_analysis.queries.answer import Limits
from isg_analysis.queries.relations import Ancestry, incoming
from isg_analysis.resolve.program import Ref, document_of, is_binding, row_of, symbol_ref
from isg_analysis.resolve.view import View

_BASES = (RelationKind.EXTENDS, RelationKind.IMPLEMENTS)
_FIRST_FIELD = "0"


def kind_of(view: View, ref: Ref) -> SymbolKind:
    """The kind of a symbol."""
    return SymbolKind(view.facts(document_of(ref)).symbols.kind[row_of(ref)])


def can_be_called(view: View, ref: Ref) -> bool:
    """Whether it is a function, a macro, a class, or a type or variant with fields that go by their place."""
    if is_binding(ref):
        return False
    kind = kind_of(view, ref)
    if kind in CALLABLE_KINDS or is_class(view, ref):
        return True
    return kind in (SymbolKind.CLASS, SymbolKind.VARIANT) and bool(_members(view, ref, _FIRST_FIELD))


def is_class(view: View, ref: Ref) -> bool:
    """Whether it is a type in whose language calling one runs a method."""
    return kind_of(view, ref) in TYPE_KINDS and bool(_names(view, ref))


def is_constructor(view: View, ref: Ref) -> bool:
    """Whether it is a method that calling a class runs."""
    name = view.facts(document_of(ref)).name_of(row_of(ref))
    return name in _names(view, ref) and kind_of(view, ref) is SymbolKind.METHOD


def own_constructor(view: View, owner: Ref) -> Ref | None:
    """The constructor that a class itself defines."""
    found = (member for name in _names(view, owner) for member in _members(view, owner, name))
    return next((member for member in found if kind_of(view, member) in CALLABLE_KINDS), None)


def constructed(view: View, ref: Ref) -> Ref | None:
    """The class whose call runs a symbol because the class itself defines it as its constructor."""
    if is_binding(ref) or not is_constructor(view, ref):
        return None
    owner = symbol_ref(document_of(ref), view.facts(document_of(ref)).symbols.parent[row_of(ref)])
    return owner if own_constructor(view, owner) == ref else None


class Constructors:
    """Make one per question: it remembers what the classes it was asked about extend."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._bases = Ancestry(view, *_BASES)

    def run_by(self, ref: Ref) -> Ref:
        """What a call of this runs: the constructor, where it is a class that has one; else the thing itself."""
        return (self._of(ref) or ref) if is_class(self._view, ref) else ref

    def made_by(self, constructor: Ref, limits: Limits) -> Iterator[Ref]:
        """The classes whose calls run a constructor: its own, and those derived from it that have no other."""
        facts, document = self._view.facts(document_of(constructor)), document_of(constructor)
        queue = [symbol_ref(document, facts.symbols.parent[row_of(constructor)])]
        seen = set(queue)
        for made in queue:
            if limits.stopped() or len(seen) > limits.nodes:
                return
            if self._of(made) != constructor:
                continue
            yield made
            derived = [edge.source for edge in incoming(self._view, made, *_BASES) if edge.source not in seen]
            queue += dict.fromkeys(derived)
            seen.update(derived)

    def _of(self, owner: Ref) -> Ref | None:
        """The first in the order in which members are looked up: no class comes before one derived from it."""
        own = own_constructor(self._view, owner)
        if own is not None:
            return own
        above = self._bases.above(owner)
        having = {base: own for base in above if (own := own_constructor(self._view, base)) is not None}
        hidden = {base for other in having for base in self._bases.above(other)}
        return next((own for base, own in having.items() if base not in hidden), None)


def _names(view: View, ref: Ref) -> tuple[str, ...]:
    return pack(view.language(document_of(ref))).constructors


def _members(view: View, ref: Ref, name: str) -> list[Ref]:
    facts = view.facts(document_of(ref))
    rows = facts.members.get(row_of(ref), {}).get(facts.string_ids.get(name, -1), ())
    return [symbol_ref(document_of(ref), row) for row in rows]
