"""What `bench.agreement` counts, on two indexes of three lines."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from bench.agreement.compare import Agreement, compare
from bench.agreement.index import Index, read_index
from bench.agreement.kinds import kind_of, last_name, package_of

from isg_analysis.export.protobuf import integer, message, packed, text

CLASS, FIELD, OTHER = "s m p 1 a/Class#", "s m p 1 a/Class#field.", "s m p 1 a/Other#"


def index_of(*bound: tuple[int, int, str, bool]) -> Index:
    """(line, column, symbol, whether it is defined there), all in one document."""
    index = Index(documents={"a"})
    for line, column, symbol, defines in bound:
        index.occurrences["a", line, column].add(symbol)
        if defines:
            index.definitions[symbol].add(("a", line, column))
    return index


def compared(ours: Index, oracle: Index) -> Agreement:
    return compare(ours, oracle, lambda path: ["class Class:", "  field = Class + 1", "  Class.field"])


ORACLE = index_of(
    (0, 6, CLASS, True), (1, 2, FIELD, True), (1, 10, CLASS, False), (1, 16, CLASS, False), (2, 8, FIELD, False)
)


def test_what_is_bound_to_the_same_line_is_right() -> None:
    found = compared(ORACLE, ORACLE)
    assert (found.recall.right, found.recall.asked) == (3, 3)
    assert (found.precision.percent, found.definitions.right) == (100.0, 2)


def test_recall_asks_for_what_the_oracle_binds_precision_for_what_ours_does() -> None:
    ours = index_of((0, 6, CLASS, True), (1, 2, FIELD, True), (1, 10, FIELD, False), (2, 2, CLASS, False))
    found = compared(ours, ORACLE)
    assert (found.recall.right, found.recall.asked) == (0, 3)
    assert (found.precision.right, found.precision.asked) == (0, 1), "the oracle has nothing at the last"
    assert {key: len(rows) for key, rows in found.missing.items()} == {
        ("type", "bound to something else"): 1,
        ("type", "no name is written there"): 1,
        ("field", "not bound"): 1,
    }


def test_where_the_oracle_names_what_it_does_not_define_nothing_is_decided() -> None:
    ours = index_of((0, 6, CLASS, True), (2, 2, CLASS, False))
    oracle = index_of((0, 6, CLASS, True), (2, 2, OTHER, False))
    found = compared(ours, oracle)
    assert (found.precision.percent, found.decided.asked) == (0.0, 0)
    assert list(found.wrong) == [("type", "named but defined nowhere by the oracle")]


def test_implementations_are_pairs_of_lines() -> None:
    ours = index_of((0, 6, CLASS, True), (1, 2, FIELD, True))
    ours.implementing = {(FIELD, CLASS)}
    found = compared(ours, ORACLE)
    assert (found.implementations_found.asked, found.implementations_right.percent) == (0, 0.0)


def test_kinds_and_names_are_those_of_the_last_descriptor() -> None:
    known = {CLASS: 53}
    symbols = (CLASS, FIELD, "s m p 1 a/f().", "s m p 1 a/Class#f(+1).", "s m p 1 a/", "s m p 1 a/m!", "local a 3")
    assert [kind_of(symbol, known) for symbol in symbols] == [
        "type", "field", "function", "method", "module", "macro", "local"
    ]  # fmt: skip
    assert [last_name(symbol) for symbol in symbols] == ["Class", "field", "f", "f", "a", "m", ""]
    assert last_name("s m p 1 impl#[`A<B>`][T]f().") == "f"
    assert last_name("s m p 1 impl#[`A<B>`]") == "A<B>"
    assert package_of(FIELD) == "s m p 1"


def test_an_index_is_read_as_it_is_written(tmp_path: Path) -> None:
    definition = packed(1, [0, 6, 11]) + text(2, CLASS) + integer(3, 1)
    reference = packed(1, [2, 2, 7]) + text(2, "local 1")
    kind = text(1, CLASS) + message(4, text(1, OTHER) + integer(3, 1)) + integer(5, 49)
    document = text(1, "a") + message(2, definition) + message(2, reference) + message(3, kind)
    path = tmp_path / "x.scip"
    path.write_bytes(message(2, document))
    index = read_index(path)
    assert dict(index.occurrences) == {("a", 0, 6): {CLASS}, ("a", 2, 2): {"local a 1"}}
    assert dict(index.definitions) == {CLASS: {("a", 0, 6)}}
    assert index.kinds == {CLASS: 49}
    assert index.implementing == {(CLASS, OTHER)}


def test_what_is_no_index_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.scip"
    path.write_bytes(struct.pack("<B", 3))
    with pytest.raises(ValueError, match="not an SCIP index"):
        read_index(path)
