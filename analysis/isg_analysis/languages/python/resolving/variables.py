"""Variables and symbols: the type of what a name was bound to, declared first, inferred from its values else."""

from __future__ import annotations

from abc import abstractmethod

from isg_analysis.languages.python.resolving.documents import DocumentView
from isg_analysis.languages.python.resolving.flags import (
    CLASS_METHOD,
    INSTANCE,
    KEYWORDS,
    POSITIONAL_ONLY,
    RECEIVER,
    VARIADIC,
)
from isg_analysis.languages.python.resolving.members import Members
from isg_analysis.languages.python.resolving.names import Target
from isg_analysis.languages.python.resolving.values import (
    UNKNOWN,
    Callable,
    ClassObject,
    Foreign,
    Function,
    Instance,
    Module,
    Nothing,
    Outside,
    Shape,
    Type,
    Variable,
    union,
)
from isg_analysis.model.facts import BindingKind, ScopeKind
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import CALLABLE_KINDS, SymbolKind
from isg_analysis.resolve.program import Ref, document_of, row_of, symbol_ref

_WRAPPING = ("Generator", "Iterator", "Iterable", "Coroutine")
_VARIABLE_KINDS = frozenset({SymbolKind.VARIABLE, SymbolKind.CONSTANT, SymbolKind.FIELD, SymbolKind.VARIANT})


