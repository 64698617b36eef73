"""Searching symbols by name: what comes first, and that changed documents are found as if they had always been so."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isg_analysis import Workspace
from isg_analysis.model.symbol import SymbolKind
from isg_analysis.model.text import PositionEncoding
from isg_analysis.queries import Hit, hit, search
from isg_analysis.resolve.memory import MemoryProgram
from isg_analysis.resolve.symbol_names import NameText, SymbolNames

WORKSPACES = Path(__file__).parents[1] / "workspaces"
PROGRAM = MemoryProgram({
    "a.py": "class Reader: ...\nclass ReaderOptions: ...\ndef reader(): ...\ndef read(): ...\ndef bread(): ...\n",
    "b.py": "class FileReader: ...\ndef file_reader(): ...\nRETURN_EARLY_ADDRESS = 1\nclass Übergröße: ...\n",
})  # fmt: skip
RETURN = "RETURN_EARLY_ADDRESS"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("reader", ["Reader", "reader", "ReaderOptions", "FileReader", "file_reader"]),
        ("Reader", ["Reader", "ReaderOptions", "FileReader"]),
        ("eade", ["Reader", "FileReader", "ReaderOptions", "reader", "file_reader", RETURN]),
        ("_r", ["file_reader", RETURN]),
        ("read", ["read", "Reader", "ReaderOptions", "reader", "FileReader", "file_reader", "bread", RETURN]),
        ("rdo", ["ReaderOptions"]),
        ("RO", ["ReaderOptions"]),
        ("größe", ["Übergröße"]),
        ("übe", ["Übergröße"]),
        ("nowhere", []),
        ("rea\tder", []),
    ],
)  # fmt: skip
def test_search_finds_the_best_first(text: str, found: list[str]) -> None:
    assert [hit.name for hit in search(PROGRAM, text, 100).hits] == found


def test_an_answer_that_was_cut_short_says_so() -> None:
    answer = search(PROGRAM, "read", 2)
    assert [hit.name for hit in answer.hits] == ["read", "Reader"]
    assert answer.truncated
    assert not search(PROGRAM, "read", 100).truncated


def test_an_empty_text_gives_the_first_symbols() -> None:
    assert {hit.path for hit in search(PROGRAM, "", 3).hits} == {"a.py"}


def test_what_is_in_other_documents_takes_no_place() -> None:
    """However much of it there is: more than are ranked."""
    before = "".join(f"def many_{number}(): ...\n" for number in range(1_500))
    program = MemoryProgram({"a.py": before, "b.rs": "pub fn many() {}\npub fn not_many() {}\n"})
    wanted = program.document("b.rs")
    assert wanted is not None
    for text in ("", "many", "mny", "any"):
        found = [hit.path for hit in search(program, text, 2, lambda document: document == wanted).hits]
        assert found == ["b.rs", "b.rs"], text


NAMES = st.lists(st.text("abAB_ß", max_size=4), min_size=1, max_size=4)
DOCUMENTS = st.dictionaries(st.integers(1, 9), NAMES, max_size=6)


@settings(deadline=None, derandomize=True)
@given(DOCUMENTS, DOCUMENTS, st.text("abAB_ß", min_size=1, max_size=3), st.integers(1, 9))
def test_changed_documents_are_found_as_in_one_text(
    stored: Mapping[int, list[str]], changed: Mapping[int, list[str]], wanted: str, most: int
) -> None:
    """Documents are ordered by number here, as they are by path in a workspace."""
    numbers = sorted(stored)
    places = [sum(other < number for other in numbers) for number in sorted(changed)]
    two = SymbolNames(_text(stored), _text(changed), places)
    one = SymbolNames(_text({**stored, **changed}))
    for ignore_case in (False, True):
        text = wanted.lower() if ignore_case else wanted
        for scan in ("called", "beginning", "containing", "scattered"):
            assert _found(two, scan, text, ignore_case, most) == _found(one, scan, text, ignore_case, most)
    assert [two.symbol(order) for order, *_ in two.all(most)] == [one.symbol(order) for order, *_ in one.all(most)]


def _text(documents: Mapping[int, list[str]]) -> NameText:
    kind = chr(0x80 + SymbolKind.CLASS)
    return NameText(
        (number, "".join(f"{name}\t{kind}\n" for name in documents[number])) for number in sorted(documents)
    )


def _found(names: SymbolNames, scan: str, text: str, ignore_case: bool, most: int) -> list[tuple[object, ...]]:
    found = getattr(names, scan)(text, ignore_case=ignore_case, most=most)
    return [(names.symbol(order), names.name(order), *rest) for order, *rest in found]


WIDE = "# ä\nclass Ä: 𐐀 = 1; after = 2\nclass Plain:\n    def method(self): ...\n"


def test_what_is_shown_of_stored_symbols_is_what_their_documents_say(tmp_path: Path) -> None:
    shutil.copytree(WORKSPACES / "sift", tmp_path / "project")
    shutil.copytree(WORKSPACES / "ledger", tmp_path / "project" / "ledger")
    (tmp_path / "project" / "wide.py").write_text(WIDE)
    with Workspace.open(tmp_path / "project", cache=tmp_path / "cache") as workspace:
        workspace.index(jobs=1)
        with workspace.snapshot() as snapshot:
            found = search(snapshot, "", 10_000).hits
            assert {"Ä", "𐐀", "after", "Plain", "method"} <= {one.name for one in found}
            for one in found:
                assert shown(one) == shown(hit(snapshot, one.ref))


def test_a_search_opens_no_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Workspace.open(WORKSPACES / "ledger", cache=tmp_path) as workspace:
        workspace.index(jobs=1)
        with workspace.snapshot() as snapshot:
            monkeypatch.setattr(snapshot, "glance", None)
            found = search(snapshot, "a", 1_000).hits
            assert len(found) > 20
            assert all(one.name and one.path and one.span(PositionEncoding.UTF16) for one in found)
            assert any(one.container for one in found)


def shown(found: Hit) -> tuple[object, ...]:
    """All that a list of symbols may show of one."""
    spans = [found.span(encoding) for encoding in PositionEncoding]
    return found.name, found.kind, found.container, found.path, found.start, found.end, spans
