"""Items: symbols, their scopes, signatures and node slots.

Slots beyond the shared meaning: `parameters` is a LIST with one type node per parameter (a receiver: REF(-1) for
`&self`, -1 for `self`); `value` of a function, impl, trait or type is a LIST of CAST(type, LIST of bounds), one per
where predicate; `decorators` of a type or static inside a macro's arguments has the macro first. Of a macro: `value`
is the SELECTED part of its argument that it gives, `type` what it makes of a static, `decorators` whom it hands that on
to, `bases` what it makes impl blocks of (see `marks.MAKING`).
"""

from __future__ import annotations

import re
from abc import abstractmethod

from tree_sitter import Node

from isg_analysis.languages.constructs import Parts
from isg_analysis.languages.rust.imports import Imports
from isg_analysis.languages.rust.marks import MAKING
from isg_analysis.model.facts import BindingFlag, BindingKind, ScopeKind
from isg_analysis.model.occurrence import Role
from isg_analysis.model.ops import Op
from isg_analysis.model.signature import Signature
from isg_analysis.model.symbol import SymbolFlag, SymbolKind

_HANDED_OVER = re.compile(
    rb"\bmatch\s+(?:(\$?\w+(?:::\w+)*)!\s*\(\s*)?\$\w+\s*\)?\s*\{\s*"
    rb"(\$?\w+(?:::\w+)*)\(\s*(\w+)\s*\)\s*=>\s*\3\s*[,}]"
)
_STATIC = re.compile(rb"\bstatic\s+\$\w+\s*:\s*(\$?\w+(?:::\w+)*)<\s*\$\w+\s*>")
_HANDED_ON = re.compile(rb"\b(\w*thread_local)!\s*[({\[]")
_SEGMENT = re.compile(rb"\$?\w+")
_WRAPPED = frozenset({SymbolKind.CLASS, SymbolKind.ENUM, SymbolKind.VARIABLE})
"""What has the macro in whose arguments it stands among its decorators."""
_OWNERS = frozenset({SymbolKind.IMPLEMENTATION, SymbolKind.INTERFACE})
_WORDS = {"async": SymbolFlag.ASYNC, "unsafe": SymbolFlag.UNSAFE, "const": SymbolFlag.CONST}


