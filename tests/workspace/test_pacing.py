"""What waits to be stored is stored before it is much, and no oftener than storing is cheap."""

from __future__ import annotations

from isg_analysis.workspace.pacing import Pace


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def stored(pace: Pace, clock: Clock, seconds: float) -> None:
    with pace.storing():
        clock.now += seconds


def test_little_waits_a_while() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.wait(1_000)
    assert not pace.due
    clock.now += 0.3
    assert pace.due


def test_much_is_stored_at_once() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.wait(5_000_000)
    assert not pace.due
    pace.wait(5_000_000)
    assert pace.due
    stored(pace, clock, 0.01)
    pace.wait(5_000_000)
    assert not pace.due


def test_where_storing_is_slow_it_is_done_seldom() -> None:
    clock = Clock()
    pace = Pace(clock)
    stored(pace, clock, 0.5)
    clock.now += 4.0
    assert not pace.due
    clock.now += 1.1
    assert pace.due
    stored(pace, clock, 0.001)
    clock.now += 0.3
    assert pace.due
