"""Extracted: what is known of a text whose edits are followed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Tree

from isg_analysis.model.facts import Facts
from isg_analysis.model.units import Units


@dataclass(slots=True)
class Extracted:
    """A text with its tree, its facts, and what it takes to go on from them."""

    text: bytes
    tree: Tree
    facts: Facts
    units: Units
    errors: Sequence[tuple[int, str]]
    strings: dict[str, int]
    names: int
    """How many names there were when the whole text was last extracted."""
