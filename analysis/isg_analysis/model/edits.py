"""Replacement: a change to a document's text; Move: several of them by which an import happens at another time."""

from __future__ import annotations

from dataclasses import dataclass

from isg_analysis.model.imports import Strength


@dataclass(frozen=True, slots=True)
class Replacement:
    """Bytes `start` to `end` of a text become `text`. Those of one change touch each other nowhere."""

    start: int
    end: int
    text: bytes


@dataclass(frozen=True, slots=True)
class Move:
    """`strength`: of the import afterwards. `names`: what its module no longer holds once it has run. `homes`: how many
    functions it goes into; 0 where it goes into none.
    """

    strength: Strength
    names: tuple[str, ...]
    homes: int
    edits: tuple[Replacement, ...]


def changed(text: bytes, edits: tuple[Replacement, ...]) -> bytes:
    """The text after a change."""
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text
