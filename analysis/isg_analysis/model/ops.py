"""The operations of the node table: a small, language-neutral picture of expressions and types.

A node is a row (op, a, b). `a` and `b` are operands whose meaning the op gives: another node, an
occurrence, a list of nodes, a string or a number; -1 where absent. Nodes say what is *written*;
what it *means* is the resolver's work. Types and values share one table because in every language
here they are written with the same names, members and applications.
"""

from __future__ import annotations

from enum import IntEnum


class Op(IntEnum):
    """Stored on disk: append, never renumber. Operands are given as (a, b)."""

    NAME = 1  # (occurrence, -) a simple name, looked up from the occurrence's scope
    MEMBER = 2  # (base node, occurrence) value.member
    PATH = 3  # (base node or -1 for a global path `::x`, occurrence) A::b
    CALL = 4  # (callee node, list of arguments)
    KEYWORD = 5  # (value node, occurrence) f(name=value), Struct { name: value }, **kw has occurrence -1
    INDEX = 6  # (base node, index node) value[index]
    GENERIC = 7  # (base node, list of type arguments) Vec<T>, f::<T>, Generic[T] in type position
    LIST = 8  # (first child, count) into the children pool
    LITERAL = 9  # (string: kind such as "str" "int" "float" "bool" "None" "bytes" "char", string: text or -1)
    TUPLE = 10  # (list, -)
    ARRAY = 11  # (list, string: "list" "set" "array" "generator") a display or comprehension; items are its values
    DICT = 12  # (list of keys, list of values)
    UNION = 13  # (list, -) one of these: X | Y, a or b, a conditional, match arms
    AWAIT = 14  # (value, -)
    TRY = 15  # (value, -) the ? operator
    REF = 16  # (value or type, -) &x, &T
    DEREF = 17  # (value, -) *x
    UNARY = 18  # (value, string: operator)
    BINARY = 19  # (list of two, string: operator)
    LAMBDA = 20  # (scope, node: body value) lambda, closure
    STRUCT = 21  # (path node, list of KEYWORD) a struct literal
    CAST = 22  # (value, type)
    MACRO = 23  # (path node of the macro, list of arguments that parsed as expressions)
    ITEM = 24  # (value, -) what iterating the value gives
    ENTER = 25  # (value, -) what `with value as x` binds
    UNPACK = 26  # (value, index) element of a destructured tuple; index counted from the end is negative - 1
    FIELD_OF = 27  # (pattern's path node or value node, occurrence of the field) named field in a struct pattern
    VARIANT_FIELD = 28  # (pattern's path node, index) positional field of a tuple struct or variant pattern
    NARROWED = 29  # (node it narrows, type node) x after isinstance(x, T) or a type pattern
    EXCEPT = 30  # (type node, -) the instance an except clause binds
    DYN = 31  # (list of bounds, -) dyn Trait
    IMPL = 32  # (list of bounds, -) impl Trait
    FUNCTION_TYPE = 33  # (list of parameter types, node: return type) fn(A) -> B, Callable[[A], B]
    SLICE = 34  # (type, -) [T] and [T; N]
    POINTER = 35  # (type, -) *const T
    INFER = 36  # `_`
    NEVER = 37  # `!`
    UNKNOWN = 38  # something written that the pack does not describe
    QUALIFIED = 39  # (type node, trait node or -1) <T as Trait>, the base of a PATH
    ASSOCIATED = 40  # (type node, occurrence) Item = T in generic arguments
    PARAMETER_OF = 41  # (call node, argument << 8 | parameter) a closure's parameter, as the callee's bound gives it
    IMPORT_MODULE = 42  # (node of the dotted path, string: leading dots) `import a.b`: PATH chain over occurrences
    IMPORT_FROM = 43  # (node: module as IMPORT_MODULE, occurrence of the imported name) `from m import x`
    IMPORT_PATH = 44  # (PATH node, -) `use a::b`
    SUPER = 45  # (list of arguments, scope) super()
    RETURNED = 46  # (symbol index, -) what calling the symbol of this document gives, inferred from its body
    YIELD = 47  # (value, -)
    STRING_TYPE = 48  # (node, -) a type written inside a string
    STAR = 49  # (value, number of stars) *args, **kwargs in calls and displays
    DELAYED = 50  # (node, -) an `async` block or generator expression over the node
    RANGE = 51  # (list, -) a..b
    SELECTED = 52  # (value, node that says which part) reserved to language packs: see their READMEs


class Operand(IntEnum):
    """What an operand is the number of."""

    NONE = 0  # nothing, or a plain number
    NODE = 1
    OCCURRENCE = 2
    STRING = 3
    CHILD = 4  # a place in the children pool
    SCOPE = 5
    SYMBOL = 6


_NODE_IN_A = {
    Op.MEMBER, Op.PATH, Op.CALL, Op.KEYWORD, Op.INDEX, Op.GENERIC, Op.TUPLE, Op.ARRAY, Op.DICT, Op.UNION, Op.AWAIT,
    Op.TRY, Op.REF, Op.DEREF, Op.UNARY, Op.BINARY, Op.STRUCT, Op.CAST, Op.MACRO, Op.ITEM, Op.ENTER, Op.UNPACK,
    Op.FIELD_OF, Op.VARIANT_FIELD, Op.NARROWED, Op.EXCEPT, Op.DYN, Op.IMPL, Op.FUNCTION_TYPE, Op.SLICE, Op.POINTER,
    Op.QUALIFIED, Op.ASSOCIATED, Op.PARAMETER_OF, Op.IMPORT_MODULE, Op.IMPORT_FROM, Op.IMPORT_PATH, Op.SUPER,
    Op.YIELD, Op.STRING_TYPE, Op.STAR, Op.DELAYED, Op.RANGE, Op.SELECTED,
}  # fmt: skip
_NODE_IN_B = {
    Op.CALL, Op.INDEX, Op.GENERIC, Op.DICT, Op.LAMBDA, Op.STRUCT, Op.CAST, Op.MACRO, Op.NARROWED, Op.FUNCTION_TYPE,
    Op.QUALIFIED, Op.SELECTED,
}  # fmt: skip
_OCCURRENCE_IN_B = {Op.MEMBER, Op.PATH, Op.KEYWORD, Op.FIELD_OF, Op.IMPORT_FROM, Op.ASSOCIATED}
_STRING_IN_B = {Op.LITERAL, Op.ARRAY, Op.UNARY, Op.BINARY, Op.IMPORT_MODULE}
_OTHER_IN_A = {
    Op.NAME: Operand.OCCURRENCE,
    Op.LIST: Operand.CHILD,
    Op.LITERAL: Operand.STRING,
    Op.LAMBDA: Operand.SCOPE,
    Op.RETURNED: Operand.SYMBOL,
}


def _in_b(op: Op) -> Operand:
    if op in _NODE_IN_B:
        return Operand.NODE
    if op in _OCCURRENCE_IN_B:
        return Operand.OCCURRENCE
    if op == Op.SUPER:
        return Operand.SCOPE
    return Operand.STRING if op in _STRING_IN_B else Operand.NONE


OPERANDS_A: tuple[Operand, ...] = (
    Operand.NONE,
    *(Operand.NODE if op in _NODE_IN_A else _OTHER_IN_A.get(op, Operand.NONE) for op in Op),
)
"""What operand `a` of each op is the number of; indexed by op."""
OPERANDS_B: tuple[Operand, ...] = (Operand.NONE, *(_in_b(op) for op in Op))
"""As OPERANDS_A, of operand `b`."""
