"""Questions that lead to each other in every possible order are given up, and nothing of them is kept."""

from __future__ import annotations

from isg_analysis.resolve import memo
from isg_analysis.resolve.memo import SHARED, Answers, Memo

COUNT = 40


def test_a_question_that_leads_to_too_many_others_is_given_up() -> None:
    answers = Answers(steady=True)
    asked: list[int] = []

    def find(key: int) -> int:
        asked.append(key)
        return sum(ask(other) for other in range(COUNT) if other != key)

    ask: Memo[int, int] = Memo(answers, lambda _: 0, find, lambda _: SHARED, lambda _: ())  # type: ignore[arg-type, return-value]
    assert ask(0) == 0
    assert memo._FUEL < len(asked) < memo._FUEL + COUNT
    assert answers.nested == 0


def test_what_was_given_up_does_not_keep_the_next_question_from_being_answered() -> None:
    answers = Answers(steady=True)
    answers.worked_out = 10 * memo._FUEL
    ask: Memo[int, int] = Memo(
        answers,
        lambda _: -1,
        lambda key: ask(key - 1) + 1 if key else 0,
        lambda _: SHARED,
        lambda _: (),  # type: ignore[arg-type, return-value]
    )
    assert ask(100) == 100
