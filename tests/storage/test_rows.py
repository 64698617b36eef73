"""What goes into a table comes out of it, in every form there is."""

from __future__ import annotations

import random

import pytest

from isg_storage import BusyError, ClosedError, Environment, OutgrownError, ReadOnlyError, Table, keys
from isg_storage.tables import FORMS, MAX_KEY_SIZE


def key_of(table: Table, number: int) -> bytes:
    size = FORMS[table].key_size
    return number.to_bytes(size, "big") if size else f"name {number:05}".encode()


def value_of(table: Table, number: int) -> bytes:
    size = FORMS[table].value_size
    return number.to_bytes(size, "big") if size else b"value " * (number % 2000) + str(number).encode()


def duplicated() -> list[Table]:
    return [table for table in Table if FORMS[table].duplicates]


def single() -> list[Table]:
    return [table for table in Table if not FORMS[table].duplicates]


@pytest.mark.parametrize("table", single())
def test_single_values_come_back(environment: Environment, table: Table) -> None:
    rows = [(key_of(table, number), value_of(table, number)) for number in range(300)]
    shuffled = random.Random(table).sample(rows, len(rows))
    with environment.write() as writer:
        writer.put_many(table, shuffled)
        writer.put(table, *rows[7])
    with environment.read() as reader:
        assert list(reader.items(table))[-300:] == rows
        assert reader.get(table, rows[299][0]) == rows[299][1]
        assert bytes(reader.view(table, rows[299][0]) or b"") == rows[299][1]
        assert reader.last_key(table) == rows[299][0]
        assert reader.get(table, key_of(table, 300)) is None


