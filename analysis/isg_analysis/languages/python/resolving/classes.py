"""Classes: bases, the method resolution order (C3), members along it, type parameters and what they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from isg_analysis.languages.python.resolving.documents import DocumentView
from isg_analysis.languages.python.resolving.flags import INSTANCE, PROTOCOL
from isg_analysis.languages.python.resolving.names import Names, Target, Targets
from isg_analysis.languages.python.resolving.values import Foreign
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import CALLABLE_KINDS, TYPE_KINDS, SymbolKind
from isg_analysis.resolve.program import Program, Ref, document_of, row_of, symbol_ref

_CLASS_KINDS = TYPE_KINDS - {SymbolKind.TYPE_ALIAS}
_VALUE_KINDS = frozenset({SymbolKind.VARIABLE, SymbolKind.CONSTANT, SymbolKind.FIELD})
_COMPLETE_BASES = frozenset({"object", "Generic", "Protocol", "ABC"})
_MAX_ALIASES = 12
_NONE: dict[int, list[int]] = {}


class Base(NamedTuple):
    """One entry of a class's base list: a class of the workspace, or something else (`name` where it is Foreign)."""

    ref: Ref
    node: int
    name: str = ""


class Lineage(NamedTuple):
    """A class's MRO. `foreign`: it goes on outside the workspace; `unknown`: a base could not be resolved."""

    classes: tuple[Ref, ...]
    foreign: bool
    unknown: bool

    @property
    def complete(self) -> bool:
        """Whether a member that is in none of the classes does not exist."""
        return not self.foreign and not self.unknown


