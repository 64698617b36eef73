"""Second index: `isg index` again, with nothing changed."""

from __future__ import annotations

from bench.running import isg, median_of, run
from bench.setting import Row, Setting


def measure(setting: Setting) -> list[Row]:
    """Needs a complete index."""
    command = isg("index", str(setting.corpus.root), "--jobs", str(setting.jobs), cache=setting.cache)
    seconds = median_of(setting.runs, lambda: run(command).seconds)
    return [Row("second index, nothing changed", f"{seconds:.2f} s", setting.ratio(seconds, "parse"))]