@pytest.mark.parametrize("table", duplicated())
@pytest.mark.parametrize("count", [1, 2, 7, 8, 9, 500, 5000])
def test_duplicates_are_a_sorted_set(environment: Environment, table: Table, count: int) -> None:
    key, other = key_of(table, 1), key_of(table, 2)
    values = [value_of(table, number * 77) for number in range(count)]
    shuffled = random.Random(count).sample(values, count)
    with environment.write() as writer:
        writer.add_values(table, key, b"".join(shuffled))
        writer.put_many(table, [(key, value) for value in shuffled[: count // 2]])
        writer.put(table, other, values[0])
    with environment.read() as reader:
        assert reader.values(table, key) == b"".join(values)
        assert reader.values(table, other) == values[0]
        assert reader.values(table, key_of(table, 3)) == b""
        assert reader.count(table) == count + 1
        assert [value for found, value in reader.items(table) if found == key] == values
        assert list(reader.keys(table)) == [key, other]
    with environment.write() as writer:
        assert writer.remove_value(table, key, values[-1])
        assert not writer.remove_value(table, key, values[-1])
        assert writer.values(table, key) == b"".join(values[:-1])


def test_readers_keep_the_state_they_began_with(environment: Environment) -> None:
    with environment.read() as before:
        with environment.write() as writer:
            writer.put(Table.LAYOUTS, b"rust", b"layout")
            assert writer.get(Table.LAYOUTS, b"rust") == b"layout"
            with environment.read() as during:
                assert during.get(Table.LAYOUTS, b"rust") is None
            writer.commit()
        assert before.get(Table.LAYOUTS, b"rust") is None
        with environment.read() as after:
            assert after.get(Table.LAYOUTS, b"rust") == b"layout"


def test_a_snapshot_survives_many_later_batches(environment: Environment) -> None:
    rows = [(keys.u64(0) + keys.u64(row), bytes([1]) * 5000) for row in range(100)]
    with environment.write() as writer:
        writer.put_many(Table.FACTS, rows)
    with environment.read() as before:
        for batch in range(20):
            with environment.write() as writer:
                writer.put_many(Table.FACTS, [(key, bytes([batch]) * 5000) for key, _ in rows])
        assert list(before.items(Table.FACTS)) == rows


def test_an_exception_undoes_the_batch(environment: Environment) -> None:
    def fails() -> None:
        with environment.write() as writer:
            writer.put(Table.LAYOUTS, b"rust", b"layout")
            writer.put_many(Table.MENTIONS, [(keys.u64(1), keys.u32(1))])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with environment.read() as reader:
        assert all(reader.count(table) == 0 for table in Table if table is not Table.HEADER)
    with environment.write() as writer:  # and the next writer is not kept waiting
        writer.put(Table.LAYOUTS, b"rust", b"layout")


def test_delete_and_clear(environment: Environment) -> None:
    with environment.write() as writer:
        writer.put_many(Table.MENTIONS, [(keys.u64(name), keys.u32(doc)) for name in range(3) for doc in range(20)])
        writer.put(Table.STATISTICS, b"a", b"figures")
        assert writer.delete(Table.MENTIONS, keys.u64(1))
        assert not writer.delete(Table.MENTIONS, keys.u64(1))
        assert writer.count(Table.MENTIONS) == 40
        assert writer.values(Table.MENTIONS, keys.u64(2)) == keys.u32s(range(20))
        writer.clear(Table.MENTIONS)
        writer.put(Table.MENTIONS, keys.u64(9), keys.u32(9))
    with environment.read() as reader:
        assert list(reader.items(Table.MENTIONS)) == [(keys.u64(9), keys.u32(9))]
        assert reader.has(Table.STATISTICS, b"a")


def test_items_and_keys_by_prefix(environment: Environment) -> None:
    names = [b"a", b"b/1", b"b/2", b"b0", b"c"]
    with environment.write() as writer:
        writer.put_many(Table.PATHS, [(name, keys.u32(number)) for number, name in enumerate(names)])
    with environment.read() as reader:
        assert [key for key, _ in reader.items(Table.PATHS, b"b/")] == [b"b/1", b"b/2"]
        assert list(reader.keys(Table.PATHS, b"b")) == [b"b/1", b"b/2", b"b0"]
        assert list(reader.keys(Table.PATHS, b"d")) == []
        assert list(reader.keys(Table.PATHS)) == names


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        (Table.DOCUMENTS, b"\1" * 3, b"x"),
        (Table.SYMBOLS, b"\1" * 4, b"x" * 7),
        (Table.MENTIONS, b"\1" * 8, b""),
        (Table.LAYOUTS, b"", b"x"),
        (Table.LAYOUTS, b"k" * (MAX_KEY_SIZE + 1), b"x"),
    ],
)
def test_rows_of_another_form_are_refused(environment: Environment, table: Table, key: bytes, value: bytes) -> None:
    with environment.write() as writer:
        with pytest.raises(ValueError, match=table.name):
            writer.put(table, key, value)
        with pytest.raises(ValueError, match=table.name):
            writer.put_many(table, [(key, value)])
        assert writer.count(table) == 0
    with environment.read() as reader:
        assert reader.get(Table.LAYOUTS, b"k" * 2000) is None


def test_packed_values_must_fit(environment: Environment) -> None:
    with environment.write() as writer:
        with pytest.raises(ValueError, match="packed"):
            writer.add_values(Table.MENTIONS, keys.u64(1), b"\0" * 5)
        with pytest.raises(ValueError, match="packed"):
            writer.add_values(Table.FACTS, b"k" * 16, b"\0" * 8)
        with pytest.raises(ValueError, match="empty"):
            writer.remove_value(Table.MENTIONS, keys.u64(1), b"")


def test_use_after_close_is_an_error_not_a_crash(environment: Environment, directory: object) -> None:
    reader = environment.read()
    reader.close()
    reader.close()
    writer = environment.write()
    writer.close()
    for closed in (reader, writer):
        with pytest.raises(ClosedError):
            closed.get(Table.FACTS, b"k" * 16)
        with pytest.raises(ClosedError):
            closed.values(Table.MENTIONS, keys.u64(1))
        with pytest.raises(ClosedError):
            list(closed.items(Table.MENTIONS))
    with pytest.raises(ClosedError):
        writer.put(Table.FACTS, b"k" * 16, b"")
    environment.close()
    environment.close()
    for use in (environment.read, environment.write, environment.size):
        with pytest.raises(ClosedError):
            use()


def test_a_reader_outlives_its_environment(environment: Environment) -> None:
    with environment.write() as writer:
        writer.put(Table.LAYOUTS, b"rust", b"layout")
    reader = environment.read()
    environment.close()
    assert reader.get(Table.LAYOUTS, b"rust") == b"layout"
    with Environment.open(environment.directory, b"fingerprint") as again, again.write() as writer:
        writer.put(Table.LAYOUTS, b"rust", b"changed")
    assert reader.get(Table.LAYOUTS, b"rust") == b"layout"
    with pytest.raises(BusyError):
        Environment.open(environment.directory, b"other")
    reader.close()
    with Environment.open(environment.directory, b"other") as other:
        assert other.rebuilt


def test_a_nested_writer_is_refused_instead_of_waiting_for_ever(environment: Environment) -> None:
    with environment.write(), pytest.raises(BusyError):
        environment.write()
    with environment.write():
        pass


def test_a_read_only_handle_refuses_to_write(environment: Environment) -> None:
    with (
        Environment.open(environment.directory, b"fingerprint", read_only=True) as other,
        pytest.raises(ReadOnlyError),
    ):
        other.write()


def test_a_small_map_grows_ahead_of_small_batches(environment: Environment, directory: object) -> None:
    place = environment.directory.with_name("small")
    with Environment.open(place, b"", map_size=1 << 20) as small:
        for batch in range(40):
            with small.write() as writer:
                writer.put_many(Table.FACTS, [(keys.u64(batch) + keys.u64(row), bytes(9000)) for row in range(20)])
        with small.read() as reader:
            assert reader.count(Table.FACTS) == 800
        assert small.map_size() > small.size() > 800 * 9000


def test_a_batch_larger_than_the_map_is_run_again(environment: Environment) -> None:
    runs = 0

    def batch(writer: object) -> int:
        nonlocal runs
        runs += 1
        writer.put_many(Table.FACTS, [(keys.u64(0) + keys.u64(row), bytes(9000)) for row in range(800)])  # type: ignore[attr-defined]
        return runs

    with Environment.open(environment.directory.with_name("small"), b"", map_size=1 << 20) as small:
        with pytest.raises(OutgrownError), small.write() as writer:
            batch(writer)
        with small.read() as reader:
            assert reader.count(Table.FACTS) == 0
        assert small.run(batch) == runs > 2
        with small.read() as reader:
            assert reader.count(Table.FACTS) == 800


def test_growth_does_not_pull_the_map_from_under_a_reader(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("isg_storage.opened.DRAIN_SECONDS", 0.05)
    with Environment.open(environment.directory.with_name("small"), b"", map_size=1 << 20) as small:
        with small.write() as writer:
            writer.put(Table.LAYOUTS, b"rust", b"layout")
        with small.read() as reader:
            with pytest.raises(BusyError):
                small.grow()
            assert reader.get(Table.LAYOUTS, b"rust") == b"layout"
        small.grow()
        assert small.map_size() == 2 << 20


def test_keys() -> None:
    numbers = [0, 1, 255, 256, 70_000, 2**32 - 1]
    assert sorted(map(keys.u32, numbers)) == list(map(keys.u32, numbers))
    assert list(keys.numbers(keys.u32s(numbers))) == numbers
    assert [keys.number(keys.u64(number)) for number in numbers] == numbers
    assert keys.path_key("a/b.py") == b"a/b.py"
    long, longer = "é/" * 200, "é/" * 201
    assert len(keys.path_key(long)) <= MAX_KEY_SIZE
    assert keys.path_key(long) != keys.path_key(longer)
