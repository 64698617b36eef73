"""pytest's side: every `## ` heading of a specification is one test.

Each runs over texts held in memory, and once more over a stored workspace on disk, with edits made in the
overlay. `--update-specs` rewrites the `text expected:` fences with today's answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from harness.answers import ANSWERS, UnknownArgument
from harness.check import Check, Problem
from harness.markdown import Expected, Spec, SpecError, read
from harness.render import render
from isg_analysis.resolve.memory import MemoryProgram
from isg_analysis.resolve.view import View

Open = Callable[[Spec], AbstractContextManager[Callable[[int], View]]]
"""Gives, while open, the view of a specification's files after the edits up to a number."""


class SpecFailure(Exception):
    """A specification does not hold; the message says all."""


class SpecFile(pytest.File):
    """One Markdown file."""

    updates: dict[int, tuple[Expected, list[str]]]

    def collect(self) -> Iterable[pytest.Item]:
        """Two items per heading; one when updating."""
        self.updates = {}
        try:
            specs = read(self.path)
        except SpecError as problem:
            raise self.CollectError(f"{self.path}:{problem.line}: {problem.message}") from None
        for spec in specs:
            yield SpecItem.from_parent(self, name=spec.title, spec=spec, opener=in_memory)
            if not self.config.getoption("update_specs"):
                yield SpecItem.from_parent(self, name=f"{spec.title} [stored]", spec=spec, opener=in_store)

    def rewrite(self) -> None:
        """Put the collected answers into the file."""
        lines = self.path.read_text("utf-8").split("\n")
        for at in sorted(self.updates, reverse=True):
            expected, answer = self.updates[at]
            lines[at - 1 : at - 1 + len(expected.lines)] = answer
        self.path.write_text("\n".join(lines), "utf-8")
        self.updates.clear()


class SpecItem(pytest.Item):
    """One heading, run over one kind of view."""

    def __init__(self, *, spec: Spec, opener: Open, **rest: Any) -> None:
        super().__init__(**rest)
        self.spec = spec
        self.funcargs: dict[str, Any] = {}  # pytest-lsp's hook fails for an item that has none
        self._open = opener

    def runtest(self) -> None:
        """Check every state in turn; stop at the first that fails."""
        shown = self.path.relative_to(self.config.rootpath)
        with self._open(self.spec) as view_after:
            for edit in self.spec.edits():
                said = failures(self.spec, edit, view_after(edit), shown, self._update)
                if said:
                    state = f"after edit {edit}\n\n" if edit else ""
                    raise SpecFailure(f"{self.spec.title}\n\n{state}{said}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Our own failures read as they are; anything else is a traceback."""
        if isinstance(excinfo.value, SpecFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the heading stands."""
        return self.path, self.spec.line - 1, self.name

    def _update(self, expected: Expected, answer: list[str]) -> bool:
        """Note a new answer when asked to; whether it was."""
        if not self.config.getoption("update_specs"):
            return False
        parent = self.getparent(SpecFile)
        assert parent is not None
        parent.updates[expected.line] = (expected, answer)
        return True


def failures(
    spec: Spec, edit: int, view: View, path: Path, update: Callable[[Expected, list[str]], bool] = lambda *_: False
) -> str:
    """What does not hold in one state of a specification, as text; "" when all does."""
    try:
        problems = Check(spec, edit, view).problems()
        for expected in spec.expected:
            if expected.edit == edit:
                problems += _compare(expected, view, update)
    except SpecError as problem:
        problems = [Problem(problem.line, problem.message)]
    return render(problems, spec, edit, path)


def _compare(expected: Expected, view: View, update: Callable[[Expected, list[str]], bool]) -> list[Problem]:
    query = ANSWERS.get(expected.query)
    if query is None:
        raise SpecError(expected.line - 1, f"no query {expected.query!r}; known are {', '.join(sorted(ANSWERS))}")
    try:
        answer = list(query(view, expected.argument))
    except UnknownArgument as problem:
        raise SpecError(expected.line - 1, str(problem)) from None
    if tuple(answer) == expected.lines or update(expected, answer):
        return []
    changes = _difference(expected.lines, answer)
    return [Problem(expected.line - 1, f"expected {expected.query} {expected.argument}".strip(), tuple(changes))]


def _difference(expected: tuple[str, ...], answer: list[str]) -> Iterator[str]:
    from difflib import ndiff

    return (line for line in ndiff(expected, answer) if not line.startswith("?"))


@contextmanager
def in_memory(spec: Spec) -> Iterator[Callable[[int], View]]:
    """The files as texts, each state from nothing."""
    yield lambda edit: MemoryProgram({path: block.text for path, block in spec.files(edit).items()})


@contextmanager
def in_store(spec: Spec) -> Iterator[Callable[[int], View]]:
    """The files on disk in an indexed workspace; later states are unsaved texts on top of it."""
    from isg_analysis import Workspace

    with TemporaryDirectory() as name:
        root = Path(name) / "workspace"
        write_files(root, {path: block.text for path, block in spec.files(0).items()})
        with Workspace.open(root, cache=Path(name) / "cache") as workspace, ExitStack() as snapshots:
            workspace.index(jobs=1)

            def view_after(edit: int) -> View:
                for block in spec.blocks:
                    if block.edit == edit and edit:
                        workspace.open_document(block.path, block.text.encode())
                return snapshots.enter_context(workspace.snapshot())

            yield view_after


def write_files(root: Path, files: Mapping[str, str]) -> None:
    """Write {relative path: text} under a directory that need not exist."""
    root.mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
