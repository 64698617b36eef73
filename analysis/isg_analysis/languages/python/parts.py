"""The parts of a definition's syntax node, told apart by order and label."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tree_sitter import Node


class DefinitionParts(NamedTuple):
    """Of a class or function. `listed`: its bases or parameters."""

    name: Node
    generics: Node | None = None
    listed: Node | None = None
    returns: Node | None = None
    body: Node | None = None


_SLOTS = {
    "type.arguments": "generics",
    "expr.arguments": "listed",
    "definition.parameters": "listed",
    "type.any": "returns",
    "stmt.block": "body",
}


def definition_parts(children: list[Node], label_of: Callable[[Node], str]) -> DefinitionParts | None:
    """The parts among a definition's children; None where there is no name (broken code)."""
    found: dict[str, Node] = {}
    name: Node | None = None
    for child in children:
        label = label_of(child)
        if label == "expr.name" and name is None:
            name = child
        elif label in _SLOTS:
            found.setdefault(_SLOTS[label], child)
    return DefinitionParts(name, **found) if name is not None else None
