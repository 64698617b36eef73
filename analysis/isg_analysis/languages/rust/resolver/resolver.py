"""RustResolver: what an occurrence means. The face of this folder; the work is in the classes below it.

Names -> Written -> Implementations -> Members -> Receivers -> Calls -> Inference -> Made -> RustResolver
"""

from __future__ import annotations

from collections.abc import Mapping

from isg_analysis.languages.rust.resolver.dependencies import module_dependencies
from isg_analysis.languages.rust.resolver.doc_links import linked
from isg_analysis.languages.rust.resolver.files import MACRO, TYPE, VALUE, File
from isg_analysis.languages.rust.resolver.made import Made
from isg_analysis.languages.rust.resolver.names import NAMESPACE_OF_ROLE, Refs
from isg_analysis.languages.rust.resolver.outside import outside_name
from isg_analysis.languages.rust.resolver.outside_members import outside_member
from isg_analysis.languages.rust.resolver.relations import relations_of
from isg_analysis.languages.rust.resolver.terms import ADT, EITHER, OUTSIDE, PARAM, PROJECTED, SELF, Type
from isg_analysis.model.facts import Facts
from isg_analysis.model.occurrence import Confidence, Role
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolFlag, SymbolKind
from isg_analysis.resolve.outside import OutsideMember
from isg_analysis.resolve.program import (
    EXTERNAL,
    UNRESOLVED,
    DeclaredRelation,
    ModuleDependency,
    Program,
    Ref,
    Resolution,
    binding_ref,
    is_binding,
    symbol_ref,
)

_FEW = 5
_TYPES = (SymbolKind.CLASS, SymbolKind.ENUM, SymbolKind.UNION, SymbolKind.INTERFACE, SymbolKind.TYPE_ALIAS)
_ARGUMENTS: dict[int, tuple[int, tuple[SymbolKind, ...]]] = {
    Role.TYPE: (VALUE, (SymbolKind.CONSTANT,)),
    Role.READ: (TYPE, _TYPES),
}
"""What a single name may be that stands for nothing else: `Matrix<SIZE>` has a constant for an argument, a macro's
`assert_size!(Matrix)` a type.
"""
_MEMBER_KINDS = (SymbolKind.METHOD, SymbolKind.FIELD)


