"""Marks: what this pack writes into second operands that have no meaning of their own. Light to import."""

from __future__ import annotations

LEADING = 1
"""On the NAME that a `use` tree starts with: before edition 2018 it is looked up from the crate's root."""
MUTABLE = 1
"""On the REF of `&mut T`, `&mut x`, `&mut self`."""
