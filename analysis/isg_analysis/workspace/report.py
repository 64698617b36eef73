"""What indexing tells while it runs and when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec


@dataclass(frozen=True, slots=True)
class Progress:
    """`stage`: "discover", "extract" or "link", in this order; `done` of `total` documents. Neither goes back."""

    stage: str
    done: int
    total: int


class StageError(msgspec.Struct, frozen=True):
    """One thing that went wrong with one file. `stage`: "discover", "read", "parse", "extract" or "link"."""

    stage: str
    path: str
    message: str


@dataclass(slots=True)
class IndexReport:
    """`documents` is how many the workspace has; the other counts are what this run did. `seconds` by stage.

    `cancelled`: the run was stopped; what it had stored is kept and the next run goes on from there.
    """

    documents: int = 0
    extracted: int = 0
    linked: int = 0
    removed: int = 0
    errors: list[StageError] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    cancelled: bool = False


ProgressListener = Callable[[Progress], None]
"""Called in the indexing thread."""

Cancelled = Callable[[], bool]
"""Asked between batches."""


class LanguageStatus(msgspec.Struct, frozen=True):
    """What an index holds of one language. `symbols` and `relations` by kind."""

    documents: int
    symbols: dict[str, int]
    relations: dict[str, int]


class Status(msgspec.Struct, frozen=True):
    """What an index holds. `documents` by language, `symbols` and `relations` by kind; `languages` has the same for
    each language; `linked`: how many documents
    have their relations stored; `seconds`: the last run's, by stage; `versions` of what made it.
    """

    location: str
    documents: dict[str, int]
    symbols: dict[str, int]
    relations: dict[str, int]
    languages: dict[str, LanguageStatus]
    linked: int
    errors: list[StageError]
    size_bytes: int
    seconds: dict[str, float]
    versions: dict[str, str]
