"""Annotations: from written types to Types, and what a class's type parameters stand for."""

from __future__ import annotations

from isg_analysis.languages.python.resolving.classes import Classes
from isg_analysis.languages.python.resolving.documents import DocumentView
from isg_analysis.languages.python.resolving.names import Target
from isg_analysis.languages.python.resolving.values import (
    NOTHING,
    UNKNOWN,
    Callable,
    ClassObject,
    Foreign,
    Instance,
    Module,
    Namespace,
    Outside,
    Shape,
    Type,
    Variable,
    union,
)
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.memo import Memo
from isg_analysis.resolve.program import Program, Ref, document_of, row_of, symbol_ref

_TRANSPARENT = frozenset(
    {"Annotated", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly", "InitVar", "Unpack", "TypeGuard"}
)
_TYPE_OF = frozenset({"type", "Type"})
_UNKNOWN_FORMS = frozenset({"Any", "Unknown", "TypeAlias", "Final", "ClassVar", "Concatenate"})
_MAX_DEPTH = 40

Mapping = dict[Ref, Type]


class Annotations(Classes):
    """Type expressions."""

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self._annotations: Memo[tuple[int, int], Type] = self.memo_of_nodes(self._find_annotated, UNKNOWN)

    def annotated(self, view: DocumentView, node: int) -> Type:
        """The type of a value that is declared with the type expression at a node."""
        return self._annotations((view.number, node)) if node >= 0 else UNKNOWN

    def _find_annotated(self, key: tuple[int, int]) -> Type:
        view, node = self.view(key[0]), key[1]
        op = view.op[node]
        if op in (Op.NAME, Op.MEMBER):
            targets = self.static_targets(view, node)
            return union([self._named_type(view, node, target) for target in targets])
        if op in (Op.GENERIC, Op.INDEX):
            return self._applied(view, node)
        if op == Op.STRING_TYPE:
            return self.annotated(view, view.a[node])
        if op == Op.UNION:
            return union([self.annotated(view, one) for one in view.items(view.a[node])])
        if op == Op.BINARY and view.strings[view.b[node]] == "|":
            return union([self.annotated(view, one) for one in view.items(view.a[node])])
        if op == Op.LITERAL:
            return NOTHING if view.strings[view.a[node]] == "None" else UNKNOWN
        return UNKNOWN

    def _named_type(self, view: DocumentView, node: int, target: Target) -> Type:
        if isinstance(target, Foreign):
            return self._foreign_type(view, node, target)
        if isinstance(target, Module | Namespace) or target & 1:
            return UNKNOWN
        there, row = self.view(document_of(target)), row_of(target)
        kind = there.symbols.kind[row]
        if self.is_class(target):
            return (Instance(target),)
        if kind == SymbolKind.TYPE_ALIAS:
            return self.annotated(there, there.symbols.type[row])
        if self.is_type_variable(target):
            return (Variable(target),)
        return self._aliased_type(there, row)

    def _aliased_type(self, view: DocumentView, row: int) -> Type:
        value = view.symbols.value[row]
        if value < 0:
            return UNKNOWN
        if view.op[value] == Op.CALL and self._is_call_of(view, value, "NewType"):
            arguments = view.items(view.b[value])
            return self.annotated(view, arguments[1]) if len(arguments) > 1 else UNKNOWN
        if view.op[value] == Op.CALL:
            return UNKNOWN
        return self.annotated(view, value)

    def _is_call_of(self, view: DocumentView, call: int, name: str) -> bool:
        targets = self.static_targets(view, view.a[call])
        return any(isinstance(one, Foreign) and one.name.rpartition(".")[2] == name for one in targets)

    def _foreign_type(self, view: DocumentView, node: int, target: Foreign) -> Type:
        last = target.name.rpartition(".")[2]
        if last in _UNKNOWN_FORMS:
            return UNKNOWN
        if last in ("Self", "LiteralString", "None"):
            return self._self_type(view, node) if last == "Self" else UNKNOWN
        if last in _TYPE_OF and target.name.startswith(("builtins.", "typing.")):
            return (Outside("builtins.type"),)
        return (Outside(target.name),)

    def _self_type(self, view: DocumentView, node: int) -> Type:
        symbol = view.scopes.symbol[view.occurrences.scope[view.a[node] if view.op[node] == Op.NAME else view.b[node]]]
        owner = self.enclosing_class(view, symbol)
        return (Variable(symbol_ref(view.number, owner), is_self=True),) if owner >= 0 else UNKNOWN

    def _applied(self, view: DocumentView, node: int) -> Type:
        base, arguments = view.a[node], self.written_arguments(view, node)
        out: list[Type] = []
        for target in self.static_targets(view, base):
            if isinstance(target, Foreign):
                out.append(self._special(view, target, arguments))
            elif self.is_class(target) and isinstance(target, int):
                out.append((Instance(target, tuple(self.annotated(view, one) for one in arguments)),))
            else:
                given = [self.annotated(view, one) for one in arguments]
                out.append(self._alias_applied(view, base, target, given))
        return union(out)

    def _alias_applied(self, view: DocumentView, node: int, target: Target, given: list[Type]) -> Type:
        """A generic alias applied: its variables, in the order in which they turn up, stand for the arguments."""
        type = self._named_type(view, node, target)
        found: dict[Ref, None] = {}
        _variables_in(type, found)
        return substitute(type, dict(zip(found, given, strict=False)))

    def _special(self, view: DocumentView, target: Foreign, arguments: list[int]) -> Type:
        last = target.name.rpartition(".")[2]
        if last == "Literal":
            return union([self._literal_type(view, one) for one in arguments] or [UNKNOWN])
        if last in _TRANSPARENT:
            return self.annotated(view, arguments[0]) if arguments else UNKNOWN
        given = [self.annotated(view, one) for one in arguments]
        if last == "Union":
            return union(given)
        if last == "Optional":
            return union([*given, NOTHING])
        if last in _TYPE_OF:
            return tuple(self._class_object(shape) for shape in given[0]) if given else UNKNOWN
        if last == "Callable":
            return (Callable(given[-1], parameters=self._taken(view, arguments[0])),) if given else UNKNOWN
        name = "tuple" if last in ("tuple", "Tuple") else target.name
        if name == "tuple" and len(arguments) == 2 and self._is_ellipsis(view, arguments[1]):
            return (Outside("builtins.tuple", (given[0],)),)
        return (Outside(name, tuple(given)),)

    def _taken(self, view: DocumentView, node: int) -> tuple[Type, ...]:
        """The parameter types of `Callable[[A, B], R]`."""
        if node < 0 or view.op[node] != Op.ARRAY:
            return ()
        return tuple(self.annotated(view, one) for one in view.items(view.a[node]))

    def _literal_type(self, view: DocumentView, node: int) -> Type:
        """The class of a literal's value; an enum's member is an instance of the enum."""
        if node >= 0 and view.op[node] == Op.LITERAL:
            kind = view.strings[view.a[node]]
            return NOTHING if kind == "None" else (Outside(f"builtins.{kind}"),)
        base = self.static_targets(view, view.a[node]) if node >= 0 and view.op[node] == Op.MEMBER else ()
        return tuple(Instance(one) for one in base if isinstance(one, int) and self.is_class(one)) or (Outside(),)

    def _is_ellipsis(self, view: DocumentView, node: int) -> bool:
        if node < 0 or view.op[node] == Op.UNKNOWN:
            return True
        return view.op[node] == Op.LITERAL and view.strings[view.a[node]] == "..."

    def _class_object(self, shape: Shape) -> Shape:
        if isinstance(shape, Instance):
            return ClassObject(shape.ref, shape.arguments)
        if isinstance(shape, Outside):
            return Foreign(shape.name)
        return Callable((shape,), True) if isinstance(shape, Variable) else shape

    def mapping(self, ref: Ref, arguments: tuple[Type, ...], owner: Ref) -> Mapping:
        """What the type parameters of `owner`, a class in the MRO of `ref`, stand for in `ref[arguments]`."""
        found = dict(zip(self.parameters_of(ref), arguments, strict=False))
        for _ in range(_MAX_DEPTH):
            if ref == owner:
                return found
            view = self.view(document_of(ref))
            known = [one for one in self.bases(ref) if one.ref >= 0]
            base = next((one for one in known if owner in self.lineage(one.ref).classes), None)
            if base is None:
                return {}
            given = [substitute(self.annotated(view, node), found) for node in self.written_arguments(view, base.node)]
            ref, found = base.ref, dict(zip(self.parameters_of(base.ref), given, strict=False))
        return {}

    def bound_of(self, variable: Variable) -> Type:
        """What is known of a value whose type is a type parameter: its bound, or its constraints."""
        if variable.is_self:
            return (Instance(variable.ref),)
        view, row = self.view(document_of(variable.ref)), row_of(variable.ref)
        if view.symbols.kind[row] == SymbolKind.TYPE_PARAMETER:
            return union([self.annotated(view, node) for node in view.items(view.symbols.bases[row])] or [UNKNOWN])
        value = view.symbols.value[row]
        if value < 0 or view.op[value] != Op.CALL:
            return UNKNOWN
        out: list[Type] = []
        for node in view.items(view.b[value])[1:]:
            if view.op[node] != Op.KEYWORD:
                out.append(self.annotated(view, node))
            elif view.name(view.b[node]) == "bound":
                out.append(self.annotated(view, view.a[node]))
        return union(out or [UNKNOWN])


def _variables_in(type: Type, out: dict[Ref, None]) -> None:
    for shape in type:
        if isinstance(shape, Variable) and not shape.is_self:
            out[shape.ref] = None
        elif isinstance(shape, Instance | ClassObject | Outside):
            for argument in shape.arguments:
                _variables_in(argument, out)
        elif isinstance(shape, Callable):
            for argument in (*shape.parameters, shape.returns):
                _variables_in(argument, out)


def substitute(type: Type, mapping: Mapping, receiver: Type = UNKNOWN) -> Type:
    """The type with variables replaced by what they stand for, and `Self` by the receiver. Unmapped ones stay."""
    if not any(isinstance(shape, Variable | Callable) or getattr(shape, "arguments", ()) for shape in type):
        return type
    out: list[Type] = []
    for shape in type:
        if isinstance(shape, Variable):
            if shape.is_self:
                out.append(receiver or (shape,))
            else:
                out.append(mapping.get(shape.ref, (shape,)))
        elif isinstance(shape, Callable):
            taken = tuple(substitute(one, mapping, receiver) for one in shape.parameters)
            out.append((_called(shape, substitute(shape.returns, mapping, receiver), taken),))
        elif isinstance(shape, Instance | ClassObject) and shape.arguments:
            given = tuple(substitute(one, mapping, receiver) for one in shape.arguments)
            out.append((Instance(shape.ref, given) if isinstance(shape, Instance) else ClassObject(shape.ref, given),))
        elif isinstance(shape, Outside) and shape.arguments:
            given = tuple(substitute(one, mapping, receiver) for one in shape.arguments)
            out.append((Outside(shape.name, given),))
        else:
            out.append((shape,))
    return union(out)


def _called(shape: Callable, returns: Type, parameters: tuple[Type, ...]) -> Shape:
    """`type[T]` is kept as a callable of T; once T is an instance of a class, it is that class."""
    if shape.is_type and len(returns) == 1 and isinstance(returns[0], Instance):
        return ClassObject(returns[0].ref, returns[0].arguments)
    return Callable(returns, shape.is_type, parameters)


def has_variables(type: Type) -> bool:
    """Whether type variables are left in a type."""
    for shape in type:
        if isinstance(shape, Variable) and not shape.is_self:
            return True
        if isinstance(shape, Callable) and has_variables(shape.returns):
            return True
        if any(has_variables(one) for one in getattr(shape, "arguments", ())):
            return True
    return False
