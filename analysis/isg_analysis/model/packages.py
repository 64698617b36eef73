"""PackageTie: one package of a workspace says in its manifest that it depends on another one of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file that is no document. `number` counts from 0."""

    path: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class PackageTie:
    """`source` and `target`: folders of packages. `development`: only its tests, examples and benches need it. `line`:
    where it is written; `start` and `end`: what names the dependency there, in bytes.
    """

    source: str
    target: str
    development: bool
    line: Line
    start: int
    end: int
