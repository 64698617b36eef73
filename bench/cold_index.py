"""Cold index: `isg index` of a corpus that was never indexed; how large the index gets."""

from __future__ import annotations

import json
import shutil
import statistics

from bench.running import isg, run
from bench.setting import Row, Setting


def measure(setting: Setting) -> list[Row]:
    """Leaves a complete index in the setting's cache."""
    answerable: list[float] = []
    complete: list[float] = []
    for _ in range(setting.runs):
        shutil.rmtree(setting.cache, ignore_errors=True)
        command = isg("index", str(setting.corpus.root), "--jobs", str(setting.jobs), "--json", cache=setting.cache)
        ran = run(command)
        complete.append(ran.seconds)
        answerable.append(ran.seconds - json.loads(ran.stdout)["seconds"].get("link", 0.0))
    first, all_ = statistics.median(answerable), statistics.median(complete)
    size = sum(file.stat().st_blocks * 512 for file in setting.cache.rglob("*") if file.is_file())
    source = sum(path.stat().st_size for _, path in setting.corpus.files)
    return [
        Row("cold index: facts stored, answerable", f"{first:.2f} s", setting.ratio(first, "parse"), "<= 5 x parse"),
        Row("cold index: all linked", f"{all_:.2f} s", setting.ratio(all_, "parse")),
        Row("index on disk", f"{size / 1e6:.1f} MB", f"{size / source:.1f} x source"),
    ]
