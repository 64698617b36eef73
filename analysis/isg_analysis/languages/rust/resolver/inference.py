"""Inference: the type of an expression, from what is written. On demand, memoised, with fuel; never the whole program.

An expression whose type needs itself has no type. Nothing is guessed: None is a fine answer.
"""

from __future__ import annotations

from collections.abc import Callable

from isg_analysis.languages.rust.marks import MUTABLE
from isg_analysis.languages.rust.resolver.calls import Calls
from isg_analysis.languages.rust.resolver.files import MACRO, TYPE, VALUE, File
from isg_analysis.languages.rust.resolver.memo import by_node
from isg_analysis.languages.rust.resolver.terms import (
    ADT,
    CHANGED,
    CLOSURE,
    ELSEWHERE_TYPE,
    FN,
    FUNCTION,
    FUTURE,
    OUTSIDE,
    POINTER,
    PRIM,
    REF,
    SHARED,
    SLICE,
    TUPLE,
    UNIT,
    Substitution,
    Term,
    Type,
    peel,
    substitute,
)
from isg_analysis.model.facts import BindingFlag
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolFlag, SymbolKind
from isg_analysis.resolve.memo import Memo
from isg_analysis.resolve.program import Program, Ref, document_of, is_binding, row_of

_COMPARISONS = frozenset({"==", "!=", "<", ">", "<=", ">=", "&&", "||"})
_RANGES = {(True, False): "RangeFrom", (False, True): "RangeTo", (False, False): "RangeFull"}
"""What a range without an end is, by which ends are written."""
_LITERALS = {"bool": "bool", "char": "char"}
Rule = Callable[[File, int, int, int], Type]