class Variables(Members):
    """Types of bindings and symbols."""

    def is_variable(self, view: DocumentView, row: int) -> bool:
        """Whether a binding is a variable: something assigned, rather than defined or imported."""
        kind = view.bindings.kind[row]
        if kind == BindingKind.SYMBOL:
            return view.symbols.kind[view.bindings.symbol[row]] in _VARIABLE_KINDS
        return kind in (BindingKind.LOCAL, BindingKind.PARAMETER)

    def declared_type(self, view: DocumentView, row: int) -> Type:
        """The written type of a binding."""
        kind = view.bindings.kind[row]
        node = view.symbols.type[view.bindings.symbol[row]] if kind == BindingKind.SYMBOL else view.bindings.type[row]
        found = self.annotated(view, node)
        flags = view.bindings.flags[row]
        if flags & VARIADIC:
            return (Outside("builtins.tuple", (found,)),)
        if flags & KEYWORDS:
            return self.unpacked(view, row) or (Outside("builtins.dict", ((Outside("builtins.str"),), found)),)
        return found

    def unpacked(self, view: DocumentView, row: int) -> Type:
        """What all keywords together are, where a `**` parameter is annotated with `Unpack[...]`."""
        written = view.bindings.type[row]
        if written < 0 or view.op[written] != Op.GENERIC:
            return UNKNOWN
        named = self.static_targets(view, view.a[written])
        unpacks = any(isinstance(one, Foreign) and one.name.endswith(".Unpack") for one in named)
        return self.annotated(view, written) if unpacks else UNKNOWN

    def row_value(self, view: DocumentView, row: int, depth: int) -> Type:
        """The type of the value one binding row gives, without what is declared elsewhere."""
        if view.bindings.kind[row] == BindingKind.PARAMETER:
            return self.parameter_type(view, row, depth)
        return self.value(view, view.bindings.value[row], depth)

    def binding_type(self, ref: Ref, depth: int) -> Type:
        """The type of a local or parameter anywhere: declared, else the union of all it is given."""
        view, row = self.view(document_of(ref)), row_of(ref)
        declared = self.declared_type(view, row)
        if declared:
            return declared
        self.looks_inside(view.number)
        return union([self.row_value(view, one, depth) for one in self._all_rows(view, row)])

    def _all_rows(self, view: DocumentView, row: int) -> list[int]:
        bindings = view.bindings
        rows = view.by_scope[bindings.scope[row]][bindings.name[row]]
        return [
            one for one in rows
            if one == row or (bindings.kind[one] == BindingKind.NARROW and bindings.occurrence[one] >= 0)
        ]  # fmt: skip

    def parameter_type(self, view: DocumentView, row: int, depth: int) -> Type:
        """A parameter's type: written, the receiver's, a base method's, a fixture's, or its default's."""
        flags = view.bindings.flags[row]
        declared = self.declared_type(view, row)
        if declared:
            return declared
        scope = view.bindings.scope[row]
        if view.scopes.kind[scope] != ScopeKind.FUNCTION:
            return self.lambda_parameter(view, row, depth)
        function = view.scopes.symbol[scope]
        if flags & RECEIVER:
            return self._receiver_type(view, function)
        name = view.strings[view.bindings.name[row]]
        found = self._inherited_parameter(view, function, name, depth) or self._fixture(view, function, name, depth)
        if found:
            return found
        default = self.value(view, view.bindings.value[row], depth)
        return tuple(shape for shape in default if not isinstance(shape, Nothing))

    def _receiver_type(self, view: DocumentView, function: int) -> Type:
        owner = view.owner_class(function)
        if owner < 0:
            return UNKNOWN
        own = (Variable(symbol_ref(view.number, owner), is_self=True),)
        return (Callable(own, True),) if view.symbols.flags[function] & CLASS_METHOD else own

    def _inherited_parameter(self, view: DocumentView, function: int, name: str, depth: int) -> Type:
        """An unannotated parameter has the type that the overridden method declares for it."""
        owner = view.owner_class(function)
        if owner < 0 or depth > 40:
            return UNKNOWN
        ref = symbol_ref(view.number, owner)
        for base in self.class_member(ref, view.facts.name_of(function), after=ref)[:1]:
            there, row = self.view(document_of(base)), row_of(base)
            if there.symbols.kind[row] in CALLABLE_KINDS:
                binding = self.parameter_of(base, name)
                return self.declared_type(there, binding) if binding >= 0 else UNKNOWN
        return UNKNOWN

    def parameter_of(self, ref: Ref, name: str) -> int:
        """The binding of a function's parameter, or -1."""
        view = self.view(document_of(ref))
        scope, string = view.symbols.scope[row_of(ref)], view.string_ids.get(name, -1)
        for row in view.by_scope.get(scope, {}).get(string, ()) if scope >= 0 else ():
            if view.bindings.kind[row] == BindingKind.PARAMETER:
                return row
        return -1

    def parameter_by_name(self, ref: Ref, name: str) -> int:
        """The binding of the parameter that a keyword argument goes to, or -1: not `*args`, `**kwargs`, `a, /`."""
        binding = self.parameter_of(ref, name)
        flags = self.view(document_of(ref)).bindings.flags[binding] if binding >= 0 else 0
        return -1 if flags & (VARIADIC | KEYWORDS | POSITIONAL_ONLY) else binding

    def _fixture(self, view: DocumentView, function: int, name: str, depth: int) -> Type:
        found = self.fixture(view, function, name)
        if found is None:
            return UNKNOWN
        given = self.call_function(found, UNKNOWN, None, depth + 1)
        return union([self._fixture_value(shape) for shape in given] or [UNKNOWN])

    def fixture(self, view: DocumentView, function: int, name: str) -> Ref | None:
        """pytest gives a test's parameter the value of the fixture with its name: of its class or module, or in a
        conftest above.
        """
        if not view.facts.name_of(function).startswith("test") and not self.is_fixture(view, function):
            return None
        owner = view.owner_class(function)
        line = self.lineage(symbol_ref(view.number, owner)).classes if owner >= 0 else ()
        for place in (*line, *(symbol_ref(document, 0) for document in self._fixture_documents(view))):
            there = self.view(document_of(place))
            for row in there.facts.members.get(row_of(place), {}).get(there.string_ids.get(name, -1), ()):
                if (there.number, row) != (view.number, function) and self.is_fixture(there, row):
                    return symbol_ref(there.number, row)
        return None

    def _fixture_value(self, shape: Shape) -> Type:
        """A fixture that yields gives what it yields; an `async` one is awaited."""
        if isinstance(shape, Outside) and shape.arguments and shape.name.endswith(_WRAPPING):
            return shape.arguments[0]
        return (shape,)

    def _fixture_documents(self, view: DocumentView) -> list[int]:
        out, directory = [view.number], view.path.rpartition("/")[0]
        while True:
            found = self.program.document(f"{directory}/conftest.py" if directory else "conftest.py")
            if found is not None and found not in out:
                out.append(found)
            if not directory:
                return out
            directory = directory.rpartition("/")[0]

    def is_fixture(self, view: DocumentView, symbol: int) -> bool:
        """Whether a function is decorated as a pytest fixture."""
        for node in view.items(view.symbols.decorators[symbol]):
            for target in self.decorator_targets(view, node):
                if isinstance(target, Foreign) and target.name in ("pytest.fixture", "pytest_asyncio.fixture"):
                    return True
        return False

    def symbol_type(self, ref: Ref, depth: int) -> Type:
        """The type of a symbol's value. Methods are unbound here."""
        view, row = self.view(document_of(ref)), row_of(ref)
        kind = view.symbols.kind[row]
        if self.is_class(ref):
            return (ClassObject(ref),)
        if kind == SymbolKind.MODULE:
            return (Module(view.number),)
        if kind in CALLABLE_KINDS:
            return self._decorated(view, row) or (Function(ref),)
        if kind == SymbolKind.VARIANT:
            return (Instance(symbol_ref(view.number, view.symbols.parent[row])),)
        if kind == SymbolKind.TYPE_PARAMETER:
            return (Callable((Variable(ref),), True),)
        if kind == SymbolKind.TYPE_ALIAS:
            found = self.annotated(view, view.symbols.type[row])
            return tuple(ClassObject(one.ref, one.arguments) for one in found if isinstance(one, Instance))
        return self._variable_type(view, row, depth)

    def _decorated(self, view: DocumentView, row: int) -> Type:
        """A function whose decorator is a class of the workspace is an instance of that class."""
        for node in view.items(view.symbols.decorators[row]):
            for target in self.static_targets(view, node):
                if self.is_class(target) and isinstance(target, int):
                    return (Instance(target),)
        return UNKNOWN

    def _variable_type(self, view: DocumentView, row: int, depth: int) -> Type:
        declared = self.annotated(view, view.symbols.type[row]) or self._member_of_enum(view, row)
        if declared:
            return declared
        self.looks_inside(view.number)
        types = [self.value(view, view.symbols.value[row], depth)]
        owner = view.symbols.scope[view.symbols.parent[row]]
        bindings = view.bindings
        for one in view.by_scope.get(owner, {}).get(view.symbols.name[row], ()):
            if bindings.kind[one] == BindingKind.NARROW and bindings.occurrence[one] >= 0:
                types.append(self.value(view, bindings.value[one], depth))
        return union(types)

    def _member_of_enum(self, view: DocumentView, row: int) -> Type:
        """What a class body assigns is an instance of the class where a base of it makes it an enum."""
        owner, flags = view.symbols.parent[row], view.symbols.flags[row]
        plain = view.symbols.value[row] >= 0 and not flags & INSTANCE and not view.facts.name_of(row).startswith("_")
        if not plain or view.owner_class(row) != owner or view.symbols.bases[owner] < 0:
            return UNKNOWN
        ref = symbol_ref(view.number, owner)
        return (Instance(ref),) if self._is_enum(ref) else UNKNOWN

    def decorator_targets(self, view: DocumentView, node: int) -> tuple[Target, ...]:
        """What a decorator means, its arguments left aside."""
        if node >= 0 and view.op[node] == Op.CALL:
            node = view.a[node]
        return self.static_targets(view, node)

    @abstractmethod
    def lambda_parameter(self, view: DocumentView, row: int, depth: int) -> Type:
        """See Solving."""

    @abstractmethod
    def value(self, view: DocumentView, node: int, depth: int = 0) -> Type:
        """See Inference."""
