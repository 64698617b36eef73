"""Marks: what this pack writes into second operands that have no meaning of their own. Light to import."""

from __future__ import annotations

LEADING = 1
"""On the NAME that a `use` tree starts with: before edition 2018 it is looked up from the crate's root."""
MUTABLE = 1
"""On the REF of `&mut T`, `&mut x`, `&mut self`."""
MAKING = "impl"
"""The first base of a macro that makes impl blocks has this name, which is no name of Rust's; those of the others start
with it and a blank: the names of traits and types, of macros with a `!`; `$` and `$!` for what an invocation says.
"""
