"""The table, as text."""

from __future__ import annotations

import platform
from collections.abc import Sequence

import tree_sitter

from bench.setting import Row, Setting

_HEADS = ("what", "measured", "ratio", "must")


def heading(setting: Setting) -> str:
    """What was measured on what."""
    corpus = setting.corpus
    where = f"{platform.system()} {platform.machine()}, CPython {platform.python_version()}"
    how = f"{setting.jobs} processes, medians of {setting.runs} runs, tree-sitter {tree_sitter.__version__}"
    return f"{corpus.name}: {len(corpus.files):,} documents, {corpus.lines:,} lines\n{where}; {how}"


def table(rows: Sequence[Row], peers: Sequence[str] = ()) -> str:
    """Aligned columns; one more for each peer, with its title."""
    heads = (*_HEADS, *peers)
    cells = [heads, *((row.what, row.value, row.ratio, row.must, *row.peers) for row in rows)]
    cells = [row + ("",) * (len(heads) - len(row)) for row in cells]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)
