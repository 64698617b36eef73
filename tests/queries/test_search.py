"""Searching symbols by name: what comes first, and that changed documents are found as if they had always been so."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isg_analysis.model.symbol import SymbolKind
from isg_analysis.queries import search
from isg_analysis.resolve.memory import MemoryProgram
from isg_analysis.resolve.symbol_names import NameText, SymbolNames

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
    assert [two.symbol(each.order) for each in two.all(most)] == [one.symbol(each.order) for each in one.all(most)]


def _text(documents: Mapping[int, list[str]]) -> NameText:
    kind = chr(0x80 + SymbolKind.CLASS)
    return NameText(
        (number, "".join(f"{name}\t{kind}\n" for name in documents[number])) for number in sorted(documents)
    )


def _found(names: SymbolNames, scan: str, text: str, ignore_case: bool, most: int) -> list[tuple[object, ...]]:
    found = getattr(names, scan)(text, ignore_case=ignore_case, most=most)
    return [(names.symbol(each.order), each.name, each.at, each.kind) for each in found]
