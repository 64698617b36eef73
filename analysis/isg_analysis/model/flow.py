"""Flow: what the type of a symbol is made of, as far as its own document tells.

A declared type, base list or initialiser, and for what has no declared type the values it gets and the
local bindings that those flow from. Two texts in which a symbol has the same flow give it the same type as
long as the names in the flow mean the same; so a flow is what tells an interface change from a body edit.

Works on the columns of a FactsBuilder and of Facts alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from isg_analysis.model.facts import BindingKind, Bindings, Facts, Nodes, Occurrences, ScopeKind, Scopes
from isg_analysis.model.lanes import rows_with
from isg_analysis.model.ops import OPERANDS_A, OPERANDS_B, Op, Operand

OUTER_SCOPES = frozenset({ScopeKind.MODULE, ScopeKind.CLASS, ScopeKind.IMPLEMENTATION})
"""Scopes whose names are symbols and imports: others see those by name."""
NAMELESS = frozenset(op for op in Op if OPERANDS_A[op] == Operand.STRING or OPERANDS_B[op] == Operand.STRING)
"""Ops whose token holds a text that is no name."""
_MOST_NODES = 20_000
_FEW_NAMES = 8
_NODE_A = [operand == Operand.NODE for operand in OPERANDS_A]
_NODE_B = [operand == Operand.NODE for operand in OPERANDS_B]
_OCCURRENCE_B = [operand == Operand.OCCURRENCE for operand in OPERANDS_B]
_STRING_B = [operand == Operand.STRING for operand in OPERANDS_B]
_NUMBERED = frozenset({Op.UNPACK, Op.VARIANT_FIELD, Op.PARAMETER_OF, Op.STAR})
_NAME, _LIST, _LITERAL = int(Op.NAME), int(Op.LIST), int(Op.LITERAL)

Token = tuple[int, int, int]
"""(op, number of a name or -1, a number that tells apart what has the same op and name)."""


class FlowColumns(NamedTuple):
    """The tables a flow goes through."""

    nodes: Nodes
    occurrences: Occurrences
    bindings: Bindings
    scopes: Scopes
    children: Sequence[int]


class Flows:
    """The flows of one document."""

    def __init__(self, columns: FlowColumns | Facts) -> None:
        nodes, self._occurrences, self._bindings = columns.nodes, columns.occurrences, columns.bindings
        self._op, self._a, self._b = nodes.op, nodes.a, nodes.b
        self._children, self._scopes = columns.children, columns.scopes
        self._looked_up: dict[int, dict[tuple[int, int], list[int]]] = {}

    def _bound(self, name: int) -> Mapping[tuple[int, int], list[int]]:
        """(scope, name) -> its bindings, in source order; of this name at least. Few names are looked for one by one,
        unless the columns are still being made.
        """
        if len(self._looked_up) > _FEW_NAMES or isinstance(self._bindings.name, list):
            return self._all_bound
        known = self._looked_up.get(name)
        if known is None:
            known = self._looked_up[name] = {}
            for binding in rows_with(bytes(self._bindings.name), name):
                known.setdefault((self._bindings.scope[binding], name), []).append(binding)
        return known

    @cached_property
    def _all_bound(self) -> dict[tuple[int, int], list[int]]:
        out: dict[tuple[int, int], list[int]] = {}
        for binding, key in enumerate(zip(self._bindings.scope, self._bindings.name, strict=True)):
            out.setdefault(key, []).append(binding)
        return out

    def occurrences(self, roots: Iterable[int]) -> list[int]:
        """The occurrences that the nodes are made of."""
        places: list[int] = []
        self.tokens(roots, places)
        return places

    def tokens(self, roots: Iterable[int], places: list[int] | None = None) -> list[Token]:
        """What the nodes are made of, in an order that only they decide. Cut off where it is very long.

        `places` gets the occurrences in it.
        """
        ops, as_, bs, names = self._op, self._a, self._b, self._occurrences.name
        out: list[Token] = []
        waiting = [node for node in roots if node >= 0]
        seen: set[int] = set()
        while waiting and len(out) < _MOST_NODES:
            node = waiting.pop()
            op, a, b = ops[node], as_[node], bs[node]
            if node in seen:
                out.append((0, -1, 0))
                continue
            seen.add(node)
            if places is not None and (op == _NAME or (b >= 0 and _OCCURRENCE_B[op])):
                places.append(a if op == _NAME else b)
            if op == _NAME:
                self._name(a, out, waiting)
            elif op == _LIST:
                out.append((op, -1, b))
                waiting += [child for child in self._children[a : a + b] if child >= 0]
            elif op == _LITERAL:
                out += [(op, string, -1) for string in (a, b) if string >= 0]
            else:
                name = names[b] if b >= 0 and _OCCURRENCE_B[op] else b if _STRING_B[op] else -1
                out.append((op, name, b if op in _NUMBERED else -1))
                if a >= 0 and _NODE_A[op]:
                    waiting.append(a)
                if b >= 0 and _NODE_B[op]:
                    waiting.append(b)
        return out

    def _name(self, occurrence: int, out: list[Token], waiting: list[int]) -> None:
        """A name that is looked up: what the function binds it to belongs to the flow."""
        name, scope = self._occurrences.name[occurrence], self._occurrences.scope[occurrence]
        at, kinds, parents = self._occurrences.start[occurrence], self._scopes.kind, self._scopes.parent
        bound, bindings = self._bound(name), self._bindings
        out.append((_NAME, name, -1))
        while scope >= 0:
            known = bound.get((scope, name))
            if known is not None:
                outer = kinds[scope] in OUTER_SCOPES
                for order, binding in enumerate(known):
                    kind = bindings.kind[binding]
                    if outer and kind != BindingKind.NARROW:
                        continue
                    out.append((kind, -1, order << 1 | (bindings.visible[binding] <= at)))
                    if not outer:
                        waiting += [node for node in (bindings.type[binding], bindings.value[binding]) if node >= 0]
            scope = parents[scope]
