"""Macro invocations: their arguments are parsed again, as the expressions, statements or items they look like.

The grammar leaves a macro's arguments as a tree of tokens. Before the walk, the arguments of all invocations of a
document are copied to their own places in an otherwise blank text, each behind a `;`, and that text is parsed: `(a, b)`
becomes a tuple, `[a; n]` an array, `{ items }` a block, with every position as in the document. Invocations inside are
taken in the next round. Where that fails, the pieces between `,`, `;` and `=>` are tried one by one; from what still
fails the paths and capitalised names are recorded, and other identifiers with the role TEXT, which is never certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from isg_analysis.languages.constructs import Grammar, Parts
from isg_analysis.languages.rust.expanded import Expanded
from isg_analysis.model.builder import FactsBuilder
from isg_analysis.model.facts import ScopeKind
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op
from isg_analysis.model.symbol import SymbolFlag, SymbolKind

_ROUNDS = 12
_FORMATTING = frozenset(
    [
        "print",
        "println",
        "eprint",
        "eprintln",
        "format",
        "write",
        "writeln",
        "panic",
        "assert",
        "assert_eq",
        "assert_ne",
        "debug_assert",
        "debug_assert_eq",
        "debug_assert_ne",
        "todo",
        "unimplemented",
        "unreachable",
        "format_args",
        "trace",
        "debug",
        "info",
        "warn",
        "error",
        "bail",
        "anyhow",
        "ensure",
    ]
)
_PINNING = frozenset({"pin", "pin_mut"})
"""Macros that, as statements, pin the locals they name."""
_INVOCATION = re.compile(rb"!\s*[(\[{]")
_PLACEHOLDER = re.compile(rb"\{\{|\{([A-Za-z_]\w*)?(?::[^{}]*?(?:([A-Za-z_]\w*)\$)?(?:\.([A-Za-z_]\w*)\$)?[^{}]*)?\}")
_IDENTIFIER = re.compile(rb"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)'|//[^\n]*|[A-Za-z_]\w*|\d\w*", re.DOTALL)
_GUARD = re.compile(rb"\s*if\b")
_KEYWORDS = frozenset(
    b"as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move "
    b"mut pub ref return self Self static struct super trait true type unsafe use where while _".split()
)
_PATH_KEYWORDS = frozenset((b"crate", b"self", b"super", b"Self"))
_CALLABLE = (SymbolKind.FUNCTION, SymbolKind.METHOD)
_SEPARATORS = {b",": b";", b"=>": b"; "}


class Macros(Expanded):
    """Handlers of `expr.macro` and `tokens.tree`."""

    def __init__(self, grammar: Grammar, facts: FactsBuilder) -> None:
        super().__init__(grammar, facts)
        self._parsed: dict[int, list[Node]] = {}
        self._grouped: set[int] = set()
        """The token trees that `_parsed` has the braces in."""

    def lower(self, root: Node) -> None:
        """As in Lowering. Every construct is a bare kind: no query is run."""
        self.document(root)

    def document(self, root: Node) -> None:
        """Parse macro arguments again, then walk."""
        self.parse_arguments(root, 0, len(self.text))
        super().document(root)

    def parse_arguments(self, root: Node, start: int, end: int) -> None:
        """Parse the arguments of the macro invocations between two offsets."""
        pending = self._invocations(root, self.text, start, end)
        for _ in range(_ROUNDS):
            if not pending:
                break
            pending = self._parse_again(pending)

    def _invocations(self, root: Node, text: bytes, start: int, end: int) -> list[Node]:
        """The token trees of the macro invocations in a part of a tree, found by their `!`."""
        out = []
        for match in _INVOCATION.finditer(text, start, end):
            at = match.end() - 1
            tree = root.named_descendant_for_byte_range(at, at + 1)
            if tree is None or tree.start_byte != at or self.label_of(tree) != "tokens.tree":
                continue
            parent = tree.parent
            if parent is not None and self.label_of(parent) == "expr.macro":
                out.append(tree)
        return out

    def _parse_again(self, trees: list[Node]) -> list[Node]:
        """Parse token trees, together if that gives no error; returns the token trees of the invocations inside.

        What comes of one does so whatever stands beside it: an error can change what is sound behind it.
        """
        root, text = self._parse_apart(trees)
        if root.has_error and len(trees) > 1:
            middle = len(trees) // 2
            return self._parse_again(trees[:middle]) + self._parse_again(trees[middle:])
        inner: list[Node] = []
        for tree in trees:
            found = _covering(root, tree)
            if found is None:
                inner += self._read_closed(tree)
                continue
            self._parsed[tree.start_byte] = [found]
            inner += self._invocations(root, text, tree.start_byte + 1, tree.end_byte)
        return inner

    def _read_closed(self, tree: Node) -> list[Node]:
        """Parse a token tree whose last item may lack its `;`; else the items in the braces of one like `cfg_if!`'s,
        else pieces. Returns as `_parse_again`.
        """
        if self.text[tree.start_byte] == 0x7B:
            root, text = self._parse_apart([tree], closed=True)
            found = _covering(root, tree)
            if found is not None:
                self._parsed[tree.start_byte] = [found]
                return self._invocations(root, text, tree.start_byte + 1, tree.end_byte)
            groups = [child for child in tree.named_children if self.text[child.start_byte] == 0x7B]
            root, text = self._parse_apart(groups) if groups else (root, text)
            blocks = [block for group in groups if (block := _covering(root, group)) is not None]
            if groups and len(blocks) == len(groups) and all(self._has_items(block) for block in blocks):
                self._parsed[tree.start_byte] = blocks
                self._grouped.add(tree.start_byte)
                return self._invocations(root, text, tree.start_byte + 1, tree.end_byte)
        return self._read_pieces(tree)

    def _has_items(self, block: Node) -> bool:
        return bool(block.named_children) and all(self._is_item(child) for child in block.named_children)

    def _parse_apart(self, trees: list[Node], closed: bool = False) -> tuple[Node, bytes]:
        """Parse token trees as statements, in an otherwise blank text; `closed`: with a `;` behind what is in them."""
        blank = bytearray(b" ") * (len(self.text) + 1)
        for tree in trees:
            start, end = tree.start_byte, tree.end_byte
            blank[start:end] = self.text[start:end]
            blank[start - 1] = blank[end] = 0x3B
            inside = [child for child in tree.children[1:-1] if child.kind_id not in self._trivia] if closed else []
            if inside and self.text[(behind := inside[-1].end_byte) : behind + 1].isspace():
                blank[behind] = 0x3B
        text = bytes(blank)
        return self._grammar.parse_range(text, trees[0].start_byte - 1, trees[-1].end_byte + 1), text

    def _read_pieces(self, tree: Node) -> list[Node]:
        """Parse what lies between separators, as the statements of a block; returns as `_parse_again`."""
        start, end = tree.start_byte, tree.end_byte
        blank = bytearray(b" ") * len(self.text)
        blank[start:end] = self.text[start:end]
        blank[start - 1 : start + 1] = b";{"
        blank[end - 1] = 0x7D
        for part in (tree, *self._objects(tree)):
            self._separate(part, blank)
        text = bytes(blank)
        root = self._grammar.parse_range(text, start - 1, end)
        found = root.named_descendant_for_byte_range(start, end)
        if found is not None and (found.start_byte, found.end_byte) == (start, end):
            self._parsed[start] = list(found.named_children)
        return self._invocations(root, text, start + 1, end)

    def _separate(self, tree: Node, blank: bytearray) -> None:
        """Make statements of what stands between a token tree's own separators; so is the `:` behind a string."""
        keyed = False
        for child in tree.children:
            raw = self.text[child.start_byte : child.end_byte]
            separator = b";" if keyed and raw == b":" else _SEPARATORS.get(raw)
            keyed = self.label_of(child) == "literal.string"
            if separator is not None:
                blank[child.start_byte : child.end_byte] = separator
                guard = _GUARD.match(self.text, child.end_byte, tree.end_byte)
                if guard is not None:
                    blank[guard.end() - 2 : guard.end()] = b"  "

    def _objects(self, tree: Node) -> Iterator[Node]:
        """The token trees in one that read like JSON's objects: `{ "key": value }`."""
        inside = list(tree.named_children)
        for child in inside:
            if self.label_of(child) == "tokens.tree":
                inside += child.named_children
                first = [self.text[part.start_byte : part.end_byte][:1] for part in child.children[:3]]
                if first == [b"{", b'"', b":"]:
                    yield child

    def expr_macro(self, node: Node, parts: Parts) -> int:
        """`name!(arguments)`."""
        del parts
        conditional = self.attributes().flags & SymbolFlag.CONDITIONAL
        named, tree = node.child_by_field_name("macro"), node.children[-1]
        path = self.path(named, Role.MACRO) if named is not None else -1
        if named is not None and self.label_of(named) == "expr.name":
            before = self.condition
            self.condition |= conditional
            value = self.expand(node, self.text[named.start_byte : named.end_byte])
            self.condition = before
            if value is not None:
                return value
        found = self._parsed.get(tree.start_byte)
        if found is None:
            self._record(tree.start_byte, tree.end_byte)
            return self.facts.node(Op.MACRO, path, self.facts.items([]))
        if len(found) == 1 and (found[0].start_byte, found[0].end_byte) == (tree.start_byte, tree.end_byte):
            return self._whole(node, found[0], path)
        if tree.start_byte in self._grouped:
            return self.facts.node(Op.MACRO, path, self.facts.items([self._block(block, path) for block in found]))
        with self.inside(self.open_block(node)):
            values = self._pieces(found)
        return self.facts.node(Op.MACRO, path, self.facts.items(values))

    def _pieces(self, pieces: list[Node]) -> list[int]:
        """Arguments read piece by piece; what an arm `pattern = future => body` binds is seen in its body only."""
        values = []
        scope = -1
        for index, piece in enumerate(pieces):
            guarded = index + 1 < len(pieces) and self._is_guard(pieces[index + 1])
            behind = pieces[min(index + 1 + guarded, len(pieces) - 1)].end_byte
            if self._is_guard(piece):  # of an arm: its pattern is not bound yet
                values.append(self.visit(piece))
                continue
            with self.inside(scope if scope >= 0 else self.scope):
                scope = -1
                if piece.has_error:
                    self._record(piece.start_byte, piece.end_byte)
                elif (guarded or self._leads_to_body(piece)) and self._is_assignment(piece):
                    scope = self._arm_scope(self.children_of(piece)[0], behind)
                else:
                    values.append(self.visit(piece))
        return values

    def _leads_to_body(self, piece: Node) -> bool:
        return self.text[piece.end_byte - 1 : piece.end_byte + 1] == b"=>"

    def _is_guard(self, piece: Node) -> bool:
        """Whether a piece is the condition in `pattern = future, if condition => body`."""
        start = piece.start_byte
        return self._leads_to_body(piece) and self.text[max(start - 64, 0) : start].rstrip()[-2:] == b"if"

    def _is_assignment(self, piece: Node) -> bool:
        inner = self.children_of(piece)
        return len(inner) == 1 and self.label_of(inner[0]) == "expr.assignment"

    def _arm_scope(self, assignment: Node, end: int) -> int:
        """The scope of the body of `pattern = future => body`."""
        value = self.facts.node(Op.AWAIT, self.field(assignment, "right"))
        scope = self.facts.scope(ScopeKind.BLOCK, self.scope, self.symbol, assignment.start_byte, end)
        pattern = assignment.child_by_field_name("left")
        if pattern is not None:
            with self.inside(scope):
                self.pattern(pattern, value=value)
        return scope

    def _whole(self, node: Node, arguments: Node, path: int) -> int:
        """Arguments that parsed: a tuple or array of values, or a block of items or statements."""
        label = self.label_of(arguments)
        if label == "expr.block":
            return self._block(arguments, path)
        children = self.children_of(arguments)
        if self._macro_name(path) == "offset_of" and len(children) == 2:
            return self.facts.node(Op.MACRO, path, self.facts.items([self._offset(*children)]))
        values = [self.visit(child) for child in children]
        if self._macro_name(path) in _PINNING and node.parent and self.label_of(node.parent) == "statement.expression":
            self._pin(children, values, path, node.end_byte)
        if self._macro_name(path) in _FORMATTING:
            self._format_strings(children[:3])
        return self.facts.node(Op.MACRO, path, self.facts.items(values))

    def _offset(self, holder: Node, field: Node) -> int:
        """`offset_of!(Type, field.inner)`: fields as of a value of the type."""
        if self.label_of(field) == "expr.member":
            value, name = field.child_by_field_name("value"), field.child_by_field_name("field")
            base = self._offset(holder, value) if value is not None else -1
        else:
            name = field if self.label_of(field) in ("expr.name", "literal.number") else None
            base = self.facts.node(Op.CAST, -1, self.path(holder, Role.TYPE))
        if name is None:
            return base
        shown = self.identifier(name)
        return self.facts.named(Op.MEMBER, base, name.start_byte, name.end_byte, shown, Role.READ, self.scope)

    def _pin(self, names: list[Node], values: list[int], path: int, visible: int) -> None:
        """`pin!(future);` binds the name anew: to a pinned reference to what it was."""
        for name, value in zip(names, values, strict=True):
            if self.label_of(name) == "expr.name":
                pinned = self.facts.node(Op.MACRO, path, self.facts.items([value]))
                self.pattern(name, value=pinned, visible=visible)

    def _block(self, block: Node, path: int) -> int:
        """`name! { items }` defines the items here, under a condition nobody can see; statements get a block."""
        kinds = self.facts.columns["symbols"]["kind"]
        scopes = self.facts.columns["scopes"]["symbol"]
        before = self.condition, self.wrapper
        self.condition |= SymbolFlag.CONDITIONAL
        self.wrapper = path
        among_statements = kinds[self.symbol] in _CALLABLE or scopes[self.scope] != self.symbol
        if self._macro_name(path) in _PINNING:  # `pin! { let future = ...; }`
            value = self.sequence(block)
        elif among_statements and not all(self._is_item(child) for child in block.named_children):
            with self.inside(self.open_block(block)):
                value = self.sequence(block)
        else:
            value = self.sequence(block)
        self.condition, self.wrapper = before
        return self.facts.node(Op.MACRO, path, self.facts.items([value]))

    def _is_item(self, node: Node) -> bool:
        return self.label_of(node).startswith(("item.", "import.", "trivia."))

    def _macro_name(self, path: int) -> str:
        at = self.facts.occurrence_of(path)
        if at < 0:
            return ""
        row = self.facts.columns["occurrences"]
        start = row["start"][at]
        return self.text[start : start + row["length"][at]].decode()

    def _format_strings(self, arguments: list[Node]) -> None:
        """`{name}`, `{:width$}` in the first string among the arguments read locals."""
        for argument in arguments:
            if self.label_of(argument) == "literal.string":
                start = argument.start_byte
                raw = self.text[start : argument.end_byte]
                for match in _PLACEHOLDER.finditer(raw):
                    for group in (1, 2, 3):
                        if match.group(group):
                            first, last = start + match.start(group), start + match.end(group)
                            name = match.group(group).decode()
                            self.facts.named(Op.NAME, -1, first, last, name, Role.READ, self.scope)
                return

    def _record(self, start: int, end: int) -> None:
        """Identifiers of tokens that parsed as nothing; paths among them keep their shape."""
        base, last = -1, -1
        for match in _IDENTIFIER.finditer(self.text, start, end):
            word = match.group()
            first, behind = match.span()
            joined = base >= 0 and self.text[last:first].strip() == b"::"
            if word[0] < 65 or (word in _KEYWORDS and word not in _PATH_KEYWORDS):
                base = -1
                continue
            leads = self.text[behind : behind + 2] == b"::"
            known = Role.READ if joined or self._is_interpolated(first) else Role.TEXT
            role = Role.TYPE if known != Role.READ and (leads or word[:1].isupper()) else known
            if role != Role.TEXT or word not in _PATH_KEYWORDS:
                op = Op.PATH if joined else Op.NAME
                name = word.decode()
                base = self.facts.named(op, base if joined else -1, first, behind, name, role, self.scope)
            last = behind

    def _is_interpolated(self, start: int) -> bool:
        """Whether a name stands behind the `#` by which `quote!` takes in a local, rather than that of `r#name`."""
        before = self.text[start - 2 : start]
        return before[1:] == b"#" and not before[:1].isalnum()

    def tokens_tree(self, node: Node, parts: Parts) -> int:
        """Tokens outside an invocation, in broken code."""
        del parts
        self._record(node.start_byte, node.end_byte)
        return -1


def _covering(root: Node, tree: Node) -> Node | None:
    """The node that stands for a whole token tree in a second parse, unless it holds errors."""
    start, end = tree.start_byte, tree.end_byte
    found = root.named_descendant_for_byte_range(start, end)
    if found is None or (found.start_byte, found.end_byte) != (start, end) or found.has_error:
        return None
    return found
