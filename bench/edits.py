"""Edits over stdio: from `didChange` to an answer that reflects it, in sampled documents and in the largest one.

Each edit adds something that the next answer must show: a function on the first line to the outline, a use on the last
line to the references of a function that was added before. An answer that does not show it is stale, and counted.

Who opens a document looks at it before typing, so a second passes in between, and the edits follow each other without
any rest. What the first edit costs at once after opening is measured apart.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.client import Client
from bench.running import BenchError
from bench.servers import Script, Server, compared, shown
from bench.setting import Row, Setting

_DOCUMENTS, _EDITS = 20, 10
_LINES = 5_000
"""Documents up to this size are sampled."""
_SECONDS = 40.0
"""After so long, a run ends: what it has shown is enough."""
_LOOKED = 1.0
"""Seconds between opening a document and typing in it."""
_NAME = "isg_bench_probe"
# Per language, on a line of its own at the top level: what defines a function, where its name stands, what uses it.
_SNIPPETS = {
    "python": ("def {}(): ...\n", 4, "{}()\n"),
    "rust": ("fn {}() {{}}\n", 3, "const _: fn() = {};\n"),
}


@dataclass(slots=True)
class _Seen:
    """Seconds of the round trips of one run; how many answers did not show the edit."""

    outline: list[float] = field(default_factory=list)
    references: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    stale: int = 0


def measure(setting: Setting) -> list[Row]:
    """Needs a complete index."""
    counted = sorted((path.read_bytes().count(b"\n"), language, path) for language, path in setting.corpus.files)
    known = [(lines, language, path) for lines, language, path in counted if language in _SNIPPETS and lines]
    if not known:
        raise BenchError("no document of this corpus is in a language that edits are written for")
    fitting = [document for document in known if document[0] <= _LINES]
    lines, *_ = known[-1]
    return [
        *_compared(setting, "", fitting[:: max(len(fitting) // _DOCUMENTS, 1)][:_DOCUMENTS], "p99 < 12 ms"),
        *_compared(setting, f" in the largest document, {lines:,} lines", known[-1:], "p99 <= 25 ms"),
    ]


def _compared(setting: Setting, where: str, documents: Sequence[tuple[int, str, Path]], must: str) -> list[Row]:
    titles = {
        "outline": f"didChange{where} to an outline that shows it, p50 / p99",
        "references": f"didChange{where} to references that show it, p50 / p99",
        "first": f"didOpen and didChange at once{where} to an outline that shows it, p50 / p99",
    }

    def once(server: Server) -> _Seen:
        return _run(server, setting.corpus.root, documents)

    def values(runs: Sequence[_Seen]) -> Mapping[str, str]:
        stale = sum(run.stale for run in runs)
        note = f", {stale} stale" if stale else ""
        return {title: shown([getattr(run, name) for run in runs], 0.5, 0.99) + note for name, title in titles.items()}

    return compared(setting, Script(once, values), {titles["outline"]: must, titles["references"]: must})


def _run(server: Server, root: Path, documents: Sequence[tuple[int, str, Path]]) -> _Seen:
    seen = _Seen()
    end = time.perf_counter() + _SECONDS
    with server.client(root) as client:
        client.initialize(server.options)
        for looks in (0.0, _LOOKED):
            for _, language, path in documents:
                if time.perf_counter() < end:
                    edited = _Edited(client, path.relative_to(root).as_posix(), language, looks)
                    edited.measure(seen, end) if looks else edited.measure_first(seen)
                    edited.close()
    return seen


class _Edited:
    """One open document that is typed in."""

    def __init__(self, client: Client, path: str, language: str, looks: float) -> None:
        """`looks`: how long it is open before something is typed."""
        self._client, self._path = client, path
        self._definition, self._column, self._use = _SNIPPETS[language]
        text = (client.root / path).read_text("utf-8", "replace")
        self._last = text.count("\n") + 1
        self._version = 1
        self._opened = time.perf_counter()
        self._document = {"uri": client.open(path, language)}
        self._look(looks)
        self._insert(self._last - 1, len(text) - text.rfind("\n") - 1, "\n")

    def _look(self, seconds: float) -> None:
        """Type nothing, and answer what the server asks: its settings, before anything else."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self._client.listen(left)

    def measure(self, seen: _Seen, end: float) -> None:
        """All edits of this document, unless the time is over."""
        for number in range(_EDITS):
            if time.perf_counter() > end:
                break
            began = time.perf_counter()
            self._define(number, seen)
            seen.outline.append(time.perf_counter() - began)
        self._measure_references(seen, end)

    def measure_first(self, seen: _Seen) -> None:
        """One edit; the time counts from opening."""
        self._define(0, seen)
        seen.first.append(time.perf_counter() - self._opened)

    def close(self) -> None:
        """What was typed is thrown away."""
        self._client.notify("textDocument/didClose", {"textDocument": self._document})

    def _define(self, number: int, seen: _Seen) -> None:
        self._insert(0, 0, self._definition.format(f"{_NAME}_{number}"))
        self._last += 1
        outline = self._client.request("textDocument/documentSymbol", {"textDocument": self._document})
        seen.stale += f"{_NAME}_{number}" not in {symbol["name"] for symbol in outline or ()}

    def _measure_references(self, seen: _Seen, end: float) -> None:
        for number in range(_EDITS):
            if time.perf_counter() > end:
                break
            began = time.perf_counter()
            self._insert(self._last, 0, self._use.format(f"{_NAME}_0"))
            self._last += 1
            # The definition that was added first is the last of those on top.
            found = self._client.ask("textDocument/references", self._path, _EDITS - 1, self._column)
            seen.references.append(time.perf_counter() - began)
            seen.stale += len(found or ()) != number + 1

    def _insert(self, line: int, character: int, text: str) -> None:
        self._version += 1
        place = {"line": line, "character": character}
        change: dict[str, Any] = {"range": {"start": place, "end": place}, "text": text}
        document = {**self._document, "version": self._version}
        self._client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
