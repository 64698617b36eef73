"""What a user waits for: from starting an editor on a folder, with its index complete, to the first implementations.

Neovim, headless, with the plugin as it is here; found as the tests find it ($ISG_NVIM, beside Python, on PATH). A whole
VS Code takes too long for a table: docs/benchmark.md says how to measure it.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from typing import Any

from bench.places import Place, definitions
from bench.running import BenchError, isg
from bench.setting import Row, Setting
from isg_analysis import Workspace, queries
from isg_analysis.resolve.view import View

_PLUGIN = Path(__file__).parent.parent / "editors" / "neovim"
_TRIED = 500
"""So many definitions are looked at for one that is implemented more than once."""
_SECONDS = 120.0


def measure(setting: Setting) -> list[Row]:
    """Needs a complete index and the server floor."""
    program = _neovim()
    if program is None:
        return [Row("Neovim: open a folder to first implementations", "no Neovim")]
    with Workspace.open(setting.corpus.root, cache=setting.cache) as workspace, workspace.snapshot() as snapshot:
        languages = sorted({language for language, _ in setting.corpus.files})
        place = _implemented(snapshot, [number for name in languages for number in snapshot.documents(name)])
    alone, asked = [], []
    for _ in range(setting.runs + 2):
        alone.append(_opened(program, setting, place, asks=False))
        asked.append(_opened(program, setting, place, asks=True))
    empty, full = statistics.median(alone), statistics.median(asked)
    return [
        Row("Neovim: start to a file shown, without a server", f"{empty:.2f} s"),
        Row(
            "Neovim: start to first implementations, index complete",
            f"{full:.2f} s",
            f"{setting.ratio(full - empty, 'server')} server, beside the above",
        ),
    ]


def _neovim() -> str | None:
    beside = shutil.which("nvim", path=str(Path(sys.executable).parent))
    return os.environ.get("ISG_NVIM") or beside or shutil.which("nvim")


def _implemented(view: View, documents: Sequence[int]) -> Place:
    for place in definitions(view, documents, _TRIED):
        refs = queries.at(view, place.document, place.offset)
        if len(queries.implementations(view, refs).hits) > 1:
            return place
    raise BenchError("nothing in this corpus is implemented more than once")


def _opened(program: str, setting: Setting, place: Place, *, asks: bool) -> float:
    """Seconds from spawning the editor until it says that it is there."""
    root = setting.corpus.root
    given: dict[str, Any] = {
        "plugin": str(_PLUGIN),
        "root": str(root),
        "command": isg("serve", "--stdio", cache=setting.cache),
        "file": str(root / place.path),
        "line": place.line if asks else None,
        "character": place.character,
    }
    init = Path(__file__).with_suffix(".lua")
    with TemporaryDirectory(prefix="isg-bench-home-") as home:
        places = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"), home)
        began = time.perf_counter()
        process = subprocess.Popen(
            [program, "--headless", "-u", str(init)],
            cwd=root,
            env={**os.environ, **places, "BENCH": json.dumps(given)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        patience = Timer(_SECONDS, process.kill)
        patience.start()
        with process:
            assert process.stdout is not None
            said = process.stdout.readline()
            seconds = time.perf_counter() - began
        patience.cancel()
    if not said.strip().isdigit():
        raise BenchError(f"{place.path}:{place.line + 1}: Neovim gave no implementations")
    return seconds
