"""isg_analysis: what the documents of a workspace mean. This is its public face; `docs/library.md` shows it in use.

with Workspace.open(Path("project")) as workspace:
    workspace.index()
    with workspace.snapshot() as snapshot:
        found = queries.lookup(snapshot, "Matcher")
        answer = queries.implementations(snapshot, found.refs)
"""

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
