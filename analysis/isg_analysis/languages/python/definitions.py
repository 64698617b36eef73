"""Lowering of definitions: classes, functions, parameters, type parameters, type aliases."""

from __future__ import annotations

import re

from tree_sitter import Node

from isg_analysis.languages.constructs import Parts
from isg_analysis.languages.python.annotations import lower_annotation
from isg_analysis.languages.python.conditions import signature_comment
from isg_analysis.languages.python.frames import Frame, FramedLowering
from isg_analysis.languages.python.parts import DefinitionParts, definition_parts
from isg_analysis.languages.python.signatures import class_signature, doc_string, function_signature, normalised
from isg_analysis.languages.python.spelled import SpelledLowering
from isg_analysis.model.facts import BindingFlag, BindingKind, ScopeKind
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op
from isg_analysis.model.signature import Parameter, Signature, TypeParameter
from isg_analysis.model.symbol import SymbolFlag, SymbolKind

_NOT_DOTTED = re.compile(r"[^\w.]")
_ENUM_BASES = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum"})
_PROPERTY_DECORATORS = ("property", "Property", "property_")
_ACCESSORS = ("setter", "deleter", "getter")
_PARAMETERS = frozenset({"expr.name", "parameter.default", "parameter.typed", "pattern.star", "parameter.stars"})
_STARRED = {"pattern.star": (BindingFlag.VARIADIC, "*"), "parameter.stars": (BindingFlag.KEYWORDS, "**")}
_FLAGS = {
    "staticmethod": SymbolFlag.STATIC,
    "classmethod": SymbolFlag.CLASS_METHOD,
    "abstractmethod": SymbolFlag.ABSTRACT,
    "abstractproperty": SymbolFlag.ABSTRACT,
    "overload": SymbolFlag.OVERLOAD,
    "deprecated": SymbolFlag.DEPRECATED,
}
_IMPLICIT_STATIC = frozenset({"__new__"})
_IMPLICIT_CLASS_METHODS = frozenset({"__init_subclass__", "__class_getitem__"})


class Decorators:
    """The decorators of the definition that is about to be lowered."""

    __slots__ = ("nodes", "start", "texts")

    def __init__(self, nodes: list[int], texts: tuple[str, ...], start: int) -> None:
        self.nodes = nodes
        self.texts = texts
        self.start = start

    def names(self) -> list[str]:
        """The last component of each, without arguments."""
        return [_NOT_DOTTED.split(text, maxsplit=1)[0].rsplit(".", 1)[-1] for text in self.texts]


