"""Written types: from type nodes to terms, and what generics, bounds and where clauses promise."""

from __future__ import annotations

from isg_analysis.languages.rust.marks import MUTABLE
from isg_analysis.languages.rust.resolver.files import TYPE, File
from isg_analysis.languages.rust.resolver.memo import by_node, by_ref
from isg_analysis.languages.rust.resolver.names import ELSEWHERE, PRIMITIVES, STANDARD, Names
from isg_analysis.languages.rust.resolver.terms import (
    ADT,
    CHANGED,
    DYN,
    EITHER,
    ELSEWHERE_TYPE,
    FN,
    IMPL,
    ITEM,
    OUTSIDE,
    PARAM,
    POINTER,
    PRIM,
    PROJECTION,
    REF,
    SELF,
    SHARED,
    SLICE,
    TUPLE,
    UNIT,
    Substitution,
    Term,
    Type,
    substitute,
)
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.resolve.memo import Memo
from isg_analysis.resolve.program import Program, Ref, symbol_ref

NOMINAL = (SymbolKind.CLASS, SymbolKind.ENUM, SymbolKind.UNION, SymbolKind.INTERFACE)


class Written(Names):
    """Types as they are written. Asks Names what their names mean."""

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self._types: Memo[tuple[int, int], Type] = by_node(self.answers, None, self._write)
        self._bounds: Memo[Ref, tuple[Term, ...]] = by_ref(self.answers, (), self._find_bounds)

    def written(self, document: int, node: int) -> Type:
        """The type a type node writes; None for `_` and what is not understood."""
        if node < 0:
            return None
        return self._types((document, node))

    def _write(self, key: tuple[int, int]) -> Type:
        file, node = self.files[key[0]], key[1]
        op, a, b = file.ops[node], file.facts.nodes.a[node], file.facts.nodes.b[node]
        document = file.document
        if op in (Op.NAME, Op.PATH):
            return self._nominal(file, node, ())
        if op == Op.GENERIC:
            arguments = tuple(self.written(document, item) for item in file.items(b))
            return self._nominal(file, a, arguments)
        if op == Op.REF:
            return (REF, CHANGED if b == MUTABLE else SHARED, (self.written(document, a),))
        if op in (Op.POINTER, Op.SLICE):
            return (POINTER if op == Op.POINTER else SLICE, None, (self.written(document, a),))
        if op == Op.LITERAL:
            return (PRIM, file.strings[b], ())
        if op in (Op.TUPLE, Op.DYN, Op.IMPL):
            items = tuple(self.written(document, item) for item in file.items(a))
            return ({Op.TUPLE: TUPLE, Op.DYN: DYN, Op.IMPL: IMPL}[Op(op)], None, items)
        if op == Op.FUNCTION_TYPE:
            taken = tuple(self.written(document, item) for item in file.items(a))
            return (FN, None, (self.written(document, b) if b >= 0 else UNIT, *taken))
        if op == Op.ASSOCIATED:
            return (ITEM, file.name(b), (self.written(document, a),))
        if op == Op.QUALIFIED:
            return self.written(document, a)
        return None

    def _nominal(self, file: File, node: int, arguments: tuple[Type, ...]) -> Type:
        """A named type with its arguments."""
        if file.op(node) == Op.PATH and (projection := self._projection(file, node)) is not None:
            return projection
        if file.op(node) == Op.NAME and file.name(file.facts.nodes.a[node]) == "Self":
            at = file.facts.nodes.a[node]
            return self.self_term(file.document, file.facts.scopes.symbol[file.occurrences.scope[at]])
        refs = self.named(file.document, node, TYPE)
        if refs == ELSEWHERE and arguments and self.last_name(file, node) == "Result":
            refs = self._stub("Result", TYPE)
        if refs in (ELSEWHERE, STANDARD):
            return (OUTSIDE, self.last_name(file, node), arguments)
        if len(refs) > 1:
            return (EITHER, None, tuple(self.term_of(ref, arguments) for ref in refs))
        if not refs and file.op(node) == Op.NAME and (name := self.last_name(file, node)) in PRIMITIVES:
            return (PRIM, name, ())
        return self.term_of(refs[0], arguments) if refs else None

    def last_name(self, file: File, node: int) -> str:
        """The last segment of a NAME or PATH node."""
        at = file.facts.nodes.a[node] if file.op(node) == Op.NAME else file.facts.nodes.b[node]
        return file.name(at)

    def _projection(self, file: File, node: int) -> Type:
        """`T::Item`, `Self::Item`, `<T as Trait>::Item`; None for paths through modules."""
        base, at = file.facts.nodes.a[node], file.facts.nodes.b[node]
        if base < 0:
            return None
        trait: Ref | None = None
        impl = self.enclosing_impl(file, base)
        if impl is not None and (own := self.alias_in(impl, file.name(at))) is not None:
            other, row = self.files.of(own)
            return self.written(other.document, other.symbols.type[row])
        if file.op(base) == Op.QUALIFIED:
            subject = self.written(file.document, file.facts.nodes.a[base])
            refs = self.named(file.document, file.facts.nodes.b[base], TYPE)
            trait = refs[0] if refs else None
        else:
            refs = self.named(file.document, base, TYPE)
            if not refs or self.files.kind(refs[0]) in (SymbolKind.MODULE, SymbolKind.ENUM):
                return None
            subject = self.written(file.document, base)
        if subject is None:
            return None
        return self.projected(subject, file.name(at), trait)

    def enclosing_impl(self, file: File, node: int) -> Ref | None:
        """The impl block that a node saying `Self` stands in."""
        if file.op(node) != Op.NAME or file.name(file.facts.nodes.a[node]) != "Self":
            return None
        symbol = file.facts.scopes.symbol[file.occurrences.scope[file.facts.nodes.a[node]]]
        while symbol > 0 and file.kinds[symbol] != SymbolKind.IMPLEMENTATION:
            symbol = file.parents[symbol]
        return symbol_ref(file.document, symbol) if symbol > 0 else None

    def alias_in(self, owner: Ref, name: str) -> Ref | None:
        """The associated type of that name directly inside a trait or impl block."""
        kind = SymbolKind.TYPE_ALIAS
        return next((ref for ref in self.files.members(owner, name) if self.files.kind(ref) == kind), None)

    def projected(self, subject: Term, name: str, trait: Ref | None) -> Type:
        """An associated type of a type: see Implementations."""
        return (PROJECTION, (trait, name), (subject,))

    def term_of(self, ref: Ref, arguments: tuple[Type, ...] = ()) -> Type:
        """The type a type symbol stands for, applied to arguments."""
        kind = self.files.kind(ref)
        if kind == SymbolKind.TYPE_PARAMETER:
            return (PARAM, ref, ())
        if kind in NOMINAL:
            count = len(self.generics(ref))
            if len(arguments) < count and kind != SymbolKind.INTERFACE:
                arguments += (None,) * (count - len(arguments))
            return (ADT, ref, arguments)
        if kind == SymbolKind.TYPE_ALIAS:
            return self._aliased(ref, arguments)
        if kind == SymbolKind.VARIANT:
            return self.term_of(self.files.parent(ref))
        return ELSEWHERE_TYPE if ref < 0 else None

    def _aliased(self, ref: Ref, arguments: tuple[Type, ...]) -> Type:
        file, row = self.files.of(ref)
        target = self.written(file.document, file.symbols.type[row])
        parameters = self.generics(ref)
        given: Substitution = dict(zip(parameters, arguments, strict=False))
        for parameter in parameters[len(arguments) :]:
            given[parameter] = None
        return substitute(target, given)

    def generics(self, ref: Ref) -> list[Ref]:
        """The type and const parameters of an item."""
        file, row = self.files.of(ref)
        out = []
        for node in file.items(file.symbols.generics[row]):
            definition = file.occurrences.definition[file.facts.nodes.a[node]]
            if definition >= 0:
                out.append(symbol_ref(file.document, definition >> 1))
        return out

    def self_term(self, document: int, symbol: int) -> Type:
        """The type `Self` stands for inside a symbol."""
        file = self.files[document]
        while symbol > 0:
            kind = file.kinds[symbol]
            if kind == SymbolKind.IMPLEMENTATION:
                return self.impl_self(symbol_ref(document, symbol))
            if kind == SymbolKind.INTERFACE:
                return (SELF, symbol_ref(document, symbol), ())
            if kind in NOMINAL:
                return self.applied(symbol_ref(document, symbol))
            symbol = file.parents[symbol]
        return None

    def applied(self, ref: Ref) -> Term:
        """A type applied to its own parameters, as inside its definition."""
        return (ADT, ref, tuple((PARAM, parameter, ()) for parameter in self.generics(ref)))

    def impl_self(self, ref: Ref) -> Type:
        """The self type of an impl block."""
        file, row = self.files.of(ref)
        return self.written(file.document, file.symbols.type[row])

    def impl_trait(self, ref: Ref) -> Type:
        """The trait of an impl block as a bound, or None."""
        file, row = self.files.of(ref)
        bases = file.items(file.symbols.bases[row])
        return self.written(file.document, bases[0]) if bases and bases[0] >= 0 else None

    def bounds(self, ref: Ref) -> tuple[Term, ...]:
        """The traits a type parameter, trait or associated type is bound to, from its own item."""
        return self._bounds(ref)

    def _find_bounds(self, ref: Ref) -> tuple[Term, ...]:
        file, row = self.files.of(ref)
        found = [self.written(file.document, node) for node in file.items(file.symbols.bases[row])]
        if file.kinds[row] == SymbolKind.TYPE_PARAMETER:
            found += self._promised(file, file.parents[row], ref)
        return tuple(term for term in found if term is not None)

    def _promised(self, file: File, owner: int, parameter: Ref) -> list[Type]:
        """What an item's where clause says of a parameter."""
        out: list[Type] = []
        for node in file.items(file.symbols.value[owner]):
            if file.op(node) != Op.CAST:
                continue
            subject = self.written(file.document, file.facts.nodes.a[node])
            if subject == (PARAM, parameter, ()):
                out += [self.written(file.document, bound) for bound in file.items(file.facts.nodes.b[node])]
        return out
