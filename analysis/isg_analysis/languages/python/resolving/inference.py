"""Inference: the type of an expression, a variable, a symbol, as far as it is plainly written.

On demand and memoised (`resolve.memo`). Depth is bounded.
"""

from __future__ import annotations

from collections.abc import Callable as Function_

from isg_analysis.languages.python.resolving import outside
from isg_analysis.languages.python.resolving.documents import DocumentView
from isg_analysis.languages.python.resolving.flow import narrowing, reaching
from isg_analysis.languages.python.resolving.narrowing import Narrowing
from isg_analysis.languages.python.resolving.values import (
    NOTHING,
    UNKNOWN,
    Callable,
    ClassObject,
    Foreign,
    Instance,
    Nothing,
    Outside,
    Shape,
    Super,
    Type,
    Variable,
    union,
    without_none,
)
from isg_analysis.model.facts import ScopeKind
from isg_analysis.model.ops import Op
from isg_analysis.resolve.memo import Memo
from isg_analysis.resolve.program import Program, Ref, symbol_ref

_MAX_DEPTH = 60
_OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
    "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift",
}  # fmt: skip
_LITERALS: dict[str, Type] = {
    name: (Outside(f"builtins.{name}"),) for name in ("str", "int", "float", "bool", "bytes", "...")
}


