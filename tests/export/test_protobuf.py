"""The wire format, against the bytes the protobuf documentation gives for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.scip_reader import fields
from isg_analysis.export.protobuf import integer, message, packed, text, varint


@pytest.mark.parametrize(
    ("value", "encoded"),
    [(0, "00"), (1, "01"), (127, "7f"), (128, "8001"), (150, "9601"), (16384, "808001"), (2**31 - 1, "ffffffff07")],
)
def test_varint(value: int, encoded: str) -> None:
    assert varint(value).hex() == encoded


def test_fields_as_in_the_encoding_guide() -> None:
    assert integer(1, 150).hex() == "089601"
    assert text(2, "testing").hex() == "120774657374696e67"
    assert message(3, integer(1, 150)).hex() == "1a03089601"
    assert packed(6, [3, 270, 86942]).hex() == "3206038e029ea705"


def test_defaults_are_left_out_and_empty_messages_are_not() -> None:
    assert integer(1, 0) == text(1, "") == packed(1, []) == b""
    assert message(1, b"") == b"\x0a\x00"


def test_a_zero_inside_a_packed_field_is_kept() -> None:
    assert packed(1, [0, 0, 5]).hex() == "0a03000005"


def test_what_is_not_unicode_is_replaced() -> None:
    assert text(1, "a\udcff") == text(1, "a?")


@given(st.integers(1, 2000), st.integers(0, 2**40), st.text(min_size=1).filter(lambda t: t.isascii()))
def test_what_is_written_can_be_read(number: int, value: int, words: str) -> None:
    data = message(number, varint(value)) + text(number + 1, words)
    assert list(fields(data)) == [(number, varint(value)), (number + 1, words.encode())]
