"""What a measurement gets: the corpus, the index, the floors measured before it; and what it gives: rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bench.corpus import Corpus


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `ratio`: to the floor, where there is one; `must`: the bar, in words; `peers`: what each
    peer gives, in their order.
    """

    what: str
    value: str
    ratio: str = ""
    must: str = ""
    peers: tuple[str, ...] = ()


@dataclass(slots=True)
class Setting:
    """One corpus in one run. `floors`: seconds (or bytes) by name, put there by the floor measurements."""

    corpus: Corpus
    cache: Path
    runs: int
    jobs: int
    peers: tuple[str, ...] = ()
    """Command lines of other language servers."""
    floors: dict[str, float] = field(default_factory=dict)

    def ratio(self, value: float, floor: str) -> str:
        """How many times the floor a value is."""
        return f"{value / self.floors[floor]:.1f} x"
