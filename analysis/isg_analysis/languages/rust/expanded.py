"""Expanded invocations: the items, statements and values that a document's own macros make in it.

Where an invocation's macro is defined by `macro_rules!` further up in the same document, what it expands to is parsed
and lowered in its place. A name that stands in the invocation keeps its place, and is an occurrence there once: of the
first use that the expansion makes of it. What only the macro's own text says stands, without length, at
the end of the invocation; symbols named by it stand at the macro's name. Bodies that add no occurrence are left out.
Macros of other documents are not expanded, because facts know no other document.

What comes of one invocation depends on it and on the macro's definition, hence no unit of its own is recorded inside,
and a definition leaks from its unit (see `model.units`).
"""

from __future__ import annotations

import re
from abc import abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tree_sitter import Node

from isg_analysis.languages.constructs import Grammar
from isg_analysis.languages.rust.blocks import makes
from isg_analysis.languages.rust.expansion import NotUnderstood, Rule, Token, expanded, group_at, rules_of, token_trees
from isg_analysis.languages.rust.items import Items
from isg_analysis.model.builder import FactsBuilder
from isg_analysis.model.facts import BindingKind
from isg_analysis.model.signature import Signature

_DEFINITION = re.compile(rb"\bmacro_rules!\s*([A-Za-z_]\w*)\s*([({\[])")
_MAKING = re.compile(
    rb"\b(?:impl|derive)\b|\$\w+\s*!|\b(?!(?:debug_)?assert|e?print|panic|vec!|format|write|matches!|concat!|stringify!)\w+!\s*[({\[]"
)
"""What the text of a macro that makes impl blocks has in it."""
_NAME = re.compile(rb"(?:r#|')?[A-Za-z_]\w*\Z")
_MOST_NESTED = 12
_MOST_BYTES = 400_000
"""How much text the invocations of one document may expand to."""
_LOCALS = (BindingKind.LOCAL, BindingKind.PARAMETER)
_NEVER = (1 << 31) - 1
_NOWHERE = [-1]
_VALUED = ((b"{", b"}"),)
_UNVALUED = ((b"", b""), (b"", b";"), *_VALUED)
"""What is put around an expansion, in this order, until it parses."""
_HOLDERS = frozenset({"item.file", "item.body", "statement.expression"})
"""What an invocation stands in where its value is not used."""


