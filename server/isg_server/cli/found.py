"""Found: what a question of `isg query` gives, before it is shown to a person or a program."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isg_analysis.queries import Answer


@dataclass(frozen=True, slots=True)
class Found:
    """An answer. `more`: what else a program is told about each hit; `whole`: about all of them. `details`: what a
    person is told of each hit, instead of its signature or line; `summary`: of all. `apart`: so many hits come before
    those that are tests.
    """

    answer: Answer
    more: tuple[dict[str, Any], ...] = ()
    whole: dict[str, Any] = field(default_factory=dict)
    details: tuple[str, ...] = ()
    summary: str = ""
    apart: int | None = None
