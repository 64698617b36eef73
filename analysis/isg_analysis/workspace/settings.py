"""Settings of the analysis layer: what is indexed and where it is kept. The server maps its own onto these."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """`include` and `exclude` are gitignore patterns; sizes in bytes; `jobs` None means one process per core.

    `cache`: the directory that holds all indexes; None for the user's cache directory.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_file_size: int = 2_000_000
    nested_repositories: bool = False
    jobs: int | None = None
    cache: Path | None = None
