"""What is done with whole columns at once gives what a loop over their numbers gives."""

from __future__ import annotations

from array import array

from hypothesis import given, settings
from hypothesis import strategies as st

from isg_analysis.languages.registry import pack
from isg_analysis.model.facts import Facts
from isg_analysis.model.lanes import Lanes, moved, rows_with, selection
from isg_analysis.model.text import LineIndex, PositionEncoding, line_starts, wide_characters

NUMBERS = st.lists(st.one_of(st.just(-1), st.integers(0, 60), st.integers(0, 2**30)), max_size=40)


def packed(numbers: list[int]) -> bytes:
    return array("i", numbers).tobytes()


@settings(derandomize=True, deadline=None)
@given(NUMBERS, st.integers(0, 2**33), st.integers(-50, 5000))
def test_numbers_from_a_bound_on_are_moved(numbers: list[int], bound: int, delta: int) -> None:
    bound = max(bound, -delta)
    wanted = [number + delta if number >= bound else number for number in numbers]
    assert moved(packed(numbers), bound, delta) == packed(wanted)


@settings(derandomize=True, deadline=None)
@given(NUMBERS, st.integers(0, 100), st.integers(0, 100), st.data())
def test_what_is_selected_is_moved_by_what_it_was_before(
    numbers: list[int], first: int, second: int, data: st.DataObject
) -> None:
    flags = data.draw(st.lists(st.booleans(), min_size=len(numbers), max_size=len(numbers)))
    lanes, chosen = Lanes(packed(numbers)), selection(bytes(flags))
    lanes.move(lanes.reaching(first) & chosen, 7)
    lanes.move(lanes.reaching(second) & lanes.odd() & (lanes.all ^ chosen), 100)
    wanted = [
        number + (7 * (number >= first) if flag else 100 * (number >= second and number % 2 == 1))
        for number, flag in zip(numbers, flags, strict=True)
    ]
    assert lanes.pack() == packed(wanted)


SHIFTED = st.sampled_from([0, 1, 5, 0x100, 0x105, 0x500, 0x10005, 0x50000, 0x5000000, -1])
"""Numbers whose bytes look like each other's where they do not begin."""


@settings(derandomize=True, deadline=None)
@given(st.lists(SHIFTED, max_size=40), SHIFTED.filter(lambda number: number >= 0))
def test_the_rows_with_a_number_are_found(numbers: list[int], number: int) -> None:
    assert rows_with(packed(numbers), number) == [row for row, one in enumerate(numbers) if one == number]


def test_a_name_is_numbered_without_decoding_all() -> None:
    raw = pack("python").extract("def wörk(a, work, b): return wor\n".encode())
    names = Facts(raw).strings
    assert [Facts(raw).number_of(name) for name in names] == list(range(len(names)))
    assert [Facts(raw).number_of(name) for name in ("wo", "ork", "absent", "b\0", "\0")] == [-1] * 5


@settings(derandomize=True, deadline=None)
@given(st.text(alphabet="ab\n\r\u00e9\U0001f600", max_size=60), st.data())
def test_the_spans_of_many_places_are_those_of_each(text: str, data: st.DataObject) -> None:
    raw = text.encode()
    index = LineIndex(line_starts(raw), wide_characters(raw))
    offsets = [len(text[:at].encode()) for at in range(len(text) + 1)]
    ends = st.sampled_from(offsets)
    places = data.draw(st.lists(st.tuples(ends, ends).map(lambda two: (min(two), max(two))), max_size=30))
    for encoding in PositionEncoding:
        assert index.spans(places, encoding) == [index.span(start, end, encoding) for start, end in places]
