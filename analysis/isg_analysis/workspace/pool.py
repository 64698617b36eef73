"""Running batches in worker processes, so that neither a dead nor a hanging worker stops the rest.

The executor may be handed in from outside; otherwise a spawn pool is made for the run and let go at
its end. A batch whose worker died is run again, halved until the part that kills it is alone; that one is given
up and reported.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

PATIENCE = 60.0
"""Seconds without any batch finishing after which the workers are taken to hang."""

_IN_FLIGHT_PER_JOB = 2

T = TypeVar("T")
R = TypeVar("R")


class WorkerPool:
    """Processes for one run. A context manager; leaving it ends the processes it made."""

    def __init__(self, jobs: int, executor: Executor | None = None) -> None:
        """`jobs`: how many processes; 1 or fewer runs everything in this one, unless `executor` is given."""
        self.jobs = max(jobs, 1)
        self._given = executor
        self._own: ProcessPoolExecutor | None = None

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()

    @property
    def in_process(self) -> bool:
        """Whether batches run in the calling process."""
        return self._given is None and self.jobs == 1

    def give_up_processes(self) -> None:
        """From now on run everything in the calling process."""
        self._given, self.jobs = None, 1

    def executor(self) -> Executor:
        """The executor to submit to."""
        if self._given is not None:
            return self._given
        if self._own is None:
            from isg_analysis.workspace.spawning import new_processes  # costs a one-shot command 20 ms

            self._own = new_processes(self.jobs)
        return self._own

    def warm(self, work: Callable[..., object], *arguments: object) -> None:
        """Start the processes of this pool, and let each do this first: the work that follows need not wait for it."""
        if self._given is None and self.jobs > 1:
            with suppress(BrokenExecutor):  # whoever runs something next will see
                for _ in range(self.jobs):
                    self.executor().submit(work, *arguments)

    def discard(self, *, kill: bool = False) -> None:
        """End the processes; `kill` does not wait for what they are doing."""
        if kill:
            self._given = None  # an executor from outside that lost a process can't be mended from here
        own, self._own = self._own, None
        if own is None:
            return
        processes = list((getattr(own, "_processes", None) or {}).values())
        own.shutdown(wait=not kill, cancel_futures=True)
        if kill:
            for process in processes:
                process.kill()


class BatchRun(Generic[T, R]):
    """One function over many batches of parts: results as they come, lost parts reported."""

    def __init__(
        self,
        pool: WorkerPool,
        work: Callable[[list[T]], R],
        done: Callable[[R], None],
        lost: Callable[[T, str], None],
        cancelled: Callable[[], bool],
    ) -> None:
        """`work` must be picklable; `done` and `lost` are called in the calling thread."""
        self._pool, self._work, self._done, self._lost, self._cancelled = pool, work, done, lost, cancelled
        self._source: Iterator[Sequence[T]] = iter(())
        self._again: deque[list[T]] = deque()
        self._running: dict[Future[R], list[T]] = {}

    def run(self, batches: Iterable[Sequence[T]]) -> None:
        """Work through the batches, each taken when there is room for it; returns early when cancelled."""
        self._source = iter(batches)
        while not self._cancelled():
            if self._pool.in_process:
                batch = self._next()
                if batch is None:
                    break
                self._done(self._work(batch))
            elif not self._turn():
                break
        for future in self._running:
            future.cancel()

    def _next(self) -> list[T] | None:
        if self._again:
            return self._again.popleft()
        batch = next(self._source, None)
        return None if batch is None else list(batch)

    def _turn(self) -> bool:
        """Fill up, wait for results and take them; whether there was anything left to do."""
        while len(self._running) < self._pool.jobs * _IN_FLIGHT_PER_JOB:
            batch = self._next()
            if batch is None:
                break
            try:
                self._running[self._pool.executor().submit(self._work, batch)] = batch
            except BrokenExecutor:
                self._again.appendleft(batch)
                self._recover("a worker process died")
                return True
        if not self._running:
            return False
        self._collect()
        return True

    def _collect(self) -> None:
        finished, _ = wait(self._running, PATIENCE, FIRST_COMPLETED)
        if not finished:
            self._recover(f"no answer within {PATIENCE:.0f} s")
            return
        for future in finished:
            problem = future.exception()
            if isinstance(problem, BrokenExecutor):
                self._recover("a worker process died")
                return
            del self._running[future]
            if problem is not None:
                raise problem
            self._done(future.result())

    def _recover(self, reason: str) -> None:
        """Replace the pool; what was running is tried again, each batch alone."""
        suspects = list(self._running.values())
        self._running.clear()
        self._pool.discard(kill=True)
        if not suspects:  # not even an idle process lives here
            self._pool.give_up_processes()
        for batch in suspects:
            self._isolate(batch, reason)

    def _isolate(self, batch: list[T], reason: str) -> None:
        """Run a batch in a process of its own; one that fails again is halved until the culprit is alone."""
        if self._cancelled():
            return
        with WorkerPool(2) as single:
            future = single.executor().submit(self._work, batch)
            finished, _ = wait([future], PATIENCE)
            if finished and future.exception() is None:
                self._done(future.result())
                return
            single.discard(kill=True)
        if len(batch) == 1:
            self._lost(batch[0], reason)
            return
        middle = len(batch) // 2
        self._isolate(batch[:middle], reason)
        self._isolate(batch[middle:], reason)
