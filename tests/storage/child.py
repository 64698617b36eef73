"""What the other processes of the tests do. Each action is a function; arguments come from the command line.

A batch number n sets every row of DOCUMENTS to n and adds n to one posting list: whoever looks can
tell whether it sees exactly the batches 1 .. n.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import sys
import time
from pathlib import Path

from isg_storage import Environment, FullError, Reader, Table, Writer, keys
from isg_storage.inspection import verify

ROWS = [keys.u32(row) for row in range(40)]
NAME = keys.u64(7)


def report(*words: object) -> None:
    """Say something to the test."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")


def write_batch(writer: Writer) -> int:
    """Write the next batch; returns its number."""
    number = batches(writer) + 1
    writer.put_many(Table.DOCUMENTS, [(row, keys.u32(number) * (1 + number % 300)) for row in ROWS])
    writer.add_values(Table.DEFINITIONS, NAME, keys.u32(number))
    return number


def batches(reader: Reader) -> int:
    """How many batches there are. Fails if the rows are not those of exactly so many."""
    numbers = list(keys.numbers(reader.values(Table.DEFINITIONS, NAME)))
    assert numbers == list(range(1, len(numbers) + 1)), numbers
    count = len(numbers)
    expected = [(row, keys.u32(count) * (1 + count % 300)) for row in ROWS] if count else []
    assert list(reader.items(Table.DOCUMENTS)) == expected
    return count


def kill(directory: str, kills: str, seed: str) -> None:
    """Kill a writing process, again and again, each time at another moment; look at what is left each time."""
    moments = random.Random(int(seed))
    committed = 0
    for turn in range(int(kills)):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            with Environment.open(Path(directory), b"") as environment:
                while True:
                    with environment.write() as writer:
                        number = write_batch(writer)
                    os.write(writing, keys.u32(number))
        os.close(writing)
        # Every other one is killed only once it writes; the others also while they open.
        said = os.read(reading, 4) if turn % 2 else b""
        time.sleep(moments.random() * 0.01)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        while more := os.read(reading, 65536):
            said += more
        os.close(reading)
        last = max([committed, *keys.numbers(said)])
        with Environment.open(Path(directory), b"") as environment, environment.read() as reader:
            assert not environment.rebuilt, environment.rebuilt_reason
            committed = batches(reader)
        assert last <= committed <= last + 1, (last, committed)
    report(committed)


def write(directory: str, count: str, map_size: str = "0") -> None:
    """Write so many batches."""
    with Environment.open(Path(directory), b"", map_size=int(map_size) or None) as environment:
        for _ in range(int(count)):
            environment.run(write_batch)


def grow(directory: str, map_size: str) -> None:
    """Write more than fits into a map of that size, and a batch."""
    with Environment.open(Path(directory), b"", map_size=int(map_size)) as environment:
        for row in range(int(map_size) // 10_000):
            environment.run(lambda writer, row=row: writer.put(Table.FACTS, keys.u64(0) + keys.u64(row), bytes(20_000)))  # type: ignore[misc]
        environment.run(write_batch)


def look(directory: str, until: str, map_size: str = "0") -> None:
    """Look at every state there is until there are so many batches."""
    with Environment.open(Path(directory), b"", read_only=True, map_size=int(map_size) or None) as environment:
        seen = [0]
        while seen[-1] < int(until):
            with environment.read() as reader:
                seen.append(batches(reader))
                assert batches(reader) == seen[-1] >= seen[-2]
    report(len(set(seen)))


def open_together(directory: str, moment: str) -> None:
    """Open a new index at the same moment as others do."""
    time.sleep(max(0.0, float(moment) - time.time()))
    with Environment.open(Path(directory), b"") as environment:
        environment.run(write_batch)


def fill(directory: str, limit: str) -> None:
    """Write until files may not become larger, and look at what is left."""
    with Environment.open(Path(directory), b"") as environment:
        environment.run(write_batch)
        if int(limit):
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
        written = 0
        try:
            while written < 10_000:
                with environment.write() as writer:
                    writer.put(Table.FACTS, keys.u64(0) + keys.u64(written), bytes(50_000))
                written += 1
        except FullError as problem:
            report("FullError", problem)
        with environment.read() as reader:
            assert reader.count(Table.FACTS) == written > 0
            assert batches(reader) == 1
        try:
            with environment.write() as writer:
                writer.put(Table.FACTS, keys.u64(1) + keys.u64(written), bytes(500_000))
        except FullError as problem:
            report("FullError", problem)
    report(written)


def count(directory: str) -> None:
    """Print the number of batches."""
    with Environment.open(Path(directory), b"", read_only=True) as environment, environment.read() as reader:
        report(batches(reader))


def die(directory: str) -> None:
    """End without closing, as a crash does."""
    environment = Environment.open(Path(directory), b"")
    environment.run(write_batch)
    os.kill(os.getpid(), signal.SIGKILL)


def examine(directory: str, module: str) -> None:
    """Have an index examined."""
    report(verify(Path(directory), by=module, seconds=1))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
