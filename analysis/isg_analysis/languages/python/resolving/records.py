"""Records: classes whose constructor and patterns follow from annotated fields: dataclasses, attrs, NamedTuple."""

from __future__ import annotations

from collections.abc import Iterator

from isg_analysis.languages.python.resolving.flags import INSTANCE, KEYWORDS
from isg_analysis.languages.python.resolving.members import Call
from isg_analysis.languages.python.resolving.names import Target
from isg_analysis.languages.python.resolving.values import UNKNOWN, Foreign, Instance, Outside, Type
from isg_analysis.languages.python.resolving.variables import Variables
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.program import Ref, document_of, is_binding, row_of, symbol_ref

_TUPLES = ("NamedTuple", "namedtuple")
_RECORDS = frozenset({"dataclass", "define", "frozen", "mutable", "attrs", "s"})


class Records(Variables):
    """Fields and what they stand for."""

    def is_named_tuple(self, ref: Ref) -> bool:
        """Whether instances of a class are tuples of its fields."""
        return any(base.name.endswith(_TUPLES) for one in self.lineage(ref).classes for base in self.bases(one))

    def keyed(self, type: Type, name: str) -> list[Ref]:
        """The fields that a constant key names in a value: in the typed dictionaries among what it may be."""
        found = [self.key_of(shape.ref, name) for shape in type if isinstance(shape, Instance)]
        return [one for one in dict.fromkeys(found) if one >= 0]

    def key_of(self, ref: Ref, name: str) -> Ref:
        """The field of a typed dictionary under a key, or -1."""
        if not any(base.name.endswith("TypedDict") for one in self.lineage(ref).classes for base in self.bases(one)):
            return -1
        return next((one for one in self.class_member(ref, name) if self.is_declared_field(one)), -1)

    def passed_on(self, ref: Ref, name: str) -> list[Ref]:
        """The fields that a keyword argument names in what `**kwargs: Unpack[Fields]` stands for."""
        view = self.view(document_of(ref))
        for row, flags in enumerate(view.bindings.flags):
            if flags & KEYWORDS and view.bindings.scope[row] == view.symbols.scope[row_of(ref)]:
                return self.keyed(self.unpacked(view, row), name)
        return []

    def is_record(self, ref: Ref) -> bool:
        """Whether the class's constructor is made from its fields: by a decorator, or by what a base or metaclass of it
        is decorated with (`dataclass_transform`).
        """
        view = self.view(document_of(ref))
        decorators = view.items(view.symbols.decorators[row_of(ref)])
        if any(self._makes_records(target) for node in decorators for target in self.decorator_targets(view, node)):
            return not self._transforms(ref)
        line = self.lineage(ref).classes
        if any(self._transforms(one) for one in line[1:]):
            return True
        return bool(self.bases(ref)) and self._transforms(self.metaclass(ref)) and not self.names_metaclass(ref)

    def _makes_records(self, target: Target) -> bool:
        if isinstance(target, Foreign):
            return target.name.rpartition(".")[2] in _RECORDS
        return isinstance(target, int) and not is_binding(target) and self._transforms(target)

    def _transforms(self, ref: Ref) -> bool:
        """Whether a class or function is decorated with `dataclass_transform`."""
        if ref < 0:
            return False
        view = self.view(document_of(ref))
        for row in {row_of(ref), *(row_of(one) for one in self.defined_with(ref) if document_of(one) == view.number)}:
            for node in view.items(view.symbols.decorators[row]):
                for target in self.decorator_targets(view, node):
                    if isinstance(target, Foreign) and target.name.endswith("dataclass_transform"):
                        return True
        return False

    def makers(self, ref: Ref) -> tuple[Ref, ...]:
        """The `__init__` or `__new__` that calling a class runs; none where its constructor is made from its fields."""
        for one in self.lineage(ref).classes:
            view = self.view(document_of(one))
            rows = self.own_members(view, row_of(one), "__init__")
            if rows:
                return tuple(symbol_ref(view.number, row) for row in rows)
            if self.is_record(one):
                return ()
        return self.class_member(ref, "__new__")

    def is_declared_field(self, ref: Ref) -> bool:
        """Whether a member is a field that is annotated in the class body."""
        view, row = self.view(document_of(ref)), row_of(ref)
        instance = view.symbols.flags[row] & INSTANCE
        return view.symbols.kind[row] == SymbolKind.FIELD and not instance and view.symbols.type[row] >= 0

    def record_fields(self, ref: Ref) -> list[Ref]:
        """The fields in the order of the constructor's parameters; empty for a class that is no record."""
        line = self.lineage(ref).classes
        if not self.is_named_tuple(ref) and not any(self.is_record(one) for one in line):
            return []
        out: dict[str, Ref] = {}
        for one in reversed(line):
            view = self.view(document_of(one))
            for rows in view.facts.members.get(row_of(one), {}).values():
                field = symbol_ref(view.number, rows[0])
                if self.is_declared_field(field):
                    out[view.facts.name_of(rows[0])] = field
        return list(out.values())

    def passed_fields(self, ref: Ref, call: Call) -> Iterator[tuple[Ref, int]]:
        """(field, node of the argument it gets) where a class without `__init__` is called."""
        if self.makers(ref):
            return
        there, node = call
        fields = self.record_fields(ref)
        names = {self.view(document_of(one)).facts.name_of(row_of(one)): one for one in fields}
        for at, argument in enumerate(there.items(there.b[node])):
            if argument >= 0 and there.op[argument] == Op.KEYWORD:
                field = names.get(there.name(there.b[argument]))
                if field is not None:
                    yield field, there.a[argument]
            elif argument >= 0 and at < len(fields):
                yield fields[at], argument

    def field_at(self, ref: Ref, index: int, depth: int) -> Type:
        """The type of the `index`-th field of a record; negative counts from the end."""
        fields = self.record_fields(ref)
        if not -len(fields) <= index < len(fields):
            return UNKNOWN
        found = self.symbol_type(fields[index], depth + 1)
        return found or (Outside(),)
