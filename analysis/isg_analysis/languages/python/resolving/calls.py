"""Calls: what calling a value gives, and which parameter a keyword names."""

from __future__ import annotations

from isg_analysis.languages.python.resolving import outside
from isg_analysis.languages.python.resolving.annotations import Mapping, substitute
from isg_analysis.languages.python.resolving.documents import DocumentView
from isg_analysis.languages.python.resolving.flags import ASYNC, INSTANCE, OVERLOAD, STATIC
from isg_analysis.languages.python.resolving.members import Call
from isg_analysis.languages.python.resolving.names import Target
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
from isg_analysis.languages.python.resolving.variables import Variables
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.program import Ref, binding_ref, document_of, row_of, symbol_ref

_CAST = frozenset({"typing.cast", "typing_extensions.cast"})
_RECORDS = frozenset({"dataclass", "define", "frozen", "mutable", "attrs", "s", "dataclass_transform"})


class Calls(Variables):
    """Call results and keyword arguments."""

    def call_result(self, view: DocumentView, node: int, depth: int) -> Type:
        """The type of a CALL node."""
        callee = self.value(view, view.a[node], depth)
        functions = [shape for shape in callee if isinstance(shape, Function)]
        out: list[Type] = []
        if functions:
            out.append(self._call_functions(functions, (view, node), depth))
        for shape in without_none(callee):
            if isinstance(shape, ClassObject):
                out.append((Instance(shape.ref, shape.arguments),))
            elif isinstance(shape, Callable):
                out.append(shape.returns)
            elif isinstance(shape, Foreign):
                out.append(self._call_foreign(shape, view, node, depth))
            elif isinstance(shape, Outside):
                out.append((Outside(),))
            elif isinstance(shape, Instance | Variable):
                out.append(self.call_member((shape,), "__call__", depth))
        return union(out or [UNKNOWN])

    def _call_functions(self, functions: list[Function], call: Call, depth: int) -> Type:
        """One function, or the overloads of one: those count only where they agree."""
        overloads = [
            one for one in functions
            if self.view(document_of(one.ref)).symbols.flags[row_of(one.ref)] & OVERLOAD
        ]  # fmt: skip
        results = [self.call_function(one.ref, one.receiver, call, depth) for one in overloads or functions]
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
        mapping = self._receiver_mapping(view, row, receiver)
        if call is not None and _has_variables(given):
            mapping = {**mapping, **self._argument_mapping(view, row, call, depth)}
        return substitute(given, mapping, _as_self(receiver))

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

    def _receiver_mapping(self, view: DocumentView, row: int, receiver: Type) -> Mapping:
        owner = view.owner_class(row)
        for shape in receiver:
            if owner >= 0 and isinstance(shape, Instance | ClassObject) and shape.ref >= 0:
                return self.mapping(shape.ref, shape.arguments, symbol_ref(view.number, owner))
        return {}

    def _argument_mapping(self, view: DocumentView, row: int, call: Call, depth: int) -> Mapping:
        """Type variables that a parameter has for its whole type stand for the argument's type."""
        there, node = call
        out: Mapping = {}
        names = view.items(view.symbols.parameters[row])
        skip = 1 if view.owner_class(row) >= 0 and not view.symbols.flags[row] & STATIC else 0
        position = skip
        for argument in there.items(there.b[node]):
            if argument < 0:
                position += 1
                continue
            if there.op[argument] == Op.KEYWORD:
                binding = self.parameter_of(symbol_ref(view.number, row), there.name(there.b[argument]))
            elif position < len(names):
                binding = view.occurrences.definition[view.a[names[position]]] >> 1
                position += 1
            else:
                break
            if binding >= 0:
                self._bind_variables(self.declared_type(view, binding), there, argument, out, depth)
        return out

    def _bind_variables(self, declared: Type, view: DocumentView, argument: int, out: Mapping, depth: int) -> None:
        for shape in declared:
            if isinstance(shape, Variable) and not shape.is_self and shape.ref not in out:
                out[shape.ref] = self.value(view, argument, depth)
            elif isinstance(shape, Callable) and len(shape.returns) == 1 and isinstance(shape.returns[0], Variable):
                value = self.value(view, argument, depth)
                out.setdefault(shape.returns[0].ref, instances(value) if shape.is_type else self._results(value, depth))
            elif isinstance(shape, Outside) and len(shape.arguments) == 1:
                only = shape.arguments[0]
                if len(only) == 1 and isinstance(only[0], Variable):
                    out.setdefault(only[0].ref, self.iterated(self.value(view, argument, depth), False, depth))

    def _results(self, type: Type, depth: int) -> Type:
        out: list[Type] = []
        for shape in type:
            if isinstance(shape, Function):
                out.append(self.call_function(shape.ref, shape.receiver, None, depth + 1))
            elif isinstance(shape, Callable):
                out.append(shape.returns)
            elif isinstance(shape, ClassObject):
                out.append((Instance(shape.ref, shape.arguments),))
        return union(out or [UNKNOWN])

    def inherited_argument(self, type: Type) -> Type:
        """What an instance holds by a foreign generic base: `class Things(list[Thing])`."""
        out: list[Type] = []
        for shape in type:
            for bound in self.bound_of(shape) if isinstance(shape, Variable) else (shape,):
                if isinstance(bound, Instance):
                    held = self._foreign_arguments(bound)
                    out += held or ([(Outside(),)] if self.lineage(bound.ref).foreign else [])
        return union(out or [UNKNOWN])

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
        for shape in without_none(self.value(view, view.a[call])):
            found, from_outside = self._parameters_named(shape, name)
            out.update(dict.fromkeys(found))
            foreign = foreign or from_outside
        return tuple(out), foreign

    def _parameters_named(self, shape: object, name: str) -> tuple[list[Target], bool]:
        if isinstance(shape, Function):
            binding = self.parameter_of(shape.ref, name)
            return ([binding_ref(document_of(shape.ref), binding)] if binding >= 0 else []), False
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
        makers = self.class_member(ref, "__init__") or self.class_member(ref, "__new__")
        out: list[Target] = []
        for maker in makers:
            binding = self.parameter_of(maker, name) if self.kind_of(maker) == SymbolKind.METHOD else -1
            if binding >= 0:
                out.append(binding_ref(document_of(maker), binding))
        if makers:
            return out, False
        line = self.lineage(ref)
        if line.foreign or any(self._is_record(one) for one in line.classes):
            fields = [one for one in self.class_member(ref, name) if self._is_declared_field(one)]
            return list(fields), line.foreign
        return [], line.foreign

    def _is_declared_field(self, ref: Ref) -> bool:
        view, row = self.view(document_of(ref)), row_of(ref)
        instance = view.symbols.flags[row] & INSTANCE
        return view.symbols.kind[row] == SymbolKind.FIELD and not instance and view.symbols.type[row] >= 0

    def _is_record(self, ref: Ref) -> bool:
        view = self.view(document_of(ref))
        for node in view.items(view.symbols.decorators[row_of(ref)]):
            for target in self.decorator_targets(view, node):
                if isinstance(target, Foreign) and target.name.rpartition(".")[2] in _RECORDS:
                    return True
        return False

    def iterated(self, type: Type, is_async: bool, depth: int) -> Type:
        """See Inference."""
        raise NotImplementedError


_GENERATING = ("AsyncIterator", "AsyncGenerator", "AsyncIterable", "typing.Generator")
_MANAGERS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})


def _has_variables(type: Type) -> bool:
    for shape in type:
        if isinstance(shape, Variable) and not shape.is_self:
            return True
        if isinstance(shape, Callable) and _has_variables(shape.returns):
            return True
        if any(_has_variables(one) for one in getattr(shape, "arguments", ())):
            return True
    return False


def _as_self(receiver: Type) -> Type:
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
