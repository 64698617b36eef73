"""Opening the workspace a command is about, and bringing its index up to date."""

from __future__ import annotations

import argparse
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from isg_server.cli.progress import shown_progress
from isg_server.cli.roots import given_root, root_around
from isg_server.cli.terminal import Interrupted, say

if TYPE_CHECKING:
    from isg_analysis import IndexReport, Workspace
    from isg_server.settings import Settings


def add_path(parser: argparse.ArgumentParser, *, option: bool = False) -> None:
    """PATH as an argument, or as `--path` where another argument comes first."""
    help_text = "the workspace (default: the nearest directory upwards that has an index or is a repository)"
    if option:
        parser.add_argument("--path", metavar="PATH", help=help_text)
    else:
        parser.add_argument("path", nargs="?", metavar="PATH", help=help_text)


def cache_of(arguments: argparse.Namespace) -> Path | None:
    """The directory of indexes that was asked for, or None for the default one. One that was made by `isg ingest
    --output` holds its own.
    """
    return Path(arguments.path) if _ingested(arguments) is not None else _chosen_cache(arguments)


def root_of(arguments: argparse.Namespace) -> Path:
    """The root that the arguments mean. Raises Refusal."""
    if arguments.path is not None:
        return given_root(_ingested(arguments) or arguments.path)
    return root_around(Path.cwd(), lambda directory: has_index(directory, arguments))


def _chosen_cache(arguments: argparse.Namespace) -> Path | None:
    return Path(arguments.cache_dir).expanduser() if arguments.cache_dir else None


def _ingested(arguments: argparse.Namespace) -> str | None:
    """The dump whose index PATH holds, if it is a directory for one."""
    path = getattr(arguments, "path", None)
    if path is None or not Path(path).is_dir():
        return None
    from isg_analysis.workspace.ingested import remembered

    found = remembered(Path(path), _chosen_cache(arguments))
    return str(found) if found is not None else None


def has_index(root: Path, arguments: argparse.Namespace) -> bool:
    """Whether anything is kept for a root."""
    from isg_analysis import Workspace

    location = Workspace.location(root, cache_of(arguments))
    return location.is_dir() and any(location.iterdir())


@contextmanager
def opened(arguments: argparse.Namespace) -> Iterator[Workspace]:
    """The workspace, with what it has to say about its index on standard error."""
    from isg_analysis import Workspace
    from isg_server.opening import index_settings

    root = root_of(arguments)
    with Workspace.open(root, cache=cache_of(arguments), settings=index_settings(_settings(root))) as workspace:
        for message in workspace.messages:
            say(message)
        told = len(workspace.messages)
        try:
            yield workspace
        finally:  # a disk may become full, and damage be found, at any time
            for message in workspace.messages[told:]:
                say(message)


def _settings(root: Path) -> Settings:
    """The settings of the project and the environment, as the server has them: both keep one index."""
    from isg_server.settings import environment_settings, merge, project_settings

    written, problems = project_settings(root)
    environment, unread = environment_settings(os.environ)
    settings, messages = merge(written, environment)
    for message in (*problems, *unread, *messages):
        say(message)
    return settings


def brought_up_to_date(workspace: Workspace, *, jobs: int | None = None, patience: float = 0.0) -> IndexReport:
    """Index what is new or changed; progress is shown once it takes longer than `patience` seconds.

    Raises Interrupted after Ctrl-C, with what was stored until then kept.
    """
    with stop_on_interrupt() as stopped, shown_progress(patience) as progress:
        report = workspace.index(jobs=jobs, progress=progress, cancelled=stopped.is_set)
    if report.cancelled:
        raise Interrupted
    return report


@contextmanager
def stop_on_interrupt() -> Iterator[threading.Event]:
    """Ctrl-C sets the event instead of raising; a second Ctrl-C raises KeyboardInterrupt, for the impatient."""
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        if stopped.is_set():
            raise KeyboardInterrupt
        stopped.set()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)
