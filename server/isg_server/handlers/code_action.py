"""textDocument/codeAction: what could be done about the findings that the client shows at a place.

A finding is known by what the client gives back of it: its code, its range, and the key of its cycle; of clients that
keep no data, by what was last told. Every edit is one of the text that the client has, with its version where the
client takes versions; where that is another text by now, nothing is offered. All of it is cheap enough to be there at
once: a parse of one document where an import could move, nothing where no finding of ours is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lsprotocol import types

from isg_analysis.model.edits import Move, Replacement
from isg_analysis.model.imports import Strength
from isg_analysis.model.text import Position
from isg_analysis.resolve.view import line_index
from isg_server.asking import Asking, Target
from isg_server.commands import ADD_TO_BASELINE

METHOD = types.TEXT_DOCUMENT_CODE_ACTION
CAPABILITY = "code_action"
ACROSS = False

_MOVED = "import-cycle"
"""The code whose findings go when their import is moved: others are about imports that have been."""


def answer(asking: Asking, params: types.CodeActionParams) -> list[types.CodeAction | types.Command]:
    """For each finding: what would mend it, then what would hide it."""
    shown = [one for one in params.context.diagnostics if one.source == "isg" and isinstance(one.code, str)]
    if not shown or not _wanted(params.context.only):
        return []
    uri = params.text_document.uri
    target, version = asking.latest(uri)
    out: list[types.CodeAction | types.Command] = []
    for diagnostic in shown:
        if target is not None and asking.features.literal_actions:
            out += _edits(asking, target, types.OptionalVersionedTextDocumentIdentifier(uri, version), diagnostic)
        out += _commands(asking, uri, diagnostic)
    return out


def _wanted(only: Sequence[types.CodeActionKind | str] | None) -> bool:
    """Whether quick fixes are among the kinds asked for; "" is all kinds."""
    return only is None or any(getattr(kind, "value", kind) in ("", "quickfix") for kind in only)


def _edits(
    asking: Asking,
    target: Target,
    document: types.OptionalVersionedTextDocumentIdentifier,
    diagnostic: types.Diagnostic,
) -> Iterator[types.CodeAction]:
    from isg_analysis.queries.remedies import ignoring, moves  # as the check does: not at the start of every server

    assert isinstance(diagnostic.code, str)
    start, end = (_offset(asking, target, at) for at in (diagnostic.range.start, diagnostic.range.end))
    if diagnostic.code == _MOVED:
        for move in moves(target.view, target.document, start, end):
            yield _action(asking, target, document, diagnostic, _title(move), move.edits)
    comment = ignoring(target.view, target.document, start, end, diagnostic.code)
    if comment is not None:
        yield _action(asking, target, document, diagnostic, "Ignore this finding here", [comment])


def _title(move: Move) -> str:
    if move.strength is Strength.TYPE_ONLY:
        return "Import under TYPE_CHECKING"
    if move.homes == 1:
        return "Move the import into the function that uses it"
    return f"Move the import into the {move.homes} functions that use it"


def _action(
    asking: Asking,
    target: Target,
    document: types.OptionalVersionedTextDocumentIdentifier,
    diagnostic: types.Diagnostic,
    title: str,
    edits: Sequence[Replacement],
) -> types.CodeAction:
    texts = [_text_edit(asking, target, edit) for edit in edits]
    if asking.features.versioned_edits:
        edit = types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, list(texts))])
    else:
        edit = types.WorkspaceEdit(changes={document.uri: texts})
    return types.CodeAction(title, types.CodeActionKind.QuickFix, [diagnostic], edit=edit)


def _text_edit(asking: Asking, target: Target, edit: Replacement) -> types.TextEdit:
    index = target.view.line_index(target.document)
    start, end = (index.position(at, asking.features.encoding) for at in (edit.start, edit.end))
    return types.TextEdit(
        types.Range(types.Position(start.line, start.column), types.Position(end.line, end.column)),
        edit.text.decode("utf-8", "replace"),
    )


def _offset(asking: Asking, target: Target, at: types.Position) -> int:
    facts = target.view.glance(target.document)
    return line_index(facts).offset(Position(at.line, at.character), asking.features.encoding, facts.symbols.end[0])


def _commands(asking: Asking, uri: str, diagnostic: types.Diagnostic) -> Iterator[types.CodeAction | types.Command]:
    """Adding to the baseline, where there is one: the file is ours, and the client need not have it open."""
    key = _key(diagnostic.data) or asking.key_of_finding(uri, diagnostic)
    if not key or not asking.has_baseline(uri):
        return
    command = types.Command("Add to the baseline", ADD_TO_BASELINE, arguments=[{"uri": uri, "key": key}])
    if asking.features.literal_actions:
        yield types.CodeAction(command.title, types.CodeActionKind.QuickFix, [diagnostic], command=command)
    else:
        yield command


def _key(data: Any) -> str:
    """What a diagnostic of ours has in its data; "" where a client gives back something else."""
    found = data.get("key") if isinstance(data, dict) else getattr(data, "key", None)
    return found if isinstance(found, str) else ""
