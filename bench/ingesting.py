"""Ingesting: from a code dump of some of the corpus to its index, all linked, as `isg ingest` does it."""

from __future__ import annotations

import shutil
import statistics
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.running import isg, run
from bench.setting import Row, Setting

_BYTES = 2_100_000
_RULE = "=" * 48


def measure(setting: Setting) -> list[Row]:
    """Of the first files of the corpus in alphabetical order, as many as have room."""
    with TemporaryDirectory(prefix="isg-bench-dump-") as scratch:
        dump, cache = Path(scratch) / "dump.txt", Path(scratch) / "cache"
        size, count = _written(setting, dump)
        seconds = []
        for _ in range(setting.runs):
            shutil.rmtree(cache, ignore_errors=True)
            seconds.append(run(isg("ingest", str(dump), "--jobs", str(setting.jobs), cache=cache)).seconds)
    what = f"isg ingest, a dump of {count} files, {size / 1e6:.1f} MB"
    return [Row(what, f"{statistics.median(seconds):.2f} s", "", "2.1 MB of Rust < 5 s, aim 1.5 s")]


def _written(setting: Setting, dump: Path) -> tuple[int, int]:
    """Bytes and files of a dump as gitingest writes them."""
    size, parts = 0, []
    for _, path in sorted(setting.corpus.files, key=lambda file: file[1]):
        text = path.read_text("utf-8", "replace")
        if size + len(text.encode()) > _BYTES:
            break
        size += len(text.encode())
        name = path.relative_to(setting.corpus.root).as_posix()
        parts.append(f"{_RULE}\nFILE: {name}\n{_RULE}\n{text}\n\n")
    dump.write_text("".join(parts), "utf-8")
    return size, len(parts)
