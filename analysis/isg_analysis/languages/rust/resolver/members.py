"""Members: what `Type::name` and a field in a literal or pattern mean, once the type is known, and what a type has of a
name. Inherent items come before those of traits; a trait's own default only where the impl has no item of that name.
Which of them a call with a receiver means is decided in `receivers`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from isg_analysis.languages.rust.resolver.files import (
    ELSEWHERE_REF,
    NAMESPACE,
    STUBS,
    TYPE,
    File,
)
from isg_analysis.languages.rust.resolver.implementations import Implementations, Member, head_of
from isg_analysis.languages.rust.resolver.memo import by_ref, by_value
from isg_analysis.languages.rust.resolver.names import ELSEWHERE, Refs
from isg_analysis.languages.rust.resolver.terms import (
    ADT,
    DYN,
    EITHER,
    IMPL,
    OUTSIDE,
    PARAM,
    POINTER,
    PRIM,
    PROJECTED,
    PROJECTION,
    REF,
    SELF,
    Substitution,
    Term,
    Type,
    peel,
    substitute,
    unify,
)
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolFlag, SymbolKind
from isg_analysis.resolve.memo import Memo
from isg_analysis.resolve.program import Program, Ref, document_of, symbol_ref

OPAQUE = (PARAM, SELF, DYN, IMPL, PROJECTION)
"""Types whose members are what their bounds promise."""
_STEPS = 8


class Members(Implementations):
    """Member lookup on terms."""

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self._own: Memo[tuple[Term, str], tuple[Member, ...]] = by_value(self.answers, (), self._find_items)
        self._owners: Memo[str, Refs] = by_value(self.answers, (), self._find_traits_with)
        self._delegating: Memo[Ref, bool] = by_ref(self.answers, False, self._find_delegation)
        self._deref_trait: Ref | None = None

    def dereferenced(self, term: Type) -> Iterator[Term]:
        """The type and what it derefs to, step by step."""
        for _ in range(_STEPS):
            if term is None:
                return
            yield term
            if term[0] in (REF, POINTER):
                term = term[2][0]
            elif term[0] == ADT:
                term = self._deref_target(term)
            else:
                return

    def _deref_target(self, term: Term) -> Type:
        if self._deref_trait is None:
            self._deref_trait = self._stub_named("Deref")
        for impl, given in self.matching_impls(term, self._deref_trait):
            if isinstance(head_of(self.impl_self(impl)), int):
                for alias in self._aliases(impl, "Target"):
                    file, row = self.files.of(alias)
                    return self.normal(substitute(self.written(file.document, file.symbols.type[row]), given))
        return None

    def _stub_named(self, name: str) -> Ref:
        found = self._stub(name, TYPE)
        return found[0]

    def own_items(self, term: Term, name: str) -> tuple[Member, ...]:
        """Associated functions, methods and constants of a type itself, without dereferencing."""
        return self._own((term, name))

    def _find_items(self, key: tuple[Term, str]) -> tuple[Member, ...]:
        term, name = key
        if term[0] == OUTSIDE:
            found = list(self._impl_items(term, name)) if term[1] is not None else []
            return tuple(member for member in found if not self._delegates(member[0])) or ((ELSEWHERE_REF, {}),)
        if term[0] in OPAQUE:
            return self._bound_items(term, name) or self._blanket_items(term, name) or self._foreign_items(term)
        found = list(self._impl_items(term, name))
        if not found:
            found = list(self._derived_items(term, name)) or list(self._blanket_items(term, name))
        if term[0] == ADT and term[1] < 0:
            found = [member for member in found if member[0] < 0 or not self._delegates(member[0])]
        if not found and term[0] == ADT and term[1] < 0 and document_of(term[1]) == STUBS:
            return ((ELSEWHERE_REF, {}),) if not self._derefs(term) else ()
        if not found and term[0] == PRIM:
            return ((ELSEWHERE_REF, {}),)
        return tuple(found)

    def _delegates(self, ref: Ref) -> bool:
        """Whether an impl's method calls one of its own name: another crate's type has that one, and it comes first."""
        return self._delegating(ref)

    def _find_delegation(self, ref: Ref) -> bool:
        file, row = self.files.of(ref)
        start, end, name = file.symbols.name_end[row], file.symbols.end[row], file.symbols.name[row]
        rows = file.occurrences
        inside = range(bisect_left(rows.start, start), bisect_left(rows.start, end))
        return any(rows.name[at] == name and rows.role[at] == Role.CALL for at in inside)

    def _derefs(self, term: Term) -> bool:
        return self._deref_target(term) is not None

    def _bound_items(self, term: Term, name: str) -> tuple[Member, ...]:
        """Items that the bounds of an opaque type promise."""
        out: list[Member] = []
        for bound in self.bounds_of(term):
            if bound[0] != ADT:
                continue
            for each in self.supertraits(bound[1]):
                given: Substitution = {each[1]: term}
                if each[1] == bound[1]:
                    given.update(zip(self.generics(bound[1]), bound[2], strict=False))
                out += [(ref, given) for ref in self._valued(each[1], name)]
            if out:
                break
        if not out and term[0] == DYN:
            out += self._impl_items(term, name)
        return tuple(out)

    def _foreign_items(self, term: Term) -> tuple[Member, ...]:
        """What traits of other crates promise is there, and nobody here knows it."""
        return ((ELSEWHERE_REF, {}),) if any(bound[0] == OUTSIDE for bound in self.bounds_of(term)) else ()

    def _valued(self, owner: Ref, name: str) -> list[Ref]:
        """Functions and constants directly inside a trait or impl."""
        kinds = (SymbolKind.METHOD, SymbolKind.FUNCTION, SymbolKind.CONSTANT)
        return [ref for ref in self.files.members(owner, name) if self.files.kind(ref) in kinds]

    def _impl_items(self, term: Term, name: str) -> Iterator[Member]:
        """Inherent items; if none, those of the type's trait impls; if none, the traits' defaults."""
        inherent: list[Member] = []
        traits: list[Member] = []
        defaults: list[Member] = []
        for impl in self.impls_of(head_of(term)):
            given: Substitution = {}
            trait = self.impl_trait(impl)
            if not unify(self.impl_self(impl), term, given) or self._is_one_of_many(impl, term, trait):
                continue
            own = self._valued(impl, name)
            plain = self._is_inherent(impl)
            for ref in own:
                (inherent if plain else traits).append((ref, given))
            if not own and trait is not None and trait[0] == ADT:
                bound: Substitution = {trait[1]: term}
                bound.update(zip(self.generics(trait[1]), (substitute(a, given) for a in trait[2]), strict=False))
                defaults += [(ref, bound) for ref in self._valued(trait[1], name)]
        yield from inherent or traits or defaults[:1]

    def _is_one_of_many(self, impl: Ref, term: Term, trait: Type) -> bool:
        """Whether another crate's type may implement another crate's trait in ways not seen from here."""
        foreign = trait is None or trait[0] != ADT or trait[1] < 0
        return impl >= 0 and term[0] == ADT and term[1] < 0 and foreign and None in term[2]

    def _is_inherent(self, impl: Ref) -> bool:
        file, row = self.files.of(impl)
        return file.symbols.bases[row] < 0

    def _derived_items(self, term: Term, name: str) -> Iterator[Member]:
        if term[0] == ADT:
            for trait in self.derived(term[1]):
                for each in self.supertraits(trait):
                    for ref in self._valued(each[1], name):
                        yield ref, {each[1]: term}
                        return

    def _blanket_items(self, term: Term, name: str) -> tuple[Member, ...]:
        """Items of traits that are implemented for every type that meets some bounds, or for a sort of types: one of
        each trait, and of a `Trait<A>` one for each `A`.
        """
        found: list[Member] = []
        for trait in self._traits_with(name):
            for impl, given in self.matching_impls(term, trait):
                if self._is_one_of_many(impl, term, self.impl_trait(impl)):
                    continue
                own = self._valued(impl, name)
                found += [(ref, given) for ref in own] or [(ref, {trait: term}) for ref in self._valued(trait, name)]
                if not self.generics(trait):
                    break
        return tuple(found)

    def _traits_with(self, name: str) -> tuple[Ref, ...]:
        """Traits that have an item of that name."""
        return self._owners(name)

    def _find_traits_with(self, name: str) -> Refs:
        near = [*self.definitions(name), *self._stub_definitions(name)]
        kinds = (SymbolKind.METHOD, SymbolKind.CONSTANT)
        owners = (self.files.parent(ref) for ref in near if self.files.kind(ref) in kinds)
        return tuple(dict.fromkeys(ref for ref in owners if self.files.kind(ref) == SymbolKind.INTERFACE))

    def _stub_definitions(self, name: str) -> list[Ref]:
        file = self.files[STUBS]
        known = file.facts.string_ids.get(name)
        if known is None:
            return []
        return [symbol_ref(STUBS, row) for row, at in enumerate(file.symbols.name) if at == known]

    def fields(self, term: Type, name: str) -> tuple[Member, ...]:
        """The field `value.name` reads; ELSEWHERE_REF for another crate's type."""
        for step in self.dereferenced(term):
            if step[0] == OUTSIDE:
                return ((ELSEWHERE_REF, {}),)
            if step[0] == EITHER:
                return tuple(found for each in step[2] for found in self.fields(each, name))
            if step[0] == PROJECTED:
                return self._projected_fields(step, name)
            if step[0] != ADT:
                continue
            found = [ref for ref in self.files.members(step[1], name) if self._is_field(ref)]
            if found:
                given: Substitution = dict(zip(self.generics(step[1]), step[2], strict=False))
                return tuple((ref, given) for ref in found)
        return ()

    def _projected_fields(self, term: Term, name: str) -> tuple[Member, ...]:
        """A field of what `project()` gives: pinned if it says `#[pin]`, else a plain reference."""
        return tuple((ref, {**given, PROJECTED: term}) for ref, given in self.fields(term[2][0], name))

    def projection_of(self, term: Type, name: str) -> Type:
        """What `project()` gives for a type that pin-project, or its like, projects."""
        subject: Type = next((step for step in self.dereferenced(term) if step[0] == ADT and step[1] >= 0), None)
        if name not in ("project", "as_mut_project") or subject is None or not self._is_projected(subject[1]):
            return None
        return (PROJECTED, None, (subject,))

    def _is_projected(self, ref: Ref) -> bool:
        file, row = self.files.of(ref)
        nodes = file.items(file.symbols.decorators[row])
        return any(self.last_name(file, node) == "pin_project" for node in nodes if file.op(node) in (Op.NAME, Op.PATH))

    def _is_field(self, ref: Ref) -> bool:
        """Whether a member is a field that can be seen: the private ones of the standard library's types can't."""
        file, row = self.files.of(ref)
        return file.kinds[row] == SymbolKind.FIELD and (ref >= 0 or bool(file.flags[row] & SymbolFlag.PUBLIC))

    def field_type(self, member: Member) -> Type:
        """The type of a field as seen through a receiver."""
        file, row = self.files.of(member[0])
        found = self.normal(substitute(self.written(file.document, file.symbols.type[row]), member[1]))
        if PROJECTED not in member[1] or found is None:
            return found
        reference: Term = (REF, None, (found,))
        pinned = any(self.last_name(file, node) == "pin" for node in file.items(file.symbols.decorators[row]))
        return (ADT, self._stub_named("Pin"), (reference,)) if pinned else reference

    def associated(self, document: int, base: int, name: str, namespace: int) -> Refs:
        """What `Type::name` means in a namespace."""
        file = self.files[document]
        trait: Refs = ()
        if namespace == TYPE and (own := self._declared_here(file, base, name)):
            return own
        if file.op(base) == Op.QUALIFIED:
            subject = self.written(document, file.facts.nodes.a[base])
            trait = self.named(document, file.facts.nodes.b[base], TYPE) if file.facts.nodes.b[base] >= 0 else ()
        else:
            heads = self.named(document, base, TYPE)
            if heads and heads[0] < 0 and self.files.kind(heads[0]) == SymbolKind.MODULE:
                return ELSEWHERE
            subject = self.written(document, base)
            if subject is None and heads and self.files.kind(heads[0]) in (SymbolKind.INTERFACE, SymbolKind.ENUM):
                subject = self.term_of(heads[0])
        if subject is None:
            return ()
        return self._associated(peel(subject) or subject, name, namespace, trait)

    def _declared_here(self, file: File, base: int, name: str) -> Refs:
        """`Self::Item` inside an impl block of a trait: what the trait or one it extends declares."""
        impl = self.enclosing_impl(file, base)
        trait = self.impl_trait(impl) if impl is not None else None
        if trait is None or trait[0] != ADT:
            return ()
        return tuple(ref for each in self.supertraits(trait[1]) for ref in self._aliases(each[1], name))

    def _associated(self, subject: Term, name: str, namespace: int, trait: Refs) -> Refs:
        tag, head, arguments = subject
        if tag == EITHER:
            out = [ref for each in arguments if each for ref in self._associated(each, name, namespace, trait)]
            return tuple(dict.fromkeys(out))
        if tag == ADT and not trait:
            kind = self.files.kind(head)
            if kind == SymbolKind.ENUM:
                variants = [r for r in self.files.members(head, name) if self.files.kind(r) == SymbolKind.VARIANT]
                if variants:
                    return tuple(variants)
            if kind == SymbolKind.INTERFACE:
                return self._trait_items(head, name, namespace)
        if trait:
            return self._qualified(subject, name, namespace, trait[0])
        if namespace == TYPE:
            return self._associated_type(subject, name)
        return tuple(dict.fromkeys(ref for ref, _ in self.own_items(subject, name)))

    def _trait_items(self, trait: Ref, name: str, namespace: int) -> Refs:
        for each in self.supertraits(trait):
            found = [r for r in self.files.members(each[1], name) if NAMESPACE[self.files.kind(r)] & namespace]
            if found:
                return tuple(found)
        return ELSEWHERE if trait < 0 else ()

    def _qualified(self, subject: Term, name: str, namespace: int, trait: Ref) -> Refs:
        """`<T as Trait>::name`: the impl's where the type has one, else the trait's."""
        if subject[0] not in OPAQUE and namespace != TYPE:
            for impl, _ in self.matching_impls(subject, trait):
                found = [r for r in self.files.members(impl, name) if NAMESPACE[self.files.kind(r)] & namespace]
                if found:
                    return tuple(found)
        if self.files.kind(trait) != SymbolKind.INTERFACE:
            return ELSEWHERE if trait < 0 else ()
        return self._trait_items(trait, name, namespace)

    def _associated_type(self, subject: Term, name: str) -> Refs:
        """`T::Item`, `Self::Item`: what the trait declares."""
        if subject[0] == OUTSIDE:
            return ELSEWHERE
        if subject[0] in OPAQUE:
            for bound in self.bounds_of(subject):
                found = self._trait_items(bound[1], name, TYPE) if bound[0] == ADT else ELSEWHERE
                if found:
                    return found
            return ()
        for impl in self.impls_of(head_of(subject)):
            trait = self.impl_trait(impl)
            if self._aliases(impl, name):
                if trait is not None and trait[0] == ADT:
                    return tuple(self._aliases(trait[1], name)) or ELSEWHERE
                return tuple(self._aliases(impl, name)) if self._is_inherent(impl) else ELSEWHERE
        return ()

    def applied_to(self, file: File, node: int) -> int | None:
        """The head of the GENERIC node that has a node among its arguments; it stands close behind."""
        nodes = file.facts.nodes
        for at in range(node + 1, min(node + 64, len(nodes.op))):
            if nodes.op[at] == Op.GENERIC and node in file.items(nodes.b[at]):
                return nodes.a[at]
        return None
