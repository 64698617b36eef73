"""isg_analysis: what the documents of a workspace mean. This is its public face; `docs/library.md` shows it in use.

with Workspace.open(Path("project")) as workspace:
    workspace.index()
    with workspace.snapshot() as snapshot:
        found = queries.lookup(snapshot, "Matcher")
        answer = queries.implementations(snapshot, found.refs)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isg_analysis import queries
    from isg_analysis.errors import DocumentError, IsgError, WorkspaceError
    from isg_analysis.model.occurrence import Confidence, Role
    from isg_analysis.model.symbol import SymbolFlag, SymbolKind
    from isg_analysis.model.text import LineIndex, Position, PositionEncoding
    from isg_analysis.workspace.report import IndexReport, Progress, StageError, Status
    from isg_analysis.workspace.settings import Settings
    from isg_analysis.workspace.snapshot import Snapshot
    from isg_analysis.workspace.workspace import Workspace

__all__ = [
    "Confidence", "DocumentError", "IndexReport", "IsgError", "LineIndex", "Position", "PositionEncoding", "Progress",
    "Role", "Settings", "Snapshot", "StageError", "Status", "SymbolFlag", "SymbolKind", "Workspace", "WorkspaceError",
    "queries",
]  # fmt: skip

_HOMES = {
    "errors": ("DocumentError", "IsgError", "WorkspaceError"),
    "model.occurrence": ("Confidence", "Role"),
    "model.symbol": ("SymbolFlag", "SymbolKind"),
    "model.text": ("LineIndex", "Position", "PositionEncoding"),
    "workspace.report": ("IndexReport", "Progress", "StageError", "Status"),
    "workspace.settings": ("Settings",),
    "workspace.snapshot": ("Snapshot",),
    "workspace.workspace": ("Workspace",),
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Imports a name's module when it is first asked for: pool workers import parts of this package, and not all."""
    if name == "queries":
        return import_module("isg_analysis.queries")
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    return found
