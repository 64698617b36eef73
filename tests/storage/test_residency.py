"""Pages of the map that were looked at count as memory, and are given back."""

from __future__ import annotations

from pathlib import Path

import pytest

from isg_storage import Environment, Table, residency

MEGABYTE = 1 << 20


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_pages_are_given_back_when_they_are_many(directory: Path) -> None:
    rows = [(bytes([number]) * 16, bytes(MEGABYTE)) for number in range(24)]
    with Environment.open(directory, b"") as environment:
        environment.run(lambda writer: writer.put_many(Table.FACTS, rows))
        environment.release_pages()
        before = residency.touched()
        with environment.read() as reader:
            for _ in reader.items(Table.FACTS):
                pass
        assert residency.touched() - before > 16 * MEGABYTE
        environment.release_pages(beyond=200 * MEGABYTE)
        assert residency.touched() - before > 16 * MEGABYTE
        environment.release_pages(beyond=MEGABYTE)
        assert residency.touched() - before < MEGABYTE
        environment.release_pages(beyond=MEGABYTE)
        with environment.read() as reader:
            assert reader.get(Table.FACTS, rows[3][0]) == rows[3][1]
