"""What editing and asking leaves in memory: counted in things that are held, not in what the system says."""

from __future__ import annotations

import gc
import re
import sys
from pathlib import Path

import pytest

from incremental.sources import FILES
from isg_analysis import Workspace, queries
from isg_analysis.languages.registry import language_of, pack
from workspace.small import write

ROUND = 60


@pytest.mark.parametrize("path", ["a.py", "a.rs"])
def test_a_text_that_was_typed_over_is_let_go(path: str) -> None:
    language = language_of(path)
    assert language is not None
    body = {"a.py": "def f{n}(a):\n    return a\n\n\n", "a.rs": "fn f{n}(a: u8) -> u8 {{ a }}\n\n"}[path]
    texts = ["".join(body.format(n=n if n != 7 else n + turn) for n in range(200)).encode() for turn in range(30)]
    document = pack(language).document(texts[0])
    for text in texts:
        document.edit(text)
    document.edit(texts[0][:100])
    del document, text
    gc.collect()
    alone = [object()]
    assert {sys.getrefcount(text) for text in texts} == {sys.getrefcount(one) for one in alone}


def held() -> int:
    """How many texts, facts and links something looks into."""
    gc.collect()
    return len({id(view.obj) for view in gc.get_objects() if _shows_bytes(view)})


def _shows_bytes(view: object) -> bool:
    try:
        return isinstance(view, memoryview) and isinstance(view.obj, bytes)
    except ValueError:
        return False  # it was released


def test_edits_and_questions_leave_no_more_after_many_than_after_some(tmp_path: Path) -> None:
    root = tmp_path / "project"
    write(root, FILES)
    texts = {path: text for path, text in FILES.items() if language_of(path)}
    sizes = []
    with Workspace.open(root, cache=tmp_path / "cache") as workspace:
        workspace.index(jobs=1)
        for turn in range(4 * ROUND):
            path = list(texts)[turn % len(texts)]
            names = [*re.finditer(r"\b[A-Za-z_]\w+", texts[path])]
            at = names[turn % len(names)].start()
            workspace.open_document(path, f"{texts[path][:at]}x{turn % 9}{texts[path][at:]}\n".encode())
            if turn % 10 == 9:
                workspace.close_document(path)
            with workspace.snapshot() as snapshot:
                document = snapshot.document(path)
                assert document is not None
                meant = queries.definition(snapshot, document, at + 1)
                refs = [hit.ref for hit in meant.hits][:2]
                queries.references(snapshot, refs, include_declaration=True)
            if turn % ROUND == ROUND - 1:
                sizes.append(held())
    assert max(sizes[1:]) < sizes[0] + ROUND // 4, sizes
