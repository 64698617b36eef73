"""Impl blocks that macros of other documents make, for those who ask what implements what: see `resolve.making`.

Nothing is looked at but the documents that invoke a macro whose text has the name in question, or one that makes impl
blocks of what its invocations say, where the document has the name. Texts are read as they are now; where one is not at
hand, what is made there is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from isg_analysis.model.occurrence import Confidence, Role
from isg_analysis.queries.answer import Hit
from isg_analysis.resolve.making import Concern, MadeBlock, Making, Spot
from isg_analysis.resolve.outside import OutsideMember
from isg_analysis.resolve.program import Ref, document_of, row_of, symbol_ref
from isg_analysis.resolve.view import View

_MOST_DOCUMENTS = 300


def of_trait(view: View, trait: Ref) -> Iterator[Hit]:
    """The impl blocks of a trait of the workspace, at their self types."""
    for document, block in _blocks(view, document_of(trait), trait, _name(view, trait)):
        if trait in block.traits:
            yield from _hits(view, block.spots, _stands_for(document, block), len(block.traits) == 1)


def of_type(view: View, ref: Ref) -> Iterator[Hit]:
    """The impl blocks for a type of the workspace."""
    for _, block in _blocks(view, document_of(ref), ref, _name(view, ref)):
        if ref in block.subjects:
            yield from _hits(view, block.spots, ref, len(block.subjects) == 1)


def of_shape(view: View, document: int, shape: tuple[int | str, ...]) -> Iterator[Hit]:
    """The impl blocks for types of a shape, which a document mentions."""
    for other, block in _blocks(view, document, shape, ""):
        yield from _hits(view, block.spots, _stands_for(other, block), sure=True)


def of_member(view: View, declared: Ref, trait: Ref) -> Iterator[Hit]:
    """The members of impl blocks of a trait that implement one of its own."""
    facts = view.glance(document_of(declared))
    name, kind = facts.name_of(row_of(declared)), facts.symbols.kind[row_of(declared)]
    for _, block in _blocks(view, document_of(trait), trait, _name(view, trait)):
        if trait in block.traits:
            for member in block.members:
                if (member.name, member.kind) == (name, kind):
                    yield from _hits(view, member.spots, declared, len(block.traits) == 1)


def of_outside(view: View, document: int, path: Sequence[str]) -> Iterator[Hit]:
    """The impl blocks of a trait or for a type from outside, which a document mentions."""
    for other, block in _blocks(view, document, tuple(path), path[-1]):
        yield from _hits(view, block.spots, _stands_for(other, block), sure=True)


def of_outside_member(view: View, document: int, member: OutsideMember) -> Iterator[Hit]:
    """The members of impl blocks of a trait from outside."""
    for other, block in _blocks(view, document, member.path, member.path[-1]):
        for each in block.members if block.outside == member.path else ():
            if (each.name, each.kind) == (member.name, member.kind):
                yield from _hits(view, each.spots, _stands_for(other, block), sure=True)


def traits_made_for(view: View, ref: Ref) -> Iterator[Ref]:
    """The traits that such blocks implement for a type."""
    for _, block in _blocks(view, document_of(ref), ref, _name(view, ref)):
        if ref in block.subjects:
            yield from block.traits


def types_made_for(view: View, trait: Ref) -> Iterator[Ref]:
    """The types of the workspace that such blocks implement a trait for."""
    for _, block in _blocks(view, document_of(trait), trait, _name(view, trait)):
        if trait in block.traits:
            yield from block.subjects


def _name(view: View, ref: Ref) -> str:
    """The name that a symbol has where it is defined."""
    return view.glance(document_of(ref)).name_of(row_of(ref))


def _stands_for(document: int, block: MadeBlock) -> Ref:
    """The symbol that a block has to do with first: no symbol is its own."""
    return next(iter((*block.subjects, *block.traits)), symbol_ref(document, 0))


def _hits(view: View, spots: Iterable[Spot], ref: Ref, sure: bool) -> Iterator[Hit]:
    confidence = Confidence.CERTAIN if sure else Confidence.POSSIBLE
    for document, start, end in spots:
        yield Hit(view, document, start, end, ref, confidence, Role.MACRO)


def _blocks(view: View, asker: int, what: Concern, name: str) -> Iterator[tuple[int, MadeBlock]]:
    """(document, block) for the blocks of or for something of that name."""
    resolver = view.resolver(asker)
    if not isinstance(resolver, Making):
        return
    texts = cache(view.text)
    for document in resolver.made_near(name)[:_MOST_DOCUMENTS]:
        for block in resolver.made(document, what, texts) or ():
            yield document, block