class Inference(Narrowing):
    """Types of nodes."""

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self._types: Memo[tuple[int, int], Type] = self.memo_of_nodes(self._find_value, UNKNOWN, inside=True)
        self._depth = 0

    def value(self, view: DocumentView, node: int, depth: int = 0) -> Type:
        """The type of the value of an expression node; UNKNOWN where it cannot be told."""
        self.looks_inside(view.number)
        if node < 0 or depth > _MAX_DEPTH or view.op[node] not in _HANDLERS:
            return UNKNOWN
        self._depth = depth
        return self._types((view.number, node))

    def _find_value(self, key: tuple[int, int]) -> Type:
        view, node = self.view(key[0]), key[1]
        return _HANDLERS[view.op[node]](self, view, node, self._depth + 1)

    def _name(self, view: DocumentView, node: int, depth: int) -> Type:
        occurrence = view.a[node]
        occurrences = view.occurrences
        frame, name = view.frame(occurrences.scope[occurrence]), occurrences.name[occurrence]
        rows, given = self.visible(view, frame, name, occurrences.start[occurrence])
        if not rows:
            targets = given or self.name_targets(view, occurrence)
            return union([self.target_type(target, depth) for target in targets] or [UNKNOWN])
        if len(rows) == 1 and view.bindings.scope[rows[0]] == frame and self.is_variable(view, rows[0]):
            return self._flowing(view, frame, rows[0], occurrence, depth)
        targets = self.bindings_targets(view, rows)
        return union([self.target_type(target, depth) for target in targets] or [UNKNOWN])

    def _flowing(self, view: DocumentView, frame: int, row: int, occurrence: int, depth: int) -> Type:
        """The type of a variable of the same frame, from the assignments that reach the use."""
        reach = reaching(view, frame, view.bindings.name[row], occurrence)
        if reach.narrowed >= 0:
            return self.value(view, reach.narrowed, depth)
        declared = self.declared_type(view, row)
        if declared:
            assigned = self.row_value(view, reach.rows[0], depth) if len(reach.rows) == 1 else UNKNOWN
            narrower = assigned and all(isinstance(shape, Instance | Variable) for shape in assigned)
            return assigned if narrower and reach.rows[0] != row else declared
        if not reach.rows:
            return self.row_value(view, row, depth)
        return union([self.row_value(view, one, depth) for one in reach.rows])

    def _member(self, view: DocumentView, node: int, depth: int) -> Type:
        narrowed = self._narrowed_member(view, node)
        if narrowed >= 0:
            return self.value(view, narrowed, depth)
        return self.member_type(self.value(view, view.a[node], depth), view.name(view.b[node]), depth)

    def _narrowed_member(self, view: DocumentView, node: int) -> int:
        dotted = view.memo.get("dotted")
        if dotted is None:
            dotted = view.memo["dotted"] = any("." in text for text in view.strings)
        if not dotted:
            return -1
        names, at = [view.name(view.b[node])], view.a[node]
        while at >= 0 and view.op[at] == Op.MEMBER:
            names.append(view.name(view.b[at]))
            at = view.a[at]
        if at < 0 or view.op[at] != Op.NAME:
            return -1
        names.append(view.name(view.a[at]))
        key = view.string_ids.get(".".join(reversed(names)), -1)
        if key < 0:
            return -1
        occurrence = view.b[node]
        chain, scope = [], view.occurrences.scope[occurrence]
        while scope >= 0:
            chain.append(scope)
            scope = -1 if view.scopes.kind[scope] == ScopeKind.FUNCTION else view.scopes.parent[scope]
        return narrowing(view, chain, key, view.occurrences.start[occurrence], -1)

    def _call(self, view: DocumentView, node: int, depth: int) -> Type:
        return self.call_result(view, node, depth)

    def _literal(self, view: DocumentView, node: int, depth: int) -> Type:
        del depth
        return _LITERALS.get(view.strings[view.a[node]], NOTHING)

    def _tuple(self, view: DocumentView, node: int, depth: int) -> Type:
        return (Outside("tuple", tuple(self.value(view, one, depth) for one in view.items(view.a[node]))),)

    def _array(self, view: DocumentView, node: int, depth: int) -> Type:
        held = union([self.value(view, one, depth) for one in view.items(view.a[node])[:8]] or [UNKNOWN])
        return (Outside("builtins.list", (held,)),)

    def _dict(self, view: DocumentView, node: int, depth: int) -> Type:
        keys = union([self.value(view, one, depth) for one in view.items(view.a[node])[:8]] or [UNKNOWN])
        values = union([self.value(view, one, depth) for one in view.items(view.b[node])[:8]] or [UNKNOWN])
        return (Outside("builtins.dict", (keys, values)),)

    def _union(self, view: DocumentView, node: int, depth: int) -> Type:
        return union([self.value(view, one, depth) for one in view.items(view.a[node])] or [UNKNOWN])

    def _await(self, view: DocumentView, node: int, depth: int) -> Type:
        return self.awaited(self.value(view, view.a[node], depth))

    def awaited(self, type: Type) -> Type:
        """What `await` gives."""
        return union([outside.awaited(shape) for shape in type if isinstance(shape, Outside)] or [UNKNOWN])

    def _item(self, view: DocumentView, node: int, depth: int) -> Type:
        return self.iterated(self.value(view, view.a[node], depth), view.b[node] == 1, depth)

    def iterated(self, type: Type, is_async: bool, depth: int) -> Type:
        """What iterating a value gives."""
        if depth > _MAX_DEPTH:
            return UNKNOWN
        out: list[Type] = []
        first, following = ("__aiter__", "__anext__") if is_async else ("__iter__", "__next__")
        for shape in without_none(type):
            if isinstance(shape, Outside):
                out.append(outside.iterated(shape))
            elif isinstance(shape, Instance | Variable):
                out.append(self._iterated_instance((shape,), first, following, is_async, depth))
            elif isinstance(shape, ClassObject):
                enum = self._is_enum(shape.ref)
                given = (
                    (Instance(shape.ref),)
                    if enum
                    else self.iterated(self.call_member((shape,), first, depth), is_async, depth + 1)
                )
                out.append(given)
            elif isinstance(shape, Foreign):
                out.append((Outside(),))
        return union(out or [UNKNOWN])

    def _iterated_instance(self, type: Type, first: str, following: str, is_async: bool, depth: int) -> Type:
        steps = self.member_targets(type, following).targets
        if steps:
            given = self.call_member(type, following, depth)
            return self.awaited(given) if is_async else given
        if self.member_targets(type, first).targets:
            return self.iterated(self.call_member(type, first, depth), is_async, depth + 1)
        if self.member_targets(type, "__getitem__").targets:
            return self.call_member(type, "__getitem__", depth)
        return self.inherited_argument(type)

    def _enter(self, view: DocumentView, node: int, depth: int) -> Type:
        is_async = view.b[node] == 1
        out: list[Type] = []
        for shape in without_none(self.value(view, view.a[node], depth)):
            if isinstance(shape, Outside):
                out.append(outside.entered(shape))
            elif isinstance(shape, Instance | Variable):
                given = self.call_member((shape,), "__aenter__" if is_async else "__enter__", depth)
                out.append(self.awaited(given) if is_async else given)
        return union(out or [UNKNOWN])

    def _unpack(self, view: DocumentView, node: int, depth: int) -> Type:
        out: list[Type] = []
        for shape in without_none(self.value(view, view.a[node], depth)):
            if isinstance(shape, Outside):
                out.append(outside.unpacked(shape, view.b[node]))
            elif isinstance(shape, Instance) and (elements := self.tuple_elements(shape)):
                out.append(outside.unpacked(Outside("tuple", elements), view.b[node]))
            else:
                out.append(self.iterated((shape,), False, depth))
        return union(out or [UNKNOWN])

    def _selected(self, view: DocumentView, node: int, depth: int) -> Type:
        """`value[3]`: the element of a tuple, or whatever indexing gives."""
        out: list[Type] = []
        index = view.b[view.b[node]]
        for shape in without_none(self.value(view, view.a[node], depth)):
            if isinstance(shape, Outside) and shape.name == "tuple":
                out.append(outside.element(shape, index))
            elif isinstance(shape, Instance) and (elements := self.tuple_elements(shape)):
                out.append(outside.element(Outside("tuple", elements), index))
            else:
                out.append(self._indexed(shape, depth))
        return union(out or [UNKNOWN])

    def _captured(self, view: DocumentView, node: int, depth: int) -> Type:
        """What a positional pattern of a class gets; a built-in class's is the value itself."""
        out: list[Type] = []
        for shape in without_none(self.value(view, view.a[node], depth)):
            if isinstance(shape, Instance):
                out.append(self.field_at(shape.ref, view.b[node], depth))
            else:
                out.append((shape,) if isinstance(shape, Outside) else UNKNOWN)
        return union(out or [UNKNOWN])

    def _except(self, view: DocumentView, node: int, depth: int) -> Type:
        return self.classes_named(view, view.a[node], depth)

    def _lambda(self, view: DocumentView, node: int, depth: int) -> Type:
        return (Callable(self.value(view, view.b[node], depth)),)

    def _binary(self, view: DocumentView, node: int, depth: int) -> Type:
        left, right = (self.value(view, one, depth) for one in view.items(view.a[node]))
        operator = view.strings[view.b[node]]
        if operator == "and":
            return right
        if operator == "or":
            return union([tuple(shape for shape in left if not isinstance(shape, Nothing)), right])
        if operator in ("is", "==", "!="):
            return _LITERALS["bool"]
        method = _OPERATORS.get(operator)
        if method is None:
            return UNKNOWN
        if left and self.member_targets(left, f"__{method}__").targets:
            return self.call_member(left, f"__{method}__", depth)
        if right and self.member_targets(right, f"__r{method}__").targets:
            return self.call_member(right, f"__r{method}__", depth)
        if any(isinstance(shape, Outside | Foreign) for shape in left):
            return tuple(shape for shape in left if isinstance(shape, Outside)) or (Outside(),)
        return UNKNOWN

    def _unary(self, view: DocumentView, node: int, depth: int) -> Type:
        operator = view.strings[view.b[node]]
        if operator == "not":
            return _LITERALS["bool"]
        value = self.value(view, view.a[node], depth)
        method = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}.get(operator, "")
        if value and self.member_targets(value, method).targets:
            return self.call_member(value, method, depth)
        return value if all(isinstance(shape, Outside) for shape in value) else UNKNOWN

    def _index(self, view: DocumentView, node: int, depth: int) -> Type:
        base, index = view.a[node], view.b[node]
        out: list[Type] = []
        for shape in without_none(self.value(view, base, depth)):
            if isinstance(shape, Outside):
                out.append(outside.indexed(shape, index < 0))
            elif isinstance(shape, ClassObject) and not self.metaclass_member(shape.ref, "__getitem__"):
                given = tuple(self.annotated(view, one) for one in self.written_arguments(view, node))
                out.append((Instance(shape.ref),) if self._is_enum(shape.ref) else (ClassObject(shape.ref, given),))
            elif isinstance(shape, Foreign) and (held := self._applied_outside(view, node)):
                out.append((Callable((Outside(shape.name, held),), True),))
            elif keyed := self._keyed_at(view, shape, index):
                out += [self.symbol_type(one, depth) for one in keyed]
            else:
                out.append(self._indexed(shape, depth))
        return union(out or [UNKNOWN])

    def _keyed_at(self, view: DocumentView, shape: Shape, index: int) -> list[Ref]:
        """The fields that the key between the brackets names, where it is constant."""
        return self.keyed((shape,), view.name(view.b[index])) if index >= 0 and view.op[index] == Op.FIELD_OF else []

    def _applied_outside(self, view: DocumentView, node: int) -> tuple[Type, ...]:
        """The arguments of a foreign generic class at run time; empty where none is a type of the workspace."""
        given = tuple(self.annotated(view, one) for one in self.written_arguments(view, node))
        return given if any(isinstance(shape, Instance | Variable) for type in given for shape in type) else ()

    def _indexed(self, shape: Shape, depth: int) -> Type:
        """What `value[...]` gives for one shape, whatever stands between the brackets."""
        if isinstance(shape, Outside):
            return outside.indexed(shape, False)
        if isinstance(shape, ClassObject):
            return self.call_member((shape,), "__getitem__", depth) if not self._is_enum(shape.ref) else UNKNOWN
        if isinstance(shape, Instance | Variable):
            found = self.member_targets((shape,), "__getitem__").targets
            return self.call_member((shape,), "__getitem__", depth) if found else self.inherited_argument((shape,))
        return (shape,) if isinstance(shape, Foreign) else UNKNOWN

    def _super(self, view: DocumentView, node: int, depth: int) -> Type:
        scope, given = view.b[node], view.items(view.a[node])
        owner = self.enclosing_class(view, view.scopes.symbol[scope])
        if owner < 0:
            return UNKNOWN
        ref = symbol_ref(view.number, owner)
        after = ref
        if given:
            named = [one for one in self.value(view, given[0], depth) if isinstance(one, ClassObject)]
            if len(named) != 1:
                return UNKNOWN
            after = named[0].ref
        return (Super(ref, after, (Variable(ref, is_self=True),)),)

    def _yield(self, view: DocumentView, node: int, depth: int) -> Type:
        return (Outside("typing.Generator", (self.value(view, view.a[node], depth),)),)

    def _field_of(self, view: DocumentView, node: int, depth: int) -> Type:
        return self.member_type(self.value(view, view.a[node], depth), view.name(view.b[node]), depth)

    def _passed(self, view: DocumentView, node: int, depth: int) -> Type:
        return self.value(view, view.a[node], depth)

    def _starred(self, view: DocumentView, node: int, depth: int) -> Type:
        return self.iterated(self.value(view, view.a[node], depth), False, depth)

    def _written(self, view: DocumentView, node: int, depth: int) -> Type:
        del depth
        return instances_to_classes(self.annotated(view, node))