class Source:
    """A text that was made of tokens, and where each of its bytes stands in the document; -1 for nowhere. `names`:
    where the names in it start that stand in the document.
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        parts: list[bytes] = []
        origins: list[int] = []
        names: list[int] = []
        behind, nowhere = -1, 0
        for text, origin, place in tokens:
            if place < 0 or place != behind:
                parts.append(b" ")
                nowhere += 1
            length = len(text)
            parts.append(text)
            behind = place + length
            if origin < 0:
                nowhere += length
                continue
            if nowhere:
                origins += _NOWHERE * nowhere
                nowhere = 0
            if _NAME.match(text):
                names.append(len(origins))
            origins += range(origin, origin + length)
        self.text = b"".join(parts)
        self.origins = origins + _NOWHERE * nowhere
        self.names = names

    def wrapped(self, opening: bytes, closing: bytes) -> Source:
        """The same between two more texts."""
        made = Source(())
        made.text = opening + self.text + closing
        made.origins = _NOWHERE * len(opening) + self.origins + _NOWHERE * len(closing)
        made.names = [len(opening) + name for name in self.names]
        return made


class PlacedFacts(FactsBuilder):
    """The same builder, to which positions are given as those of an expansion.

    Shares all state with the builder it is made of.
    """

    source: Source
    place: tuple[int, int, int]
    """Start of the invocation, end of the macro's name, end of the invocation."""
    outer: int
    """The scope that the invocation stands in."""
    taken: set[int]
    """Where occurrences have been placed."""

    @classmethod
    def over(cls, facts: FactsBuilder, source: Source, place: tuple[int, int, int], outer: int) -> PlacedFacts:
        """A view of a builder for one expansion."""
        made = cls.__new__(cls)
        made.__dict__ = dict(facts.__dict__)
        made.units = None
        made.source, made.place, made.outer = source, place, outer
        made.taken = facts.taken if isinstance(facts, PlacedFacts) else set()
        return made

    def occurrence(self, start: int, end: int, name: str, role: int, scope: int, node: int = -1) -> int:
        """As in FactsBuilder."""
        origin = self.source.origins[start] if start < len(self.source.origins) else -1
        if origin < 0 or origin in self.taken:
            hidden = self.place[2] - 1
            return super().occurrence(hidden, hidden, name, role, scope, node)
        self.taken.add(origin)
        return super().occurrence(origin, origin + end - start, name, role, scope, node)

    def _range(self, start: int, end: int) -> tuple[int, int]:
        """The range of what is written in the invocation as a whole; else the invocation's."""
        origins = self.source.origins
        if 0 <= start < end <= len(origins) and origins[start] >= 0 and origins[end - 1] >= origins[start]:
            return origins[start], origins[end - 1] + 1
        return self.place[0], self.place[2]

    def scope(self, kind: int, parent: int, symbol: int, start: int, end: int) -> int:
        """As in FactsBuilder."""
        start, end = self._range(start, end)
        return super().scope(kind, parent, symbol, start, end)

    def binding(
        self, kind: int, scope: int, name: str, *, occurrence: int = -1, symbol: int = -1, type: int = -1,
        value: int = -1, visible: int = 0, flags: int = 0,
    ) -> int:  # fmt: skip
        """As in FactsBuilder. A local is seen from where its statement ends; one that only the expansion writes
        everywhere inside it, but nowhere before.
        """
        if kind in _LOCALS and occurrence >= 0 and not self.columns["occurrences"]["length"][occurrence]:
            visible = _NEVER if scope == self.outer else self.place[2] - 1  # hygiene: seen by the macro's text alone
        elif visible:
            origin = self.source.origins[visible - 1]
            visible = origin + 1 if origin >= 0 else self.place[2] if scope == self.outer else 0
        return super().binding(
            kind,
            scope,
            name,
            occurrence=occurrence,
            symbol=symbol,
            type=type,
            value=value,
            visible=visible,
            flags=flags,
        )

    def symbol(
        self, kind: int, name: str, *, parent: int, start: int, end: int, name_start: int = 0, name_end: int = 0,
        occurrence: int = -1, flags: int = 0, scope: int = -1, signature: Signature | None = None, doc: bytes = b"",
    ) -> int:  # fmt: skip
        """As in FactsBuilder."""
        start, end = self._range(start, end)
        name_start, name_end = self._named(name_start, name_end)
        return super().symbol(
            kind, name, parent=parent, start=start, end=end, name_start=name_start, name_end=name_end,
            occurrence=occurrence, flags=flags, scope=scope, signature=signature, doc=doc,
        )  # fmt: skip

    def _named(self, start: int, end: int) -> tuple[int, int]:
        origins = self.source.origins
        if start < end <= len(origins) and origins[start] >= 0 and origins[end - 1] == origins[start] + end - start - 1:
            return origins[start], origins[end - 1] + 1
        return self.place[0], self.place[1]

    def slot(self, symbol: int, **slots: int) -> None:
        """As in FactsBuilder."""
        if "name_start" in slots:
            slots["name_start"], slots["name_end"] = self._named(slots["name_start"], slots["name_end"])
        super().slot(symbol, **slots)

    def import_statement(self, start: int, end: int, scope: int, node: int, flags: int) -> int:
        """As in FactsBuilder."""
        start, end = self._range(start, end)
        return super().import_statement(start, end, scope, node, flags)

    def error(self, offset: int, message: str) -> None:
        """As in FactsBuilder."""
        super().error(self.place[0], message)
        del offset


