"""When freed memory is given back: once the process rests, and not while nothing was done."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from isg_server import heap
from isg_server.heap import Tidying

TICK = 0.01


class Process:
    """How much was computed, as told by the test, and how often memory was given back."""

    def __init__(self) -> None:
        self.computed, self.looked, self.given_back = 0.0, 0, 0
        self.working = 0.0
        """Seconds that are computed between two looks."""

    def seconds(self) -> float:
        """What `Tidying` looks at."""
        self.looked += 1
        self.computed += self.working
        return self.computed

    def give_back(self) -> None:
        """What `Tidying` calls."""
        self.given_back += 1

    async def looks(self, count: int) -> None:
        """Wait for so many more looks."""
        goal = self.looked + count
        async with asyncio.timeout(5):
            while self.looked < goal:
                await asyncio.sleep(TICK / 4)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heap, "TICK", TICK)


@pytest.fixture
def process() -> Process:
    return Process()


@pytest.fixture
def tidying(process: Process) -> Iterator[Tidying]:
    made = Tidying(process.give_back, process.seconds)
    yield made
    made.close()


async def test_memory_is_given_back_once_when_work_has_ended(process: Process, tidying: Tidying) -> None:
    process.working = 0.05
    tidying.told()
    await process.looks(2 * heap.QUIET_TICKS)
    assert process.given_back == 0
    process.working = 0.0
    await process.looks(2)
    await asyncio.sleep(TICK)
    assert process.given_back == 1


async def test_a_process_that_did_little_is_left_alone_and_then_seldom_looked_at(
    process: Process, tidying: Tidying
) -> None:
    tidying.told()
    await process.looks(heap.QUIET_TICKS)
    looked = process.looked
    await asyncio.sleep(5 * TICK)
    assert (process.looked, process.given_back) == (looked, 0)
    process.working = 1.0
    tidying.told()
    await process.looks(1)
    process.working = 0.0
    await process.looks(2)
    await asyncio.sleep(TICK)
    assert process.given_back == 1


async def test_where_work_does_not_end_memory_is_given_back_from_time_to_time(
    process: Process, tidying: Tidying
) -> None:
    process.working = heap.LONGEST / 3
    tidying.told()
    await process.looks(13)
    await asyncio.sleep(TICK)
    assert 3 <= process.given_back <= 5


async def test_garbage_is_looked_for_when_nothing_is_told_for_a_while(process: Process) -> None:
    collected: list[int] = []
    tidying = Tidying(process.give_back, process.seconds, lambda: collected.append(process.looked))
    process.working = 0.05
    tidying.told()
    await process.looks(2)
    process.working = 0.0
    for _ in range(heap.STILL_TICKS):
        tidying.told()
        await process.looks(1)
    assert collected == []
    async with asyncio.timeout(5):
        while not collected:
            await asyncio.sleep(TICK)
    tidying.close()


def test_the_allocator_of_this_system_can_be_asked() -> None:
    heap.share_one()
    heap.give_back()
