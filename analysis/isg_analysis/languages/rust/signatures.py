"""Signatures: an item's interface as text, normalised, and its parts. Reads text, resolves nothing."""

from __future__ import annotations

import re

from tree_sitter import Node

from isg_analysis.languages.rust.attributes import Commented
from isg_analysis.model.signature import Parameter, Predicate, Signature, TypeParameter

_COMMENT = re.compile(rb"//[^\n]*|/\*.*?\*/", re.DOTALL)
_OPEN = re.compile(r"([(\[<]) ")
_CLOSE = re.compile(r",? ([)\]>])(?![=>])")
_MODIFIER = re.compile(r"pub(?:\s*\([^)]*\))?|default|async|unsafe|const|extern(?:\s*\"[^\"]*\")?|mut")
_GENERIC_KINDS = {"generic.const": "const", "generic.lifetime": "lifetime"}


class Signatures(Commented):
    """Makes `model.signature.Signature` values from the fields of an item's node."""

    def normal(self, start: int, end: int) -> str:
        """A stretch of the text on one line, without comments."""
        raw = self.text[start:end]
        if b"/" in raw and (b"//" in raw or b"/*" in raw):
            raw = _COMMENT.sub(b" ", raw)
        text = " ".join(raw.decode().split())
        if b"\n" in raw:
            text = _CLOSE.sub(r"\1", _OPEN.sub(r"\1", text))
        return text

    def shown(self, node: Node | None) -> str:
        """A node's text on one line; "" without a node."""
        return self.normal(node.start_byte, node.end_byte) if node is not None else ""

    def signature(self, node: Node, body: Node | None, name: Node | None = None) -> Signature:
        """The signature of an item: everything up to its body."""
        end = body.start_byte if body is not None else node.end_byte
        text = self.normal(node.start_byte, end).rstrip(";, ")
        field = node.child_by_field_name
        parameters, generics, where = field("parameters"), field("type_parameters"), None
        for child in node.named_children:
            if self.label_of(child) == "generic.where":
                where = child
        bounds = field("bounds")
        return Signature(
            text,
            parameters=self._parameters(parameters) if parameters is not None else (),
            returns=self.shown(field("return_type")),
            generics=self._generics(generics) if generics is not None else (),
            where=self._predicates(where) if where is not None else (),
            modifiers=self._modifiers(node, name),
            bases=tuple(self.shown(child) for child in self.children_of(bounds)) if bounds is not None else (),
        )

    def _modifiers(self, node: Node, name: Node | None) -> tuple[str, ...]:
        if name is None or name.start_byte - node.start_byte < 5:
            return ()
        head = self.normal(node.start_byte, name.start_byte)
        return tuple(" ".join(found.split()) for found in _MODIFIER.findall(head)) if " " in head else ()

    def _parameters(self, node: Node) -> tuple[Parameter, ...]:
        out = []
        for child in self.children_of(node):
            label = self.label_of(child)
            if label == "parameter.self":
                out.append(Parameter("self", self.shown(child), kind="self"))
            elif label == "parameter.plain":
                pattern, written = child.child_by_field_name("pattern"), child.child_by_field_name("type")
                name = self.shown(pattern) or "_"
                out.append(Parameter(name, self.shown(written), kind="self" if name == "self" else ""))
            else:
                out.append(Parameter("", self.shown(child), kind="*"))
        return tuple(out)

    def _generics(self, node: Node) -> tuple[TypeParameter, ...]:
        out = []
        for child in self.children_of(node):
            name = child.child_by_field_name("name")
            kind = _GENERIC_KINDS.get(self.label_of(child), "type")
            default = child.child_by_field_name("value" if kind == "const" else "default_type")
            if kind == "const":
                bounds: tuple[str, ...] = (self.shown(child.child_by_field_name("type")),)
            else:
                found = child.child_by_field_name("bounds")
                bounds = tuple(self.shown(bound) for bound in self.children_of(found)) if found is not None else ()
            out.append(TypeParameter(self.shown(name), bounds, self.shown(default), kind))
        return tuple(out)

    def _predicates(self, node: Node) -> tuple[Predicate, ...]:
        out = []
        for child in self.children_of(node):
            bounds = child.child_by_field_name("bounds")
            if bounds is not None:
                subject = self.shown(child.child_by_field_name("left"))
                out.append(Predicate(subject, tuple(self.shown(bound) for bound in self.children_of(bounds))))
        return tuple(out)
