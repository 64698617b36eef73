"""Members: what `value.name` means, and the type it has, for every shape a value can have."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

from isg_analysis.languages.python.resolving import outside
from isg_analysis.languages.python.resolving.annotations import Annotations, has_variables, substitute
from isg_analysis.languages.python.resolving.documents import DocumentView
from isg_analysis.languages.python.resolving.flags import CLASS_METHOD, INSTANCE, SETTER, STATIC
from isg_analysis.languages.python.resolving.names import Target
from isg_analysis.languages.python.resolving.values import (
    NOTHING,
    UNKNOWN,
    Callable,
    ClassObject,
    Foreign,
    Function,
    Instance,
    Module,
    Namespace,
    Nothing,
    Outside,
    Shape,
    Super,
    Type,
    Variable,
    union,
    without_none,
)
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.program import Ref, document_of, is_binding, row_of, symbol_ref

_FUNCTIONS = frozenset({SymbolKind.FUNCTION, SymbolKind.METHOD})
_MAX_DEPTH = 60


Call = tuple[DocumentView, int]
"""A CALL node and the document it is in."""


class Found(NamedTuple):
    """Targets of a member; `foreign` when a receiver leads out of the workspace, `known` when its type is known."""

    targets: tuple[Target, ...]
    foreign: bool
    known: bool


def _class_of(shape: Shape) -> Shape:
    """`value.__class__`."""
    if isinstance(shape, Instance):
        return ClassObject(shape.ref, shape.arguments)
    return Callable((shape,), True) if isinstance(shape, Variable) else Outside()


class Members(Annotations, ABC):
    """Member look-up on values. Types of symbols come from `Inference`."""

    def member_targets(self, type: Type, name: str) -> Found:
        """What `name` means on a value of the type. None is passed over where there is something else."""
        out: dict[Target, None] = {}
        foreign, known = False, bool(type)
        for shape in without_none(type):
            found, leads_out, sure = self._shape_member(shape, name)
            out.update(dict.fromkeys(found))
            foreign, known = foreign or leads_out, known and sure
        return Found(tuple(out), foreign, known)

    def _shape_member(self, shape: Shape, name: str) -> tuple[tuple[Target, ...], bool, bool]:
        """(targets, leads outside, receiver's members are known)."""
        if isinstance(shape, Instance):
            return self._member_of_class(shape.ref, name)
        if isinstance(shape, ClassObject):
            refs = self.class_member(shape.ref, name) or self.metaclass_member(shape.ref, name)
            return (refs, False, True) if refs else self._member_of_class(shape.ref, name)
        if isinstance(shape, Super):
            refs = self.class_member(shape.of, name, shape.after)
            line = self.lineage(shape.of)
            return refs, not refs and (line.foreign or name.startswith("__")), not line.unknown
        if isinstance(shape, Module | Namespace):
            targets = self.member_of_module(shape, name)
            leads_out = (
                not targets and isinstance(shape, Module) and bool(self.foreign_stars(self.view(shape.document)))
            )
            return targets, leads_out or name.startswith("__"), True
        if isinstance(shape, Variable):
            found = self.member_targets(self.bound_of(shape), name)
            return found.targets, found.foreign, found.known
        if isinstance(shape, Callable) and shape.is_type:
            found = self.member_targets(self.class_behind(shape), name)
            return found.targets, found.foreign, found.known
        if isinstance(shape, Foreign | Outside | Nothing | Function | Callable):
            return (), True, True
        return (), False, False

    def _member_of_class(self, ref: Ref, name: str) -> tuple[tuple[Target, ...], bool, bool]:
        refs = self.class_member(ref, name)
        if refs:
            return refs, False, True
        line = self.lineage(ref)
        foreign = line.foreign or name.startswith("__") or self._is_enum(ref)
        return (), foreign and not line.unknown, not line.unknown

    def _is_enum(self, ref: Ref) -> bool:
        """Whether a class is an enum by what it or a base of it derives from."""
        return any(self.kind_of(one) == SymbolKind.ENUM for one in self.lineage(ref).classes)

    def member_type(self, type: Type, name: str, depth: int) -> Type:
        """The type of `value.name` for a value of the type."""
        if depth > _MAX_DEPTH:
            return UNKNOWN
        if name == "__class__":
            return tuple(_class_of(shape) for shape in type)
        return union([self._shape_member_type(shape, name, depth) for shape in without_none(type)] or [UNKNOWN])

    def _shape_member_type(self, shape: Shape, name: str, depth: int) -> Type:
        if isinstance(shape, Instance | ClassObject):
            return self._member_type_of_class(shape, name, depth)
        if isinstance(shape, Super):
            refs = self.class_member(shape.of, name, shape.after)
            owner = Instance(shape.of)
            return union([self._bound_type(owner, ref, shape.receiver, depth) for ref in refs] or [UNKNOWN])
        if isinstance(shape, Module | Namespace):
            targets = self.member_of_module(shape, name)
            return union([self.target_type(target, depth + 1) for target in targets] or [UNKNOWN])
        if isinstance(shape, Variable):
            return self._through(self.bound_of(shape), shape, name, depth)
        if isinstance(shape, Callable) and shape.is_type:
            return self._through(self.class_behind(shape), shape, name, depth)
        if isinstance(shape, Foreign):
            return (Foreign(f"{shape.name}.{name}"),)
        if isinstance(shape, Outside):
            return outside.member(shape, name)
        if isinstance(shape, Function | Nothing):
            return (Outside(),)
        return UNKNOWN

    def class_behind(self, shape: Callable) -> Type:
        """The classes that `type[T]` may be, as far as T is bound."""
        out: list[Shape] = []
        for one in shape.returns:
            for bound in self.bound_of(one) if isinstance(one, Variable) else (one,):
                if isinstance(bound, Instance):
                    out.append(ClassObject(bound.ref, bound.arguments))
                elif isinstance(bound, Outside):
                    out.append(Foreign(bound.name))
        return tuple(out)

    def _through(self, bound: Type, receiver: Shape, name: str, depth: int) -> Type:
        """Members of what a type variable is bound to; the receiver stays the variable."""
        out: list[Type] = []
        for shape in bound:
            refs = self.class_member(shape.ref, name) if isinstance(shape, Instance | ClassObject) else ()
            if refs and isinstance(shape, Instance | ClassObject):
                out += [self._bound_type(shape, ref, (receiver,), depth) for ref in refs]
            else:
                out.append(self._shape_member_type(shape, name, depth))
        return union(out or [UNKNOWN])

    def _member_type_of_class(self, shape: Instance | ClassObject, name: str, depth: int) -> Type:
        refs = self.class_member(shape.ref, name)
        if refs:
            return union([self._bound_type(shape, ref, (shape,), depth) for ref in refs])
        if isinstance(shape, ClassObject):
            metaclass = self.metaclass(shape.ref)
            refs = self.class_member(metaclass, name) if metaclass >= 0 else ()
            if refs:
                return union([self._bound_type(Instance(metaclass), ref, (shape,), depth) for ref in refs])
        elif not name.startswith("__"):
            dynamic = self.class_member(shape.ref, "__getattr__")
            if dynamic:
                return union([self.call_function(one, (shape,), None, depth + 1) for one in dynamic])
        return self._fallback(shape, name)

    def _fallback(self, shape: Instance | ClassObject, name: str) -> Type:
        line = self.lineage(shape.ref)
        if line.foreign or name.startswith("__") or self._is_enum(shape.ref):
            return (Outside(),) if not line.unknown else UNKNOWN
        return UNKNOWN

    def _bound_type(self, shape: Instance | ClassObject, ref: Ref, receiver: Type, depth: int) -> Type:
        """The type of a class member, seen through an instance or the class."""
        view, row = self.view(document_of(ref)), row_of(ref)
        kind, flags = view.symbols.kind[row], view.symbols.flags[row]
        if kind in _FUNCTIONS:
            if flags & STATIC:
                return (Function(ref),)
            if isinstance(shape, Instance):
                if self.acts_as_property(view, row):
                    return self.call_function(ref, receiver, None, depth + 1)
                return (Function(ref, receiver),)
            if self._given_to_class(view, row):
                return self.call_function(ref, receiver, None, depth + 1)
            return (Function(ref, receiver if flags & CLASS_METHOD else UNKNOWN),)
        if kind == SymbolKind.PROPERTY:
            if flags & SETTER:
                return UNKNOWN
            if isinstance(shape, ClassObject) and not self._is_class_property(view, row):
                return (Outside(),)
            return self.call_function(ref, receiver, None, depth + 1)
        if isinstance(shape, Instance) and (getters := self._getters_behind(view, row)):
            return union([self.call_function(one, receiver, None, depth + 1) for one in getters])
        found = self.symbol_type(ref, depth + 1)
        owner = view.owner_class(row)
        if owner >= 0:
            whole = has_variables(found)
            mapping = self.mapping(shape.ref, shape.arguments, symbol_ref(view.number, owner)) if whole else {}
            found = substitute(found, mapping, receiver)
        return self._through_descriptor(found, depth) if not flags & INSTANCE else found

    def _getters_behind(self, view: DocumentView, row: int) -> list[Ref]:
        """The functions that read `name = property(getter, setter)`."""
        call = view.symbols.value[row]
        if (
            call < 0
            or view.op[call] != Op.CALL
            or Foreign("builtins.property") not in self.static_targets(view, view.a[call])
        ):
            return []
        given = [one for one in view.items(view.b[call]) if one >= 0]
        first = [one for one in given[:1] if view.op[one] != Op.KEYWORD]
        named = [view.a[one] for one in given if view.op[one] == Op.KEYWORD and view.name(view.b[one]) == "fget"]
        targets = [target for one in first or named for target in self.static_targets(view, one)]
        return [one for one in targets if isinstance(one, int) and not is_binding(one)]

    def _is_class_property(self, view: DocumentView, row: int) -> bool:
        flags = view.symbols.flags[row]
        return bool(flags & CLASS_METHOD)

    def _through_descriptor(self, type: Type, depth: int) -> Type:
        """A class attribute whose class has `__get__` gives what that returns."""
        out: list[Type] = []
        for shape in type:
            getters = self.class_member(shape.ref, "__get__") if isinstance(shape, Instance) else ()
            if getters:
                given = union([self.call_function(getter, (shape,), None, depth + 1) for getter in getters])
                out.append(tuple(one for one in given if one != shape))
            else:
                out.append((shape,))
        return union(out or [UNKNOWN])

    def acts_as_property(self, view: DocumentView, row: int) -> bool:
        """Whether reading a method calls it: its decorator is a class of the workspace with `__get__`, or by the name
        that it has where it comes from a property.
        """
        for node in view.items(view.symbols.decorators[row]):
            for target in self.static_targets(view, node):
                if isinstance(target, Foreign) and target.name.endswith("property"):
                    return True
                if self.is_class(target) and isinstance(target, int) and self.class_member(target, "__get__"):
                    return True
        return False

    def _given_to_class(self, view: DocumentView, row: int) -> bool:
        """Whether a method's decorator is a descriptor that gives a value to the class too, rather than itself."""
        for node in view.items(view.symbols.decorators[row]):
            for target in self.static_targets(view, node):
                getters = (
                    self.class_member(target, "__get__") if isinstance(target, int) and self.is_class(target) else ()
                )
                for getter in getters:
                    instance = self._first_parameter(getter)
                    there = self.view(document_of(getter))
                    given = self.annotated(there, there.symbols.type[row_of(getter)])
                    if instance == NOTHING and any(isinstance(one, Variable) and not one.is_self for one in given):
                        return True
        return False

    def _first_parameter(self, ref: Ref) -> Type:
        """The written type of a method's first parameter behind the receiver."""
        view = self.view(document_of(ref))
        names = view.items(view.symbols.parameters[row_of(ref)])
        if len(names) < 2:
            return UNKNOWN
        binding = view.occurrences.definition[view.a[names[1]]] >> 1
        return self.annotated(view, view.bindings.type[binding])

    def target_type(self, target: Target, depth: int) -> Type:
        """The type of what a name means."""
        if not isinstance(target, int):
            return (target,)
        return self.binding_type(target, depth) if is_binding(target) else self.symbol_type(target, depth)

    @abstractmethod
    def symbol_type(self, ref: Ref, depth: int) -> Type:
        """See Inference."""

    @abstractmethod
    def binding_type(self, ref: Ref, depth: int) -> Type:
        """See Inference."""

    @abstractmethod
    def call_function(self, ref: Ref, receiver: Type, call: Call | None, depth: int) -> Type:
        """See Inference."""
