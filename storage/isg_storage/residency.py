"""Giving back the pages of the map that this process has looked at.

LMDB reads through a memory map, so every page that was ever touched counts as this process's memory
until the system wants it back. `release` says at once that they are not needed: they stay in the
system's cache, and the next look costs a page fault. Linux only; elsewhere it does nothing.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

_DONT_NEED = 4


def touched() -> int:
    """The bytes of files, the index's and others', that this process has mapped and looked at and not given back since;
    0 where the system does not tell. Costs microseconds.
    """
    try:
        handle = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return 0
    try:
        return int(os.read(handle, 200).split()[2]) * os.sysconf("SC_PAGE_SIZE")
    finally:
        os.close(handle)


def release(data_file: Path) -> int:
    """Unmap the touched pages of a file that this process has mapped; the number of mappings dealt with.

    Safe while readers are open: the file's bytes are still there, and are mapped again when looked at.
    """
    if not sys.platform.startswith("linux"):
        return 0
    suffix = f" {data_file}"
    regions = []
    with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as maps:
        for line in maps:
            # Shared mappings only: what was written to a private one would be lost.
            if line.rstrip("\n").endswith(suffix) and line.split(None, 2)[1].endswith("s"):
                start, end = line.split(None, 1)[0].split("-")
                regions.append((int(start, 16), int(end, 16)))
    madvise = _madvise()
    return sum(1 for start, end in regions if madvise(start, end - start, _DONT_NEED) == 0)


@cache
def _madvise() -> Any:
    import ctypes

    function = ctypes.CDLL(None, use_errno=True).madvise
    function.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    return function