class Items(Imports):
    """Handlers of `item.*`, `parameter.*` and `generic.*`."""

    wrapper = -1
    """The path node of the macro whose arguments are being lowered as items, or -1."""
    condition = 0
    """Flags for every symbol met: CONDITIONAL inside a macro's arguments."""

    def item_file(self, node: Node, parts: Parts) -> int:
        """The whole document."""
        del parts
        return self.sequence(node)

    item_body = item_file

    def _visibility(self, node: Node) -> int:
        for child in node.named_children[:1]:
            if self.label_of(child) == "item.visibility":
                restricted = child.end_byte - child.start_byte > 3
                self.visit(child)
                return SymbolFlag.PUBLIC | SymbolFlag.RESTRICTED if restricted else SymbolFlag.PUBLIC
        return 0

    def item_visibility(self, node: Node, parts: Parts) -> int:
        """`pub(in path)`: the path is made of modules."""
        del parts
        for child in node.named_children:
            self.path(child, Role.TYPE)
        return -1

    def _symbol(
        self, kind: int, node: Node, name: Node | None, *, body: Node | None = None, flags: int = 0,
        signature: Signature | None = None, bound: bool = True,
    ) -> int:  # fmt: skip
        """A symbol with its defining occurrence, attributes, signature and (if `bound`) its name in this scope."""
        found = self.attributes()
        flags |= self._visibility(node) | found.flags | self.condition
        facts, shown, at, start, end = self.facts, "", -1, node.start_byte, node.start_byte
        if name is not None:
            shown, start, end = self.identifier(name), name.start_byte, name.end_byte
            at = facts.occurrence(start, end, shown, Role.DEFINITION, self.scope)
        signature = signature or self.signature(node, body, name)
        for word in signature.modifiers:
            flags |= _WORDS.get(word, 0)
        symbol = facts.symbol(
            kind, shown, parent=self.symbol, start=found.start if found.start >= 0 else node.start_byte,
            end=node.end_byte, name_start=start, name_end=end, occurrence=at, flags=flags, signature=signature,
            doc=found.doc(),
        )  # fmt: skip
        if bound and shown and shown != "_":
            facts.binding(BindingKind.SYMBOL, self.scope, shown, occurrence=at, symbol=symbol)
        wrapper = self.wrapper if kind in _WRAPPED else -1
        if found.nodes or wrapper >= 0:
            facts.slot(symbol, decorators=self.decorations(found, wrapper))
            facts.exposes(symbol, b" ".join(self.text[n.start_byte : n.end_byte] for n in found.nodes))
        return symbol

    def _open(self, kind: int, node: Node, symbol: int) -> int:
        scope = self.facts.scope(kind, self.scope, symbol, node.start_byte, node.end_byte)
        self.facts.slot(symbol, scope=scope)
        return scope

    def _bounds_of(self, node: Node, symbol: int) -> None:
        """Lower type parameters, supertraits or bounds, and the where clause, in the item's own scope."""
        generics = node.child_by_field_name("type_parameters")
        if generics is not None:
            self.facts.slot(symbol, generics=self.visit(generics))
        bounds = node.child_by_field_name("bounds")
        if bounds is not None:
            self.facts.slot(symbol, bases=self._based(bounds))
        for child in node.named_children:
            if self._bare.get(child.kind_id) == "generic.where":
                self.facts.slot(symbol, value=self.visit(child))

    def _based(self, bounds: Node) -> int:
        nodes = [self.path(child, Role.BASE) for child in self.children_of(bounds)]
        return self.facts.items([node for node in nodes if node >= 0])

    def item_module(self, node: Node, parts: Parts) -> int:
        """`mod x { ... }` is a symbol; `mod x;` imports a file."""
        del parts
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is None:
            return -1
        if body is None:
            found = self.attributes()
            self.module_file(node, name, found)
            return -1
        symbol = self._symbol(SymbolKind.MODULE, node, name, body=body)
        with self.inside(self._open(ScopeKind.MODULE, node, symbol), symbol):
            self.sequence(body)
        return -1

    def _type(self, kind: int, node: Node) -> int:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        positional = body is not None and self.label_of(body) == "item.positional"
        symbol = self._symbol(kind, node, name, body=None if positional else body)
        with self.inside(self._open(ScopeKind.CLASS, node, symbol), symbol):
            self._bounds_of(node, symbol)
            if body is not None:
                self.visit(body)
        return -1

    def item_struct(self, node: Node, parts: Parts) -> int:
        """`struct S { .. }`, `struct S(..);`, `struct S;`."""
        del parts
        return self._type(SymbolKind.CLASS, node)

    def item_union(self, node: Node, parts: Parts) -> int:
        """`union U { .. }`."""
        del parts
        return self._type(SymbolKind.UNION, node)

    def item_enum(self, node: Node, parts: Parts) -> int:
        """`enum E { .. }`."""
        del parts
        return self._type(SymbolKind.ENUM, node)

    def item_variant(self, node: Node, parts: Parts) -> int:
        """An enum's variant, with its fields as members."""
        del parts
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        signature = Signature(self.normal(node.start_byte, node.end_byte))
        symbol = self._symbol(SymbolKind.VARIANT, node, name, signature=signature, bound=False)
        with self.inside(self.scope, symbol):
            if body is not None:
                self.visit(body)
            self.field(node, "value")
        return -1

    def item_field(self, node: Node, parts: Parts) -> int:
        """`name: Type` of a struct or variant."""
        del parts
        name, written = node.child_by_field_name("name"), node.child_by_field_name("type")
        signature = Signature(self.normal(node.start_byte, node.end_byte), returns=self.shown(written))
        symbol = self._symbol(SymbolKind.FIELD, node, name, signature=signature, bound=False)
        if written is not None:
            self.facts.slot(symbol, type=self.visit(written))
        return -1

    def item_positional(self, node: Node, parts: Parts) -> int:
        """`(A, pub B)` of a tuple struct or variant: fields named 0, 1, ..."""
        del parts
        index, public = 0, 0
        for child in self.children_of(node):
            if self.label_of(child) == "item.visibility":
                public = SymbolFlag.PUBLIC
                self.visit(child)
                continue
            start, end = child.start_byte, child.end_byte
            symbol = self.facts.symbol(
                SymbolKind.FIELD, str(index), parent=self.symbol, start=start, end=end, name_start=start,
                name_end=end, flags=public | self.condition, signature=Signature(self.normal(start, end)),
            )  # fmt: skip
            self.facts.slot(symbol, type=self.visit(child))
            index, public = index + 1, 0
        return -1

    def item_trait(self, node: Node, parts: Parts) -> int:
        """`trait T: Super { .. }`."""
        del parts
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        symbol = self._symbol(SymbolKind.INTERFACE, node, name, body=body)
        with self.inside(self._open(ScopeKind.CLASS, node, symbol), symbol):
            self._bounds_of(node, symbol)
            if body is not None:
                self.sequence(body)
        return -1

    def item_impl(self, node: Node, parts: Parts) -> int:
        """`impl<G> Trait for Type where .. { .. }`: unnamed; its place is the self type."""
        del parts
        subject, trait = node.child_by_field_name("type"), node.child_by_field_name("trait")
        body = node.child_by_field_name("body")
        signature = self._impl_signature(node, body, trait, subject)
        flags = SymbolFlag.NEGATIVE if signature.trait.startswith("!") else 0
        symbol = self._symbol(SymbolKind.IMPLEMENTATION, node, None, flags=flags, signature=signature)
        place = subject or node
        self.facts.slot(symbol, name_start=place.start_byte, name_end=place.end_byte)
        with self.inside(self._open(ScopeKind.IMPLEMENTATION, node, symbol), symbol):
            self._bounds_of(node, symbol)
            if trait is not None:
                self.facts.slot(symbol, bases=self.facts.items([self.path(trait, Role.BASE)]))
            if subject is not None:
                self.facts.slot(symbol, type=self.visit(subject))
            if body is not None:
                self.sequence(body)
        return -1

    def _impl_signature(self, node: Node, body: Node | None, trait: Node | None, subject: Node | None) -> Signature:
        plain = self.signature(node, body)
        negative = trait is not None and self.text[node.start_byte : trait.start_byte].rstrip().endswith(b"!")
        return Signature(
            plain.text, generics=plain.generics, where=plain.where, modifiers=plain.modifiers,
            trait=("!" if negative else "") + self.shown(trait), self_type=self.shown(subject),
        )  # fmt: skip

    def item_function(self, node: Node, parts: Parts) -> int:
        """A function or method, with or without a body."""
        del parts
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        method = self.facts.columns["symbols"]["kind"][self.symbol] in _OWNERS
        kind = SymbolKind.METHOD if method else SymbolKind.FUNCTION
        symbol = self._symbol(kind, node, name, body=body, bound=not method)
        with self.inside(self._open(ScopeKind.FUNCTION, node, symbol), symbol):
            self._bounds_of(node, symbol)
            parameters = node.child_by_field_name("parameters")
            types = self._parameter_list(parameters) if parameters is not None else []
            static = method and not any(self._is_receiver(child) for child in self._parameter_nodes(parameters))
            self.facts.add_flags(
                symbol, (SymbolFlag.STATIC if static else 0) | (SymbolFlag.ABSTRACT if body is None else 0)
            )
            returned = self.field(node, "return_type")
            self.facts.slot(symbol, parameters=self.facts.items(types), type=returned)
            if body is not None and self.is_written(body):
                self.body_wanted(body, returned)
        return -1

    def is_written(self, body: Node) -> bool:
        """Whether a function's body says something in the document: see Expanded."""
        del body
        return True

    def _parameter_nodes(self, node: Node | None) -> list[Node]:
        return self.children_of(node) if node is not None else []

    def _is_receiver(self, node: Node) -> bool:
        if self.label_of(node) == "parameter.self":
            return True
        pattern = node.child_by_field_name("pattern")
        return pattern is not None and self.label_of(pattern) == "expr.self"

    def _parameter_list(self, node: Node) -> list[int]:
        """Bind the parameters; their type nodes, -1 for a receiver without one."""
        return [self.visit(child) for child in self.children_of(node)]

    def item_parameters(self, node: Node, parts: Parts) -> int:
        """Parameters outside a function, in broken code."""
        del parts
        return self.facts.items(self._parameter_list(node))

    def parameter_self(self, node: Node, parts: Parts) -> int:
        """`&'a mut self`: a REF node; `self` has no type node."""
        del parts
        reference = self.text[node.start_byte] == 0x26
        written = self.facts.node(Op.REF, -1, self.changes(node)) if reference else -1
        for child in node.named_children:
            label = self.label_of(child)
            if label == "expr.self":
                self._bind_receiver(child, written)
            elif label == "type.lifetime":
                self.visit(child)
        return written

    def _bind_receiver(self, node: Node, written: int) -> None:
        at = self.facts.occurrence(node.start_byte, node.end_byte, "self", Role.DEFINITION, self.scope)
        kind, flags = BindingKind.PARAMETER, BindingFlag.SELF
        self.facts.binding(kind, self.scope, "self", occurrence=at, type=written, flags=flags)

    def parameter_plain(self, node: Node, parts: Parts) -> int:
        """`pattern: Type`; the type's node."""
        del parts
        written = self.field(node, "type")
        pattern = node.child_by_field_name("pattern")
        if pattern is None:
            return written
        if self.label_of(pattern) == "expr.self":
            self._bind_receiver(pattern, written)
        else:
            self.pattern(pattern, type=written, kind=BindingKind.PARAMETER)
        return written

    def _value(self, kind: int, node: Node, flags: int = 0) -> int:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        owned = self.facts.columns["symbols"]["kind"][self.symbol] in _OWNERS
        flags |= SymbolFlag.ABSTRACT if owned and value is None else 0
        signature = self.signature(node, None, name)
        if value is not None:
            shown = self.normal(node.start_byte, value.start_byte).rstrip("= ")
            signature = Signature(shown, returns="", modifiers=signature.modifiers)
        symbol = self._symbol(kind, node, name, flags=flags, signature=signature, bound=not owned)
        self.facts.slot(symbol, type=self.field(node, "type"))
        if value is not None:
            scope = self.facts.scope(ScopeKind.BLOCK, self.scope, symbol, value.start_byte, value.end_byte)
            with self.inside(scope, symbol):
                self.facts.slot(symbol, value=self.visit(value))
        return -1

    def item_constant(self, node: Node, parts: Parts) -> int:
        """`const C: T = value;`."""
        del parts
        return self._value(SymbolKind.CONSTANT, node, SymbolFlag.CONST)

    def item_static(self, node: Node, parts: Parts) -> int:
        """`static S: T = value;`."""
        del parts
        return self._value(SymbolKind.VARIABLE, node)

    def item_alias(self, node: Node, parts: Parts) -> int:
        """`type A = T;`, free or associated."""
        del parts
        name = node.child_by_field_name("name")
        owned = self.facts.columns["symbols"]["kind"][self.symbol] in _OWNERS
        abstract = node.child_by_field_name("type") is None
        flags = SymbolFlag.ABSTRACT if owned and abstract else 0
        symbol = self._symbol(SymbolKind.TYPE_ALIAS, node, name, flags=flags, bound=not owned)
        with self.inside(self._open(ScopeKind.CLASS, node, symbol), symbol):
            self._bounds_of(node, symbol)
            self.facts.slot(symbol, type=self.field(node, "type"))
        return -1

    def item_macro(self, node: Node, parts: Parts) -> int:
        """`macro_rules! m { .. }`: the rules are not looked into."""
        del parts
        if self.facts.units is not None:  # the document's invocations of it are expanded
            self.facts.units.leak()
        name = node.child_by_field_name("name")
        shown = self.identifier(name) if name is not None else ""
        # Who wraps a definition in a macro does so to put attributes before it, #[macro_export] among them.
        flags = SymbolFlag.EXPORTED_MACRO if self.condition else 0
        symbol = self._symbol(SymbolKind.MACRO, node, name, flags=flags, signature=Signature(f"macro_rules! {shown}"))
        self._handed_over(symbol, node)
        self._of_statics(symbol, node)
        self._of_blocks(symbol, node)
        self.facts.exposes(symbol, b"")
        return -1

    @abstractmethod
    def blocks_made(self, node: Node) -> set[str]:
        """See Expanded."""

    def _of_blocks(self, symbol: int, node: Node) -> None:
        """What a macro that makes impl blocks makes them of: its bases. Others see all its text then."""
        made = sorted(self.blocks_made(node))
        if not made:
            return
        end = node.end_byte - 1
        named = [MAKING, *(f"{MAKING} {name}" for name in made)]
        nodes = [self.facts.named(Op.NAME, -1, end, end, name, Role.BASE, self.scope) for name in named]
        self.facts.slot(symbol, bases=self.facts.items(nodes))
        self.facts.exposes(symbol, self.text[node.start_byte : node.end_byte])

    def _handed_over(self, symbol: int, node: Node) -> None:
        """`match $e { Some(value) => value, .. }` in a macro's text: the part of its argument that the macro gives, or
        of what another macro makes of its argument.
        """
        found = _HANDED_OVER.search(self.text, node.start_byte, node.end_byte)
        if found is None:
            return
        inner = self._path_at(*found.span(1), Role.MACRO) if found.group(1) else -1
        given = self.facts.node(Op.MACRO, inner, -1) if inner >= 0 else -1
        part = self.facts.node(Op.VARIANT_FIELD, self._path_at(*found.span(2), Role.READ), 0)
        self.facts.slot(symbol, value=self.facts.node(Op.SELECTED, given, part))

    def _of_statics(self, symbol: int, node: Node) -> None:
        """What becomes of a static in the macro's arguments: the type in `static $name: Key<$t>` is its type's slot,
        the macros that it hands the static on to are its decorators.
        """
        shape = _STATIC.search(self.text, node.start_byte, node.end_byte)
        if shape is not None:
            self.facts.slot(symbol, type=self._path_at(*shape.span(1), Role.TYPE))
        text, start, end = self.text, node.start_byte, node.end_byte
        handed = {found.group(1): found.span(1) for found in _HANDED_ON.finditer(text, start, end)}
        if handed:
            named = [self._path_at(*span, Role.MACRO) for span in handed.values()]
            self.facts.slot(symbol, decorators=self.facts.items(named))

    def _path_at(self, start: int, end: int, role: int) -> int:
        """A path in a macro's text; its last segment has the role."""
        path = -1
        for segment in _SEGMENT.finditer(self.text, start, end):
            word = segment.group().decode()
            own = role if segment.end() == end else Role.TYPE
            op = Op.PATH if path >= 0 else Op.NAME
            path = self.facts.named(op, path, segment.start(), segment.end(), word, own, self.scope)
        return path

    def item_foreign(self, node: Node, parts: Parts) -> int:
        """`extern "C" { .. }`: its items belong to the enclosing module."""
        del parts
        self.attributes()
        body = node.child_by_field_name("body")
        return self.sequence(body) if body is not None else -1

    def item_generics(self, node: Node, parts: Parts) -> int:
        """`<'a, T: Bound = Default, const N: usize>`: the LIST of type and const parameters."""
        del parts
        return self.facts.items([value for child in self.children_of(node) if (value := self.visit(child)) >= 0])

    def _type_parameter(self, node: Node) -> tuple[int, int]:
        """The symbol and a node that names it."""
        name = node.child_by_field_name("name")
        signature = Signature(self.normal(node.start_byte, node.end_byte))
        self.attributes()
        symbol = self._symbol(SymbolKind.TYPE_PARAMETER, node, name, signature=signature)
        at = self.facts.columns["symbols"]["occurrence"][symbol]
        naming = self.facts.node(Op.NAME, at) if at >= 0 else -1
        return symbol, naming

    def generic_type(self, node: Node, parts: Parts) -> int:
        """`T: Bound = Default`."""
        del parts
        symbol, naming = self._type_parameter(node)
        bounds = node.child_by_field_name("bounds")
        if bounds is not None:
            self.facts.slot(symbol, bases=self.visit(bounds))
        self.facts.slot(symbol, type=self.field(node, "default_type"))
        return naming

    def generic_const(self, node: Node, parts: Parts) -> int:
        """`const N: usize = 3`."""
        del parts
        symbol, naming = self._type_parameter(node)
        self.facts.add_flags(symbol, SymbolFlag.CONST)
        self.facts.slot(symbol, type=self.field(node, "type"))
        self.field(node, "value")
        return naming

    def generic_lifetime(self, node: Node, parts: Parts) -> int:
        """`'a: 'b`."""
        del parts
        name, bounds = node.child_by_field_name("name"), node.child_by_field_name("bounds")
        if name is not None:
            self.bind_label(name)
        if bounds is not None:
            self.visit(bounds)
        return -1

    def generic_where(self, node: Node, parts: Parts) -> int:
        """The LIST of predicates."""
        del parts
        return self.facts.items([value for child in self.children_of(node) if (value := self.visit(child)) >= 0])

    def generic_predicate(self, node: Node, parts: Parts) -> int:
        """`T: Bound` as CAST(type, LIST of bounds)."""
        del parts
        left = node.child_by_field_name("left")
        if left is not None and self.label_of(left) == "type.ranked":
            with self.ranked(left, node):  # what it binds is seen in the bounds, too
                subject = self.field(left, "type")
                return self.facts.node(Op.CAST, subject, self.field(node, "bounds"))
        subject = self.visit(left) if left is not None else -1
        return self.facts.node(Op.CAST, subject, self.field(node, "bounds"))
