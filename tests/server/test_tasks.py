"""The order of edits and questions: what waits for what."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from isg_server import courtesy, tasks
from isg_server.courtesy import Courtesy
from isg_server.tasks import Line


@pytest.fixture
def line() -> Line:
    return Line("test")


def idle() -> None:
    """For what may be left behind and does not hurry."""


def hanging(release: threading.Event, done: list[str], name: str) -> Callable[[], None]:
    """A task that ends when it is told to."""

    def task() -> None:
        release.wait()
        done.append(name)

    return task


async def test_tasks_run_in_order(line: Line) -> None:
    done: list[int] = []
    for number in range(20):
        line.submit(lambda number=number: done.append(number), hurry=idle if number % 2 == 0 else None)  # type: ignore[misc]
    await line.run(lambda: None)
    assert done == list(range(20))


async def test_a_long_question_is_left_behind(line: Line) -> None:
    release, done = threading.Event(), list[str]()
    question = line.submit(hanging(release, done, "question"), hurry=idle)
    await line.run(lambda: done.append("edit"))
    await line.run(lambda: done.append("after"))
    assert (done, line.left_behind) == (["edit", "after"], 1)
    release.set()
    await asyncio.wrap_future(question)
    await line.run(lambda: done.append("last"))
    assert done == ["edit", "after", "question", "last"]
    while line.left_behind:
        await asyncio.sleep(0.001)


async def test_an_edit_is_never_left_behind(line: Line) -> None:
    release, done = threading.Event(), list[str]()
    line.submit(hanging(release, done, "edit"))
    question = line.submit(lambda: done.append("question"), hurry=idle)
    await asyncio.sleep(3 * tasks.HOLD_UP)
    assert (done, line.left_behind) == ([], 0)
    release.set()
    await asyncio.wrap_future(question)
    assert done == ["edit", "question"]


async def test_it_rests_while_something_quiet_is_worked_on(line: Line) -> None:
    release = threading.Event()
    quiet = line.submit(release.wait, quiet=True)
    while not (quiet.running() and line.rests):
        await asyncio.sleep(0.001)
    question = line.submit(lambda: line.rests)
    assert not line.rests
    release.set()
    assert not await asyncio.wrap_future(question)


async def test_not_any_number_is_left_behind(line: Line) -> None:
    release, done = threading.Event(), list[str]()
    asked = [line.submit(hanging(release, done, "question"), hurry=idle) for _ in range(tasks.MOST_BEHIND + 2)]
    while line.left_behind < tasks.MOST_BEHIND:
        await asyncio.sleep(0.01)
        line.submit(lambda: None, hurry=idle)
    last = line.submit(lambda: done.append("last"))
    await asyncio.sleep(3 * tasks.HOLD_UP)
    assert (done, line.left_behind) == ([], tasks.MOST_BEHIND)
    release.set()
    await asyncio.gather(*map(asyncio.wrap_future, [*asked, last]))
    assert done.count("question") == tasks.MOST_BEHIND + 2


async def test_where_too_much_is_left_behind_what_takes_long_must_hurry(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "LONG", 2 * tasks.HOLD_UP)
    done: list[str] = []
    for _ in range(tasks.MOST_BEHIND + 1):
        release = threading.Event()
        line.submit(hanging(release, done, "question"), hurry=release.set)
    await line.run(lambda: done.append("edit"))
    assert 1 <= done.count("question") <= tasks.MOST_BEHIND + 1
    assert "edit" in done


async def test_what_is_cancelled_in_the_queue_never_starts(line: Line) -> None:
    release, done = threading.Event(), list[str]()
    line.submit(hanging(release, done, "first"))
    waiting = asyncio.ensure_future(line.run(lambda: done.append("cancelled")))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    release.set()
    await line.run(lambda: None)
    assert done == ["first"]


async def test_a_failure_is_its_waiters_alone(line: Line) -> None:
    with pytest.raises(ZeroDivisionError):
        await line.run(lambda: 1 // 0)
    assert await line.run(lambda: 1) == 1


def counted(courtesy: Courtesy, stop: threading.Event) -> threading.Thread:
    """A thread that works beside a line until it is told to stop."""

    def work() -> None:
        while not courtesy():
            stop.wait(0.0001)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


async def test_what_works_beside_waits_while_something_is_worked_on(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courtesy, "SHARE", 1_000_000)
    monkeypatch.setattr(courtesy, "LONGEST", 60.0)
    release, done, steps = threading.Event(), list[str](), 0

    def stopped() -> bool:
        nonlocal steps
        steps += 1
        return "end" in done

    question = line.submit(hanging(release, done, "question"))
    beside = counted(Courtesy(line, stopped), threading.Event())
    await asyncio.sleep(0.1)
    assert steps == 0
    release.set()
    await asyncio.wrap_future(question)
    while not steps:
        await asyncio.sleep(0.001)
    done.append("end")
    beside.join()


async def test_it_goes_on_when_what_is_worked_on_waits_for_it(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "SHARE", 1_000_000)
    monkeypatch.setattr(courtesy, "LONGEST", 60.0)
    ended, waits = threading.Event(), threading.Event()

    def question() -> None:
        waits.set()
        ended.wait()

    def beside() -> None:
        Courtesy(line, hurried=waits.is_set)()
        ended.set()

    asked = line.submit(question)
    threading.Thread(target=beside).start()
    async with asyncio.timeout(10):
        await asyncio.wrap_future(asked)


async def test_it_gets_its_share_where_there_is_always_something_to_do(line: Line) -> None:
    release, done, steps = threading.Event(), list[str](), 0

    def stopped() -> bool:
        nonlocal steps
        steps += 1
        return steps > 3

    question = line.submit(hanging(release, done, "question"))
    beside = counted(Courtesy(line, stopped), threading.Event())
    await asyncio.to_thread(beside.join)
    assert (steps, done) == (4, [])
    release.set()
    await asyncio.wrap_future(question)
