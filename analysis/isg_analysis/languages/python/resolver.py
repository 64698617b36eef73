"""PythonResolver: what an occurrence in a Python document means.

The face of `resolving`: it asks the right question for each kind of occurrence and says how sure the answer is.

Guarantees: CERTAIN only for what the language's rules say; a member of a value whose type is not known is at most
POSSIBLE, one of known type that does not have it is never bound to something else of that name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from isg_analysis.languages.python.resolving.conformance import candidates, satisfies
from isg_analysis.languages.python.resolving.dependencies import module_dependencies
from isg_analysis.languages.python.resolving.dispatching import alike, bodies, receivers, values
from isg_analysis.languages.python.resolving.documents import DocumentView
from isg_analysis.languages.python.resolving.flags import RECEIVER
from isg_analysis.languages.python.resolving.inference import Inference
from isg_analysis.languages.python.resolving.names import Target
from isg_analysis.languages.python.resolving.relations import document_relations
from isg_analysis.languages.python.resolving.standard import beneath, is_class
from isg_analysis.languages.python.resolving.values import (
    Callable,
    ClassObject,
    Foreign,
    Function,
    Instance,
    Module,
    Type,
    Variable,
)
from isg_analysis.model.facts import BindingKind, Facts, ScopeKind
from isg_analysis.model.occurrence import Confidence, Role
from isg_analysis.model.ops import Op
from isg_analysis.resolve.footprints import defined, surface
from isg_analysis.resolve.memo import SHARED, Memo
from isg_analysis.resolve.program import (
    EXTERNAL,
    UNRESOLVED,
    DeclaredRelation,
    ModuleDependency,
    Program,
    Ref,
    Resolution,
    binding_ref,
    document_of,
    row_of,
    symbol_ref,
)

_MANY = 5


class PythonResolver:
    """See Resolver, Dispatch, Outside, Renames and Injects."""

    def __init__(self, program: Program) -> None:
        self._types = Inference(program)
        self.answers = self._types.answers
        self._named: Memo[str, tuple[Ref, ...]] = Memo(self.answers, _none_of, self._find_named, _nobody, surface)

    def resolve(self, document: int, occurrence: int) -> Resolution:
        """See Resolver."""
        self.answers.shrink()
        view = self._types.view(document)
        definition = view.occurrences.definition[occurrence]
        if definition >= 0:
            if definition & 1:
                return Resolution((binding_ref(document, definition >> 1),), Confidence.CERTAIN)
            return Resolution(self._types.defined_with(symbol_ref(document, definition >> 1)), Confidence.CERTAIN)
        node = view.occurrences.node[occurrence]
        op = view.op[node] if node >= 0 else Op.NAME
        if op == Op.NAME:
            return self._name(view, occurrence)
        if op == Op.MEMBER:
            return self._member(view, occurrence, node)
        return self._rarer(view, node, op)

    def _rarer(self, view: DocumentView, node: int, op: int) -> Resolution:
        types = self._types
        if op == Op.KEYWORD:
            targets, foreign = types.keyword_targets(view, node)
            return _resolution(targets) or (EXTERNAL if foreign else UNRESOLVED)
        if op == Op.PATH:
            return self._path(view, node)
        if op in (Op.IMPORT_FROM, Op.IMPORT_MODULE):
            return _resolution(types.import_targets(view, node)) or _external(types.import_targets(view, node))
        if op == Op.FIELD_OF:
            value, name = types.value(view, view.a[node]), view.name(view.b[node])
            if view.occurrences.role[view.b[node]] == Role.TEXT:
                return _resolution(tuple(types.keyed(value, name))) or UNRESOLVED
            found = types.member_targets(value, name)
            return _resolution(found.targets) or (EXTERNAL if found.foreign else UNRESOLVED)
        return UNRESOLVED

    def _name(self, view: DocumentView, occurrence: int) -> Resolution:
        if view.occurrences.role[occurrence] == Role.TEXT and (owner := self._slotted_class(view, occurrence)) > 0:
            named = self._types.static_member(symbol_ref(view.number, owner), view.name(occurrence))
            return _resolution(named) or UNRESOLVED
        targets = self._types.name_targets(view, occurrence)
        found = _resolution(targets)
        if found is None:
            return EXTERNAL if not targets and self._types.foreign_stars(view) else _external(targets)
        if view.occurrences.role[occurrence] == Role.TEXT:
            return Resolution(found.targets, Confidence.POSSIBLE)
        return found

    def _slotted_class(self, view: DocumentView, occurrence: int) -> int:
        """The class whose `__slots__` a string stands in; 0 for the names in `__all__`."""
        return view.scopes.symbol[view.occurrences.scope[occurrence]]

    def _member(self, view: DocumentView, occurrence: int, node: int) -> Resolution:
        name = view.name(occurrence)
        type = self._types.value(view, view.a[node])
        found = self._types.member_targets(type, name)
        if found.targets:
            resolution = _resolution(found.targets) or EXTERNAL
            if view.occurrences.role[occurrence] == Role.TEXT and resolution.targets:
                return Resolution(resolution.targets, Confidence.POSSIBLE)
            return resolution
        if found.foreign:
            return EXTERNAL
        if type or view.occurrences.role[occurrence] == Role.TEXT:
            return UNRESOLVED
        candidates = self._named(name)
        return Resolution(candidates, Confidence.POSSIBLE) if candidates else UNRESOLVED

    def _find_named(self, name: str) -> tuple[Ref, ...]:
        """The class members of that name in the whole workspace, if they are few."""
        self.answers.footprints.note(defined(name))
        if name.startswith("__"):
            return ()
        refs = [ref for ref in self._types.program.definitions(name, "python") if self._is_member(ref)]
        return tuple(refs) if len(refs) <= _MANY else ()

    def _is_member(self, ref: Ref) -> bool:
        view = self._types.view(document_of(ref))
        return view.owner_class(row_of(ref)) >= 0

    def _path(self, view: DocumentView, node: int) -> Resolution:
        """A component of the module path in an import."""
        dots = self._leading_dots(view, node)
        found = self._types.path_module(view, node, dots)
        if isinstance(found, Module):
            return Resolution((symbol_ref(found.document, 0),), Confidence.CERTAIN)
        return EXTERNAL if isinstance(found, Foreign) else UNRESOLVED

    def _leading_dots(self, view: DocumentView, node: int) -> int:
        starts = view.memo.get("relative paths")
        if starts is None:
            starts = {}
            for at, op in enumerate(view.op):
                if op == Op.IMPORT_MODULE:
                    path, dots = view.a[at], len(view.strings[view.b[at]])
                    while path >= 0:
                        starts[path] = dots
                        path = view.a[path]
            view.memo["relative paths"] = starts
        dots_of: dict[int, int] = starts
        return dots_of.get(node, 0)

    def type_definition(self, document: int, occurrence: int) -> tuple[Ref, ...]:
        """See Resolver."""
        view = self._types.view(document)
        node = view.occurrences.node[occurrence]
        definition = view.occurrences.definition[occurrence]
        written = definition >= 0 or view.occurrences.role[occurrence] == Role.WRITE
        if written and (given := self._given(view, occurrence)):
            return self._type_refs(given)
        if definition >= 0:
            ref = binding_ref(document, definition >> 1) if definition & 1 else symbol_ref(document, definition >> 1)
            return self._type_refs(self._types.target_type(ref, 0))
        if node >= 0 and view.op[node] in (Op.NAME, Op.MEMBER):
            return self._type_refs(self._types.value(view, node))
        resolution = self.resolve(document, occurrence)
        out: dict[Ref, None] = {}
        for target in resolution.targets:
            out.update(dict.fromkeys(self._type_refs(self._types.target_type(target, 0))))
        return tuple(out)

    def _given(self, view: DocumentView, occurrence: int) -> Type:
        """What a variable is given where it is assigned to."""
        bindings = view.bindings
        rows = [row for row, one in enumerate(bindings.occurrence) if one == occurrence]
        values = (row for row in rows if bindings.kind[row] != BindingKind.PARAMETER and bindings.value[row] >= 0)
        return next((self._types.value(view, bindings.value[row]) for row in values), ())

    def _type_refs(self, type: Type) -> tuple[Ref, ...]:
        """Where types are defined: classes, the function or module that a value is, a type parameter without bounds."""
        out: dict[Ref, None] = {}
        for shape in type:
            if isinstance(shape, Instance | ClassObject | Function):
                out[shape.ref] = None
            elif isinstance(shape, Module):
                out[symbol_ref(shape.document, 0)] = None
            elif isinstance(shape, Variable):
                out.update(dict.fromkeys(self._type_refs(self._types.bound_of(shape)) or (shape.ref,)))
            elif isinstance(shape, Callable) and shape.is_type:
                inner = self._type_refs(self._types.class_behind(shape))
                out.update(dict.fromkeys(inner or [one.ref for one in shape.returns if isinstance(one, Variable)]))
        return tuple(out)

    def relations(self, document: int) -> list[DeclaredRelation]:
        """See Resolver."""
        return document_relations(self._types, self._types.view(document))

    def dependencies(self, document: int) -> list[ModuleDependency]:
        """See Resolver."""
        return list(module_dependencies(self._types, self._types.view(document)))

    def alias(self, document: int, occurrence: int) -> Ref | None:
        """See Renames."""
        return self._types.alias_at(self._types.view(document), occurrence)

    def injected(self, parameter: Ref) -> Ref | None:
        """See Injects."""
        view, row = self._types.view(document_of(parameter)), row_of(parameter)
        function = view.scopes.symbol[view.bindings.scope[row]]
        plain = view.bindings.kind[row] == BindingKind.PARAMETER and not view.bindings.flags[row] & RECEIVER
        return self._types.fixture(view, function, view.strings[view.bindings.name[row]]) if plain else None

    def receivers(self, document: int, occurrence: int) -> Sequence[Ref] | None:
        """See Dispatch."""
        return receivers(self._types, document, occurrence)

    def bodies(self, document: int, occurrence: int, refs: Sequence[Ref]) -> Sequence[Ref]:
        """See Dispatch."""
        return bodies(self._types, document, occurrence, refs)

    def alike(self, ref: Ref, other: Ref) -> bool:
        """See Dispatch."""
        return alike(self._types, ref, other)

    def values(self, ref: Ref) -> Sequence[int]:
        """See Dispatch."""
        return values(self._types, ref)

    def assigned(self, ref: Ref, name: str) -> Sequence[Ref]:
        """See Dispatch."""
        view = self._types.view(document_of(ref))
        own = [symbol_ref(view.number, row) for row in self._types.own_members(view, row_of(ref), name)]
        return [one for one in own if self._types.declared_above(one)]

    def members(self, ref: Ref, name: str) -> Sequence[Ref]:
        """See Dispatch."""
        return self._types.class_member(ref, name)

    def owner(self, ref: Ref) -> Ref | None:
        """See Dispatch."""
        facts = self._types.program.facts(document_of(ref))
        parent = facts.symbols.parent[row_of(ref)]
        scope = facts.symbols.scope[parent] if parent > 0 else -1
        return (
            symbol_ref(document_of(ref), parent) if scope >= 0 and facts.scopes.kind[scope] == ScopeKind.CLASS else None
        )

    def candidates(self, interface: Ref) -> Sequence[Ref] | None:
        """See Dispatch."""
        return candidates(self._types, interface)

    def satisfies(self, ref: Ref, interface: Ref) -> bool:
        """See Dispatch."""
        return satisfies(self._types, ref, interface)

    def beneath(self, path: Sequence[str]) -> Sequence[Sequence[str]] | None:
        """See Dispatch: of the classes of the standard library."""
        return beneath(path)

    def outside(self, document: int, occurrence: int) -> tuple[str, ...]:
        """See Outside. That a class derives from a form of `typing` says nothing."""
        view = self._types.view(document)
        targets = self._types.static_targets(view, view.occurrences.node[occurrence])
        name = next((target.name for target in targets if isinstance(target, Foreign)), "")
        return tuple(name.split(".")) if name and is_class(name) else ()

    def successor(self, program: Program, changed: Mapping[int, tuple[Facts, Facts]]) -> PythonResolver:
        """See Resolver. The same object, with what the changes can be seen in forgotten."""
        self._types.follow(program, changed)
        self.answers.follow(changed)
        return self

    def end(self) -> None:
        """See Resolver."""
        self.answers.end()


def _none_of(name: str) -> tuple[Ref, ...]:
    del name
    return ()


def _nobody(name: str) -> int:
    del name
    return SHARED


def _resolution(targets: tuple[Target, ...]) -> Resolution | None:
    refs = []
    for target in targets:
        if isinstance(target, int):
            refs.append(target)
        elif isinstance(target, Module):
            refs.append(symbol_ref(target.document, 0))
    return Resolution(tuple(refs), Confidence.CERTAIN) if refs else None


def _external(targets: tuple[Target, ...]) -> Resolution:
    return EXTERNAL if any(isinstance(target, Foreign) for target in targets) else UNRESOLVED
