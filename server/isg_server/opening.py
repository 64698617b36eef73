"""Opening a Workspace with the server's settings: the one place that maps them onto the analysis layer's."""

from __future__ import annotations

from pathlib import Path

from isg_analysis import Settings as IndexSettings
from isg_analysis import Workspace
from isg_server.settings import Settings


def open_workspace(folder: Path, settings: Settings) -> Workspace:
    """Opens the index of a folder; raises WorkspaceError with a message for the user."""
    return Workspace.open(folder, settings=index_settings(settings))


def index_settings(settings: Settings) -> IndexSettings:
    """What the analysis layer needs to know."""
    return IndexSettings(
        include=settings.include,
        exclude=settings.exclude,
        max_file_size=settings.max_file_size,
        nested_repositories=settings.nested_repositories,
        jobs=settings.jobs or None,
        cache=Path(settings.cache_directory).expanduser() if settings.cache_directory else None,
    )


def clean(folder: Path, settings: Settings) -> None:
    """Deletes the stored index of a folder, which must not be open."""
    Workspace.clean(folder, index_settings(settings).cache)
