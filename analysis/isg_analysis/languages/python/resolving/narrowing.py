"""Narrowing: what a NARROWED node leaves of a type. See `languages.python.narrowings` for which there are."""

from __future__ import annotations

from isg_analysis.languages.python.resolving.annotations import has_variables
from isg_analysis.languages.python.resolving.calls import Calls
from isg_analysis.languages.python.resolving.documents import DocumentView
from isg_analysis.languages.python.resolving.names import Target
from isg_analysis.languages.python.resolving.values import (
    UNKNOWN,
    ClassObject,
    Foreign,
    Instance,
    Outside,
    Shape,
    Type,
    Variable,
    instances,
    union,
)
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import CALLABLE_KINDS, SymbolKind
from isg_analysis.resolve.program import Ref, document_of, row_of

Constant = tuple[str, str] | Ref
"""A literal's kind and text; an enum's member."""

_MAX_ALIASES = 6
_WRAPPING = frozenset({"Final", "ClassVar", "Required", "NotRequired", "ReadOnly", "Annotated"})


class Narrowing(Calls):
    """Types behind conditions."""

    def classes_named(self, view: DocumentView, node: int, depth: int) -> Type:
        """Instances of the class, or of the classes in the tuple, that an expression names."""
        if node >= 0 and view.op[node] in (Op.TUPLE, Op.UNION):
            return union([self.classes_named(view, one, depth) for one in view.items(view.a[node])] or [UNKNOWN])
        if node >= 0 and view.op[node] == Op.BINARY:
            return union([self.classes_named(view, one, depth) for one in view.items(view.a[node])])
        out: list[Type] = []
        for shape in self.value(view, node, depth):
            if isinstance(shape, Outside) and shape.name == "tuple":
                out += [instances(one) for one in shape.arguments]
            elif isinstance(shape, Outside):
                out.append((Outside(),))
            else:
                out.append(instances((shape,)))
        return union(out or [UNKNOWN])

    def narrowed(self, view: DocumentView, node: int, depth: int) -> Type:
        """What is left of the value of a NARROWED node's name."""
        base, tested = self.value(view, view.a[node], depth), view.b[node]
        if tested < 0 or view.op[tested] != Op.UNARY:
            return self._intersected(base, self.classes_named(view, tested, depth))
        inner, said = view.a[tested], view.strings[view.b[tested]]
        if said in ("guard", "not guard"):
            return self._guarded(view, inner, base, said == "guard", depth)
        if said in ("==", "!="):
            return self._discriminated(view, inner, base, said == "==")
        classes = self.classes_named(view, inner, depth)
        if said == "type":
            return tuple(ClassObject(one.ref, one.arguments) for one in classes if isinstance(one, Instance))
        return self._without(base, classes)

    def _intersected(self, base: Type, wanted: Type) -> Type:
        if not wanted:
            return UNKNOWN
        kept = tuple(shape for shape in base if self._is_one_of(shape, wanted))
        return kept or wanted

    def _without(self, base: Type, excluded: Type) -> Type:
        return tuple(shape for shape in base if not self._is_one_of(shape, excluded))

    def _guarded(self, view: DocumentView, call: int, base: Type, holds: bool, depth: int) -> Type:
        """What is left where a call has been true, or false: all of it, unless the function is declared as a guard."""
        for ref in self._called_functions(view, view.a[call], depth):
            there = self.view(document_of(ref))
            written = there.symbols.type[row_of(ref)]
            kind = self._guard(there, written)
            guarded = self.annotated(there, self.written_arguments(there, written)[0]) if kind else UNKNOWN
            if not guarded or has_variables(guarded):
                return base
            if kind == "TypeGuard":
                return guarded if holds else base
            return self._intersected(base, guarded) if holds else self._without(base, guarded)
        return base

    def _called_functions(self, view: DocumentView, callee: int, depth: int) -> list[Ref]:
        targets: tuple[Target, ...] = self.static_targets(view, callee)
        if not targets and callee >= 0 and view.op[callee] == Op.MEMBER:
            targets = self.member_targets(self.value(view, view.a[callee], depth), view.name(view.b[callee])).targets
        return [one for one in targets if isinstance(one, int) and not one & 1 and self.kind_of(one) in CALLABLE_KINDS]

    def _guard(self, view: DocumentView, written: int) -> str:
        if written < 0 or view.op[written] not in (Op.GENERIC, Op.INDEX) or not self.written_arguments(view, written):
            return ""
        named = [one.name for one in self.static_targets(view, view.a[written]) if isinstance(one, Foreign)]
        return next((last for one in named if (last := one.rpartition(".")[2]) in ("TypeGuard", "TypeIs")), "")

    def _discriminated(self, view: DocumentView, comparison: int, base: Type, equal: bool) -> Type:
        """The shapes whose member may be one of some constants, or none, by the literal types declared for it."""
        member, *constants = view.items(view.a[comparison])
        wanted = {self._constant(view, one) for one in constants}
        name = view.name(view.b[member] if view.op[member] == Op.MEMBER else view.b[view.b[member]])
        if None in wanted:
            return base
        kept = []
        for shape in base:
            literals = self._literals_of(shape, name)
            if literals is None or (literals & wanted if equal else literals - wanted):
                kept.append(shape)
        return tuple(kept) or base

    def _literals_of(self, shape: Shape, name: str) -> set[Constant] | None:
        """The constants that a member of an instance may be; None where it may be others."""
        if not isinstance(shape, Instance):
            return None
        for one in self.class_member(shape.ref, name)[:1]:
            view = self.view(document_of(one))
            return self._literals(view, view.symbols.type[row_of(one)])
        return None

    def _literals(self, view: DocumentView, written: int, depth: int = 0) -> set[Constant] | None:
        if written < 0 or depth > _MAX_ALIASES:
            return None
        if view.op[written] == Op.STRING_TYPE:
            return self._literals(view, view.a[written], depth + 1)
        if view.op[written] == Op.UNION:
            return _all_of([self._literals(view, one, depth + 1) for one in view.items(view.a[written])])
        generic = view.op[written] in (Op.GENERIC, Op.INDEX)
        given = self.written_arguments(view, written) if generic else []
        for target in self.static_targets(view, view.a[written] if generic else written):
            if isinstance(target, Foreign) and target.name.endswith(".Literal"):
                return _all_of(
                    [None if one is None else {one} for one in (self._constant(view, each) for each in given)]
                )
            if isinstance(target, Foreign) and target.name.rpartition(".")[2] in _WRAPPING and given:
                return self._literals(view, given[0], depth + 1)
            if isinstance(target, int) and not target & 1 and not generic:
                there, row = self.view(document_of(target)), row_of(target)
                alias = there.symbols.kind[row] == SymbolKind.TYPE_ALIAS
                return self._literals(there, (there.symbols.type if alias else there.symbols.value)[row], depth + 1)
        return None

    def _constant(self, view: DocumentView, node: int) -> Constant | None:
        """A literal's kind and text, or an enum's member."""
        if node >= 0 and view.op[node] == Op.LITERAL and view.b[node] >= 0:
            return view.strings[view.a[node]], view.strings[view.b[node]]
        targets = self.static_targets(view, node) if node >= 0 and view.op[node] == Op.MEMBER else ()
        return next((one for one in targets if isinstance(one, int)), None)

    def _is_one_of(self, shape: object, wanted: Type) -> bool:
        if isinstance(shape, Variable):
            bound = self.bound_of(shape)
            return bool(bound) and all(self._is_one_of(one, wanted) for one in bound)
        if isinstance(shape, Instance):
            line = self.lineage(shape.ref).classes
            return any(isinstance(one, Instance) and one.ref in line for one in wanted)
        if isinstance(shape, Outside):
            return any(isinstance(one, Outside) and one.name and one.name == shape.name for one in wanted)
        return False


def _all_of(parts: list[set[Constant] | None]) -> set[Constant] | None:
    """All constants; None where a part may be others."""
    known = [part for part in parts if part is not None]
    return set().union(*known) if known and len(known) == len(parts) else None