def instances_to_classes(type: Type) -> Type:
    """A type expression as the value it is at run time."""
    return tuple(ClassObject(shape.ref, shape.arguments) for shape in type if isinstance(shape, Instance))


_HANDLERS: dict[int, Function_[[Inference, DocumentView, int, int], Type]] = {
    Op.NAME: Inference._name,
    Op.MEMBER: Inference._member,
    Op.CALL: Inference._call,
    Op.LITERAL: Inference._literal,
    Op.TUPLE: Inference._tuple,
    Op.ARRAY: Inference._array,
    Op.DICT: Inference._dict,
    Op.UNION: Inference._union,
    Op.AWAIT: Inference._await,
    Op.ITEM: Inference._item,
    Op.ENTER: Inference._enter,
    Op.UNPACK: Inference._unpack,
    Op.EXCEPT: Inference._except,
    Op.NARROWED: Inference.narrowed,
    Op.LAMBDA: Inference._lambda,
    Op.BINARY: Inference._binary,
    Op.UNARY: Inference._unary,
    Op.INDEX: Inference._index,
    Op.SUPER: Inference._super,
    Op.YIELD: Inference._yield,
    Op.FIELD_OF: Inference._field_of,
    Op.SELECTED: Inference._selected,
    Op.VARIANT_FIELD: Inference._captured,
    Op.KEYWORD: Inference._passed,
    Op.STAR: Inference._starred,
    Op.GENERIC: Inference._written,
    Op.STRING_TYPE: Inference._written,
}
