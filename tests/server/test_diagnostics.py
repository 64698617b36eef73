"""Findings as diagnostics: pushed or pulled, never both; there while typing, and gone from every file at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from server.conftest import Edit, Editor, write

A, B, C = "p/a.py", "p/b.py", "p/c.py"
TIED = {
    "p/__init__.py": "",
    A: "ü = 1; from p.b import one\n\n\nclass Shape: ...\n",
    B: "from p.a import Shape\n\none = Shape\n",
    C: "def late():\n    import p.a\n",
}


@pytest.fixture
def tied(workspace: Path) -> Path:
    """The workspace with a cycle of two modules in it."""
    return write(workspace, TIED)


def shown(items: list[types.Diagnostic]) -> list[str]:
    return [f"{item.range.start.line}:{item.range.start.character} {item.message.split('.')[0]}" for item in items]


def pushed(editor: Editor, path: str) -> list[types.Diagnostic]:
    return list(editor.client.diagnostics.get(editor.document(path).uri, ()))


async def until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.02)


async def pulled(editor: Editor, path: str, known: str | None = None) -> Any:
    params = types.DocumentDiagnosticParams(editor.document(path), previous_result_id=known)
    return await editor.client.text_document_diagnostic_async(params)


async def test_findings_are_pushed_for_files_that_nobody_opened(tied: Path, edit: Edit) -> None:
    async with edit() as editor:
        await until(lambda: bool(pushed(editor, A) and pushed(editor, B)))
        (found,) = pushed(editor, A)
        assert (found.source, found.code, found.severity) == ("isg", "import-cycle", types.DiagnosticSeverity.Warning)
        assert found.code_description is not None
        assert found.code_description.href.endswith("#import-cycle")
        assert found.range.start == types.Position(0, 7), "in UTF-16 units"
        (related,) = found.related_information or ()
        assert (related.message, related.location.uri) == ("p.b imports p.a", editor.document(B).uri)


async def test_a_cycle_that_is_broken_in_one_file_vanishes_from_the_other(tied: Path, edit: Edit) -> None:
    async with edit() as editor:
        await until(lambda: bool(pushed(editor, A) and pushed(editor, B)))
        editor.open(B)
        editor.replace(B, "from p.a import Shape", "from typing import Any as Shape")
        await until(lambda: not pushed(editor, A) and not pushed(editor, B))
        editor.replace(B, "from typing import Any as Shape", "from p.a import Shape")
        await until(lambda: bool(pushed(editor, A) and pushed(editor, B)))


async def test_closing_without_saving_brings_findings_back(tied: Path, edit: Edit) -> None:
    async with edit() as editor:
        editor.open(B)
        editor.replace(B, "from p.a import Shape", "Shape = int")
        await until(lambda: not pushed(editor, A))
        editor.close(B)
        await until(lambda: bool(pushed(editor, A)))


async def test_a_finding_moves_with_its_line(tied: Path, edit: Edit) -> None:
    async with edit() as editor:
        await until(lambda: bool(pushed(editor, B)))
        editor.open(B)
        editor.replace(B, "from p.a", "# more\n\nfrom p.a")
        await until(lambda: [item.range.start.line for item in pushed(editor, B)] == [2])
        await until(lambda: pushed(editor, A)[0].related_information[0].location.range.start.line == 2)


async def test_who_pulls_is_told_nothing_and_asks(tied: Path, edit: Edit) -> None:
    async with edit(pull=True) as editor:
        options = editor.capabilities.diagnostic_provider
        assert isinstance(options, types.DiagnosticOptions)
        assert options.inter_file_dependencies
        assert options.workspace_diagnostics
        report = await pulled(editor, A)
        assert shown(report.items) == ["0:7 Import cycle: p"]
        again = await pulled(editor, A, report.result_id)
        assert isinstance(again, types.RelatedUnchangedDocumentDiagnosticReport)
        editor.open(B)
        editor.replace(B, "from p.a import Shape", "Shape = int")
        assert not (await pulled(editor, A)).items, "a question sees the edit before it"
        assert not editor.client.diagnostics


async def test_who_pulls_but_cant_be_asked_to_pull_again_is_told(tied: Path, edit: Edit) -> None:
    """As Neovim 0.11: what it pulled before the index was there would be all that it ever showed."""
    async with edit(pull=True, refresh=False) as editor:
        assert editor.capabilities.diagnostic_provider is None
        await until(lambda: bool(pushed(editor, A) and pushed(editor, B)))
        editor.open(B)
        editor.replace(B, "from p.a import Shape", "Shape = int")
        await until(lambda: not pushed(editor, A))


async def test_a_question_about_the_workspace_waits_for_news(tied: Path, edit: Edit) -> None:
    async with edit(pull=True) as editor:
        first = await editor.client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams([]))
        known = [types.PreviousResultId(item.uri, item.result_id or "") for item in first.items]
        assert sorted(item.uri for item in first.items) == [editor.document(A).uri, editor.document(B).uri]
        waiting = asyncio.ensure_future(
            editor.client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams(known))
        )
        await asyncio.sleep(0.3)
        assert not waiting.done()
        editor.open(B)
        editor.replace(B, "from p.a import Shape", "Shape = int")
        items = (await waiting).items
        assert [list(getattr(item, "items", ["unchanged"])) for item in items] == [[], []]


@pytest.mark.parametrize(
    ("diagnostics", "severity"),
    [
        ({"importCycle": "off"}, None),
        ({"importCycle": "error"}, types.DiagnosticSeverity.Error),
        ({"baseline": "known.json"}, None),
    ],
)
async def test_settings_say_what_is_shown(
    tied: Path, edit: Edit, diagnostics: dict[str, str], severity: types.DiagnosticSeverity | None
) -> None:
    (tied / "known.json").write_text('{"version": 1, "findings": ["import-cycle: p.a -> p.b -> p.a"]}', "utf-8")
    async with edit(pull=True, options={"diagnostics": diagnostics}) as editor:
        items = (await pulled(editor, A)).items
        assert [item.severity for item in items] == ([] if severity is None else [severity])


async def test_what_is_switched_off_is_not_offered(tied: Path, edit: Edit) -> None:
    async with edit(pull=True, options={"capabilities": {"diagnostic": False}}) as editor:
        assert editor.capabilities.diagnostic_provider is None
