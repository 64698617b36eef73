"""Who implements what lies outside of the workspace: by what links say of it, and where there are none, by looking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from isg_analysis.model.links import OutwardPlace
from isg_analysis.resolve.outside import outward_name, outward_places
from isg_analysis.resolve.view import View
from isg_analysis.workspace.pending import Pending
from isg_analysis.workspace.stored_rows import StoredRows


def implementors(
    view: View, rows: StoredRows, pending: Pending, path: Sequence[str], language: str, member: str, kind: int
) -> Iterator[tuple[int, list[OutwardPlace]]]:
    """See `View.outward`. Who implements it spells the last part of its path, if only in an import."""
    stored = rows.outward(outward_name(path, member, kind))
    found = {document: places for document, places in stored.items() if not pending.holds(document)}
    near = () if pending.nothing() else view.documents_naming(path[-1])
    found.update((document, []) for document in near if pending.holds(document))
    for document in sorted((each for each in found if view.language(each) == language), key=view.path):
        if places := found[document] or outward_places(view, view.resolver(document), document, path, member, kind):
            yield document, places
