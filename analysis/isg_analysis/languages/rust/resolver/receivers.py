"""Receivers: which method `value.name(...)` calls, once the value's type is known.

Rust's order: for each step of dereferencing first what takes the receiver as it stands, then what takes a reference to
it, then what takes a mutable one; in each, inherent methods before those of traits that are in scope.
"""

from __future__ import annotations

from collections.abc import Sequence

from isg_analysis.languages.rust.marks import MUTABLE
from isg_analysis.languages.rust.resolver.files import ELSEWHERE_REF, File
from isg_analysis.languages.rust.resolver.implementations import Member
from isg_analysis.languages.rust.resolver.members import OPAQUE, Members
from isg_analysis.languages.rust.resolver.terms import (
    ADT,
    CHANGED,
    EITHER,
    REF,
    SHARED,
    Term,
    Type,
    peel,
)
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.program import Ref

_VALUE, _HELD = "value", "held"
_ORDERS = {
    None: (_VALUE, SHARED, CHANGED, _HELD),
    SHARED: (SHARED, _VALUE, CHANGED, _HELD),
    CHANGED: (CHANGED, _VALUE, SHARED, _HELD),
    _HELD: (_HELD, _VALUE, SHARED, CHANGED),
}
"""In which order a type's methods come, by how they take `self` and by the reference or Pin that the type is behind."""
_REFERENCES = (SHARED, CHANGED)
_UNKNOWN: tuple[Member, ...] = ((ELSEWHERE_REF, {}),)


