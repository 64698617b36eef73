"""Calls: what calling a value gives, and which parameter a keyword names."""

from __future__ import annotations

from isg_analysis.languages.python.resolving import outside
from isg_analysis.languages.python.resolving.annotations import has_variables, substitute
from isg_analysis.languages.python.resolving.documents import DocumentView
from isg_analysis.languages.python.resolving.flags import ASYNC
from isg_analysis.languages.python.resolving.members import Call
from isg_analysis.languages.python.resolving.names import Target
from isg_analysis.languages.python.resolving.solving import Solving, as_self
from isg_analysis.languages.python.resolving.values import (
    UNKNOWN,
    Callable,
    ClassObject,
    Foreign,
    Function,
    Instance,
    Outside,
    Super,
    Type,
    Variable,
    instances,
    union,
    without_none,
)
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.program import Ref, binding_ref, document_of, row_of

_CAST = frozenset({"typing.cast", "typing_extensions.cast"})
_NEW_TYPE = frozenset({"typing.NewType", "typing_extensions.NewType"})
_TUPLES = frozenset({"builtins.tuple", "typing.Tuple"})
_PARTIAL = frozenset({"functools.partial", "functools.partialmethod"})


class Calls(Solving):
    """Call results and keyword arguments."""

    def call_result(self, view: DocumentView, node: int, depth: int) -> Type:
        """The type of a CALL node."""
        callee = self.value(view, view.a[node], depth)
        functions = [shape for shape in callee if isinstance(shape, Function)]
        if not functions and (new := self._new(view, node, depth)):
            return new
        out: list[Type] = []
        if functions:
            out.append(self._call_functions(functions, (view, node), depth))
        for shape in without_none(callee):
            if isinstance(shape, ClassObject):
                out.append(self.made(shape, (view, node), depth))
            elif isinstance(shape, Callable):
                out.append(shape.returns)
            elif isinstance(shape, Foreign):
                out.append(self._call_foreign(shape, view, node, depth))
            elif isinstance(shape, Outside):
                out.append((Outside(),))
            elif isinstance(shape, Instance | Variable):
                out.append(self.call_member((shape,), "__call__", depth))
        return union(out or [UNKNOWN])

    def _new(self, view: DocumentView, node: int, depth: int) -> Type:
        """`cls.__new__(cls)`, where the class has no `__new__` here: an instance of what is passed."""
        callee, given = view.a[node], view.items(view.b[node])
        named = callee >= 0 and view.op[callee] == Op.MEMBER and view.name(view.b[callee]) == "__new__"
        return instances(self.value(view, given[0], depth)) if named and given else UNKNOWN

    def _call_functions(self, functions: list[Function], call: Call, depth: int) -> Type:
        """One function, or those overloads that take the arguments: several count only where they agree."""
        overloads = [one for one in functions if self.is_overload(one)]
        chosen = self.chosen(overloads, call, depth) if len(overloads) > 1 else overloads or functions
        results = [self.call_function(one.ref, one.receiver, call, depth) for one in chosen]
        if overloads and any(one != results[0] for one in results):
            return UNKNOWN
        return union(results)

    def _call_foreign(self, shape: Foreign, view: DocumentView, node: int, depth: int) -> Type:
        arguments = [one for one in view.items(view.b[node]) if one >= 0 and view.op[one] != Op.KEYWORD]
        if shape.name in _CAST and len(arguments) == 2:
            return self.annotated(view, arguments[0])
        given = [self.value(view, one, depth) for one in arguments[:4]]
        if shape.name == "builtins.type" and len(given) == 1:
            return tuple(
                ClassObject(one.ref, one.arguments) if isinstance(one, Instance) else Callable((one,), True)
                for one in given[0]
                if isinstance(one, Instance | Variable)
            )
        if shape.name in _PARTIAL and given:
            return (Callable(self.results(given[0], depth)),)
        if shape.name == "builtins.dict" and not arguments and view.b[node] >= 0:
            values = [self.value(view, view.a[one], depth) for one in view.items(view.b[node]) if one >= 0]
            return (Outside(shape.name, ((Outside("builtins.str"),), union(values))),)
        if shape.name == "collections.defaultdict" and given:
            return (Outside(shape.name, (UNKNOWN, self.results(given[0], depth))),)
        if shape.name == "builtins.map" and len(given) > 1:
            return (Outside("builtins.list", (self.results(given[0], depth),)),)
        if shape.name in _NEW_TYPE and len(arguments) == 2:
            return (Callable(self.annotated(view, arguments[1])),)
        passed = outside.called(shape.name, self._listed(given, depth))
        return passed if passed is not None else (Outside(shape.name),)

    def _listed(self, types: list[Type], depth: int) -> list[Type]:
        """Iterable instances of the workspace as the lists they would make."""
        out = []
        for type in types:
            ours = any(isinstance(shape, Instance | Variable) for shape in type)
            if ours and self.member_targets(type, "__iter__").targets:
                type = (Outside("builtins.list", (self.iterated(type, False, depth),)),)
            out.append(type)
        return out

    def call_member(self, type: Type, name: str, depth: int) -> Type:
        """What calling `value.name()` gives."""
        out: list[Type] = []
        for shape in self.member_type(type, name, depth):
            if isinstance(shape, Function):
                out.append(self.call_function(shape.ref, shape.receiver, None, depth + 1))
            elif isinstance(shape, Callable):
                out.append(shape.returns)
            elif isinstance(shape, Outside):
                out.append((Outside(),))
        return union(out or [UNKNOWN])

    def call_function(self, ref: Ref, receiver: Type, call: Call | None, depth: int) -> Type:
        """What a function of the workspace returns, seen from a receiver."""
        view, row = self.view(document_of(ref)), row_of(ref)
        given = self._returned(view, row, depth)
        given = self._managed(view, row, given)
        mapping = self.receiver_mapping(view, row, receiver)
        if has_variables(given):
            mapping |= self.written_receiver(view, row, receiver, depth)
            mapping |= self.argument_mapping(view, row, call, depth) if call is not None else {}
        return substitute(given, mapping, as_self(receiver))

    def _returned(self, view: DocumentView, row: int, depth: int) -> Type:
        flags, written = view.symbols.flags[row], view.symbols.type[row]
        given = self.annotated(view, written) if written >= 0 else self.value(view, view.symbols.value[row], depth)
        if not flags & ASYNC:
            return given
        generating = any(isinstance(one, Outside) and one.name.endswith(_GENERATING) for one in given)
        return given if generating else (Outside("typing.Coroutine", (given,)),)

    def _managed(self, view: DocumentView, row: int, given: Type) -> Type:
        """`@contextmanager`: the generator becomes something to enter."""
        for node in view.items(view.symbols.decorators[row]):
            for target in self.decorator_targets(view, node):
                if isinstance(target, Foreign) and target.name in _MANAGERS:
                    held = outside.held(given)
                    return (Outside("contextlib.ContextManager", (held,)),)
        return given

    def inherited_argument(self, type: Type) -> Type:
        """What an instance holds by a foreign generic base: `class Things(list[Thing])`."""
        out: list[Type] = []
        for shape in type:
            for bound in self.bound_of(shape) if isinstance(shape, Variable) else (shape,):
                if isinstance(bound, Instance):
                    held = self._foreign_arguments(bound)
                    out += held or ([(Outside(),)] if self.lineage(bound.ref).foreign else [])
        return union(out or [UNKNOWN])

    def tuple_elements(self, instance: Instance) -> tuple[Type, ...]:
        """The elements of an instance whose class derives from a tuple of fixed length: a NamedTuple, `tuple[A, B]`."""
        if self.is_named_tuple(instance.ref):
            fields = self.record_fields(instance.ref)
            return tuple(self.symbol_type(field, 0) or (Outside(),) for field in fields)
        for one in self.lineage(instance.ref).classes:
            view = self.view(document_of(one))
            for base in self.bases(one):
                if base.name in _TUPLES:
                    mapping = self.mapping(instance.ref, instance.arguments, one)
                    written = self.written_arguments(view, base.node)
                    return tuple(substitute(self.annotated(view, node), mapping) for node in written)
        return ()

    def _foreign_arguments(self, instance: Instance) -> list[Type]:
        """The last argument of each foreign generic base along the MRO."""
        out: list[Type] = []
        for one in self.lineage(instance.ref).classes:
            view = self.view(document_of(one))
            for base in self.bases(one):
                written = self.written_arguments(view, base.node)
                if base.ref < 0 and written and base.name.rpartition(".")[2] not in ("Generic", "Protocol"):
                    mapping = self.mapping(instance.ref, instance.arguments, one)
                    out.append(substitute(self.annotated(view, written[-1]), mapping))
        return out

    def keyword_targets(self, view: DocumentView, node: int) -> tuple[tuple[Target, ...], bool]:
        """(the parameters or fields a keyword argument names, whether the callee is from outside)."""
        call = view.call_of(node)
        if call < 0:
            return (), True
        name = view.name(view.b[node])
        out: dict[Target, None] = {}
        foreign = False
        called = without_none(self.value(view, view.a[call]))
        overloads = tuple(one for one in called if isinstance(one, Function) and self.is_overload(one))
        for shape in overloads or called:  # callers see the signatures, not the body behind them
            found, from_outside = self._parameters_named(shape, name)
            out.update(dict.fromkeys(found))
            foreign = foreign or from_outside
        return tuple(out), foreign

    def _parameters_named(self, shape: object, name: str) -> tuple[list[Target], bool]:
        if isinstance(shape, Function):
            binding = self.parameter_by_name(shape.ref, name)
            if binding < 0:
                return list(self.passed_on(shape.ref, name)), False
            return [binding_ref(document_of(shape.ref), binding)], False
        if isinstance(shape, Callable) and shape.is_type:
            inner = [self._parameters_named(one, name) for one in self.class_behind(shape)]
            return [target for found, _ in inner for target in found], any(foreign for _, foreign in inner)
        if isinstance(shape, ClassObject):
            return self._constructor_parameters(shape.ref, name)
        if isinstance(shape, Instance | Variable | Super):
            members = self.member_targets((shape,), "__call__").targets
            inner = [self._parameters_named(Function(one), name) for one in members if isinstance(one, int)]
            return [target for found, _ in inner for target in found], False
        return [], isinstance(shape, Foreign | Outside | Callable)

    def _constructor_parameters(self, ref: Ref, name: str) -> tuple[list[Target], bool]:
        makers = self.makers(ref)
        out: list[Target] = []
        for maker in makers:
            binding = self.parameter_by_name(maker, name) if self.kind_of(maker) == SymbolKind.METHOD else -1
            if binding >= 0:
                out.append(binding_ref(document_of(maker), binding))
        line = self.lineage(ref)
        if makers:
            return out, False
        if line.foreign or any(self.is_record(one) for one in line.classes):
            fields = [one for one in self.class_member(ref, name) if self.is_declared_field(one)]
            return list(fields), line.foreign
        return [], line.foreign


_GENERATING = ("AsyncIterator", "AsyncGenerator", "AsyncIterable", "typing.Generator")
_MANAGERS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})
