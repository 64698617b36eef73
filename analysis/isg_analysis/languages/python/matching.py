"""Lowering of `match`: what each pattern binds, and how it narrows the subject."""

from __future__ import annotations

from tree_sitter import Node

from isg_analysis.languages.constructs import Grammar, Parts
from isg_analysis.languages.python.narrowings import Narrowings
from isg_analysis.languages.python.statements import StatementLowering
from isg_analysis.model.builder import FactsBuilder
from isg_analysis.model.facts import ScopeKind
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op


class MatchLowering(StatementLowering):
    """Handlers of `stmt.match`, `branch.case`, `case.*` and `pattern.*`."""

    def __init__(self, grammar: Grammar, facts: FactsBuilder) -> None:
        super().__init__(grammar, facts)
        self.subject = -1
        self.matched: Node | None = None
        self.left: dict[str, int] = {}
        """What the cases before this one leave of the names in the subject."""

    def stmt_match(self, node: Node, parts: Parts) -> int:
        """`match subject:`; several subjects make a tuple."""
        del parts
        *subjects, body = self.children(node)
        values = [self.visit(child) for child in subjects]
        before = self.subject, self.matched, self.left, self.scope
        self.subject = values[0] if len(values) == 1 else self.facts.node(Op.TUPLE, self.facts.items(values))
        self.matched, self.left = node, {}
        self.visit(body)
        self.subject, self.matched, self.left, self.scope = before
        return -1

    def branch_case(self, node: Node, parts: Parts) -> int:
        """One case: its names are bound in the frame, its subject is narrower in its body, and the next ones are left
        with what it does not match.
        """
        del parts
        outer, subject = self.scope, self.subject
        *patterns, body = self.children(node)
        guard = patterns.pop() if self.label_of(patterns[-1]) == "comprehension.if" else None
        self.scope = self.facts.scope(ScopeKind.NARROWING, outer, self.symbol, node.start_byte, node.end_byte)
        before, self.statement = self.statement, node
        denied: Narrowings = []
        for index, pattern in enumerate(patterns):
            left = self.left.get(self.dotted(subject), subject)
            value = left if len(patterns) == 1 else self.facts.node(Op.UNPACK, subject, index)
            narrowed = self.pattern(pattern, value)
            positive, negative = self._said(value, narrowed, pattern)
            self._narrow_from(positive, pattern.end_byte)
            denied += negative if len(patterns) == 1 and guard is None else []
        self.statement = before
        if guard is not None:
            self.visit(guard)
        self.conditional += 1
        self.visit(body)
        self.conditional -= 1
        self.left.update(denied)
        self.scope, self.subject = self.narrowed_scope(self.matched or node, denied) if denied else outer, subject
        return -1

    def _said(self, value: int, narrowed: int, pattern: Node) -> tuple[Narrowings, Narrowings]:
        """What holds where a pattern has matched, and where it has not: `case Circle():` says something about the
        subject, `case "circle":` something about x where the subject is `x.kind`.
        """
        key = self.dotted(value)
        if key and self.op_of(narrowed) == Op.NARROWED:
            tested = self.facts.columns["nodes"]["b"][narrowed]
            negated = self.facts.node(Op.UNARY, tested, self.facts.string("not"))
            denied = [(key, self.facts.node(Op.NARROWED, value, negated))] if self._takes_all(pattern) else []
            return [(key, narrowed)], denied
        compared = self.equal(value, [self.constant(one) for one in self._alternatives(pattern)])
        if compared < 0:
            return [], []
        base = self.facts.columns["nodes"]["a"][value]
        return self.compared(compared, self.left.get(self.dotted(base), base), "==")

    def _alternatives(self, pattern: Node) -> list[Node]:
        while self.label_of(pattern) == "case.any" and pattern.named_child_count == 1:
            pattern = pattern.named_children[0]
        if self.label_of(pattern) != "case.union":
            return [pattern]
        return [one for child in self.children(pattern) for one in self._alternatives(child)]

    def _takes_all(self, pattern: Node) -> bool:
        """Whether a pattern matches every instance of the classes that it names."""
        each = self._alternatives(pattern)
        return all(self.label_of(one) == "case.class" and len(self.children(one)) == 1 for one in each)

    def pattern(self, node: Node, value: int) -> int:
        """Bind the names of a pattern to parts of the value; the value as the pattern narrows it."""
        label = self.label_of(node)
        children = self.children(node)
        if label == "branch.as" and len(children) == 2:
            narrowed = self.pattern(children[0], value)
            self.bind_name(children[1], narrowed)
            return narrowed
        if label == "case.any":
            return self.pattern(children[0], value) if len(children) == 1 else value
        if label == "import.dotted":
            if len(children) == 1:
                self.bind_name(children[0], value)
                return value
            self.visit(node)
            return value
        if label == "case.class":
            return self._class_pattern(children, value)
        if label in ("pattern.list", "expr.tuple", "expr.list"):
            for index, child in enumerate(children):
                self.pattern(child, self.facts.node(Op.UNPACK, value, index))
            return value
        if label == "case.union":
            return self._united(value, [self.pattern(child, value) for child in children])
        if label == "case.dict":
            for child in children:
                self.pattern(child, -1)
            return value
        if label == "case.star":
            for child in children:
                if self.label_of(child) == "expr.name":
                    self.bind_name(child, -1)
            return value
        self.visit(node)
        return value

    def _united(self, value: int, narrowed: list[int]) -> int:
        if not narrowed or any(self.op_of(one) != Op.NARROWED for one in narrowed):
            return value
        types = [self.facts.columns["nodes"]["b"][one] for one in narrowed]
        return self.facts.node(Op.NARROWED, value, self.facts.node(Op.UNION, self.facts.items(types)))

    def _class_pattern(self, children: list[Node], value: int) -> int:
        facts = self.facts
        named_node, *arguments = children
        named = self.visit(named_node)
        narrowed = facts.node(Op.NARROWED, value, named)
        for index, argument in enumerate(arguments):
            inner = argument
            while self.label_of(inner) == "case.any" and inner.named_child_count == 1:
                inner = inner.named_children[0]
            found = self.children(inner) if self.label_of(inner) == "case.keyword" else []
            if len(found) == 2:
                name = found[0]
                field = facts.named(
                    Op.FIELD_OF, narrowed, name.start_byte, name.end_byte, self.source(name), Role.KEYWORD, self.scope
                )
                self.pattern(found[1], field)
            else:
                self.pattern(argument, facts.node(Op.VARIANT_FIELD, narrowed, index))
        return narrowed

    def _stray(self, node: Node, parts: Parts) -> int:
        """A pattern outside a case (broken code), or a target that is only read."""
        del parts
        return self.descend(node)

    case_any = case_class = case_keyword = case_dict = case_union = case_star = _stray
    pattern_list = pattern_star = pattern_target = _stray
