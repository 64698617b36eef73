"""DocumentView: one document's facts as resolution reads them, with look-ups that nothing outside of it can change.

The least recently used views are let go: memory stays bounded however many documents are asked about. What joins
documents is in memos, which note what they read: see `resolve.memo`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

from isg_analysis.languages.python.resolving.flags import UNREACHABLE
from isg_analysis.model.facts import BindingKind, Facts, ScopeKind
from isg_analysis.model.ops import Op
from isg_analysis.resolve.footprints import depth, surface
from isg_analysis.resolve.memo import Answers, Memo
from isg_analysis.resolve.program import Program, Ref

Answer = TypeVar("Answer")
_BYTES_KEPT = 1_500_000
_BYTES_KEPT_STEADY = 6_000_000
"""How many bytes of packed facts have views. A view takes several times as much; the most are kept where all documents
are gone through.
"""
_TRANSPARENT = frozenset({ScopeKind.NARROWING, ScopeKind.BLOCK})


class DocumentView:
    """Facts columns as attributes, and look-ups. `memo`: what is a function of these facts and of paths alone."""

    def __init__(self, number: int, path: str, facts: Facts) -> None:
        self.number = number
        self.path = path
        self.facts = facts
        self.strings = facts.strings
        self.symbols = facts.symbols
        self.bindings = facts.bindings
        self.occurrences = facts.occurrences
        self.scopes = facts.scopes
        self.op = facts.nodes.op
        self.a = facts.nodes.a
        self.b = facts.nodes.b
        self.items = facts.items
        self.by_scope = facts.bindings_by_scope
        self.string_ids = facts.string_ids
        self.star = self.string_ids.get("*", -1)
        self.memo: dict[Any, Any] = {}
        self.imported: dict[int, Any] = {}
        self._calls: dict[int, int] | None = None
        self._lambda_uses: dict[int, LambdaUse] | None = None
        self._frames: dict[int, int] = {}
        self._defining: dict[int, Sequence[int]] = {}
        self._conditions: dict[int, Sequence[int]] = {}
        self._assigning: dict[int, tuple[list[int], list[int]]] = {}

    def frame(self, scope: int) -> int:
        """The execution scope a scope belongs to: itself, or the one around a branch or loop."""
        found = self._frames.get(scope)
        if found is None:
            found, kinds, parents = scope, self.scopes.kind, self.scopes.parent
            while kinds[found] in _TRANSPARENT:
                found = parents[found]
            self._frames[scope] = found
        return found

    def name(self, occurrence: int) -> str:
        """The name written at an occurrence."""
        return self.strings[self.occurrences.name[occurrence]]

    def call_of(self, keyword: int) -> int:
        """The CALL node that holds a KEYWORD node among its arguments; -1 if none (a class header)."""
        if self._calls is None:
            self._calls = {}
            for node, op in enumerate(self.op):
                if op == Op.CALL and self.b[node] >= 0:
                    for argument in self.items(self.b[node]):
                        if argument >= 0 and self.op[argument] == Op.KEYWORD:
                            self._calls[argument] = node
        return self._calls.get(keyword, -1)

    @property
    def lambda_uses(self) -> dict[int, LambdaUse]:
        """A lambda's scope -> what it is given to."""
        if self._lambda_uses is None:
            found = self._lambda_uses = {}
            op, a, b = self.op, self.a, self.b
            for node, kind in enumerate(op):
                if kind == Op.CALL and b[node] >= 0:
                    for argument in self.items(b[node]):
                        value = a[argument] if argument >= 0 and op[argument] == Op.KEYWORD else argument
                        if value >= 0 and op[value] == Op.LAMBDA:
                            found[a[value]] = LambdaUse(node, value, -1)
            for value, type in zip(self.bindings.value, self.bindings.type, strict=True):
                if type >= 0 and value >= 0 and op[value] == Op.LAMBDA:
                    found[a[value]] = LambdaUse(-1, value, type)
        return self._lambda_uses

    def owner_class(self, symbol: int) -> int:
        """The class symbol a method or field belongs to directly, or -1."""
        parent = self.symbols.parent[symbol]
        scope = self.symbols.scope[parent] if parent > 0 else -1
        return parent if scope >= 0 and self.scopes.kind[scope] == ScopeKind.CLASS else -1

    def defining(self, scope: int, name: int) -> Sequence[int]:
        """The bindings in an execution scope that define the name or send elsewhere, without narrowings."""
        key = scope << 32 | name
        found = self._defining.get(key)
        if found is None:
            kinds = self.bindings.kind
            rows = self.by_scope.get(scope, _NO_NAMES).get(name, ())
            found = self._defining[key] = [row for row in rows if kinds[row] != BindingKind.NARROW]
        return found

    def conditions(self, scope: int, name: int) -> Sequence[int]:
        """The bindings in a scope that narrow a name by a condition, in source order."""
        names = self.by_scope.get(scope)
        if names is None or name not in names:
            return ()
        key = scope << 32 | name
        found = self._conditions.get(key)
        if found is None:
            bindings = self.bindings
            found = self._conditions[key] = [
                row for row in names[name] if bindings.kind[row] == BindingKind.NARROW and bindings.occurrence[row] < 0
            ]
        return found

    def assigning(self, scope: int, name: int) -> tuple[list[int], list[int]]:
        """(bindings that give a variable of an execution scope a value, where each stands), ordered by place."""
        key = scope << 32 | name
        found = self._assigning.get(key)
        if found is None:
            bindings, starts = self.bindings, self.occurrences.start
            given = [
                (starts[bindings.occurrence[row]], row) for row in self.by_scope.get(scope, _NO_NAMES).get(name, ())
                if bindings.occurrence[row] >= 0
                and (bindings.value[row] >= 0 or bindings.kind[row] != BindingKind.NARROW)
            ]  # fmt: skip
            live = [one for one in given if not bindings.flags[one[1]] & UNREACHABLE]
            given = sorted(live or given)
            found = self._assigning[key] = [row for _, row in given], [start for start, _ in given]
        return found


