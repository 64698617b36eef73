"""Edits of open documents, in every encoding, on the line breaks of LSP."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isg_analysis.model.text import Position, PositionEncoding
from isg_server.documents import Edit, OpenDocument, OpenDocuments

TEXT = "a = 1\né😀b\r\nlast"


def edited(text: str, edits: list[Edit], encoding: PositionEncoding = PositionEncoding.UTF16) -> str:
    document = OpenDocument("file:///a", Path("/a"), "python", 1, text.encode())
    document.apply(edits, 2, encoding)
    return document.text.decode()


@pytest.mark.parametrize(
    ("encoding", "column"), [(PositionEncoding.UTF8, 6), (PositionEncoding.UTF16, 3), (PositionEncoding.UTF32, 2)]
)
def test_a_column_counts_in_the_agreed_units(encoding: PositionEncoding, column: int) -> None:
    edit = Edit("X", Position(1, column), Position(1, column + 1))
    assert edited(TEXT, [edit], encoding) == "a = 1\né😀X\r\nlast"


def test_an_edit_without_a_range_replaces_everything() -> None:
    assert edited(TEXT, [Edit("new")]) == "new"


def test_each_edit_counts_in_what_the_one_before_left() -> None:
    edits = [Edit("x\n", Position(0, 0), Position(0, 0)), Edit("y", Position(1, 0), Position(1, 1))]
    assert edited("ab", edits) == "x\nyb"


def test_positions_past_the_end_are_clamped() -> None:
    assert edited("ab\ncd", [Edit("!", Position(0, 99), Position(0, 99))]) == "ab!\ncd"
    assert edited("ab\ncd", [Edit("!", Position(9, 9), Position(9, 9))]) == "ab\ncd!"
    assert edited("ab\r\ncd", [Edit("!", Position(0, 3), Position(0, 3))]) == "ab!\r\ncd"


def test_form_feeds_and_line_separators_are_no_line_breaks() -> None:
    assert edited("a\x0cb\u2028c\nd", [Edit("!", Position(1, 0), Position(1, 0))]) == "a\x0cb\u2028c\n!d"


def test_a_lone_carriage_return_is_one() -> None:
    assert edited("a\rb", [Edit("!", Position(1, 0), Position(1, 0))]) == "a\r!b"


def test_a_lone_surrogate_becomes_a_question_mark() -> None:
    assert edited("ab", [Edit("\ud800", Position(0, 1), Position(0, 1))]) == "a?b"


def test_documents_are_found_however_their_uri_is_spelled() -> None:
    documents = OpenDocuments()
    documents.open("file:///w/a%2Db.py", "python", 1, "x")
    found = documents.close("file:///w/a-b.py")
    assert found is not None
    assert found.uri == "file:///w/a%2Db.py"


def test_only_local_files_are_kept() -> None:
    assert OpenDocuments().open("untitled:Untitled-1", "python", 1, "x") is None


@given(
    st.text(st.sampled_from("aé😀\n\r"), max_size=12),
    st.text(st.sampled_from("bß𝄞\n"), max_size=4),
    st.integers(0, 3),
    st.integers(0, 9),
)
def test_an_insertion_keeps_all_other_characters(text: str, inserted: str, line: int, column: int) -> None:
    at = Position(line, column)
    for encoding in PositionEncoding:
        after = edited(text, [Edit(inserted, at, at)], encoding)
        assert len(after) == len(text) + len(inserted)
        assert sorted(after) == sorted(text + inserted)


_POSITIONS = st.builds(Position, st.integers(0, 4), st.integers(0, 4))
_EDITS = st.builds(
    lambda text, places: Edit(text, min(places), max(places)),
    st.text("ab\n\ré😀", max_size=4),
    st.tuples(_POSITIONS, _POSITIONS),
)


@given(st.text("ab\n\ré😀", max_size=12), st.lists(_EDITS, max_size=6))
def test_many_edits_of_one_document_are_one_edit_of_many(text: str, edits: list[Edit]) -> None:
    document = OpenDocument("file:///a", Path("/a"), "python", 1, text.encode())
    for edit in edits:
        text = edited(text, [edit])
        document.apply([edit], 2, PositionEncoding.UTF16)
        assert document.text.decode() == text
