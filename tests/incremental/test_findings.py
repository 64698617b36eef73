"""After every edit, saved or not, what a session has told of findings is what a look at the texts alone says.

Documents are put together of lines that make and break cycles of every kind, so that nearly every edit changes some.
A longer run by hand: `ISG_FINDINGS_EXAMPLES=500 pytest tests/incremental/test_findings.py`.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import cast
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lsprotocol import types

from isg_analysis import Workspace
from isg_analysis.languages.registry import language_of
from isg_analysis.model.text import Position, PositionEncoding
from isg_analysis.queries.check import check
from isg_analysis.resolve.memory import MemoryProgram
from isg_server import diagnosing
from isg_server.client import Client, ClientFeatures
from isg_server.diagnosing import Diagnoser
from isg_server.examining import kinds_of
from isg_server.roots import Root
from isg_server.settings import merge
from isg_server.tasks import Line
from workspace.small import write

_EXAMPLES = int(os.environ.get("ISG_FINDINGS_EXAMPLES", "8"))
_STEPS = 8
_CODES = (
    "importCycle", "deferredImportCycle", "typeOnlyImportCycle", "packageCycle", "devPackageCycle", "inheritanceCycle",
    "callCycle", "typeCycle",
)  # fmt: skip

PYTHON = {
    "p/__init__.py": ("from p.a import A\n", "import p.b\n", "p.b.b()\n", "p.b.B.d\n"),
    "p/a.py": (
        "from p.b import B\n",
        "import p.c\np.c.C\n",
        "from p.b import B  # isg: ignore[import-cycle]\n",
        "def a():\n    from p.b import b\n    b()\n",
        "class A(B):\n    d = 1\n",
    ),
    "p/b.py": (
        "from p import c\n",
        "from p.a import A\n",
        "import typing\nif typing.TYPE_CHECKING:\n    from p.a import A\n",
        "def b():\n    from p.a import a\n    a()\n",
        "class B(A): ...\n",
    ),
    "p/c.py": (
        "from p import *\n",
        "from p.a import (\n    A,\n)\n",
        "A = 1\n",
        "# more\n",
        "class C:\n    one: 'C'\n",
    ),
}
RUST = {
    "Cargo.toml": ('[workspace]\nmembers = ["one", "two"]\n',),
    "one/Cargo.toml": (
        '[package]\nname = "one"\n',
        '[dependencies]\ntwo = { path = "../two" }\n',
        '[dev-dependencies]\ntwo = { path = "../two" }\n',
    ),
    "two/Cargo.toml": ('[package]\nname = "two"\n', '[dependencies]\none = { path = "../one" }\n'),
    "one/src/lib.rs": ("pub mod a;\n", "pub mod b;\n", "pub use a::A;\n", "pub use two::Two;\n"),
    "one/src/a.rs": ("use crate::b::B;\n", "pub trait A: B {}\n", "pub fn a() { crate::b::b() }\n", "// more\n"),
    "one/src/b.rs": ("use crate::A;\n", "use crate::a::A;\n", "pub trait B: A {}\n", "pub fn b() { crate::a::a() }\n"),
    "two/src/lib.rs": ("pub struct Two;\n", "use one::A;\n"),
}
SOURCES = {"python": PYTHON, "rust": RUST}
STEP = st.tuples(
    st.integers(0, 40),
    st.lists(st.integers(0, 4), max_size=4, unique=True),
    st.sampled_from(["saved", "typed", "typed", "typed", "gone"]),
)


class _Told:
    """A client that takes what is pushed."""

    def __init__(self) -> None:
        self.features = ClientFeatures.of(types.ClientCapabilities())
        self.pushed: dict[str, list[types.Diagnostic]] = {}

    def publish(self, uri: str, items: list[types.Diagnostic]) -> None:
        self.pushed[uri] = items


class _Session:
    """A root, its diagnoser, and what has been pushed."""

    def __init__(self, folder: Path, cache: Path, codes: Sequence[str]) -> None:
        told, _ = merge({"diagnostics": dict.fromkeys(codes, "warning")})
        self.root = Root(folder, Workspace.open(folder, cache=cache), told)
        self.root.workspace.index(jobs=1)
        self._client = _Told()
        self._line = Line("questions")
        self._diagnoser = Diagnoser(cast(Client, self._client), self._line)

    async def found(self) -> dict[str, list[str]]:
        """All that the client has been told, by path, in words."""
        self._diagnoser.touch(self.root)
        await self._diagnoser.settled(self.root)
        prefix = f"{self.root.address}/"
        return {
            uri.removeprefix(prefix): sorted(self._worded(item, prefix) for item in items)
            for uri, items in self._client.pushed.items()
            if items
        }

    def _worded(self, item: types.Diagnostic, prefix: str) -> str:
        hops = [
            (
                hop.location.uri.removeprefix(prefix),
                _span(hop.location.range.start, hop.location.range.end),
                hop.message,
            )
            for hop in item.related_information or ()
        ]
        return f"{_span(item.range.start, item.range.end)} {item.code} {item.message} {hops}"

    def close(self) -> None:
        self._diagnoser.close()
        self._line.close()
        self.root.close()


async def _run(place: Path, language: str, codes: Sequence[str], script: Sequence[tuple[int, list[int], str]]) -> None:
    pool = SOURCES[language]
    disk = {path: "".join(lines) for path, lines in pool.items()}
    unsaved: dict[str, str] = {}
    write(place / "project", disk)
    session = _Session(place / "project", place / "cache", codes)
    workspace, kept = session.root.workspace, Path(session.root.path)
    try:
        for chosen, lines, how in script:
            path = sorted(pool)[chosen % len(pool)]
            text = "".join(pool[path][line % len(pool[path])] for line in lines)
            if how == "typed" and path in disk and language_of(path):
                unsaved[path] = text
                workspace.open_document(path, text.encode())
                session.root.uris[path] = session.root.uri(path)
            else:
                if unsaved.pop(path, None) is not None:
                    workspace.close_document(path)
                    del session.root.uris[path]
                if how == "gone":
                    disk.pop(path, None)
                    (kept / path).unlink(missing_ok=True)
                else:
                    disk[path] = text
                    write(kept, {path: text})
                workspace.refresh([path])
            assert await session.found() == _anew(disk | unsaved, unsaved, codes), how
    finally:
        session.close()


def _anew(texts: dict[str, str], opened: dict[str, str], codes: Sequence[str]) -> dict[str, list[str]]:
    """What a look at the texts alone says."""
    told, _ = merge({"diagnostics": dict.fromkeys(codes, "warning")})
    view = MemoryProgram(texts)
    near = [number for path in opened if (number := view.document(path)) is not None]
    out: dict[str, list[str]] = {}
    for finding in check(view, tuple(kinds_of(told)), near=near):
        hops = [(hop.path(view), _span(*hop.span(view, PositionEncoding.UTF16)), hop.message) for hop in finding.hops]
        place = _span(*finding.place.span(view, PositionEncoding.UTF16))
        words = f"{place} {finding.code} {finding.place.message} {hops}"
        out.setdefault(finding.place.path(view), []).append(words)
    return {path: sorted(found) for path, found in out.items()}


def _span(*places: types.Position | Position) -> tuple[int, ...]:
    return tuple(n for at in places for n in (at.line, at.column if isinstance(at, Position) else at.character))


@pytest.mark.filterwarnings("ignore:The recursion limit")
@settings(max_examples=_EXAMPLES, deadline=None, derandomize=True, database=None,
          phases=(Phase.explicit, Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck))  # fmt: skip
@given(script=st.lists(STEP, min_size=_STEPS, max_size=_STEPS))
@pytest.mark.parametrize("codes", [_CODES[:6], _CODES], ids=["usual", "all"])
@pytest.mark.parametrize("language", ["python", "rust"])
def test_findings_are_those_of_the_texts(
    language: str, codes: Sequence[str], script: list[tuple[int, list[int], str]]
) -> None:
    with tempfile.TemporaryDirectory() as place, patch.multiple(diagnosing, REST=0.0, PAUSE=0.0):
        asyncio.run(_run(Path(place), language, codes, script))