class DefinitionLowering(SpelledLowering):
    """Handlers of `definition.*`, `parameter.*` and `generic.*`."""

    pending: Decorators | None = None

    def definition_module(self, node: Node, parts: Parts) -> int:
        """The document's root."""
        del parts
        doc = self._doc_bytes(node)
        first = self.facts.stored_text(doc)  # kept when there is none: the place of the others does not depend on it
        self.facts.slot(0, doc=first if doc else -1, flags=SymbolFlag.PUBLIC)
        for child in node.named_children:
            self.visit(child)
        self.settle_globals()
        return -1

    def definition_decorated(self, node: Node, parts: Parts) -> int:
        """Decorators are evaluated in the enclosing scope, before the name exists."""
        del parts
        nodes, texts, facts = [], [], self.facts
        *decorators, inner = self.children(node)
        for decorator in decorators:
            value = self.descend(decorator)
            callee = facts.columns["nodes"]["a"][value] if self.op_of(value) == Op.CALL else value
            occurrence = facts.occurrence_of(callee)
            if occurrence >= 0:
                facts.role(occurrence, Role.DECORATOR)
            nodes.append(value)
            texts.append(normalised(self.text[decorator.start_byte + 1 : decorator.end_byte]))
        self.pending = Decorators(nodes, tuple(texts), node.start_byte)
        value = self.visit(inner)
        self.pending = None
        return value

    def branch_decorator(self, node: Node, parts: Parts) -> int:
        """A decorator without its definition (broken code)."""
        del parts
        return self.descend(node)

    definition_parameters = generic_splat = branch_decorator

    def definition_class(self, node: Node, parts: Parts) -> int:
        """A class: its bases are looked up outside, its body is a frame of its own."""
        del parts
        decorators, self.pending = self.pending, None
        found = definition_parts(node.named_children, self.label_of)
        if found is None:
            return self.descend(node)
        facts, name_node = self.facts, found.name
        name = self.source(name_node)
        occurrence = self._definition(name_node, name)
        outer_scope, frame = self.scope, self.frame
        symbol = self._owned_symbol(SymbolKind.CLASS, name, node, name_node, occurrence, decorators)
        generics = self._open_generics(symbol, node, found.generics)
        bases = self._bases(found.listed)
        signature = class_signature(self.text, found, decorators.texts if decorators else (), generics[1])
        last = [base.split("[", 1)[0].rsplit(".", 1)[-1] for base in signature.bases]
        is_enum = any(base in _ENUM_BASES or base.endswith("Enum") for base in last)
        kind = SymbolKind.ENUM if is_enum else SymbolKind.INTERFACE if "Protocol" in last else SymbolKind.CLASS
        if kind == SymbolKind.INTERFACE:
            facts.add_flags(symbol, SymbolFlag.PROTOCOL)
        body = found.body
        start = body.start_byte if body else node.end_byte
        scope = facts.scope(ScopeKind.CLASS, self.scope, symbol, start, node.end_byte)
        self._describe(symbol, signature, body)
        facts.slot(symbol, kind=kind, scope=scope, bases=bases, generics=generics[0])
        for base in facts.children(bases) if self.called_fields else ():
            self.declare_fields(symbol, scope, base)
        self.frame = self.child_frame(ScopeKind.CLASS, scope, symbol)
        self.frame.is_enum = is_enum
        self._walk_body(body, scope, symbol)
        self.settle_attributes(self.frame, SymbolFlag.INSTANCE)
        self.settle_slots(self.frame)
        self.frame, self.scope = frame, outer_scope
        return -1

    def _bases(self, listed: Node | None) -> int:
        if listed is None:
            return -1
        facts, out = self.facts, []
        for child in self.children(listed):
            node = self.visit(child)
            named = facts.columns["nodes"]["a"][node] if self.op_of(node) in (Op.INDEX, Op.GENERIC) else node
            occurrence = facts.occurrence_of(named)
            if occurrence >= 0 and self.op_of(named) != Op.KEYWORD:
                facts.role(occurrence, Role.BASE)
            if node >= 0:
                out.append(node)
        return facts.items(out)

    def _walk_body(self, body: Node | None, scope: int, symbol: int) -> None:
        before = self.conditional, self.statement
        self.conditional, self.statement = 0, None
        if body is not None:
            with self.inside(scope, symbol):
                self.visit(body)
        self.conditional, self.statement = before

    def _definition(self, name_node: Node, name: str) -> int:
        return self.facts.occurrence(name_node.start_byte, name_node.end_byte, name, Role.DEFINITION, self.scope)

    def _owned_symbol(
        self, kind: SymbolKind, name: str, node: Node, name_node: Node, occurrence: int, decorators: Decorators | None
    ) -> int:
        facts, frame = self.facts, self.frame
        flags = 0 if name.startswith("_") and not name.endswith("__") else int(SymbolFlag.PUBLIC)
        unreachable = self.import_flags & BindingFlag.UNREACHABLE
        if self.conditional:
            flags |= SymbolFlag.CONDITIONAL
        if unreachable:
            flags |= SymbolFlag.UNREACHABLE
        symbol = facts.symbol(
            kind, name, parent=frame.symbol, start=decorators.start if decorators else node.start_byte,
            end=node.end_byte, name_start=name_node.start_byte, name_end=name_node.end_byte,
            occurrence=occurrence, flags=flags,
        )  # fmt: skip
        if decorators:
            facts.slot(symbol, decorators=facts.items(decorators.nodes))
            facts.exposes(symbol, "@".join(decorators.texts).encode())
        scope = 0 if name in frame.globals else frame.scope
        facts.binding(BindingKind.SYMBOL, scope, name, occurrence=occurrence, symbol=symbol, flags=unreachable)
        if frame.names.get(name, -1) >= 0 or name in frame.names:
            del frame.names[name]
        if frame.kind == ScopeKind.CLASS:
            frame.names[name] = symbol
        return symbol

    def _describe(self, symbol: int, signature: Signature, body: Node | None) -> None:
        """Give a symbol its signature and doc string once its parts are known."""
        self.facts.describe(symbol, signature, self._doc_bytes(body))

    def _doc_bytes(self, body: Node | None) -> bytes:
        if body is None:
            return b""
        for child in body.named_children:
            label = self.label_of(child)
            if label == "leaf.ignored":
                continue
            inner = child.named_child(0) if label == "stmt.expression" else None
            if inner is None or self.label_of(inner) != "expr.str":
                return b""
            return doc_string(self.text[inner.start_byte : inner.end_byte])
        return b""

    def definition_function(self, node: Node, parts: Parts) -> int:
        """A function or method: decorators, defaults and annotations belong to the enclosing scope."""
        del parts
        decorators, self.pending = self.pending, None
        found = definition_parts(node.named_children, self.label_of)
        if found is None:
            return self.descend(node)
        facts, name_node, is_async = self.facts, found.name, self.is_async(node)
        name = self.source(name_node)
        outer_scope, frame = self.scope, self.frame
        owner = frame if frame.kind == ScopeKind.CLASS else None
        occurrence = self._definition(name_node, name)
        kind, flags = _kind_and_flags(name, decorators, owner is not None)
        symbol = self._owned_symbol(kind, name, node, name_node, occurrence, decorators)
        facts.add_flags(symbol, flags | (SymbolFlag.ASYNC if is_async else 0))
        generics = self._open_generics(symbol, node, found.generics)
        body = found.body
        scope = facts.scope(ScopeKind.FUNCTION, self.scope, symbol, name_node.end_byte, node.end_byte)
        inner = self.child_frame(ScopeKind.FUNCTION, scope, symbol)
        if owner is not None and not flags & SymbolFlag.STATIC:
            inner.class_frame, inner.receiver_flags = owner, flags
        names, parameters = self._parameters(found.listed, inner)
        returns = self.visit(found.returns) if found.returns else self._commented_types(found, inner, symbol)
        texts = decorators.texts if decorators else ()
        self._describe(symbol, function_signature(self.text, found, is_async, texts, parameters, generics[1]), body)
        facts.slot(symbol, scope=scope, generics=generics[0], parameters=names, type=returns)
        self.frame = inner
        self._walk_body(body, scope, symbol)
        self.frame, self.scope = frame, outer_scope
        if returns < 0 and body is not None:
            self._infer_return(symbol, inner, body)
        return -1

    def _commented_types(self, found: DefinitionParts, inner: Frame, symbol: int) -> int:
        """The types in `# type: (A, B) -> R` at the start of the body; the node of the result's."""
        if found.listed is None or not self.type_comments:
            return -1
        header = self.text.find(b":", found.listed.end_byte)
        written = signature_comment(self.text, header + 1) if header >= 0 else None
        if written is None:
            return -1
        facts, (taken, given) = self.facts, written
        bindings = [-1 - known for known in inner.names.values()]
        if inner.receiver and len(taken) == len(bindings) - 1:
            bindings.pop(0)
        if len(taken) == len(bindings):
            for binding, (start, end) in zip(bindings, taken, strict=True):
                while self.text[start : start + 1] in (b" ", b"*"):
                    start += 1
                facts.columns["bindings"]["type"][binding] = lower_annotation(facts, self.text, start, end, self.scope)
        facts.exposes(symbol, self.text[header : given[1]])
        return lower_annotation(facts, self.text, *given, self.scope)

    def _infer_return(self, symbol: int, frame: Frame, body: Node) -> None:
        """What calling gives, from what the body returns or yields, where nothing is declared."""
        facts = self.facts
        values = frame.yields or frame.returns
        if not values and not self.exits(body):
            values = [self.literal("None")]
        if not values:
            return
        value = values[0] if len(values) == 1 else facts.node(Op.UNION, facts.items(values), -1)
        facts.slot(symbol, value=value)
        if any(self.op_of(one) not in (Op.LITERAL, 0) for one in values):
            facts.add_flags(symbol, SymbolFlag.INFERRED_RETURN)

    def exits(self, body: Node) -> bool:
        """Whether a block plainly ends by leaving: return, raise, break, continue."""
        children = body.named_children
        while children and self.label_of(children[-1]) == "leaf.ignored":
            children.pop()
        return bool(children) and self.label_of(children[-1]) in ("stmt.return", "stmt.exit")

    def _open_generics(self, symbol: int, node: Node, listed: Node | None) -> tuple[int, tuple[TypeParameter, ...]]:
        """Declare PEP 695 parameters in a scope around the definition, which becomes the current one."""
        if listed is None:
            return -1, ()
        facts, nodes, shown = self.facts, [], []
        self.scope = facts.scope(ScopeKind.TYPE_PARAMETERS, self.scope, symbol, listed.start_byte, node.end_byte)
        for child in listed.named_children:
            name_node, bound = self._type_parameter(child)
            if name_node is None:
                self.descend(child)
                continue
            name, text = self.source(name_node), self.source(child)
            occurrence = self._definition(name_node, name)
            parameter = facts.symbol(
                SymbolKind.TYPE_PARAMETER, name, parent=symbol, start=child.start_byte, end=child.end_byte,
                name_start=name_node.start_byte, name_end=name_node.end_byte, occurrence=occurrence,
                signature=Signature(text),
            )  # fmt: skip
            facts.binding(BindingKind.SYMBOL, self.scope, name, occurrence=occurrence, symbol=parameter)
            if bound:
                facts.slot(parameter, bases=facts.items([self.visit(bound)]))
            nodes.append(facts.node(Op.NAME, occurrence))
            kind = "paramspec" if text.startswith("**") else "typevartuple" if text.startswith("*") else "type"
            shown.append(TypeParameter(name, (self.source(bound),) if bound else (), kind=kind))
        return facts.items(nodes), tuple(shown)

    def _type_parameter(self, node: Node) -> tuple[Node | None, Node | None]:
        """(the name, the bound) in one entry of a type parameter list."""
        bound: Node | None = None
        while self.label_of(node) != "expr.name":
            children = self.children(node)
            if not children:
                return None, None
            if self.label_of(node) == "generic.bounded":
                bound = children[-1]
            node = children[0]
        return node, bound

    def generic_bounded(self, node: Node, parts: Parts) -> int:
        """A bound outside a parameter list (broken code)."""
        del parts
        return self.descend(node)

    def definition_alias(self, node: Node, parts: Parts) -> int:
        """`type X[T] = ...`."""
        del parts
        facts, generics = self.facts, None
        name_node, *values = self.children(node)
        if self.text.startswith(b"(", name_node.start_byte):
            return self._attribute_of_type(name_node, values)
        while self.label_of(name_node) != "expr.name":
            children = name_node.named_children
            if not children:
                return self.descend(node)
            generics = children[-1] if len(children) > 1 else None
            name_node = children[0]
        name, outer = self.source(name_node), self.scope
        occurrence = self._definition(name_node, name)
        symbol = self._owned_symbol(SymbolKind.TYPE_ALIAS, name, node, name_node, occurrence, None)
        listed = self._open_generics(symbol, node, generics)
        text = normalised(self.text[node.start_byte : node.end_byte])
        self.facts.describe(symbol, Signature(text, generics=listed[1]), b"")
        facts.slot(symbol, type=self.visit(values[-1]) if values else -1, generics=listed[0])
        self.scope = outer
        return -1

    def _attribute_of_type(self, target: Node, values: list[Node]) -> int:
        """`type(value).name = ...`, which the grammar takes for a type alias."""
        inner = [self._out_of_type(one) for one in (target, *values)]
        value = self.visit(inner[-1])
        self.bind_target(inner[0], value)
        return -1

    def _out_of_type(self, node: Node) -> Node:
        while self.label_of(node) == "type.any" and node.named_child_count == 1:
            node = node.named_children[0]
        return node

    def _parameters(self, listed: Node | None, inner: Frame) -> tuple[int, tuple[Parameter, ...]]:
        """Bind each parameter in the function's frame; its default and annotation are looked up outside."""
        nodes: list[int] = []
        shown: list[Parameter] = []
        kinds: list[int] = []
        keyword_only = 0
        for child in self.children(listed) if listed else ():
            label = self.label_of(child)
            if label == "parameter.positionals":
                self._mark_positional(kinds, shown)
            elif label == "parameter.keywords":
                keyword_only = BindingFlag.KEYWORD_ONLY
            elif label in _PARAMETERS:
                parameter, binding = self._parameter(child, inner, keyword_only, not nodes)
                if parameter.kind == "*":
                    keyword_only = BindingFlag.KEYWORD_ONLY
                kinds.append(binding)
                shown.append(parameter)
                nodes.append(self.facts.node(Op.NAME, self.facts.columns["bindings"]["occurrence"][binding]))
            else:
                self.visit(child)
        return self.facts.items(nodes), tuple(shown)

    def _mark_positional(self, bindings: list[int], shown: list[Parameter]) -> None:
        for binding in bindings:
            self.facts.columns["bindings"]["flags"][binding] |= BindingFlag.POSITIONAL_ONLY
        shown[:] = [Parameter(one.name, one.type, one.default, one.kind or "positional") for one in shown]

    def _parameter(self, node: Node, inner: Frame, flags: int, first: bool) -> tuple[Parameter, int]:
        name_node, kind, type_node, value_node = node, "keyword" if flags else "", None, None
        label = self.label_of(node)
        if label in ("parameter.default", "parameter.typed"):
            name_node, *rest = self.children(node)
            type_node = rest[0] if rest and self.label_of(rest[0]) == "type.any" else None
            value_node = rest[-1] if rest and label == "parameter.default" else None
            label = self.label_of(name_node)
        if label in ("pattern.star", "parameter.stars"):
            flags, kind = _STARRED[label]
            name_node = (self.children(name_node) or [name_node])[0]
        name = self.source(name_node)
        type = self.visit(type_node) if type_node else -1
        value = self.visit(value_node) if value_node else -1
        if first and inner.class_frame is not None and not kind:
            inner.receiver, kind = name, "self"
            flags |= BindingFlag.SELF
        facts = self.facts
        occurrence = facts.occurrence(name_node.start_byte, name_node.end_byte, name, Role.DEFINITION, inner.scope)
        binding = facts.binding(
            BindingKind.PARAMETER, inner.scope, name, occurrence=occurrence, type=type, value=value, flags=flags
        )
        inner.names[name] = -1 - binding
        shown = Parameter(
            name,
            normalised(self._slice(type_node)) if type_node else "",
            normalised(self._slice(value_node)) if value_node else "",
            kind,
        )
        return shown, binding

    def _slice(self, node: Node) -> bytes:
        return self.text[node.start_byte : node.end_byte]

    def parameter_default(self, node: Node, parts: Parts) -> int:
        """A parameter where none is expected (broken code)."""
        del parts
        return self.descend(node)

    parameter_typed = parameter_default
    parameter_stars = parameter_keywords = parameter_positionals = FramedLowering.leaf_ignored

    def recovered_function(self, node: Node, parts: Parts) -> int:
        """The name of a function whose header does not parse."""
        in_class = self.frame.kind == ScopeKind.CLASS
        return self._recovered(SymbolKind.METHOD if in_class else SymbolKind.FUNCTION, node, parts)

    def recovered_class(self, node: Node, parts: Parts) -> int:
        """The name of a class whose header does not parse."""
        return self._recovered(SymbolKind.CLASS, node, parts)

    def _recovered(self, kind: SymbolKind, node: Node, parts: Parts) -> int:
        del parts
        name = self.source(node)
        occurrence = self._definition(node, name)
        symbol = self._owned_symbol(kind, name, node, node, occurrence, None)
        word = "class" if kind == SymbolKind.CLASS else "def"
        self.facts.describe(symbol, Signature(f"{word} {name}"), b"")
        return -1


def _kind_and_flags(name: str, decorators: Decorators | None, in_class: bool) -> tuple[SymbolKind, int]:
    flags = 0
    kind = SymbolKind.METHOD if in_class else SymbolKind.FUNCTION
    for decorator in decorators.names() if decorators else ():
        flags |= _FLAGS.get(decorator, 0)
        if in_class and decorator.endswith(_PROPERTY_DECORATORS):
            kind = SymbolKind.PROPERTY
        elif in_class and decorator in _ACCESSORS:
            kind = SymbolKind.PROPERTY
            flags |= SymbolFlag.SETTER if decorator != "getter" else 0
    if in_class and name in _IMPLICIT_STATIC:
        flags |= SymbolFlag.CLASS_METHOD
    if in_class and name in _IMPLICIT_CLASS_METHODS:
        flags |= SymbolFlag.CLASS_METHOD
    return kind, flags
