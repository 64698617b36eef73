"""Inspection: what an index holds, and whether it is sound.

`tables` is for `isg status`. `verify` reads every row in a process of its own, because a damaged page can end the
process that touches it. Run it while `Environment.trusted` is false; then `condemn` the index, or `trust` it.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import threading
from collections.abc import Callable
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

    Takes a process, which ends with this one, and the time to read the file once; after
    `seconds` of computing it is given up and the index taken for damaged. `by`: a module that does more; it is run with
    the directory, and calls `examine`.
    """
    # -P: the current directory may be a workspace, and nothing in one may be imported.
    command = [sys.executable, "-P", "-m", by, str(directory), str(math.ceil(seconds))]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            code = process.wait(_LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            return f"reading it did not end within {_LONGEST:g} s"
        said = process.stdout.read().strip()
    if code in (0, _UNSOUND):
        return said
    return f"reading it ended the process ({code})"


_UNSOUND = 3
_LONGEST = 1800.0
"""Seconds that it may take altogether: on a machine that has other things to do it may seldom compute."""
_MOST = 4_000
"""Characters of a report, which waits in a pipe."""


def examine(find: Callable[[Path], str]) -> NoReturn:
    """Be the process that `verify` has started: report what `find` says is wrong with the directory, and end."""
    directory, seconds = Path(sys.argv[1]), int(sys.argv[2])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    found = find(directory)
    sys.stdout.write(found[:_MOST])
    sys.exit(_UNSOUND if found else 0)


def _end_with_parent() -> None:
    """Nothing is ever written there; it is closed when whoever waits for the report has ended, in whatever way."""
    os.read(0, 1)
    os._exit(1)


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


if __name__ == "__main__":
    examine(_read_everything)
