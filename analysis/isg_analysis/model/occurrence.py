"""Roles an occurrence can have, and the confidence with which it is bound."""

from __future__ import annotations

from enum import IntEnum


class Role(IntEnum):
    """Why a name stands where it stands. Stored on disk: append, never renumber."""

    DEFINITION = 1
    READ = 2
    WRITE = 3
    CALL = 4
    TYPE = 5  # in a type position
    IMPORT = 6
    BASE = 7  # names a base class, supertrait, or the trait of an impl
    KEYWORD = 8  # keyword argument, or a field named in a literal or pattern
    MACRO = 9  # the name of an invoked macro
    DECORATOR = 10
    DERIVE = 11  # a trait named in #[derive(...)]
    TEXT = 12  # a name inside a string (`__all__`, getattr): never certain


class Confidence(IntEnum):
    """How sure a binding is. CERTAIN: what the language's rules say. POSSIBLE: one of several candidates."""

    UNRESOLVED = 0
    POSSIBLE = 1
    CERTAIN = 2
