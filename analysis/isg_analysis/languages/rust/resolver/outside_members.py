"""Which member of a trait from outside a name means: `Self::Output`, `Iterator<Item = T>`, `value.clone()`.

What `std.rs` describes is found there. Of other crates' traits it is known where only one can be meant: the one that is
named, the one whose impl block `Self` stands in, the only one that a type is bound to.
"""

from __future__ import annotations

from isg_analysis.languages.rust.resolver.files import ELSEWHERE_REF, EXTERNAL_REF, TYPE, File
from isg_analysis.languages.rust.resolver.inference import Inference
from isg_analysis.languages.rust.resolver.outside import outside_name
from isg_analysis.languages.rust.resolver.terms import ADT, OUTSIDE
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.outside import OutsideMember
from isg_analysis.resolve.program import Ref, is_binding, row_of

_BY_TRAIT = {
    "default": "Default", "from": "From", "from_iter": "FromIterator", "from_str": "FromStr", "try_from": "TryFrom",
}  # fmt: skip
"""Functions whose names types leave to the traits that have them."""


def outside_member(resolver: Inference, document: int, occurrence: int) -> OutsideMember | None:
    """See OutsideMembers."""
    file = resolver.files[document]
    node, role = file.occurrences.node[occurrence], file.occurrences.role[occurrence]
    if file.op(node) == Op.ASSOCIATED:
        return _typed(resolver, file, resolver.applied_to(file, node), occurrence)
    if file.op(node) not in (Op.PATH, Op.MEMBER) or file.facts.nodes.a[node] < 0:
        return None
    if role == Role.CALL:
        callees = tuple(ref for ref, _ in resolver.callee(document, node))
        return _described(resolver, callees) or _conventional(resolver, file, node, callees)
    if role != Role.TYPE or file.op(node) != Op.PATH:
        return None
    base = file.facts.nodes.a[node]
    trait = _of_own_impl(resolver, file, base, file.name(occurrence))
    refs = resolver.named(document, node, TYPE) if trait is None else ()
    if refs not in ((ELSEWHERE_REF,), ()):
        return _described(resolver, refs)
    return _typed(resolver, file, trait if trait is not None else _trait_of(resolver, file, base), occurrence)


def _described(resolver: Inference, refs: tuple[Ref, ...]) -> OutsideMember | None:
    """A member of a trait that the standard library's signatures have."""
    if len(refs) != 1 or is_binding(refs[0]) or refs[0] in (ELSEWHERE_REF, EXTERNAL_REF) or refs[0] >= 0:
        return None
    owner, kind = resolver.files.parent(refs[0]), resolver.files.kind(refs[0])
    trait = resolver.impl_trait(owner) if resolver.files.kind(owner) == SymbolKind.IMPLEMENTATION else None
    if trait is not None:
        owner = trait[1]
    if not isinstance(owner, int) or resolver.files.kind(owner) != SymbolKind.INTERFACE:
        return None
    return OutsideMember(("std", resolver.files.name(owner)), resolver.files.name(refs[0]), kind)


def _conventional(resolver: Inference, file: File, node: int, callees: tuple[Ref, ...]) -> OutsideMember | None:
    """`Type::from(value)` of a type from outside: no type has such a function but by the trait."""
    name = file.name(file.facts.nodes.b[node])
    if file.op(node) != Op.PATH or name not in _BY_TRAIT or any(ref >= 0 for ref in callees):
        return None
    owner = resolver.written(file.document, file.facts.nodes.a[node])
    outside = owner is not None and (owner[0] == OUTSIDE or (owner[0] == ADT and owner[1] < 0))
    return OutsideMember(("std", _BY_TRAIT[name]), name, SymbolKind.METHOD) if outside else None


def _typed(resolver: Inference, file: File, trait: int | None, occurrence: int) -> OutsideMember | None:
    """The associated type of that name of the trait that a node of a file names."""
    head = file.head(trait) if trait is not None else -1
    if file.op(head) not in (Op.NAME, Op.PATH):
        return None
    nodes = file.facts.nodes
    path = outside_name(resolver, file.document, nodes.a[head] if file.op(head) == Op.NAME else nodes.b[head])
    named = resolver.named(file.document, head, TYPE)
    if not path or any(ref >= 0 for ref in named):
        return None
    return OutsideMember(path, file.name(occurrence), SymbolKind.TYPE_ALIAS)


def _of_own_impl(resolver: Inference, file: File, base: int, name: str) -> int | None:
    """The node that names the trait whose impl block `Self::Name` stands in and that has one."""
    impl = resolver.enclosing_impl(file, base)
    if impl is None or resolver.alias_in(impl, name) is None:
        return None
    bases = file.items(file.symbols.bases[row_of(impl)])
    return bases[0] if bases else None


def _trait_of(resolver: Inference, file: File, base: int) -> int | None:
    """The node that names the one trait whose associated type `base::Name` can be."""
    if file.op(base) == Op.QUALIFIED:
        return file.facts.nodes.b[base]
    refs = resolver.named(file.document, base, TYPE)
    if len(refs) != 1 or is_binding(refs[0]) or refs[0] < 0:
        return None
    bounds = _bounds(resolver, file, refs[0])
    unknown = [node for node in bounds if resolver.named(file.document, file.head(node), TYPE) == (ELSEWHERE_REF,)]
    return unknown[0] if len(unknown) == 1 else None


def _bounds(resolver: Inference, file: File, parameter: Ref) -> list[int]:
    """The nodes of what a type parameter of this file is bound to."""
    other, row = resolver.files.of(parameter)
    if other.document != file.document or other.kinds[row] != SymbolKind.TYPE_PARAMETER:
        return []
    found = file.items(file.symbols.bases[row])
    for node in file.items(file.symbols.value[file.parents[row]]):
        if file.op(node) == Op.CAST and resolver.named(file.document, file.facts.nodes.a[node], TYPE) == (parameter,):
            found += file.items(file.facts.nodes.b[node])
    return found
