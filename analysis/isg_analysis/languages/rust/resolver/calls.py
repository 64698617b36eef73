"""Calls: which function a call means, and what its generics stand for there."""

from __future__ import annotations

from abc import abstractmethod

from isg_analysis.languages.rust.resolver.files import TYPE, VALUE, File
from isg_analysis.languages.rust.resolver.implementations import Member
from isg_analysis.languages.rust.resolver.names import Refs
from isg_analysis.languages.rust.resolver.receivers import Receivers
from isg_analysis.languages.rust.resolver.terms import (
    ADT,
    CLOSURE,
    ELSEWHERE_TYPE,
    FN,
    FUNCTION,
    IMPL,
    OUTSIDE,
    PARAM,
    PRIM,
    Substitution,
    Term,
    Type,
    mentions,
    peel,
    unify,
)
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolFlag, SymbolKind
from isg_analysis.resolve.program import Ref, is_binding


class Calls(Receivers):
    """Callees, arguments, closures."""

    @abstractmethod
    def value(self, document: int, node: int) -> Type:
        """See Inference."""

    @abstractmethod
    def type_of(self, ref: Ref) -> Type:
        """See Inference."""

    @abstractmethod
    def returned(self, ref: Ref) -> Type:
        """See Inference."""

    @abstractmethod
    def result_of(self, term: Type) -> Type:
        """See Inference."""

    @abstractmethod
    def callable_shape(self, bound: Term) -> Term | None:
        """See Inference."""

    @abstractmethod
    def replaced(self, term: Type, given: Substitution) -> Type:
        """See Inference."""

    @abstractmethod
    def owner_of_fields(self, ref: Ref) -> Ref | None:
        """See Inference."""

    def callee(self, document: int, node: int) -> tuple[Member, ...]:
        """The functions a callee node may mean: one, or alternatives."""
        file = self.files[document]
        head = file.head(node)
        op = file.op(head)
        if op == Op.MEMBER:
            base = self.value(document, file.facts.nodes.a[head])
            at = file.facts.nodes.b[head]
            found = self.methods(base, file.name(at), file, file.occurrences.scope[at])
            return self.taking(file, head, found)
        if op in (Op.NAME, Op.PATH):
            named = self._of_receiver(file, head, self.named(document, head, VALUE))
            return self.taking(file, head, tuple((ref, self._given_by_path(file, head, ref)) for ref in named))
        return ()

    def _of_receiver(self, file: File, callee: int, refs: Refs) -> Refs:
        """`Trait::method(value)` means the method of the value's impl, where the value's type is known to have one."""
        if len(refs) != 1 or is_binding(refs[0]) or refs[0] < 0 or not self._is_method(refs[0]):
            return refs
        owner, (other, row) = self.files.parent(refs[0]), self.files.of(refs[0])
        base = file.facts.nodes.a[callee]
        if self.files.kind(owner) != SymbolKind.INTERFACE or other.flags[row] & SymbolFlag.STATIC or base < 0:
            return refs
        call = self._call_of(file, callee)
        arguments = file.items(file.facts.nodes.b[call]) if call is not None else []
        if not arguments or self.named(file.document, base, TYPE) != (owner,):
            return refs
        subject = self.taken_whole(refs[0], self.value(file.document, arguments[0]))
        if subject is None or subject[0] != ADT:
            return refs
        name = other.strings[other.symbols.name[row]]
        found = [self._valued(impl, name) for impl, _ in self.matching_impls(subject, owner)]
        return tuple(found[0]) if len(found) == 1 and found[0] else refs

    def taking(self, file: File, callee: int, members: tuple[Member, ...]) -> tuple[Member, ...]:
        """Of functions from impls of one trait for different arguments, `From<A>` and `From<B>`, those that take what
        the call gives; all of them where that leaves none.
        """
        if len(members) < 2 or not all(self._is_of_applied_trait(ref) for ref, _ in members):
            return members
        call = self._call_of(file, callee)
        arguments = file.items(file.facts.nodes.b[call]) if call is not None else []
        if not arguments:
            return members
        return tuple(member for member in members if self._takes(file, callee, member, arguments)) or members

    def among_outside(self, file: File, callee: int, members: tuple[Member, ...]) -> tuple[tuple[Member, ...], bool]:
        """Those members that a call may mean, and whether for certain. What impls have of another crate's trait for
        another crate's type stands among impls that are not known: `usize::from(value)` means ours if the value fits.
        """
        doubtful = [ref for ref, _ in members if self._has_others_outside(ref)]
        call = self._call_of(file, callee) if doubtful else None
        arguments = file.items(file.facts.nodes.b[call]) if call is not None else []
        if not doubtful or not arguments:
            return members, True
        values = [(argument, self.value(file.document, argument)) for argument in arguments]
        known = all(
            value is not None and (not _is_numeric(value) or _has_suffix(file, argument, value))
            for argument, value in values
        )
        kept = [one for one in members if one[0] not in doubtful or self._takes(file, callee, one, arguments)]
        return tuple(kept), known

    def _has_others_outside(self, ref: Ref) -> bool:
        if not self._is_of_applied_trait(ref):
            return False
        impl = self.files.parent(ref)
        return not _is_ours(self.impl_trait(impl)) and not _is_ours(self.impl_self(impl))

    def _is_of_applied_trait(self, ref: Ref) -> bool:
        if is_binding(ref) or self.files.kind(ref) != SymbolKind.METHOD:
            return False
        trait = self.impl_trait(self.files.parent(ref))
        return trait is not None and bool(trait[2])

    def _call_of(self, file: File, callee: int) -> int | None:
        """The CALL node of a callee: it is made next, behind the callee's type arguments."""
        for node in range(callee + 1, min(callee + 64, len(file.ops))):
            if file.ops[node] == Op.CALL and file.head(file.facts.nodes.a[node]) == callee:
                return node
        return None

    def _takes(self, file: File, callee: int, member: Member, arguments: list[int]) -> bool:
        other, row = self.files.of(member[0])
        parameters = other.items(other.symbols.parameters[row])
        if not other.flags[row] & SymbolFlag.STATIC and file.op(callee) == Op.MEMBER:
            parameters = parameters[1:]
        given = dict(member[1])
        return all(
            (_is_numeric(actual := self.value(file.document, argument)) and not _has_suffix(file, argument, actual))
            or unify(self.written(other.document, parameter), actual, given)
            for parameter, argument in zip(parameters, arguments, strict=False)
        )

    def _given_by_path(self, file: File, node: int, ref: Ref) -> Substitution:
        """What `Type::<A>::f` says of the parameters in sight of `f`."""
        given: Substitution = {}
        base = file.facts.nodes.a[node]
        if is_binding(ref) or file.op(node) != Op.PATH or base < 0:
            return given
        owner = self.files.parent(ref)
        kind = self.files.kind(owner)
        if kind not in (SymbolKind.IMPLEMENTATION, SymbolKind.INTERFACE):
            return given
        subject = self.written(file.document, base)
        if subject is None or (subject[0] == ADT and self.files.kind(subject[1]) == SymbolKind.INTERFACE):
            return given
        if kind == SymbolKind.IMPLEMENTATION:
            unify(self.impl_self(owner), subject, given)
        else:
            given[owner] = subject
        return {key: term for key, term in given.items() if term is not None}

    def called(self, document: int, node: int) -> Type:
        """The type of a call."""
        file = self.files[document]
        callee = file.facts.nodes.a[node]
        found = self.callee(document, callee)
        if not found:
            return self._called_value(file, callee)
        ref, given = found[0]
        if is_binding(ref):
            return self.result_of(self.type_of(ref))
        kind = self.files.kind(ref)
        if kind in (SymbolKind.CLASS, SymbolKind.VARIANT):
            return self._constructed_by(file, node, ref)
        if kind not in (SymbolKind.FUNCTION, SymbolKind.METHOD):
            return ELSEWHERE_TYPE if ref < 0 else self.result_of(self.type_of(ref))
        result = self.returned(ref)
        if result is None or not (mentions(result) or given):
            return self.replaced(result, given)
        given = self.solved(file, node, ref, given)
        return self.replaced(result, given)

    def _called_value(self, file: File, callee: int) -> Type:
        """A call of a field, a closure or a returned function."""
        head = file.head(callee)
        if file.op(head) == Op.MEMBER:
            base = self.value(file.document, file.facts.nodes.a[head])
            if base is not None and base[0] == OUTSIDE:
                return ELSEWHERE_TYPE
            return self.projection_of(base, file.name(file.facts.nodes.b[head]))
        return self.result_of(self.value(file.document, callee)) if file.op(head) not in (Op.NAME, Op.PATH) else None

    def constructed(self, ref: Ref) -> Type:
        """The type of a unit struct or variant, or of a constructor's result, arguments unknown."""
        owner = self.files.parent(ref) if self.files.kind(ref) == SymbolKind.VARIANT else ref
        return self.term_of(owner)

    def _constructed_by(self, file: File, node: int, ref: Ref) -> Type:
        """`Some(x)`, `Point(1, 2)`: arguments give the type's parameters."""
        owner = self.files.parent(ref) if self.files.kind(ref) == SymbolKind.VARIANT else ref
        parameters = self.generics(owner)
        if not parameters:
            return self.term_of(owner)
        given = self._written_arguments(file, file.facts.nodes.a[node], owner)
        for index, argument in enumerate(file.items(file.facts.nodes.b[node])):
            for field in self.files.members(ref, str(index)):
                other, row = self.files.of(field)
                unify(self.written(other.document, other.symbols.type[row]), self.value(file.document, argument), given)
        return (ADT, owner, tuple(given.get(parameter) for parameter in parameters))

    def _written_arguments(self, file: File, callee: int, owner: Ref) -> Substitution:
        """What `Type::<A>::Variant` and `Type::<A>` say of the type's parameters."""
        head = file.head(callee)
        base = file.facts.nodes.a[head] if file.op(head) == Op.PATH else -1
        for node in (callee, base):
            if file.op(node) == Op.GENERIC:
                items = [self.written(file.document, item) for item in file.items(file.facts.nodes.b[node])]
                return {p: term for p, term in zip(self.generics(owner), items, strict=False) if term is not None}
        return {}

    def solved(self, file: File, node: int, ref: Ref, given: Substitution) -> Substitution:
        """What a call's own generics stand for: written, or given by its arguments."""
        given = dict(given)
        generics = self.generics(ref)
        for parameter, written in zip(generics, self._turbofish(file, file.facts.nodes.a[node]), strict=False):
            if written is not None:
                given[parameter] = written
        other, row = self.files.of(ref)
        parameters = other.items(other.symbols.parameters[row])
        arguments = file.items(file.facts.nodes.b[node])
        if not other.flags[row] & SymbolFlag.STATIC and self._is_method(ref) and self._by_dot(file, node):
            parameters = parameters[1:]
        own = frozenset(generics) | self._owner_generics(ref)
        for written_node, argument in zip(parameters, arguments, strict=False):
            expected = self.written(other.document, written_node)
            if expected is None or not (mentions(expected) or expected[0] == IMPL):
                continue
            actual = self.value(file.document, argument)
            if actual is not None and actual[0] in (CLOSURE, FUNCTION):
                self._learn_from_function(expected, actual, given, own)
            elif expected[0] == PARAM or actual is not None:
                unify(expected, actual, given, own)
        for parameter in own:
            given.setdefault(parameter, None)
        return given

    def _owner_generics(self, ref: Ref) -> frozenset[Ref]:
        owner = self.files.parent(ref)
        kinds = (SymbolKind.IMPLEMENTATION, SymbolKind.INTERFACE)
        return frozenset(self.generics(owner)) if self.files.kind(owner) in kinds else frozenset()

    def _learn_from_function(self, expected: Term, actual: Term, given: Substitution, own: frozenset[Ref]) -> None:
        """A closure or function passed for `F: FnOnce(A) -> B` says what B is."""
        shapes = [self.callable_shape(bound) for bound in self.bounds_of(expected)]
        for shape in shapes:
            if shape is not None and mentions(shape[2][0]):
                unify(shape[2][0], self.result_of(actual), given, own)
        if expected[0] == PARAM and expected[1] in own:
            given.setdefault(expected[1], actual)

    def _turbofish(self, file: File, callee: int) -> list[Type]:
        if file.op(callee) != Op.GENERIC:
            return []
        return [self.written(file.document, node) for node in file.items(file.facts.nodes.b[callee])]

    def _is_method(self, ref: Ref) -> bool:
        return self.files.kind(ref) == SymbolKind.METHOD

    def _by_dot(self, file: File, node: int) -> bool:
        return file.op(file.head(file.facts.nodes.a[node])) == Op.MEMBER

    def closure_parameter(self, document: int, call: int, argument: int, parameter: int) -> Type:
        """The type of an untyped closure parameter, from what the closure is wanted for: see `expressions`."""
        file = self.files[document]
        if file.op(call) != Op.CALL:
            return self._parameter_of(self._wanted_as(file, call), parameter)
        found = self.callee(document, file.facts.nodes.a[call])
        if not found or is_binding(found[0][0]):
            return None
        ref, given = found[0]
        other, row = self.files.of(ref)
        kind = other.kinds[row]
        if kind not in (SymbolKind.FUNCTION, SymbolKind.METHOD):
            return None
        parameters = other.items(other.symbols.parameters[row])
        if not other.flags[row] & SymbolFlag.STATIC and kind == SymbolKind.METHOD and self._by_dot(file, call):
            argument += 1
        if argument >= len(parameters):
            return None
        wanted = self._parameter_of(self.written(other.document, parameters[argument]), parameter)
        if mentions(wanted):
            given = self._learned_before(file, call, ref, given, argument)
        return self.replaced(wanted, given)

    def _wanted_as(self, file: File, place: int) -> Type:
        """The type that is written for a value, or the type of the field it fills."""
        op, a, b = file.op(place), file.facts.nodes.a[place], file.facts.nodes.b[place]
        if op == Op.CAST:
            return self.written(file.document, b)
        refs = self.named(file.document, file.head(a), TYPE)
        owner = self.owner_of_fields(refs[0]) if refs else None
        fields = self.files.members(owner, file.name(b)) if owner is not None else []
        return self.field_type((fields[0], {})) if fields else None

    def _parameter_of(self, wanted: Type, parameter: int) -> Type:
        """What a callable that is wanted takes: a function pointer, what a bound says, or one of these in a box."""
        wanted = peel(wanted)
        while wanted is not None and wanted[0] == ADT and wanted[1] < 0 and len(wanted[2]) == 1:
            wanted = peel(wanted[2][0])
        if wanted is None:
            return None
        shapes = [wanted] if wanted[0] == FN else [self.callable_shape(bound) for bound in self.bounds_of(wanted)]
        for shape in shapes:
            if shape is not None and parameter + 1 < len(shape[2]):
                found: Type = shape[2][parameter + 1]
                return found
        return None

    def _learned_before(self, file: File, call: int, ref: Ref, given: Substitution, stop: int) -> Substitution:
        """What the arguments before the closure say of the generics its parameters mention."""
        given = dict(given)
        other, row = self.files.of(ref)
        parameters = other.items(other.symbols.parameters[row])
        shift = 1 if self._by_dot(file, call) and self._is_method(ref) else 0
        own = frozenset(self.generics(ref)) | self._owner_generics(ref)
        arguments = file.items(file.facts.nodes.b[call])
        for index, node in enumerate(parameters[shift:stop]):
            expected = self.written(other.document, node)
            if expected is not None and mentions(expected) and index < len(arguments):
                unify(expected, self.value(file.document, arguments[index]), given, own)
        for parameter in own:
            given.setdefault(parameter, None)
        return given


def _has_suffix(file: File, node: int, term: Type) -> bool:
    """Whether a value is a literal that says its type: `1u8`."""
    text = file.facts.nodes.b[node] if file.op(node) == Op.LITERAL else -1
    return text >= 0 and term is not None and file.strings[text].endswith(term[1])


def _is_numeric(term: Type) -> bool:
    """Whether a type is a number's: a literal may be of any of them."""
    return term is not None and term[0] == PRIM and term[1] not in ("str", "bool", "char")


def _is_ours(term: Type) -> bool:
    """Whether a type or trait is one of the workspace."""
    return term is not None and term[0] == ADT and term[1] >= 0