class LambdaUse(NamedTuple):
    """Where a lambda's value goes: the CALL it is an argument of, or (-1 then) the type of the variable it is for."""

    call: int
    value: int
    declared: int


_NO_NAMES: dict[int, list[int]] = {}


class Documents:
    """The views in use, and the memos over them."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.answers = Answers(program.steady)
        self._footprints = self.answers.footprints
        self._noting = not program.steady
        self._views: OrderedDict[int, DocumentView] = OrderedDict()
        self._room = _BYTES_KEPT_STEADY if program.steady else _BYTES_KEPT
        """How many more bytes may have views; less than none where one document takes more."""
        self._last: DocumentView | None = None

    def view(self, number: int) -> DocumentView:
        """The view of a document. Whoever looks rests on what the document shows to others."""
        if self._noting and number << 1 not in self._footprints.top.tokens:
            self._footprints.note(surface(number))
        last = self._last
        if last is not None and last.number == number:
            return last
        found = self._views.get(number)
        if found is None:
            found = self._open(number)
        else:
            self._views.move_to_end(number)
        self._last = found
        return found

    def _open(self, number: int) -> DocumentView:
        found = self._views[number] = DocumentView(number, self.program.path(number), self.program.facts(number))
        self._room -= found.facts.packed_size
        while self._room < 0 and len(self._views) > 1:
            self._forget(next(iter(self._views)))
        return found

    def _forget(self, number: int) -> None:
        view = self._views.pop(number, None)
        if view is not None:
            self._room += view.facts.packed_size

    def looks_inside(self, number: int) -> None:
        """Say that the answer being worked out rests on more of a document than what it shows."""
        if self._noting and number << 1 | 1 not in self._footprints.top.tokens:
            self._footprints.note(depth(number))

    def follow(self, program: Program, changed: Iterable[int]) -> None:
        """Go on with a Program in which some documents are different."""
        self.program = program
        self._last = None
        for number in changed:
            self._forget(number)

    def memo_of_symbols(self, find: Callable[[Ref], Answer], unknown: Callable[[Ref], Answer]) -> Memo[Ref, Answer]:
        """Answers about symbols."""
        return Memo(self.answers, unknown, find, _document_of, surface)

    def memo_of_nodes(
        self, find: Callable[[tuple[int, int]], Answer], unknown: Answer, inside: bool = False
    ) -> Memo[tuple[int, int], Answer]:
        """Answers about (document, node). `inside`: of nodes in bodies too."""
        return Memo(self.answers, lambda _: unknown, find, _first, depth if inside else surface)

    def memo_of_names(
        self, find: Callable[[tuple[int, str]], Answer], unknown: Callable[[tuple[int, str]], Answer]
    ) -> Memo[tuple[int, str], Answer]:
        """Answers about (document, name)."""
        return Memo(self.answers, unknown, find, _first, surface)


def _document_of(ref: Ref) -> int:
    return ref >> 24


def _first(key: tuple[int, Any]) -> int:
    return key[0]
