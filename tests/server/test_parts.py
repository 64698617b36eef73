"""What goes out in parts, and when: with a query that does nothing but find."""

from __future__ import annotations

from typing import Any, cast

import msgspec
import pytest

from isg_analysis.model.occurrence import Confidence
from isg_analysis.queries import Answer, Hit, Limits, implementations, references
from isg_analysis.queries.definition import at
from isg_analysis.resolve.memory import MemoryProgram
from isg_analysis.resolve.view import View
from isg_server import parts, shapes
from isg_server.parts import Parts


class Sink:
    """Takes parts, as the starts of their results."""

    def __init__(self) -> None:
        self.sent: list[list[int]] = []
        self.given_up = False
        self.parts = Parts(self._take, lambda: self.given_up)
        self.limits = self.parts.limits(Limits(), self.convert)

    def convert(self, hits: list[Hit]) -> list[Any]:
        return [shapes.Position(0, hit.start) for hit in hits]

    def end(self, *hits: Hit) -> Any:
        """The answer to a query that found these in all."""
        return self.parts.last(self.convert(self.parts.rest(hits)))

    def _take(self, part: msgspec.Raw) -> None:
        self.sent.append([place["character"] for place in msgspec.json.decode(part)])


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Sink:
    monkeypatch.setattr(parts, "MOST", 3)
    monkeypatch.setattr(parts, "INTERVAL", 3600)
    return Sink()


def hit(start: int, confidence: Confidence = Confidence.CERTAIN) -> Hit:
    return Hit(cast(View, None), 1, start, start + 1, 0, confidence)


def test_a_full_part_goes_out_at_once(sink: Sink) -> None:
    hits = [hit(start) for start in range(7)]
    for one in hits[:4]:
        sink.limits.found(one)
    assert sink.sent == [[0, 1, 2]]
    assert sink.end(*hits) == []
    assert sink.sent == [[0, 1, 2], [3, 4, 5], [6]]


def test_what_is_little_and_quick_is_the_answer(sink: Sink) -> None:
    sink.limits.found(hit(1))
    assert sink.end(hit(1), hit(2)) == [shapes.Position(0, 1), shapes.Position(0, 2)]
    assert sink.sent == []


def test_after_a_while_what_there_is_goes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "INTERVAL", 0)
    sink = Sink()
    assert not sink.limits.stopped()
    assert sink.sent == []
    sink.limits.found(hit(1))
    assert sink.sent == [[1]]
    assert sink.end(hit(1)) == []
    assert sink.sent == [[1]]


def test_a_place_goes_out_once(sink: Sink) -> None:
    for start in (1, 1, 2, 1, 3, 2, 4):
        sink.limits.found(hit(start))
    assert sink.end(*map(hit, range(5))) == []
    assert sink.sent == [[1, 2, 3], [0, 4]]


def test_what_is_only_possible_waits_for_the_end(sink: Sink) -> None:
    for start in range(5):
        sink.limits.found(hit(start, Confidence.POSSIBLE))
    assert sink.sent == []


def test_nothing_goes_out_that_nobody_waits_for(sink: Sink) -> None:
    sink.given_up = True
    for start in range(5):
        sink.limits.found(hit(start))
    assert sink.sent == []


def test_an_answer_that_is_no_list_stays_what_it_is(sink: Sink) -> None:
    assert sink.parts.last(None) is None
    for start in range(3):
        sink.limits.found(hit(start))
    assert sink.parts.last(None) == []


PROGRAM = MemoryProgram(
    {
        "a.py": "class Base:\n    def run(self): ...\n\nclass Sub(Base):\n    def run(self): ...\n",
        "b.py": "from a import Base, Sub\n\nclass Other(Sub):\n    def run(self): ...\n\nBase().run()\n",
    }
)


@pytest.mark.parametrize("name", ["Base", "run"])
def test_queries_tell_of_all_they_find(name: str) -> None:
    refs = at(PROGRAM, 1, b"class Base:\n    def run(self): ...".index(name.encode()))
    told: list[Hit] = []
    limits = Limits(found=told.append)
    answers: list[Answer] = [
        references(PROGRAM, refs, include_declaration=declared, include_possible=True, limits=limits)
        for declared in (False, True)
    ] + [implementations(PROGRAM, refs, limits)]
    assert len(answers[1].hits) > len(answers[0].hits) > 0
    assert answers[2].hits
    assert set(told) == {one for answer in answers for one in answer.hits}


def test_a_query_that_finds_nothing_can_be_stopped() -> None:
    asked: list[int] = []

    def stopped() -> bool:
        asked.append(1)
        return True

    (ref,) = at(PROGRAM, 1, b"class Base".index(b"Base"))
    found = references(PROGRAM, [ref], include_declaration=False, limits=Limits(stopped=stopped))
    assert found == Answer((), truncated=True)
    assert len(asked) == 1
