"""Implementations: which impl blocks a type or trait has, and what their members are.

Impl blocks are found through the documents that name the type or the trait; each document's are read once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from isg_analysis.languages.rust.resolver.files import ELSEWHERE_REF, STUBS, TYPE, File
from isg_analysis.languages.rust.resolver.memo import by_document, by_ref, by_value
from isg_analysis.languages.rust.resolver.names import Refs
from isg_analysis.languages.rust.resolver.terms import (
    ADT,
    CLOSURE,
    DYN,
    EITHER,
    FN,
    FUNCTION,
    FUTURE,
    IMPL,
    ITEM,
    OUTSIDE,
    PARAM,
    PRIM,
    PROJECTION,
    REF,
    SELF,
    SLICE,
    Substitution,
    Term,
    Type,
    substitute,
    unify,
)
from isg_analysis.languages.rust.resolver.written import NOMINAL, Written
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolFlag, SymbolKind
from isg_analysis.resolve.footprints import spelled
from isg_analysis.resolve.memo import Memo
from isg_analysis.resolve.program import Program, Ref, symbol_ref

Member = tuple[Ref, Substitution]
Heads = tuple[tuple[Ref, object], ...]
"""Impl blocks, each with the head of its self type, or with its trait."""
_FUEL = 24
_ASSUMED = frozenset({"Sized", "Send", "Sync", "Unpin"})
_CALLED = frozenset({"Fn", "FnMut", "FnOnce"})
"""What functions and closures implement; of what sort they are is not looked at."""


class Implementations(Written):
    """Impl lookup, supertraits, associated types."""

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self._selves: Memo[int, Heads] = by_document(self.answers, (), self._find_selves)
        self._interfaces: Memo[int, Heads] = by_document(self.answers, (), self._find_interfaces)
        self._of_head: Memo[object, Refs] = by_value(self.answers, (), self._find_impls_of)
        self._of_trait: Memo[Ref, Refs] = by_value(self.answers, (), self._find_impls_of_trait)
        self._supers: Memo[Ref, tuple[Term, ...]] = by_ref(self.answers, (), self._find_supertraits)
        self._derived: Memo[Ref, Refs] = by_ref(self.answers, (), self._find_derived)
        self._fuel = _FUEL

    def _impls_in(self, document: int) -> Iterator[tuple[File, int]]:
        file = self.files[document]
        at = file.kinds.find(SymbolKind.IMPLEMENTATION)
        while at >= 0:
            if not file.flags[at] & SymbolFlag.NEGATIVE:
                yield file, at
            at = file.kinds.find(SymbolKind.IMPLEMENTATION, at + 1)

    def _find_selves(self, document: int) -> Heads:
        found: list[tuple[Ref, object]] = []
        for file, at in self._impls_in(document):
            ref = symbol_ref(document, at)
            plain = self._plainly_named(file, file.symbols.type[at])
            own = self.impl_self(ref) if plain is None else None
            for each in own[2] if own is not None and own[0] == EITHER else (own,):
                found.append((ref, head_of(each) if plain is None else plain))
        return tuple(found)

    def _find_interfaces(self, document: int) -> Heads:
        found: list[tuple[Ref, object]] = []
        for file, at in self._impls_in(document):
            bases = file.items(file.symbols.bases[at])
            if bases:
                ref = symbol_ref(document, at)
                plain = self._plainly_named(file, bases[0])
                trait = self.impl_trait(ref) if plain is None else None
                found.append((ref, plain or (trait[1] if trait is not None and trait[0] == ADT else ELSEWHERE_REF)))
        return tuple(found)

    def _plainly_named(self, file: File, node: int) -> Ref | None:
        """The type or trait that a type node plainly names, its arguments left aside; None where it takes more."""
        at = file.head(node)
        if file.op(at) != Op.NAME or file.name(file.facts.nodes.a[at]) == "Self":
            return None
        refs = self.named(file.document, at, TYPE)
        return refs[0] if len(refs) == 1 and self.files.kind(refs[0]) in NOMINAL else None

    def impls_of(self, head: object) -> Refs:
        """The impl blocks whose self type has that head. For what is no named type, only the standard library's:
        a workspace's impls for those are found by their trait.
        """
        return self._of_head(head)

    def _find_impls_of(self, head: object) -> Refs:
        near: Iterable[int] = (STUBS,)
        if isinstance(head, int):
            near = self._naming(self.files.name(head))
        elif isinstance(head, tuple) and head[0] in (OUTSIDE, DYN) and head[1] is not None:
            near = self._naming(self.files.name(head[1]) if isinstance(head[1], int) else head[1])
        return tuple(ref for document in near for ref, own in self._selves(document) if own == head)

    def impls_of_trait(self, trait: Ref) -> Refs:
        """The impl blocks of a trait."""
        return self._of_trait(trait)

    def _find_impls_of_trait(self, trait: Ref) -> Refs:
        near = self._naming(self.files.name(trait))
        return tuple(ref for document in near for ref, own in self._interfaces(document) if own == trait)

    def _naming(self, name: str) -> Iterator[int]:
        yield STUBS
        self.answers.footprints.note(spelled(name))
        for document in sorted(self.program.documents_naming(name)):  # the same order whoever has it open
            if self.modules.package(document) is not None or self._is_rust(document):
                yield document

    def _is_rust(self, document: int) -> bool:
        return self.program.path(document).endswith(".rs")

    def supertraits(self, trait: Ref) -> tuple[Term, ...]:
        """A trait and all it extends, as bounds, nearest first."""
        return self._supers(trait)

    def _find_supertraits(self, trait: Ref) -> tuple[Term, ...]:
        out: dict[Ref, Term] = {trait: self.applied(trait)}
        queue = [trait]
        while queue:
            for bound in self.bounds(queue.pop(0)):
                if bound[0] == ADT and bound[1] not in out:
                    out[bound[1]] = bound
                    queue.append(bound[1])
        return tuple(out.values())

    def derived(self, ref: Ref) -> tuple[Ref, ...]:
        """The traits a type derives."""
        return self._derived(ref)

    def _find_derived(self, ref: Ref) -> tuple[Ref, ...]:
        file, row = self.files.of(ref)
        out: list[Ref] = []
        for node in file.items(file.symbols.decorators[row]):
            occurrence = file.facts.nodes.b[node] if file.facts.nodes.b[node] >= 0 else file.facts.nodes.a[node]
            if file.occurrences.role[occurrence] == Role.DERIVE:
                out += self.named(file.document, node, TYPE)
        return tuple(trait for trait in out if self.files.kind(trait) == SymbolKind.INTERFACE)

    def bounds_of(self, term: Term) -> tuple[Term, ...]:
        """What is known of a type that is not concrete, as traits."""
        tag, head, arguments = term
        if tag == PARAM:
            return self.bounds(head)
        if tag == SELF:
            return (self.applied(head),)
        if tag in (DYN, IMPL):
            return tuple(bound for bound in arguments if bound is not None)
        if tag == PROJECTION:
            out: list[Term] = []
            for alias in self._declared_aliases(term):
                given: Substitution = {self.files.parent(alias): arguments[0]}
                out += [bound for b in self.bounds(alias) if (bound := substitute(b, given)) is not None]
            return tuple(out)
        return ()

    def _declared_aliases(self, term: Term) -> list[Ref]:
        trait, name = term[1]
        if trait is not None:
            return [ref for bound in self.supertraits(trait) for ref in self._aliases(bound[1], name)]
        bounds = self.bounds_of(term[2][0]) if term[2][0] is not None else ()
        return [
            ref for bound in bounds if bound[0] == ADT for each in self.supertraits(bound[1])
            for ref in self._aliases(each[1], name)
        ]  # fmt: skip

    def _aliases(self, owner: Ref, name: str) -> list[Ref]:
        return [ref for ref in self.files.members(owner, name) if self.files.kind(ref) == SymbolKind.TYPE_ALIAS]

    def projected(self, subject: Term, name: str, trait: Ref | None) -> Type:
        """An associated type of a type, as far as it is known."""
        if self._fuel <= 0:
            self.answers.cut_short()
            return None
        self._fuel -= 1
        try:
            return self._project(subject, name, trait)
        finally:
            self._fuel += 1

    def _project(self, subject: Term, name: str, trait: Ref | None) -> Type:
        if subject[0] == OUTSIDE:
            return subject
        if subject[0] == FUTURE:
            result: Type = subject[2][0] if name == "Output" else None
            return result
        if subject[0] == REF and name == "Target":
            target: Type = subject[2][0]
            return target
        if subject[0] == REF and subject[2][0] is not None:
            inner = self.projected(subject[2][0], name, trait)
            if inner is not None:
                return inner if inner[0] != PROJECTION else (PROJECTION, (trait, name), (subject,))
        for bound in self.bounds_of(subject):
            for argument in bound[2]:
                if argument is not None and argument[0] == ITEM and argument[1] == name:
                    return argument[2][0] if argument[2] else None
        if subject[0] in (PARAM, SELF, DYN, IMPL, PROJECTION):
            return (PROJECTION, (trait, name), (subject,))
        for impl, given in self.matching_impls(subject, trait):
            for alias in self._aliases(impl, name):
                file, row = self.files.of(alias)
                found = self.written(file.document, file.symbols.type[row])
                return self.normal(substitute(found, dict.fromkeys(self.generics(impl)) | given))
        return None

    def matching_impls(self, subject: Term, trait: Ref | None) -> Iterator[tuple[Ref, Substitution]]:
        """Impl blocks whose self type fits; with a trait also blanket ones whose bounds hold."""
        for impl in self.impls_of(head_of(subject)):
            given: Substitution = {}
            if trait is not None and not self._is_of(impl, trait):
                continue
            if unify(self.impl_self(impl), subject, given):
                yield impl, given
        for impl in self.impls_of_trait(trait) if trait is not None else ():
            own = self.impl_self(impl)
            if own is None or own[0] == EITHER or isinstance(head_of(own), int):
                continue
            given = {}
            if unify(own, subject, given) and all(
                self.satisfies(given[p], p) for p in self.generics(impl) if given.get(p) is not None
            ):
                yield impl, given

    def _is_of(self, impl: Ref, trait: Ref) -> bool:
        own = self.impl_trait(impl)
        return own is not None and own[1] == trait

    def satisfies(self, subject: Type, parameter: Ref) -> bool:
        """Whether a type meets every bound of a type parameter that can be checked."""
        if subject is None or subject[0] == OUTSIDE:
            return subject is None
        bounds = self.bounds(parameter)
        if any(bound[0] == OUTSIDE and not self._may_implement(subject, bound) for bound in bounds):
            return False
        return all(self.implements(subject, bound[1]) for bound in bounds if bound[0] == ADT)

    def _may_implement(self, subject: Term, bound: Term) -> bool:
        """Whether a type can implement a trait of another crate, as far as its impl blocks, derives and bounds tell."""
        while subject[0] == REF and subject[2][0] is not None:
            subject = subject[2][0]
        if subject[0] in (PARAM, IMPL, DYN):
            return any(own[0] == OUTSIDE for own in self.bounds_of(subject))
        if subject[0] != ADT or subject[1] < 0:
            return subject[0] != FUTURE
        file, row = self.files.of(subject[1])
        traits = (self.impl_trait(impl) for impl in self.impls_of(subject[1]))
        return file.symbols.decorators[row] >= 0 or any(own is not None and own[:2] == bound[:2] for own in traits)

    def implements(self, subject: Term, trait: Ref) -> bool:
        """Whether a type is known to implement a trait."""
        if self._fuel <= 0:
            self.answers.cut_short()
            return False
        name = self.files.name(trait) if trait < 0 else ""
        if name in _ASSUMED or (name in _CALLED and subject[0] in (FN, FUNCTION, CLOSURE)):
            return True
        self._fuel -= 1
        try:
            for bound in self.bounds_of(subject):
                if bound[0] == ADT and any(each[1] == trait for each in self.supertraits(bound[1])):
                    return True
            if subject[0] == ADT and trait in self.derived(subject[1]):
                return True
            return next(self.matching_impls(subject, trait), None) is not None
        finally:
            self._fuel += 1

    def normal(self, term: Type, depth: int = 0) -> Type:
        """The type with its projections worked out where that is possible."""
        if term is None or depth > 8 or not term[2]:
            return term
        tag, head, arguments = term
        arguments = tuple(self.normal(argument, depth + 1) for argument in arguments)
        if tag == PROJECTION:
            subject = arguments[0]
            return self.projected(subject, head[1], head[0]) if subject is not None else None
        return (tag, head, arguments)


def head_of(term: Type) -> object:
    """What impl blocks are filed under: a symbol, a primitive's name, or the sort of type."""
    if term is None:
        return None
    tag, head, arguments = term
    if tag in (ADT, PRIM):
        return head
    if tag == OUTSIDE:
        return (OUTSIDE, head) if head is not None else None
    if tag == DYN and arguments and arguments[0] is not None:
        return (DYN, arguments[0][1])
    if tag == REF:
        return (REF, head_of(arguments[0]))
    return "[]" if tag == SLICE else tag