class Expanded(Items):
    """`expand` lowers an invocation of one of the document's own macros."""

    def __init__(self, grammar: Grammar, facts: FactsBuilder) -> None:
        super().__init__(grammar, facts)
        self._rules: dict[int, tuple[Rule, ...]] = {}
        self._defined: dict[bytes, list[int]] | None = None
        self._nested = 0
        self._spent = 0
        self._place = (0, 0, 0)

    @abstractmethod
    def parse_arguments(self, root: Node, start: int, end: int) -> None:
        """See Macros."""

    def expand(self, node: Node, name: bytes) -> int | None:
        """The value of what an invocation expands to; None where that is not known."""
        rules = self._rules_for(name, node)
        if rules is None or self._nested >= _MOST_NESTED:
            return None
        source = self._source_of(node, rules)
        if source is None or self._spent + len(source.text) > _MOST_BYTES:
            return None
        found = self._parsed_source(source, self.label_of(node.parent) not in _HOLDERS if node.parent else False)
        if found is None:
            return None
        self._spent += len(source.text)
        root, source = found
        with self._inside(node, source):
            self.parse_arguments(root, 0, len(source.text))
            return self.sequence(root)

    def is_written(self, body: Node) -> bool:
        """Whether a name of the invocation that has no occurrence yet stands in a body that a macro makes."""
        facts = self.facts
        if not isinstance(facts, PlacedFacts):
            return True
        names, origins, taken = facts.source.names, facts.source.origins, facts.taken
        inside = range(bisect_left(names, body.start_byte), bisect_left(names, body.end_byte))
        return any(origins[names[at]] not in taken for at in inside)

    def blocks_made(self, node: Node) -> set[str]:
        """Of what the macro that a node defines makes impl blocks: see `makes`."""
        text = self.facts.text
        if self._nested or _MAKING.search(text, node.start_byte, node.end_byte) is None:
            return set()
        found = _DEFINITION.search(text, node.start_byte, node.end_byte)
        return makes(found.group(1), self._rules_at(found.start(2))) if found is not None else set()

    def _rules_for(self, name: bytes, node: Node) -> tuple[Rule, ...] | None:
        """The rules of the macro of that name that is defined last before an invocation."""
        if self._defined is None:
            self._defined = {}
            for match in _DEFINITION.finditer(self.facts.text):
                self._defined.setdefault(match.group(1), []).append(match.start(2))
        before = self._place[0] if self._nested else node.start_byte
        places = self._defined.get(name, [])
        at = bisect_right(places, before) - 1
        return self._rules_at(places[at]) if at >= 0 else None

    def _rules_at(self, opening: int) -> tuple[Rule, ...]:
        rules = self._rules.get(opening)
        if rules is None:
            try:
                rules = rules_of(group_at(self.facts.text, opening).inner)
            except NotUnderstood:
                rules = ()
            self._rules[opening] = rules
        return rules

    def _source_of(self, node: Node, rules: Sequence[Rule]) -> Source | None:
        tree = node.children[-1]
        origins = self.facts.source.origins if isinstance(self.facts, PlacedFacts) else None
        try:
            arguments = token_trees(self.text, tree.start_byte + 1, tree.end_byte - 1, origins)
        except NotUnderstood:
            return None
        tokens = expanded(rules, arguments)
        return Source(tokens) if tokens else None

    def _parsed_source(self, source: Source, valued: bool) -> tuple[Node, Source] | None:
        """The tree of an expansion, as items and statements or as a value; None where it is neither."""
        for opening, closing in _VALUED if valued else _UNVALUED:
            each = source.wrapped(opening, closing) if closing else source
            root = self._grammar.tree(each.text).root_node
            if not root.has_error:
                return root, each
        return None

    @contextmanager
    def _inside(self, node: Node, source: Source) -> Iterator[None]:
        """Walk an expansion."""
        before = self.text, self.facts, self._place, self._parsed, self._grouped
        if not self._nested:
            named = node.child_by_field_name("macro")
            self._place = (node.start_byte, named.end_byte if named is not None else node.end_byte, node.end_byte)
        self._nested += 1
        self.facts = PlacedFacts.over(self.facts, source, self._place, self.scope)
        self.text, self._parsed, self._grouped = source.text, {}, set()
        try:
            yield
        finally:
            self._nested -= 1
            self.text, self.facts, self._place, self._parsed, self._grouped = before

    _parsed: dict[int, list[Node]]
    """The parsed arguments of invocations, by the offset of their brackets: see Macros."""
    _grouped: set[int]
