"""Solving: which argument goes to which parameter, what type variables stand for in a call, which overload is meant."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator

from isg_analysis.languages.python.resolving import outside
from isg_analysis.languages.python.resolving.annotations import Mapping, substitute
from isg_analysis.languages.python.resolving.assignability import assignable
from isg_analysis.languages.python.resolving.documents import DocumentView
from isg_analysis.languages.python.resolving.flags import KEYWORD_ONLY, KEYWORDS, OVERLOAD, STATIC, VARIADIC
from isg_analysis.languages.python.resolving.members import Call
from isg_analysis.languages.python.resolving.records import Records
from isg_analysis.languages.python.resolving.values import (
    UNKNOWN,
    Callable,
    ClassObject,
    Foreign,
    Function,
    Instance,
    Outside,
    Shape,
    Type,
    Variable,
    instances,
    union,
    without_none,
)
from isg_analysis.model.facts import BindingKind
from isg_analysis.model.ops import Op
from isg_analysis.resolve.program import document_of, row_of, symbol_ref

_REST = VARIADIC | KEYWORDS


class Solving(Records):
    """Arguments, parameters and what they say about type variables."""

    def passed(self, view: DocumentView, row: int, call: Call) -> Iterator[tuple[int, int]]:
        """(binding of a parameter, node of the argument it gets) for the arguments of a call, as far as it is plain."""
        there, node = call
        names = view.items(view.symbols.parameters[row])
        position = 1 if view.owner_class(row) >= 0 and not view.symbols.flags[row] & STATIC else 0
        for argument in there.items(there.b[node]):
            if argument < 0:
                position += 1
            elif there.op[argument] == Op.KEYWORD:
                binding = self.parameter_by_name(symbol_ref(view.number, row), there.name(there.b[argument]))
                if binding >= 0:
                    yield binding, there.a[argument]
            elif there.op[argument] == Op.STAR:
                return
            elif position < len(names):
                binding = view.occurrences.definition[view.a[names[position]]] >> 1
                yield binding, argument
                position += 0 if view.bindings.flags[binding] & VARIADIC else 1

    def argument_mapping(self, view: DocumentView, row: int, call: Call, depth: int, functions: bool = True) -> Mapping:
        """What the type variables of a function's parameters stand for. `functions`: lambdas tell about results too."""
        there = call[0]
        out: Mapping = {}
        late: list[tuple[int, int]] = []
        for binding, argument in self.passed(view, row, call):
            if there.op[argument] == Op.LAMBDA:
                late.append((binding, argument))
            else:
                self._bind(self.annotated(view, view.bindings.type[binding]), there, argument, out, depth)
        for binding, argument in late if functions else ():
            self._bind(self.annotated(view, view.bindings.type[binding]), there, argument, out, depth)
        return out

    def _bind(self, declared: Type, view: DocumentView, argument: int, out: Mapping, depth: int) -> None:
        if declared:
            self.unify(declared, self.value(view, argument, depth), out, depth)

    def unify(self, declared: Type, given: Type, out: Mapping, depth: int) -> None:
        """Note what the variables in a declared type must stand for so that a value may be of that type."""
        if not given or depth > 40:
            return
        for shape in declared:
            if isinstance(shape, Variable) and not shape.is_self:
                out.setdefault(shape.ref, without_none(given) if len(declared) > 1 else given)
            elif isinstance(shape, Callable):
                found = instances(given) if shape.is_type else self.results(given, depth)
                self.unify(shape.returns, found, out, depth + 1)
            elif isinstance(shape, Outside) and len(shape.arguments) == 1:
                self.unify(shape.arguments[0], self._held(given, depth), out, depth + 1)
            elif isinstance(shape, Outside | Instance) and shape.arguments:
                self._unify_arguments(shape, given, out, depth)

    def _unify_arguments(self, shape: Outside | Instance, given: Type, out: Mapping, depth: int) -> None:
        for one in given:
            arguments: tuple[Type, ...] = ()
            if isinstance(shape, Outside) and isinstance(one, Outside):
                arguments = one.arguments
            elif isinstance(shape, Instance) and isinstance(one, Instance):
                mapping = self.mapping(one.ref, one.arguments, shape.ref)
                arguments = tuple(mapping.get(parameter, UNKNOWN) for parameter in self.parameters_of(shape.ref))
            if len(arguments) == len(shape.arguments):
                for wanted, found in zip(shape.arguments, arguments, strict=True):
                    self.unify(wanted, found, out, depth + 1)

    def _held(self, given: Type, depth: int) -> Type:
        awaited = [shape for shape in given if isinstance(shape, Outside) and outside.is_awaited(shape)]
        return self.awaited(tuple(awaited)) if awaited else self.iterated(given, False, depth)

    def results(self, type: Type, depth: int) -> Type:
        """What calling a value gives, its arguments left aside."""
        out: list[Type] = []
        for shape in type:
            if isinstance(shape, Function):
                out.append(self.call_function(shape.ref, shape.receiver, None, depth + 1))
            elif isinstance(shape, Callable):
                out.append(shape.returns)
            elif isinstance(shape, ClassObject):
                out.append((Instance(shape.ref, shape.arguments),))
            elif isinstance(shape, Foreign):
                out.append((Outside(shape.name),))
        return union(out or [UNKNOWN])

    def made(self, shape: ClassObject, call: Call, depth: int) -> Type:
        """The instance that calling a class makes, with what the arguments say about its type parameters."""
        parameters = self.parameters_of(shape.ref) if not shape.arguments else ()
        if something_else := self._made_otherwise(shape, call, depth):
            return something_else
        if not parameters:
            return (Instance(shape.ref, shape.arguments),)
        solved: Mapping = {}
        for maker in self.makers(shape.ref)[:1]:
            there, row = self.view(document_of(maker)), row_of(maker)
            own = tuple((Variable(one),) for one in parameters)
            owner = there.owner_class(row)
            known = self.argument_mapping(there, row, call, depth)
            if owner >= 0 and known:
                written = self.mapping(shape.ref, own, symbol_ref(there.number, owner))
                for variable, stands_for in written.items():
                    self.unify(stands_for, known.get(variable, UNKNOWN), solved, depth)
        for field, argument in self.passed_fields(shape.ref, call):
            there = self.view(document_of(field))
            self._bind(self.annotated(there, there.symbols.type[row_of(field)]), call[0], argument, solved, depth)
        if not solved:
            return (Instance(shape.ref),)
        return (Instance(shape.ref, tuple(solved.get(one, UNKNOWN) for one in parameters)),)

    def _made_otherwise(self, shape: ClassObject, call: Call, depth: int) -> Type:
        """What the metaclass's `__call__` or the class's `__new__` is declared to return, if not an instance."""
        line = self.lineage(shape.ref).classes
        for maker in self.metaclass_member(shape.ref, "__call__") or self.class_member(shape.ref, "__new__"):
            if self.view(document_of(maker)).symbols.type[row_of(maker)] < 0:
                continue
            given = self.call_function(maker, (shape,), call, depth + 1)
            if given and all(isinstance(one, Instance) and one.ref not in line for one in given):
                return given
        return UNKNOWN

    def is_overload(self, shape: Function) -> bool:
        """Whether a function is one signature of an overloaded one."""
        return bool(self.flags_of(shape.ref) & OVERLOAD)

    def chosen(self, overloads: list[Function], call: Call, depth: int) -> list[Function]:
        """The overloads that take the arguments: the first one where all types are known."""
        possible: list[Function] = []
        for one in overloads:
            view, row = self.view(document_of(one.ref)), row_of(one.ref)
            fit, sure = self._accepts(view, row, call, depth)
            if fit and sure:
                return [*possible, one] if possible else [one]
            if fit:
                possible.append(one)
        return possible or overloads

    def _accepts(self, view: DocumentView, row: int, call: Call, depth: int) -> tuple[bool, bool]:
        """(whether the arguments may be passed, whether nothing about them is unknown)."""
        there, node = call
        pairs, arguments = list(self.passed(view, row, call)), list(there.items(there.b[node]))
        spread = any(one >= 0 and there.op[one] == Op.STAR for one in arguments)
        if not spread:
            rows = self._parameter_rows(view, row)
            rest = any(view.bindings.flags[one] & _REST for one in rows)
            if (len(pairs) < len(arguments) and not rest) or self._lacks(view, rows, {one for one, _ in pairs}):
                return False, False
        sure = not spread
        for binding, argument in pairs:
            declared = self.annotated(view, view.bindings.type[binding])
            given = self.value(there, argument, depth) if declared else UNKNOWN
            if not assignable(self, given, declared):
                return False, False
            sure = sure and bool(given) and bool(declared)
        return True, sure

    def _parameter_rows(self, view: DocumentView, row: int) -> list[int]:
        names = view.items(view.symbols.parameters[row])
        skip = 1 if view.owner_class(row) >= 0 and not view.symbols.flags[row] & STATIC else 0
        return [view.occurrences.definition[view.a[node]] >> 1 for node in names[skip:]]

    def _lacks(self, view: DocumentView, rows: list[int], given: set[int]) -> bool:
        """Whether a parameter without a default gets nothing."""
        bindings = view.bindings
        return any(one not in given and bindings.value[one] < 0 and not bindings.flags[one] & _REST for one in rows)

    def lambda_parameter(self, view: DocumentView, row: int, depth: int) -> Type:
        """A lambda's parameter is what the parameter or variable that the lambda is given to says."""
        scope = view.bindings.scope[row]
        use = view.lambda_uses.get(scope)
        if use is None or view.bindings.flags[row] & (_REST | KEYWORD_ONLY):
            return UNKNOWN
        index = self._index_in(view, scope, row)
        call, argument, declared = use
        if call < 0:
            return self._parameter_of_callable(self.annotated(view, declared), index)
        out: list[Type] = []
        for shape in without_none(self.value(view, view.a[call], depth)):
            out.append(self._expected(shape, view, call, argument, index, depth))
        return union(out or [UNKNOWN])

    def _index_in(self, view: DocumentView, scope: int, row: int) -> int:
        kinds = view.bindings.kind
        rows = [one for rows in view.by_scope[scope].values() for one in rows if kinds[one] == BindingKind.PARAMETER]
        return sorted(rows).index(row)

    def _expected(self, shape: Shape, view: DocumentView, call: int, argument: int, index: int, depth: int) -> Type:
        """What a callee passes as the `index`-th argument to the function it is given as `argument`."""
        if isinstance(shape, ClassObject):
            makers = self.makers(shape.ref)
            return union([self._expected(Function(one), view, call, argument, index, depth) for one in makers] or [()])
        if isinstance(shape, Function):
            there, row = self.view(document_of(shape.ref)), row_of(shape.ref)
            for binding, given in self.passed(there, row, (view, call)):
                if given == argument:
                    declared = self.annotated(there, there.bindings.type[binding])
                    mapping = self.receiver_mapping(there, row, shape.receiver)
                    mapping |= self.argument_mapping(there, row, (view, call), depth, functions=False)
                    return self._parameter_of_callable(substitute(declared, mapping, as_self(shape.receiver)), index)
            return UNKNOWN
        if isinstance(shape, Foreign | Outside | Callable):
            return self._expected_outside(shape, view, call, argument, index, depth)
        return UNKNOWN

    def _expected_outside(
        self, shape: Shape, view: DocumentView, call: int, argument: int, index: int, depth: int
    ) -> Type:
        given = list(view.items(view.b[call]))
        if isinstance(shape, Callable) and argument in given:
            at = given.index(argument)
            return self._parameter_of_callable(shape.parameters[at] if at < len(shape.parameters) else UNKNOWN, index)
        name = shape.name if isinstance(shape, Foreign) else ""
        if not name and view.op[view.a[call]] == Op.MEMBER and view.name(view.b[view.a[call]]) == "sort":
            return self.iterated(self.value(view, view.a[view.a[call]], depth), False, depth)
        at = outside.element_passed(name, given.index(argument) if argument in given else -1, index)
        if 0 <= at < len(given) and given[at] >= 0 and view.op[given[at]] not in (Op.KEYWORD, Op.STAR):
            return self.iterated(self.value(view, given[at], depth), False, depth)
        return UNKNOWN

    def _parameter_of_callable(self, type: Type, index: int) -> Type:
        """The type of the `index`-th parameter of a callable type, or of a protocol with `__call__`."""
        out: list[Type] = []
        for shape in without_none(type):
            if isinstance(shape, Callable) and index < len(shape.parameters):
                out.append(shape.parameters[index])
            elif isinstance(shape, Instance):
                for method in self.class_member(shape.ref, "__call__")[:1]:
                    view = self.view(document_of(method))
                    rows = self._parameter_rows(view, row_of(method))
                    out.append(self.declared_type(view, rows[index]) if index < len(rows) else UNKNOWN)
        return union(out or [UNKNOWN])

    def receiver_mapping(self, view: DocumentView, row: int, receiver: Type) -> Mapping:
        """What the type parameters of a method's class stand for in its receiver."""
        owner = view.owner_class(row)
        for shape in receiver if owner >= 0 else ():
            for one in self._classes_of(shape):
                if isinstance(one, Instance | ClassObject) and one.ref >= 0:
                    return dict(self.mapping(one.ref, one.arguments, symbol_ref(view.number, owner)))
        return {}

    def _classes_of(self, shape: Shape) -> Type:
        """The shape itself, or what is known of a value or a class whose type is a variable."""
        if isinstance(shape, Variable):
            return self.bound_of(shape)
        return self.class_behind(shape) if isinstance(shape, Callable) and shape.is_type else (shape,)

    def written_receiver(self, view: DocumentView, row: int, receiver: Type, depth: int) -> Mapping:
        """What the variables in the annotation of `self` or `cls` stand for: `def copy(self: T) -> T`."""
        names, out = view.items(view.symbols.parameters[row]), Mapping()
        if names and receiver and view.owner_class(row) >= 0 and not view.symbols.flags[row] & STATIC:
            binding = view.occurrences.definition[view.a[names[0]]] >> 1
            self.unify(self.annotated(view, view.bindings.type[binding]), receiver, out, depth)
        return out

    @abstractmethod
    def iterated(self, type: Type, is_async: bool, depth: int) -> Type:
        """See Inference."""

    @abstractmethod
    def awaited(self, type: Type) -> Type:
        """See Inference."""


def as_self(receiver: Type) -> Type:
    """The instances that `Self` means for a receiver: a class method's receiver is the class."""
    out: list[Type] = []
    for shape in receiver:
        if isinstance(shape, ClassObject):
            out.append((Instance(shape.ref, shape.arguments),))
        elif isinstance(shape, Callable) and shape.is_type:
            out.append(shape.returns)
        elif isinstance(shape, Instance | Variable):
            out.append((shape,))
    return union(out) if out else UNKNOWN