class Classes(Names):
    """What classes inherit."""

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self._bases = self.memo_of_symbols(self._find_bases, _no_bases)
        self._lineages = self.memo_of_symbols(self._find_lineage, _alone)
        self._parameters = self.memo_of_symbols(self._find_parameters, _no_parameters)

    def kind_of(self, ref: Ref) -> int:
        """The SymbolKind of a symbol Ref."""
        return self.view(document_of(ref)).symbols.kind[row_of(ref)]

    def flags_of(self, ref: Ref) -> int:
        """The SymbolFlags of a symbol Ref."""
        return self.view(document_of(ref)).symbols.flags[row_of(ref)]

    def is_class(self, target: Target) -> bool:
        """Whether a target is a class of the workspace."""
        return isinstance(target, int) and not target & 1 and self.kind_of(target) in _CLASS_KINDS

    def bases(self, ref: Ref) -> tuple[Base, ...]:
        """The direct bases as written, keywords left out."""
        return self._bases(ref)

    def _find_bases(self, ref: Ref) -> tuple[Base, ...]:
        view = self.view(document_of(ref))
        out: list[Base] = []
        for node in view.items(view.symbols.bases[row_of(ref)]):
            if node >= 0 and view.op[node] not in (Op.KEYWORD, Op.STAR):
                out += self._written_base(view, node)
        return tuple(out)

    def _written_base(self, view: DocumentView, node: int) -> list[Base]:
        targets = [end for target in self.static_targets(view, node) for end in self.behind_alias(target)]
        classes = [target for target in targets if isinstance(target, int) and self.is_class(target)]
        if classes:
            return [Base(classes[0], node)]
        foreign = [target.name for target in targets if isinstance(target, Foreign)]
        return [Base(-1, node, foreign[0] if foreign else self._called_base(view, node))]

    def _called_base(self, view: DocumentView, node: int) -> str:
        """The foreign function in `class A(namedtuple(...))`."""
        if view.op[node] == Op.CALL:
            for target in self.static_targets(view, view.a[node]):
                if isinstance(target, Foreign):
                    return target.name
        return ""

    def behind_alias(self, target: Target, depth: int = 0) -> list[Target]:
        """Follow `X = Class` to the class; anything else stands for itself."""
        if not isinstance(target, int) or target & 1 or depth > _MAX_ALIASES:
            return [target]
        view, row = self.view(document_of(target)), row_of(target)
        if view.symbols.kind[row] not in _VALUE_KINDS:
            return [target]
        value = view.symbols.value[row]
        nodes = view.items(view.a[value]) if value >= 0 and view.op[value] == Op.UNION else [value]
        out: list[Target] = []
        for node in nodes:
            for end in self.static_targets(view, node):
                out += self.behind_alias(end, depth + 1)
        return out or [target]

    def lineage(self, ref: Ref) -> Lineage:
        """The class itself, then its bases in the order in which Python looks members up."""
        return self._lineages(ref)

    def _find_lineage(self, ref: Ref) -> Lineage:
        bases = self.bases(ref)
        foreign = any(
            base.ref < 0 and base.name and base.name.rpartition(".")[2] not in _COMPLETE_BASES for base in bases
        )
        unknown = any(base.ref < 0 and not base.name for base in bases)
        lines = [self.lineage(base.ref) for base in bases if base.ref >= 0]
        direct = [base.ref for base in bases if base.ref >= 0]
        sequences = [list(line.classes) for line in lines]
        merged = sequences[0] if len(lines) == 1 else _merge([*sequences, direct])
        return Lineage(
            (ref, *[one for one in merged if one != ref]),
            foreign or any(line.foreign for line in lines),
            unknown or any(line.unknown for line in lines),
        )

    def class_member(self, ref: Ref, name: str, after: Ref = -1) -> tuple[Ref, ...]:
        """The symbols a class has under a name: those of the first class of its MRO (behind `after`) with any.

        A declared member (a method, a class, an annotated attribute) counts before attributes that are only assigned:
        what a subclass assigns is a value for what its base declares.
        """
        skipping = after >= 0
        assigned: tuple[Ref, ...] = ()
        for one in self.lineage(ref).classes:
            if skipping:
                skipping = one != after
                continue
            view = self.view(document_of(one))
            rows = self.own_members(view, row_of(one), name)
            if rows and self._is_declared(view, rows):
                return tuple(symbol_ref(view.number, row) for row in rows)
            if rows and not assigned:
                assigned = tuple(symbol_ref(view.number, row) for row in rows)
        return assigned

    def declared_above(self, ref: Ref) -> tuple[Ref, ...]:
        """The members that an attribute assigned through the receiver is a value of, where a base declares them."""
        view, row = self.view(document_of(ref)), row_of(ref)
        if not view.symbols.flags[row] & INSTANCE or view.symbols.type[row] >= 0:
            return ()
        name, owner = view.facts.name_of(row), symbol_ref(view.number, view.symbols.parent[row])
        if name.startswith("__") and not name.endswith("__"):
            return ()
        found = self.class_member(owner, name, after=owner)
        declared = found and self._is_declared(self.view(document_of(found[0])), [row_of(one) for one in found])
        return found if declared else ()

    def defined_with(self, ref: Ref) -> tuple[Ref, ...]:
        """What a definition defines: a property is all its accessors, an overloaded function all its signatures, and
        what a base declares is not declared again by `self.name = ...`.
        """
        view, row = self.view(document_of(ref)), row_of(ref)
        parent, name = view.symbols.parent[row], view.symbols.name[row]
        beside = view.facts.members.get(parent, _NONE).get(name, ())
        if len(beside) < 2 or view.symbols.kind[row] not in CALLABLE_KINDS:
            return self.declared_above(ref) or (ref,)
        if view.owner_class(row) >= 0:
            rows = self.own_members(view, parent, view.facts.name_of(row))
        else:
            scope = view.symbols.scope[parent] if parent else 0
            symbols = view.bindings.symbol
            rows = [symbols[one] for one in self._reaching(view, scope, name, -1) if symbols[one] >= 0]
        others = [symbol_ref(view.number, one) for one in rows if one != row] if row in rows else ()
        return (ref, *others)

    def _is_declared(self, view: DocumentView, rows: Sequence[int]) -> bool:
        symbols = view.symbols
        return any(symbols.kind[row] not in _VALUE_KINDS or symbols.type[row] >= 0 for row in rows)

    def metaclass_member(self, ref: Ref, name: str) -> tuple[Ref, ...]:
        """What a class as a value has by its metaclass, or by that of a base."""
        metaclass = self.metaclass(ref)
        return self.class_member(metaclass, name) if metaclass >= 0 else ()

    def metaclass(self, ref: Ref) -> Ref:
        """The class of the workspace that a class is an instance of, or -1."""
        for one in self.lineage(ref).classes:
            found = self._written_metaclass(one)
            if found >= 0:
                return found
        return -1

    def names_metaclass(self, ref: Ref) -> bool:
        """Whether a class itself says what it is an instance of."""
        return self._written_metaclass(ref) >= 0

    def is_instance_of_abc(self, ref: Ref) -> bool:
        """Whether a class itself says `metaclass=ABCMeta`."""
        named = self._metaclass_targets(ref)
        return any(isinstance(target, Foreign) and target.name.endswith("ABCMeta") for target in named)

    def _written_metaclass(self, ref: Ref) -> Ref:
        named = self._metaclass_targets(ref)
        return next((one for one in named if isinstance(one, int) and self.is_class(one)), -1)

    def _metaclass_targets(self, ref: Ref) -> Targets:
        view = self.view(document_of(ref))
        for node in view.items(view.symbols.bases[row_of(ref)]):
            if node >= 0 and view.op[node] == Op.KEYWORD and view.name(view.b[node]) == "metaclass":
                return self.static_targets(view, view.a[node])
        return ()

    def enclosing_class(self, view: DocumentView, symbol: int) -> int:
        """The innermost class symbol around a symbol, or -1."""
        kinds, parents = view.symbols.kind, view.symbols.parent
        while symbol > 0 and kinds[symbol] not in _CLASS_KINDS:
            symbol = parents[symbol]
        return symbol if symbol > 0 else -1

    def parameters_of(self, ref: Ref) -> tuple[Ref, ...]:
        """The type parameters of a class, in order: PEP 695, Generic[...], else as they turn up in the bases."""
        return self._parameters(ref)

    def _find_parameters(self, ref: Ref) -> tuple[Ref, ...]:
        view = self.view(document_of(ref))
        generics = view.items(view.symbols.generics[row_of(ref)])
        declared = [symbol_ref(view.number, self._symbol_at(view, view.a[node])) for node in generics]
        return tuple(declared or self._parameters_in_bases(view, ref))

    def _symbol_at(self, view: DocumentView, occurrence: int) -> int:
        return view.occurrences.definition[occurrence] >> 1

    def _parameters_in_bases(self, view: DocumentView, ref: Ref) -> list[Ref]:
        out: dict[Ref, None] = {}
        for base in self.bases(ref):
            found: dict[Ref, None] = {}
            for node in self.written_arguments(view, base.node):
                self._collect(view, node, found)
            if base.name.rpartition(".")[2] == "Generic":
                return list(found)
            out.update(found)
        return list(out)

    def written_arguments(self, view: DocumentView, node: int) -> list[int]:
        """The nodes of `Base[a, b]`'s arguments."""
        if node < 0 or view.op[node] not in (Op.INDEX, Op.GENERIC):
            return []
        inner = view.b[node]
        if view.op[node] == Op.GENERIC:
            return list(view.items(inner))
        return list(view.items(view.a[inner])) if inner >= 0 and view.op[inner] == Op.TUPLE else [inner]

    def _collect(self, view: DocumentView, node: int, out: dict[Ref, None]) -> None:
        if node < 0:
            return
        if view.op[node] == Op.NAME:
            for target in self.name_targets(view, view.a[node]):
                if isinstance(target, int) and self.is_type_variable(target):
                    out[target] = None
            return
        for inner in self.written_arguments(view, node):
            self._collect(view, inner, out)

    def is_type_variable(self, ref: Ref) -> bool:
        """Whether a symbol is a type parameter, or a variable that holds a TypeVar."""
        if ref & 1:
            return False
        view, row = self.view(document_of(ref)), row_of(ref)
        kind = view.symbols.kind[row]
        if kind == SymbolKind.TYPE_PARAMETER:
            return True
        value = view.symbols.value[row]
        if kind not in _VALUE_KINDS or value < 0 or view.op[value] != Op.CALL:
            return False
        return any(
            isinstance(target, Foreign) and target.name.rpartition(".")[2] in ("TypeVar", "ParamSpec", "TypeVarTuple")
            for target in self.static_targets(view, view.a[value])
        )

    def is_protocol(self, ref: Ref) -> bool:
        """Whether a class is declared as a Protocol."""
        return bool(self.view(document_of(ref)).symbols.flags[row_of(ref)] & PROTOCOL)


def _no_bases(ref: Ref) -> tuple[Base, ...]:
    """Those of a class whose bases lead back to it."""
    del ref
    return ()


def _alone(ref: Ref) -> Lineage:
    return Lineage((ref,), False, True)


def _no_parameters(ref: Ref) -> tuple[Ref, ...]:
    del ref
    return ()


def _merge(sequences: list[list[Ref]]) -> list[Ref]:
    """C3 linearisation; where the order is inconsistent, the first candidate goes on."""
    out: list[Ref] = []
    sequences = [sequence for sequence in sequences if sequence]
    while sequences:
        tails = {one for sequence in sequences for one in sequence[1:]}
        head = next((sequence[0] for sequence in sequences if sequence[0] not in tails), sequences[0][0])
        out.append(head)
        sequences = [[one for one in sequence if one != head] for sequence in sequences]
        sequences = [sequence for sequence in sequences if sequence]
    return out