class Inference(Calls):
    """Types of value nodes."""

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self._values: Memo[tuple[int, int], Type] = by_node(self.answers, None, self._find_value, deep=True)
        self._rules: dict[int, Rule] = {
            Op.NAME: self._of_name,
            Op.PATH: self._of_name,
            Op.GENERIC: self._of_generic,
            Op.MEMBER: self._of_member,
            Op.CALL: self._of_call,
            Op.INDEX: self._of_index,
            Op.LITERAL: self._of_literal,
            Op.TUPLE: self._of_tuple,
            Op.ARRAY: self._of_array,
            Op.UNION: self._of_union,
            Op.AWAIT: self._of_await,
            Op.TRY: self._of_try,
            Op.REF: self._of_ref,
            Op.DEREF: self._of_deref,
            Op.UNARY: self._of_operand,
            Op.BINARY: self._of_binary,
            Op.LAMBDA: self._of_lambda,
            Op.STRUCT: self._of_struct,
            Op.CAST: self._of_cast,
            Op.MACRO: self._of_macro,
            Op.ITEM: self._of_item,
            Op.UNPACK: self._of_unpack,
            Op.SELECTED: self._of_selected,
            Op.PARAMETER_OF: self._of_parameter,
            Op.DELAYED: self._of_delayed,
            Op.RANGE: self._of_range,
        }

    def value(self, document: int, node: int) -> Type:
        """The type of a value node; None when it is not known."""
        if node < 0:
            return None
        return self._values((document, node))

    def _find_value(self, key: tuple[int, int]) -> Type:
        document, node = key
        file = self.files[document]
        rule = self._rules.get(file.ops[node])
        return rule(file, node, file.facts.nodes.a[node], file.facts.nodes.b[node]) if rule is not None else None

    def _of_name(self, file: File, node: int, a: int, b: int) -> Type:
        del a, b
        refs = self.named(file.document, node, VALUE)
        return self.type_of(refs[0]) if refs else None

    def type_of(self, ref: Ref) -> Type:
        """The type of what a name means as a value."""
        if is_binding(ref):
            return self._of_binding(document_of(ref), row_of(ref))
        file, row = self.files.of(ref)
        kind = file.kinds[row]
        if kind in (SymbolKind.FUNCTION, SymbolKind.METHOD):
            return (FUNCTION, ref, ())
        if kind in (SymbolKind.CONSTANT, SymbolKind.VARIABLE, SymbolKind.FIELD):
            written = self.written(file.document, file.symbols.type[row])
            return self._wrapped(file, row, written) if kind == SymbolKind.VARIABLE else written
        if kind == SymbolKind.VARIANT:
            return self.constructed(ref)
        if kind in (SymbolKind.CLASS, SymbolKind.UNION):
            return self.constructed(ref)
        return ELSEWHERE_TYPE if ref < 0 else None

    def _wrapped(self, file: File, row: int, written: Type) -> Type:
        """The type of a static: `thread_local!` makes a LocalKey of it, another crate's macro what it likes."""
        for node in file.items(file.symbols.decorators[row]):
            if file.op(node) not in (Op.NAME, Op.PATH):
                continue
            refs = self.named(file.document, node, MACRO)
            if refs and refs[0] < 0:
                local = self.last_name(file, node) == "thread_local"
                return (ADT, self._stub_named("LocalKey"), (written,)) if local else None
            if refs and self.files.kind(refs[0]) == SymbolKind.MACRO:
                return self._made_by(refs[0], written)
        return written

    def _made_by(self, macro: Ref, written: Type) -> Type:
        """The type of a static that one of the workspace's macros makes: see `items`."""
        file, row = self.files.of(macro)
        key = file.symbols.type[row]
        if key >= 0:
            refs = self.named(file.document, key, TYPE)
            return self.term_of(refs[0], (written,)) if refs else None
        return self._wrapped(file, row, written) if file.symbols.decorators[row] >= 0 else written

    def _of_binding(self, document: int, binding: int) -> Type:
        file = self.files[document]
        row = file.bindings
        if row.flags[binding] & BindingFlag.SELF and (reference := self._receiver(file, row.type[binding])) is not None:
            own = self.self_term(document, file.facts.scopes.symbol[row.scope[binding]])
            return (REF, reference, (own,)) if reference and own is not None else own
        if row.type[binding] >= 0:
            written = self.written(document, row.type[binding])
            if written is not None and None not in written[2]:
                return written
            found = self.value(document, row.value[binding])
            return found if written is None or (found is not None and found[:2] == written[:2]) else written
        return self.value(document, row.value[binding])

    def _receiver(self, file: File, written: int) -> str | None:
        """SHARED for `&self`, CHANGED for `&mut self`, "" for `self`; None where it has a type."""
        if written < 0:
            return ""
        if file.op(written) != Op.REF or file.facts.nodes.a[written] >= 0:
            return None
        return CHANGED if file.facts.nodes.b[written] == MUTABLE else SHARED

    def _of_generic(self, file: File, node: int, a: int, b: int) -> Type:
        del node, b
        return self.value(file.document, a)

    def _of_member(self, file: File, node: int, a: int, b: int) -> Type:
        del node
        base = self.value(file.document, a)
        name = file.name(b)
        if name.isdigit():
            for step in self.dereferenced(base):
                if step[0] == TUPLE:
                    return step[2][int(name)] if int(name) < len(step[2]) else None
        found = self.fields(base, name)
        if found:
            return ELSEWHERE_TYPE if found[0][0] < 0 and base and base[0] == OUTSIDE else self.field_type(found[0])
        return None

    def _of_call(self, file: File, node: int, a: int, b: int) -> Type:
        del a, b
        return self.called(file.document, node)

    def _of_index(self, file: File, node: int, a: int, b: int) -> Type:
        del node
        base = self.value(file.document, a)
        ranged = file.op(b) == Op.RANGE
        for step in self.dereferenced(base):
            if step[0] == SLICE:
                return step if ranged else step[2][0]
            if step[0] == OUTSIDE:
                return step
            if step[0] == ADT and not ranged:
                found = self.projected(step, "Output", self._stub_named("Index"))
                if found is not None:
                    return found
            if step[0] == PRIM and ranged:
                return step
        return None

    def _of_literal(self, file: File, node: int, a: int, b: int) -> Type:
        del node
        kind = file.strings[a]
        if kind == "str":
            return (REF, SHARED, ((PRIM, "str", ()),))
        if kind == "bytes":
            return (REF, SHARED, ((SLICE, None, ((PRIM, "u8", ()),)),))
        if kind in _LITERALS:
            return (PRIM, _LITERALS[kind], ())
        text = file.strings[b] if b >= 0 else ""
        for name in ("usize", "isize", "u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128"):
            if text.endswith(name):
                return (PRIM, name, ())
        return (PRIM, "f64" if "." in text else "i32", ())

    def _of_tuple(self, file: File, node: int, a: int, b: int) -> Type:
        del node, b
        return (TUPLE, None, tuple(self.value(file.document, item) for item in file.items(a)))

    def _of_array(self, file: File, node: int, a: int, b: int) -> Type:
        del node, b
        items = file.items(a)
        return (SLICE, None, (self._first(file, items),))

    def _of_union(self, file: File, node: int, a: int, b: int) -> Type:
        del node, b
        return self._first(file, file.items(a))

    def _first(self, file: File, items: list[int]) -> Type:
        """The first known type among alternatives; one without unknown parts where there is one."""
        best: Type = None
        for item in items:
            found = self.value(file.document, item)
            if found is not None and (best is None or (None in best[2] and None not in found[2])):
                best = found
            if best is not None and None not in best[2]:
                break
        return best

    def _of_await(self, file: File, node: int, a: int, b: int) -> Type:
        del node, b
        return self.awaited(self.value(file.document, a))

    def awaited(self, term: Type) -> Type:
        """What awaiting a value of the type gives."""
        if term is None:
            return None
        if term[0] == FUTURE:
            found: Type = term[2][0]
            return found
        if term[0] == OUTSIDE:
            return term
        for trait in ("Future", "IntoFuture"):
            found = self.projected(term, "Output", self._stub_named(trait))
            if found is not None:
                return found
        return None

    def _of_try(self, file: File, node: int, a: int, b: int) -> Type:
        del node, b
        term = peel(self.value(file.document, a))
        if term is None or term[0] == OUTSIDE:
            return term
        if term[0] == ADT and term[1] < 0 and self.files.name(term[1]) in ("Option", "Result"):
            found: Type = term[2][0] if term[2] else None
            return found
        if term[0] == ADT and term[1] < 0 and self.files.name(term[1]) == "Poll" and term[2]:
            inner = term[2][0]
            return (ADT, term[1], (inner[2][0],)) if inner is not None and inner[2] else None
        return None

    def _of_ref(self, file: File, node: int, a: int, b: int) -> Type:
        del node
        inner = self.value(file.document, a)
        return (REF, CHANGED if b == MUTABLE else SHARED, (inner,)) if inner is not None else None

    def _of_deref(self, file: File, node: int, a: int, b: int) -> Type:
        del node, b
        steps = list(self.dereferenced(self.value(file.document, a)))
        return steps[1] if len(steps) > 1 else (steps[0] if steps and steps[0][0] not in (REF, POINTER) else None)

    def _of_operand(self, file: File, node: int, a: int, b: int) -> Type:
        del node, b
        return self.value(file.document, a)

    def _of_binary(self, file: File, node: int, a: int, b: int) -> Type:
        del node
        if file.strings[b] in _COMPARISONS:
            return (PRIM, "bool", ())
        items = file.items(a)
        left = peel(self.value(file.document, items[0]))
        return left if left is not None and left[0] in (PRIM, OUTSIDE) else self._operated(left, file.strings[b])

    def _operated(self, left: Type, operator: str) -> Type:
        """What an overloaded operator gives."""
        trait = {"+": "Add", "-": "Sub", "*": "Mul"}.get(operator)
        if left is None or trait is None:
            return None
        if left[0] == ADT and left[1] < 0:
            return left
        return self.projected(left, "Output", self._stub_named(trait))

    def _of_lambda(self, file: File, node: int, a: int, b: int) -> Type:
        del a, b
        return (CLOSURE, (file.document, node), ())

    def _of_struct(self, file: File, node: int, a: int, b: int) -> Type:
        del node, b
        refs = self.named(file.document, file.head(a), TYPE)
        if refs and self.files.kind(refs[0]) == SymbolKind.VARIANT:
            return self.term_of(self.files.parent(refs[0]))
        return self.written(file.document, a)

    def _of_cast(self, file: File, node: int, a: int, b: int) -> Type:
        del node
        written = self.written(file.document, b)
        return written if written is not None else self.value(file.document, a)

    def _of_macro(self, file: File, node: int, a: int, b: int) -> Type:
        """Of the standard library's macros, the ones with an obvious type; of the workspace's, those that take apart
        what they are given.
        """
        del node
        refs = self.named(file.document, a, MACRO)
        name = self.last_name(file, a) if a >= 0 else ""
        items = file.items(b)
        if name in ("pin", "pin_mut") and len(items) == 1:
            inner = self.value(file.document, items[0])
            return (ADT, self._stub_named("Pin"), ((REF, CHANGED, (inner,)),)) if inner is not None else None
        if refs and refs[0] >= 0 and items:
            return self._taken_apart(refs[0], self.value(file.document, items[0]))
        if not refs or refs[0] >= 0:
            return None
        if name == "ready" and items:
            return self._taken(self._stub_named("Poll"), self.value(file.document, items[0]))
        if name == "vec":
            return (ADT, self._stub_named("Vec"), (self._first(file, file.items(b)),))
        if name == "format":
            return (ADT, self._stub_named("String"), ())
        if name == "matches":
            return (PRIM, "bool", ())
        if name == "dbg" and file.items(b):
            return self.value(file.document, file.items(b)[0])
        return None

    def _taken(self, holder: Ref, given: Type) -> Type:
        """The first type argument of a value, if it is of that type."""
        given = peel(given)
        found: Type = given[2][0] if given is not None and given[:2] == (ADT, holder) and given[2] else None
        return found if given is None or given[0] != OUTSIDE else given

    def _taken_apart(self, macro: Ref, given: Type) -> Type:
        """What a macro gives that matches its argument and hands over the field of one variant."""
        file, row = self.files.of(macro)
        part = file.symbols.value[row]
        if given is None or part < 0:
            return None
        if given[0] == OUTSIDE:
            return given
        inner, part = file.facts.nodes.a[part], file.facts.nodes.b[part]
        if inner >= 0:
            macros = self.named(file.document, file.facts.nodes.a[inner], MACRO)
            given = self._taken_apart(macros[0], given) if macros and macros[0] >= 0 else None
        variant = self._variant_in_macro(file, file.facts.nodes.a[part])
        if given is None or variant is None:
            return None
        return self._field_within(variant, str(file.facts.nodes.b[part]), peel(given))

    def _variant_in_macro(self, file: File, path: int) -> Ref | None:
        """A variant that a macro's text names; it may import the standard library's enum itself."""
        variants = self.named(file.document, path, VALUE)
        if not variants and file.op(path) == Op.PATH:
            enums = self._stub(self.last_name(file, file.facts.nodes.a[path]), TYPE)
            variants = tuple(self.files.members(enums[0], self.last_name(file, path)))
        return self.owner_of_fields(variants[0]) if variants else None

    def _of_item(self, file: File, node: int, a: int, b: int) -> Type:
        del node, b
        return self.item_of(self.value(file.document, a))

    def item_of(self, term: Type) -> Type:
        """What iterating a value of the type gives."""
        step = term
        for _ in range(4):
            if step is None or step[0] == OUTSIDE:
                return step
            if step[0] == SLICE:
                found: Type = step[2][0]
                return found
            for trait in ("Iterator", "IntoIterator"):
                found = self.projected(step, "Item", self._stub_named(trait))
                if found is not None:
                    return found
            step = step[2][0] if step[0] == REF else None
        return None

    def _of_unpack(self, file: File, node: int, a: int, b: int) -> Type:
        del node
        term = peel(self.value(file.document, a))
        if term is None or term[0] != TUPLE:
            return term if term is not None and term[0] == OUTSIDE else None
        return term[2][b] if -len(term[2]) <= b < len(term[2]) else None

    def _of_selected(self, file: File, node: int, a: int, b: int) -> Type:
        """A field bound by a pattern, with the matched value's type arguments."""
        del node
        path, what = file.facts.nodes.a[b], file.facts.nodes.b[b]
        variant_field = file.op(b) == Op.VARIANT_FIELD
        refs = self.named(file.document, path, VALUE if variant_field else TYPE)
        if not refs:
            refs = self.named(file.document, path, TYPE)
        owner = self.owner_of_fields(refs[0]) if refs else None
        subject = peel(self.value(file.document, a))
        if owner is None:
            return ELSEWHERE_TYPE if refs and refs[0] < 0 else None
        name = str(self._position(owner, what)) if variant_field else file.name(what)
        return self._field_within(owner, name, subject)

    def _field_within(self, owner: Ref, name: str, subject: Type) -> Type:
        """The type of a struct's or variant's field, with the type arguments of the value it is in."""
        fields = [ref for ref in self.files.members(owner, name) if self.files.kind(ref) == SymbolKind.FIELD]
        if not fields:
            return None
        holder = self.files.parent(owner) if self.files.kind(owner) == SymbolKind.VARIANT else owner
        given: Substitution = dict.fromkeys(self.generics(holder))
        if subject is not None and subject[0] == ADT and subject[1] == holder:
            given.update(zip(self.generics(holder), subject[2], strict=False))
        return self.field_type((fields[0], given))

    def _position(self, owner: Ref, index: int) -> int:
        """A field's number, where it is counted from the end."""
        if index >= 0:
            return index
        count = 0
        while self.files.members(owner, str(count)):
            count += 1
        return count + index

    def owner_of_fields(self, ref: Ref) -> Ref | None:
        """The struct or variant whose fields a path in a literal or pattern names."""
        if is_binding(ref):
            return None
        kind = self.files.kind(ref)
        if kind in (SymbolKind.VARIANT, SymbolKind.CLASS, SymbolKind.UNION):
            return ref
        if kind == SymbolKind.TYPE_ALIAS:
            term = self.term_of(ref)
            return term[1] if term is not None and term[0] == ADT else None
        return None

    def _of_parameter(self, file: File, node: int, a: int, b: int) -> Type:
        del node
        return self.closure_parameter(file.document, a, b >> 8, b & 255)

    def _of_delayed(self, file: File, node: int, a: int, b: int) -> Type:
        del node, b
        return (FUTURE, None, (self.value(file.document, a),))

    def _of_range(self, file: File, node: int, a: int, b: int) -> Type:
        del node
        ends = file.items(a)
        name = "RangeInclusive" if b == 1 else _RANGES.get((ends[0] >= 0, ends[1] >= 0), "Range")
        return (ADT, self._stub_named(name), (self._first(file, ends),))

    def returned(self, ref: Ref) -> Type:
        """What calling a function gives, its parameters unreplaced."""
        file, row = self.files.of(ref)
        node = file.symbols.type[row]
        found = self.written(file.document, node) if node >= 0 else UNIT
        return (FUTURE, None, (found,)) if file.flags[row] & SymbolFlag.ASYNC else found

    def result_of(self, term: Type) -> Type:
        """What calling a value of the type gives."""
        if term is None:
            return None
        if term[0] == CLOSURE:
            document, node = term[1]
            return self.value(document, self.files[document].facts.nodes.b[node])
        if term[0] == FN:
            found: Type = term[2][0]
            return found
        if term[0] == FUNCTION:
            return self.returned(term[1])
        if term[0] == OUTSIDE:
            return term
        for bound in self.bounds_of(term):
            shape = self.callable_shape(bound)
            if shape is not None:
                result: Type = shape[2][0]
                return result
        return None

    def callable_shape(self, bound: Term) -> Term | None:
        """The FN of a bound like `FnMut(A) -> B`."""
        if bound[0] == ADT and bound[2] and bound[2][0] is not None and bound[2][0][0] == FN:
            shape: Term = bound[2][0]
            return shape
        return None

    def replaced(self, term: Type, given: Substitution) -> Type:
        """A type with parameters replaced and projections worked out."""
        return self.normal(substitute(term, given))
