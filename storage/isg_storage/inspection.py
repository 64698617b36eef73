"""Inspection: what an index holds, and whether it is sound.

`tables` is for `isg status`. `verify` reads every row in a process of its own, because a damaged page can end the
process that touches it. Run it while `Environment.trusted` is false; then `condemn` the index, or `trust` it.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import lmdb

from isg_storage import generations
from isg_storage.errors import StorageError
from isg_storage.opened import Opened
from isg_storage.reader import Reader
from isg_storage.tables import Table


@dataclass(frozen=True, slots=True)
class TableUse:
    """How much one table holds: values (each duplicate counts) and the bytes of its pages."""

    table: Table
    values: int
    bytes: int


def tables(reader: Reader) -> list[TableUse]:
    """The use of every table, in their order."""
    return [TableUse(table, reader.count(table), reader.bytes_used(table)) for table in Table]


def versions() -> dict[str, str]:
    """The versions of LMDB and of its binding."""
    return {"lmdb": ".".join(map(str, lmdb.version())), "py-lmdb": lmdb.__version__}


def verify(directory: Path, *, by: str = "isg_storage.inspection", seconds: float = 120.0) -> str:
    """What is wrong with the index in `directory`, "" if every row can be read. Never raises for the index's sake.

    Takes a process and the time to read the file once; after `seconds` it is given up and taken for damaged.
    `by`: a module that does more; it is run with the directory, and calls `report` with what it found.
    """
    # -P: the current directory may be a workspace, and nothing in one may be imported.
    command = [sys.executable, "-P", "-m", by, str(directory)]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return f"reading it did not end within {seconds:g} s"
    if done.returncode == 0:
        return ""
    if done.returncode == _UNSOUND:
        return done.stdout.decode("utf-8", "replace").strip()
    return f"reading it ended the process ({done.returncode})"


_UNSOUND = 3


def _read_everything(directory: Path) -> str:
    newest = generations.newest(directory)
    if newest is None:
        return ""
    try:
        opened = Opened(newest[1], read_only=True, map_size=None)
        opened.distrust()
        with opened.read() as reader:
            for table in Table:
                count = sum(1 for _ in reader.items(table))
                if count != reader.count(table):
                    return f"{table.name} has {count} rows and says {reader.count(table)}"
    except StorageError as problem:
        return f"{type(problem).__name__}: {problem}"
    return ""


def report(found: str) -> NoReturn:
    """End a process that `verify` has started."""
    sys.stdout.write(found)
    sys.exit(_UNSOUND if found else 0)


if __name__ == "__main__":
    report(_read_everything(Path(sys.argv[1])))
