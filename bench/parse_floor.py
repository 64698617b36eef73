"""Parse floor: tree-sitter alone reads and parses the corpus's files, in as many processes as isg indexes with.

The processes are up and have their grammars loaded before the clock starts: a low floor, to be strict.
"""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context

from tree_sitter import Language, Parser

from bench.running import median_of
from bench.setting import Row, Setting

_parsers: dict[str, Parser] = {}


def measure(setting: Setting) -> list[Row]:
    """Puts `parse` into the floors."""
    files = sorted(
        ((path.stat().st_size, language, str(path)) for language, path in setting.corpus.files), reverse=True
    )
    shares = [[file[1:] for file in files[first :: setting.jobs]] for first in range(setting.jobs)]
    languages = sorted({language for _, language, _ in files})
    with ProcessPoolExecutor(setting.jobs, get_context("spawn")) as pool:
        list(pool.map(_load, [languages] * setting.jobs * 4))

        def once() -> float:
            began = time.perf_counter()
            list(pool.map(_parse, shares))
            return time.perf_counter() - began

        setting.floors["parse"] = median_of(setting.runs, once)
    return [Row("parse floor: tree-sitter alone", f"{setting.floors['parse']:.2f} s", "1.0 x")]


def _load(languages: list[str]) -> None:
    for name in languages:
        _parsers[name] = Parser(Language(import_module(f"tree_sitter_{name}").language()))
    time.sleep(0.05)  # so that every process gets its share of these


def _parse(share: list[tuple[str, str]]) -> None:
    for language, path in share:
        with open(path, "rb") as file:
            _parsers[language].parse(file.read())