class Receivers(Members):
    """Method lookup on the types of values."""

    def methods(self, term: Type, name: str, file: File, scope: int) -> tuple[Member, ...]:
        """What `value.name(...)` may call at a place, with what the receiver's type gives the parameters in sight.

        Empty when the type has no such method; ELSEWHERE_REF when the type is another crate's.
        """
        late: tuple[Member, ...] = ()
        before: Type = None
        for step in self.dereferenced(term):
            outer, before = before, step
            if step[0] == EITHER:
                return tuple(found for each in step[2] for found in self.methods(each, name, file, scope)) or late
            found = self._at_step(step, outer, name, file, scope)
            if not found or found == _UNKNOWN:
                found = self._by_reference(step, outer, name, file, scope) or found
            if found and self._needs_more(step, found[0][0]) and not (outer is not None and self._is_pin(outer)):
                late = late or found  # needs one reference more: what takes the one that there is comes first
            elif found:
                return late if late and self._comes_later(found[0][0], self._behind(outer)) else found
        return late

    def _comes_later(self, ref: Ref, behind: str | None) -> bool:
        """Whether a method of the workspace is not called by the reference that its type stands behind."""
        return ref >= 0 and behind in _REFERENCES and self._taken_by(ref) != behind

    def _behind(self, outer: Type) -> str | None:
        """The reference or Pin that a type stands behind."""
        if outer is None:
            return None
        kind: str | None = outer[1] if outer[0] == REF else _HELD if self._is_pin(outer) else None
        return kind

    def _at_step(self, step: Term, outer: Type, name: str, file: File, scope: int) -> tuple[Member, ...]:
        """The first of a type's own methods in Rust's order."""
        found = self._seen(self.own_items(step, name), step, file, scope)
        if not found or found[0][0] == ELSEWHERE_REF or step[0] in OPAQUE:
            return found
        if step[0] == REF:
            return self._before_reference(step, found, name)
        order = _ORDERS[self._behind(outer)]
        first = min(order.index(self._taken_by(ref)) for ref, _ in found)
        held = order[first] == _HELD and not self._is_pin(step)
        if first and (held or self._is_inherent_method(found[0][0])):
            wanted = order[:first]
            of_traits = self._seen(self._of_traits(step, name, wanted), step, file, scope)
            if of_traits:
                return of_traits
        return tuple(member for member in found if order.index(self._taken_by(member[0])) == first)

    def _of_traits(self, step: Term, name: str, receivers: Sequence[str]) -> tuple[Member, ...]:
        """Methods of traits that take `self` in one of the given ways."""
        if not any(self._taken_by(ref) in receivers for t in self._traits_with(name) for ref in self._valued(t, name)):
            return ()
        found = self._blanket_items(step, name)
        return tuple(member for member in found if self._taken_by(member[0]) in receivers)

    def _before_reference(self, step: Term, found: tuple[Member, ...], name: str) -> tuple[Member, ...]:
        """Of a trait for `&T` and an inherent `&self` of T, both of which take the receiver as it is, the latter."""
        inner = step[2][0]
        if inner is None or inner[0] != ADT:
            return found
        own = [member for member in self.own_items(inner, name) if self._is_inherent_method(member[0])]
        return tuple(member for member in own if self._taken_by(member[0]) == step[1]) or found

    def _by_reference(self, step: Term, outer: Type, name: str, file: File, scope: int) -> tuple[Member, ...]:
        """What is implemented for references to a type and takes them by value."""
        if step[0] in OPAQUE or step[0] == REF:
            return ()
        behind = self._behind(outer)
        traits = [trait for trait in self._traits_with(name) if trait >= 0 and self._takes_itself(trait, name)]
        for kind in _REFERENCES if behind in (None, _HELD) else (SHARED,) if behind == CHANGED else ():
            term: Term = (REF, kind, (step,))
            for trait in traits:
                found = self._of_references(term, trait, name)
                if found and self.sees_trait(file, scope, trait):
                    return found
        return ()

    def _of_references(self, term: Term, trait: Ref, name: str) -> tuple[Member, ...]:
        """What the impls of a trait for references, not for whatever there is, have of a name."""
        out: list[Member] = []
        for impl, given in self.matching_impls(term, trait):
            own = self.impl_self(impl)
            if own is not None and own[0] == REF:
                found = [(ref, given) for ref in self._valued(impl, name)]
                out += found or [(ref, {trait: term}) for ref in self._valued(trait, name)]
        return tuple(out)

    def _takes_itself(self, trait: Ref, name: str) -> bool:
        return any(self._taken_by(ref) == _VALUE for ref in self._valued(trait, name))

    def taken_whole(self, ref: Ref, value: Type) -> Type:
        """The type that a method is called on, by the value that is passed for its `self`."""
        value = peel(value)
        if self._taken_by(ref) == _HELD and value is not None and self._is_pin(value):
            return peel(value[2][0]) if value[2] else None
        return value

    def _taken_by(self, ref: Ref) -> str:
        """How a method takes `self`: as it is, by one of the references, or in another type, `self: Pin<&mut Self>`."""
        file, row = self.files.of(ref)
        parameters = file.items(file.symbols.parameters[row])
        op = file.op(parameters[0]) if parameters else 0
        if op != Op.REF:
            return _HELD if op == Op.GENERIC else _VALUE
        return CHANGED if file.facts.nodes.b[parameters[0]] == MUTABLE else SHARED

    def _is_inherent_method(self, ref: Ref) -> bool:
        owner = self.files.parent(ref)
        return self.files.kind(owner) == SymbolKind.IMPLEMENTATION and self._is_inherent(owner)

    def _seen(self, members: tuple[Member, ...], term: Term, file: File, scope: int) -> tuple[Member, ...]:
        """Leave out methods of traits that are not in scope. What a bound promises needs no import."""
        if term[0] in OPAQUE or not members:
            return members
        return tuple(member for member in members if self._is_seen(member[0], file, scope))

    def _is_seen(self, ref: Ref, file: File, scope: int) -> bool:
        if ref < 0:
            return True
        owner = self.files.parent(ref)
        kind = self.files.kind(owner)
        if kind == SymbolKind.IMPLEMENTATION and not self._is_inherent(owner):
            trait = self.impl_trait(owner)
            if trait is None or trait[0] != ADT or trait[1] < 0:
                return True
            owner = trait[1]
        elif kind != SymbolKind.INTERFACE:
            return True
        return self.sees_trait(file, scope, owner)

    def _needs_more(self, step: Term, ref: Ref) -> bool:
        """Whether a method needs a pointer to the pointer: `&self` on `&T`, `Pin<&mut Self>` on `Pin<P>`."""
        file, row = self.files.of(ref)
        parameters = file.items(file.symbols.parameters[row])
        receiver = file.op(parameters[0]) if parameters else 0
        if step[0] == REF:
            return receiver == Op.REF
        return receiver == Op.GENERIC and self._is_pin(step)

    def _is_pin(self, term: Term) -> bool:
        return term[0] == ADT and term[1] < 0 and self.files.name(term[1]) == "Pin"
