"""Linking, as it runs in pool workers: document numbers in, packed links out.

A worker opens the workspace's environment and reads what it needs from it; the map is the shared
memory between processes. What a resolver has learned is kept between batches of one run.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from isg_analysis.model.facts import FactsError
from isg_analysis.resolve.link import link, unlinkable
from isg_analysis.workspace.overlay import Overlay
from isg_analysis.workspace.snapshot import Snapshot
from isg_analysis.workspace.staleness import Staleness
from isg_analysis.workspace.store import epoch
from isg_storage import Environment, StorageError

_FACTS_BYTES = 48_000_000
"""Linking looks at documents in the order of their paths, and at the same base modules again and again."""


@dataclass(frozen=True, slots=True)
class Linked:
    """The links of one document as of an epoch of what is stored (see `store.epoch`).

    `error` says what went wrong, and the links are empty then. `extracted`: facts to store, by content key, of what
    language packs describe; they were made on the way.
    """

    document: int
    packed: bytes
    epoch: int
    error: str = ""
    extracted: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(slots=True)
class _Run:
    """What a process keeps between the batches of one linking run."""

    stamp: str = ""
    environment: Environment | None = None
    snapshot: Snapshot | None = None


_run = _Run()


def link_documents(location: str, fingerprint: bytes, stamp: str, documents: list[int]) -> list[Linked]:
    """Link a batch. `stamp` differs whenever facts or layouts may have changed since the last batch."""
    if _run.stamp != stamp:
        end_run()
        _run.environment = Environment.open(Path(location), fingerprint, read_only=True)
        _run.stamp = stamp
    assert _run.environment is not None
    reader = _run.environment.read()
    snapshot = (
        _run.snapshot.reopen(reader)
        if _run.snapshot
        else Snapshot(reader, Overlay(), Staleness({}), _kept, facts_bytes=_FACTS_BYTES, steady=True)
    )
    with snapshot, _without_collecting():
        return [_link(snapshot, document, epoch(reader)) for document in documents]


def _kept(snapshot: Snapshot) -> None:
    """What resolvers learned serves the next batch."""
    _run.snapshot = snapshot


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Linking makes many lasting objects and hardly a cycle of them: looking for some meanwhile takes a tenth of it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def end_run() -> None:
    """Let go of what the last run left in this process."""
    if _run.snapshot is not None:
        _run.snapshot.let_go()
    if _run.environment is not None:
        _run.environment.close()
    _run.stamp, _run.environment, _run.snapshot = "", None, None


def _link(snapshot: Snapshot, document: int, epoch: int) -> Linked:
    snapshot.shrink()
    try:
        packed = link(snapshot, snapshot.resolver(document), document, snapshot.key_of)
        extracted, snapshot.extracted = tuple(snapshot.extracted.items()), {}
        return Linked(document, packed, epoch, extracted=extracted)
    except (StorageError, FactsError):
        raise
    except Exception as problem:  # a defect of a resolver costs one document's links, and is reported
        return Linked(document, unlinkable(), epoch, f"{type(problem).__name__}: {problem}")