class RustResolver(Made):
    """See Resolver, Outside, OutsideMembers, DocLinks and Making."""

    def resolve(self, document: int, occurrence: int) -> Resolution:
        """What the occurrence means."""
        self.answers.shrink()
        file = self.files[document]
        if not file.occurrences.length[occurrence]:  # only a macro says it
            return UNRESOLVED
        definition = file.occurrences.definition[occurrence]
        if definition >= 0:
            ref = binding_ref(document, definition >> 1) if definition & 1 else symbol_ref(document, definition >> 1)
            return Resolution((ref,), Confidence.CERTAIN)
        node = file.occurrences.node[occurrence]
        op = file.op(node)
        role = file.occurrences.role[occurrence]
        if op == Op.MEMBER:
            return self._member(file, node, role)
        if op in (Op.FIELD_OF, Op.ASSOCIATED):
            return self._field_of(file, node) if op == Op.FIELD_OF else self._associated_item(file, occurrence, node)
        if op == 0:
            return UNRESOLVED
        if role == Role.IMPORT:
            return self._import(document, node)
        if role == Role.DERIVE:
            return self._derive(document, node)
        refs = self.named(document, node, NAMESPACE_OF_ROLE[role])
        if not refs and op == Op.PATH and role in (Role.TYPE, Role.READ):  # tokens of a macro may stand for either
            refs = self.named(document, node, VALUE if role == Role.TYPE else TYPE)
        if not refs and op == Op.NAME and role in _ARGUMENTS:
            namespace, kinds = _ARGUMENTS[role]
            refs = tuple(ref for ref in self.named(document, node, namespace) if self._is_one(ref, kinds))
        if refs and op == Op.PATH and role == Role.CALL:
            callees = self.callee(document, node)
            members, sure = self.among_outside(file, node, callees)
            if callees and not members:
                return EXTERNAL
            found = self._answer(file, node, tuple(ref for ref, _ in members), role)
            return found if sure or not found.targets else Resolution(found.targets, Confidence.POSSIBLE)
        return self._answer(file, node, refs, role)

    def _is_one(self, ref: Ref, kinds: tuple[SymbolKind, ...]) -> bool:
        return not is_binding(ref) and self.files.kind(ref) in kinds

    def _answer(self, file: File, node: int, refs: Refs, role: int) -> Resolution:
        found = _inside(refs)
        if role == Role.TEXT and found.targets:
            return Resolution(found.targets, Confidence.POSSIBLE)
        if len(found.targets) > 1 and file.op(node) == Op.PATH and not self._stand_beside(file, node, found.targets):
            return Resolution(found.targets, Confidence.POSSIBLE)
        return found

    def _stand_beside(self, file: File, node: int, targets: Refs) -> bool:
        """Whether the targets of a path are alternatives under cfg: they, or the types they belong to."""
        base = file.facts.nodes.a[node]
        owner = self.written(file.document, base) if base >= 0 else None
        return (owner is not None and owner[0] == EITHER) or self._alternatives(targets)

    def _derive(self, document: int, node: int) -> Resolution:
        """A derive names a macro; the trait of the same name stands for it where the workspace has one."""
        macros = self.named(document, node, MACRO)
        kinds = (SymbolKind.INTERFACE, SymbolKind.MODULE)
        traits = tuple(ref for ref in self.named(document, node, TYPE) if self.files.kind(ref) in kinds)
        inside = _inside(tuple(dict.fromkeys(ref for ref in (*macros, *traits) if ref >= 0)))
        return inside if inside.targets else EXTERNAL

    def _import(self, document: int, node: int) -> Resolution:
        """What a `use` or `mod` names, in every namespace."""
        out: list[Ref] = []
        for namespace in (TYPE, VALUE, MACRO):
            out += self.named(document, node, namespace)
        inside = tuple(dict.fromkeys(ref for ref in out if ref >= 0))
        if inside:
            return Resolution(inside, Confidence.CERTAIN)
        return EXTERNAL if out else UNRESOLVED

    def _member(self, file: File, node: int, role: int) -> Resolution:
        """`value.name`: a method where it is called, else a field."""
        document = file.document
        base = self.value(document, file.facts.nodes.a[node])
        name = file.name(file.facts.nodes.b[node])
        if base is None:
            return self._possible(name)
        scope = file.occurrences.scope[file.facts.nodes.b[node]]
        called = role == Role.CALL
        found = self.taking(file, node, self.methods(base, name, file, scope)) if called else self.fields(base, name)
        if not found:
            found = self.fields(base, name) if role == Role.CALL else ()
        refs = tuple(dict.fromkeys(ref for ref, _ in found))
        if any(PROJECTED in given for _, given in found):  # the same field, of a struct that a macro makes
            return Resolution(tuple(ref for ref in refs if ref >= 0), Confidence.POSSIBLE)
        if len(refs) > 1 and not self._alternatives(refs) and not self._is_either(base):
            return Resolution(tuple(ref for ref in refs if ref >= 0), Confidence.POSSIBLE)
        if refs:
            return _inside(refs)
        return EXTERNAL if self._ends_outside(base) else UNRESOLVED

    def _is_either(self, base: Type) -> bool:
        return any(step[0] == EITHER for step in self.dereferenced(base))

    def _ends_outside(self, base: Type) -> bool:
        """Whether the receiver is of another crate, so that a missing member must be there."""
        last: Type = None
        for step in self.dereferenced(base):
            last = step
        if last is None or last[0] in (PARAM, SELF):
            return False
        return last[0] != ADT or last[1] < 0 or last[0] == OUTSIDE

    def _possible(self, name: str) -> Resolution:
        """Every member of that name, where they are few."""
        refs = [ref for ref in self.definitions(name) if self.files.kind(ref) in _MEMBER_KINDS]
        if not refs or len(refs) > _FEW:
            return UNRESOLVED
        return Resolution(tuple(refs), Confidence.POSSIBLE)

    def _alternatives(self, refs: Refs) -> bool:
        """Whether several targets stand side by side under conditions, rather than being candidates."""
        if any(is_binding(ref) or ref < 0 for ref in refs):
            return False
        owners = {self.files.parent(ref) for ref in refs}
        if len(owners) == 1:
            return True
        for ref in refs:
            file, row = self.files.of(ref)
            while row > 0 and not file.flags[row] & SymbolFlag.CONDITIONAL:
                row = file.parents[row]
            if row <= 0 and self.files.kind(self.files.parent(ref)) != SymbolKind.MODULE:
                return False
        return True

    def _field_of(self, file: File, node: int) -> Resolution:
        """A field named in a struct literal or pattern."""
        path = file.facts.nodes.a[node]
        refs = self.named(file.document, file.head(path), TYPE)
        name = file.name(file.facts.nodes.b[node])
        out: list[Ref] = []
        for ref in refs:
            owner = self.owner_of_fields(ref)
            if owner is None:
                term = self.written(file.document, path)
                owner = term[1] if term is not None and term[0] == ADT else None
            if owner is not None:
                out += [r for r in self.files.members(owner, name) if self.files.kind(r) == SymbolKind.FIELD]
        if out:
            return _inside(tuple(out))
        return EXTERNAL if refs and all(ref < 0 for ref in refs) else UNRESOLVED

    def _associated_item(self, file: File, occurrence: int, node: int) -> Resolution:
        """`Item` in `Iterator<Item = T>`: the associated type of the trait the arguments belong to."""
        trait = self.applied_to(file, node)
        if trait is None:
            return UNRESOLVED
        refs = self.named(file.document, trait, TYPE)
        out: list[Ref] = []
        for ref in refs:
            if self.files.kind(ref) == SymbolKind.INTERFACE:
                out += self._trait_items(ref, file.name(occurrence), TYPE)
        return _inside(tuple(out)) if out else (EXTERNAL if refs and refs[0] < 0 else UNRESOLVED)

    def type_definition(self, document: int, occurrence: int) -> tuple[Ref, ...]:
        """The types of the value the occurrence stands for."""
        file = self.files[document]
        found = self.resolve(document, occurrence)
        if found.confidence != Confidence.CERTAIN:
            return ()
        out: list[Ref] = []
        for ref in found.targets:
            term = self.type_of(ref) if is_binding(ref) else self._shown_type(ref)
            node = file.occurrences.node[occurrence]
            if not is_binding(ref) and file.op(node) == Op.MEMBER and self.files.kind(ref) == SymbolKind.FIELD:
                term = self.value(document, node)
            out += self._nominal_refs(term)
        return tuple(dict.fromkeys(out))

    def _shown_type(self, ref: Ref) -> Type:
        kind = self.files.kind(ref)
        if kind in (SymbolKind.FUNCTION, SymbolKind.METHOD):
            return self.returned(ref)
        if kind in (SymbolKind.CLASS, SymbolKind.ENUM, SymbolKind.UNION, SymbolKind.TYPE_ALIAS, SymbolKind.INTERFACE):
            return self.term_of(ref)
        return self.type_of(ref)

    def _nominal_refs(self, term: Type) -> list[Ref]:
        """The workspace's type behind references and smart pointers."""
        for step in self.dereferenced(term):
            if step[0] in (ADT, PARAM) and step[1] >= 0:
                return [step[1]]
        return []

    def relations(self, document: int) -> list[DeclaredRelation]:
        """What the document's symbols extend, implement and override."""
        return relations_of(self, document)

    def dependencies(self, document: int) -> list[ModuleDependency]:
        """See Resolver."""
        return list(module_dependencies(self, document))

    def outside(self, document: int, occurrence: int) -> tuple[str, ...]:
        """See Outside."""
        return outside_name(self, document, occurrence)

    def outside_member(self, document: int, occurrence: int) -> OutsideMember | None:
        """See OutsideMembers."""
        self.answers.shrink()
        return outside_member(self, document, occurrence)

    def linked(self, document: int, text: bytes, offset: int) -> tuple[Ref, ...]:
        """See DocLinks."""
        self.answers.shrink()
        return linked(self, document, text, offset)

    def successor(self, program: Program, changed: Mapping[int, tuple[Facts, Facts]]) -> RustResolver:
        """See Resolver. The same object, with what the changes can be seen in forgotten."""
        self.program = program
        self.files.follow(program, changed)
        self.modules.follow(program)
        self.answers.follow(changed)
        return self

    def end(self) -> None:
        """See Resolver."""
        self.answers.end()


def _inside(refs: Refs) -> Resolution:
    """The workspace's among the targets; EXTERNAL when all lie outside."""
    if not refs:
        return UNRESOLVED
    targets = tuple(ref for ref in refs if ref >= 0)
    return Resolution(targets, Confidence.CERTAIN) if targets else EXTERNAL
